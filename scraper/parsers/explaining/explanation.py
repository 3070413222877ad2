"""What an explanation says, as data; how it is printed is in ``printing``."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from scraper.models import Item

__all__ = [
    "Absence",
    "ConsideredList",
    "DeclaredData",
    "Evidence",
    "ExplainedItem",
    "ExplainedLink",
    "Explanation",
    "FieldOrigin",
    "NextPage",
    "Origin",
    "PassedGroup",
    "Reader",
]

#: Who read the page.
Reader = Literal["engine", "declared data", "feed", "selectors", "site parser"]
#: Where a field of a record comes from: a column of its list, a link or a picture of its entry, an
#: attribute, a heading above the entry, the page as a whole, the address that it leads to, data
#: that the page declares, or whatever another reader than the engine went by.
Origin = Literal[
    "column", "link", "picture", "attribute", "heading", "page", "address", "declared", "reader"
]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One figure in a sum: *contribution* is *value* times *weight*."""

    #: ``bias`` is what every list starts with.
    name: str
    value: float
    weight: float
    contribution: float


class ConsideredList(msgspec.Struct, frozen=True, kw_only=True):
    """A list that the page might be there for."""

    #: 1 is the best.
    number: int
    #: The sum of the contributions of its *evidence*.
    score: float
    #: How many entries it has, those counted that were added because they are like the others.
    entries: int
    adopted: int = 0
    #: The first few.
    headlines: tuple[str, ...]
    #: Tags and classes from the top of the page to its entries: ``main > ul.news > li``.
    path: str
    #: The elements that its entries grew from, numbered from 0 as ``Outline`` numbers them.
    nodes: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    #: What speaks for it beside the best list; empty where that was not asked.
    beside: tuple[Evidence, ...] = ()
    kept: bool
    #: Why it is not kept.
    reason: str | None = None
    #: Which figures of its dates are the day and what settled that, where it was open.
    date_order: str | None = None


class PassedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Texts at like places of the page that no list was made of, because others are likelier."""

    #: How likely they are headlines: the sum of the contributions of their *evidence*.
    score: float
    #: How many, and the first few.
    members: int
    texts: tuple[str, ...]
    path: str
    evidence: tuple[Evidence, ...]


class ExplainedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link of the region that the records come from."""

    #: Among the links of the whole page, from 1.
    number: int
    #: Its element, as in ``ConsideredList.nodes``.
    node: int
    #: As written, shortened where it is very long.
    href: str
    #: Where it leads; None where that is no page.
    url: str | None = None
    #: What it shows; None for a picture.
    text: str | None = None
    #: Whether it is the target of an item.
    taken: bool
    #: Position of the item that it is the target of, or stands in.
    item: int | None = None
    #: Why it is not taken.
    reason: str | None = None


class FieldOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a field of one record comes from."""

    field: str
    origin: Origin
    #: The same in words: "the headline's link".
    because: str
    #: Tags and classes, below the entry where it is in one.
    path: str | None = None
    #: How likely its column is to be what it was taken for; it was weighed against the others.
    score: float | None = None
    #: What was read, where that is not the field's value: of a date its text.
    text: str | None = None
    #: Of a date what its text names: ``full``, ``month``, ``year``, ``day``, ``relative`` …
    kind: str | None = None


class ExplainedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A record, and where each of its fields comes from."""

    item: Item
    #: Number of its list; None where another than the engine read it.
    list: int | None = None
    #: The element that its entry grew from, as in ``ConsideredList.nodes``.
    node: int | None = None
    #: Number of the link that it leads to, as in ``ExplainedLink``.
    link: int | None = None
    #: One for every field that the page gave.
    fields: tuple[FieldOrigin, ...]


class DeclaredData(msgspec.Struct, frozen=True, kw_only=True):
    """What a page declares for machines, and what that is to its records."""

    #: ``JSON-LD``, ``microdata``, ``h-entry``, ``embedded state``.
    kind: str
    #: How many entries are declared.
    entries: int
    #: Positions of the items whose address is declared; of those, how many are declared with the
    #: headline and with the day that the record has.
    items: tuple[int, ...]
    same_title: int
    same_date: int
    #: How many fields it filled.
    filled: int


class NextPage(msgspec.Struct, frozen=True, kw_only=True):
    """The following page of the listing, and what says so."""

    url: str
    #: "declared", or "a link".
    because: str
    #: Of the link: what it says, and where it is.
    text: str | None = None
    path: str | None = None


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Why there are no records."""

    category: str
    message: str
    advice: str | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a page gives the records that it gives.

    It is plain data, for ``msgspec.json`` and back; ``str()`` of it is a summary of at most some
    hundred lines for a person.
    """

    url: str | None
    fetched_at: datetime | None = None
    #: Who read the page: nobody but the engine considers lists and links.
    reader: Reader
    #: The name of the site's parser, or of the kind of data that is declared.
    reader_name: str | None = None
    #: Best first.
    lists: tuple[ConsideredList, ...] = ()
    #: What repeats on the page and is in none of the lists; the likeliest first, twenty at most.
    passed: tuple[PassedGroup, ...] = ()
    #: Every link from the first entry to the last, once, in document order.
    links: tuple[ExplainedLink, ...] = ()
    items: tuple[ExplainedItem, ...] = ()
    declared: tuple[DeclaredData, ...] = ()
    next_page: NextPage | None = None
    no_items: Absence | None = None
    warnings: tuple[str, ...] = ()
    complete: bool = True

    def __str__(self) -> str:
        """Return a summary for a person to read."""
        from scraper.parsers.explaining.printing import print_explanation

        return print_explanation(self)
