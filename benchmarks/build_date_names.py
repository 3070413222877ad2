"""Write ``scraper/dates/names.py``: what months, weekdays and times ago are called.

The names come from the Unicode CLDR through Babel; the words for today and yesterday, which Babel
leaves out, from the CLDR tables that dateparser carries; what neither has, from
``scraper/dates/words.py``. Run it after a change of any of them::

    python benchmarks/build_date_names.py           # writes the module
    python benchmarks/build_date_names.py --check   # says whether the module is current

All words of all languages become one table, because a page does not say which language its next
date is in. Where languages disagree, the table says which has what.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import babel
from babel import Locale, localedata
from babel.core import get_global

TARGET = Path(__file__).parent.parent / "scraper" / "dates" / "names.py"


def load_words() -> ModuleType:
    """Return the hand-kept words, without the package that needs what is written here."""
    spec = importlib.util.spec_from_file_location("words", TARGET.with_name("words.py"))
    if spec is None or spec.loader is None:
        raise ImportError(TARGET.with_name("words.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


words = load_words()

_LOCALES = """
af am ar ar_DZ ar_IQ ar_MA ar_SY az be bg bn br bs bs_Cyrl ca cs cy da de de_AT el en en_AU en_CA
en_GB en_IN es es_MX es_US et eu fa fi fil fo fr fr_CA fy ga gd gl gu he hi hr hu hy id is it ja
ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn or pa pl ps pt pt_PT ro ru si sk sl
so sq sr sr_Latn sv sw ta te th tk tr uk ur uz vi yue zh zh_Hant zu
"""
_REGIONS = """
de_CH en_AU en_BE en_CA en_GB en_HK en_IE en_IN en_NZ en_PH en_SG en_US en_ZA es_AR es_CL es_CO
es_ES es_MX es_PA es_PR es_US fr_BE fr_CA fr_CH fr_FR nl_BE pt_BR pt_PT zh_CN zh_HK zh_SG zh_TW
"""
#: The locales whose names are read, the plain language first.
LOCALES = _LOCALES.split()
#: Locales that say only how days are written in figures.
REGIONS = _REGIONS.split()
UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
#: Marks without width that pages leave out or put in as they like.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def fresh_locale(code: str) -> Locale:
    """Return a locale that shares no names with those read before it.

    Babel fills the names that a locale lacks into the tables of the root, for all that follow.
    """
    localedata._cache.clear()
    return Locale.parse(code)


def normalise(name: str) -> str:
    """Return *name* as the reader looks words up: lower case, no marks, no points at the end."""
    name = unicodedata.normalize("NFC", INVISIBLE.sub("", name)).replace("\u00a0", " ")
    return " ".join(name.lower().split()).strip(".").replace("’", "'")


def unique(names: Iterable[str]) -> str:
    """Join *names* with bars, each once, those that are figures or nothing left out."""
    kept = dict.fromkeys(normalise(name) for name in names)
    return "|".join(name for name in kept if name and not re.search(r"\d|月", name))


def month_names(locale: Locale, month: int, width: str) -> Iterator[str]:
    """Yield the names of a month, also as they stand in a whole date: ``ב`` + name in Hebrew."""
    for context in ("format", "stand-alone"):
        name = locale.months[context][width][month]
        yield name
        for before, after in glued_letters(locale):
            yield before + name + after


def glued_letters(locale: Locale) -> set[tuple[str, str]]:
    """Return the letters that the date patterns of *locale* write around a month's name."""
    found = set()
    patterns = [str(f.pattern) for f in locale.date_formats.values()]
    patterns += [str(f.pattern) for f in locale.datetime_skeletons.values()]
    for pattern in patterns:
        for match in re.finditer(
            r"([^\W\d_'A-Za-z]*)(?<![ML])[ML]{3,4}(?![ML])(?:'(\w+)')?", pattern
        ):
            if match[1] or match[2]:
                found.add((match[1] or "", match[2] or ""))
    return found


def weekday_names(locale: Locale, day: int, width: str) -> Iterator[str]:
    """Yield the names of a weekday, Monday being 0."""
    for context in ("format", "stand-alone"):
        yield locale.days[context][width][day]


