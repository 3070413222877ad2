"""How a selector divides a page: into entries that hold a record each, or do not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from scraper.learning.ground import Ground
from scraper.learning.places import Place

__all__ = ["Divider", "Division"]


class Division(NamedTuple):
    """A selector of entries, and how it divides the page."""

    css: str
    #: The first elements of the entries, in document order.
    nodes: tuple[int, ...]
    #: The last element of each that is beside the first, and one past all that is in it.
    lasts: tuple[int, ...]
    stops: tuple[int, ...]
    run: bool
    #: By place in ``nodes``, the number of the record, -1 for none.
    records: tuple[int, ...]
    #: Entries that hold several records, or hold one another.
    crowded: int
    #: The share of what records say that is in their entries.
    whole: float
    cost: float

    @property
    def hits(self) -> set[int]:
        """The records that have an entry of their own."""
        return {record for record in self.records if record >= 0}

    @property
    def junk(self) -> int:
        """Entries that are none."""
        return sum(record < 0 for record in self.records)

    def worth(self, total: int) -> float:
        """Return how good it is, where there are *total* records."""
        hits = len(self.hits)
        f1 = 2 * hits / (len(self.nodes) + total) if hits else 0.0
        return f1 * (0.6 + 0.4 * self.whole) - 0.004 * self.cost - (0.01 if self.run else 0)


class Divider:
    """Divides a page with records at *places*."""

    def __init__(self, ground: Ground, places: Sequence[Place]) -> None:
        self._ground = ground
        self._places = places
        self._inner = [place.inner for place in places]

    def divide(self, css: str, nodes: Sequence[int], cost: float, *, run: bool) -> Division | None:
        """Return how *nodes* divide the page, None where they have none of the records."""
        if not nodes or len(nodes) > 20 * len(self._places) + 50:
            return None
        lasts = self._run_on(nodes) if run else list(nodes)
        stops = [self._ground.end[last] for last in lasts]
        records = []
        crowded, says, found, reach = 0, 0, 0, -1
        for node, last, stop in zip(nodes, lasts, stops, strict=True):
            first = bisect_left(self._inner, node)
            within = bisect_left(self._inner, stop) - first
            is_nested = node < reach
            reach = max(reach, stop)
            if within == 1 and not is_nested:
                records.append(first)
                one, all_ = self._whole(self._places[first], node, last)
                found, says = found + one, says + all_
            else:
                records.append(-1)
                crowded += within > 1 or is_nested
        if not says and not any(record >= 0 for record in records):
            return None
        whole = found / says if says else 1.0
        return Division(
            css, tuple(nodes), tuple(lasts), tuple(stops), run, tuple(records), crowded, whole, cost
        )

    def _whole(self, place: Place, node: int, last: int) -> tuple[int, int]:
        """Return how much of what a record says is in its entry, and how much there is."""
        ground = self._ground
        start, end = ground.start[node], ground.stop[last]
        found = sum(ground.text.find(mark, start, end) >= 0 for mark in place.marks)
        says = len(place.marks)
        stop = ground.end[last]
        if place.links:
            around = set(ground.above(node))
            found += any(node <= link < stop or link in around for link in place.links)
            says += 1
        if place.pictures:
            found += any(node <= picture < stop for picture in place.pictures)
            says += 1
        return found, says

    def _run_on(self, nodes: Sequence[int]) -> list[int]:
        """Return the last element of entries that run on up to the next one beside them."""
        ground = self._ground
        families: dict[int, list[int]] = {}
        for node in nodes:
            families.setdefault(ground.parent[node], []).append(node)
        lasts: dict[int, int] = {}
        for parent, members in families.items():
            children = self._children(parent)
            at = [bisect_left(children, node) for node in members]
            longest = max((b - a for a, b in pairwise(at)), default=len(children))
            for place, after in zip(at, [*at[1:], len(children)], strict=True):
                lasts[children[place]] = children[min(after, place + longest) - 1]
        return [lasts[node] for node in nodes]

    def _children(self, parent: int) -> list[int]:
        if parent < 0:
            return [0]
        child, found = parent + 1, []
        while child < self._ground.end[parent]:
            found.append(child)
            child = self._ground.end[child]
        return found
