"""What a page declares for machines, and what that is to its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scraper.dates import resolve_dates
from scraper.models import Item, Listing
from scraper.parsers.declared import READERS, Declared
from scraper.parsers.declared.json_ld import JsonLdReader
from scraper.parsers.declared.microdata import MicrodataReader
from scraper.parsers.declared.microformats import HEntryReader
from scraper.parsers.declared.state import StateReader
from scraper.parsers.document import Document
from scraper.parsers.explaining.explanation import DeclaredData, FieldOrigin
from scraper.parsers.explaining.fields import explain_filled
from scraper.urls import page_key

__all__ = ["declared_by_key", "explain_declared", "explain_filling"]

_STATE = StateReader()
_KINDS = {
    JsonLdReader: "JSON-LD",
    MicrodataReader: "microdata",
    HEntryReader: "h-entry",
    StateReader: "embedded state",
}


def explain_filling(
    field: str, item: Item, declared: dict[str, list[tuple[str, Declared]]]
) -> FieldOrigin:
    """Return where a field comes from that the page declares and does not show."""
    name = "date" if field == "published_at" else field
    own = declared.get(page_key(item.url), []) if item.url else []
    kinds = dict.fromkeys(kind for kind, entry in own if getattr(entry, name, None))
    because = f"declared data: {', '.join(kinds)}" if kinds else "declared data"
    return FieldOrigin(field=field, origin="declared", because=because)


def _read_kinds(document: Document) -> Iterator[tuple[str, list[Declared]]]:
    for reader in (*READERS, _STATE):
        entries = reader.read(document)
        if entries:
            yield _KINDS.get(type(reader), type(reader).__name__), entries


def declared_by_key(document: Document, listing: Listing) -> dict[str, list[tuple[str, Declared]]]:
    """Return what is declared of the addresses of the records, with the kind of data."""
    keys = {page_key(item.url) for item in listing.items if item.url}
    found: dict[str, list[tuple[str, Declared]]] = {}
    for kind, entries in _read_kinds(document):
        for entry in entries:
            key = page_key(entry.url) if entry.url else None
            if key in keys:
                found.setdefault(key, []).append((kind, entry))
    return found


def explain_declared(
    document: Document, listing: Listing, before: Listing
) -> tuple[DeclaredData, ...]:
    """Return what is declared, a kind of data each; *before* is the listing without it."""
    return tuple(
        _compare(document, kind, entries, listing, before)
        for kind, entries in _read_kinds(document)
    )


def _compare(
    document: Document, kind: str, entries: list[Declared], listing: Listing, before: Listing
) -> DeclaredData:
    """Return what entries that are declared have in common with the records."""
    dates, _ = resolve_dates(
        [entry.date for entry in entries],
        fetched_at=document.page.fetched_at,
        language=document.language,
    )
    titles: dict[str, set[str]] = {}
    days: dict[str, set[str]] = {}
    for entry, date in zip(entries, dates, strict=True):
        if entry.url:
            key = page_key(entry.url)
            titles.setdefault(key, set()).add(_plain(entry.title or ""))
            days.setdefault(key, set()).update([date.isoformat()] if date else [])
    named = [item for item in listing.items if item.url and page_key(item.url) in titles]
    earlier = {item.position: item for item in before.items}
    filled = [
        field
        for item in named
        for field in (explain_filled(earlier[item.position], item) if earlier else ())
        if _says(entries, item, field)
    ]

    def is_dated(item: Item) -> bool:
        date, said = item.date, days[page_key(item.url or "")]
        return date is not None and any(day.startswith(date) for day in said)

    return DeclaredData(
        kind=kind,
        entries=len(entries),
        items=tuple(item.position for item in named),
        same_title=sum(_plain(item.title) in titles[page_key(item.url or "")] for item in named),
        same_date=sum(map(is_dated, named)),
        filled=len(filled),
    )


def _says(entries: Iterable[Declared], item: Item, field: str) -> bool:
    name = "date" if field == "published_at" else field
    key = page_key(item.url or "")
    return any(
        getattr(entry, name, None) and entry.url and page_key(entry.url) == key for entry in entries
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
