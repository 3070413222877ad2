"""HTML in, a listing out."""

from __future__ import annotations

from datetime import datetime

from scraper.models import Listing, Page, Source

__all__ = ["extract", "parse"]


def extract(
    html: bytes | str,
    *,
    url: str,
    fetched_at: datetime | None = None,
    encoding: str | None = None,
) -> Listing:
    """Return what the page lists."""
    body = html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html
    page = Page(url=url, body=body, fetched_at=fetched_at, encoding=encoding)
    return parse(page, source=Source(name=url, url=url))


def parse(page: Page, *, source: Source) -> Listing:
    """Return what *page* lists."""
    raise NotImplementedError
