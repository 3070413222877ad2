"""When each entry is from: its own date, the heading above its group, or the issue it stands in.

The column decides here too. Of several dates in an entry (written, updated, due) the column that
most entries have, printed as a date and nothing else, is the entry's; what stands in prose is a
day somebody talks about and never counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Hashable
from typing import NamedTuple

from scraper.dates import PartialDate, Reading, find_date, read_attribute, resolve_dates
from scraper.models import DateSource
from scraper.parsers.columns import Column, Columns
from scraper.parsers.document import Document
from scraper.parsers.parts import Part, Parts
from scraper.parsers.rows import Reading as Listed
from scraper.parsers.rows import Row
from scraper.parsers.tree import ASIDE, NAV, Outline
from scraper.parsers.words import word_set

__all__ = ["EntryDate", "date_rows"]

# How many parts above the first entry a date may stand and still govern the entries below it; and
# how many below the page's own heading, whatever then comes between (the preface of an issue).
_ABOVE = 8
_BELOW_HEADING = 3
# A line that dates a group may say more: "Published in the Law Journal of 10/24/2023:"
_LONGEST_HEADING = 80
_LONGEST_LINE = 120
# `12`, `Mar`, `2024` in elements of their own.
_LONGEST_PIECE = 12
_WHOLE = frozenset({"full", "relative"})
# `Jena, 9-11 March 2001` is all that some entries say; a day in a longer teaser is a story's.
_LONGEST_TEASER = 90
# What classes, or the words in front of it, say of a date.
# What numbers and names an issue.
_ISSUE_NAMES = word_set(
    "volume vol issue no nr number heft ausgabe numéro numero número nummer numer nr tome выпуск "
    "номер číslo sayı edition newsletter bulletin"
)
# What a part of the page is unfolded by.
_FOLDS = frozenset({"button", "summary"})
_DATED_NAMES = word_set(
    "date time published posted datum fecha datetime pubdate dateline day issued released "
    "veröffentlicht publié publiée publicado publicada pubblicato gepubliceerd publicerad "
    "publisert offentliggjort julkaistu opublikowano zveřejněno közzétéve publicat опубликовано "
    "опубліковано публикувано δημοσιεύθηκε yayınlanma"
)
_OTHER_NAMES = word_set(
    "updated modified update deadline expires expiry until due closes closing valid ends "
    "aktualisiert geändert frist einsendeschluss bewerbungsfrist bis "
    "modifié modifiée limite actualizado actualizada vence hasta plazo "
    "atualizado atualizada prazo até aggiornato scadenza scade entro bijgewerkt gewijzigd "
    "uiterlijk uppdaterad oppdatert opdateret päivitetty zaktualizowano aktualizacja aktualizováno "
    "frissítve határidő actualizat termen обновлено срок оновлено обновена güncelleme ενημέρωση"
)
# Longer texts in front of a date are a sentence.
_LONGEST_LABEL = 40
_WORD = re.compile(r"[^\W\d_]+")
_DAY_MONTH = re.compile(r"\d{2}[-.]\d{2}")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=\D|$)")


class EntryDate(NamedTuple):
    """A date with where it comes from."""

    date: PartialDate
    text: str | None
    source: DateSource


class _Found(NamedTuple):
    """A date somewhere in an entry."""

    key: Hashable
    reading: Reading
    text: str
    source: DateSource
    order: int
    #: It is all there is to its part.
    pure: bool
    names: frozenset[str]


class _Heading(NamedTuple):
    """A date above entries."""

    reading: Reading
    text: str
    source: DateSource


def date_rows(
    document: Document, parts: Parts, readings: list[Listed]
) -> tuple[dict[int, EntryDate], list[str]]:
    """Return the dates of the rows by ``id(row)``, and what a careful reader should know."""
    dated: dict[int, EntryDate] = {}
    warnings: list[str] = []
    taken = {
        k
        for one in readings
        for row in one.rows
        for k in range(row.first, row.first + len(row.parts))
    }
    for listed in readings:
        rows = [row for row in listed.rows if row.title is not None]
        found = [_find_dates(document.outline, row, listed.columns) for row in rows]
        picked = _choose_dates(rows, found)
        if sum(one is not None and one.reading.kind in _WHOLE for one in picked) * 2 < len(rows):
            boxes = [_find_boxes(row, listed.columns) for row in rows]
            if any(boxes):
                both = [a + b for a, b in zip(found, boxes, strict=True)]
                picked = _choose_dates(rows, both)
        above = _read_headings(document.outline, parts, rows, taken)
        picked = [
            None if _says_too_little(one, heading) else one
            for one, heading in zip(picked, above, strict=True)
        ]
        if any(one is not None and one.reading.kind == "full" for one in picked):
            # Where entries have dates of their own, one without has none: the page's is another's.
            above = [one if one is None or one.source == "heading" else None for one in above]
        notes = _resolve(document, rows, picked, above, dated)
        warnings += notes
    return dated, warnings


def _says_too_little(one: _Found | None, heading: _Heading | None) -> bool:
    """Tell whether a date is a bare number, or a time below a day, whose entry is of that day."""
    if one is None or one.reading.kind not in ("day_only", "time"):
        return False
    if one.reading.kind == "day_only":
        return not _heads_month(heading)
    return heading is not None and heading.reading.kind == "day"


def _heads_month(heading: _Heading | None) -> bool:
    """Tell whether bare numbers below *heading* are days: anywhere else they count comments."""
    return heading is not None and heading.reading.kind == "month"


def _resolve(
    document: Document,
    rows: list[Row],
    picked: list[_Found | None],
    above: list[_Heading | None],
    dated: dict[int, EntryDate],
) -> list[str]:
    """Add the days that *picked* dates and the headings *above* amount to; return the warnings."""
    context = [one.reading if one else None for one in above]
    readings = [
        one.reading if one is not None else inherited
        for one, inherited in zip(picked, context, strict=True)
    ]
    days, warnings = resolve_dates(
        readings,
        fetched_at=document.page.fetched_at,
        language=document.language,
        context=context,
        order=document.date_order,
    )
    for row, day, own, heading in zip(rows, days, picked, above, strict=True):
        origin = own or heading
        if day is not None and origin is not None:
            dated[id(row)] = EntryDate(day, origin.text, origin.source)
        elif own is None and (day := _date_in_url(document.outline, row)) is not None:
            dated[id(row)] = EntryDate(day, None, "url")
    return warnings


def _find_dates(page: Outline, row: Row, columns: Columns) -> list[_Found]:
    """Return the dates of an entry outside its prose."""
    found: list[_Found] = []
    for order, part in enumerate(row.parts):
        if part is row.title:
            one = _date_behind(part, columns.of[row.first + order])
        elif part.weight > (_LONGEST_TEASER if part in row.teaser else _LONGEST_LINE):
            continue
        else:
            one = _date_of(page, row, order, columns.of[row.first + order])
        if one is not None:
            found.append(one)
    if page.times:
        found += _find_times(page, row)
    return found


def _date_of(page: Outline, row: Row, order: int, column: Column) -> _Found | None:
    part = row.parts[order]
    reading = part.reading
    if reading is None or reading.kind == "time":
        reading = _read_in_column(part, column)
    if reading is None:
        return None
    text = part.text[reading.start : reading.end]
    pure = part.is_date or text == part.text
    names = column.names | _words_before(page, row.parts, order, reading.start)
    return _Found(column, reading, text, "text", order, pure, names)


def _read_in_column(part: Part, column: Column) -> Reading | None:
    """Return what only a column of dates makes one: ``10-31`` of this year, ``14:05`` of today."""
    if not column.names & _DATED_NAMES:
        return None
    if _DAY_MONTH.fullmatch(part.text):
        return find_date(part.text.replace("-", "/").replace(".", "/"))
    reading = part.reading
    whole = reading is not None and reading.end - reading.start == len(part.text)
    return reading if whole else None


def _words_before(page: Outline, parts: list[Part], order: int, start: int) -> frozenset[str]:
    """Return what is said of a date in front of it: "Deadline: 3 March", in one part or in two."""
    label = parts[order].text[:start]
    if not start and order and _is_term(page, parts[order - 1], parts[order]):
        label = parts[order - 1].text
    if not label or len(label) > _LONGEST_LABEL:
        return _NO_WORDS
    return frozenset(_WORD.findall(label.casefold()))


def _is_term(page: Outline, part: Part, following: Part) -> bool:
    """Tell whether *part* names what follows: on its line, or as a term or head of a row."""
    return part.line == following.line or page.tag(part.node) in ("dt", "th")


_NO_WORDS: frozenset[str] = frozenset()


def _date_behind(part: Part, column: Column) -> _Found | None:
    """Return the date that a headline ends with: ``Headline (3 March 2024)``."""
    last = part.text[-1]
    reading = part.reading if last.isdigit() or last in ")]日" else None
    if reading is None or reading.kind != "full" or len(part.text) - reading.end > 2:
        return None
    text = part.text[reading.start : reading.end]
    return _Found(("title", column), reading, text, "text", 0, False, column.names)


def _find_boxes(row: Row, columns: Columns) -> list[_Found]:
    """Return the dates of an entry that are split over elements."""
    found: list[_Found] = []
    for order, part in enumerate(row.parts):
        if part is not row.title and part.weight <= _LONGEST_PIECE:
            box = _read_box(row.parts, order)
            if box is not None:
                column = columns.of[row.first + order]
                key = ("box", column)
                found.append(_Found(key, box[1], box[0], "text", order, True, column.names))
    return found


def _find_times(page: Outline, row: Row) -> list[_Found]:
    """Return the dates that ``<time datetime>`` elements of an entry give."""
    found: list[_Found] = []
    low, high = row.nodes
    for node in page.times[bisect_left(page.times, low) : bisect_left(page.times, high)]:
        value = page.attributes(node).get("datetime")
        reading = read_attribute(value) if value else None
        if value and reading is not None:
            text = page.text(page.first[node], page.last[node]) or value
            names = frozenset(_class_words(page, node))
            key = ("time", page.paths.names[page.path[node]])
            found.append(_Found(key, reading, text, "attribute", 0, True, names))
    return found


def _class_words(page: Outline, node: int) -> set[str]:
    names = page.paths.names[page.path[node]]
    return {word for name in names for word in name.split("-")}


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
        if (
            reading is not None
            and reading.kind in ("full", "day")
            and reading.end - reading.start == len(text)
        ):
            best = (text, reading)
    return best


def _choose_dates(rows: list[Row], found: list[list[_Found]]) -> list[_Found | None]:
    """Choose one date per row by column."""
    columns: dict[Hashable, list[tuple[int, _Found]]] = {}
    for number, dates in enumerate(found):
        for one in dates:
            columns.setdefault(one.key, []).append((number, one))
    scores = {key: _score_column(members, len(rows)) for key, members in columns.items()}
    picked: list[_Found | None] = []
    for dates in found:
        best = max(dates, key=lambda d: (scores[d.key], -d.order), default=None)
        picked.append(best if best is not None and scores[best.key] >= 1.0 else None)
    return picked


def _score_column(members: list[tuple[int, _Found]], total: int) -> float:
    """Return how much a column of dates behaves like the dates of the entries."""
    dates = [one for _, one in members]
    n = len(dates)
    kinds = [one.reading.kind for one in dates]
    score = 3.0 * len({row for row, _ in members}) / total
    score += 2.0 * sum(one.pure for one in dates) / n
    score += 1.0 * sum(kind in ("full", "relative") for kind in kinds) / n
    score -= 1.5 * kinds.count("year") / n
    score -= 3.0 * kinds.count("day_only") / n
    score += 0.8 if any(one.names & _DATED_NAMES for one in dates) else 0
    score -= 1.5 if any(one.names & _OTHER_NAMES for one in dates) else 0
    score -= 0.08 * sum(min(one.order, 12) for one in dates) / n
    key = dates[0].key
    return score + (
        {"time": 0.7, "title": -1.0}.get(str(key[0]), 0.0) if isinstance(key, tuple) else 0
    )


def _read_headings(
    page: Outline, parts: Parts, rows: list[Row], taken: set[int]
) -> list[_Heading | None]:
    """Return, per row, the date of the heading that governs it."""
    if not rows:
        return []
    first, last = rows[0].first, rows[-1].first
    between = [k for k in range(first, last) if k not in taken]
    above = [k for k in range(first) if k not in taken]
    repeated = _repeated_paths(parts, [*above[-_ABOVE:], *between])
    current = _date_above(page, parts, above, repeated)
    out: list[_Heading | None] = []
    position = 0
    grouped = False
    for row in rows:
        while position < len(between) and between[position] < row.first:
            heading = _as_heading(page, parts.all[between[position]], "heading", repeated)
            position += 1
            if heading is not None:
                if not grouped and current is not None:
                    # A second date between the entries: the first headed a group too.
                    out = [one and one._replace(source="heading") for one in out]
                grouped = True
                current = heading
        out.append(current)
    return out


def _date_above(
    page: Outline, parts: Parts, above: list[int], repeated: set[int]
) -> _Heading | None:
    """Return the date that stands over the whole list."""
    current = None
    below_heading = _BELOW_HEADING + 1
    for place, k in enumerate(above):
        part = parts.all[k]
        below_heading = 0 if part.heading >= 0 else below_heading + 1
        if len(above) - place <= _ABOVE or below_heading <= _BELOW_HEADING:
            heading = _as_heading(page, part, "page", repeated)
            if heading is not None and (
                len(above) - place <= _ABOVE or heading.reading.kind == "full"
            ):
                current = heading
    return current


def _repeated_paths(parts: Parts, numbers: list[int]) -> set[int]:
    """Return the paths of which two parts or more name a date."""
    counts: dict[int, int] = {}
    for k in numbers:
        part = parts.all[k]
        if part.weight <= _LONGEST_HEADING and part.reading is not None:
            counts[part.path] = counts.get(part.path, 0) + 1
    return {path for path, count in counts.items() if count > 1}


def _as_heading(
    page: Outline, part: Part, source: DateSource, repeated: set[int]
) -> _Heading | None:
    # A linked date leads to an entry, or is one of another list.
    if part.weight > _LONGEST_HEADING or part.link >= 0 or page.mark(part.node) & (NAV | ASIDE):
        return None
    reading = part.reading
    if reading is None or reading.kind not in ("full", "month", "day", "year"):
        return None
    if not (part.is_date or part.path in repeated or _heads_issue(part, reading)):
        return None
    if reading.kind == "year" and part.heading < 0 and page.tag(part.node) not in _FOLDS:
        return None
    return _Heading(reading, part.text, "heading" if part.heading >= 0 else source)


def _heads_issue(part: Part, reading: Reading) -> bool:
    """Tell whether a heading is that of an issue: ``Volume 12, Issue 4, December 2023``.

    "European elections, 9 June 2024" is a story's, and dates nothing that stands below.
    """
    if part.heading < 0 or (reading.end - reading.start) * 3 < len(part.text):
        return False
    return not _ISSUE_NAMES.isdisjoint(_WORD.findall(part.text.casefold()))


def _date_in_url(page: Outline, row: Row) -> PartialDate | None:
    """Return the day in the path of the target, as many archives write it: ``/2024/03/05/``."""
    match = _URL_DAY.search(page.hrefs[row.target]) if row.target >= 0 else None
    reading = read_attribute("-".join(match.groups())) if match else None
    return resolve_dates([reading], fetched_at=None)[0][0] if reading else None
