"""One dictionary of all the words that a date can be made of.

Built once at import from the generated names and the hand-kept words. A word has one *letter*,
its part of speech in the grammar of ``patterns``, and what it stands for in each language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from scraper.dates import names, words

__all__ = ["JOINED", "NOWADAYS", "NUMBERS", "PREFIXES", "WORDS", "Ago", "Word", "plain"]


class Ago(NamedTuple):
    """A phrase for so long ago, cut at its number."""

    before: str
    after: str
    unit: str


class Word(NamedTuple):
    """What a word can be."""

    #: ``M`` month, ``w`` an abbreviation that is a word elsewhere, ``B`` month or weekday,
    #: ``C`` a month if it has a capital, ``P`` Persian month, ``W`` weekday, ``p`` particle,
    #: ``o`` ordinal, ``r`` range, ``a`` half of the day, ``A`` clock word, ``e`` era, ``t`` today
    #: and the like, ``y m d T`` markers, ``x`` any other.
    letter: str
    value: int | None = None
    months: tuple[tuple[int, frozenset[str]], ...] = ()
    languages: frozenset[str] = frozenset()
    ago: tuple[Ago, ...] = ()


#: Figures of one or two places, and years: their letter and number.
NUMBERS: dict[str, tuple[str, int]] = {
    **{str(n): ("N", n) for n in range(1, 32)},
    **{f"{n:02d}": ("N", n) for n in range(1, 10)},
    **{str(n): ("n", n) for n in range(32, 100)},
    **{text: ("n", 0) for text in ("0", "00")},
    **{str(n): ("Y", n) for n in range(1200, 2700)},
}
#: Whole texts without a figure that name a day: ``yesterday``, ``an hour ago``.
NOWADAYS: dict[str, tuple[int, str]] = {}
#: The longest word of a script without blanks that is looked up inside a run.
PREFIXES = 4


def plain(word: str) -> str:
    """Return *word* without accents, for pages that leave them out.

    >>> plain("février")
    'fevrier'
    """
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not "\u0300" <= c <= "\u036f"))


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways in which a page may write *name*, the surest first."""
    yield name
    yield name.upper().lower()
    yield name.replace("i", "İ").upper().lower() if "i" in name else name
    yield plain(name)
    if "׳" in name:
        yield name.replace("׳", "")


def _rows(
    table: dict[str, tuple[str, ...]], extra: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, int, str]]:
    """Yield language, number and name for every name of a table."""
    for source in (table, extra):
        for code, row in source.items():
            language = code.partition("_")[0]
            for number, spelled in enumerate(row):
                for name in spelled.split("|"):
                    if name:
                        yield language, number, name


def _bare(name: str) -> str:
    """Return a month's name without the particles that CLDR prints before it."""
    parts = name.replace("'", " ").split(" ")
    while len(parts) > 1 and (parts[0] in words.PARTICLES or parts[0] == "di"):
        parts.pop(0)
    while len(parts) > 1 and parts[-1] in words.MARKERS:
        parts.pop()
    return " ".join(parts)


def _collect(
    table: dict[str, tuple[str, ...]], extra: dict[str, tuple[str, ...]], *, bare: bool
) -> tuple[dict[str, dict[int, set[str]]], dict[str, dict[int, set[str]]]]:
    """Return the exact and the unaccented spellings with the numbers they have by language."""
    exact: dict[str, dict[int, set[str]]] = {}
    loose: dict[str, dict[int, set[str]]] = {}
    for language, number, name in _rows(table, extra):
        key = _bare(name) if bare else name
        exact.setdefault(key, {}).setdefault(number, set()).add(language)
        for spelling in _spellings(key):
            loose.setdefault(spelling, {}).setdefault(number, set()).add(language)
    return exact, loose


def _merge_months() -> dict[str, Word]:
    """Return the months of all languages."""
    wide, wide_loose = _collect(names.MONTHS, words.MONTHS, bare=True)
    short, short_loose = _collect(names.SHORT_MONTHS, {}, bare=True)
    found: dict[str, Word] = {}
    for key in {**wide, **wide_loose, **short, **short_loose}:
        # An exact spelling in one language outdoes an unaccented one in another.
        numbers: dict[int, set[str]] = {}
        for table in (wide, short):
            for number, languages in table.get(key, {}).items():
                numbers.setdefault(number, set()).update(languages)
        if not numbers:
            for table in (wide_loose, short_loose):
                for number, languages in table.get(key, {}).items():
                    numbers.setdefault(number, set()).update(languages)
        months = tuple((n + 1, frozenset(langs)) for n, langs in sorted(numbers.items()))
        strong = key in wide or (key in wide_loose and len(key) > 4)
        strong = strong or len(key) > 4 or not key.isascii()
        letter = "M" if strong else "C" if "en" in set().union(*numbers.values()) else "w"
        if key in words.ALL_MONTHS_AS_WORDS:
            letter = "C"
        value = months[0][0] if len(months) == 1 else None
        every = frozenset().union(*(langs for _, langs in months))
        found[key] = Word(letter, value, months, every)
    return found


