"""What the three kinds of feeds have in common: what a feed says of itself and of its entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from urllib.parse import quote

import msgspec

from scraper.exporters.base import without_controls
from scraper.models import Item

__all__ = ["EPOCH", "Feed", "each_once", "entry_urn", "latest", "published", "xml_text"]

#: When a feed that knows no time at all was updated: the same items make the same bytes.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A feed has no days, only instants. That of a day is its noon in UTC, which is in that day from
# Samoa to New Zealand's winter; midnight would be the day before in all of America.
_NOON = time(12, 0, tzinfo=UTC)
_MOST_NAMES = 3


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says of itself, taken from its entries: nobody else is asked."""

    title: str
    #: The page that the entries come from; None where none says it, or several do.
    page_url: str | None
    #: The newest of its entries, or EPOCH.
    updated: datetime

    @classmethod
    def of(cls, items: list[Item]) -> Feed:
        """Return what is to be said of a feed of *items*."""
        names = list(dict.fromkeys(one.source or one.page_url or "" for one in items))
        names = [name for name in names if name]
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        pages = {one.page_url for one in items if one.page_url}
        return cls(
            title=(", ".join(names[:_MOST_NAMES]) + more) or "Entries",
            page_url=next(iter(pages)) if len(pages) == 1 else None,
            updated=max(map(latest, items), default=EPOCH),
        )


def each_once(items: Iterable[Item]) -> list[Item]:
    """Return *items*, the first of each id: in a feed an id names one entry."""
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(item.id, item)
    return list(first.values())


def entry_urn(item: Item) -> str:
    """Return the name of an entry, which is the same wherever it is found again.

    >>> entry_urn(Item(title="A", position=1, id="4422ffb32d3472e1"))
    'urn:scraper:4422ffb32d3472e1'
    """
    return f"urn:scraper:{quote(without_controls(item.id), safe='')}"


def published(item: Item) -> datetime | None:
    """Return the instant that a feed gives for the date of *item*; None unless its day is known.

    >>> published(Item(title="A", date="2024-03-01", position=1, id="a")).isoformat()
    '2024-03-01T12:00:00+00:00'
    """
    if item.published_at is not None:
        return item.published_at
    try:
        day = date.fromisoformat(item.date) if item.date and len(item.date) == 10 else None
    except ValueError:  # a record made by hand
        return None
    return datetime.combine(day, _NOON) if day else None


def latest(item: Item) -> datetime:
    """Return when *item* was last changed: its date, else when it was found.

    Not when it was found in the first place: that is another time in every run, and readers would
    show all entries as new again.
    """
    return published(item) or item.fetched_at or EPOCH


def xml_text(text: str) -> str:
    """Return *text* with U+FFFD for what XML 1.0 cannot hold, and for what terminals obey.

    >>> xml_text("a" + chr(0) + chr(0xFFFE) + "b")
    'a��b'
    """
    return without_controls(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
