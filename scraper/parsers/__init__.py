"""HTML in, a listing out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from scraper.models import Hints, Listing, Page, Source
from scraper.parsers.declared import ConfirmedParser, FeedParser
from scraper.parsers.document import Document
from scraper.parsers.engine import Engine
from scraper.parsers.overruling import read_overruled
from scraper.parsers.selectors import SelectorParser
from scraper.parsers.sites import SitesParser

__all__ = ["PARSERS", "Parser", "extract", "parse"]


class Parser(Protocol):
    """Something that can tell what a page lists, or that it is not the one to ask."""

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return what the page lists, None to leave it to the next; or raise a ScrapeError.

        A listing without items is an answer too: that the page lists nothing.
        """
        ...


#: In the order tried: what somebody wrote for this very page goes before what is found out.
PARSERS: tuple[Parser, ...] = (
    SitesParser(),
    SelectorParser(),
    FeedParser(),
    ConfirmedParser(Engine()),
)


def extract(
    html: bytes | str,
    *,
    url: str,
    fetched_at: datetime | None = None,
    encoding: str | None = None,
    language: str | None = None,
    hints: Hints | None = None,
) -> Listing:
    """Return what the page lists: the heart of the library, a pure function.

    *url* is the address of the page after redirects; links are relative to it. *fetched_at* is
    when it was fetched (UTC, where it names no zone): without it "2 hours ago" stays null.
    *encoding* is what the server's header said. *language* is the page's, whatever it declares, and
    *hints* are what else somebody knows who has seen it: they go before what is found out.

    A page that lists nothing is no error: ``items`` is empty and ``no_items`` says what the page
    is instead. A feed may stand for a page. Raises ScrapeError where it cannot be read at all, or
    where a hint is no selector or no regular expression.

    >>> page = '''<h1>News</h1><ul>
    ... <li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
    ... <li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li></ul>'''
    >>> [(item.url, item.date) for item in extract(page, url="https://city.example/news").items]
    [('https://city.example/a', '2024-03-03'), ('https://city.example/b', '2024-03-01')]
    """
    if fetched_at is not None and fetched_at.tzinfo is None:
        fetched_at = fetched_at.replace(tzinfo=UTC)
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    if isinstance(html, str):
        encoding = "utf-8"
    page = Page(url=url, body=body, fetched_at=fetched_at, encoding=encoding)
    source = Source(name=url, url=url, language=language, hints=hints or Hints())
    return parse(page, source=source)


def parse(page: Page, *, source: Source) -> Listing:
    """Return what *page* lists, as the first of the parsers that knows; hints go before."""
    return read_overruled(page, source, _ask_parsers)


def _ask_parsers(document: Document, source: Source) -> Listing:
    answers = (parser.parse(document, source) for parser in PARSERS)
    nothing = Listing(items=(), complete=document.complete)
    return next((listing for listing in answers if listing is not None), nothing)
