"""Which runs of the page repeat: candidate lists, each a row of entries, before anyone judges them.

Parts of one path are a *group*. The elements of a group are climbed in lock-step, as far as no
ancestor holds two of them, to the roots of their entries. Where entries have no wrapper (a heading
and the paragraphs after it, ``dt`` and ``dd``, table rows, lines between ``br``) what stands
between the roots is dealt out to the entry before or after it, as the pattern of the gaps tells.

The lock-step climb is rss-proxy's idea; that it runs for every kind of text, over sorted places in
document order instead of trees, and deals out what is between, is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scraper.parsers.parts import Parts
from scraper.parsers.tree import Outline
from scraper.parsers.words import is_service

__all__ = ["Block", "adopt_likes", "divide"]

_FAR = 1 << 60
# Entries that show whether neighbours are to be joined.
_FIRST_FEW = 6
# Fewer entries do not say what their wrapper is.
_FEWEST_LIKES = 3
# Entries in more blocks are the groups of one list. A block is something else where its entries are
# a single text each and those of others are more, or where none of them holds half as much text as
# those of the fullest block do on average.
_MOST_FAMILIES = 8
_LIGHTER = 2
# A shorter link is no headline of an entry that is unlike the others.
_HEADLINE = 16


class Block(NamedTuple):
    """A candidate list: the ranges of its entries' parts, in document order."""

    spans: tuple[tuple[int, int], ...]
    #: The node that each entry grew from.
    tops: tuple[int, ...]
    #: Whether parts between the roots were dealt out.
    dealt: bool


def divide(
    page: Outline,
    parts: Parts,
    anchors: list[int],
    *,
    depth: int = 2,
    seen: set[tuple[int, ...]] | None = None,
) -> Iterator[Block]:
    """Yield the divisions of the page into entries with one or more of *anchors* each.

    *anchors* are nodes in document order. The finest division comes first, at most *depth* of them.
    The headlines of a list, its dates and its teasers all climb to the same roots: those that are
    in *seen* are left out, and what is new is added to it.
    """
    seen = set() if seen is None else seen
    for tops in _climb(page, anchors, depth):
        for own in (tops, _heavier(page, parts, tops)):
            roots = tuple(own)
            if roots not in seen:
                seen.add(roots)
                yield from _divide_at(page, parts, own)


def _divide_at(page: Outline, parts: Parts, tops: list[int]) -> Iterator[Block]:
    """Yield the divisions into entries that grow from *tops*."""
    spans = [_span(page, parts, top) for top in tops]
    kept = [k for k, (start, stop) in enumerate(spans) if stop > start]
    if len(kept) < 2:
        return
    whole = Block(tuple(spans[k] for k in kept), tuple(tops[k] for k in kept), dealt=False)
    dealt = _deal(page, parts, whole.tops, whole.spans)
    if dealt is not None:
        yield Block(dealt, whole.tops, dealt=True)
    # A term is nothing without its description.
    if dealt is None or page.tag(whole.tops[0]) not in ("dt", "dd"):
        yield whole
    joined = _join_by_target(page, parts, whole)
    if joined is not None:
        yield joined


def _heavier(page: Outline, parts: Parts, tops: list[int]) -> list[int]:
    """Return the entries of the blocks with fuller ones; none where all blocks are alike.

    Without classes a menu has the markup of the list beside it: only the block is another.
    """
    families: dict[int, list[int]] = {}
    for top in tops:
        families.setdefault(page.parent[top], []).append(top)
    if not 1 < len(families) <= _MOST_FAMILIES:
        return []
    sizes = {above: [_size(page, parts, top) for top in own] for above, own in families.items()}
    fullest = max(sum([weight for _, weight in own]) / len(own) for own in sizes.values())
    bare = {above for above, own in sizes.items() if all(count == 1 for count, _ in own)}
    light = {
        above
        for above, own in sizes.items()
        if (above in bare and len(bare) < len(sizes))
        or max([weight for _, weight in own]) * _LIGHTER < fullest
    }
    heavy = [top for top in tops if page.parent[top] not in light]
    return heavy if 1 < len(heavy) < len(tops) else []


def _size(page: Outline, parts: Parts, node: int) -> tuple[int, int]:
    """Return how many parts a node holds, and how much text."""
    start, stop = _span(page, parts, node)
    return stop - start, sum([part.weight for part in parts.all[start:stop]])


