"""Write ``scraper/dates/names.py``: what months, weekdays and times ago are called.

The names come from the Unicode CLDR through Babel; the words for today and yesterday, which Babel
leaves out, from the CLDR tables that dateparser carries. Run it after an update of either::

    python benchmarks/build_date_names.py           # writes the module
    python benchmarks/build_date_names.py --check   # says whether the module is current
"""

from __future__ import annotations

import importlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import babel
from babel import Locale, localedata
from babel.core import get_global

TARGET = Path(__file__).parent.parent / "scraper" / "dates" / "names.py"

#: The locales whose names are read, the plain language first.
LOCALES = """
af am ar ar_DZ ar_IQ ar_MA ar_SY az be bg bn br bs bs_Cyrl ca cs cy da de de_AT el en en_AU en_CA
en_GB en_IN es es_MX es_US et eu fa fi fil fo fr fr_CA fy ga gl gu he hi hr hu hy id is it ja ka kk
km kn ko ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn or pa pl ps pt pt_PT ro ru si sk sl so sq
sr sr_Latn sv sw ta te th tk tr uk ur uz vi yue zh zh_Hant zu
""".split()
#: Locales that say only how days are written in figures.
REGIONS = """
de_CH en_AU en_BE en_CA en_GB en_HK en_IE en_IN en_NZ en_PH en_SG en_US en_ZA es_AR es_CL es_CO
es_ES es_MX es_PA es_PR es_US fr_BE fr_CA fr_CH fr_FR nl_BE pt_BR pt_PT zh_CN zh_HK zh_SG zh_TW
""".split()
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
        for match in re.finditer(r"([^\W\d_'A-Za-z]*)(?<![ML])[ML]{3,4}(?![ML])(?:'(\w+)')?", pattern):
            if match[1] or match[2]:
                found.add((match[1] or "", match[2] or ""))
    return found


def weekday_names(locale: Locale, day: int, width: str) -> Iterator[str]:
    """Yield the names of a weekday, Monday being 0."""
    for context in ("format", "stand-alone"):
        yield locale.days[context][width][day]


def past_patterns(locale: Locale, unit: str) -> Iterator[str]:
    """Yield the phrases for so many units ago, ``{0}`` standing for the number."""
    fields = locale._data["date_fields"]
    for width in ("", "-short", "-narrow"):
        if unit + width in fields:
            phrases = fields[unit + width]
            past = phrases["past"] if "past" in phrases else {}
            yield from (past[count] for count in sorted(past))


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


def tables() -> dict[str, dict[str, object]]:
    """Return all tables by name, each by language."""
    out: dict[str, dict[str, object]] = {
        name: {}
        for name in (
            "MONTHS", "SHORT_MONTHS", "WEEKDAYS", "SHORT_WEEKDAYS", "PERIODS", "DAYS", "AGO", "ORDERS",
        )
    }  # fmt: skip
    for code in LOCALES:
        locale = fresh_locale(code)
        for table, width, count, names in (
            ("MONTHS", "wide", range(1, 13), month_names),
            ("SHORT_MONTHS", "abbreviated", range(1, 13), month_names),
            ("WEEKDAYS", "wide", range(7), weekday_names),
            ("SHORT_WEEKDAYS", "abbreviated", range(7), weekday_names),
        ):
            row = tuple(unique(names(locale, number, width)) for number in count)
            if all(row):
                out[table][code] = row
        periods = locale.day_periods["format"]
        out["PERIODS"][code] = tuple(
            unique(str(periods[w][p]) for w in ("wide", "abbreviated") if p in periods.get(w, {}))
            for p in ("am", "pm")
        )
        days = (["0 day ago"], ["1 day ago"], ["2 day ago"], ["0 second ago"])
        row = tuple(unique(day_words(code, keys)) for keys in days)
        if any(row):
            out["DAYS"][code] = row
        out["AGO"][code] = tuple(
            "|".join(dict.fromkeys(normalise(p) for p in past_patterns(locale, unit) if p))
            for unit in UNITS
        )
        out["ORDERS"][code] = order_of(locale)
    for code in REGIONS:
        out["ORDERS"][code] = order_of(fresh_locale(code))
    without_repeats(out)
    return out


def without_repeats(out: dict[str, dict[str, object]]) -> None:
    """Drop the rows of a region that say the same as its language."""
    for name, rows in out.items():
        if name == "ORDERS":
            continue
        for code in [c for c in rows if "_" in c and rows[c] == rows.get(c.split("_")[0])]:
            del rows[code]


COMMENTS = {
    "MONTHS": "Months by their full names, January first; several spellings are parted by bars.",
    "SHORT_MONTHS": "Months as they are abbreviated.",
    "WEEKDAYS": "Weekdays by their full names, Monday first.",
    "SHORT_WEEKDAYS": "Weekdays as they are abbreviated.",
    "PERIODS": "The halves of the day.",
    "DAYS": "Today, yesterday, the day before, and now.",
    "AGO": "So many seconds, minutes, hours, days, weeks, months and years ago.",
    "ORDERS": "The order of day, month and year where they are written in figures.",
}


def render() -> str:
    """Return the text of the module."""
    lines = [
        '"""What months, weekdays and times ago are called, by language.',
        "",
        "Generated by ``python benchmarks/build_date_names.py``; do not edit. The names are those of",
        f"the Unicode CLDR {get_global('cldr')['version']} as Babel {babel.__version__} carries them,",
        "in lower case and without points at the end.",
        '"""',
        "",
        "# ruff: noqa: E501  one line a language reads best",
        "",
        "from __future__ import annotations",
        "",
    ]
    tables_ = tables()
    lines += ["__all__ = [", *(f'    "{name}",' for name in sorted(tables_)), "]", ""]
    for name, rows in tables_.items():
        kind = "str" if name == "ORDERS" else "tuple[str, ...]"
        lines.append(f"#: {COMMENTS[name]}")
        lines.append(f"{name}: dict[str, {kind}] = {{")
        lines.append("    # fmt: off")
        lines += [f"    {quoted(code)}: {quoted(row)}," for code, row in sorted(rows.items())]
        lines += ["    # fmt: on", "}", ""]
    return "\n".join(lines).rstrip() + "\n"


def quoted(value: object) -> str:
    """Return *value* as Python source with double quotes."""
    if isinstance(value, tuple):
        return "(" + ", ".join(quoted(v) for v in value) + ")"
    text = str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main() -> int:
    """Write the module, or with ``--check`` say whether it is current."""
    text = render()
    if "--check" in sys.argv[1:]:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.name} is {'current' if current else 'out of date; run this without --check'}")
        return 0 if current else 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(LOCALES)} locales, {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
