"""Which candidate lists are what the page is there to list: evidence, weighed.

Two rounds. Parts of one path are a group; a cheap look at each group tells which could be headlines,
and only those are divided into entries. Every candidate list then gets the same row of evidence,
and a small table of weights, fitted on labelled pages (``benchmarks/fit.py``), turns it into a
score. Nothing vetoes: a list in a ``<nav>`` with dates and teasers beats a bare one in ``<main>``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from math import exp, log2
from typing import NamedTuple

from scraper.parsers.blocks import Block, divide
from scraper.parsers.columns import Columns
from scraper.parsers.fields import Row, main_column, read_rows, title_evidence, weigh
from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import ASIDE, MAIN, NAV, Outline
from scraper.parsers.weights import FURTHER_WEIGHTS, GROUP_WEIGHTS, LIST_WEIGHTS, TITLE_WEIGHTS
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["Candidate", "choose_lists", "find_groups", "group_evidence", "rank_lists", "weigh_list"]

# So many groups are divided into entries, and so many headings outside of all lists are tried.
_MOST_GROUPS = 12
_MOST_LONE = 8
# Shorter headings name a section.
_LONE = 16


class Candidate(NamedTuple):
    """A candidate list with what was found out about it."""

    block: Block
    rows: list[Row]
    columns: Columns
    evidence: dict[str, float]
    score: float


class Group(NamedTuple):
    """Parts that stand at like places of the page."""

    members: list[Part]
    evidence: dict[str, float]
    score: float


def find_groups(page: Outline, parts: Parts) -> list[Group]:
    """Return the groups of parts, those that are likeliest headlines first."""
    by_path: dict[int, list[Part]] = {}
    heading = -1
    for part in parts.all:
        # A headline is the heading, linked or not; of several parts in it the longest speaks for it.
        path = part.path if part.heading < 0 else page.path[part.heading]
        members = by_path.get(path)
        if members is None:
            by_path[path] = [part]
        elif part.heading >= 0 and part.heading == heading:
            if part.weight > members[-1].weight:
                members[-1] = part
        else:
            members.append(part)
        heading = part.heading
    by_shape: dict[int, list[int]] = {}
    for path in by_path:
        by_shape.setdefault(page.paths.shape[path], []).append(path)
    lists = [members for members in by_path.values() if len(members) > 1]
    for paths in by_shape.values():
        if len(paths) > 1:
            # The same tags with other classes: entries that are marked as the first, or by topic.
            members = [part for path in paths for part in by_path[path]]
            members.sort(key=lambda part: part.start)
            lists.append(members)
    groups = []
    for members in lists:
        evidence = group_evidence(page, members)
        groups.append(Group(members, evidence, weigh(evidence, GROUP_WEIGHTS)))
    groups.sort(key=lambda group: -group.score)
    return groups


def anchor_of(part: Part) -> int:
    """Return the node that an entry is grown from: the heading around *part*, else its own."""
    return part.heading if part.heading >= 0 else part.node


def group_evidence(page: Outline, members: list[Part]) -> dict[str, float]:
    """Return how much parts at like places look like the headlines of a list."""
    n = len(members)
    length = sum(part.weight for part in members) / n
    path = members[0].path
    mark = page.paths.mark[path]
    names = {word for name in page.paths.names[path] for word in name.split("-")}
    sample = members[:: max(1, n // 4)]
    return {
        "many": min(log2(n), 6) / 6,
        "tiny": length < 8,
        "short": 8 <= length < 16,
        "shortish": 16 <= length < 24,
        "long": length > 160,
        "distinct": len({part.text for part in members}) / n,
        "linked": sum(part.link >= 0 for part in members) / n,
        "heads": sum(part.heading >= 0 for part in members) / n,
        "named": bool(names & TITLE_NAMES),
        "meta": bool(names & META_NAMES),
        "prose_named": bool(names & PROSE_NAMES),
        "dates": sum(part.is_date for part in sample) / len(sample),
        "labels": sum(part.is_label for part in sample) / len(sample),
        "nav": bool(mark & NAV),
        "aside": bool(mark & ASIDE),
        "main": bool(mark & MAIN),
    }


class Whole(NamedTuple):
    """What the evidence for a list is compared with: the page."""

    weight: int
    dates: list[int]
    headings: list[int]

    @classmethod
    def of(cls, parts: Parts) -> Whole:
        """Sum up a page."""
        everything = parts.all
        return cls(
            weight=max(1, sum(part.weight for part in everything)),
            dates=[k for k, part in enumerate(everything) if part.is_date],
            headings=[k for k, part in enumerate(everything) if part.heading >= 0],
        )


def rank_lists(page: Outline, parts: Parts) -> list[Candidate]:
    """Return the candidate lists of *page*, the likeliest first."""
    whole = Whole.of(parts)
    candidates: dict[tuple[tuple[int, int], ...], Candidate] = {}
    for group in find_groups(page, parts)[:_MOST_GROUPS]:
        anchors = [anchor_of(part) for part in group.members]
        for block in divide(page, parts, anchors):
            if block.spans not in candidates:
                candidates[block.spans] = _judge(page, parts, block, group, whole)
    return sorted(candidates.values(), key=lambda candidate: -candidate.score)


def _judge(page: Outline, parts: Parts, block: Block, group: Group, whole: Whole) -> Candidate:
    rows, columns = read_rows(page, parts, block)
    evidence = weigh_list(page, block, group, rows, columns, whole)
    return Candidate(block, rows, columns, evidence, weigh(evidence, LIST_WEIGHTS))


def choose_lists(page: Outline, parts: Parts, candidates: list[Candidate]) -> list[Candidate]:
    """Return the lists that the page is there for, in document order; none of them overlap."""
    if not candidates:
        return []
    best = candidates[0]
    chosen = [best]
    taken = _numbers(best.block)
    for candidate in candidates[1:]:
        _keep_further(page, candidate, chosen, taken)
    whole = Whole.of(parts)
    for block, group in lone_blocks(page, parts, taken):
        _keep_further(page, _judge(page, parts, block, group, whole), chosen, taken)
    chosen.sort(key=lambda c: c.block.spans[0][0])
    return chosen


def _numbers(block: Block) -> set[int]:
    return {k for start, stop in block.spans for k in range(start, stop)}


def _keep_further(
    page: Outline, candidate: Candidate, chosen: list[Candidate], taken: set[int]
) -> None:
    numbers = _numbers(candidate.block)
    if taken.isdisjoint(numbers) and not _repeats(page, candidate, chosen):
        evidence = further_evidence(page, candidate, chosen[0])
        if weigh(evidence, FURTHER_WEIGHTS) >= 0:
            taken |= numbers
            chosen.append(candidate)


def _repeats(page: Outline, candidate: Candidate, chosen: list[Candidate]) -> bool:
    """Tell whether half of a list leads where entries of the chosen ones lead."""
    known = {page.hrefs[row.target] for one in chosen for row in one.rows if row.target >= 0}
    targets = [page.hrefs[row.target] for row in candidate.rows if row.target >= 0]
    return sum(target in known for target in targets) * 2 >= len(candidate.rows)


def lone_blocks(page: Outline, parts: Parts, taken: set[int]) -> Iterator[tuple[Block, Group]]:
    """Yield what could be entries by themselves: linked headings outside of all lists.

    The story that a page opens with is marked up like no other, and repeats nothing.
    """
    heads = [k for k, part in enumerate(parts.all) if part.heading >= 0 and part.weight >= _LONE]
    lone = [
        k
        for k in heads
        if k not in taken
        and not page.mark(parts.all[k].node) & NAV
        and (parts.all[k].link >= 0 or page.tag(parts.all[k].heading) != "h1")
    ]
    for k in lone[:_MOST_LONE]:
        others = sorted({*taken, *heads} - {k})
        part = parts.all[k]
        top = anchor_of(part)
        while (above := page.parent[top]) >= 0:
            start, stop = parts.at[page.first[above]], parts.at[page.last[above]]
            place = bisect_left(others, start)
            if place < len(others) and others[place] < stop:
                break
            top = above
        span = (parts.at[page.first[top]], parts.at[page.last[top]])
        members = [part]
        evidence = group_evidence(page, members)
        group = Group(members, evidence, weigh(evidence, GROUP_WEIGHTS))
        yield Block((span,), (top,), dealt=False), group


def further_evidence(page: Outline, candidate: Candidate, best: Candidate) -> dict[str, float]:
    """Return the evidence that a page lists *candidate* beside its *best* list.

    What a list of its own must have, size above all, tells nothing here: many a page has a large
    list and three entries above it.
    """
    evidence = candidate.evidence
    same = _title_step(page, candidate) == _title_step(page, best)
    before = candidate.block.spans[0][0] < best.block.spans[0][0]
    like = sum(abs(evidence[name] - best.evidence[name]) for name in _ALIKE) / len(_ALIKE)
    return {
        "margin": min(max(best.score - candidate.score, 0), 6) / 6,
        "score": min(max(candidate.score, 0), 8) / 8,
        "same": same,
        "before": before,
        "unlike": like,
        "lone": len(candidate.rows) == 1,
        "lone_link": len(candidate.rows) == 1 and evidence["title_linked"],
        **{name: evidence[name] for name in _FURTHER},
    }


# What lists of one page have in common, where they are of one kind.
_ALIKE = ("dated", "prose", "title_heads", "title_linked", "link_density", "title_words")
_FURTHER = (
    "many", "few", "group", "title_score", "title_short", "title_words", "title_heads",
    "title_linked", "distinct_urls", "slugs", "numbers", "dated", "dated_once", "prose",
    "urls_per", "repeats", "link_density", "entry_chars", "nav", "aside", "main", "bare", "even",
)  # fmt: skip


def _title_step(page: Outline, candidate: Candidate) -> object:
    """Return the tag and classes of most of a list's headlines."""
    steps: dict[object, int] = {}
    for row in candidate.rows:
        if row.title is not None:
            path = row.title.path
            step = (page.paths.tag[path], page.paths.names[path])
            steps[step] = steps.get(step, 0) + 1
    return max(steps, key=lambda step: steps[step]) if steps else None


