"""Where the listing goes on: the address of the next page."""

from __future__ import annotations

from scraper.parsers.document import Document

__all__ = ["find_next_url"]


def find_next_url(document: Document) -> str | None:
    """Return the absolute address of the page that continues this one, or None."""
    root = document.root
    for element in root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split():
            url = document.absolute_url(element.get("href"))
            if url and url != document.page.url:
                return url
    return None
