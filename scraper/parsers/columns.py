"""How the parts of a list behave, by column.

Parts at one place of their entries are a *column*. What a column is, headline or teaser or date, is
decided by how it behaves in all entries: is it there, is it different each time, is it linked, how
long is it, what do its classes say.
"""

from __future__ import annotations

from scraper.parsers.blocks import Block
from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import Outline
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["Column", "Columns"]

# So many parts tell what a column holds.
_SAMPLE = 10


class Column:
    """How the parts at one place behave over the entries of a list."""

    __slots__ = (
        "_kinds", "count", "entries", "heads", "linked", "names", "order", "parts", "total",
        "weight",
    )  # fmt: skip

    def __init__(self, total: int, names: frozenset[str]) -> None:
        #: How many entries the list has, and how many of them have a part here.
        self.total = total
        self.entries = 0
        #: Sums over the parts.
        self.count = self.weight = self.linked = self.heads = self.order = 0
        self.parts: list[Part] = []
        self.names = names
        self._kinds: tuple[float, float, float] | None = None

    @property
    def coverage(self) -> float:
        """The share of entries that have a part here."""
        return self.entries / self.total

    @property
    def length(self) -> float:
        """The mean length, in Latin letters."""
        return self.weight / self.count

    @property
    def repeats(self) -> float:
        """Parts per entry that has any."""
        return self.count / self.entries

    @property
    def distinct(self) -> float:
        """The share of different texts."""
        return len({part.text for part in self.parts}) / self.count

    @property
    def digits(self) -> float:
        """The share of digits in a sample of the texts."""
        text = "".join(part.text for part in self.parts[:_SAMPLE])
        return sum(c.isdigit() for c in text) / len(text)

    @property
    def kinds(self) -> tuple[float, float, float]:
        """The shares of dates, labels and prose, by a sample."""
        if self._kinds is None:
            step = max(1, self.count // _SAMPLE)
            sample = self.parts[::step]
            n = len(sample)
            self._kinds = (
                sum(p.is_date for p in sample) / n,
                sum(p.is_label for p in sample) / n,
                sum(p.is_prose for p in sample) / n,
            )
        return self._kinds

    def named(self) -> tuple[bool, bool, bool]:
        """Tell whether its classes speak of headlines, of data about the entry, of prose."""
        names = self.names
        return bool(names & TITLE_NAMES), bool(names & META_NAMES), bool(names & PROSE_NAMES)


class Columns:
    """The columns of one list: which column each of its parts is in, and how each behaves."""

    __slots__ = ("all", "of")

    def __init__(self, page: Outline, parts: Parts, block: Block) -> None:
        places = _places(page, parts, block)
        cells: dict[int, int] = {}
        found: dict[object, list[tuple[int, int]]] = {}
        #: Words of the table head over a column, by its first part.
        headers: dict[int, frozenset[str]] = {}
        for row, (start, stop) in enumerate(block.spans):
            for k in range(start, stop):
                part = parts.all[k]
                place, levels = places[part.path]
                if levels >= 0:
                    cell = _cell_index(page, part.node, levels, cells)
                    place = (place, cell)
                    if place not in found:
                        headers[k] = _header_words(page, part.node, cell)
                members = found.get(place)
                if members is None:
                    members = found[place] = []
                members.append((row, k))
        #: In the order of their first parts.
        self.all: list[Column] = []
        #: Number of a part to its column.
        self.of: dict[int, Column] = {}
        for members in found.values():
            for column_members in _split_evenly(members):
                self._add(page, parts, block, column_members, headers.get(members[0][1], _NO_WORDS))

    def _add(
        self,
        page: Outline,
        parts: Parts,
        block: Block,
        members: list[tuple[int, int]],
        words: frozenset[str],
    ) -> None:
        column = Column(len(block.spans), _names(page, parts.all[members[0][1]]) | words)
        self.all.append(column)
        last = -1
        for row, k in members:
            part = parts.all[k]
            self.of[k] = column
            column.entries += row != last
            last = row
            column.weight += part.weight
            column.linked += part.link >= 0
            column.heads += part.heading >= 0
            column.order += k - block.spans[row][0]
            column.parts.append(part)
        column.count = len(members)


def _split_evenly(members: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return *members* as columns of their own where every entry has the same number of them.

    Without classes, a date and a headline can stand at places that only their order tells apart.
    """
    rows = [row for row, _ in members]
    entries = len(set(rows))
    each, rest = divmod(len(rows), entries)
    if rest or each == 1 or entries == 1 or each > 8:
        return [members]
    if any(rows[i] != rows[i + each - 1] for i in range(0, len(rows), each)):
        return [members]
    return [members[i::each] for i in range(each)]


def _cell_index(page: Outline, node: int, levels: int, cells: dict[int, int]) -> int:
    """Return which cell of its row the cell *levels* above *node* is."""
    for _ in range(levels):
        node = page.parent[node]
    index = cells.get(node)
    if index is None:
        child = page.parent[node] + 1
        index = 0
        while child < page.end[page.parent[node]]:
            cells[child] = index
            index += 1
            child = page.end[child]
        index = cells[node]
    return index


_NO_WORDS: frozenset[str] = frozenset()


def _header_words(page: Outline, node: int, cell: int) -> frozenset[str]:
    """Return the words that the head of a table has over the *cell*-th column."""
    while node >= 0 and page.tag(node) != "table":
        node = page.parent[node]
    head = next((n for n in range(node + 1, page.end[node]) if page.tag(n) in ("th", "td")), -1)
    if node < 0 or head < 0 or page.tag(head) != "th":
        return _NO_WORDS
    row = page.parent[head]
    for _ in range(cell):
        head = page.end[head]
    if head >= page.end[row]:
        return _NO_WORDS
    return frozenset(page.text(page.first[head], page.last[head]).casefold().split()[:4])


def _places(page: Outline, parts: Parts, block: Block) -> dict[int, tuple[object, int]]:
    """Return, per path of a part, its place in an entry and the levels up to its table cell, or -1.

    The entry's own element counts as one kind, whatever its classes: they often name the entry.
    """
    depths = {page.paths.depth[page.path[top]] for top in block.tops}
    depth = depths.pop() if len(depths) == 1 else -1
    roots = {page.path[top] for top in block.tops}
    places: dict[int, tuple[object, int]] = {}
    for start, stop in block.spans:
        for part in parts.all[start:stop]:
            path = part.path
            if path not in places:
                key: object = page.paths.shape[path]
                if depth >= 0:
                    key = _relative_key(page, path, depth, roots)
                places[path] = key, _levels_to_cell(page, path, depth)
    return places


def _levels_to_cell(page: Outline, path: int, depth: int) -> int:
    levels = 0
    while page.paths.depth[path] > max(depth, 0):
        if page.paths.tag[path] in ("td", "th"):
            return levels
        levels += 1
        path = page.paths.parent[path]
    return -1


def _relative_key(page: Outline, path: int, depth: int, roots: set[int]) -> object:
    paths = page.paths
    way: list[object] = []
    while paths.depth[path] > depth:
        way.append((paths.tag[path], paths.names[path]))
        path = paths.parent[path]
    if path not in roots:
        way.append((paths.tag[path], paths.names[path]))
    return tuple(way)


def _names(page: Outline, part: Part) -> frozenset[str]:
    """Return the words of the classes on the part's element and on those that hold nothing else."""
    names: set[str] = set()
    node = part.node
    for _ in range(3):
        if node < 0:
            break
        for name in page.paths.names[page.path[node]]:
            names.update(name.split("-"))
        above = page.parent[node]
        if above < 0 or page.last[above] - page.first[above] != page.last[node] - page.first[node]:
            break
        node = above
    return frozenset(names)
