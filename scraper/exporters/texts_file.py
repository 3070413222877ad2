"""The full texts of entries that were followed, beside the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from scraper.errors import UsageError
from scraper.exporters.atomic import resolve_target, write_whole
from scraper.exporters.base import without_surrogates
from scraper.exporters.json_file import escape_harmful
from scraper.models import Article, Item

__all__ = ["TextsFile"]


class TextsFile:
    """Where full texts go, as JSON Lines; UsageError for any other suffix.

    A text is far longer than its record, and most who read records want none: it stands in a file
    of its own, and its ``id`` says which record it is of.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in (".jsonl", ".ndjson"):
            raise UsageError(str(path), "no such format", advice="end its name in .jsonl")
        self.path = path

    def check(self) -> None:
        """Raise ExportError where it is plain that nothing can be written, before any work."""
        resolve_target(self.path)

    def write(self, items: Sequence[Item], articles: Iterable[Article]) -> None:
        """Write those *articles* that are of *items*, all or nothing, or raise ExportError."""
        wanted = {(item.source, item.id) for item in items}
        chosen = (one for one in articles if (one.source, one.id) in wanted)
        write_whole(self.path, _encode(chosen))


def _encode(articles: Iterable[Article]) -> Iterator[bytes]:
    for article in articles:
        values = {
            name: without_surrogates(value) if isinstance(value, str) else value
            for name, value in msgspec.structs.asdict(article).items()
        }
        yield escape_harmful(msgspec.json.encode(values)) + b"\n"
