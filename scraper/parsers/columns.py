"""How the parts of a list behave, by column.

Parts at one place of their entries are a *column*. What a column is, headline or teaser or date, is
decided by how it behaves in all entries: is it there, is it different each time, is it linked, how
long is it, what do its classes say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import Outline
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["Column", "Columns", "Spans"]

#: Ranges of parts, one an entry.
Spans = Sequence[tuple[int, int]]

# So many parts tell what a column holds.
_SAMPLE = 8
_DIGIT = re.compile(r"\d")
# Four letters, or two of scripts that say more with each.
_WORD = re.compile(r"[^\W\d_]{4}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_NO_WORDS: frozenset[str] = frozenset()


class Column:
    """How the parts at one place behave over the entries of a list."""

    __slots__ = (
        "count", "coverage", "dates", "digits", "distinct", "entries", "heads", "labels", "length",
        "linked", "names", "order", "parts", "prose", "repeats", "wordless",
    )  # fmt: skip

    def __init__(
        self,
        parts: list[Part],
        orders: int,
        entries: int,
        total: int,
        names: frozenset[str],
        kinds: tuple[float, ...],
    ) -> None:
        self.parts = parts
        self.count = count = len(parts)
        #: Of *total* entries of the list, how many have a part here; parts per entry that has any.
        self.entries = entries
        self.coverage = entries / total
        self.repeats = count / entries
        #: The mean length, in Latin letters, and the mean place in the entry.
        self.length = sum([part.weight for part in parts]) / count
        self.order = orders / count
        #: The shares of links, of headings, and of different texts.
        self.linked = sum([part.link >= 0 for part in parts]) / count
        self.heads = sum([part.heading >= 0 for part in parts]) / count
        self.distinct = len({part.text for part in parts}) / count
        #: Words of the classes, and of the table head over it.
        self.names = names
        #: The shares of dates, labels, prose, of digits in the text, and of texts without a word
        #: (`2 CA-CR 2013-0296`), by a sample.
        self.dates, self.labels, self.prose, self.digits, self.wordless = kinds

    def named(self) -> tuple[bool, bool, bool]:
        """Tell whether its classes speak of headlines, of data about the entry, of prose."""
        names = self.names
        if not names:
            return False, False, False
        return (
            not names.isdisjoint(TITLE_NAMES),
            not names.isdisjoint(META_NAMES),
            not names.isdisjoint(PROSE_NAMES),
        )


class Columns:
    """The columns of one list: which column each of its parts is in, and how each behaves."""

    __slots__ = ("all", "of")

    def __init__(self, page: Outline, parts: Parts, spans: Spans, tops: Sequence[int]) -> None:
        everything = parts.all
        places = _Places(page, tops)
        known, levels = places.known, places.levels
        found: dict[int, list[tuple[int, int]]] = {}
        for row, (start, stop) in enumerate(spans):
            for k in range(start, stop):
                part = everything[k]
                path = part.path
                place = known.get(path)
                if place is None:
                    place = places.find(path)
                if path in levels:
                    place += 1 + places.cell(part.node, levels[path])
                members = found.get(place)
                if members is None:
                    found[place] = [(row, k)]
                else:
                    members.append((row, k))
        #: In the order of their first parts.
        self.all: list[Column] = []
        #: Number of a part to its column.
        self.of: dict[int, Column] = {}
        for place, members in found.items():
            cell = place % _CELLS - 1
            for own in _split_evenly(members):
                self._add(page, parts, spans, own, cell)

    def _add(
        self, page: Outline, parts: Parts, spans: Spans, members: list[tuple[int, int]], cell: int
    ) -> None:
        numbers = [k for _, k in members]
        column_parts = [parts.all[k] for k in numbers]
        first = column_parts[0]
        names = parts.names.get(first.path)
        if names is None:
            names = parts.names[first.path] = _names(page, first)
        if cell >= 0:
            names |= _header_words(page, first.node, cell)
        key = (numbers[0], len(numbers))
        kinds = parts.kinds.get(key)
        if kinds is None:
            kinds = parts.kinds[key] = _read_kinds(column_parts)
        column = Column(
            column_parts,
            sum(numbers) - sum([spans[row][0] for row, _ in members]),
            len({row for row, _ in members}),
            len(spans),
            names,
            kinds,
        )
        self.all.append(column)
        self.of.update(dict.fromkeys(numbers, column))


def _read_kinds(parts: list[Part]) -> tuple[float, ...]:
    """Return the shares of dates, labels, prose, digits and texts without a word, by a sample."""
    sample = parts[:: max(1, len(parts) // _SAMPLE)][:_SAMPLE]
    n = len(sample)
    text = "".join([part.text for part in sample])
    return (
        sum([part.is_date for part in sample]) / n,
        sum([part.is_label for part in sample]) / n,
        sum([part.is_prose for part in sample]) / n,
        len(_DIGIT.findall(text)) / len(text),
        sum([_WORD.search(part.text) is None for part in sample]) / n,
    )


def _split_evenly(members: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return *members* as columns of their own where every entry has the same number of them.

    Without classes, a date and a headline can stand at places that only their order tells apart.
    """
    entries = len({row for row, _ in members})
    each, rest = divmod(len(members), entries)
    if rest or each == 1 or entries == 1 or each > 8:
        return [members]
    if any(members[i][0] != members[i + each - 1][0] for i in range(0, len(members), each)):
        return [members]
    return [members[i::each] for i in range(each)]


