"""Where on a page its records stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scraper.learning.ground import Ground, fold
from scraper.models import Item

__all__ = ["Place", "find_places"]

# So much of a teaser tells whether it is there.
_BEGINNING = 24
# So much text around a headline is its entry's, at most.
_NEAR = 2_000
_READ = frozenset({"text", "attribute"})


class Place(NamedTuple):
    """A record, and the elements that say its headline and nothing else."""

    item: Item
    #: From the outermost to the innermost.
    chain: tuple[int, ...]
    #: What else the entry says, folded.
    marks: tuple[str, ...]
    #: The links that lead to the record, and its pictures.
    links: tuple[int, ...]
    pictures: tuple[int, ...]

    @property
    def inner(self) -> int:
        """The innermost element of the headline."""
        return self.chain[-1]


def find_places(ground: Ground, items: Sequence[Item]) -> list[Place]:
    """Return where *items* stand, in document order, without those that are not found.

    Of several places with the headline, that is meant which leads to the record, else the first
    behind the record before.
    """
    places: dict[int, Place] = {}
    before = -1
    for item in items:
        chain = _find(ground, item, before, places)
        if chain:
            before = chain[0]
            marks, targets = tuple(_marks(item)), _targets(ground, item)
            places[chain[-1]] = Place(item, tuple(chain), marks, *targets)
    return [places[inner] for inner in sorted(places)]


def _find(ground: Ground, item: Item, before: int, taken: dict[int, Place]) -> list[int]:
    title = fold(item.title)
    links = [link for link in _links(ground, item) if ground.has_text(link) and link not in taken]
    found = [one for one in ground.holders(title) if one[-1] not in taken]
    leading = [one for one in found if _leads(ground, one, links)]
    # A link may say more than the headline: its date, what kind it is.
    longer = [[link] for link in links if ground.holds(link, title)]
    marks = _marks(item)
    # Behind them a headline that the page cuts, or tells in an attribute.
    for chains in (leading, longer, found, [[link] for link in links]):
        if chains:
            return max(
                chains,
                key=lambda one: (_near(ground, one[0], marks), one[0] > before, -one[0]),
            )
    return []


def _links(ground: Ground, item: Item) -> list[int]:
    return ground.links_to(item.url) if item.url else []


def _targets(ground: Ground, item: Item) -> tuple[tuple[int, ...], tuple[int, ...]]:
    pictures = tuple(ground.pictures_of(item.image)) if item.image else ()
    return tuple(_links(ground, item)), pictures


def _near(ground: Ground, number: int, marks: Sequence[str]) -> int:
    """Return how many of *marks* stand near an element."""
    for above in ground.above(number):
        start, stop = ground.start[above], ground.stop[above]
        if stop - start > _NEAR:
            break
        found = sum(ground.text.find(mark, start, stop) >= 0 for mark in marks)
        if found == len(marks):
            return found
    start = max(0, ground.start[number] - _NEAR // 4)
    stop = ground.stop[number] + _NEAR // 4
    return sum(ground.text.find(mark, start, stop) >= 0 for mark in marks)


def _leads(ground: Ground, chain: list[int], links: list[int]) -> bool:
    outer, inner = chain[0], chain[-1]
    return any(
        outer <= link < ground.end[outer] or link <= inner < ground.end[link] for link in links
    )


def _marks(item: Item) -> list[str]:
    marks = []
    if item.date_text and item.date_source in _READ and len(item.date_text) < 60:
        marks.append(fold(item.date_text))
    if item.summary:
        marks.append(fold(item.summary)[:_BEGINNING])
    return marks
