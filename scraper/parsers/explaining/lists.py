"""Which lists were considered, what spoke for each, and why the others were not kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scraper.dates import PartialDate, Reading, find_date, resolve_dates
from scraper.parsers.blocks import Block
from scraper.parsers.document import Document
from scraper.parsers.engine import Findings
from scraper.parsers.evidence import Scale
from scraper.parsers.explaining.explanation import ConsideredList, Evidence, PassedGroup
from scraper.parsers.explaining.places import describe_path, path_of, shorten
from scraper.parsers.groups import GROUP, anchor_of, find_groups
from scraper.parsers.judging import (
    FURTHER,
    LIST,
    Candidate,
    further_evidence,
)
from scraper.parsers.parts import Parts
from scraper.parsers.ranking import (
    Refusal,
)
from scraper.parsers.rows import Reading as Listed
from scraper.parsers.tree import Outline

__all__ = ["Standing", "explain_lists", "explain_passed", "rank_all"]

_HEADLINES = 5
_MOST_PASSED = 20
_LONGEST_HEADLINE = 160


class Standing:
    """A candidate with its rank and what became of it."""

    __slots__ = ("candidate", "kept", "listed", "number", "parts", "reason")

    def __init__(self, candidate: Candidate, kept: Candidate | None, listed: Listed | None) -> None:
        self.candidate = candidate
        #: As it was kept, its adopted entries added.
        self.kept = kept
        #: All of its entries, read.
        self.listed = listed
        self.number = 0
        self.reason: str | None = None
        block = (kept or candidate).block
        #: The numbers of the parts in its entries.
        self.parts = {k for start, stop in block.spans for k in range(start, stop)}

    @property
    def block(self) -> Block:
        """Its entries."""
        return (self.kept or self.candidate).block


def rank_all(found: Findings, refused: list[Refusal], page: Outline) -> list[Standing]:
    """Return all lists that were considered, best first, with why each is not kept."""
    # Entries are added to what is kept, so a list is known by its sample, which stays.
    kept = {
        id(one.reading): Standing(one, one, listed)
        for one, listed in zip(found.chosen, found.readings, strict=True)
    }
    for one in found.candidates:
        standing = kept.get(id(one.reading))
        if standing is not None:
            standing.candidate = one
    others = [(Standing(refusal.candidate, None, None), refusal.reason) for refusal in refused]
    ranked = [*kept.values(), *(standing for standing, _ in others)]
    ranked.sort(key=lambda standing: -standing.candidate.score)
    for number, standing in enumerate(ranked, 1):
        standing.number = number
    winners = sorted(kept.values(), key=lambda standing: standing.number)
    for standing, reason in others:
        standing.reason = _say_why(standing, reason, winners, page)
    return ranked


def _say_why(standing: Standing, reason: str, winners: list[Standing], page: Outline) -> str:
    score = standing.candidate.score
    if reason == "weak":
        if score < 0:
            return f"below what a list needs: {score:.1f}, and 0 is needed"
        return "a heading by itself, and no link"
    if reason == "overlaps":
        return _say_overlap(standing, winners)
    best = winners[0]
    if reason == "repeats":
        return "repeats entries of the lists kept: half of it or more leads where they lead"
    beside = FURTHER.weigh(further_evidence(page, standing.candidate, best.candidate))
    return f"too unlike list {best.number}, the best: {beside:.1f}, and 0 is needed"


def _say_overlap(standing: Standing, winners: list[Standing]) -> str:
    shared = [len(standing.parts & winner.parts) for winner in winners]
    winner = winners[shared.index(max(shared))]
    if standing.parts == winner.parts:
        return f"divides what list {winner.number} has into other entries"
    if standing.parts < winner.parts:
        return f"its parts are within list {winner.number}, which is kept"
    if standing.parts > winner.parts:
        return f"holds all of list {winner.number}, which is kept"
    return f"overlaps list {winner.number}, which is kept"


def explain_lists(
    ranked: list[Standing], document: Document, found: Findings, *, nothing: str | None
) -> tuple[ConsideredList, ...]:
    """Return *ranked* as told; *nothing* is why the page has no records, if it has none."""
    best = next((one.candidate for one in ranked if one.kept is not None), None)
    return tuple(_explain(one, best, document, found, nothing) for one in ranked)


def _explain(
    one: Standing,
    best: Candidate | None,
    document: Document,
    found: Findings,
    nothing: str | None,
) -> ConsideredList:
    page, candidate, block = document.outline, one.candidate, one.block
    beside: tuple[Evidence, ...] = ()
    if best is not None and best.reading is not candidate.reading:
        beside = _weighed(FURTHER, further_evidence(page, candidate, best))
    rows = (one.listed or candidate.reading).rows
    headlines = [shorten(row.title_text, _LONGEST_HEADLINE) for row in rows if row.title_text]
    path, _ = Counter(path_of(page, top) for top in block.tops).most_common(1)[0]
    order = _say_order(one.listed, document, found) if one.listed is not None else None
    return ConsideredList(
        number=one.number,
        score=candidate.score,
        entries=len(block.spans),
        adopted=len(block.spans) - len(candidate.block.spans),
        headlines=tuple(headlines[:_HEADLINES]),
        path=describe_path(page, path),
        nodes=block.tops,
        evidence=_weighed(LIST, candidate.evidence),
        beside=beside,
        kept=one.kept is not None and nothing is None,
        reason=one.reason if one.kept is None else nothing,
        date_order=order,
    )


def _weighed(scale: Scale, evidence: Sequence[float]) -> tuple[Evidence, ...]:
    """Return the terms of ``scale.weigh(evidence)``."""
    bias = Evidence(name="bias", value=1.0, weight=scale.bias, contribution=scale.bias)
    named = scale.explain(evidence).items()
    return (
        bias,
        *(
            Evidence(name=name, value=value, weight=weight, contribution=value * weight)
            for (name, value), weight in zip(named, map(float, scale.weights), strict=True)
        ),
    )


def explain_passed(ranked: list[Standing], page: Outline, parts: Parts) -> tuple[PassedGroup, ...]:
    """Return the groups of which no list holds half, the likeliest first."""
    listed = set().union(*(one.parts for one in ranked))
    passed = []
    for group in find_groups(page, parts):
        members = [parts.at[part.start] for part in group.members]
        if sum(number in listed for number in members) * 2 >= len(members):
            continue
        texts = [shorten(part.text, _LONGEST_HEADLINE) for part in group.members[:_HEADLINES]]
        passed.append(
            PassedGroup(
                score=group.score,
                members=len(members),
                texts=tuple(texts),
                path=describe_path(page, path_of(page, anchor_of(group.members[0]))),
                evidence=_weighed(GROUP, group.evidence),
            )
        )
        if len(passed) == _MOST_PASSED:
            break
    return tuple(passed)


def _say_order(listed: Listed, document: Document, found: Findings) -> str | None:
    """Return what settled the order of day and month, None where no figures could be either."""
    dated = [found.dates[id(row)] for row in listed.rows if id(row) in found.dates]
    column, days = [], []
    for one in dated:
        reading = find_date(one.text) if one.text and one.source != "attribute" else None
        if reading is not None and reading.figures:
            column.append(reading)
            days.append(one.date)
    if not any(len(reading.orders) > 1 for reading in column):
        return None
    if document.date_order is not None:
        return f"{_name_order(column, days)}: somebody said so"
    return f"{_name_order(column, days)}: {_say_settled(column, days, document.language)}"


def _say_settled(column: list[Reading], days: list[PartialDate], language: str | None) -> str:
    if any(len(reading.orders) == 1 for reading in column):
        return "a number in them can only be a day"
    if _settles(column, days):
        if any(reading.weekday is not None for reading in column):
            return "their weekdays say so"
        return "the list then runs in one direction"
    if _settles(column, days, language=language):
        return f"the language of the page, {shorten(language or '', 20)}, has it so"
    return "nothing is then dated ahead of the fetch, or long before it"


def _name_order(column: list[Reading], days: list[PartialDate]) -> str:
    for reading, date in zip(column, days, strict=True):
        figures = reading.figures or ()
        # A year of two figures may be the number of a day, too.
        if date.day != date.month and date.day in figures and date.month in figures:
            first = figures.index(date.day) < figures.index(date.month)
            return "the day before the month" if first else "the month before the day"
    return "in one order"


def _settles(column: list[Reading], days: list[PartialDate], language: str | None = None) -> bool:
    """Tell whether the column comes to the same days without knowing when it was fetched."""
    found, _ = resolve_dates(column, fetched_at=None, language=language)
    return all(
        one is not None and (one.month, one.day) == (day.month, day.day)
        for one, day in zip(found, days, strict=True)
    )
