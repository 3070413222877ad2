"""Find the dates in a piece of text.

Figures first: most text has none and is let go in a tenth of a microsecond. What has some is cut
into a shape, the shape's plan says where a date may stand, and the calendar has the last word.
"""

from __future__ import annotations

import re
from itertools import pairwise

from scraper.dates.clock import clock_after, clock_alone, clock_before
from scraper.dates.figures import read_figures
from scraper.dates.han import find_han, has_han_figures
from scraper.dates.lexer import Lexed, lex
from scraper.dates.named import read_day, read_named, read_persian
from scraper.dates.patterns import Plan, plan_dates
from scraper.dates.reading import Reading
from scraper.dates.relative import find_ago, read_words

__all__ = ["find_date", "find_dates"]

#: Longer text names no date (PROMISES), and longer text without a figure is not even looked at.
LONGEST, LONGEST_WORDS = 128, 32
# After so many places that look like a date and are none, a text is no dateline.
_MOST_TRIES = 6

_DIGIT = re.compile(r"\d")
# Only scripts from Arabic on have figures of their own.
_LATE = re.compile(r"[^\x00-\u065f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DASHES = frozenset(("-", "–", "—", "~", "～", "〜", "to", "bis", "au", "al", "по"))


def find_date(text: str) -> Reading | None:
    """Return the first of the most complete dates in *text*, or None where there is none.

    *text* may say other things too; ``start`` and ``end`` are the span of the date. Of a range
    the first day is read and the span is the whole range. Text of more than 128 characters is no
    date; nor are three bare figures with blanks between them, unless they are the whole text and
    one is a year of four; nor a day and a month in figures, unless nothing else is said.

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
    if not text.isascii():
        if _INVISIBLE.search(text):
            return _restore(text, find_date(_INVISIBLE.sub("", text)))
        if has_han_figures(text):
            found = find_han(text)
            if found is not None:
                return found
    lexed = lex(_rewrite(text) if "(e)ko" in text or "元年" in text else text)
    plans = plan_dates(lexed.shape)
    found = _read_best(plans, lexed) if plans else None
    if lexed.ago and (found is None or found.kind != "full"):
        found = find_ago(lexed) or found
    return found or clock_alone(text)


def find_dates(text: str) -> list[Reading]:
    """Return all dates in *text* that do not overlap, in order.

    >>> [reading.day for reading in find_dates("1 May 2024, updated 3 May 2024")]
    [1, 3]
    """
    if len(text) > LONGEST:
        return []
    if not text.isascii() and _INVISIBLE.search(text):
        readings = find_dates(_INVISIBLE.sub("", text))
        return [restored for r in readings if (restored := _restore(text, r)) is not None]
    readings = []
    if _has_digit(text) and not has_han_figures(text):
        lexed = lex(_rewrite(text))
        found = (_read(plan, lexed) for plan in plan_dates(lexed.shape))
        readings = _merge_ranges(text, [reading for reading in found if reading is not None])
    if not readings:
        alone = find_date(text)
        readings = [alone] if alone is not None else []
    return readings


def _has_digit(text: str) -> bool:
    # Ten searches for one character are four times as fast as one search for a class.
    return (
        "2" in text or "1" in text or "0" in text or "3" in text or "4" in text or "5" in text
        or "6" in text or "7" in text or "8" in text or "9" in text
        or not (text.isascii() or _LATE.search(text) is None or _DIGIT.search(text) is None)
    )  # fmt: skip


def _restore(text: str, reading: Reading | None) -> Reading | None:
    """Return a reading of *text* without its invisible characters, with its span in *text*."""
    if reading is None:
        return None
    places = [i for i, c in enumerate(text) if not _INVISIBLE.match(c)]
    return reading._replace(start=places[reading.start], end=places[reading.end - 1] + 1)


def _rewrite(text: str) -> str:
    """Return *text* with what would be in the way written otherwise, in as many characters."""
    if "(e)ko" in text:
        # Basque puts the endings of figures in brackets.
        return text.replace("(e)ko", " eko ").replace("(a)", " a ")
    if "元年" in text:
        return text.replace("和元年", "和1年").replace("成元年", "成1年")
    return text


def _read_best(plans: tuple[Plan, ...], lexed: Lexed) -> Reading | None:
    """Return the first reading of the highest rank."""
    if len(plans) == 1:
        return _read(plans[0], lexed)
    ranked = sorted(plans, key=_by_rank)
    for plan in ranked[:_MOST_TRIES]:
        reading = _read(plan, lexed)
        if reading is not None:
            following = plans.index(plan) + 1
            if following < len(plans) and plans[following].first == plan.last + 1:
                after = _read(plans[following], lexed)
                if after is not None:
                    return _merge_ranges(lexed.text, [reading, after])[0]
            before = following - 2
            if before >= 0 and plans[before].last == plan.first - 1:
                first = _read(plans[before], lexed)
                if first is not None:
                    return _merge_ranges(lexed.text, [first, reading])[-1]
            return reading
    return None


def _by_rank(plan: Plan) -> int:
    return -plan.rank


def _read(plan: Plan, lexed: Lexed) -> Reading | None:
    """Return what the tokens of a plan say, with the time of day next to them."""
    family = plan.family
    if family == "figures":
        reading = read_figures(plan, lexed)
    elif family == "persian":
        reading = read_persian(plan, lexed)
    elif family == "day":
        return read_day(plan, lexed)
    else:
        reading = read_named(plan, lexed)
    if reading is None or not plan.timed or reading.kind == "month":
        return reading
    after = clock_after(lexed.text, reading.end)
    if after is not None:
        return reading._replace(clock=after[0], end=after[1])
    before = clock_before(lexed.text, reading.start)
    if before is not None:
        return reading._replace(clock=before[0], start=before[1])
    return reading


def _merge_ranges(text: str, readings: list[Reading]) -> list[Reading]:
    """Make one of two days with a dash between them: the first day, the span of both."""
    merged = readings[:1]
    for before, after in pairwise(readings):
        if after.kind == "full" and text[before.end : after.start].strip(" .") in _DASHES:
            if before.kind == "full":
                merged[-1] = merged[-1]._replace(end=after.end)
                continue
            if before.kind == "day" and not before.orders and before.month is not None:
                late = after.month is not None and before.month > after.month
                year = after.year - late if after.year is not None else None
                merged[-1] = before._replace(kind="full", year=year, end=after.end)
                continue
        merged.append(after)
    return merged
