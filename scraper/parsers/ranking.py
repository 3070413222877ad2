"""Which candidate lists are what the page is there to list: evidence, weighed.

Every candidate list gets the same row of evidence (``judging``), and a small table of weights,
fitted on labelled pages (``benchmarks/fit.py``), turns it into a score. Nothing vetoes: a list in a
``<nav>`` with dates and teasers beats a bare one in ``<main>``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal, NamedTuple

from scraper.parsers.blocks import Block, adopt_likes, divide
from scraper.parsers.groups import GROUP, Group, anchor_of, find_groups, group_evidence
from scraper.parsers.judging import FURTHER, Candidate, Whole, further_evidence, judge
from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import NAV, Outline

__all__ = [
    "Refusal",
    "choose_lists",
    "lone_candidates",
    "rank_lists",
]

# So many groups are divided into entries: the best list comes of the first few (measured: the first
# 3 hold the best division of all but one page in a hundred), further lists of up to 10. So many
# headings outside of all lists are tried.
_BEST_GROUPS = 4
_WITHIN = 3.5
_LEAST_FURTHER = -2.0
_MOST_GROUPS = 10
_MOST_DATE_GROUPS = 2
_MOST_LONE = 8
# Shorter headings name a section.
_LONE = 16
# Lists of pages score above, menus and footers of pages that list nothing below: the bias of the
# weights sees to it (``benchmarks/fit.py``; measured: from 1.1 and up to -1.1).
_LEAST = 0.0
_ENTRY_TAGS = frozenset({"article", "li", "tr"})


class Refusal(NamedTuple):
    """A candidate that was not kept, and why not: for whoever asks."""

    candidate: Candidate
    reason: Literal["weak", "overlaps", "unlike", "repeats"]


def rank_lists(page: Outline, parts: Parts) -> list[Candidate]:
    """Return the candidate lists of *page*: the best first, then what could stand beside it."""
    whole = Whole.of(parts)
    groups = find_groups(page, parts)
    likely = [group for group in groups[:_BEST_GROUPS] if group.score > groups[0].score - _WITHIN]
    likely += [group for group in _date_groups(groups) if group not in likely]
    seen: set[tuple[int, ...]] = set()
    candidates = _judge_groups(page, parts, likely, whole, seen)
    if not candidates:
        return []
    # Groups within the best list can add nothing to it.
    taken = _numbers(candidates[0].block)
    others = [
        group
        for group in groups[len(likely) : _MOST_GROUPS]
        if group.score > _LEAST_FURTHER
        and sum([parts.at[part.start] in taken for part in group.members]) * 2 < len(group.members)
    ]
    candidates += _judge_groups(page, parts, others, whole, seen)
    candidates.sort(key=_score, reverse=True)
    return candidates


def _date_groups(groups: list[Group]) -> list[Group]:
    """Return the largest groups of dates: a date stands in every entry, whatever its headline."""
    dates = [group for group in groups if group.evidence[_DATES] > 0.6 and len(group.members) > 2]
    return sorted(dates, key=_size, reverse=True)[:_MOST_DATE_GROUPS]


_DATES = GROUP.names.index("dates")


def _size(group: Group) -> int:
    return len(group.members)


def _judge_groups(
    page: Outline, parts: Parts, groups: list[Group], whole: Whole, seen: set[tuple[int, ...]]
) -> list[Candidate]:
    known: set[tuple[tuple[int, int], ...]] = set()
    candidates = []
    for group in groups:
        for block in divide(page, parts, [anchor_of(part) for part in group.members], seen=seen):
            if block.spans not in known:
                known.add(block.spans)
                one = judge(page, parts, block, group, whole)
                # Dates in boxes of their own lead to entries without a headline.
                if any(row.title is not None for row in one.reading.rows):
                    candidates.append(one)
    candidates.sort(key=_score, reverse=True)
    return candidates


def _score(candidate: Candidate) -> float:
    return candidate.score


def choose_lists(
    page: Outline,
    parts: Parts,
    candidates: list[Candidate],
    refused: list[Refusal] | None = None,
) -> list[Candidate]:
    """Return the lists that the page is there for, in document order; none of them overlap.

    A page without any list that is likely enough may be there for a single entry. The others are
    added to *refused*.
    """
    refused = [] if refused is None else refused
    if not candidates or candidates[0].score < _LEAST:
        kept: list[Candidate] = []
        others = list(candidates)
        for one in lone_candidates(page, parts, set()):
            likely = one.score >= _LEAST and one.reading.main.linked
            (kept if likely else others).append(one)
        refused += [Refusal(one, "weak") for one in others]
        return kept
    best = candidates[0]
    chosen = [best]
    taken = _numbers(best.block)
    for candidate in candidates[1:]:
        _keep_further(page, candidate, chosen, taken, refused)
    for candidate in lone_candidates(page, parts, taken):
        _keep_further(page, candidate, chosen, taken, refused)
    chosen = [
        one._replace(block=adopt_likes(page, parts, one.block, taken - _numbers(one.block)))
        for one in chosen
    ]
    chosen.sort(key=lambda c: c.block.spans[0][0])
    return chosen


def _numbers(block: Block) -> set[int]:
    return {k for start, stop in block.spans for k in range(start, stop)}


def _keep_further(
    page: Outline,
    candidate: Candidate,
    chosen: list[Candidate],
    taken: set[int],
    refused: list[Refusal],
) -> None:
    numbers = _numbers(candidate.block)
    if not taken.isdisjoint(numbers):
        refused.append(Refusal(candidate, "overlaps"))
    elif _repeats(page, candidate, chosen):
        refused.append(Refusal(candidate, "repeats"))
    elif FURTHER.weigh(further_evidence(page, candidate, chosen[0])) < 0:
        refused.append(Refusal(candidate, "unlike"))
    else:
        taken |= numbers
        chosen.append(candidate)


def _repeats(page: Outline, candidate: Candidate, chosen: list[Candidate]) -> bool:
    """Tell whether half of a list leads where entries of the chosen ones lead."""
    known = {page.hrefs[k] for one in chosen for k in _links(page, one.block)}
    rows = candidate.reading.rows
    targets = [page.hrefs[row.target] for row in rows if row.target >= 0]
    return sum(target in known for target in targets) * 2 >= len(rows)


def _links(page: Outline, block: Block) -> Iterator[int]:
    for top in block.tops:
        yield from page.links[bisect_left(page.links, top) : bisect_left(page.links, page.end[top])]


def lone_candidates(page: Outline, parts: Parts, taken: set[int]) -> Iterator[Candidate]:
    """Yield what could be entries by themselves: linked headings outside of all lists.

    The story that a page opens with is marked up like no other, and repeats nothing.
    """
    heads = [k for k, part in enumerate(parts.all) if part.heading >= 0 and part.weight >= _LONE]
    lone = [k for k in heads if k not in taken and _may_stand_alone(page, parts.all[k])]
    if not lone:
        return
    whole = Whole.of(parts)
    others = sorted({*taken, *heads})
    for k in lone[:_MOST_LONE]:
        part = parts.all[k]
        top = anchor_of(part)
        while (above := page.parent[top]) >= 0 and page.tag(top) not in _ENTRY_TAGS:
            start, stop = parts.at[page.first[above]], parts.at[page.last[above]]
            place = bisect_left(others, start)
            if others[place] == k:
                place += 1
            if place < len(others) and others[place] < stop:
                break
            top = above
        block = Block(((parts.at[page.first[top]], parts.at[page.last[top]]),), (top,), False)
        evidence = group_evidence(page, part.path, [part], part.weight)
        yield judge(page, parts, block, Group([part], evidence, GROUP.weigh(evidence)), whole)


def _may_stand_alone(page: Outline, part: Part) -> bool:
    if page.mark(part.node) & NAV:
        return False
    return part.link >= 0 or page.tag(part.heading) != "h1"
