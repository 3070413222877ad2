"""Which selector has the entries: tried on the page, the shortest that has all of them and no more.

What is tried are the names of the elements around the headlines, up to the next headline's. Where
nothing encloses an entry, the element that begins it is looked for, a headline or what stands
before it, and the entry runs on to the next of its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from scraper.learning.divisions import Divider, Division
from scraper.learning.ground import Ground, any_between
from scraper.learning.naming import Index, Name, names_of
from scraper.learning.places import Place

__all__ = ["find_divisions"]

_ROOTS = frozenset({"html", "body", "main"})
# How many names are tried, those that most entries have first; how many are refined, and by what.
_MOST_NAMES = 150
_MOST_REFINED = 24
_MOST_AROUND = 14
_MOST_INSIDE = 5
_MOST_WITHIN = 40
# Elements before a headline that may begin its entry.
_MOST_BEFORE = 3
# Elements that seldom have a class, and how many of those in them are looked at.
_CLASSLESS = frozenset({"tr", "li", "div", "p", "td", "dt"})
_MOST_CONTENT = 12
# Entries that tell what is around and inside all of them.
_MOST_LOOKED_AT = 60
# What a tag alone costs more: every page has others.
_BARE = 2.0
# Lists of one page that have nothing in common.
_MOST_PARTS = 6
_MOST_TRIED = 10


def find_divisions(ground: Ground, places: Sequence[Place]) -> list[Division]:
    """Return the most promising divisions of the page into entries, the best first."""
    return _Search(ground, places).run()


class _Search:
    def __init__(self, ground: Ground, places: Sequence[Place]) -> None:
        self.ground = ground
        self.places = places
        self.divider = Divider(ground, places)
        self.index = Index(ground.elements)
        self.inner = [place.inner for place in places]
        self.roots = [self._root(number) for number in range(len(places))]

    def _root(self, number: int) -> int:
        """Return the outermost element that holds no other headline."""
        ground, inner = self.ground, self.inner
        before = inner[number - 1] if number else -1
        after = inner[number + 1] if number + 1 < len(inner) else len(ground.elements)
        root = inner[number]
        for above in ground.above(root):
            if above <= before or ground.end[above] > after:
                break
            if ground.elements[above].tag in _ROOTS:
                break
            root = above
        return root

    def run(self) -> list[Division]:
        total = len(self.places)
        tried: list[Division] = []
        for run in (False, True):
            tried += self._search(run=run)
        tried.sort(key=lambda one: -one.worth(total))
        # Of those that come to the same, the best.
        distinct: dict[tuple[tuple[int, ...], tuple[int, ...]], Division] = {}
        for one in tried:
            distinct.setdefault((one.nodes, one.lasts), one)
        return list(distinct.values())[:_MOST_TRIED]

    def _search(self, *, run: bool) -> list[Division]:
        """Return divisions by one selector, and by several: one more for each list left over."""
        tried: list[Division] = []
        parts: list[Division] = []
        left = set(range(len(self.places)))
        while left and len(parts) < _MOST_PARTS:
            found = self._look_for(left, run=run)
            tried += found[:_MOST_TRIED] if not parts else []
            best = max(found, key=lambda one: self._gain(one, left), default=None)
            if best is None or self._gain(best, left) <= 0:
                break
            parts.append(best)
            left -= best.hits
            if len(parts) > 1 and (united := self._unite(parts)) is not None:
                tried.append(united)
        return tried

    def _look_for(self, left: set[int], *, run: bool) -> list[Division]:
        """Return divisions that have as many as can be of the records *left*."""
        found = list(self._simple(left, run=run))
        found.sort(key=lambda one: -self._promise(one, left))
        for one in found[:_MOST_REFINED]:
            found += self._refine(one)
        return sorted(found, key=lambda one: -one.worth(len(self.places)))

    def _promise(self, one: Division, left: set[int]) -> float:
        """Return how good it could become without what it selects too much."""
        recall = len(one.hits & left) / len(left)
        surplus = one.junk / (len(one.nodes) + 1)
        return recall * (0.6 + 0.4 * one.whole) - 0.1 * surplus - 0.004 * one.cost

    def _gain(self, one: Division, left: set[int]) -> float:
        new, doubled = len(one.hits & left), len(one.hits - left)
        surplus = 2 * doubled + one.junk + one.crowded
        return new * (0.6 + 0.4 * one.whole) - surplus - 0.02 * one.cost

    def _unite(self, parts: Sequence[Division]) -> Division | None:
        """Return the division by all selectors of *parts*."""
        css = ", ".join(one.css for one in parts)
        nodes = sorted({node for one in parts for node in one.nodes})
        cost = sum(one.cost for one in parts) + len(parts)
        return self.divider.divide(css, nodes, cost, run=parts[0].run)

    # --- what is tried -------------------------------------------------------------------------

    def _simple(self, left: set[int], *, run: bool) -> Iterator[Division]:
        counts: Counter[Name] = Counter()
        for number in left:
            starts = self._starts(number, run=run)
            counts.update(_distinct(name for one in starts for name in self._names(one)))
        for name, _ in counts.most_common(_MOST_NAMES):
            cost = name.cost + (_BARE if name.is_bare else 0)
            division = self.divider.divide(str(name), self.index.find(name), cost, run=run)
            if division is not None:
                yield division
        if run:
            yield from self._by_content(left)

    def _by_content(self, left: set[int]) -> Iterator[Division]:
        """Yield divisions by elements without a class that is theirs, and what is in them."""
        counts: Counter[tuple[str, Name]] = Counter()
        for number in left:
            pairs: dict[tuple[str, Name], None] = {}
            for start in self._starts(number, run=True):
                tag = self.ground.elements[start].tag
                if tag in _CLASSLESS:
                    stop = min(self.ground.end[start], start + _MOST_CONTENT)
                    names = (name for one in range(start + 1, stop) for name in self._names(one))
                    pairs.update(((tag, name), None) for name in names)
            counts.update(pairs.keys())
        ranked = sorted(
            counts, key=lambda pair: (-counts[pair], len(self.index.find(pair[1])), pair[1].cost)
        )
        for tag, name in ranked[:_MOST_REFINED]:
            inside, ends = self.index.find(name), self.ground.end
            nodes = [n for n in self.index.find(Name(tag)) if any_between(inside, n + 1, ends[n])]
            division = self.divider.divide(f"{tag}:has({name})", nodes, name.cost + 2, run=True)
            if division is not None:
                yield division

    def _names(self, number: int) -> tuple[Name, ...]:
        return names_of(self.ground.elements[number])

    def _starts(self, number: int, *, run: bool) -> Iterator[int]:
        """Yield the elements that an entry may be, or may begin with."""
        root, before = self.roots[number], self.inner[number - 1] if number else -1
        chain = [self.inner[number]]
        while chain[-1] != root:
            chain.append(self.ground.parent[chain[-1]])
        for one in chain:
            yield one
            if run:
                element = self.ground.elements[one]
                for _ in range(_MOST_BEFORE):
                    element = element.getprevious()
                    place = -1 if element is None else self.ground.number_of(element)
                    if place <= before:
                        break
                    yield place

    def _refine(self, one: Division) -> Iterator[Division]:
        """Yield divisions by the same selector with what is around or inside it, if that helps."""
        if not (one.junk or one.crowded or one.css.isalnum()):
            return
        hits = [node for node, record in zip(one.nodes, one.records, strict=True) if record >= 0]
        if not hits:
            return
        if one.crowded and " " not in one.css:
            # Entries in a box that is called like them.
            own, ends = one.nodes, self.ground.end
            innermost = [n for n in own if not any_between(own, n + 1, ends[n])]
            css = f"{one.css}:not(:has({one.css}))"
            yield from self._narrower(one, css, innermost, one.cost + 1)
        for name in self._around(hits):
            holders = set(self.index.find(name))
            nodes = [n for n in one.nodes if not holders.isdisjoint(self.ground.above(n))]
            saved = _BARE if one.css.isalnum() and not name.is_bare else 0
            yield from self._narrower(one, f"{name} {one.css}", nodes, name.cost + 0.5 - saved)
            nodes = [n for n in one.nodes if self.ground.parent[n] in holders]
            yield from self._narrower(one, f"{name} > {one.css}", nodes, name.cost + 0.7 - saved)
        for name in self._inside(one):
            inside = self.index.find(name)
            ends = self.ground.end
            nodes = [n for n in one.nodes if any_between(inside, n + 1, ends[n])]
            yield from self._narrower(one, f"{one.css}:has({name})", nodes, name.cost + 1)

    def _narrower(
        self, one: Division, css: str, nodes: list[int], cost: float
    ) -> Iterator[Division]:
        if len(nodes) < len(one.nodes) or one.css.isalnum():
            division = self.divider.divide(css, nodes, one.cost + cost, run=one.run)
            if division is not None and len(division.hits) * 5 >= len(one.hits):
                yield division

    def _around(self, nodes: Sequence[int]) -> list[Name]:
        """Return the names of elements around *nodes*, those of most of them first."""
        counts: Counter[Name] = Counter()
        for node in nodes[:: max(1, len(nodes) // _MOST_LOOKED_AT)]:
            above = self.ground.above(node)
            counts.update(_distinct(name for one in above for name in self._names(one)))
        counts = Counter({k: v for k, v in counts.items() if k.tag not in ("html", "body")})
        ranked = sorted(counts, key=lambda name: (-counts[name], name.cost))
        return ranked[:_MOST_AROUND]

    def _inside(self, one: Division) -> list[Name]:
        counts: Counter[Name] = Counter()
        hits = [
            (node, stop)
            for node, stop, record in zip(one.nodes, one.stops, one.records, strict=True)
            if record >= 0
        ]
        for node, stop in hits[:: max(1, len(hits) // _MOST_LOOKED_AT)]:
            inside = range(node + 1, min(stop, node + _MOST_WITHIN))
            counts.update(_distinct(name for number in inside for name in self._names(number)))
        least = max(counts.values(), default=0)
        names = [name for name, count in counts.items() if count >= least * 0.9]
        return sorted(names, key=lambda name: (len(self.index.find(name)), name.cost))[
            :_MOST_INSIDE
        ]


def _distinct(names: Iterable[Name]) -> list[Name]:
    # Not a set, whose order is another in every process.
    return list(dict.fromkeys(names))
