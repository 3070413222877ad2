"""Find the dates in a piece of text.

Figures first: most text has none and is let go in a tenth of a microsecond. What has some is cut
into a shape, the shape's plan says where a date may stand, and the calendar has the last word.
"""

from __future__ import annotations

import re
from itertools import pairwise

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month, persian_to_gregorian
from scraper.dates.clock import clock_after, clock_alone, clock_before
from scraper.dates.han import find_han, has_han_figures
from scraper.dates.lexer import Lexed, lex
from scraper.dates.patterns import Plan, plan_dates
from scraper.dates.reading import Clock, DateOrder, Kind, Reading
from scraper.dates.relative import find_ago, read_words
from scraper.dates.vocabulary import Word

__all__ = ["find_date", "find_dates"]

#: Longer text names no date (PROMISES), and longer text without a figure is not even looked at.
LONGEST, LONGEST_WORDS = 128, 32

_DIGIT = re.compile(r"\d")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RANK = {"full": 5, "relative": 4, "day": 3, "month": 3, "year": 2, "time": 1, "day_only": 1}
# Whole texts that look like a day and are a saying.
_SAYINGS = frozenset({"24/7", "9/11", "50/50", "7/7"})
# What stands before a number that is no date: ``No. 2024/17``, ``v. 3.11.20``, ``page 3/4``.
_COUNTED = re.compile(
    r"(?:\b(?:no|nr|nos|num|vol|ver|version|v|page|p|room|art|issue|isbn|tel|fax|phone|ip|file|"
    r"case|docket|drs|drucksache|az|release|build|rev|log4j)|№|n°|§|#)[.:]?\s?$",
    re.IGNORECASE,
)


def find_date(text: str) -> Reading | None:
    """Return the first of the most complete dates in *text*, or None where there is none.

    *text* may say other things too; ``start`` and ``end`` are the span of the date. Of a range
    the first day is read and the span is the whole range. Text of more than 128 characters is no
    date, nor are three bare figures with blanks between them, nor a day and a month in figures
    unless nothing else is said.

    >>> reading = find_date("Posted on 3 March 2024 by Ann")
    >>> reading.kind, reading.year, reading.month, reading.day, reading.start, reading.end
    ('full', 2024, 3, 3, 10, 22)
    >>> find_date("Version 3.11.2")
    """
    if not _has_digit(text):
        if len(text) > LONGEST_WORDS:
            return None
        return find_han(text) if has_han_figures(text) else read_words(text)
    if len(text) > LONGEST:
        return None
    if not text.isascii() and _INVISIBLE.search(text):
        return _restore(text, find_date(_INVISIBLE.sub("", text)))
    best: Reading | None = None
    for reading in _read_all(text, first=True):
        if best is None or _RANK[reading.kind] > _RANK[best.kind]:
            best = reading
    return best


def find_dates(text: str) -> list[Reading]:
    """Return all dates in *text* that do not overlap, in order.

    >>> [reading.day for reading in find_dates("1 May 2024, updated 3 May 2024")]
    [1, 3]
    """
    if len(text) > LONGEST:
        return []
    if not _has_digit(text):
        found = find_date(text)
        return [found] if found else []
    if not text.isascii() and _INVISIBLE.search(text):
        readings = find_dates(_INVISIBLE.sub("", text))
        return [r for reading in readings if (r := _restore(text, reading))]
    return _read_all(text, first=False)


def _has_digit(text: str) -> bool:
    # Ten searches for one character are four times as fast as one search for a class.
    return (
        "2" in text or "1" in text or "0" in text or "3" in text or "4" in text or "5" in text
        or "6" in text or "7" in text or "8" in text or "9" in text
        or (not text.isascii() and _DIGIT.search(text) is not None)
    )  # fmt: skip


def _restore(text: str, reading: Reading | None) -> Reading | None:
    """Return a reading of *text* without its invisible characters, with its span in *text*."""
    if reading is None:
        return None
    places = [i for i, c in enumerate(text) if not _INVISIBLE.match(c)]
    return reading._replace(start=places[reading.start], end=places[reading.end - 1] + 1)


