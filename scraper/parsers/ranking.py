"""Which candidate lists are what the page is there to list: evidence, weighed.

Two rounds. Parts of one path are a group; a cheap look at each group tells which could be headlines,
and only those are divided into entries. Every candidate list then gets the same row of evidence,
and a small table of weights, fitted on labelled pages (``benchmarks/fit.py``), turns it into a
score. Nothing vetoes: a list in a ``<nav>`` with dates and teasers beats a bare one in ``<main>``.
"""

from __future__ import annotations

from math import exp, log2
from typing import NamedTuple

from scraper.parsers.blocks import Block, divide
from scraper.parsers.columns import Columns
from scraper.parsers.fields import Row, read_rows, title_evidence, weigh
from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import ASIDE, MAIN, NAV, Outline
from scraper.parsers.weights import FURTHER_WEIGHTS, GROUP_WEIGHTS, LIST_WEIGHTS, TITLE_WEIGHTS
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["Candidate", "choose_lists", "find_groups", "group_evidence", "rank_lists", "weigh_list"]

# So many groups are divided into entries.
_MOST_GROUPS = 12


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
    for part in parts.all:
        members = by_path.get(part.path)
        if members is None:
            by_path[part.path] = [part]
        else:
            members.append(part)
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
        anchors = [part.node for part in group.members]
        for block in divide(page, parts, anchors):
            if block.spans not in candidates:
                candidates[block.spans] = _judge(page, parts, block, group, whole)
    return sorted(candidates.values(), key=lambda candidate: -candidate.score)


def _judge(page: Outline, parts: Parts, block: Block, group: Group, whole: Whole) -> Candidate:
    rows, columns = read_rows(page, parts, block)
    evidence = weigh_list(page, block, group, rows, columns, whole)
    return Candidate(block, rows, columns, evidence, weigh(evidence, LIST_WEIGHTS))


def choose_lists(page: Outline, candidates: list[Candidate]) -> list[Candidate]:
    """Return the lists that the page is there for, in document order; none of them overlap."""
    chosen: list[Candidate] = []
    taken: set[int] = set()
    for candidate in candidates:
        numbers = {k for start, stop in candidate.block.spans for k in range(start, stop)}
        if not taken.isdisjoint(numbers):
            continue
        if chosen and weigh(further_evidence(page, candidate, chosen[0]), FURTHER_WEIGHTS) < 0:
            continue
        taken |= numbers
        chosen.append(candidate)
    chosen.sort(key=lambda c: c.block.spans[0][0])
    return chosen


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
    owners: dict[int, int] = {}
    for row in titled:
        for number, part in enumerate(row.parts, row.first):
            if part is row.title:
                key = id(columns.of[number])
                owners[key] = owners.get(key, 0) + 1
    main = max(columns.all, key=lambda c: owners.get(id(c), 0))
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
        "same_column": owners.get(id(main), 0) / n,
        "title_score": min(max(weigh(title_evidence(main), TITLE_WEIGHTS) + 6, 0), 12) / 12,
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
    }
