"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from scraper.exporters.base import Exporter, without_surrogates
from scraper.exporters.feeds import Feed, each_once, entry_urn, published
from scraper.exporters.json_file import escape_harmful
from scraper.models import Item

__all__ = ["JsonFeedExporter"]


class JsonFeedExporter(Exporter):
    """A feed of entries, each id once; an entry's day is its noon in UTC, a month is no date."""

    suffixes = (".feed.json",)

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the document."""
        entries = each_once(items)
        feed = Feed.of(entries)
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": without_surrogates(feed.title),
            "home_page_url": feed.page_url and without_surrogates(feed.page_url),
            "items": [_entry(item) for item in entries],
        }
        text = msgspec.json.encode({k: v for k, v in document.items() if v is not None})
        yield msgspec.json.format(escape_harmful(text), indent=2)
        yield b"\n"


def _entry(item: Item) -> dict[str, Any]:
    moment = published(item)
    entry = {
        "id": entry_urn(item),
        "url": item.url,
        "title": item.title,
        # An entry has to have content.
        "content_text": item.summary or item.title,
        "summary": item.summary,
        "image": item.image,
        "date_published": moment and moment.isoformat(),
        "authors": [{"name": without_surrogates(item.author)}] if item.author else None,
        "tags": [without_surrogates(item.category)] if item.category else None,
    }
    return {
        name: without_surrogates(value) if isinstance(value, str) else value
        for name, value in entry.items()
        if value
    }
