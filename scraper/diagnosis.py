"""What to tell the user of a page that lists nothing."""

from __future__ import annotations

import re

import ada_url

from scraper.errors import NoItems
from scraper.models import Listing, Page, Source
from scraper.parsers.absence import explain_absence
from scraper.parsers.document import Document
from scraper.urls import without_secrets

__all__ = ["name_absence"]

# Of a page that only sends the reader on; where that takes long it reloads itself instead.
_REFRESH = re.compile(
    r"""<meta\b[^<>]*\bhttp-equiv\s*=\s*["']?refresh\b[^<>]*\bcontent\s*=\s*["']?\s*\d{1,2}\s*[;,]"""
    r"""\s*(?:url\s*=\s*)?["']?([^"'<>\s]+)""",
    re.IGNORECASE,
)
_HEAD = 20_000
# What such a page may be taken for, and others that are at another address than they were.
_UNSURE = frozenset({"app-shell", "article", "empty", "unrecognised"})


def name_absence(page: Page, listing: Listing, *, source: Source) -> NoItems:
    """Return why *page* lists nothing, as an error of *source*.

    What the parser said of it stands; else the page is looked at again, which costs a
    millisecond. A page that sends readers on, or that another address led to, has ``moved``.
    """
    document = Document(page)
    reason = listing.no_items or explain_absence(document)
    message, category, advice = reason.message, reason.category, reason.advice
    if category in _UNSURE and (target := _sent_on(document)) is not None:
        message, category = f"a page that sends readers on to {target}", "moved"
        advice = "name that address"
    elif category in _UNSURE and _was_led_away(source.url, page.url):
        message = f"the address leads to {without_secrets(page.url or '')}: {message}"
        category, advice = "moved", "look up where the listing is now"
    return NoItems(source.name, message, category=category, advice=advice)


def _sent_on(document: Document) -> str | None:
    """Return where a page sends its readers, if that is elsewhere."""
    match = _REFRESH.search(document.text[:_HEAD])
    target = document.absolute_url(match[1]) if match else None
    if target is None or not _was_led_away(document.page.url, target):
        return None
    return without_secrets(target)


def _was_led_away(asked: str | None, got: str | None) -> bool:
    """Tell whether two addresses are those of different pages, not spellings of one."""
    return bool(asked and got) and _place(asked or "") != _place(got or "")


def _place(url: str) -> tuple[str, str]:
    try:
        parts = ada_url.URL(url)
    except ValueError:
        return ("", url)
    return parts.hostname.removeprefix("www."), parts.pathname.rstrip("/")
