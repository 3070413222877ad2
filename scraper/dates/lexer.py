"""Cut a text into words and figures and draw its *shape*.

The shape is the text with every figure and word replaced by one letter: ``Tue, March 5th 2024``
becomes ``W, M No Y``. All grammar is written in shapes, so that no pattern ever lists a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.dates.vocabulary import JOINED, NUMBERS, PREFIXES, WORDS, Word

__all__ = ["Lexed", "Token", "lex"]

_ASCII = re.compile(r"([0-9]+|[A-Za-z]+)")
# Words are what is neither blank nor figure nor mark, for in many scripts the vowels are marks.
# Thai keeps the points inside its abbreviations.
_ANY = re.compile(
    r"(\d+|[\u0e01-\u0e4e]+(?:\.[\u0e01-\u0e4e]+)*"
    r"|[^\s\d!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u0589\u055d\u060c\u061b\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff"
    r"\u3000-\u3004\u3008-\u3020\u3030\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+)"
)
_BLANKS = re.compile(r"\s+")
# Marks that stand for an ASCII one.
_MARKS = str.maketrans("–—‐‑‒―−~～〜／．，、：（）،’‘ʼ׳٫", "----------/.,,:(),''''.")
_UNKNOWN = Word("x")


class Token(NamedTuple):
    """A figure or a word and where it stands."""

    start: int
    end: int
    #: The figure, or 0.
    number: int
    #: What the word can be, or None.
    word: Word | None


class Lexed(NamedTuple):
    """A text with its tokens and its shape; letters of the shape are the tokens in order."""

    text: str
    tokens: list[Token]
    shape: str
    #: The tokens whose figure is followed by a word that may say *ago*.
    ago: list[int]


def lex(text: str) -> Lexed:
    """Cut *text* into tokens.

    >>> lex("Tue, March 5th 2024").shape
    'W, M No Y'
    """
    is_ascii = text.isascii()
    pieces = (_ASCII if is_ascii else _ANY).split(text)
    tokens: list[Token] = []
    shape: list[str] = []
    ago: list[int] = []
    at = 0
    after_number = False
    for index, piece in enumerate(pieces):
        size = len(piece)
        if not index & 1:
            if size:
                if size > 1 or piece not in " /.:-,":
                    piece = _draw_marks(piece, is_ascii)
                shape.append(piece)
            at += size
            continue
        known = NUMBERS.get(piece)
        if known is not None:
            letter, number = known
            shape.append(letter)
            tokens.append(Token(at, at + size, number, None))
            after_number = True
        elif piece[0].isdecimal():
            letter, number = _read_number(piece)
            shape.append(letter)
            tokens.append(Token(at, at + size, number, None))
            after_number = True
        else:
            word = WORDS.get(piece) or WORDS.get(piece.lower())
            if word is None:
                if piece[0] >= "\u2e80" and size > 1:
                    after_number = _cut_run(piece, at, tokens, shape, ago, after_number)
                    at += size
                    continue
                word = _UNKNOWN
            letter = word.letter
            if letter == "C":
                letter = "M" if piece[0].isupper() else "w"
            if after_number and word.ago:
                ago.append(len(tokens) - 1)
            shape.append(letter)
            tokens.append(Token(at, at + size, 0, word))
            after_number = False
        at += size
    lexed = Lexed(text, tokens, "".join(shape), ago)
    return _join_names(lexed) if not is_ascii else lexed


def _draw_marks(piece: str, is_ascii: bool) -> str:
    if not is_ascii:
        piece = piece.translate(_MARKS)
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


def _cut_run(
    run: str, at: int, tokens: list[Token], shape: list[str], ago: list[int], after_number: bool
) -> bool:
    """Cut a run of a script without blanks: known words at its head and its tail, the rest."""
    size = len(run)
    head = 0
    while head < size:
        for width in range(min(PREFIXES, size - head), 0, -1):
            word = WORDS.get(run[head : head + width])
            if word is not None:
                break
        else:
            break
        if after_number and word.ago:
            ago.append(len(tokens) - 1)
        after_number = False
        shape.append("M" if word.letter == "C" else word.letter)
        tokens.append(Token(at + head, at + head + width, 0, word))
        head += width
    if head == size:
        return False
    for width in range(min(PREFIXES, size - head), 0, -1):
        word = WORDS.get(run[size - width :])
        if word is not None:
            break
    else:
        shape.append("x")
        tokens.append(Token(at + head, at + size, 0, _UNKNOWN))
        return False
    if head < size - width:
        shape.append("x")
        tokens.append(Token(at + head, at + size - width, 0, _UNKNOWN))
    shape.append(word.letter)
    tokens.append(Token(at + size - width, at + size, 0, word))
    return False


def _join_names(lexed: Lexed) -> Lexed:
    """Make one token of a name that is two words: ``meán fómhair``."""
    text, tokens, shape, ago = lexed
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.word is None or following.word is None:
            continue
        if text[token.start : token.end].lower() not in JOINED:
            continue
        pair = WORDS.get(text[token.start : following.end].lower())
        if pair is not None:
            spot = [i for i, c in enumerate(shape) if c.isalpha()]
            shape = shape[: spot[index]] + pair.letter + shape[spot[index + 1] + 1 :]
            joined = Token(token.start, following.end, 0, pair)
            tokens = [*tokens[:index], joined, *tokens[index + 2 :]]
            ago = [i - (i > index) for i in ago]
            return _join_names(Lexed(text, tokens, shape, ago))
    return lexed
