"""Dates written by machines for machines: ISO 8601, RFC 2822 and the epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month
from scraper.dates.finding import find_date
from scraper.dates.reading import Clock, Reading

__all__ = ["read_attribute"]

_LONGEST = 64
_ISO = re.compile(
    r"\s*(?P<year>[12]\d{3})"
    r"(?:(?P<dash>[-/.]?)(?P<month>0[1-9]|1[0-2])(?:(?P=dash)(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T\s,]\s*(?P<hour>[01]\d|2[0-4])(?::?(?P<minute>[0-5]\d)"
    r"(?::?(?P<second>[0-5]\d|60)(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+\u2212-]\d{2}(?::?\d{2})?)?(?:\[[\w/+-]+\])?)?)?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_WEEK = re.compile(r"\s*([12]\d{3})-?W([0-5]\d)-?([1-7])\s*", re.ASCII)
_DAY_OF_YEAR = re.compile(r"\s*([12]\d{3})-([0-3]\d\d)\s*", re.ASCII)
_EPOCH = re.compile(r"\s*(\d{9,10})(\d{3})?(?:\.\d+)?\s*", re.ASCII)


def read_attribute(value: str) -> Reading | None:
    """Return the date that a machine wrote into an attribute, or None where it wrote none.

    Read are ISO 8601 in all its widths, also with a blank for the ``T``; RFC 2822; seconds and
    milliseconds since 1970; and where those fail a full date as people write it, if it is all
    that *value* says.

    >>> read_attribute("2024-03-05T10:00:00+01:00").clock
    Clock(hour=10, minute=0, second=0, offset_min=60)
    >>> read_attribute("20240305").day, read_attribute("2024-03").kind
    (5, 'month')
    """
    if not value or len(value) > _LONGEST:
        return None
    match = _ISO.fullmatch(value)
    if match is not None:
        return _read_iso(match)
    for pattern, read in (
        (_WEEK, _read_week),
        (_DAY_OF_YEAR, _read_ordinal),
        (_EPOCH, _read_epoch),
    ):
        match = pattern.fullmatch(value)
        if match is not None:
            return read(match)
    reading = find_date(value)
    if reading is None or reading.kind not in ("full", "month"):
        return None
    rest = value[: reading.start] + value[reading.end :]
    return reading if not any(c.isalnum() for c in rest) else None


def _span(match: re.Match[str]) -> tuple[int, int]:
    text = match.string
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _read_iso(match: re.Match[str]) -> Reading | None:
    start, end = _span(match)
    year = int(match["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if match["month"] is None:
        return Reading("year", start, end, year)
    month = int(match["month"])
    if match["day"] is None:
        # Six figures are more likely a time or a number than a month.
        return Reading("month", start, end, year, month) if match["dash"] else None
    day = int(match["day"])
    if day > days_in_month(year, month):
        return None
    return Reading("full", start, end, year, month, day, clock=_read_clock(match))


def _read_clock(match: re.Match[str]) -> Clock | None:
    if match["hour"] is None:
        return None
    zone = match["zone"]
    offset = None
    if zone:
        offset = 0
        if zone[0] in "+-\u2212":
            digits = zone[1:].replace(":", "")
            offset = int(digits[:2]) * 60 + int(digits[2:] or 0)
            if offset > 14 * 60:
                offset = None
            elif zone[0] != "+":
                offset = -offset
    second = min(int(match["second"] or 0), 59)
    return Clock(int(match["hour"]), int(match["minute"] or 0), second, offset)


def _read_week(match: re.Match[str]) -> Reading | None:
    year, week, day = (int(g) for g in match.groups())
    try:
        found = datetime.fromisocalendar(year, week, day)
    except ValueError:
        return None
    return _from_datetime(found, match)


def _read_ordinal(match: re.Match[str]) -> Reading | None:
    year, number = (int(g) for g in match.groups())
    found = datetime(year, 1, 1) + timedelta(days=number - 1)
    return _from_datetime(found, match) if number and found.year == year else None


def _read_epoch(match: re.Match[str]) -> Reading | None:
    found = datetime.fromtimestamp(int(match[1]), UTC)
    reading = _from_datetime(found, match)
    clock = Clock(found.hour, found.minute, found.second, 0)
    return reading._replace(clock=clock) if reading else None


def _from_datetime(found: datetime, match: re.Match[str]) -> Reading | None:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    start, end = _span(match)
    return Reading("full", start, end, found.year, found.month, found.day)
