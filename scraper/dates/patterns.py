"""The forms of dates, written in shapes, and which token of a text is the day, month or year.

A *plan* says for a shape where its dates are. Shapes repeat all over a listing, so plans are kept;
making one costs a few microseconds.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from scraper.dates.lexer import Lexed

__all__ = ["Plan", "plan_dates"]

_MONTH = "[MwB]"
_DAY = r"N(?:o|-o|'?o|°| o(?= ))?"
# A weekday belongs to the date next to it: ``Tue, ``, ``火曜日 ``, ``(Tue) ``.
_WEEKDAY = r"(?:\(?(?P<w>[WB])\)?[.,]{0,2} ?(?:p ?)?(?:p ?)?)?"
_AFTER = r"(?:,? ?(?:\((?P<u>W)\.?\)|(?P<v>W)\.?))?"
_P = r"(?:p[.,]{0,2}'? ?){0,3}"
_Y4 = r"(?:'?(?P<y>Y))"
# Neither glued to a word or a figure, nor the tail of a longer run of figures.
_HEAD = r"(?:(?<![A-Za-z#$€£%+@_])(?<![A-Za-z][./-])(?<![NnYKD]:)|(?<=p-))"
_NUMBER_HEAD = r"(?<![A-Za-z#$€£%+@_.,/-])(?<![NnYKD]:)"
_TAIL = r"(?![B-Zacf-z%$€£])(?![-/.:,%][NnYKD])"
_SEP = r" ?[.,]{0,2} ?[-/]? ?"
# Where a date that is weak evidence may begin and end: at the text's ends or at a strong mark.
_OPEN = r"(?:^[ (\[]*|[|,;•·()\[\]:] ?| - )(?:p ?)?"
_SHUT = r"(?=[ )\]]*$|[.,;:]? ?[|;•·()\[\],:]|[.,;:]? - |\.$|[.,] |[, ]{1,2}A? ?[Nn]:[Nn])"

_SHUT_STRICT = r"(?=[ )\]]*$|[.,;:]? ?[|;•·()\[\]]|[:,](?! [NnY])|[.,;:]? - |\.$|[, ]{1,2}A? ?[Nn]:[Nn])"


class Plan(NamedTuple):
    """A date in a shape: its form, the tokens of its parts, and its first and last token."""

    form: str
    #: Who reads it: ``named``, ``figures``, ``persian``, ``day``.
    family: str
    #: What stands between its figures.
    mark: str
    parts: dict[str, int]
    first: int
    last: int
    #: How much the form says: 3 full, 2 month or day, 1 the rest.
    rank: int
    #: Whether a time of day may stand next to it.
    timed: bool

    def weekday(self, lexed: Lexed) -> int | None:
        """Return the weekday next to the date, Monday being 0."""
        token = self.parts.get("w", self.parts.get("v", self.parts.get("u")))
        word = lexed.word(token) if token is not None else None
        return word.value if word is not None and word.letter == "W" else None


# A figure not far behind, if it is of a time.
_TIME_AFTER = re.compile(r"[^A-Za-z]*(?:[A-Za-z][^A-Za-z]*){0,3}?[Nn] ?(?:[:.]? ?[Nn]|[a-zA-Z])")


class _Forms:
    """Forms of one family, compiled when a shape first needs them."""

    def __init__(self, *rows: tuple[str, int, str]) -> None:
        self._rows = rows

    @cached_property
    def compiled(self) -> list[tuple[str, int, re.Pattern[str]]]:
        return [(form, rank, re.compile(pattern)) for form, rank, pattern in self._rows]


_RANGE = rf"(?:{_DAY}\.? ?(?P<m0>{_MONTH})?)"
#: Forms with the name of a month.
_NAMED = _Forms(
    ("dmy", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N)(?:o|-o|'?o)?\.?(?: ?(?P<m0>{_MONTH})\.?,?(?: ?{_P}(?P<y0>Y))?)?"
               rf" ?(?:-|r) ?{_WEEKDAY.replace('P<w>', 'P<w1>')}{_DAY}[., ]{{0,2}}{_SEP}{_P}(?P<m>{_MONTH}){_SEP}{_P}{_Y4}{_TAIL}"),
    ("mdy", 3, rf"{_HEAD}{_WEEKDAY}(?P<m>{_MONTH})\.? ?(?P<d>N)o?,? ?(?:-|r) ?(?:{_MONTH}\.? ?)?No?,? ?{_P}{_Y4}{_TAIL}"),
    ("dmy", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N)(?:o|-o|'?o|°| o(?= ))?{_SEP}{_P}(?P<m>{_MONTH}){_SEP}{_P}{_Y4}{_AFTER}{_TAIL}"),
    ("mdy", 3, rf"{_HEAD}{_WEEKDAY}(?P<m>{_MONTH})\.?,?[ -]? ?{_P}(?P<d>N)(?:o|-o| o)?{_SEP}{_P}{_Y4}{_AFTER}{_TAIL}"),
    ("ymd", 3, rf"{_HEAD}{_WEEKDAY}(?P<y>Y)\.?,?[ /-]? ?{_P}y?,? ?(?P<m>{_MONTH})\.?[ /-]? ?m? ?{_P}(?P<d>N)o?\.?(?: ?[dpo](?![a-zA-Z])\.?)?{_AFTER}{_TAIL}"),
    ("ydm", 3, rf"{_HEAD}{_WEEKDAY}(?P<y>Y)[.-]?,? ?{_P}(?P<d>N)[.o]?[ -]{_P}(?P<m>{_MONTH}){_AFTER}{_TAIL}"),
    ("dmys", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N)o?\.?[ -/]?{_P}(?P<m>{_MONTH})\.?[-/, ]? ?{_P}'(?P<s>[Nn]){_TAIL}"),
    ("dmys", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N)(?P<k>[-/.])(?P<m>{_MONTH})(?P=k)(?P<s>[Nn]){_TAIL}"),
    ("dmys", 3, rf"{_OPEN}(?P<all>{_WEEKDAY}(?P<d>N)o?\.?[ -]?{_P}(?P<m>{_MONTH})\.?,? ?{_P}(?P<s>[Nn])){_SHUT}"),
    ("mdys", 3, rf"{_HEAD}{_WEEKDAY}(?P<m>{_MONTH})\.? ?(?P<d>N)o?,? ?'(?P<s>[Nn]){_TAIL}"),
    ("my", 2, rf"{_HEAD}(?<![NnKD] )(?<![NnKD]\. )(?P<m>[MwB])\.?,? ?[-/]? ?{_P}{_Y4}{_TAIL}"),
    ("ym", 2, rf"{_HEAD}(?P<y>Y)\.?,? ?[-/]? ?{_P}y? ?(?P<m>{_MONTH})\.?{_TAIL}"),
    ("mys", 2, rf"{_HEAD}(?P<m>{_MONTH})\.? ?'(?P<s>[Nn]){_TAIL}"),
    ("dm", 2, rf"{_OPEN}(?P<all>{_WEEKDAY}(?P<d>N)(?:o|-o)?\.?(?: ?-{_DAY}\.?)?{_SEP}{_P}(?P<m>{_MONTH})\.?{_AFTER}){_SHUT}"),
    ("dm", 2, rf"{_HEAD}{_WEEKDAY}(?P<d>N)(?:o|-o)?\.? ?(?:-|r)? ?(?:{_DAY}\.?)? ?{_P}(?P<m>M){_TAIL}(?! ?[x'DYK])"),
    ("dm", 2, rf"{_HEAD}{_WEEKDAY}(?P<d>N)(?:o|-o)?\.? {_P}(?P<m>M){_TAIL}(?! ?[DYK])"),
    ("md", 2, rf"{_OPEN}(?P<all>{_WEEKDAY}(?P<m>{_MONTH})\.?,?[ -]? ?{_P}(?P<d>N)o?(?: ?-N)?{_AFTER}){_SHUT_STRICT}"),
)  # fmt: skip
#: Forms in figures alone.
_NUMERIC = _Forms(
    ("nny", 3, rf"{_NUMBER_HEAD}{_WEEKDAY}(?P<f>N)\.?(?:N\.?)? ?- ?(?P<a>N)(?P<k>\.) ?(?P<b>N)\. ?(?P<y>Y){_TAIL}"),
    ("ynn", 3, rf"{_NUMBER_HEAD}{_WEEKDAY}(?P<y>Y) ?(?P<k>[-/.]) ?(?P<a>N) ?(?P=k) ?(?P<b>N)\.?{_AFTER}{_TAIL}"),
    ("nny", 3, rf"{_NUMBER_HEAD}{_WEEKDAY}(?P<a>N) ?(?P<k>[-/.]) ?(?P<b>N) ?(?P=k) ?(?P<y>Y)\.?(?: ?p\.?(?![a-zA-Z]))?{_AFTER}{_TAIL}"),
    ("nny", 3, rf"{_NUMBER_HEAD}{_WEEKDAY}(?P<a>N)(?P<k>/)(?P<b>N) (?P<y>Y){_TAIL}"),
    ("ynn", 3, r"^ ?(?P<all>(?P<y>Y)(?P<k> )(?P<a>N) (?P<b>N)) ?$"),
    ("nny", 3, r"^ ?(?P<all>(?P<a>N)(?P<k> )(?P<b>N) (?P<y>Y)) ?$"),
    ("nns", 3, rf"{_NUMBER_HEAD}{_WEEKDAY}(?P<a>[Nn])(?P<k>/)(?P<b>N)/(?P<s>[Nn]){_AFTER}{_TAIL}"),
    ("nns", 3, rf"{_OPEN}(?P<all>{_WEEKDAY}(?P<a>[Nn])(?P<k>[-.]) ?(?P<b>N)(?P=k) ?(?P<s>[Nn])\.?(?: ?p\.?)?{_AFTER}){_SHUT}"),
    ("nn", 2, rf"^ ?\(?(?P<all>{_WEEKDAY}(?P<a>N)(?P<k>[-/.]) ?(?P<b>N)(?P<t>\.)?{_AFTER})(?= ?\)?$|[, ] ?A? ?[Nn]:[Nn])"),
    ("yn", 2, rf"^ ?(?P<all>(?P<y>Y)(?P<k>[-/.])(?P<a>N)) ?$"),
    ("ny", 2, rf"^ ?(?P<all>(?P<a>N)(?P<k>[-/.])(?P<y>Y)) ?$"),
)  # fmt: skip
#: Forms with characters or words for year, month and day.
_MARKED = _Forms(
    ("ymd", 3, rf"(?<![NnYKD./-])(?P<y>Y) ?[yp]?,? ?(?P<n>N)(?:-o)? ?m ?(?P<d>N) ?d?{_AFTER}(?![NnYKD])"),
    ("ymds", 3, rf"(?<![NnYKD./-])(?P<s>[Nn]) ?y ?(?P<n>N) ?m ?(?P<d>N) ?d{_AFTER}"),
    ("dmy", 3, rf"{_HEAD}{_WEEKDAY}(?:p ?)?(?P<d>N)[,/]? ?T ?(?P<n>N),? ?{_P}{_Y4}{_TAIL}"),
    ("mdy", 3, rf"{_HEAD}T ?(?P<n>N) (?P<d>N),? ?{_P}{_Y4}{_TAIL}"),
    ("my", 2, rf"{_HEAD}T ?(?P<n>N)[,/]? ?{_P}{_Y4}{_TAIL}"),
    ("ym", 2, r"(?<![NnYKD./-])(?P<y>Y) ?[yp],? ?(?P<n>N)(?:-o)? ?m(?! ?N)"),
    ("md", 2, rf"(?<![NnYKDy./-])(?<!y )(?P<n>N) ?m ?(?P<d>N) ?d{_AFTER}"),
    ("dm", 2, rf"{_HEAD}{_WEEKDAY}(?:p ?)?(?P<d>N),? ?T ?(?P<n>N){_TAIL}"),
    ("y", 1, r"^ ?(?P<y>Y) ?y ?$"),
)  # fmt: skip
#: Forms counted from an era.
_ERAS = _Forms(
    ("eymd", 3, rf"(?P<e>e)\.? ?(?P<g>[NnKY]) ?y ?(?P<n>N) ?m ?(?P<d>N) ?d?{_AFTER}"),
    ("eymd", 3, rf"(?<![A-Za-z0-9.])(?P<e>e)\.? ?(?P<g>[NnK]) ?(?P<k>[-/.]) ?(?P<n>N) ?(?P=k) ?(?P<d>N)(?![-/.\w])"),
    ("eym", 2, r"(?P<e>e)\.? ?(?P<g>[NnKY]) ?y ?(?P<n>N) ?m(?! ?N)"),
    ("dmye", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N){_SEP}{_P}(?P<m>{_MONTH}){_SEP}{_P}(?P<e>e)\.? ?(?P<g>[YNn]){_TAIL}"),
    ("mye", 2, rf"{_HEAD}(?P<m>{_MONTH}){_SEP}{_P}(?P<e>e)\.? ?(?P<g>[YNn]){_TAIL}"),
    ("ey", 1, r"^ ?(?P<e>e)\.? ?(?P<g>[NnKY]) ?y? ?$"),
)  # fmt: skip
#: Forms of the solar hijri calendar.
_PERSIAN = _Forms(
    ("dmyp", 3, rf"{_HEAD}{_WEEKDAY}(?P<d>N){_SEP}{_P}(?P<q>P){_SEP}{_P}(?:ماه )?{_Y4}{_TAIL}"),
    ("ymdp", 3, rf"{_HEAD}{_WEEKDAY}(?P<y>Y){_SEP}{_P}(?P<q>P){_SEP}{_P}(?P<d>N){_TAIL}"),
)  # fmt: skip
#: Forms that are the whole text.
_WHOLE = _Forms(
    ("y", 1, r"^[ (\[]*(?:p\.? ?)?(?P<y>Y)\.?(?: ?p\.?)?[ )\]:]*$"),
    ("d", 1, rf"^[ (\[]*{_WEEKDAY}(?P<d>N)(?:o|-o)?\.?(?: ?d)?{_AFTER}[ )\]:]*$"),
)


@lru_cache(maxsize=2_048)
def plan_dates(shape: str) -> tuple[Plan, ...]:
    """Return where the dates of a shape are, in order.

    >>> [(plan.form, plan.parts) for plan in plan_dates("x W, M No Y")]
    [('mdy', {'w': 1, 'm': 2, 'd': 3, 'y': 5})]
    """
    plans: list[Plan] = []
    rest = shape
    for forms in _families(shape):
        for form, rank, pattern in forms.compiled:
            while True:
                match = pattern.search(rest)
                if match is None:
                    break
                plans.append(_make_plan(form, rank, match, shape))
                start, end = match.span()
                rest = rest[:start] + "\x00" * (end - start) + rest[end:]
    plans.sort(key=lambda p: p.first)
    return tuple(plans)


def _families(shape: str) -> list[_Forms]:
    """Return the forms that a shape can have at all."""
    found = []
    if "e" in shape:
        found.append(_ERAS)
    if "P" in shape:
        found.append(_PERSIAN)
    if "M" in shape or "w" in shape or "B" in shape:
        found.append(_NAMED)
    if "m" in shape or "T" in shape or "y" in shape:
        found.append(_MARKED)
    if "/" in shape or "-" in shape or "." in shape or "N N" in shape:
        found.append(_NUMERIC)
    if len(shape) <= 12:
        found.append(_WHOLE)
    return found


def _make_plan(form: str, rank: int, match: re.Match[str], shape: str) -> Plan:
    """Return the plan of a match, its places in the shape turned into numbers of tokens."""
    numbers = [0]
    for letter in shape:
        numbers.append(numbers[-1] + letter.isalpha())
    groups = match.groupdict()
    parts = {
        name: numbers[match.start(name)]
        for name, found in groups.items()
        if found is not None and name not in ("all", "k")
    }
    start, end = match.span("all") if "all" in groups else match.span()
    if "a" in parts:
        family = "figures"
    else:
        family = "persian" if "q" in parts else "day" if form == "d" else "named"
    timed = _TIME_AFTER.match(shape, end) is not None or ":" in shape[:start]
    first, last = numbers[start], numbers[end] - 1
    return Plan(form, family, groups.get("k") or "", parts, first, last, rank, timed)
