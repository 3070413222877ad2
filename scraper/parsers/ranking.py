"""Which candidate lists are what the page is there to list: evidence, weighed.

Every candidate gets the same row of evidence, and a small table of weights, fitted on labelled
pages (``benchmarks/fit.py``), turns it into a score. Nothing vetoes: a list in a ``<nav>`` with
dates and teasers beats a bare one in ``<main>``.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

from scraper.parsers.blocks import Block, find_blocks
from scraper.parsers.fields import Column, Row, read_rows
from scraper.parsers.parts import Parts
from scraper.parsers.tree import ASIDE, MAIN, NAV, Outline
from scraper.parsers.weights import WEIGHTS

__all__ = ["Candidate", "choose_lists", "rank_blocks", "weigh_evidence"]

# Measured on the labelled pages, cross-validated by page: below 0.2 more wrong lists come than
# right ones, and a second list worth less than 0.55 of the best is furniture.
_LEAST_SCORE = 0.2
_LEAST_SHARE = 0.55
# Of two overlapping lists of like score the longer is right more often: a list and its odd rows.
_LENGTH_POWER = 0.2


class Candidate(NamedTuple):
    """A candidate list with what was found out about it."""

    block: Block
    rows: list[Row]
    columns: dict[int, Column]
    evidence: dict[str, float]
    score: float


def rank_blocks(page: Outline, parts: Parts) -> list[Candidate]:
    """Return all candidate lists of *page*, the likeliest first."""
    candidates = []
    for block in find_blocks(page):
        rows, columns = read_rows(page, parts, block.spans)
        evidence = weigh_evidence(page, block, rows, columns)
        odds = sum(WEIGHTS[name] * value for name, value in evidence.items())
        score = 1 / (1 + exp(-max(-30.0, min(30.0, odds))))
        candidates.append(Candidate(block, rows, columns, evidence, score))
    candidates.sort(key=lambda c: -c.score * min(len(c.rows), 100) ** _LENGTH_POWER)
    return candidates


def choose_lists(candidates: list[Candidate]) -> list[Candidate]:
    """Return the lists that the page is there for, in document order; none of them overlap."""
    best = max((c.score for c in candidates), default=0.0)
    chosen: list[Candidate] = []
    taken: set[int] = set()
    for candidate in candidates:
        if candidate.score < max(_LEAST_SCORE, _LEAST_SHARE * best):
            continue
        tokens = {t for start, stop in candidate.block.spans for t in range(start, stop)}
        if taken.isdisjoint(tokens):
            taken |= tokens
            chosen.append(candidate)
    chosen.sort(key=lambda c: c.block.spans[0][0])
    return chosen


def weigh_evidence(
    page: Outline, block: Block, rows: list[Row], columns: dict[int, Column]
) -> dict[str, float]:
    """Return the evidence for *block* being a list of entries, each figure about 0 to 1."""
    n = len(rows)
    titled = [r for r in rows if r.title is not None]
    titles = [r.title_text for r in titled]
    lengths = sorted(r.title.weight for r in titled if r.title) or [0]
    hrefs: list[str | None] = []
    own_links = 0
    for row in rows:
        seen = {p.link for p in row.parts if p.link >= 0}
        targets = {page.href(k) for k in seen}
        own_links += len(targets)
    for row in titled:
        link = row.target
        hrefs.append(page.href(link) if link >= 0 else None)
    linked = [h for h in hrefs if h]
    chars = sum(p.weight for r in rows for p in r.parts)
    link_chars = sum(p.weight for r in rows for p in r.parts if p.link >= 0)
    page_chars = max(1, sum(map(len, page.texts)))
    marks = [page.mark(top) for top in block.tops]
    title_path = {}
    for r in titled:
        if r.title:
            title_path[r.title.path] = title_path.get(r.title.path, 0) + 1
    main_path = max(title_path, key=lambda k: title_path[k]) if title_path else -1
    column = columns.get(main_path)
    date_entries = sum(1 for r in rows if any(p.is_date for p in r.parts[:14]))
    prose_entries = 0
    for r in rows:
        if any(p is not r.title and p.weight >= 60 and p.link < 0 and p.head < 0 for p in r.parts):
            prose_entries += 1
    parts_per = sum(len(r.parts) for r in rows) / n
    many_titles = 0.0
    if column is not None:
        many_titles = column.repeats - 1
    heads_per = sum(len({p.head for p in r.parts if p.head >= 0}) for r in rows) / n
    sizes = sorted(len(r.parts) for r in rows)
    median = max(1, sizes[n // 2])
    return {
        "bias": 1.0,
        "many": min(n, 30) / 30,
        "few": 1.0 if n <= 2 else 0.5 if n <= 4 else 0.0,
        "votes": min(block.votes, 10) / 10,
        "titled": len(titled) / n,
        "same_column": (title_path.get(main_path, 0) / n) if n else 0.0,
        "title_score": min(max((column.as_title() if column else 0.0) / 10, 0), 1.2),
        "title_short": 1.0 if lengths[len(lengths) // 2] < 18 else 0.5 if lengths[len(lengths) // 2] < 26 else 0.0,
        "title_long": 1.0 if lengths[len(lengths) // 2] > 200 else 0.0,
        "title_words": min(lengths[len(lengths) // 2], 80) / 80,
        "distinct": len(set(titles)) / n,
        "linked": len(linked) / n,
        "distinct_urls": len(set(linked)) / max(1, len(linked)),
        "heads": min(heads_per, 1.0),
        "many_heads": min(max(heads_per - 1, 0), 3) / 3,
        "dated": date_entries / n,
        "prose": prose_entries / n,
        "per_entry": min(parts_per, 10) / 10,
        "crowded": min(max(parts_per - 8, 0), 30) / 30,
        "urls_per": min(max(own_links / n - 1.5, 0), 6) / 6,
        "repeats": min(many_titles, 3) / 3,
        "link_density": link_chars / max(1, chars),
        "share": chars / page_chars,
        "entry_chars": min(chars / n, 400) / 400,
        "huge": 1.0 if chars / n > 1500 else 0.0,
        "nav": sum(1 for m in marks if m & NAV) / len(marks),
        "aside": sum(1 for m in marks if m & ASIDE) / len(marks),
        "main": sum(1 for m in marks if m & MAIN) / len(marks),
        "early": 1 - block.spans[0][0] / max(1, len(page.texts)),
        "bare": 1.0 if parts_per < 1.3 else 0.0,
        "even": sum(1 for s in sizes if s * 2 >= median and s <= median * 2) / n,
    }
