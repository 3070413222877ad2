"""Dates as listings write them: eighty languages, any digits, eras of Japan, Taiwan and Thailand.

Reading has two steps. ``find_date`` says what a text names and costs microseconds; it never
chooses between two days that the text could mean. ``resolve_dates`` sees a whole column and does.
"""

from __future__ import annotations

from scraper.dates.attributes import read_attribute
from scraper.dates.finding import find_date, find_dates
from scraper.dates.reading import Clock, DateOrder, PartialDate, Reading
from scraper.dates.resolve import read_date, resolve_dates

__all__ = [
    "Clock",
    "DateOrder",
    "PartialDate",
    "Reading",
    "find_date",
    "find_dates",
    "read_attribute",
    "read_date",
    "resolve_dates",
]