def adopt_likes(page: Outline, parts: Parts, block: Block, others: set[int]) -> Block:
    """Return *block* with the elements beside its entries that differ in the headline only.

    A lead story is linked where the others are not, a notice among decisions has no docket: what
    they are wrapped in is the same. *others* are the parts of other lists.
    """
    if len(block.tops) < _FEWEST_LIKES:
        return block
    counts: dict[int, int] = {}
    for top in block.tops:
        counts[page.path[top]] = counts.get(page.path[top], 0) + 1
    path = max(counts, key=counts.__getitem__)
    if counts[path] * 4 < len(block.tops) * 3:
        return block
    families = {page.parent[top] for top in block.tops}
    taken = others.union(*(range(start, stop) for start, stop in block.spans))
    adopted = []
    for node, own in enumerate(page.path):
        if own == path and page.parent[node] in families:
            start, stop = _span(page, parts, node)
            if taken.isdisjoint(range(start, stop)) and _leads_to_one(page, parts, start, stop):
                adopted.append(node)
    if not adopted or len(adopted) * 3 > len(block.tops):
        return block
    both = sorted(
        [
            *zip(block.tops, block.spans, strict=True),
            *((node, _span(page, parts, node)) for node in adopted),
        ]
    )
    return Block(tuple(span for _, span in both), tuple(top for top, _ in both), block.dealt)


def _leads_to_one(page: Outline, parts: Parts, start: int, stop: int) -> bool:
    """Tell whether what could be headlines among these parts all lead to one address."""
    targets = {
        page.hrefs[part.link]
        for part in parts.all[start:stop]
        if part.link >= 0
        and part.weight >= _HEADLINE
        and not (part.is_label or part.is_date or is_service(part.text))
    }
    return len(targets) == 1


def _join_by_target(page: Outline, parts: Parts, block: Block) -> Block | None:
    """Return *block* with neighbours that lead to one address joined; None where few do.

    The rows of a table, or the pieces of a card, that hold an entry between them often lead to it
    each: picture, headline and "read more".
    """
    hrefs = page.hrefs
    spans: list[tuple[int, int]] = []
    tops: list[int] = []
    own: set[str] = set()
    for top, (start, stop) in zip(block.tops, block.spans, strict=True):
        found = {hrefs[part.link] for part in parts.all[start:stop] if part.link >= 0}
        found.discard("#")
        if spans and start - spans[-1][1] <= 1 and not own.isdisjoint(found):
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
            tops.append(top)
            own = found
        if len(tops) == _FIRST_FEW and not _joins_often(len(spans), spans[-1], block):
            return None
    if len(spans) < 2 or len(spans) * 4 > len(block.spans) * 3:
        return None
    return Block(tuple(spans), tuple(tops), dealt=True)


def _joins_often(joined: int, last: tuple[int, int], block: Block) -> bool:
    """Tell whether at least one entry in four was joined so far."""
    seen = 1 + next(k for k, span in enumerate(block.spans) if span[1] == last[1])
    return joined * 4 <= seen * 3


def _span(page: Outline, parts: Parts, node: int) -> tuple[int, int]:
    return parts.at[page.first[node]], parts.at[page.last[node]]


