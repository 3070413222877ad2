"""JSON Lines: a record a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scraper.exporters.base import Exporter
from scraper.exporters.json_file import encode_record
from scraper.models import Item

__all__ = ["JsonlExporter"]


class JsonlExporter(Exporter):
    """A record a line, for ``jq``, ``grep`` and what reads a stream."""

    suffixes = (".jsonl", ".ndjson")

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the lines, the last one ended like the others."""
        for item in items:
            yield encode_record(item) + b"\n"
