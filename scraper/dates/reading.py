"""What a text says about a day, and the day that it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

__all__ = ["Clock", "DateOrder", "Kind", "PartialDate", "Reading"]

#: What a reading names; ``numeric`` dates whose order is open are *full* or *day* all the same.
Kind = Literal["full", "month", "year", "day", "day_only", "relative", "time"]
#: The order in which day, month and year are written in figures.
DateOrder = Literal["dmy", "mdy", "ymd"]


class Clock(NamedTuple):
    """A time of day, with the minutes that it is ahead of UTC where the text says so."""

    hour: int
    minute: int
    second: int = 0
    offset_min: int | None = None


class Reading(NamedTuple):
    """What a piece of text names, before the rest of its column has been seen.

    A tuple rather than a frozen dataclass: a page makes hundreds, and it costs a tenth.
    """

    kind: Kind
    #: The span in the text that was read.
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    #: The figures as written, where which of them is the day is open; the year may be among them.
    figures: tuple[int, ...] | None = None
    #: The orders that the figures allow.
    orders: tuple[DateOrder, ...] = ()
    #: Whether the century is missing: ``'24``.
    short_year: bool = False
    #: Monday is 0.
    weekday: int | None = None
    clock: Clock | None = None
    #: How long ago: the number and its unit, ``(2, "hour")``.
    ago: tuple[int, str] | None = None
    #: The months that the name stands for in different languages.
    months: tuple[tuple[int, frozenset[str]], ...] = ()
    #: The languages that have all the names that were read; None where there are no names.
    languages: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A day, or the month or the year where no more is known.

    >>> PartialDate(year=2024, month=3).isoformat()
    '2024-03'
    """

    year: int
    month: int | None = None
    day: int | None = None
    #: The instant, aware, where the page gives the time and the offset.
    moment: datetime | None = None

    def isoformat(self) -> str:
        """Return the date in ISO 8601, as far as it is known."""
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
