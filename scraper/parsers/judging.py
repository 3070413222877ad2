"""What speaks for a candidate list, and for keeping it beside the best one.

A list is judged by a few of its entries; only the lists that are kept are read whole. Evidence is
about 0 to 1 each; how much it says is fitted (``weights``).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from scraper.parsers.blocks import Block
from scraper.parsers.columns import Spans
from scraper.parsers.evidence import Scale
from scraper.parsers.fields import read_rows
from scraper.parsers.groups import Group
from scraper.parsers.parts import Part, Parts
from scraper.parsers.rows import Reading
from scraper.parsers.tree import ASIDE, MAIN, NAV, Outline
from scraper.parsers.weights import FURTHER_WEIGHTS, LIST_WEIGHTS

__all__ = ["FURTHER", "LIST", "Candidate", "Whole", "further_evidence", "judge", "list_evidence"]

# So many entries tell what a list is like.
_MOST_ROWS = 12
_ENOUGH_HEADINGS = 3
# A line that dates a group may say more: "Published in the Law Journal of 10/24/2023:"
_LONGEST_HEADING = 80
_DIGITS = frozenset("0123456789")
# What the link says of where it stands, not of where it leads.
_TRACKING = re.compile(r"(?:[?&](?:utm_\w+|fbclid|gclid)=[^&#]*)+|#.*")


class Candidate(NamedTuple):
    """A candidate list with what was found out about it."""

    block: Block
    #: Of a sample of its entries.
    reading: Reading
    evidence: tuple[float, ...]
    score: float


class Whole(NamedTuple):
    """What the evidence for a list is compared with: sums over the parts of the page."""

    #: Per part, the sums over all parts before it.
    weight: list[int]
    linked: list[int]
    headings: list[int]

    @classmethod
    def of(cls, parts: Parts) -> Whole:
        """Sum up a page."""
        weight, linked, headings = [0], [0], [0]
        total = links = heads = 0
        for part in parts.all:
            total += part.weight
            if part.link >= 0:
                links += part.weight
            # A heading that is a date heads a group of entries.
            heads += part.heading >= 0 and not part.is_date
            weight.append(total)
            linked.append(links)
            headings.append(heads)
        return cls(weight, linked, headings)


def judge(page: Outline, parts: Parts, block: Block, group: Group, whole: Whole) -> Candidate:
    """Return *block* as a candidate, judged by a few of its entries."""
    spans, tops = block.spans, block.tops
    if len(spans) > _MOST_ROWS:
        sample = _sample(len(spans))
        spans = tuple([spans[k] for k in sample])
        tops = tuple([tops[k] for k in sample])
    reading = read_rows(page, parts, spans, tops)
    evidence = list_evidence(page, parts, block, group, reading, whole)
    return Candidate(block, reading, evidence, LIST.weigh(evidence))


def _sample(n: int) -> list[int]:
    """Return which of *n* entries are looked at: neighbours in pairs, evenly taken."""
    pairs = _MOST_ROWS // 2
    return sorted(
        {k + j for i in range(pairs) for k in [i * (n - 2) // (pairs - 1)] for j in (0, 1)}
    )


#: Evidence that a candidate is the list that the page is there for.
LIST = Scale(
    (
        "many", "few", "group", "split", "uniform", "title_score", "title_short", "title_long",
        "title_words", "title_heads", "title_linked", "linked", "distinct_urls", "slugs", "numbers",
        "heads", "many_heads", "dated", "dated_once", "many_dates", "heads_inside",
        "prose", "per_entry", "crowded", "urls_per", "repeats", "link_density", "share",
        "share_root", "entry_chars", "huge", "nav", "aside", "main", "early", "bare", "even",
        "dealt", "orphans",
    ),
    LIST_WEIGHTS,
)  # fmt: skip


def list_evidence(
    page: Outline, parts: Parts, block: Block, group: Group, reading: Reading, whole: Whole
) -> tuple[float, ...]:
    """Return the evidence of ``LIST`` for *block*, judged by the entries in *reading*."""
    spans = block.spans
    n = len(spans)
    rows, _, main, title_score = reading
    shown = len(rows)
    titled = [row for row in rows if row.title is not None]
    titles = [row.title for row in titled if row.title is not None]
    # What has no headline is a part of an entry.
    entries = n * len(titled) / shown
    lengths = sorted([title.weight for title in titles]) or [0]
    median = lengths[len(lengths) // 2]
    hrefs = [page.hrefs[row.target] if row.target >= 0 else None for row in titled]
    targets = [href for href in hrefs if href is not None]
    heads = links = once = many_dates = dated = prose = 0
    of = reading.columns.of
    dated_columns = {column for column in reading.columns.all if column.dates > 0.5}
    sizes = []
    starts: dict[object, int] = {}
    for row in rows:
        own = row.parts
        sizes.append(len(own))
        heads += len({part.heading for part in own if part.heading >= 0 and not part.is_date})
        links += len({page.hrefs[part.link] for part in own if part.link >= 0})
        dates = sum(
            [of[number] in dated_columns for number in range(row.first, row.first + len(own))]
        )
        dated += dates > 0
        once += dates == 1
        many_dates += dates > 2
        prose += any(
            part.weight >= 60 and part is not row.title and part.link < 0 and part.heading < 0
            for part in own
        )
        start = of[row.first]
        starts[start] = starts.get(start, 0) + 1
    sizes.sort()
    middle = max(1, sizes[shown // 2])
    first, last = spans[0][0], spans[-1][1]
    inside = sum([stop - start for start, stop in spans])
    weight = sum([whole.weight[stop] - whole.weight[start] for start, stop in spans])
    linked = sum([whole.linked[stop] - whole.linked[start] for start, stop in spans])
    headings = sum([whole.headings[stop] - whole.headings[start] for start, stop in spans])
    share = weight / max(1, whole.weight[-1])
    headed = min(_count_date_headings(parts, spans), _ENOUGH_HEADINGS) / _ENOUGH_HEADINGS
    paths = [page.path[top] for top in block.tops[:: -(-n // _MOST_ROWS)]]
    marks = [page.paths.mark[path] for path in paths]
    count = len(marks)
    return (
        min(entries, 30) / 30,
        1.0 if entries <= 2 else 0.5 if entries <= 4 else 0.0,
        1 / (1 + 2.718281828**-group.score),
        sum([a is not None and a == b for a, b in pairwise(hrefs)]) / shown,
        max(starts.values()) / shown,
        min(max(title_score, 0), 12) / 12,
        1.0 if median < 18 else 0.5 if median < 26 else 0.0,
        median > 160,
        min(median, 80) / 80,
        sum([title.heading >= 0 for title in titles]) / shown,
        sum([title.link >= 0 for title in titles]) / shown,
        len(targets) / shown,
        len(set(targets)) / max(1, len(targets)),
        sum([href.count("-") > 1 or href.count("_") > 1 for href in targets]) / shown,
        sum([not _DIGITS.isdisjoint(href) for href in targets]) / shown,
        min(heads / shown, 1.0),
        min(max(heads / shown - 1, 0), 3) / 3,
        max(dated / shown, headed),
        once / shown,
        many_dates / shown,
        headings / max(3, whole.headings[-1]),
        prose / shown,
        min(inside / n, 10) / 10,
        min(max(inside / n - 8, 0), 30) / 30,
        min(max(links / shown - 1.5, 0), 6) / 6,
        min(main.repeats - 1, 3) / 3,
        linked / max(1, weight),
        share,
        share**0.5,
        min(weight / n, 400) / 400,
        weight / n > 1500,
        sum([mark & NAV > 0 for mark in marks]) / count,
        sum([mark & ASIDE > 0 for mark in marks]) / count,
        sum([mark & MAIN > 0 for mark in marks]) / count,
        1 - first / (last + 30),
        inside / n < 1.3,
        sum([size * 2 >= middle and size <= middle * 2 for size in sizes]) / shown,
        block.dealt,
        1 - inside / (last - first),
    )


def _count_date_headings(parts: Parts, spans: Spans) -> int:
    """Return how many dates stand between entries, three at most: each is that of a group."""
    count = 0
    for (_, stop), (start, _) in pairwise(spans):
        if stop < start and any(_names_day(part) for part in parts.all[stop:start]):
            count += 1
            if count == _ENOUGH_HEADINGS:
                break
    return count


def _names_day(part: Part) -> bool:
    if part.weight > _LONGEST_HEADING or part.link >= 0:
        return False
    reading = part.reading
    return reading is not None and reading.kind in ("full", "month", "day")


# What lists of one page have in common, where they are of one kind.
_ALIKE = [
    LIST.names.index(name)
    for name in ("dated", "prose", "title_heads", "title_linked", "link_density", "title_words")
]
_SHARED = (
    "many", "group", "title_score", "title_short", "title_words", "title_heads", "title_linked",
    "slugs", "numbers", "dated_once", "urls_per", "link_density", "entry_chars", "nav", "aside",
    "main", "bare",
)  # fmt: skip
_SHARED_PLACES = [LIST.names.index(name) for name in _SHARED]

#: Evidence that a page lists a candidate beside its best list. What a list of its own must have,
#: size above all, tells little here: many a page has a large list and three entries above it.
FURTHER = Scale(
    (
        "margin", "same", "before", "unlike", "lone", "lone_link", "less_dated", "less_prose",
        "abroad", "told", *_SHARED,
    ),
    FURTHER_WEIGHTS,
)  # fmt: skip
_DATED, _PROSE = map(LIST.names.index, ("dated", "prose"))


def further_evidence(page: Outline, candidate: Candidate, best: Candidate) -> tuple[float, ...]:
    """Return the evidence of ``FURTHER`` for *candidate*."""
    own, others = candidate.evidence, best.evidence
    lone = len(candidate.block.spans) == 1
    targets, told = _targets(page, candidate), set(_targets(page, best))
    hosts = {_host(target) for target in told}
    return (
        min(max(best.score - candidate.score, 0), 6) / 6,
        _title_step(page, candidate) == _title_step(page, best),
        candidate.block.spans[0][0] < best.block.spans[0][0],
        sum([abs(own[k] - others[k]) for k in _ALIKE]) / len(_ALIKE),
        lone,
        lone and candidate.reading.main.linked > 0,
        max(others[_DATED] - own[_DATED], 0),
        max(others[_PROSE] - own[_PROSE], 0),
        sum([_host(target) not in hosts for target in targets]) / max(1, len(targets)),
        sum([target in told for target in targets]) / max(1, len(targets)),
        *[own[k] for k in _SHARED_PLACES],
    )


def _targets(page: Outline, candidate: Candidate) -> list[str]:
    """Return where the entries of a list lead, as far as they were looked at."""
    targets = [page.href(row.target) for row in candidate.reading.rows if row.target >= 0]
    return [_TRACKING.sub("", target) for target in targets]


def _host(target: str) -> str:
    """Return the host of an address, empty for the page's own."""
    return target.partition("//")[2].partition("/")[0] if "//" in target[:8] else ""


def _title_step(page: Outline, candidate: Candidate) -> tuple[str, tuple[str, ...]]:
    """Return the tag and classes of a list's headlines."""
    path = candidate.reading.main.parts[0].path
    return page.paths.tag[path], page.paths.names[path]
