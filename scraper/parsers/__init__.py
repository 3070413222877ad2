"""HTML in, a listing out."""

from __future__ import annotations

from datetime import datetime

from scraper.models import Listing, Page, Source
from scraper.parsers.document import Document
from scraper.parsers.engine import Engine

__all__ = ["extract", "parse"]

_ENGINE = Engine()


def extract(
    html: bytes | str,
    *,
    url: str,
    fetched_at: datetime | None = None,
    encoding: str | None = None,
) -> Listing:
    """Return what the page lists: the heart of the library, a pure function.

    *url* is the address of the page after redirects; links are relative to it. *fetched_at* is when
    it was fetched: without it "2 hours ago" stays null. *encoding* is what the server's header said.

    A page that lists nothing is no error: ``items`` is empty and ``no_items`` says what the page
    is instead. Raises ScrapeError where the page cannot be read at all.

    >>> page = '''<h1>News</h1><ul>
    ... <li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
    ... <li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li></ul>'''
    >>> [(item.url, item.date) for item in extract(page, url="https://city.example/news").items]
    [('https://city.example/a', '2024-03-03'), ('https://city.example/b', '2024-03-01')]
    """
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    if isinstance(html, str):
        encoding = "utf-8"
    page = Page(url=url, body=body, fetched_at=fetched_at, encoding=encoding)
    return parse(page, source=Source(name=url, url=url))


def parse(page: Page, *, source: Source) -> Listing:
    """Return what *page* lists."""
    return _ENGINE.parse(Document(page), source)
