"""Days named by their distance from today: ``2 hours ago``, ``yesterday``, ``3 天前``."""

from __future__ import annotations

from scraper.dates.clock import clock_after
from scraper.dates.lexer import Lexed
from scraper.dates.reading import Reading
from scraper.dates.vocabulary import WHOLE, phrases_ago

__all__ = ["find_ago", "read_words"]

# More text around a time ago makes it a sentence: ``What the city was 25 years ago``.
_LONGEST_REST = 24
_LONGEST_REST_OF_YEARS = 10
_MOST_TRIES = 4
# What may follow a time ago in a script without blanks: published, updated, posted.
_SAYS_PUBLISHED = "发發更公投掲に에"


def read_words(text: str) -> Reading | None:
    """Return what a text without figures says, such as ``yesterday``.

    >>> read_words("Yesterday").ago
    (1, 'day')
    """
    stripped = text.strip(" \t\n\u00a0.,:;()|•·-–—")
    entry = WHOLE.get(stripped.lower().replace("’", "'"))
    if entry is None:
        return None
    count, unit = entry.split(" ")
    start = text.find(stripped)
    return Reading("relative", start, start + len(stripped), ago=(int(count), unit))


def find_ago(lexed: Lexed) -> Reading | None:
    """Return the first time ago, or today or yesterday with a time of day."""
    text = lexed.text
    low = text.lower()
    if len(low) != len(text):
        low = text
    for index in lexed.ago[:_MOST_TRIES]:
        found = _read_ago(lexed, low, index) or _read_today(lexed, index)
        if found is not None:
            return found
    return None


def _read_ago(lexed: Lexed, low: str, index: int) -> Reading | None:
    """Return the time ago whose number stands before the word *index*."""
    at = lexed.start(index)
    phrases = phrases_ago(low[at : lexed.end(index)]) if index else ()
    if not phrases:
        return None
    number = lexed.start(index - 1)
    head = low[:number].rstrip()
    for before, after, unit in phrases:
        end = at + len(after)
        if not low.startswith(after, at) or (end < len(low) and _continues(low, end)):
            continue
        if before and not _ends_with(head, before):
            continue
        start = len(head) - len(before) if before else number
        rest = len(low) - (end - start)
        if rest <= (_LONGEST_REST_OF_YEARS if unit == "year" else _LONGEST_REST):
            larger = _larger_unit(lexed, low, index, after)
            if larger is not None:
                return Reading("relative", larger[0], end, ago=larger[1:])
            return Reading("relative", start, end, ago=(lexed.number(index - 1), unit))
    return None


def _larger_unit(lexed: Lexed, low: str, index: int, after: str) -> tuple[int, int, str] | None:
    """Return start, number and unit of what stands before: ``1 day, 2 hours ago``."""
    rest = after.partition(" ")[2]
    for unit in (index - 2, index - 3):
        if unit < 1 or not rest or not lexed.piece(unit - 1).isdecimal():
            continue
        word = low[lexed.start(unit) : lexed.end(unit)]
        for _, phrase, name in phrases_ago(word):
            if phrase == f"{word} {rest}" and lexed.width(unit - 1) <= 3:
                return lexed.start(unit - 1), lexed.number(unit - 1), name
    return None


def _continues(low: str, at: int) -> bool:
    """Tell whether a word goes on at *at*."""
    return low[at].isalpha() and low[at] not in _SAYS_PUBLISHED


def _ends_with(head: str, before: str) -> bool:
    if not head.endswith(before):
        return False
    rest = len(head) - len(before)
    return rest == 0 or not head[rest - 1].isalpha() or head[rest - 1] >= "\u2e80"


def _read_today(lexed: Lexed, index: int) -> Reading | None:
    """Return today, yesterday or the like where a time of day follows."""
    word = lexed.word(index)
    if word is None or word.letter != "t":
        return None
    after = clock_after(lexed.text, lexed.end(index))
    start = lexed.start(index)
    if after is None or len(lexed.text) - (after[1] - start) > _LONGEST_REST:
        return None
    return Reading("relative", start, after[1], ago=(word.value or 0, "day"), clock=after[0])
