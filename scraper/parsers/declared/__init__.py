"""Data that a page declares for machines, one module a kind of it.

It never replaces what a page shows. It *confirms and fills*: what is null in an entry that the
engine found is taken from what is declared of the same address. And where the markup shows no
list, because a script would build it in a browser, the list that the page carries for that script
is the listing.

Adding a kind is one module with a ``read(document)`` and one line in ``READERS``. A reader must
cost next to nothing on a page that has none of its kind, so it looks for a word on the source
first: all of them together take 20 µs for a page of 60 kB.
"""

from __future__ import annotations

from typing import Protocol

from scraper.models import Listing, Source
from scraper.parsers.declared.confirming import confirm
from scraper.parsers.declared.feeds import FeedParser
from scraper.parsers.declared.json_ld import JsonLdReader
from scraper.parsers.declared.microdata import MicrodataReader
from scraper.parsers.declared.microformats import HEntryReader
from scraper.parsers.declared.records import Declared, clean_text, make_listing
from scraper.parsers.declared.state import StateReader
from scraper.parsers.document import Document
from scraper.urls import page_key

__all__ = [
    "READERS",
    "ConfirmedParser",
    "Declared",
    "FeedParser",
    "Reader",
    "clean_text",
    "confirm",
    "items_from_declared",
    "make_listing",
    "read_declared",
]


class Reader(Protocol):
    """Something that reads one kind of declared data."""

    def read(self, document: Document) -> list[Declared]:
        """Return the entries that are declared, none where there are none."""
        ...


#: Of schema.org: they all name it, so one look at the source tells whether there is any.
_SCHEMA_ORG: tuple[Reader, ...] = (JsonLdReader(), MicrodataReader())
READERS: tuple[Reader, ...] = (*_SCHEMA_ORG, HEntryReader())
_STATE: Reader = StateReader()

# Fewer declared entries are what an article relates itself to.
_FEWEST = 3
# What is no listing for another reason than that a script would build it.
_DECIDED = frozenset({"article", "challenge", "consent", "error-page", "login"})


class _Parser(Protocol):
    def parse(self, document: Document, source: Source) -> Listing | None: ...


class ConfirmedParser:
    """Another parser, whose answer is confirmed and filled by what the page declares."""

    def __init__(self, parser: _Parser) -> None:
        self._parser = parser

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return the other's listing with its gaps filled, or the list meant for a script."""
        listing = self._parser.parse(document, source)
        if listing is None:
            return None
        if listing.items:
            return confirm(listing, _read_for(listing, document), document)
        if listing.no_items is not None and listing.no_items.category in _DECIDED:
            return listing
        # What is declared is of the whole page.
        return (not document.is_part and items_from_declared(document, source)) or listing


def read_declared(document: Document) -> list[Declared]:
    """Return all entries that the page declares beside its markup or in it."""
    readers = READERS if "schema.org" in document.text else READERS[len(_SCHEMA_ORG) :]
    return [entry for reader in readers for entry in reader.read(document)]


def _read_for(listing: Listing, document: Document) -> list[Declared]:
    declared = read_declared(document)
    # State is long and its keys mean what their author wants: it is asked for days, if all lack.
    if all(item.date is None for item in listing.items) and "application/json" in document.text:
        dated = (entry for entry in _STATE.read(document) if entry.date)
        declared += [Declared(url=e.url, date=e.date) for e in dated]
    return declared


def items_from_declared(document: Document, source: Source) -> Listing | None:
    """Return the listing that a page declares and does not show, or None where it declares none."""
    own = page_key(document.page.url) if document.page.url else None
    for entries in (read_declared(document), _STATE.read(document)):
        entries = [e for e in entries if e.title and not (e.url and page_key(e.url) == own)]
        listing = make_listing(document, source, entries)
        if len(listing.items) >= _FEWEST:
            return listing
    return None
