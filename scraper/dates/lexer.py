"""Cut a text into words and figures and draw its *shape*.

The shape is the text with every figure and word replaced by one letter: ``Tue, March 5th 2024``
becomes ``W, M No Y``. All grammar is written in shapes, so that no pattern ever lists a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.dates.vocabulary import JOINED, NUMBERS, Word, find_word, may_say_ago

__all__ = ["Lexed", "lex"]

_ASCII = re.compile(r"([0-9]+|[A-Za-z]+)")
# Words are what is neither blank nor figure nor mark, for in many scripts the vowels are marks.
# Thai and Lao keep the points inside its abbreviations.
_ANY = re.compile(
    r"(\d+|[\u0e01-\u0e4e\u0e81-\u0ece]+(?:\.[\u0e01-\u0e4e\u0e81-\u0ece]+)*"
    r"|[^\s\d!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u0589\u055d\u060c\u061b\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff"
    r"\u3000-\u3004\u3008-\u3020\u3030\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+)"
)
_BLANKS = re.compile(r"\s+")
_PLAIN_MARKS = frozenset(("", " ", ", ", ". ", "/", "-", ".", ":", ","))
# Marks that stand for an ASCII one.
_MARKS = str.maketrans("–—‐‑‒―−~～〜／．，、：（）،’‘ʼ׳٫", "----------/.,,:(),''''.")
_UNKNOWN = Word("x", None, (), frozenset())
# The longest word of a script without blanks that is looked up inside a run.
_LONGEST_IN_RUN = 4


class Lexed(NamedTuple):
    """A text, its shape, and its tokens, which are the letters of the shape in order."""

    text: str
    shape: str
    starts: list[int]
    ends: list[int]
    #: The figure of each token, 0 for a word.
    numbers: list[int]
    #: The word of each token, None for a figure.
    words: list[Word | None]
    #: The tokens that are figures with a word after them that may say *ago*.
    ago: list[int]


def lex(text: str) -> Lexed:
    """Cut *text* into tokens.

    >>> lex("Tue, March 5th 2024").shape
    'W, M No Y'
    """
    is_ascii = text.isascii()
    starts: list[int] = []
    ends: list[int] = []
    numbers: list[int] = []
    words: list[Word | None] = []
    ago: list[int] = []
    shape = ""
    at = 0
    is_mark = True
    for piece in (_ASCII if is_ascii else _ANY).split(text):
        size = len(piece)
        if is_mark:
            is_mark = False
            if piece in _PLAIN_MARKS:
                shape += piece
            elif size:
                shape += _draw_marks(piece, is_ascii)
            at += size
            continue
        is_mark = True
        known = NUMBERS.get(piece)
        if known is None and piece[0].isdecimal():
            known = _read_number(piece)
        if known is not None:
            shape += known[0]
            numbers.append(known[1])
            words.append(None)
            starts.append(at)
            at += size
            ends.append(at)
            continue
        word = find_word(piece)
        if word is None and size > 1 and piece[0] >= "\u2e80":
            for part, word in _cut_run(piece):
                if part and numbers and words[-1] is None and may_say_ago(part):
                    ago.append(len(words) - 1)
                shape += word.letter if word.letter != "C" else "M"
                numbers.append(0)
                words.append(word)
                starts.append(at)
                at += len(part)
                ends.append(at)
            continue
        if words and words[-1] is None and may_say_ago(piece.lower()):
            ago.append(len(words) - 1)
        word = word or _UNKNOWN
        letter = word.letter
        if letter == "C":
            letter = "M" if piece[0].isupper() else "w"
        shape += letter
        numbers.append(0)
        words.append(word)
        starts.append(at)
        at += size
        ends.append(at)
    lexed = Lexed(text, shape, starts, ends, numbers, words, ago)
    return lexed if is_ascii else _join_names(lexed)


def _draw_marks(piece: str, is_ascii: bool) -> str:
    """Return marks in ASCII and their blanks as one; they are never letters."""
    if piece in ("·", "・"):
        return "."
    if not is_ascii:
        piece = "".join("*" if c.isalpha() else c for c in piece.translate(_MARKS))
    return _BLANKS.sub(" ", piece)


def _read_number(piece: str) -> tuple[str, int]:
    """Return the letter and the value of a figure that is not in the table."""
    size = len(piece)
    if size > 4:
        return "D", 0
    number = int(piece)
    if size <= 2:
        return ("N" if 1 <= number <= 31 else "n"), number
    if size == 3:
        return "K", number
    return ("Y" if 1200 <= number < 2700 else "D"), number


def _cut_run(run: str) -> list[tuple[str, Word]]:
    """Cut a run of a script without blanks: known words at its head and its tail, the rest."""
    size = len(run)
    parts: list[tuple[str, Word]] = []
    head = 0
    while head < size:
        for end in range(min(size, head + _LONGEST_IN_RUN), head, -1):
            part = run[head:end]
            word = find_word(part)
            if word is not None or may_say_ago(part):
                parts.append((part, word or _UNKNOWN))
                head = end
                break
        else:
            break
    for begin in range(max(head, size - _LONGEST_IN_RUN), size):
        word = find_word(run[begin:])
        if word is not None:
            if begin > head:
                parts.append((run[head:begin], _UNKNOWN))
            return [*parts, (run[begin:], word)]
    if head < size:
        parts.append((run[head:], _UNKNOWN))
    return parts


def _join_names(lexed: Lexed) -> Lexed:
    """Make one token of a name that is two words: ``meán fómhair``."""
    text, shape, starts, ends, numbers, words, ago = lexed
    for index in range(len(words) - 1):
        if words[index] is None or text[starts[index] : ends[index]].lower() not in JOINED:
            continue
        pair = find_word(text[starts[index] : ends[index + 1]])
        if pair is None:
            continue
        spots = [i for i, c in enumerate(shape) if c.isalpha()]
        return Lexed(
            text,
            shape[: spots[index]] + pair.letter.replace("C", "M") + shape[spots[index + 1] + 1 :],
            starts[: index + 1] + starts[index + 2 :],
            ends[:index] + ends[index + 1 :],
            numbers[: index + 1] + numbers[index + 2 :],
            [*words[:index], pair, *words[index + 2 :]],
            [i - (i > index) for i in ago],
        )
    return lexed
