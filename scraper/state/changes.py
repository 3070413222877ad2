"""What became of the entries of a source between two runs, and the file that tells it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from scraper.errors import UsageError
from scraper.exporters import CsvExporter
from scraper.exporters.atomic import resolve_target, write_whole
from scraper.exporters.base import without_surrogates
from scraper.exporters.json_file import escape_harmful
from scraper.models import Item
from scraper.state.base import Entry
from scraper.state.keys import entry_url_key

__all__ = ["Change", "ChangesFile", "encode_change", "find_changes", "find_removed"]

#: What of an entry is compared. The rest is the page's, not the entry's, or says the same twice.
_COMPARED = (
    "title",
    "date",
    "summary",
    "published_at",
    "link_text",
    "image",
    "author",
    "category",
    "section",
)


class Change(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One thing that became of an entry."""

    #: Name of the source.
    source: str
    #: ``returned`` is an entry that was removed and is back.
    change: Literal["added", "changed", "moved", "removed", "returned"]
    #: Of the entry: the ``id`` of its record, as it is now.
    id: str
    title: str
    url: str | None = None
    #: What changed, from what to what; of a moved entry that is its ``url``.
    field: str | None = None
    before: str | None = None
    after: str | None = None
    #: Of a removed entry: ``high`` where what stood below it is still there, ``low`` where it may
    #: have left at the end of the list.
    sure: Literal["high", "low"] | None = None


def find_changes(source: str, former: Entry | None, item: Item) -> Iterator[Change]:
    """Yield what became of the entry that was *former*, None for a new one, and is *item* now."""
    if former is None:
        yield _change(source, "added", item)
        return
    old = former.item
    if not former.listed:
        yield _change(source, "returned", item)
    if _url_key(old) != _url_key(item):
        yield _change(source, "moved", item, field="url", before=old.url, after=item.url)
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(item)
    for name in _COMPARED:
        if before[name] != after[name]:
            yield _change(
                source, "changed", item, field=name, before=before[name], after=after[name]
            )


def find_removed(source: str, listed: Sequence[Entry], still: set[int]) -> Iterator[Change]:
    """Yield those of the last listing that are not among the numbers *still* listed."""
    last = max((place for place, one in enumerate(listed) if one.number in still), default=-1)
    for place, entry in enumerate(listed):
        if entry.number not in still:
            yield _change(source, "removed", entry.item, sure="high" if place < last else "low")


def _change(source: str, change: Any, item: Item, **more: Any) -> Change:
    return Change(source=source, change=change, id=item.id, title=item.title, url=item.url, **more)


def _url_key(item: Item) -> str | None:
    return None if item.url is None else entry_url_key(item.url)


class ChangesFile:
    """Where changes go, as JSON Lines or CSV by the suffix. Raises UsageError for any other."""

    def __init__(self, path: Path, *, raw: bool = False) -> None:
        if path.suffix.lower() not in (".jsonl", ".ndjson", ".csv"):
            raise UsageError(str(path), "no such format", advice="end its name in .jsonl or .csv")
        self.path = path
        self._csv = _ChangesCsv(raw=raw) if path.suffix.lower() == ".csv" else None

    def check(self) -> None:
        """Raise ExportError where it is plain that nothing can be written, before any work."""
        resolve_target(self.path)

    def write(self, rows: Iterable[bytes]) -> None:
        """Write *rows*, each a Change as JSON, all or nothing, or raise ExportError."""
        lines = (row + b"\n" for row in rows)
        write_whole(self.path, lines if self._csv is None else self._csv.encode_rows(rows))


def encode_change(change: Change) -> bytes:
    """Return *change* as a JSON object on one line."""
    values = {
        name: without_surrogates(value) if isinstance(value, str) else value
        for name, value in msgspec.to_builtins(change).items()
    }
    return escape_harmful(msgspec.json.encode(values))


class _ChangesCsv(CsvExporter):
    """CSV like that of the records: made inert, with a header."""

    def encode_rows(self, rows: Iterable[bytes]) -> Iterator[bytes]:
        names = Change.__struct_encode_fields__
        yield _encode_line(names)
        for row in rows:
            values = msgspec.json.decode(row)
            yield _encode_line([self._cell(values[name]) for name in names])


def _encode_line(cells: Iterable[str | int | None]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()
