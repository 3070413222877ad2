"""Sources in, results out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from scraper.errors import BugError, NoItems, ScrapeError
from scraper.fetchers import RecordingFetcher, RoutingFetcher
from scraper.models import Item, Listing, Page, Result, Source
from scraper.parsers import parse

__all__ = ["Fetcher", "scrape"]


class Fetcher(Protocol):
    """Something that can get the page of a source; offline work is just another fetcher."""

    def fetch(self, source: Source) -> Page:
        """Return the page, or raise a ScrapeError."""
        ...


def scrape(sources: Iterable[Source], *, fetcher: Fetcher | None = None) -> Iterator[Result]:
    """Fetch and read each source, one after the other, as they are asked for.

    Without a *fetcher*, addresses come from the web, saved pages from their files and ``-`` from
    standard input. A source that fails is a result like any other, with an ``error``; one that
    fails in a way nobody foresaw has a BugError, and the others go on all the same.
    """
    fetcher = fetcher or RoutingFetcher()
    for source in sources:
        yield _scrape_source(source, fetcher)


def _scrape_source(source: Source, fetcher: Fetcher) -> Result:
    page = None
    try:
        page = fetcher.fetch(source)
        listing = _complete(parse(page, source=source), source, page)
        if isinstance(fetcher, RecordingFetcher):
            fetcher.keep(source, page, listing)
    except ScrapeError as error:
        return Result(source=source, error=error, page=page)
    except Exception as error:  # a bug must be seen, and must not end the run
        return Result(source=source, error=_bug(source, error), page=page)
    return Result(source=source, listing=listing, error=listing.no_items, page=page)


def _bug(source: Source, error: Exception) -> BugError:
    bug = BugError(
        source.name,
        f"unexpected {type(error).__name__}",
        advice="this is a fault of the program: report it with the page and --debug",
    )
    bug.__cause__ = error
    return bug


def _complete(listing: Listing, source: Source, page: Page) -> Listing:
    """Return *listing* with all that the run knows and a parser need not."""
    no_items = listing.no_items
    if not listing.items and no_items is None:
        no_items = NoItems(
            source.name,
            "no entries recognised",
            category="unrecognised",
            advice="if a browser shows a list there, save the page from it and name the file",
        )
    return msgspec.structs.replace(
        listing,
        items=tuple(_attribute(item, source, page) for item in listing.items),
        warnings=listing.warnings + _address_warnings(listing, page),
        no_items=no_items,
    )


def _attribute(item: Item, source: Source, page: Page) -> Item:
    """Return *item* with where and when it came from, as far as the parser left that open."""
    if (item.source, item.page_url, item.fetched_at) == (source.name, page.url, page.fetched_at):
        return item
    return msgspec.structs.replace(
        item,
        source=item.source or source.name,
        page_url=item.page_url or page.url,
        fetched_at=item.fetched_at or page.fetched_at,
    )


def _address_warnings(listing: Listing, page: Page) -> tuple[str, ...]:
    """Tell once that links were lost because nobody knows where the page is from."""
    lost = sum(item.url is None for item in listing.items)
    if page.url is not None or not lost:
        return ()
    entries = "1 entry has" if lost == 1 else f"{lost} entries have"
    return (f"{entries} no address, as that of the page is not known: name it with --url",)