def past_patterns(locale: Locale, unit: str) -> Iterator[tuple[str, int]]:
    """Yield the phrases for so many units ago, ``{0}`` standing for the number, or with it.

    Arabic and Hebrew have a word for two hours that has no figure in it.
    """
    fields = locale._data["date_fields"]
    for width in ("", "-short", "-narrow"):
        if unit + width in fields:
            phrases = fields[unit + width]
            past: dict[str, str] = dict(phrases.get("past", {}))
            yield from ((past[count], 2 if count == "two" else 1) for count in sorted(past))


def day_words(language: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield the words for a day near today, as dateparser takes them from CLDR."""
    name = {"nb": "nb", "no": "nb"}.get(language, language).replace("_", "-")
    try:
        module = importlib.import_module(f"dateparser.data.date_translation_data.{name}")
    except ImportError:
        return
    for key in keys:
        yield from (w for w in module.info.get("relative-type", {}).get(key, ()) if len(w) > 1)


def order_of(locale: Locale) -> str:
    """Return the order of day, month and year in the short date of *locale*."""
    pattern = re.sub(r"'[^']*'", "", str(locale.date_formats["short"].pattern))
    letters = [c for c in pattern if c in "dMy"]
    return "".join(dict.fromkeys(letters)).lower()


def plain(word: str) -> str:
    """Return *word* without accents, for pages that leave them out."""
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize(
        "NFC", "".join(c for c in letters if not "\u0300" <= c <= "\u036f")
    )


def spellings(name: str) -> set[str]:
    """Return the other ways in which a page may write *name*: capitals, no accents."""
    found = {name.upper().lower(), plain(name), name.replace("׳", "")}
    if "i" in name or "ı" in name:
        found |= {name.replace("i", "İ").lower(), name.upper().lower()}
    return found


class Names:
    """The names of one kind: for each spelling its numbers and the languages that have them."""

    def __init__(self) -> None:
        self.exact: dict[str, dict[int, set[str]]] = {}
        self.loose: dict[str, dict[int, set[str]]] = {}

    def add(self, language: str, number: int, name: str) -> None:
        """Add a name and its other spellings."""
        self.exact.setdefault(name, {}).setdefault(number, set()).add(language)
        for spelling in spellings(name):
            self.loose.setdefault(spelling, {}).setdefault(number, set()).add(language)

    def of(self, word: str) -> dict[int, set[str]]:
        """Return the numbers of *word*; an exact spelling outdoes another language's loose one."""
        return self.exact.get(word) or self.loose.get(word) or {}


def bare(name: str) -> str:
    """Return a month's name without the particles that CLDR prints around it."""
    parts = name.replace("'", " ").split(" ") if name[1:2] == "'" else name.split(" ")
    while len(parts) > 1 and (parts[0] in words.PARTICLES or len(parts[0]) == 1):
        parts.pop(0)
    while len(parts) > 1 and parts[-1] in words.MARKERS:
        parts.pop()
    return " ".join(parts)


def month_words() -> dict[str, str]:
    """Return every month's name with its entry."""
    wide, short = Names(), Names()
    for names, width in ((wide, "wide"), (short, "abbreviated")):
        for code in LOCALES:
            locale = fresh_locale(code)
            for month in range(1, 13):
                for name in filter(None, unique(month_names(locale, month, width)).split("|")):
                    names.add(locale.language, month, bare(name))
    for language, key, spelled in words.MONTHS:
        for name in spelled:
            (wide if len(name) > 5 else short).add(language, int(key), name)
    table = {}
    for word in sorted({*wide.exact, *wide.loose, *short.exact, *short.loose}):
        numbers = merged(word, wide, short)
        table[word] = f"{month_letter(word, wide, numbers)} {written(numbers)}"
    for _, key, spelled in words.PERSIAN_MONTHS:
        for name in spelled:
            table.setdefault(name, f"P {key}:fa")
    return table


def merged(word: str, wide: Names, short: Names) -> dict[int, set[str]]:
    """Return what *word* means as a full name and as an abbreviation together."""
    out: dict[int, set[str]] = {}
    sources = [names.exact.get(word) for names in (wide, short)]
    if not any(sources):
        sources = [names.loose.get(word) for names in (wide, short)]
    for numbers in filter(None, sources):
        for number, languages in numbers.items():
            out.setdefault(number, set()).update(languages)
    return out


def month_letter(word: str, wide: Names, numbers: dict[int, set[str]]) -> str:
    """Return how surely *word* is a month: ``M``, ``C`` with a capital, ``w`` with a year only."""
    if word in words.MONTHS_AS_WORDS:
        return "C"
    if word in wide.exact or len(word) > 4 or not word.isascii():
        return "M"
    return "C" if "en" in set().union(*numbers.values()) else "w"


def written(numbers: dict[int, set[str]]) -> str:
    """Return numbers with their languages: ``10:hr 11:cs,pl``."""
    return " ".join(f"{n}:{','.join(sorted(numbers[n]))}" for n in sorted(numbers))


def add_weekdays(table: dict[str, str]) -> None:
    """Add the weekdays; a word that is a month too becomes both."""
    names = Names()
    for code in LOCALES:
        locale = fresh_locale(code)
        for day in range(7):
            for width in ("wide", "abbreviated"):
                for name in filter(None, unique(weekday_names(locale, day, width)).split("|")):
                    names.add(locale.language, day, name)
    for language, key, spelled in words.WEEKDAYS:
        for name in spelled:
            names.add(language, int(key), name)
    for word in sorted({*names.exact, *names.loose}):
        if len(word) == 1 and word.isascii():
            continue
        if word not in table:
            table[word] = f"W {written(names.of(word))}"
        elif table[word][0] in "MwC":
            table[word] = "B" + table[word][1:]


def add_small_words(table: dict[str, str]) -> None:
    """Add the words of ``words`` and the halves of the day."""
    for code in LOCALES:
        periods = fresh_locale(code).day_periods["format"]
        for half, period in enumerate(("am", "pm")):
            for width in ("wide", "abbreviated"):
                name = normalise(str(periods.get(width, {}).get(period, "")))
                if name and " " not in name:
                    table.setdefault(name, f"a {half}:")
    for spelled, number in day_names():
        if len(spelled) > 1:
            table.setdefault(spelled, f"t {number}:")
    for letter, group in (
        ("o", words.ORDINALS), ("r", words.RANGE_WORDS), ("A", words.CLOCK_WORDS),
        ("p", words.PARTICLES),
    ):  # fmt: skip
        for word in sorted(group):
            if word not in table or table[word][0] in "aorA" or word in words.NO_WEEKDAYS:
                table[word] = letter
    table.update({word: f"e {base}:" for word, base in words.ERAS.items()})
    table.update({word: f"E {base}:ja" for word, base in words.ERA_INITIALS.items()})
    table.update(words.MARKERS)


def day_names() -> Iterator[tuple[str, int]]:
    """Yield the words for today and the days before, with how many days ago they are."""
    # The words for "now" are left out: many are particles ("no", "na"), and none dates an entry.
    keys = (("0 day ago",), ("1 day ago",), ("2 day ago",))
    for code in LOCALES:
        for number, some in enumerate(keys):
            for name in filter(None, unique(day_words(code, some)).split("|")):
                if len(name) > 2 or not name.isascii():
                    yield from ((spelled, number) for spelled in sorted({name, plain(name)}))
    for _, key, names in words.DAYS:
        for name in names:
            yield from ((spelled, int(key)) for spelled in sorted({name, plain(name)}))


def ago_phrases() -> Iterator[tuple[str, str, int]]:
    """Yield every phrase for so long ago with its unit, and its number where it has no figure."""
    for code in LOCALES:
        locale = fresh_locale(code)
        for unit in UNITS:
            for phrase, count in past_patterns(locale, unit):
                yield normalise(phrase), unit, count
    for _, unit, phrases in words.AGO:
        yield from ((phrase, unit, 1) for phrase in phrases)
    for _, unit, phrases in words.TWO_AGO:
        yield from ((phrase, unit, 2) for phrase in phrases)


def ago_table() -> tuple[dict[str, str], dict[str, str]]:
    """Return the phrases by the word after their number, and those that have no number."""
    by_word: dict[str, set[tuple[str, str, str]]] = {}
    whole: dict[str, str] = {}
    for phrase, unit, count in ago_phrases():
        before, number, after = phrase.partition("{0}")
        if not number:
            whole.setdefault(phrase, f"{count} {unit}")
            continue
        before, after = before.strip(), after.strip(" .")
        short = after.isascii() and len(after) < 3 and not before
        if not after or before[:1] in ("-", "−", "+", "–") or short:
            continue
        for spelled in {after, plain(after), after.replace(".", "")}:
            variants = {spelled}
            if spelled[0] >= "\u2e80":
                variants.add(spelled.replace(" ", ""))
            for variant in variants:
                first = re.split(r"[ .]", variant)[0]
                entries = by_word.setdefault(first, set())
                entries |= {(b, variant, unit) for b in (before, plain(before))}
    for name, number in day_names():
        whole.setdefault(name, f"{number} day")
    # The longest phrase first, so that none is taken for a shorter one.
    lines = {
        word: ";".join("|".join(e) for e in sorted(entries, key=lambda e: (-len(e[0] + e[1]), e)))
        for word, entries in by_word.items()
    }
    return lines, whole


def order_table() -> dict[str, str]:
    """Return the order of figures by locale, those of a region only where they differ."""
    orders = {code: order_of(fresh_locale(code)) for code in sorted({*LOCALES, *REGIONS})}
    return {
        code: order
        for code, order in orders.items()
        if code.startswith("en_") or orders.get(code.split("_")[0]) != order or "_" not in code
    }


COMMENTS = {
    "WORDS": (
        "#: Every word of a date: its letter (see ``vocabulary.Word``), then what it stands for",
        "#: and in which languages: months from 1, weekdays from Monday 0, days ago, halves.",
    ),
    "AGO": (
        "#: By the word after the number: what stands before the number, what after it, the unit.",
    ),
    "WHOLE": ("#: Whole texts that name a time ago.",),
    "ORDERS": ("#: The order of day, month and year where they are written in figures.",),
}


def render() -> str:
    """Return the text of the module."""
    cldr = get_global("cldr")["version"]
    table = month_words()
    add_weekdays(table)
    add_small_words(table)
    ago, whole = ago_table()
    tables = {"WORDS": table, "AGO": ago, "WHOLE": whole, "ORDERS": order_table()}
    joined = sorted(
        {
            w.rsplit(" ", n)[0]
            for w, e in table.items()
            if e[0] in "MwCBt"
            for n in (1, 2)
            if " " in w
        }
    )
    lines = [
        '"""What months, weekdays and times ago are called, in every language at once.',
        "",
        "Generated by ``python benchmarks/build_date_names.py``; do not edit. The names are those",
        f"of the Unicode CLDR {cldr} as Babel {babel.__version__} has them,"
        " with the hand-kept ones of ``words``,",
        "in lower case and without points at the end. A table is one text, with a word, a tab and",
        "its entry to a line, which loads ten times as fast as a dictionary does.",
        '"""',
        "",
        "# ruff: noqa: E501  a line is an entry, however long",
        "",
        "from __future__ import annotations",
        "",
        '__all__ = ["AGO", "JOINED", "ORDERS", "WHOLE", "WORDS"]',
        "",
        "#: What names of more than one word begin with: ``meán fómhair``.",
        'JOINED = """\\\n' + "\n".join(joined) + '\n"""',
    ]
    for name, rows in tables.items():
        lines += ["", *COMMENTS[name], f'{name} = """\\']
        lines += [f"{word}\t{entry}" for word, entry in sorted(rows.items())]
        lines.append('"""')
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the module, or with ``--check`` say whether it is current."""
    text = render()
    if "--check" in sys.argv[1:]:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print(
            f"{TARGET.name} is {'current' if current else 'out of date; run this without --check'}"
        )
        return 0 if current else 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(LOCALES)} locales, {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