def _read_all(text: str, *, first: bool) -> list[Reading]:
    if not text.isascii():
        if has_han_figures(text):
            found = find_han(text)
            if found is not None:
                return [found]
        if "元年" in text:
            text = text.replace("和元年", "和1年").replace("成元年", "成1年")
    if "(e)ko" in text:
        # Basque writes its endings in brackets.
        text = text.replace("(e)ko", " eko ").replace("(a)", " a ")
    lexed = lex(text)
    readings: list[Reading] = []
    for plan in plan_dates(lexed.shape):
        reading = _make_reading(plan, lexed)
        if reading is not None:
            readings.append(reading)
            if first and reading.kind == "full" and lexed.size - plan.last <= 2:
                break
    if len(readings) > 1:
        readings = _merge_ranges(text, readings)
    if lexed.ago or "t" in lexed.shape:
        ago = find_ago(lexed)
        if ago is not None and not any(r.kind == "full" for r in readings):
            readings = [ago]
    if not readings:
        alone = clock_alone(text)
        if alone is not None:
            start = len(text) - len(text.lstrip())
            return [Reading("time", start, alone[1], clock=alone[0])]
    return readings


def _make_reading(plan: Plan, lexed: Lexed) -> Reading | None:
    """Return what the tokens of a plan say, or None where no calendar has such a day."""
    form = plan.form
    if form[0] == "n" or form[1:2] == "n":
        reading = _read_figures(plan, lexed)
    elif "p" in form:
        reading = _read_persian(plan, lexed)
    elif form == "d":
        reading = _read_day(plan, lexed)
    else:
        reading = _read_named(plan, lexed)
    if reading is None or reading.kind not in ("full", "day"):
        return reading
    return _with_clock(reading, plan, lexed)


def _with_clock(reading: Reading, plan: Plan, lexed: Lexed) -> Reading:
    """Return *reading* with the time of day that stands next to it."""
    text = lexed.text
    if plan.last + 1 < lexed.size:
        after = clock_after(text, lexed.end(plan.last))
        if after is not None:
            return reading._replace(clock=after[0], end=after[1])
    if plan.first >= 2 and ":" in text[: reading.start]:
        before = clock_before(text, reading.start)
        if before is not None:
            return reading._replace(clock=before[0], start=before[1])
    return reading


def _weekday(plan: Plan, lexed: Lexed) -> int | None:
    for part in ("w", "v"):
        if part in plan.parts:
            word = lexed.word(plan.parts[part])
            if word is not None and word.letter == "W":
                return word.value
    return None


def _weekday_belongs(token: int, lexed: Lexed, month: Word) -> bool:
    """Tell whether the word next to a date is a weekday in the language of its month."""
    day = lexed.word(token)
    if day is None or (lexed.width(token) <= 2 and lexed.pieces[2 * token + 1 : 2 * token + 3][-1] == " "
                       and lexed.text[lexed.start(token)].islower()):
        # ``on 5 March``: a Norwegian Wednesday, were it not English.
        return False
    return lexed.shape.count("B") > 0 or bool(day.languages & month.languages)