# Places are numbered in steps of so many, which leaves room for the cells of a table row.
_CELLS = 1024


class _Places:
    """Where in an entry a path is, as a number; found once a path.

    The entry's own element counts as one kind, whatever its classes: they often name the entry.
    """

    __slots__ = ("_cells", "_depth", "_page", "_roots", "_ways", "known", "levels")

    def __init__(self, page: Outline, tops: Sequence[int]) -> None:
        paths = {page.path[top] for top in tops}
        depths = {page.paths.depth[path] for path in paths}
        self._page = page
        self._depth = depths.pop() if len(depths) == 1 else -1
        self._roots = paths
        self._cells: dict[int, int] = {}
        self._ways: dict[object, int] = {}
        self.known: dict[int, int] = {}
        #: Paths in cells of a table, with the levels up to the cell.
        self.levels: dict[int, int] = {}

    def find(self, path: int) -> int:
        """Return the place of *path*, seen for the first time."""
        paths, lowest = self._page.paths, max(self._depth, 0)
        levels, above = 0, path
        while paths.depth[above] > lowest:
            if paths.tag[above] in ("td", "th"):
                self.levels[path] = levels
                break
            levels += 1
            above = paths.parent[above]
        way = self._way(path) if self._depth >= 0 else paths.shape_of(path)
        place = self.known[path] = self._ways.setdefault(way, len(self._ways)) * _CELLS
        return place

    def _way(self, path: int) -> object:
        paths, depth = self._page.paths, self._depth
        way: list[object] = []
        while paths.depth[path] > depth:
            way.append((paths.tag[path], paths.names[path]))
            path = paths.parent[path]
        if path not in self._roots:
            way.append((paths.tag[path], paths.names[path]))
        return tuple(way)

    def cell(self, node: int, levels: int) -> int:
        """Return which cell of its row the cell *levels* above *node* is."""
        page = self._page
        for _ in range(levels):
            node = page.parent[node]
        index = self._cells.get(node)
        if index is None:
            row = page.parent[node]
            child, index = row + 1, 0
            while child < page.end[row]:
                self._cells[child] = min(index, _CELLS - 2)
                index += 1
                child = page.end[child]
            index = self._cells[node]
        return index


def _header_words(page: Outline, node: int, cell: int) -> frozenset[str]:
    """Return the words that the head of a table has over the *cell*-th column."""
    while node >= 0 and page.tag(node) != "table":
        node = page.parent[node]
    if node < 0:
        return _NO_WORDS
    head = next((n for n in range(node + 1, page.end[node]) if page.tag(n) in ("th", "td")), -1)
    if head < 0 or page.tag(head) != "th":
        return _NO_WORDS
    row = page.parent[head]
    for _ in range(cell):
        head = page.end[head]
    if head >= page.end[row]:
        return _NO_WORDS
    return frozenset(page.text(page.first[head], page.last[head]).casefold().split()[:4])


def _names(page: Outline, part: Part) -> frozenset[str]:
    """Return the words of the classes on the part's element and on those that hold nothing else."""
    words: frozenset[str] = _NO_WORDS
    node = part.node
    for _ in range(3):
        if node < 0:
            break
        words |= page.paths.words(page.path[node])
        above = page.parent[node]
        if above < 0 or page.last[above] - page.first[above] != page.last[node] - page.first[node]:
            break
        node = above
    return words