def _climb(page: Outline, anchors: list[int], depth: int) -> Iterator[list[int]]:
    """Yield the entry roots of *anchors*, from the finest division of the page to the coarsest."""
    parent = page.parent
    here = _distinct(anchors)
    for _ in range(depth):
        if len(here) < 2:
            return
        levels = _levels(page, here)
        # The first and the last may climb further than the rest, and two anchors that share an
        # entry less far: what four in five can climb is the height of an entry.
        height = sorted(levels)[len(levels) // 5]
        tops = []
        for node, level in zip(here, levels, strict=True):
            for _ in range(min(height, level) if level else 0):
                node = parent[node]
            tops.append(node)
        tops = _outermost(page, tops)
        if len(tops) > 1:
            yield tops
        here = _distinct(parent[top] for top in tops if parent[top] >= 0)


def _levels(page: Outline, here: list[int]) -> list[int]:
    """Return how many levels each node can climb without holding one of its neighbours."""
    parent, end = page.parent, page.end
    levels = []
    before = -1
    for node, after in zip(here, [*here[1:], _FAR], strict=True):
        level = 0
        above = parent[node]
        while above > before and end[above] <= after:
            level += 1
            above = parent[above]
        levels.append(level)
        before = node
    return levels


def _distinct(nodes: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(nodes))


def _outermost(page: Outline, nodes: list[int]) -> list[int]:
    """Return *nodes* without those inside another of them."""
    kept: list[int] = []
    for node in nodes:
        if not kept or node >= page.end[kept[-1]]:
            kept.append(node)
    return kept


def _deal(
    page: Outline, parts: Parts, tops: tuple[int, ...], spans: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...] | None:
    """Return the spans of entries that run on over what follows their roots; None where none do."""
    parent = page.parent
    aboves = [parent[top] for top in tops]
    inner = filled = 0
    for k in range(1, len(tops)):
        if aboves[k] == aboves[k - 1]:
            inner += 1
            filled += spans[k][0] > spans[k - 1][1]
    if not inner or filled * 3 < inner:
        return None
    gaps: list[range] = []  # before each root
    tails: list[range | None] = []  # after the last root of each family, None elsewhere
    for k, (start, stop) in enumerate(spans):
        above = aboves[k]
        family = _span(page, parts, above) if above >= 0 else (0, len(parts.all))
        same = k > 0 and above == aboves[k - 1]
        gaps.append(range(spans[k - 1][1] if same else family[0], start))
        goes_on = k + 1 < len(tops) and aboves[k + 1] == above
        tails.append(None if goes_on else range(stop, family[1]))
    return _deal_gaps(page, parts, tops, spans, gaps, tails)


def _deal_gaps(
    page: Outline,
    parts: Parts,
    tops: tuple[int, ...],
    spans: tuple[tuple[int, int], ...],
    gaps: list[range],
    tails: list[range | None],
) -> tuple[tuple[int, int], ...]:
    depth = page.paths.depth[page.path[tops[0]]]
    pieces = [_pieces(page, parts, gap, depth) for gap in gaps]
    ends = [None if tail is None else _pieces(page, parts, tail, depth) for tail in tails]
    lead = _lead_length(pieces, [end for end in ends if end is not None])
    bodies = []
    for k, end in enumerate(ends):
        if end is None:
            end = pieces[k + 1]
            end = end[: len(end) - lead] if lead else end
        bodies.append(end)
    inner = [body for body, tail in zip(bodies, tails, strict=True) if tail is None]
    counts: dict[tuple[int, int, bool], int] = {}
    for body in inner:
        for sign in {piece.sign for piece in body}:
            counts[sign] = counts.get(sign, 0) + 1
    longest = max(map(len, inner))
    dealt = []
    for k, (start, stop) in enumerate(spans):
        own_lead = pieces[k][-lead].start if lead and len(pieces[k]) >= lead else start
        last = tails[k] is not None
        body = bodies[k][:longest] if last else bodies[k]
        dealt.append((own_lead, _own_stop(stop, body, counts, len(inner), last=last)))
    return tuple(dealt)


class _Piece(NamedTuple):
    """What stands between two roots at their level: an element's parts, or bare text."""

    sign: tuple[int, int, bool]
    start: int
    stop: int
    heading: bool


def _pieces(page: Outline, parts: Parts, gap: range, depth: int) -> list[_Piece]:
    """Return the parts of *gap*, those of one element at *depth* together."""
    pieces: list[_Piece] = []
    before = -1
    for k in gap:
        part = parts.all[k]
        node = part.node
        while node >= 0 and page.paths.depth[page.path[node]] > depth:
            node = page.parent[node]
        level = page.paths.depth[page.path[node]] if node >= 0 else 0
        if level == depth and node == before:
            pieces[-1] = pieces[-1]._replace(
                stop=k + 1, heading=pieces[-1].heading or part.heading >= 0
            )
        else:
            # Rows of a table are all of one path; what they begin with tells them apart.
            sign = (page.path[node] if level == depth else -1, part.path, part.is_date)
            pieces.append(_Piece(sign, k, k + 1, part.heading >= 0))
        before = node
    return pieces


def _lead_length(pieces: list[list[_Piece]], ends: list[list[_Piece]]) -> int:
    """Return how many pieces stand before the root of each entry and belong to it.

    What precedes the first root as well as nearly all others leads the entry: a date line above
    its headline. What only precedes the others is the end of the entry before; so is what the last
    entry ends with, too, though a preface of the same markup stands above the first.
    """
    closing = {piece.sign for end in ends for piece in end}
    lead = 0
    while lead < 4:
        signs = [gap[-1 - lead].sign if len(gap) > lead else None for gap in pieces]
        sign = signs[0]
        if sign is None or signs.count(sign) * 5 < len(signs) * 4:
            break
        if sign in closing and not sign[2]:
            break
        lead += 1
    return lead


def _own_stop(
    stop: int,
    body: list[_Piece],
    counts: dict[tuple[int, int, bool], int],
    gaps: int,
    *,
    last: bool,
) -> int:
    """Return where an entry ends: before a heading of a group, or what no other entry has."""
    for piece in body:
        seen = counts.get(piece.sign, 0)
        if (piece.heading and seen * 2 <= gaps) or (last and not seen):
            break
        stop = piece.stop
    return stop