def _add_weekdays(found: dict[str, Word]) -> None:
    exact, loose = _collect(
        {**names.WEEKDAYS, **{f"{k}_": v for k, v in names.SHORT_WEEKDAYS.items()}},
        words.WEEKDAYS,
        bare=False,
    )
    for key, numbers in {**loose, **exact}.items():
        value = next(iter(numbers)) if len(numbers) == 1 and len(key) > 2 else None
        every = frozenset().union(*numbers.values())
        if len(key) == 1 and key.isascii():
            continue
        if key not in found:
            found[key] = Word("W", value, (), every)
        elif found[key].letter in "MwC":
            found[key] = found[key]._replace(letter="B")


def _ago_phrases() -> Iterator[tuple[str, str]]:
    """Yield every phrase for so long ago with its unit."""
    units = ("second", "minute", "hour", "day", "week", "month", "year")
    for row in names.AGO.values():
        for unit, spelled in zip(units, row, strict=True):
            for phrase in spelled.split("|"):
                yield phrase, unit
    for by_unit in words.AGO.values():
        for unit, spelled in by_unit.items():
            for phrase in spelled.split("|"):
                yield phrase, unit


def _add_ago(found: dict[str, Word]) -> None:
    phrases: dict[str, list[Ago]] = {}
    for phrase, unit in _ago_phrases():
        before, number, after = phrase.partition("{0}")
        if not number:
            if phrase:
                NOWADAYS.setdefault(phrase, (1, unit))
            continue
        before, after = before.strip(), after.strip(" .")
        if not after or before.startswith(("-", "−", "+")) or (after.isascii() and len(after) < 3 and not before):
            continue
        for spelled in {after, plain(after)}:
            variants = {spelled, spelled.replace(".", "")}
            if spelled[0] >= "\u2e80":
                variants.add(spelled.replace(" ", ""))
            for variant in variants:
                first = variant.split(" ")[0].strip(".")
                for alias in {before, plain(before)}:
                    phrases.setdefault(first, []).append(Ago(alias, variant, unit))
    for first, options in phrases.items():
        unique = sorted(dict.fromkeys(options), key=lambda a: -len(a.after) - len(a.before))
        found[first] = found.get(first, Word("u"))._replace(ago=tuple(unique))


def _add_days(found: dict[str, Word]) -> None:
    for table in (names.DAYS, words.DAYS):
        for row in table.values():
            for number, spelled in enumerate(row):
                for name in spelled.split("|"):
                    if not name:
                        continue
                    for spelling in {name, plain(name)}:
                        if " " not in spelling and len(spelling) > 1 and number < 3:
                            found.setdefault(spelling, Word("t", number))
                        NOWADAYS.setdefault(spelling, (number % 3, "day"))


def _add_small_words(found: dict[str, Word]) -> None:
    for row in names.PERIODS.values():
        for half, spelled in enumerate(row):
            for name in spelled.split("|"):
                if name and " " not in name:
                    found.setdefault(name, Word("a", half))
    for letter, group in (
        ("o", words.ORDINALS), ("r", words.RANGE_WORDS), ("A", words.CLOCK_WORDS),
        ("p", words.PARTICLES),
    ):  # fmt: skip
        for word in group:
            if word not in found or found[word].letter in "aoruA":
                found[word] = found.get(word, Word(letter))._replace(letter=letter)
    for era, base in words.ERAS.items():
        found[era] = found.get(era, Word("e"))._replace(letter="e", value=base)
    for word, letter in words.MARKERS.items():
        found[word] = found.get(word, Word(letter))._replace(letter=letter)


def _build() -> dict[str, Word]:
    found = _merge_months()
    for number, spelled in enumerate(words.PERSIAN_MONTHS, 1):
        for name in spelled.split("|"):
            found.setdefault(name, Word("P", number, (), frozenset({"fa"})))
    _add_weekdays(found)
    _add_ago(found)
    _add_days(found)
    _add_small_words(found)
    return found


#: Every word by its lower-case spelling without the point.
WORDS: dict[str, Word] = _build()
#: First words of names that are two: ``meán fómhair``.
JOINED: frozenset[str] = frozenset(key.split(" ")[0] for key in WORDS if " " in key)
