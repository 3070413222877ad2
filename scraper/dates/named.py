"""Dates whose month is a name or marked as one, in our calendar and in others."""

from __future__ import annotations

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month, persian_day
from scraper.dates.figures import COUNTED
from scraper.dates.lexer import Lexed
from scraper.dates.patterns import Plan
from scraper.dates.reading import Kind, Reading
from scraper.dates.vocabulary import Word

__all__ = ["read_day", "read_named", "read_persian"]

_Months = tuple[tuple[int, frozenset[str]], ...]
_BUDDHIST = 543


def read_named(plan: Plan, lexed: Lexed) -> Reading | None:
    """Return the date of *plan*, or None where no calendar has it."""
    parts = plan.parts
    word: Word | None = None
    month: int | None = None
    months: _Months = ()
    if "m" in parts:
        word = lexed.word(parts["m0"] if "m0" in parts else parts["m"])
        if word is None:
            return None
        month, months = word.value, word.months
    elif "n" in parts:
        month = lexed.number(parts["n"])
        if month > 12:
            return None
    year, short = _read_year(plan, lexed, word)
    if year is None and ("y" in parts or "g" in parts or "s" in parts):
        return None
    if "m0" in parts and year is not None:
        year = _year_of_first(plan, lexed, year, month)
    counted = _counts(plan, lexed)
    day = lexed.number(parts["d"]) if "d" in parts and not counted else None
    if day is not None and not _fits(None if short else year, month, months, day):
        return None
    start, end, weekday = _span(plan, lexed, word)
    if counted:
        start = lexed.start(parts["m"])
    kind: Kind = "year"
    if day is not None:
        kind = "day" if year is None else "full"
    elif word is not None or month is not None:
        kind = "month"
    known = word or (lexed.word(parts["e"]) if "e" in parts else None)
    languages = (known.languages or None) if known is not None else None
    return Reading(
        kind, start, end, year, month, day, None, (), short, weekday, None, None, months, languages
    )


def _counts(plan: Plan, lexed: Lexed) -> bool:
    """Tell whether what looks like the day is a number: ``Issue 4, December 2023``."""
    day = plan.parts.get("d", 0)
    return (
        0 < day < plan.parts.get("m", 0)
        and day == plan.first
        and lexed.pieces[2 * day].strip() in ("", ".")
        and lexed.piece(day - 1).lower() in COUNTED
    )


def read_day(plan: Plan, lexed: Lexed) -> Reading:
    """Return a bare day, as a calendar's leaf or a group's row has it."""
    return Reading(
        "day_only", lexed.start(plan.first), lexed.end(plan.last),
        day=lexed.number(plan.parts["d"]), weekday=plan.weekday(lexed),
    )  # fmt: skip


def read_persian(plan: Plan, lexed: Lexed) -> Reading | None:
    """Return the day of a solar hijri date; a year's part of one is in two of our years."""
    word = lexed.word(plan.parts["q"])
    if word is None or word.value is None:
        return None
    year, day = lexed.number(plan.parts["y"]), lexed.number(plan.parts["d"])
    found = persian_day(year, word.value, day)
    if found is None:
        return None
    return Reading(
        "full", lexed.start(plan.first), lexed.end(plan.last), found.year, found.month, found.day,
        languages=word.languages,
    )  # fmt: skip


def _span(plan: Plan, lexed: Lexed, month: Word | None) -> tuple[int, int, int | None]:
    """Return where a date begins and ends, and its weekday.

    A word next to it is a weekday only in the language of its month: *on* is short for a Norwegian
    Wednesday, *den* is a Czech day.
    """
    start, end, weekday = lexed.start(plan.first), lexed.end(plan.last), None
    if "u" in plan.parts:
        # In brackets, which belong to it.
        return start, end + 1, plan.weekday(lexed)
    for part in ("w", "v"):
        if part not in plan.parts:
            continue
        token = plan.parts[part]
        word = lexed.word(token)
        if word is None or (month is not None and not word.languages & month.languages):
            outside = True
        else:
            before_blank = lexed.pieces[2 * token + 2][:1] == " "
            outside = lexed.width(token) == 2 and before_blank and lexed.piece(token).islower()
        if outside and part == "w":
            start = lexed.start(token + 1)
        elif outside:
            end = lexed.end(token - 1)
        elif word is not None and word.letter == "W":
            weekday = word.value
    return start, end, weekday


def _year_of_first(plan: Plan, lexed: Lexed, year: int, month: int | None) -> int:
    """Return the year of the first day of a range, *year* being that of the last."""
    last = lexed.word(plan.parts["m"])
    if "y0" in plan.parts or month is None or last is None or last.value is None:
        return year
    return year - 1 if last.value < month else year


def _fits(year: int | None, month: int | None, months: _Months, day: int) -> bool:
    """Tell whether the month, or one of those that its name may mean, has so many days."""
    if month is not None:
        return day <= days_in_month(year, month)
    return any(day <= days_in_month(year, number) for number, _ in months)


def _read_year(plan: Plan, lexed: Lexed, month: Word | None) -> tuple[int | None, bool]:
    """Return the year of a plan in our calendar, and whether its century is missing."""
    parts = plan.parts
    if "y0" in parts or "y" in parts:
        year = lexed.number(parts["y0"] if "y0" in parts else parts["y"])
        if year > 2400:
            year -= _BUDDHIST
        return (year if FIRST_YEAR <= year <= LAST_YEAR else None), False
    if "g" in parts:
        return _read_era(plan, lexed), False
    if "s" in parts:
        short = lexed.number(parts["s"])
        if lexed.width(parts["s"]) != 2:
            return None, False
        if month is not None and "th" in month.languages and short > 42:
            return 2500 + short - _BUDDHIST, False
        return short, True
    return None, False


def _read_era(plan: Plan, lexed: Lexed) -> int | None:
    """Return the year that is counted from an era."""
    era = lexed.word(plan.parts["e"])
    if era is None or era.value is None:
        return None
    year = lexed.number(plan.parts["g"]) + era.value
    if era.value == -_BUDDHIST and year < 0:
        year += 2500
    return year if FIRST_YEAR <= year <= LAST_YEAR else None
