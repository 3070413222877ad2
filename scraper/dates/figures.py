"""Dates that are figures alone, and the orders in which they can be read."""

from __future__ import annotations

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month, persian_day
from scraper.dates.lexer import Lexed
from scraper.dates.patterns import Plan
from scraper.dates.reading import DateOrder, Reading

__all__ = ["COUNTED", "arrange", "read_figures"]

# Whole texts that look like a day and are a saying.
_SAYINGS = frozenset({"24/7", "9/11", "7/7"})
# What stands before figures that are no date, ``No. 2024/17``, and what before those without a year
# of four figures: ``v. 3.11.20``, ``page 3/4``.
_NUMBERED = frozenset(
    ("№", "no", "nr", "nos", "num", "n", "az", "drs", "drucksache", "docket", "isbn")
)
COUNTED = _NUMBERED | frozenset(
    ("vol", "volume", "v", "ver", "version", "build", "rev", "release", "page", "p", "room", "art",
     "issue", "tel", "fax", "phone", "ip", "file", "case", "number", "heft", "ausgabe", "band",
     "numéro", "numero", "número", "nummer", "numer", "tome", "fasc", "part", "выпуск", "номер",
     "číslo", "sayı")
)  # fmt: skip
_SIGNS = frozenset("#№§°º")


def read_figures(plan: Plan, lexed: Lexed) -> Reading | None:
    """Return the date that the figures of *plan* are, or None where they are none."""
    if lexed.pieces[2 * plan.first] and _is_counted(plan, lexed):
        return None
    reading = _READERS[plan.form](plan, lexed)
    if reading is not None and "u" in plan.parts:
        # A weekday in brackets, which belong to it.
        return reading._replace(end=reading.end + 1)
    return reading


def _is_counted(plan: Plan, lexed: Lexed) -> bool:
    """Tell whether what stands before the figures says that they count something."""
    mark = lexed.pieces[2 * plan.first].strip()
    if mark and mark not in ".:":
        return not _SIGNS.isdisjoint(mark)
    if not plan.first:
        return False
    words = _NUMBERED if plan.form in ("nny", "ynn") else COUNTED
    return lexed.piece(plan.first - 1).lower() in words


def arrange(
    figures: tuple[int, ...], order: DateOrder
) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day of *figures* in *order*; without a third there is no year.

    >>> arrange((5, 3, 24), "dmy"), arrange((5, 3), "mdy")
    ((24, 3, 5), (None, 5, 3))
    """
    if order == "ymd":
        year, month, day = figures if len(figures) == 3 else (None, *figures)
        return year, month, day
    year = figures[2] if len(figures) == 3 else None
    return (year, figures[1], figures[0]) if order == "dmy" else (year, figures[0], figures[1])


def _read_year_first(plan: Plan, lexed: Lexed) -> Reading | None:
    parts = plan.parts
    year, month, day = (lexed.number(parts[name]) for name in "yab")
    if plan.mark == " " and not _is_wide(plan, lexed):
        return None
    start, end = lexed.start(plan.first), lexed.end(plan.last)
    if year < FIRST_YEAR:
        # Iran writes its own years in figures too; lunar ones of this century begin at 1417.
        found = persian_day(year, month, day) if year <= 1410 else None
        if found is None:
            return None
        return Reading("full", start, end, found.year, found.month, found.day)
    if year > 2400:
        year -= 543
    if year > LAST_YEAR or month > 12 or day > days_in_month(year, month):
        return None
    return Reading("full", start, end, year, month, day, weekday=plan.weekday(lexed))


def _read_year_last(plan: Plan, lexed: Lexed) -> Reading | None:
    parts = plan.parts
    a, b, year = lexed.number(parts["a"]), lexed.number(parts["b"]), lexed.number(parts["y"])
    if plan.mark == " " and not _is_wide(plan, lexed):
        return None
    if "f" in parts:
        # Of a range the first day: ``3.-5.3.2024``.
        a = min(a, lexed.number(parts["f"]))
    if year > 2400:
        year -= 543
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    possible: tuple[DateOrder, ...] = ("dmy",) if plan.mark == "." else ("dmy", "mdy")
    return _read_orders(plan, lexed, (a, b, year), possible, short=False)


def _read_short_year(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read three short figures, a date if they are written as carefully as one."""
    parts, mark = plan.parts, plan.mark
    spaced = mark == "." and ". " in lexed.text
    dated = plan.last - plan.first > 2
    if mark != "/" and not (dated or spaced or _is_wide(plan, lexed)):
        return None
    possible: list[DateOrder] = []
    if lexed.width(parts["s"]) == 2:
        possible += ["dmy"] if mark == "." else ["dmy", "mdy"]
    if lexed.width(parts["a"]) == 2 and (possible or spaced):
        possible.append("ymd")
    figures = (lexed.number(parts["a"]), lexed.number(parts["b"]), lexed.number(parts["s"]))
    return _read_orders(plan, lexed, figures, tuple(possible), short=True)


def _read_day_month(plan: Plan, lexed: Lexed) -> Reading | None:
    """Read a day and a month in figures, which nothing but their being alone makes a date."""
    text, parts, mark = lexed.text, plan.parts, plan.mark
    wide = _is_wide(plan, lexed)
    dated = plan.last - plan.first > 1 or plan.last + 1 < lexed.size
    padded = wide and "0" in (text[lexed.start(parts["a"])], text[lexed.start(parts["b"])])
    if mark == "-" and not (padded or (wide and dated)):
        return None
    if mark == "." and not ("t" in parts or dated or padded):
        return None
    if text.strip() in _SAYINGS:
        return None
    possible: tuple[DateOrder, ...] = ("dmy",) if mark == "." else ("dmy", "mdy")
    figures = (lexed.number(parts["a"]), lexed.number(parts["b"]))
    return _read_orders(plan, lexed, figures, possible, short=False)


def _read_month(plan: Plan, lexed: Lexed) -> Reading | None:
    year, month = lexed.number(plan.parts["y"]), lexed.number(plan.parts["a"])
    if month > 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return Reading("month", lexed.start(plan.first), lexed.end(plan.last), year, month)


_READERS = {
    "ynn": _read_year_first,
    "nny": _read_year_last,
    "nns": _read_short_year,
    "nn": _read_day_month,
    "yn": _read_month,
    "ny": _read_month,
}


def _is_wide(plan: Plan, lexed: Lexed) -> bool:
    """Tell whether day and month have two figures each."""
    return lexed.width(plan.parts["a"]) == lexed.width(plan.parts["b"]) == 2


def _read_orders(
    plan: Plan,
    lexed: Lexed,
    figures: tuple[int, ...],
    possible: tuple[DateOrder, ...],
    *,
    short: bool,
) -> Reading | None:
    """Return a reading of *figures* with those of the *possible* orders in which they are a day."""
    days = []
    orders: tuple[DateOrder, ...] = ()
    for order in possible:
        year, month, day = arrange(figures, order)
        if month is None or day is None or not 1 <= month <= 12:
            continue
        if 1 <= day <= days_in_month(None if short else year, month):
            orders = (*orders, order)
            days.append((year, month, day))
    if not days:
        return None
    year, month, day = days[0]
    if days.count(days[0]) < len(days):
        year, month, day = (None if short or len(figures) == 2 else figures[2]), None, None
    return Reading(
        "full" if len(figures) == 3 else "day",
        lexed.start(plan.first), lexed.end(plan.last),
        year, month, day, figures, orders, short, plan.weekday(lexed),
    )  # fmt: skip
