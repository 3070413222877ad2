"""Cut a text into words and figures and draw its *shape*.

The shape is the text with every figure and word replaced by one letter: ``Tue, March 5th 2024``
becomes ``W, M No Y``. All grammar is written in shapes, so that no pattern ever lists a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.dates.vocabulary import ENTRIES, JOINED, NUMBERS, Word, find_word, may_say_ago

__all__ = ["Lexed", "lex"]

_ASCII = re.compile(r"([0-9]+|[A-Za-z]+)")
# Words are what is neither blank nor figure nor mark, for in many scripts the vowels are marks.
# Thai and Lao keep the points inside its abbreviations.
_ANY = re.compile(
    r"(\d+|[\u0e01-\u0e4e\u0e81-\u0ece]+(?:\.[\u0e01-\u0e4e\u0e81-\u0ece]+)*"
    r"|[^\s\d!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u0589\u055d\u060c\u061b\u066a-\u066d\u06d4\u0964\u0965\u1361-\u1368\u2000-\u206f\u2190-\u2bff"
    r"\u3000-\u3004\u3008-\u3020\u3030\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+)"
)
_BLANKS = re.compile(r"\s+")
_FIGURES = frozenset("NnK")
_PLAIN_MARKS = frozenset(("", " ", ", ", ". ", "/", "-", ".", ":", ","))
# Marks that stand for an ASCII one.
_MARKS = str.maketrans("–—‐‑‒―−~～〜／．，、：（）،’‘ʼ׳٫․፣", "----------/.,,:(),''''..,")
# The longest word of a script without blanks that is looked up inside a run.
_LONGEST_IN_RUN = 4
# The letters of figures and of the words met so far, in the case they were met in.
_LETTERS: dict[str, str] = {text: letter for text, (letter, _) in NUMBERS.items()}
_MOST_LETTERS = 8_192
_MOST_TOKENS = 32
_FIRST_WITHOUT_BLANKS = "\u2e80"


class Lexed(NamedTuple):
    """A text cut into tokens, and its shape; the letters of the shape are the tokens in order."""

    text: str
    shape: str
    #: Marks and tokens in turn, marks first.
    pieces: list[str]
    #: The words that may say *ago* of the figure before them, or mean today.
    ago: tuple[int, ...]

    def piece(self, token: int) -> str:
        """Return a token as it is written."""
        return self.pieces[2 * token + 1]

    def start(self, token: int) -> int:
        """Return where a token begins in the text."""
        if not token:
            return len(self.pieces[0])
        return sum(map(len, self.pieces[: 2 * token + 1]))

    def end(self, token: int) -> int:
        """Return where a token ends in the text."""
        return len(self.text) - sum(map(len, self.pieces[2 * token + 2 :]))

    def width(self, token: int) -> int:
        """Return of how many characters a token is."""
        return len(self.pieces[2 * token + 1])

    def number(self, token: int) -> int:
        """Return the value of a token that is a figure of at most four places."""
        piece = self.pieces[2 * token + 1]
        return NUMBERS[piece][1] if piece in NUMBERS else int(piece)

    def word(self, token: int) -> Word | None:
        """Return what a token that is a word can be."""
        return find_word(self.pieces[2 * token + 1])

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.pieces) // 2


def lex(text: str) -> Lexed:
    """Cut *text* into tokens; more than 32 are a table or a sentence and have no shape.

    >>> lex("Tue, March 5th 2024").shape
    'W, M No Y'
    """
    is_ascii = text.isascii()
    pieces = _ASCII.split(text) if is_ascii else _ANY.split(text)
    if len(pieces) > 2 * _MOST_TOKENS:
        return Lexed(text, "", pieces, ())
    if not is_ascii and max(pieces[1::2], default="") >= _FIRST_WITHOUT_BLANKS:
        pieces = _cut_runs(pieces)
    if not JOINED.isdisjoint(pieces):
        pieces = _join_names(pieces)
    shape = ""
    ago: tuple[int, ...] = ()
    letter = ""
    for mark, token in zip(pieces[::2], pieces[1::2], strict=False):
        shape += mark if mark in _PLAIN_MARKS else _draw_marks(mark, is_ascii)
        before, letter = letter, _LETTERS.get(token) or _draw_token(token)
        shape += letter
        if letter == "t" or (before in _FIGURES and letter not in _FIGURES and may_say_ago(token)):
            ago = (*ago, sum(map(str.isalpha, shape)) - 1)
    mark = pieces[-1]
    if mark:
        shape += _draw_marks(mark, is_ascii)
    return Lexed(text, shape, pieces, ago)


def _draw_token(token: str) -> str:
    """Return the letter of a figure or word that has not been met."""
    if token.lower() not in ENTRIES and token not in ENTRIES and not token[0].isdecimal():
        return "x"
    if token[0].isdecimal():
        size = len(token)
        if size > 4:
            return "D"
        number = int(token)
        if size <= 2:
            return "N" if 1 <= number <= 31 else "n"
        if size == 3:
            return "K"
        return "Y" if 1200 <= number < 2700 else "D"
    word = find_word(token)
    if word is None:
        return "x"
    letter = word.letter
    if letter == "C":
        letter = "w" if token[0].islower() else "M"
    if len(_LETTERS) < _MOST_LETTERS:
        _LETTERS[token] = letter
    return letter


def _draw_marks(mark: str, is_ascii: bool) -> str:
    """Return marks in ASCII and their blanks as one; they are never letters."""
    if mark in ("·", "・"):
        return "."
    if not is_ascii:
        mark = "".join("*" if c.isalpha() else c for c in mark.translate(_MARKS))
    return _BLANKS.sub(" ", mark)


def _cut_runs(pieces: list[str]) -> list[str]:
    """Cut the runs of scripts without blanks next to figures into words, with no mark between."""
    found: list[str] = []
    last = len(pieces) - 2
    for index, piece in enumerate(pieces):
        if (
            index & 1
            and len(piece) > 1
            and piece >= _FIRST_WITHOUT_BLANKS
            and (
                (index > 1 and pieces[index - 2][0].isdecimal())
                or (index < last and pieces[index + 2][0].isdecimal())
            )
            and not piece[0].isdecimal()
        ):
            for part in _cut_run(piece):
                found += (part, "")
            found.pop()
        else:
            found.append(piece)
    return found


def _cut_run(run: str) -> list[str]:
    """Cut a run into the known words at its head and at its tail, and the rest."""
    if find_word(run) is not None:
        return [run]
    size = len(run)
    parts: list[str] = []
    head = 0
    while head < size:
        for end in range(min(size, head + _LONGEST_IN_RUN), head, -1):
            part = run[head:end]
            if find_word(part) is not None or may_say_ago(part):
                parts.append(part)
                head = end
                break
        else:
            break
    for begin in range(max(head, size - _LONGEST_IN_RUN), size):
        if find_word(run[begin:]) is not None:
            return [*parts, *filter(None, (run[head:begin], run[begin:]))]
    return [*parts, run[head:]] if head < size else parts


def _join_names(pieces: list[str]) -> list[str]:
    """Make one token of a name that is several words: ``meán fómhair``."""
    for index in range(1, len(pieces) - 2, 2):
        if pieces[index].lower() in JOINED:
            name = "".join(pieces[index : index + 3])
            if find_word(name) is not None:
                return _join_names([*pieces[:index], name, *pieces[index + 3 :]])
    return pieces
