"""What a word can be in a date, in any language.

The table of ``names`` is read line by line as words turn up, so that importing it costs little
and no page pays for the languages of others.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from scraper.dates import names

__all__ = [
    "ENTRIES",
    "JOINED",
    "NUMBERS",
    "ORDERS",
    "WHOLE",
    "Word",
    "find_word",
    "may_say_ago",
    "phrases_ago",
]


class Word(NamedTuple):
    """What a word can be: its part in the grammar of ``patterns``, and what it stands for."""

    #: ``M`` month, ``w`` a month only next to a year, ``C`` a month if it has a capital, ``B``
    #: month or weekday, ``P`` Persian month, ``W`` weekday, ``p`` particle, ``o`` ordinal, ``r``
    #: range, ``a`` half of the day, ``A`` clock word, ``e`` era, ``E`` its initial, ``t`` today,
    #: ``y m d T`` markers of year, month and day, ``x`` any other.
    letter: str
    #: What all languages that have the word agree on.
    value: int | None
    #: The months it stands for where they do not.
    months: tuple[tuple[int, frozenset[str]], ...]
    languages: frozenset[str]


def _rows(table: str) -> dict[str, str]:
    cells = table.replace("\n", "\t").split("\t")
    return dict(zip(cells[::2], cells[1::2], strict=False))


#: Every word by its lower-case spelling, with its entry.
ENTRIES = _rows(names.WORDS)
_AGO = _rows(names.AGO)
#: Whole texts without a figure that name a day, ``an hour ago``, with their number and unit.
WHOLE = _rows(names.WHOLE)
#: The order in which figures are written, by locale.
ORDERS = _rows(names.ORDERS)
#: What names of more than one word begin with: ``meán`` fómhair.
JOINED = frozenset(
    spelled
    for name in names.JOINED.splitlines()
    for spelled in (name, name.capitalize(), name.upper())
)
#: Figures of one or two places, and years: their letter and number.
NUMBERS: dict[str, tuple[str, int]] = {
    **{str(n): ("N", n) for n in range(1, 32)},
    **{f"{n:02d}": ("N", n) for n in range(1, 10)},
    **{str(n): ("n", n) for n in range(32, 100)},
    **dict.fromkeys(("0", "00"), ("n", 0)),
    **{str(n): ("Y", n) for n in range(1900, 2101)},
}


def find_word(word: str) -> Word | None:
    """Return what *word* can be, in whatever case it is written.

    >>> find_word("listopada").months[0][0], find_word("March").value, find_word("house")
    (10, 3, None)
    """
    entry = word if word in ENTRIES else word.lower()
    return _read_entry(entry) if entry in ENTRIES else None


@cache
def _read_entry(word: str) -> Word:
    """Return the entry of a word of the table, which bounds the cache."""
    letter, _, rest = ENTRIES[word].partition(" ")
    meanings = []
    for part in rest.split():
        number, _, languages = part.partition(":")
        meanings.append((int(number), frozenset(filter(None, languages.split(",")))))
    every = frozenset().union(*(languages for _, languages in meanings))
    value = meanings[0][0] if len(meanings) == 1 else None
    several = tuple(meanings) if len(meanings) > 1 and letter in "MwCB" else ()
    return Word(letter, value, several, every)


@lru_cache(maxsize=1_024)
def phrases_ago(word: str) -> tuple[tuple[str, str, str], ...]:
    """Return the phrases for so long ago that go on with *word* after their number.

    Each is what stands before the number, what stands after it, and the unit.

    >>> phrases_ago("hours")
    (('', 'hours ago', 'hour'),)
    """
    found = []
    for phrase in filter(None, _AGO.get(word, "").split(";")):
        before, after, unit = phrase.split("|")
        found.append((before, after, unit))
    return tuple(found)


def may_say_ago(word: str) -> bool:
    """Tell whether a phrase for so long ago goes on with *word* after its number."""
    return word in _AGO or word.lower() in _AGO
