"""CSV: a row a record."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from scraper.exporters.base import Exporter, without_controls
from scraper.models import Item

__all__ = ["CsvExporter"]

# Blanks, and signs that cannot be seen, before what decides.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cf"})
_SIGNS = frozenset("=+-@\t\r\n\N{MINUS SIGN}")


class CsvExporter(Exporter):
    """RFC 4180 in UTF-8 without a byte order mark; the header is the fields of a record, in order.

    Null is an empty cell. A control character other than tab and line ends becomes U+FFFD. A cell
    that a spreadsheet would run as a formula gets an apostrophe in front, unless *raw*.

    Without a mark, because the csv module and ``cut`` would take it for a part of the first
    column's name; pandas, DuckDB, LibreOffice and Excel's *Data > From Text/CSV* need none.
    """

    suffixes = (".csv",)

    def __init__(self, *, raw: bool = False) -> None:
        self.raw = raw

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the header and the rows, each ended by CR LF."""
        names = Item.__struct_fields__
        yield _encode_row(names)
        for item in items:
            record = msgspec.to_builtins(item)
            yield _encode_row([self._cell(record[name]) for name in names])

    def _cell(self, value: str | int | None) -> str | int | None:
        if not isinstance(value, str):
            return value
        text = without_controls(value)
        return f"'{text}" if not self.raw and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run *text* (OWASP, "CSV injection").

    >>> [_is_formula(text) for text in ("=1+1", " +1", "＝1", "-", "1-1", "–")]
    [True, True, True, True, False, False]
    """
    first = next((char for char in text if unicodedata.category(char) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", first) in _SIGNS  # full-width ones too


def _encode_row(cells: Iterable[str | int | None]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()
