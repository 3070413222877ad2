"""Which runs of the page repeat: candidate lists, each a row of entries, before anyone judges them.

Nodes of one path (links, headings, any element with text of its own) are *anchors*. Anchors of a
list are climbed in lock-step, as far as no ancestor holds two of them, to the roots of their
entries. Where entries have no wrapper (a heading and the paragraphs after it, ``dt`` and ``dd``,
table rows, text between ``br``) the anchors' siblings are dealt out to the entry before or after
them, as the pattern of the siblings tells.

The lock-step climb is rss-proxy's idea; that it runs for every kind of anchor, over sorted places
in document order instead of trees, and deals out siblings, is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scraper.parsers.tree import Outline

__all__ = ["Block", "find_blocks"]

# A page of 5,000 entries is at the limit of what is read (PROMISES); anchors beyond are noise.
_MOST_ANCHORS = 20_000
# How far from a heading-less anchor the siblings of its entry are looked for.
_MOST_PIECES = 40
_HEADING_TAGS = frozenset("h1 h2 h3 h4 h5 h6 dt caption legend".split())


class Block(NamedTuple):
    """A candidate list: the token ranges of its entries, in document order."""

    spans: tuple[tuple[int, int], ...]
    #: The node that each entry grew from.
    tops: tuple[int, ...]
    #: How many groups of anchors led to these same entries.
    votes: int


def find_blocks(page: Outline) -> list[Block]:
    """Return every candidate list of *page*; they overlap, for they are alternatives."""
    votes: dict[tuple[int, ...], int] = {}
    for anchors in _group_anchors(page):
        for tops in _climb(page, anchors):
            known = votes.get(tops, 0)
            votes[tops] = known + 1
            if known:
                break  # from here the climb has been made before
    seen: dict[tuple[tuple[int, int], ...], Block] = {}
    for tops, count in votes.items():
        for spans in _spread(page, tops):
            block = seen.get(spans)
            if block is None or block.votes < count:
                seen[spans] = Block(spans, tops, count)
    return list(seen.values())


def _group_anchors(page: Outline) -> Iterator[list[int]]:
    """Group the nodes that hold text or a link by path, and once more by path without classes."""
    by_path: dict[int, list[int]] = {}
    by_shape: dict[int, list[int]] = {}
    paths = page.path
    shapes = [page.paths.shape[path] for path in paths]
    anchors = sorted({*page.owner, *page.links})
    for node in anchors[:_MOST_ANCHORS]:
        by_path.setdefault(paths[node], []).append(node)
        by_shape.setdefault(shapes[node], []).append(node)
    sizes = set()
    for group in by_path.values():
        if len(group) > 1:
            sizes.add((group[0], len(group)))
            yield group
    for group in by_shape.values():
        if len(group) > 1 and (group[0], len(group)) not in sizes:
            yield group


def _climb(page: Outline, anchors: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield the entry roots of *anchors*, from the finest division of the page to the coarsest."""
    parent, end = page.parent, page.end
    here = anchors
    while len(here) > 1:
        levels = []
        before = -1
        stop = len(here) - 1
        for i, node in enumerate(here):
            after = here[i + 1] if i < stop else 1 << 60
            level = 0
            above = parent[node]
            while above > before and end[above] <= after:
                level += 1
                above = parent[above]
            levels.append(level)
            before = node
        # The first and the last may climb further than the rest, and two anchors that share an
        # entry less far: what four in five can climb is the height of an entry.
        height = sorted(levels)[len(levels) // 5]
        tops = []
        last = -1
        for node in here:
            for _ in range(height):
                node = parent[node]  # noqa: PLW2901
                if node < 0:
                    break
            if node >= 0 and node != last:
                tops.append(node)
                last = node
        if len(tops) > 1:
            yield tuple(tops)
        here = []
        last = -1
        for node in tops:
            above = parent[node]
            if above >= 0 and above != last:
                here.append(above)
                last = above
        # One parent for all: nothing coarser divides these.


def _spread(page: Outline, tops: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield the spans of the entries: the roots alone, and with the siblings dealt out to them."""
    first, last = page.first, page.last
    spans = tuple((first[t], last[t]) for t in tops if last[t] > first[t])
    if len(spans) > 1:
        yield spans
    wider = _deal_siblings(page, tops)
    if wider is not None and wider != spans:
        yield wider


class _Piece(NamedTuple):
    """A child of the common parent that is no root: an element, or bare text."""

    sign: int
    start: int
    stop: int
    node: int


def _pieces(page: Outline, parent: int, after: int, before: int) -> list[_Piece]:
    """Return the children of *parent* from node *after* (exclusive, or -1) up to node *before*."""
    first, last, end, path = page.first, page.last, page.end, page.path
    child = parent + 1 if after < 0 else end[after]
    token = first[parent] if after < 0 else last[after]
    stop_node = before if before >= 0 else end[parent]
    stop_token = first[before] if before >= 0 else last[parent]
    out = []
    while child < stop_node:
        if token < first[child]:
            out.append(_Piece(-1, token, first[child], -1))
        out.append(_Piece(path[child], first[child], last[child], child))
        token = last[child]
        child = end[child]
    if token < stop_token:
        out.append(_Piece(-1, token, stop_token, -1))
    return out


def _deal_siblings(page: Outline, tops: tuple[int, ...]) -> tuple[tuple[int, int], ...] | None:
    """Return the spans of entries that run on over their roots' siblings; None where none do."""
    parent = page.parent
    families: list[list[int]] = []
    for top in tops:
        if families and parent[families[-1][0]] == parent[top]:
            families[-1].append(top)
        else:
            families.append([top])
    gaps: list[list[_Piece]] = []  # before each top
    tails: list[list[_Piece]] = []  # after the last of each family
    for family in families:
        above = parent[family[0]]
        if above < 0:
            return None
        before = -1
        for top in family:
            gaps.append(_pieces(page, above, before, top))
            before = top
        tails.append(_pieces(page, above, before, -1))
    inner = [g for g, top in zip(gaps, tops, strict=True) if top not in {f[0] for f in families}]
    filled = sum(1 for g in inner if any(p.stop > p.start for p in g))
    if len(families) == len(tops):
        # Every root alone in its parent would have been climbed past, but for a last level.
        return None
    if filled * 3 < len(inner):
        return None
    lead = _lead_length(gaps)
    counts: dict[int, int] = {}
    longest = 0
    for gap in inner:
        body = gap[: len(gap) - lead]
        longest = max(longest, len(body))
        for sign in {p.sign for p in body}:
            counts[sign] = counts.get(sign, 0) + 1
    rare = max(1, len(inner) // 2)
    bodies: list[list[_Piece]] = []
    number = 0
    for family, tail in zip(families, tails, strict=True):
        for k in range(len(family)):
            number += 1
            gap = gaps[number] if k + 1 < len(family) else tail
            body = gap[: len(gap) - lead] if k + 1 < len(family) else gap[:longest]
            bodies.append(_own_pieces(page, body, counts, rare, last=k + 1 == len(family)))
    spans = []
    for top, gap, body in zip(tops, gaps, bodies, strict=True):
        start = page.first[top]
        if lead and len(gap) >= lead:
            start = min(start, gap[-lead].start)
        stop = max([page.last[top], *(p.stop for p in body)])
        if stop > start:
            spans.append((start, stop))
    return tuple(spans) if len(spans) > 1 else None


def _lead_length(gaps: list[list[_Piece]]) -> int:
    """Return how many pieces stand before the root of each entry and belong to it.

    What precedes the first root as well as nearly all others leads the entry: a date line above
    its headline. What only precedes the others is the end of the entry before.
    """
    lead = 0
    while lead < 4:
        signs = [g[-1 - lead].sign if len(g) > lead else None for g in gaps]
        sign = signs[0]
        if sign is None or signs.count(sign) * 5 < len(signs) * 4:
            break
        lead += 1
    # A lead without a word in it (an empty line, a rule) decides nothing.
    while lead and not any(g[-lead].stop > g[-lead].start for g in gaps if len(g) >= lead):
        lead -= 1
    return lead


def _own_pieces(
    page: Outline, body: list[_Piece], counts: dict[int, int], rare: int, *, last: bool
) -> list[_Piece]:
    """Return the pieces up to a heading of the next group or to what no other entry has."""
    own = []
    for piece in body[:_MOST_PIECES]:
        seen = counts.get(piece.sign, 0)
        if piece.node >= 0 and page.tag(piece.node) in _HEADING_TAGS and seen < rare:
            break
        if last and not seen:
            break
        own.append(piece)
    return own
