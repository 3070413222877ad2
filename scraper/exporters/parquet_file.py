"""Parquet: typed columns, for data frames and DuckDB (extra ``scraper[parquet]``)."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from scraper.errors import ExportError
from scraper.exporters.base import Exporter, without_controls
from scraper.models import Item

__all__ = ["ParquetExporter"]

_INSTANTS = frozenset({"published_at", "fetched_at"})
_NEVER_NULL = frozenset({"title", "position", "id"})


class ParquetExporter(Exporter):
    """One row group with the fields as columns, of the same types for every listing, also for none.

    *position* is ``int64``, *published_at* and *fetched_at* are instants in UTC with microseconds,
    all others are text: *date* too, because it may be a month or a year. Control characters other
    than tab and line ends become U+FFFD, since whatever prints a column prints them.
    """

    suffixes = (".parquet",)
    binary = True

    def check(self, name: str) -> None:
        """Raise ExportError where pyarrow is not installed."""
        _import_pyarrow("pyarrow.parquet", name)

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the file."""
        pyarrow = _import_pyarrow("pyarrow", "Parquet")
        schema = pyarrow.schema([_column(pyarrow, name) for name in Item.__struct_fields__])
        rows = [
            {name: _cell(value) for name, value in msgspec.structs.asdict(item).items()}
            for item in items
        ]
        stream = io.BytesIO()
        table = pyarrow.Table.from_pylist(rows, schema=schema)
        _import_pyarrow("pyarrow.parquet", "Parquet").write_table(table, stream, compression="zstd")
        yield stream.getvalue()


def _import_pyarrow(module: str, subject: str) -> Any:
    """Return a module of an extra that few need, or raise ExportError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ExportError(
            subject,
            "Parquet is written by pyarrow, which is not installed",
            advice="pip install 'scraper[parquet]'",
        ) from error


def _column(pyarrow: Any, name: str) -> Any:
    kind = pyarrow.string()
    if name in _INSTANTS:
        kind = pyarrow.timestamp("us", tz="UTC")
    elif name == "position":
        kind = pyarrow.int64()
    return pyarrow.field(name, kind, nullable=name not in _NEVER_NULL)


def _cell(value: str | int | datetime | None) -> str | int | datetime | None:
    return without_controls(value) if isinstance(value, str) else value
