"""Days of other calendars turned into Gregorian ones, and what days there are."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["FIRST_YEAR", "LAST_YEAR", "days_in_month", "full_year", "persian_day"]

#: Years outside are no years that a listing means.
FIRST_YEAR, LAST_YEAR = 1900, 2100
_LENGTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# The solar hijri year 1 began so many days before 1 January of the Gregorian year 1.
_PERSIAN_LEAPS = (1, 5, 9, 13, 17, 22, 26, 30)
_PERSIAN_EPOCH = date(622, 3, 21).toordinal()


def days_in_month(year: int | None, month: int) -> int:
    """Return how many days a month has; without a year February has 29.

    >>> days_in_month(2023, 2), days_in_month(None, 2)
    (28, 29)
    """
    if month == 2 and year is not None and (year % 4 or (year % 100 == 0 and year % 400)):
        return 28
    return _LENGTHS[month]


def full_year(short: int, *, latest: int) -> int:
    """Return the year of two figures that is nearest before *latest* or is it.

    >>> full_year(24, latest=2030), full_year(99, latest=2030)
    (2024, 1999)
    """
    year = latest // 100 * 100 + short
    return year if year <= latest else year - 100


def persian_day(year: int, month: int, day: int) -> date | None:
    """Return our day for a solar hijri one, by the 33-year rule (true from 1178 to 1633).

    >>> persian_day(1402, 12, 15)
    datetime.date(2024, 3, 5)
    """
    if not (1279 <= year <= 1478 and 1 <= month <= 12):
        return None
    is_leap = year % 33 in _PERSIAN_LEAPS
    if not 1 <= day <= (31 if month <= 6 else 30 if month < 12 or is_leap else 29):
        return None
    cycles, rest = divmod(year - 1, 33)
    leaps = 8 * cycles + sum(1 for leap in _PERSIAN_LEAPS if leap <= rest)
    days = 365 * (year - 1) + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    return date.fromordinal(_PERSIAN_EPOCH) + timedelta(days=days)
