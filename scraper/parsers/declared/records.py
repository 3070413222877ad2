"""Entries that somebody has declared, and the listing they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape

import msgspec

from scraper.dates import PartialDate, Reading, resolve_dates
from scraper.models import DateSource, Item, Listing, Source
from scraper.parsers.document import Document
from scraper.parsers.engine import item_id

__all__ = ["Declared", "clean_text", "make_listing"]

# PROMISES: entries per page.
_MOST_ENTRIES = 5_000
# What only dresses words leaves no gap between them; any other tag does.
_DRESS = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--[^<>]*-->")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is declared and not inferred: by the page for machines, or by a parser.

    Addresses are absolute. Of the date the reading is kept, because the whole column decides
    what it means.
    """

    title: str | None = None
    url: str | None = None
    date: Reading | None = None
    date_text: str | None = None
    date_source: DateSource = "structured"
    summary: str | None = None
    link_text: str | None = None
    image: str | None = None
    author: str | None = None
    category: str | None = None


def make_listing(
    document: Document,
    source: Source,
    entries: Sequence[Declared],
    *,
    next_url: str | None = None,
    warnings: Iterable[str] = (),
) -> Listing:
    """Return the listing of *entries*: dated as a column, numbered, each once.

    An entry without a title is no record; that it was left out is said in a warning.
    """
    dates, notes = resolve_dates(
        [entry.date for entry in entries],
        fetched_at=document.page.fetched_at,
        language=document.language,
        order=document.date_order,
    )
    items: dict[tuple[str, str | None, str | None], Item] = {}
    for entry, date in zip(entries, dates, strict=True):
        if entry.title:
            item = _make_item(document, source, entry, entry.title, date, len(items) + 1)
            items.setdefault((item.title, item.url, item.date), item)
    said = [*document.warnings, *warnings, *notes, *_left_out(entries, len(items))]
    return Listing(
        items=tuple(items.values())[:_MOST_ENTRIES],
        next_url=next_url,
        warnings=tuple(dict.fromkeys(said)),
        complete=document.complete and len(items) <= _MOST_ENTRIES,
    )


def _make_item(
    document: Document,
    source: Source,
    entry: Declared,
    title: str,
    date: PartialDate | None,
    position: int,
) -> Item:
    day = date.isoformat() if date else None
    return Item(
        title=title,
        url=entry.url,
        date=day,
        summary=entry.summary,
        published_at=date.moment if date else None,
        date_text=entry.date_text if date else None,
        date_source=entry.date_source if date else None,
        link_text=entry.link_text,
        image=entry.image,
        author=entry.author,
        category=entry.category,
        position=position,
        id=item_id(entry.url, title, day),
        source=source.name,
        page_url=document.page.url,
        fetched_at=document.page.fetched_at,
    )


def _left_out(entries: Sequence[Declared], kept: int) -> Iterable[str]:
    untitled = sum(not entry.title for entry in entries)
    if untitled:
        noun = "entry" if untitled == 1 else "entries"
        yield f"left out {untitled} {noun} without a title"
    if kept > _MOST_ENTRIES:
        yield f"only the first {_MOST_ENTRIES} of {kept} entries were kept"


def clean_text(value: object) -> str | None:
    """Return *value* as a reader sees it, or None where it is no text or says nothing.

    Declared text comes with markup, with entities and with both; white space is collapsed.

    >>> clean_text("Tom &amp; <b>Jer</b>ry<br>return ")
    'Tom & Jerry return'
    >>> clean_text(["no", "text"])
    """
    if not isinstance(value, str):
        return None
    if "<" in value:
        value = _TAG.sub(" ", _DRESS.sub("", value))
    if "&" in value:
        value = unescape(value)
    return " ".join(_CONTROL.sub(" ", value).split()) or None
