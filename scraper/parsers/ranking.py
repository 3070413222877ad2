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
from scraper.parsers.weights import GROUP_WEIGHTS, LIST_WEIGHTS, TITLE_WEIGHTS
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["Candidate", "choose_lists", "find_groups", "group_evidence", "rank_lists", "weigh_list"]

# Measured on the labelled pages, cross-validated by page: below 0.2 more wrong lists come than
# right ones, and a second list worth less than 0.55 of the best is furniture.
_LEAST_SCORE = 0.2
_LEAST_SHARE = 0.55
# Of two overlapping lists of like score the longer is right more often: a list and its odd rows.
_LENGTH_POWER = 0.2
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


def rank_lists(page: Outline, parts: Parts) -> list[Candidate]:
    """Return the candidate lists of *page*, the likeliest first."""
    page_weight = max(1, sum(part.weight for part in parts.all))
    candidates: dict[tuple[tuple[int, int], ...], Candidate] = {}
    for group in find_groups(page, parts)[:_MOST_GROUPS]:
        anchors = [part.node for part in group.members]
        for block in divide(page, parts, anchors):
            if block.spans not in candidates:
                candidates[block.spans] = _judge(page, parts, block, page_weight)
    return sorted(
        candidates.values(), key=lambda c: -c.score * min(len(c.rows), 100) ** _LENGTH_POWER
    )


def _judge(page: Outline, parts: Parts, block: Block, page_weight: int) -> Candidate:
    rows, columns = read_rows(page, parts, block)
    evidence = weigh_list(page, parts, block, rows, columns, page_weight)
    odds = weigh(evidence, LIST_WEIGHTS)
    return Candidate(block, rows, columns, evidence, 1 / (1 + exp(-max(-30.0, min(30.0, odds)))))


def choose_lists(candidates: list[Candidate]) -> list[Candidate]:
    """Return the lists that the page is there for, in document order; none of them overlap."""
    best = max((c.score for c in candidates), default=0.0)
    chosen: list[Candidate] = []
    taken: set[int] = set()
    for candidate in candidates:
        if candidate.score < max(_LEAST_SCORE, _LEAST_SHARE * best):
            continue
        numbers = {k for start, stop in candidate.block.spans for k in range(start, stop)}
        if taken.isdisjoint(numbers):
            taken |= numbers
            chosen.append(candidate)
    chosen.sort(key=lambda c: c.block.spans[0][0])
    return chosen


def weigh_list(
    page: Outline, parts: Parts, block: Block, rows: list[Row], columns: Columns, page_weight: int
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
    dated = sum(any(part.is_date for part in row.parts[:14]) for row in rows)
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
        "titled": len(titled) / n,
        "same_column": owners.get(id(main), 0) / n,
        "title_score": min(max(weigh(title_evidence(main), TITLE_WEIGHTS) / 10, 0), 1.2),
        "title_short": 1.0 if median_title < 18 else 0.5 if median_title < 26 else 0.0,
        "title_long": median_title > 200,
        "title_words": min(median_title, 80) / 80,
        "distinct": len(set(titles)) / n,
        "linked": len(targets) / n,
        "distinct_urls": len(set(targets)) / max(1, len(targets)),
        "heads": min(heads_each, 1.0),
        "many_heads": min(max(heads_each - 1, 0), 3) / 3,
        "dated": dated / n,
        "prose": prose / n,
        "per_entry": min(parts_each, 10) / 10,
        "crowded": min(max(parts_each - 8, 0), 30) / 30,
        "urls_per": min(max(links_each - 1.5, 0), 6) / 6,
        "repeats": min(main.repeats - 1, 3) / 3,
        "link_density": linked_weight / max(1, weight),
        "share": weight / page_weight,
        "entry_chars": min(weight / n, 400) / 400,
        "huge": weight / n > 1500,
        "nav": sum(1 for m in marks if m & NAV) / len(marks),
        "aside": sum(1 for m in marks if m & ASIDE) / len(marks),
        "main": sum(1 for m in marks if m & MAIN) / len(marks),
        "early": 1 - block.spans[0][0] / max(1, len(parts.all)),
        "bare": parts_each < 1.3,
        "even": sum(1 for s in sizes if s * 2 >= middle and s <= middle * 2) / n,
        "dealt": block.dealt,
    }
