"""What every selector that could be written gives in an entry: the first of its kind there.

Every element of an entry has several names, by itself and by the element around it or before it,
and its own text has XPath. They are made once an entry, and not tried one by one on the page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from scraper.learning.ground import Ground
from scraper.learning.naming import Index, Name, in_xpath, names_of

__all__ = ["Found", "Offer", "Offers", "Row", "offer", "offer_attribute", "offer_before"]

# Elements of an entry that are looked at, and texts of an element.
_MOST_ELEMENTS = 150
_MOST_TEXTS = 12
# Names of an element, of the one around it and of the one around that, that are put together.
_MOST_INNER = 6
_MOST_OUTER = 6
_MOST_FAR = 4
# What stands before entries is looked for by so many names.
_MOST_BEFORE = 30


class Found(NamedTuple):
    """What a selector gives in one entry: an element, or a text of it."""

    number: int
    text: str | None = None
    #: Which of its texts, 0 for the first.
    place: int = 0


class Offer(NamedTuple):
    """What is found, and what the selector costs in length and in trust."""

    found: Found
    cost: float


#: What each selector gives in one entry.
Offers = dict[str, Offer]


class Row(NamedTuple):
    """An entry: its first element, and the last of those beside it that are its own."""

    node: int
    last: int
    run: bool


def offer(ground: Ground, row: Row, counts: Callable[[Found], bool]) -> Offers:
    """Return what every selector gives in the entry *row*: the first that *counts*."""
    found: Offers = {}
    for number in range(row.node, min(ground.end[row.last], row.node + _MOST_ELEMENTS)):
        one = Found(number)
        if counts(one):
            for selector, cost in _selectors(ground, number, row):
                found.setdefault(selector, Offer(one, cost))
        texts = [one for one in _texts(ground, number) if counts(one)]
        for step, cost in _steps(ground, number, row) if texts else ():
            found.setdefault(f"{step}/text()", Offer(texts[0]._replace(place=0), cost))
            for text in texts:
                found.setdefault(f"{step}/text()[{text.place}]", Offer(text, cost + 1))
    return found


def _texts(ground: Ground, number: int) -> list[Found]:
    """Return the texts that are an element's own and in no element of it."""
    texts = [" ".join(text.split()) for text in ground.elements[number].xpath("text()")]
    return [Found(number, text, place) for place, text in enumerate(texts[:_MOST_TEXTS], 1) if text]


def _selectors(ground: Ground, number: int, row: Row) -> Iterator[tuple[str, float]]:
    """Yield the selectors of an element in its entry, with what they cost."""
    element, node = ground.elements[number], row.node
    names = list(names_of(element))
    # What is inside the entry is told apart from what is beside it, the entry itself is not.
    extra = 0.5 if number == node else 0.0
    for name in names:
        yield str(name), name.cost + extra
    parent = ground.parent[number]
    if parent > node or (row.run and parent >= node):
        around = list(names_of(ground.elements[parent]))[:_MOST_OUTER]
        for name in names[:_MOST_INNER]:
            for outer in around:
                yield f"{outer} > {name}", outer.cost + name.cost + 0.6
        if (above := ground.parent[parent]) > node:
            for outer in list(names_of(ground.elements[above]))[:_MOST_FAR]:
                for name in names[: _MOST_INNER // 2]:
                    yield f"{outer} {name}", outer.cost + name.cost + 0.8
    if number > node:
        yield from _by_place(element, names)


def _by_place(element: Any, names: Sequence[Name]) -> Iterator[tuple[str, float]]:
    """Yield selectors that tell an element by what is before it."""
    before = [one for one in element.itersiblings(preceding=True) if isinstance(one.tag, str)]
    tag = element.tag
    if tag in ("td", "th"):
        yield f"{tag}:nth-child({len(before) + 1})", 2.4
        return
    if element.getnext() is None:
        yield f"{tag}:last-child", 3.0
    if not before:
        return
    same = sum(one.tag == tag for one in before)
    if same:
        yield f"{tag}:nth-of-type({same + 1})", 3.0
    for name in list(names_of(before[0]))[:2]:
        for own in names[:2]:
            yield f"{name} + {own}", name.cost + own.cost + 1.2


def _steps(ground: Ground, number: int, row: Row) -> Iterator[tuple[str, float]]:
    """Yield XPath for an element of which only its own text is meant."""
    element = ground.elements[number]
    if number == row.node:
        yield ".", 2.5
    for name in names_of(element):
        if len(name.classes) < 2 and name.attribute is None:
            yield f"./descendant-or-self::{in_xpath(name)}", name.cost + 3
    if element.tag == "td" and number > row.node:
        place = 1 + sum(one.tag == "td" for one in element.itersiblings(preceding=True))
        yield f"./descendant-or-self::*/td[{place}]", 4.0


def offer_attribute(ground: Ground, offers: Offers, attribute: str) -> Offers:
    """Return what selectors of an *attribute* give, on the elements that *offers* have."""
    found: Offers = {}
    for selector, (one, cost) in offers.items():
        value = ground.elements[one.number].get(attribute)
        if one.text is None and value and value.strip():
            found[f"{selector}::attr({attribute})"] = Offer(Found(one.number, value), cost + 1)
    return found


def offer_before(
    ground: Ground, index: Index, rows: Sequence[Row], texts: Sequence[str]
) -> list[Offers]:
    """Return, for each entry, what XPath gives for the nearest element before it.

    Those elements are meant that say one of *texts*, which are folded, and whatever has their
    names: the headings of groups.
    """
    counts: Counter[Name] = Counter()
    for text in texts:
        for chain in ground.holders(text):
            names = (name for number in chain for name in names_of(ground.elements[number]))
            counts.update(dict.fromkeys(names).keys())
    simple = [name for name in counts if len(name.classes) < 2 and name.attribute is None]
    simple.sort(key=lambda name: (-counts[name], name.cost))
    found: list[Offers] = [{} for _ in rows]
    for name in simple[:_MOST_BEFORE]:
        numbers = index.find(name)
        for offers, row in zip(found, rows, strict=True):
            place = bisect_right(numbers, row.node - 1) - 1
            # What stands around an entry does not stand before it.
            while place >= 0 and ground.end[numbers[place]] > row.node:
                place -= 1
            if place >= 0:
                path = f"./preceding::{in_xpath(name)}[1]"
                offers[path] = Offer(Found(numbers[place]), name.cost + 2)
    return found
