"""Dates in languages that the table of names lacks, by dateparser, with its liberties taken away.

Measured on the tables of ``tests/test_dates.py`` it adds nothing and even in its strict mode turns
one text in fourteen that is no date into one (``5|3|2024``, ``9.5/10``). So it is asked only by
``read_date``, only about a short text that has a year of four figures, a day and a word, and only
believed if its answer is that year and that day.
"""

from __future__ import annotations

import re
from datetime import date

__all__ = ["read_unknown"]

_LONGEST = 64
_YEAR = re.compile(r"(?<![\w.,/:-])(?:19|20)\d\d(?![\w/:-])")
_DAY = re.compile(r"(?<![\w.,/:-])(?:0?[1-9]|[12]\d|3[01])(?![\d/:-]|\.\d)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_STRICT = {
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "PARSERS": ["absolute-time"],
}


def read_unknown(text: str) -> date | None:
    """Return the day that *text* names in a language of dateparser's, or None.

    >>> read_unknown("5 Gashyantare 2024")
    datetime.date(2024, 2, 5)
    >>> read_unknown("Law 12/2024"), read_unknown("Room 5")
    (None, None)
    """
    years, days = _YEAR.findall(text), _DAY.findall(text)
    if len(text) > _LONGEST or len(years) != 1 or len(days) != 1 or not _WORD.search(text):
        return None
    # Importing it takes a third of a second, which nobody should pay who does not need it.
    import dateparser

    found = dateparser.parse(text, settings=_STRICT)
    if found is None or found.year != int(years[0]) or found.day != int(days[0]):
        return None
    return found.date()
