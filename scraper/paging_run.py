"""A listing over several pages: where the next one is, and when enough is enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import ada_url
import msgspec

from scraper.errors import ScrapeError
from scraper.models import Item, Listing, Page, Source
from scraper.urls import page_key, without_secrets

__all__ = ["MOST_PAGES", "Step", "Trail", "follow_pages", "is_older", "page_origin"]

#: PROMISES: pages of a source, where nobody says how many.
MOST_PAGES = 20
_PORTS = {"http:": "80", "https:": "443"}
# No host is called so: what a page of unknown address links to was typed by nobody.
_NOWHERE = "-"


class Step(NamedTuple):
    """One page of a listing."""

    page: Page
    listing: Listing


def follow_pages(
    source: Source, read: Callable[[Source], Step], *, pages: int = 1, since: date | None = None
) -> Listing:
    """Return what *source* lists on up to *pages* pages, each had from *read*.

    Entries that are known to be older than *since* are left out, those without a date are kept;
    after a page of nothing but older ones no more is asked for. Positions run on over the pages,
    and an entry that stands on several is one, with what any of them tells.

    The end is the last page, or one that was there before, by its address or by its entries: the
    traps that calendars and pagers are. A page that cannot be read ends the listing, too, which
    keeps what was found, with a warning and ``complete`` false; but the first one's ScrapeError is
    raised.
    """
    trail = Trail(source, read(source))
    while trail.goes_on(pages, since):
        target = msgspec.structs.replace(
            source,
            url=trail.next_url,
            origin=source.origin or page_origin(source.url),
            known=None,
        )
        try:
            step = read(target)
        except ScrapeError as error:
            trail.break_off(f"{error.kind}: {error.explanation}")
        else:
            trail.add(step)
    return trail.listing(since)


class Trail:
    """The pages so far, for whoever asks for them one by one; :func:`follow_pages` does.

    *step* is the first page of *source*. After it and after each :meth:`add`, :meth:`goes_on` says
    whether the page at *next_url* is to be asked for.
    """

    def __init__(self, source: Source, step: Step) -> None:
        self.next_url = step.listing.next_url
        self._source = source
        self._first = step.listing
        self._number = 1
        self._ended = step.listing.no_items is not None
        self._items = list(step.listing.items)
        #: Where each entry stands.
        self._places = {item.id: place for place, item in enumerate(self._items)}
        #: The entries that only the last page had.
        self._new = self._items
        self._known = {frozenset(self._places): 1}
        self._addresses = {page_key(url): 1 for url in (source.url, step.page.url) if url}
        self._warnings = list(step.listing.warnings)
        self._complete = step.listing.complete

    def goes_on(self, pages: int, since: date | None) -> bool:
        """Tell whether there is another page that is worth asking for."""
        if self._ended or self.next_url is None:
            return False
        if since is not None and all(is_older(item, since) for item in self._new):
            return False
        before = self._addresses.get(page_key(self.next_url))
        if pages > 1 and before is not None:
            self._warn(f"page {self._number} leads back to page {before}")
            self.next_url = None
        elif pages > 1 and self._source.path is not None:
            self._warn("only the page that was saved is read, and the listing goes on elsewhere")
            self._complete = False
        elif 1 < pages <= self._number:
            self._warn(f"only the first {pages} pages were read, and the listing goes on")
            self._complete = False
        return self.next_url is not None and self._source.path is None and self._number < pages

    def add(self, step: Step) -> None:
        """Take what the next page lists, as far as it is new."""
        nothing = step.listing.no_items
        if nothing is not None and nothing.category != "unwanted":
            self.break_off(f"{nothing.kind}: {nothing.explanation}")
            return
        self._number += 1
        for url in (self.next_url, step.page.url):
            if url:
                self._addresses.setdefault(page_key(url), self._number)
        self.next_url = step.listing.next_url
        self._complete = self._complete and step.listing.complete
        for warning in step.listing.warnings:
            if warning not in self._first.warnings:
                self._warn(f"page {self._number}: {warning}")
        # A page of entries that nobody asked for may be followed by one of others.
        if nothing is None:
            self._add_items(step.listing.items)

    def _add_items(self, items: tuple[Item, ...]) -> None:
        before = len(self._items)
        for item in items:
            place = self._places.get(item.id, before)
            if place < before:
                self._items[place] = _merged(self._items[place], item)
            else:
                self._places.setdefault(item.id, len(self._items))
                position = len(self._items) + 1
                self._items.append(msgspec.structs.replace(item, position=position))
        self._new = self._items[before:]
        ids = frozenset(item.id for item in items)
        if not self._new:
            same = self._known.get(ids)
            what = f"what page {same} lists" if same else "nothing new"
            self._warn(f"page {self._number} lists {what}, so no more were asked for")
            self._ended, self.next_url = True, None
        self._known.setdefault(ids, self._number)

    def break_off(self, reason: str) -> None:
        """End here because the next page cannot be read."""
        where = without_secrets(self.next_url or "")
        self._warn(f"page {self._number + 1} is missing, with all that follow: {where}: {reason}")
        self._ended, self._complete = True, False

    def _warn(self, warning: str) -> None:
        self._warnings.append(warning)

    @property
    def new_items(self) -> tuple[Item, ...]:
        """The entries that only the last page had."""
        return tuple(self._new)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a careful reader should know so far."""
        return tuple(self._warnings)

    def listing(self, since: date | None) -> Listing:
        """Return the listing of all pages."""
        kept = [item for item in self._items if since is None or not is_older(item, since)]
        if self._items and not kept:
            self._warn(f"all {len(self._items)} entries are older than {since}")
        return msgspec.structs.replace(
            self._first,
            items=tuple(kept),
            next_url=self.next_url,
            warnings=tuple(self._warnings),
            complete=self._complete,
        )


def is_older(item: Item, since: date) -> bool:
    """Tell whether *item* is surely older: a month that *since* lies in is not.

    >>> is_older(Item(title="A", date="2024-03", position=1, id="a"), date(2024, 3, 5))
    False
    """
    return item.date is not None and item.date < since.isoformat()[: len(item.date)]


def _merged(item: Item, other: Item) -> Item:
    """Return *item* with what only *other*, the same entry on a later page, tells."""
    gaps = {
        name: value
        for name in item.__struct_fields__
        if getattr(item, name) is None and (value := getattr(other, name)) is not None
    }
    # A date, as it is printed and where: these belong together.
    if item.date is not None:
        gaps = {name: value for name, value in gaps.items() if not name.startswith("date")}
    return msgspec.structs.replace(item, **gaps) if gaps else item


def page_origin(url: str | None) -> str:
    """Return host and port of an address, those of no host where there is none.

    >>> page_origin("https://Example.org/news"), page_origin(None)
    ('example.org:443', '-')
    """
    try:
        parts = ada_url.URL(url or "")
    except ValueError:
        return _NOWHERE
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.protocol, '')}"