def weigh_list(
    page: Outline, block: Block, group: Group, rows: list[Row], columns: Columns, whole: Whole
) -> dict[str, float]:
    """Return the evidence for *block* being a list of entries, each figure about 0 to 1."""
    n = len(rows)
    titled = [row for row in rows if row.title is not None]
    titles = [row.title_text for row in titled]
    lengths = sorted(row.title.weight for row in titled if row.title) or [0]
    median_title = lengths[len(lengths) // 2]
    targets = [page.hrefs[row.target] for row in titled if row.target >= 0]
    everything = [part for row in rows for part in row.parts]
    weight = sum(part.weight for part in everything)
    linked_weight = sum(part.weight for part in everything if part.link >= 0)
    marks = [page.mark(top) for top in block.tops]
    main = main_column(rows, columns)
    in_main = sum(
        part is row.title and columns.of[number] is main
        for row in titled
        for number, part in enumerate(row.parts, row.first)
    )
    starts: dict[int, int] = {}
    for row in rows:
        key = id(columns.of[row.first])
        starts[key] = starts.get(key, 0) + 1
    split = sum(
        row.target >= 0 and before.target >= 0 and page.hrefs[row.target] == page.hrefs[before.target]
        for before, row in zip(rows, rows[1:], strict=False)
    )
    parts_each = len(everything) / n
    heads_each = sum(len({p.heading for p in row.parts if p.heading >= 0}) for row in rows) / n
    links_each = sum(len({page.hrefs[p.link] for p in row.parts if p.link >= 0}) for row in rows) / n
    inside = {k for start, stop in block.spans for k in range(start, stop)}
    dates = [sum(part.is_date for part in row.parts[:14]) for row in rows]
    prose = sum(
        any(
            p is not row.title and p.weight >= 60 and p.link < 0 and p.heading < 0
            for p in row.parts
        )
        for row in rows
    )
    sizes = sorted(len(row.parts) for row in rows)
    middle = max(1, sizes[n // 2])
    return {
        "many": min(n, 30) / 30,
        "few": 1.0 if n <= 2 else 0.5 if n <= 4 else 0.0,
        "group": 1 / (1 + exp(-group.score)),
        "anchors_each": min(len(group.members) / n - 1, 3) / 3,
        "titled": len(titled) / n,
        "same_column": in_main / n,
        "split": split / n,
        "uniform": max(starts.values()) / n,
        "title_score": min(max(weigh(title_evidence(main, columns), TITLE_WEIGHTS), 0), 12) / 12,
        "title_short": 1.0 if median_title < 18 else 0.5 if median_title < 26 else 0.0,
        "title_long": median_title > 160,
        "title_words": min(median_title, 80) / 80,
        "title_heads": sum(row.title is not None and row.title.heading >= 0 for row in rows) / n,
        "title_linked": sum(row.title is not None and row.title.link >= 0 for row in rows) / n,
        "distinct": len(set(titles)) / n,
        "linked": len(targets) / n,
        "distinct_urls": len(set(targets)) / max(1, len(targets)),
        "slugs": sum(target.count("-") > 1 or target.count("_") > 1 for target in targets) / n,
        "numbers": sum(any(c.isdigit() for c in target) for target in targets) / n,
        "heads": min(heads_each, 1.0),
        "many_heads": min(max(heads_each - 1, 0), 3) / 3,
        "dated": sum(map(bool, dates)) / n,
        "dated_once": sum(count == 1 for count in dates) / n,
        "many_dates": sum(count > 2 for count in dates) / n,
        "dates_inside": sum(k in inside for k in whole.dates) / max(3, len(whole.dates)),
        "heads_inside": sum(k in inside for k in whole.headings) / max(3, len(whole.headings)),
        "prose": prose / n,
        "per_entry": min(parts_each, 10) / 10,
        "crowded": min(max(parts_each - 8, 0), 30) / 30,
        "urls_per": min(max(links_each - 1.5, 0), 6) / 6,
        "repeats": min(main.repeats - 1, 3) / 3,
        "link_density": linked_weight / max(1, weight),
        "share": weight / whole.weight,
        "share_root": (weight / whole.weight) ** 0.5,
        "entry_chars": min(weight / n, 400) / 400,
        "huge": weight / n > 1500,
        "nav": sum(1 for m in marks if m & NAV) / len(marks),
        "aside": sum(1 for m in marks if m & ASIDE) / len(marks),
        "main": sum(1 for m in marks if m & MAIN) / len(marks),
        "early": 1 - block.spans[0][0] / max(1, block.spans[-1][1] + 30),
        "bare": parts_each < 1.3,
        "even": sum(1 for s in sizes if s * 2 >= middle and s <= middle * 2) / n,
        "dealt": block.dealt,
        "orphans": 1 - len(inside) / (block.spans[-1][1] - block.spans[0][0]),
    }
