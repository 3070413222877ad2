"""Fill what a page does not show from what it declares of the same address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from scraper.dates import PartialDate, resolve_dates
from scraper.models import Item, Listing
from scraper.parsers.declared.records import Declared
from scraper.parsers.document import Document
from scraper.urls import page_key

__all__ = ["confirm"]

# A teaser is at least half a line and at most a paragraph.
_TEASER = range(40, 501)


class _Entry(msgspec.Struct, kw_only=True):
    """What all declarations of one address say together; None where they differ."""

    date: PartialDate | None = None
    date_text: str | None = None
    summary: str | None = None
    image: str | None = None
    author: str | None = None
    category: str | None = None


def confirm(listing: Listing, declared: Sequence[Declared], document: Document) -> Listing:
    """Return *listing* with the fields that are null filled from what is *declared* of an entry.

    Only data of the same address counts, and of an address that the listing has once. What the
    page shows is never replaced, and no entry is added. A date is then ``structured``; the time of
    day is taken over where the day is the one that the page shows.
    """
    declared = [entry for entry in declared if entry.url and _says_more(entry)]
    if not declared or not listing.items:
        return listing
    known = _by_address(declared, document)
    keys = [page_key(item.url) if item.url else None for item in listing.items]
    shared = Counter(keys)
    items = tuple(
        _fill(item, known[key]) if key in known and shared[key] == 1 else item
        for item, key in zip(listing.items, keys, strict=True)
    )
    return msgspec.structs.replace(listing, items=items)


def _says_more(entry: Declared) -> bool:
    """Tell whether an entry has anything to fill in, which those of most item lists have not."""
    return bool(entry.date or entry.summary or entry.image or entry.author or entry.category)


def _by_address(declared: Sequence[Declared], document: Document) -> dict[str | None, _Entry]:
    """Return what is declared by canonical address, without what is declared of the page itself."""
    dates, _ = resolve_dates(
        [entry.date for entry in declared],
        fetched_at=document.page.fetched_at,
        language=document.language,
    )
    own = page_key(document.page.url) if document.page.url else None
    found: dict[str | None, list[tuple[Declared, PartialDate | None]]] = {}
    for entry, date in zip(declared, dates, strict=True):
        key = page_key(entry.url or "")
        if key != own:
            found.setdefault(key, []).append((entry, date))
    merged = {key: _merge(entries) for key, entries in found.items()}
    for name in ("summary", "image"):
        _drop_shared(merged.values(), name)
    return merged


def _merge(entries: list[tuple[Declared, PartialDate | None]]) -> _Entry:
    dates = {date.isoformat(): (date, entry.date_text) for entry, date in entries if date}
    date, date_text = next(iter(dates.values())) if len(dates) == 1 else (None, None)
    texts = {
        name: _only(getattr(entry, name) for entry, _ in entries)
        for name in ("summary", "image", "author", "category")
    }
    return _Entry(date=date, date_text=date_text, **texts)


def _only(values: Iterable[str | None]) -> str | None:
    found = {value for value in values if value}
    return found.pop() if len(found) == 1 else None


def _drop_shared(entries: Iterable[_Entry], name: str) -> None:
    """Drop a value that several entries have: it is the site's and not theirs."""
    entries = list(entries)
    uses = Counter(getattr(entry, name) for entry in entries)
    for entry in entries:
        if uses[getattr(entry, name)] > 1:
            setattr(entry, name, None)


def _fill(item: Item, entry: _Entry) -> Item:
    filled: dict[str, Any] = {
        name: value
        for name in ("image", "author", "category")
        if getattr(item, name) is None and (value := getattr(entry, name))
    }
    if item.summary is None and _is_teaser(entry.summary, item.title):
        filled["summary"] = entry.summary
    filled |= _fill_date(item, entry)
    return msgspec.structs.replace(item, **filled) if filled else item


def _fill_date(item: Item, entry: _Entry) -> dict[str, Any]:
    date = entry.date
    if date is None:
        return {}
    if item.date is None:
        return {
            "date": date.isoformat(),
            "date_text": item.date_text or entry.date_text,
            "date_source": "structured",
            "published_at": date.moment,
        }
    if item.published_at is None and date.moment and date.isoformat().startswith(item.date):
        return {"published_at": date.moment}
    return {}


def _is_teaser(text: str | None, title: str) -> bool:
    """Tell whether *text* says something that the headline does not."""
    if text is None or len(text.encode("utf-8", "replace")) not in _TEASER:
        return False
    return not text.casefold().startswith(title.casefold()) and len(text) > len(title) / 2
