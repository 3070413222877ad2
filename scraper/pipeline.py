"""Sources in, results out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from scraper.errors import ScrapeError
from scraper.models import Page, Result, Source
from scraper.parsers import parse

__all__ = ["Fetcher", "scrape"]


class Fetcher(Protocol):
    """Something that can get the page of a source; offline work is just another fetcher."""

    def fetch(self, source: Source) -> Page:
        """Return the page, or raise a ScrapeError."""
        ...


def scrape(sources: Iterable[Source], *, fetcher: Fetcher) -> Iterator[Result]:
    """Fetch and read each source; a source that fails is a result like any other."""
    for source in sources:
        page = None
        try:
            page = fetcher.fetch(source)
            listing = parse(page, source=source)
        except ScrapeError as error:
            yield Result(source=source, error=error, page=page)
            continue
        yield Result(source=source, listing=listing, error=listing.no_items, page=page)
