"""When each entry is from: its own date, the heading above its group, or the issue it stands in.

The column decides here too. Of several dates in an entry (written, updated, due) the column that
most entries have, printed as a date and nothing else, is the entry's; what stands in prose is a
day somebody talks about and never counts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.dates import PartialDate, Reading, find_date, read_attribute, resolve_dates
from scraper.models import DateSource
from scraper.parsers.document import Document
from scraper.parsers.fields import Row
from scraper.parsers.parts import Part, Parts
from scraper.parsers.ranking import Candidate
from scraper.parsers.tree import ASIDE, NAV, Outline

__all__ = ["EntryDate", "date_rows"]

# How many parts above the first entry a date may stand and still govern the entries below it.
_ABOVE = 8
_DATED_NAMES = frozenset("date time published posted datum fecha datetime pubdate dateline day".split())
_OTHER_NAMES = frozenset("updated modified update deadline expires until due".split())
_OTHER_WORDS = re.compile(r"\b(updated|modified|deadline|expires|due|until|aktualisiert|mis à jour)\b", re.IGNORECASE)
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=\D|$)")


class EntryDate(NamedTuple):
    """A date with where it comes from."""

    date: PartialDate
    text: str | None
    source: DateSource


class _Found(NamedTuple):
    """A date somewhere in an entry."""

    key: tuple[str, int]
    reading: Reading
    text: str
    source: DateSource
    order: int
    pure: bool
    names: frozenset[str]


def date_rows(
    document: Document, parts: Parts, chosen: list[Candidate]
) -> tuple[dict[int, EntryDate], list[str]]:
    """Return the dates of the rows by ``id(row)``, and what a careful reader should know."""
    dated: dict[int, EntryDate] = {}
    warnings: list[str] = []
    page = document.outline
    inside = _entry_starts(chosen)
    for candidate in chosen:
        rows = [r for r in candidate.rows if r.title is not None]
        found = [_find_dates(page, row) for row in rows]
        picked = _choose_dates(rows, found)
        context = _read_headings(page, parts, candidate, rows, inside)
        readings: list[Reading | None] = [f.reading if f else None for f in picked]
        own = [r is not None for r in readings]
        above = [c.reading if c else None for c in context]
        whole, notes = resolve_dates(
            [r if r is not None else a for r, a in zip(readings, above, strict=True)],
            fetched_at=document.page.fetched_at,
            language=document.language,
            context=above,
        )
        warnings += notes
        for row, date, is_own, pick, heading in zip(rows, whole, own, picked, context, strict=True):
            if date is not None:
                if is_own and pick is not None:
                    dated[id(row)] = EntryDate(date, pick.text, pick.source)
                elif heading is not None:
                    dated[id(row)] = EntryDate(date, heading.text, heading.source)
            elif not is_own:
                from_url = _date_in_url(page, row)
                if from_url is not None:
                    dated[id(row)] = EntryDate(from_url, None, "url")
    return dated, warnings


def _find_dates(page: Outline, row: Row) -> list[_Found]:
    """Return the dates of an entry outside its prose."""
    found: list[_Found] = []
    teaser = {id(p) for p in row.teaser}
    parts = row.parts
    for order, part in enumerate(parts):
        if id(part) in teaser or (part.weight > 120 and part is not row.title):
            continue
        reading = part.reading
        names = _class_names(page, part.node)
        if part is row.title:
            if reading is not None and reading.kind == "full" and len(part.text) - reading.end <= 2:
                found.append(_Found(("title", part.path), reading, part.text[reading.start : reading.end], "text", order, False, names))
            continue
        if reading is not None and reading.kind not in ("time", "day_only"):
            text = part.text[reading.start : reading.end]
            found.append(_Found(("part", part.path), reading, text, "text", order, part.is_date, names))
        elif part.weight <= 12:
            box = _read_box(parts, order)
            if box is not None:
                text, joined = box
                found.append(_Found(("box", part.path), joined, text, "text", order, True, names))
    for node in page.times:
        if row.parts[0].start <= page.first[node] < row.parts[-1].stop:
            value = page.attributes(node).get("datetime")
            reading = read_attribute(value) if value else None
            if reading is not None:
                text = page.text(page.first[node], page.last[node]) or None
                found.append(
                    _Found(("time", page.path[node]), reading, text or value, "attribute", 0, True, _class_names(page, node))
                )
    return found


def _read_box(parts: list[Part], order: int) -> tuple[str, Reading] | None:
    """Read a date that is split over neighbouring elements: ``12`` ``Mar`` ``2024``."""
    best = None
    texts = [parts[order].text]
    for part in parts[order + 1 : order + 4]:
        if part.weight > 14:
            break
        texts.append(part.text)
        text = " ".join(texts)
        reading = find_date(text)
        if reading is not None and reading.kind in ("full", "day") and reading.start == 0 and reading.end == len(text):
            best = (text, reading)
    return best


def _class_names(page: Outline, node: int) -> frozenset[str]:
    names: set[str] = set()
    for _ in range(2):
        if node < 0:
            break
        for name in page.paths.names[page.path[node]]:
            names.update(name.split("-"))
        node = page.parent[node]
    return frozenset(names)


def _choose_dates(rows: list[Row], found: list[list[_Found]]) -> list[_Found | None]:
    """Choose one date per row by column."""
    columns: dict[tuple[str, int], list[tuple[int, _Found]]] = {}
    for number, dates in enumerate(found):
        for one in dates:
            columns.setdefault(one.key, []).append((number, one))
    scores = {}
    for key, members in columns.items():
        dates = [one for _, one in members]
        n = len(dates)
        score = 3.0 * len({k for k, _ in members}) / len(rows)
        score += 2.0 * sum(d.pure for d in dates) / n
        score += 1.0 * sum(d.reading.kind in ("full", "relative") for d in dates) / n
        score -= 1.5 * sum(d.reading.kind == "year" for d in dates) / n
        score += 0.8 if any(d.names & _DATED_NAMES for d in dates) else 0
        score -= 1.5 if any(d.names & _OTHER_NAMES for d in dates) else 0
        score -= 0.08 * sum(min(d.order, 12) for d in dates) / n
        score += {"time": 0.7, "title": -1.0}.get(key[0], 0.0)
        scores[key] = score
    picked: list[_Found | None] = []
    for dates in found:
        best = max(dates, key=lambda d: (scores[d.key], -d.order), default=None)
        picked.append(best if best is not None and scores[best.key] >= 1.0 else None)
    return picked


class _Heading(NamedTuple):
    reading: Reading
    text: str
    source: DateSource


def _entry_starts(chosen: list[Candidate]) -> list[tuple[int, int]]:
    return sorted(span for c in chosen for span in c.block.spans)


def _read_headings(
    page: Outline, parts: Parts, candidate: Candidate, rows: list[Row], taken: list[tuple[int, int]]
) -> list[_Heading | None]:
    """Return, per row, the date of the heading that governs it."""
    covered: set[int] = set()
    for start, stop in taken:
        covered.update(range(start, stop))
    out: list[_Heading | None] = []
    current: _Heading | None = None
    before = rows[0].first if rows else 0
    above = [k for k in range(before) if k not in covered][-_ABOVE:]
    for k in above:
        current = _as_heading(page, parts.all[k], "page") or current
    cursor = before
    between_seen = False
    for row in rows:
        for k in range(cursor, row.first):
            if k in covered:
                continue
            heading = _as_heading(page, parts.all[k], "heading")
            if heading is not None:
                if not between_seen and current is not None:
                    # A second date between the entries: the first was a heading of a group too.
                    out = [h and h._replace(source="heading") for h in out]
                between_seen = True
                current = heading
        out.append(current)
        cursor = max(cursor, row.first + len(row.parts))
    return out


def _as_heading(page: Outline, part: Part, source: DateSource) -> _Heading | None:
    if page.mark(part.node) & (NAV | ASIDE) or not part.is_date:
        return None
    reading = part.reading
    if reading is None or reading.kind not in ("full", "month", "day", "year"):
        return None
    if reading.kind == "year" and part.heading < 0:
        return None
    if part.heading >= 0:
        source = "heading"
    return _Heading(reading, part.text, source)


def _date_in_url(page: Outline, row: Row) -> PartialDate | None:
    """Return the day in the path of the target, as many archives write it: ``/2024/03/05/``."""
    if row.target < 0:
        return None
    match = _URL_DAY.search(page.href(row.target))
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    reading = read_attribute(f"{year:04d}-{month:02d}-{day:02d}")
    if reading is None:
        return None
    return resolve_dates([reading], fetched_at=None)[0][0]
