"""Dates in Chinese figures: 二〇二四年三月五日, 民國一百一十三年, 令和六年三月五日."""

from __future__ import annotations

import re

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month
from scraper.dates.reading import Reading
from scraper.dates.vocabulary import find_word

__all__ = ["find_han", "has_han_figures"]

_FIGURES = "〇零○一二三四五六七八九十百廿卅"
_DATE = re.compile(
    rf"(?:(?P<era>令和|平成|昭和|民國|民国)?(?P<y>[{_FIGURES}元]{{1,7}})年)?"
    rf"(?:(?P<m>[{_FIGURES}]{{1,2}})月(?:(?P<d>[{_FIGURES}]{{1,3}})[日号號])?)?"
)
_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "元": 1}


def has_han_figures(text: str) -> bool:
    """Tell whether *text* may hold a date in Chinese figures."""
    for mark in "月年":
        at = text.find(mark)
        if at > 0 and text[at - 1] in _FIGURES:
            return True
    return False


def find_han(text: str) -> Reading | None:
    """Return the first date in Chinese figures.

    >>> reading = find_han("二〇二四年三月十五日")
    >>> reading.year, reading.month, reading.day
    (2024, 3, 15)
    """
    for match in _DATE.finditer(text):
        if match["y"] or match["d"]:
            found = _read(match)
            if found is not None:
                return found
    return None


def _read(match: re.Match[str]) -> Reading | None:
    year = read_figures(match["y"]) if match["y"] else None
    month = read_figures(match["m"]) if match["m"] else None
    day = read_figures(match["d"]) if match["d"] else None
    if year is not None:
        if match["era"]:
            era = find_word(match["era"])
            year += (era.value or 0) if era else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and (month is None or not 1 <= day <= days_in_month(year, month)):
        return None
    start, end = match.span()
    if day is not None:
        return Reading("full" if year is not None else "day", start, end, year, month, day)
    if month is not None:
        return Reading("month", start, end, year, month) if year is not None else None
    return Reading("year", start, end, year) if match[0] == match.string.strip() else None


def read_figures(text: str) -> int:
    """Return the number that Chinese figures write, by place or by value.

    >>> read_figures("二〇二四"), read_figures("二十三"), read_figures("一百一十三")
    (2024, 23, 113)
    """
    if not any(c in "十百廿卅" for c in text):
        return int("".join(str(_VALUES[c]) for c in text))
    total, figure = 0, 0
    for c in text.replace("廿", "二十").replace("卅", "三十"):
        if c in "十百":
            total += (figure or 1) * (10 if c == "十" else 100)
            figure = 0
        else:
            figure = _VALUES[c]
    return total + figure