def _read_named(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read a date whose month is a name or marked as one."""
    parts = plan.parts
    start, end = lexed.start(plan.first), lexed.end(plan.last)
    word: Word | None = None
    months: tuple[tuple[int, frozenset[str]], ...] = ()
    if "m" in parts:
        word = lexed.word(parts.get("m0", parts["m"]))
        if word is None:
            return None
        months = word.months
        month = word.value
    else:
        month = lexed.number(parts["n"]) if "n" in parts else None
        if month is not None and month > 12:
            return None
    if word is not None and "w" in parts and not _weekday_belongs(parts["w"], lexed, word):
        start = lexed.start(parts["w"] + 1)
    if word is not None and "v" in parts and not _weekday_belongs(parts["v"], lexed, word):
        end = lexed.end(parts["v"] - 1)
    year, short = _read_year(plan, lexed, word)
    if year is None and ("y" in parts or "g" in parts):
        return None
    if "m0" in parts and "y0" not in parts and year is not None and month is not None:
        last = lexed.word(parts["m"])
        if last is not None and last.value is not None and last.value < month:
            year -= 1
    day = lexed.number(parts["d"]) if "d" in parts else None
    if day is not None and not _fits(year if not short else None, month, months, day):
        return None
    kind: Kind
    if day is not None:
        kind = "full" if year is not None else "day"
    elif month is not None or months:
        kind = "month"
    else:
        kind = "year"
    return Reading(
        kind, start, end, year, month, day, None, (), short, _weekday(plan, lexed), None, None,
        months if len(months) > 1 else (), word.languages if word is not None else None,
    )  # fmt: skip


def _fits(
    year: int | None, month: int | None, months: tuple[tuple[int, frozenset[str]], ...], day: int
) -> bool:
    if month is not None:
        return 1 <= day <= days_in_month(year, month)
    return any(day <= days_in_month(year, m) for m, _ in months)


def _read_year(plan: Plan, lexed: Lexed, word: Word | None) -> tuple[int | None, bool]:
    """Return the year of a plan in our calendar and whether its century is missing."""
    parts = plan.parts
    if "g" in parts:
        era = lexed.word(parts["e"])
        count = lexed.number(parts["g"])
        year = count + (era.value or 0) if era is not None else 0
        if era is not None and era.value == -543 and count < 100:
            year += 2500
        return (year if FIRST_YEAR <= year <= LAST_YEAR else None), False
    if "y0" in parts or "y" in parts:
        year = lexed.number(parts.get("y0", parts.get("y", 0)))
        if year > 2400:
            year -= 543
        return (year if FIRST_YEAR <= year <= LAST_YEAR else None), False
    if "s" in parts:
        short = lexed.number(parts["s"])
        if lexed.width(parts["s"]) != 2:
            return None, False
        if word is not None and "th" in word.languages and short > 42:
            return 2500 + short - 543, False
        return short, True
    return None, False


def _read_day(plan: Plan, lexed: Lexed) -> Reading | None:
    return Reading(
        "day_only", lexed.start(plan.first), lexed.end(plan.last),
        day=lexed.number(plan.parts["d"]),
        weekday=_weekday(plan, lexed),
    )  # fmt: skip


def _read_persian(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read a date with the name of a Persian month; without the year it says nothing."""
    parts = plan.parts
    word = lexed.word(parts["q"])
    if word is None or word.value is None or "y" not in parts:
        return None
    year = lexed.number(parts["y"])
    return _persian(plan, lexed, year, word.value, lexed.number(parts["d"]))


def _persian(plan: Plan, lexed: Lexed, year: int, month: int, day: int) -> Reading | None:
    found = persian_to_gregorian(year, month, day) if 1279 <= year <= 1478 else None
    if found is None:
        return None
    return Reading(
        "full", lexed.start(plan.first), lexed.end(plan.last), found.year,
        found.month, found.day, languages=frozenset({"fa"}),
    )  # fmt: skip


def _read_figures(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read a date that is figures alone."""
    parts, form = plan.parts, plan.form
    start = lexed.start(plan.first)
    if start and _COUNTED.search(lexed.text, max(0, start - 16), start):
        return None
    if form[:3] == "ynn":
        return _read_year_first(plan, lexed)
    if form[:2] in ("yn", "ny"):
        year, month = lexed.number(parts["y"]), lexed.number(parts["a"])
        if month > 12 or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        return Reading("month", start, lexed.end(plan.last), year, month)
    if form[:3] == "nny":
        return _read_year_last(plan, lexed)
    if form[:3] == "nns":
        return _read_short_year(plan, lexed)
    return _read_day_month(plan, lexed)


def _is_wide(plan: Plan, lexed: Lexed) -> bool:
    """Tell whether day and month have two figures each."""
    return lexed.width(plan.parts["a"]) == lexed.width(plan.parts["b"]) == 2


def _figures(plan: Plan, lexed: Lexed, *names: str) -> tuple[int, ...]:
    return tuple(lexed.number(plan.parts[name]) for name in names)


def _read_year_last(plan: Plan, lexed: Lexed) -> Reading | None:
    a, b, year = _figures(plan, lexed, "a", "b", "y")
    if plan.form[-1] == " " and not _is_wide(plan, lexed):
        return None
    if "f" in plan.parts and plan.form[-1] == ".":
        a = min(a, lexed.number(plan.parts["f"]))
    if year > 2400:
        year -= 543
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    orders: tuple[DateOrder, ...] = ("dmy",) if plan.form[-1] == "." else ("dmy", "mdy")
    return _with_orders(plan, lexed, (a, b, year), orders, short=False)


def _read_short_year(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read three short figures, a date if they are written as carefully as one."""
    parts, mark = plan.parts, plan.form[-1]
    dated = plan.last - plan.first > 2
    spaced = ". " in lexed.text[lexed.start(plan.first) : lexed.end(plan.last)]
    if mark != "/" and not (_is_wide(plan, lexed) or dated or (mark == "." and spaced)):
        return None
    possible: list[DateOrder] = []
    if lexed.width(parts["s"]) == 2:
        possible += ["dmy"] if mark == "." else ["dmy", "mdy"]
    if lexed.width(parts["a"]) == 2:
        possible.append("ymd")
    return _with_orders(plan, lexed, _figures(plan, lexed, "a", "b", "s"), tuple(possible), short=True)


def _read_year_first(plan: Plan, lexed: Lexed) -> Reading | None:
    parts = plan.parts
    year, month, day = (lexed.number(parts[name]) for name in "yab")
    if plan.form[-1] == " " and not _is_wide(plan, lexed):
        return None
    if year < FIRST_YEAR:
        # Iran writes its own years in figures too; lunar ones of this century begin at 1417.
        return _persian(plan, lexed, year, month, day) if year <= 1410 else None
    if year > 2400:
        year -= 543
    if year > LAST_YEAR or month > 12 or day > days_in_month(year, month):
        return None
    return Reading(
        "full", lexed.start(plan.first), lexed.end(plan.last), year, month, day,
        weekday=_weekday(plan, lexed),
    )  # fmt: skip


def _read_day_month(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read a day and a month in figures, which nothing but their being alone makes a date."""
    text, parts, mark = lexed.text, plan.parts, plan.form[-1]
    wide = _is_wide(plan, lexed)
    dated = plan.last - plan.first > 1 or plan.last + 1 < lexed.size
    if text.strip() in _SAYINGS:
        return None
    padded = wide and "0" in (text[lexed.start(parts["a"])], text[lexed.start(parts["b"])])
    if mark == "-" and not (padded or (wide and dated)):
        return None
    if mark == "." and not ("point" in parts or dated or padded):
        return None
    orders: tuple[DateOrder, ...] = ("dmy",) if mark == "." else ("dmy", "mdy")
    return _with_orders(plan, lexed, _figures(plan, lexed, "a", "b"), orders, short=False)


def _with_orders(
    plan: Plan, lexed: Lexed, figures: tuple[int, ...], orders: tuple[DateOrder, ...], *, short: bool
) -> Reading | None:
    """Return a reading with the orders in which its figures are a day."""
    orders = tuple(o for o in orders if _is_day(figures, o, short))
    if not orders:
        return None
    year, month, day = arrange(figures, orders[0])
    if len(orders) > 1 and any(arrange(figures, o) != (year, month, day) for o in orders[1:]):
        year, month, day = (None if short or len(figures) == 2 else figures[2]), None, None
    return Reading(
        "full" if len(figures) == 3 else "day", lexed.start(plan.first), lexed.end(plan.last),
        year, month, day, figures, orders, short, _weekday(plan, lexed),
    )  # fmt: skip


def arrange(figures: tuple[int, ...], order: DateOrder) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day of *figures* in *order*; without a third there is no year.

    >>> arrange((5, 3, 24), "dmy"), arrange((5, 3), "mdy")
    ((24, 3, 5), (None, 5, 3))
    """
    if order == "ymd":
        if len(figures) == 2:
            return None, figures[0], figures[1]
        return figures[0], figures[1], figures[2]
    year = figures[2] if len(figures) == 3 else None
    return (year, figures[1], figures[0]) if order == "dmy" else (year, figures[0], figures[1])


def _is_day(figures: tuple[int, ...], order: DateOrder, short: bool) -> bool:
    year, month, day = arrange(figures, order)
    if month is None or day is None or not 1 <= month <= 12:
        return False
    return 1 <= day <= days_in_month(None if short else year, month)


def _merge_ranges(text: str, readings: list[Reading]) -> list[Reading]:
    """Make one of two days with a dash between them: the first day, the span of both."""
    merged = [readings[0]]
    for before, after in pairwise(readings):
        between = text[before.end : after.start].strip()
        if between in ("-", "–", "—", "~", "～", "〜", "to", "bis", "au") and after.kind == "full":
            if merged[-1].kind == "full":
                merged[-1] = merged[-1]._replace(end=after.end)
                continue
            if merged[-1].kind == "day" and not merged[-1].orders:
                merged[-1] = merged[-1]._replace(kind="full", year=after.year, end=after.end)
                continue
        merged.append(after)
    return merged


__all__ += ["arrange", "Clock"]
