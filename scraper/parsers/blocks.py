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

__all__ = ["Block", "divide"]

_FAR = 1 << 60


class Block(NamedTuple):
    """A candidate list: the ranges of its entries' parts, in document order."""

    spans: tuple[tuple[int, int], ...]
    #: The node that each entry grew from.
    tops: tuple[int, ...]
    #: Whether parts between the roots were dealt out.
    dealt: bool


def divide(page: Outline, parts: Parts, anchors: list[int], *, depth: int = 2) -> Iterator[Block]:
    """Yield the divisions of the page into entries with one or more of *anchors* each.

    *anchors* are nodes in document order. The finest division comes first; *depth* of them at most.
    """
    for tops in _climb(page, anchors, depth):
        spans = [_span(page, parts, top) for top in tops]
        kept = [k for k, (start, stop) in enumerate(spans) if stop > start]
        if len(kept) < 2:
            continue
        kept_tops = tuple(tops[k] for k in kept)
        kept_spans = tuple(spans[k] for k in kept)
        dealt = _deal(page, parts, kept_tops, kept_spans)
        yield Block(kept_spans if dealt is None else dealt, kept_tops, dealt is not None)
        if dealt is not None:
            yield Block(kept_spans, kept_tops, dealt=False)


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
                node = parent[node]  # noqa: PLW2901
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
    gaps: list[range] = []  # before each root
    tails: list[range | None] = []  # after the last root of each family, None elsewhere
    previous = -1
    for k, (top, (start, stop)) in enumerate(zip(tops, spans, strict=True)):
        above = parent[top]
        if above < 0:
            family_start, family_stop = 0, len(parts.all)
        else:
            family_start, family_stop = _span(page, parts, above)
        same = k > 0 and above == previous
        gaps.append(range(spans[k - 1][1] if same else family_start, start))
        following = tops[k + 1] if k + 1 < len(tops) else -1
        goes_on = following >= 0 and parent[following] == above
        tails.append(None if goes_on else range(stop, family_stop))
        previous = above
    inner = [gap for gap, tail in zip(gaps[1:], tails, strict=False) if tail is None]
    if not inner or sum(1 for gap in inner if len(gap)) * 3 < len(inner):
        return None
    return _deal_gaps(page, parts, spans, gaps, tails, inner)


def _deal_gaps(
    page: Outline,
    parts: Parts,
    spans: tuple[tuple[int, int], ...],
    gaps: list[range],
    tails: list[range | None],
    inner: list[range],
) -> tuple[tuple[int, int], ...]:
    lead = _lead_length(parts, gaps)
    counts: dict[int, int] = {}
    longest = 0
    for gap in inner:
        body = gap[: len(gap) - lead] if lead else gap
        longest = max(longest, len(body))
        for path in {parts.all[k].path for k in body}:
            counts[path] = counts.get(path, 0) + 1
    rare = max(1, len(inner) // 2)
    dealt = []
    for k, (start, stop) in enumerate(spans):
        tail = tails[k]
        if tail is None:
            body = gaps[k + 1]
            body = body[: len(body) - lead] if lead else body
        else:
            body = tail[:longest]
        own_lead = min(lead, len(gaps[k]))
        dealt.append((start - own_lead, _own_stop(page, parts, stop, body, counts, rare, tail is not None)))
    return tuple(dealt)


def _lead_length(parts: Parts, gaps: list[range]) -> int:
    """Return how many parts stand before the root of each entry and belong to it.

    What precedes the first root as well as nearly all others leads the entry: a date line above
    its headline. What only precedes the others is the end of the entry before.
    """
    lead = 0
    while lead < 4:
        signs = [parts.all[gap[-1 - lead]].path if len(gap) > lead else None for gap in gaps]
        sign = signs[0]
        if sign is None or signs.count(sign) * 5 < len(signs) * 4:
            break
        lead += 1
    return lead


def _own_stop(
    page: Outline, parts: Parts, stop: int, body: range, counts: dict[int, int], rare: int, last: bool
) -> int:
    """Return where an entry ends: before a heading of the next group, or what no other entry has."""
    for k in body:
        part = parts.all[k]
        seen = counts.get(part.path, 0)
        if (part.heading >= 0 and seen < rare) or (last and not seen):
            break
        stop = k + 1
    return stop
