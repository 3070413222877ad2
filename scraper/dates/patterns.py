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

# A weekday before or after a date belongs to it: ``Tue, ``, ``(Tue) ``; ``火曜日``, ``(火)``.
_W = r"(?:\(?(?P<w>[WB])\)?[.,]{0,2} ?(?:p ?){0,2})?"
_V = r"(?:,? ?(?:\((?P<u>W)\.?\)|(?P<v>W)\.?))?"
# What is glued to a day: ``5th``, ``5-го``, ``1°``; ``4 th`` with a slip.
_TH = r"(?:o|-o|'?o|°| o(?= ))?"
_D = rf"(?P<d>N){_TH}"
_M = r"(?P<m>[MwB])"
_Y = r"(?:'?(?P<y>Y))"
# Words that say nothing, and all that may stand between the parts of a date.
_P = r"(?:p[.,]{0,2}'? ?){0,3}"
_J = rf" ?[.,]{{0,2}} ?[-/]? ?{_P}"
# Neither glued to a word or a figure, nor a part of a longer run of figures.
_H = r"(?:(?<![A-Za-z#$€£%+@_])(?<![A-Za-z][./-])(?<![NnYKD]:)|(?<=p-))"
_F = r"(?<![A-Za-z#$€£%+@_.,/-])(?<![NnYKD]:)"
_T = r"(?![B-Zacf-z%$€£])(?![-/.:,%][NnYKD])"
_NO_RUN = r"(?<![NnYKD./-])"
# Where a date that is weak evidence may begin and end: at the text's ends or at a strong mark.
_OPEN = r"(?:^[ (\[]*|[|,;•·()\[\]:] ?| - )(?:p ?)?"
_CLOCK = r"[, ]{1,2}A? ?[Nn]:[Nn]"
_SHUT = rf"(?=[ )\]]*$|[.,;:]? ?[|;•·()\[\],:]|[.,;:]? - |\.$|[.,] |{_CLOCK})"
_CLOSED = rf"(?=[ )\]]*$|[.,;:]? ?[|;•·()\[\]]|[:,](?! [NnY])|[.,;:]? - |\.$|{_CLOCK})"
# A figure not far behind, if it is of a time.
_TIME_AFTER = re.compile(r"[^A-Za-z]*(?:[A-Za-z][^A-Za-z]*){0,3}?[Nn] ?(?:[:.]? ?[Nn]|[a-zA-Z])")


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


class _Forms:
    """Forms of one family, compiled when a shape first needs them."""

    def __init__(self, needs: str, *rows: tuple[str, int, str]) -> None:
        #: Without which a shape, or what is left of one, has none of the forms.
        self.needs = re.compile(needs)
        self._rows = rows

    @cached_property
    def compiled(self) -> list[tuple[str, int, re.Pattern[str]]]:
        return [(form, rank, re.compile(pattern)) for form, rank, pattern in self._rows]


#: Forms with the name of a month.
_NAMED = _Forms(
    "[MwB]",
    # 28 Feb – 2 March 2024, 3.–5. März 2024, 3, 4 and 5 March 2024
    (
        "dmy", 3,
        rf"{_H}{_W}{_D}\.?(?: ?(?P<m0>[MwB])\.?,?(?: ?{_P}(?P<y0>Y))?)?"
        r"(?:, ?N\.?)* ?(?:[-&/rA]|p(?= N)) ?"
        rf"(?:W[.,]{{0,2}} ?)?N{_TH}[., ]{{0,2}}{_J}{_M}{_J}{_Y}{_T}",
    ),
    # March 28 - April 2, 2024
    ("mdy", 3, rf"{_H}{_W}{_M}\.? ?{_D},? ?(?:-|r) ?(?:[MwB]\.? ?)?N{_TH},? ?{_P}{_Y}{_T}"),
    # 5. März 2024, 5 de marzo de 2024, 05-Mar-2024
    ("dmy", 3, rf"{_H}{_W}{_D}{_J}{_M}{_J}{_Y}{_V}{_T}"),
    # March 5th, 2024
    ("mdy", 3, rf"{_H}{_W}{_M}\.?,?[ -]? ?{_P}{_D}{_J}{_Y}{_V}{_T}"),
    # 2024. március 5., 2024 m. kovo 5 d.
    (
        "ymd", 3,
        rf"{_H}{_W}{_Y}\.?,?[ /-]? ?{_P}y?,? ?{_M}\.?[ /-]? ?m? ?{_P}"
        rf"(?P<d>N)o?\.?(?: ?[dpo](?![a-zA-Z])\.?)?{_V}{_T}",
    ),
    # 2024. gada 5. marts
    ("ydm", 3, rf"{_H}{_W}{_Y}[.-]?,? ?{_P}(?P<d>N)[.o]?[ -]{_P}{_M}{_V}{_T}"),
    # 5 March '24, 05-Mar-24; 5 Mar 24 if nothing else is said
    ("dmys", 3, rf"{_H}{_W}(?P<d>N)o?\.?[ -/]?{_P}{_M}\.?[-/, ]? ?{_P}'(?P<s>[Nn]){_T}"),
    ("dmys", 3, rf"{_H}{_W}(?P<d>N)(?P<k>[-/.]){_M}(?P=k)(?P<s>[Nn]){_T}"),
    ("dmys", 3, rf"{_OPEN}(?P<all>{_W}(?P<d>N)o?\.?[ -]?{_P}{_M}\.? {_P}(?P<s>[Nn])(?!:)){_SHUT}"),
    ("mdys", 3, rf"{_H}{_W}{_M}\.? ?(?P<d>N)o?,? ?'(?P<s>[Nn]){_T}"),
    # March 2024, 2024. március, Mar '24
    ("my", 2, rf"{_H}(?<![NnKD] )(?<![NnKD]\. ){_M}\.?,? ?[-/]? ?{_P}{_Y}{_T}"),
    ("ym", 2, rf"{_H}{_Y}\.?,? ?[-/]? ?{_P}y? ?{_M}\.?{_T}"),
    ("mys", 2, rf"{_H}{_M}\.? ?'(?P<s>[Nn]){_T}"),
    # 5 March, 3-5 Mar: an abbreviation only where nothing else is said
    ("dm", 2, rf"{_OPEN}(?P<all>{_W}(?P<d>N)(?:o|-o)?\.?(?: ?-N{_TH}\.?)?{_J}{_M}\.?{_V}){_SHUT}"),
    (
        "dm", 2,
        rf"{_H}{_W}(?P<d>N)(?:o|-o)?\.? ?(?:-|r)? ?(?:N{_TH}\.?)? ?{_P}(?P<m>M){_T}"
        r"(?! ?[x'DYK]|-x)",
    ),
    ("dm", 2, rf"{_H}{_W}(?P<d>N)(?:o|-o)?\.? {_P}(?P<m>M){_T}(?! ?[DYK]|-x)"),
    (
        "md", 2,
        rf"{_OPEN}(?P<all>{_W}{_M}\.?,?[ -]? ?m? ?{_P}(?P<d>N)o?(?:(?<=[MB] N) ?-N)?\.?"
        rf"(?: ?[dp](?![A-Za-z])\.?)?{_V}){_CLOSED}",
    ),
)  # fmt: skip
#: Forms in figures alone.
_NUMERIC = _Forms(
    r"[NnY]\.? ?[-/.] ?[NnY]|N N",
    # 3.-5.3.2024
    ("nny", 3, rf"{_F}{_W}(?P<f>N)\.?(?:N\.?)? ?- ?(?P<a>N)(?P<k>\.) ?(?P<b>N)\. ?(?P<y>Y){_T}"),
    # 2024-03-05, 05.03.2024, 5/3 2024
    ("ynn", 3, rf"{_F}{_W}(?P<y>Y) ?(?P<k>[-/.]) ?(?P<a>N) ?(?P=k) ?(?P<b>N)\.?{_V}{_T}"),
    (
        "nny", 3,
        rf"{_F}{_W}(?P<a>N) ?(?P<k>[-/.]) ?(?P<b>N) ?(?P=k) ?(?P<y>Y)\.?(?: ?p\.?(?![a-zA-Z]))?"
        rf"{_V}{_T}",
    ),
    ("nny", 3, rf"{_F}{_W}(?P<a>N)(?P<k>/)(?P<b>N) (?P<y>Y){_T}"),
    # 2024 03 05 and 05 03 2024, if nothing else is said
    ("ynn", 3, r"^ ?(?P<all>(?P<y>Y)(?P<k> )(?P<a>N) (?P<b>N)) ?$"),
    ("nny", 3, r"^ ?(?P<all>(?P<a>N)(?P<k> )(?P<b>N) (?P<y>Y)) ?$"),
    # 05/03/24; with other marks if nothing else is said
    ("nns", 3, rf"{_F}{_W}(?P<a>[Nn])(?P<k>/)(?P<b>N)/(?P<s>[Nn]){_V}{_T}"),
    (
        "nns", 3,
        rf"{_OPEN}(?P<all>{_W}(?P<a>[Nn])(?P<k>[-.]) ?(?P<b>N)(?P=k) ?(?P<s>[Nn])\.?(?: ?p\.?)?"
        rf"{_V}){_SHUT}",
    ),
    # 5/3, 05.03., 03-05 10:30
    (
        "nn", 2,
        rf"^ ?\(?(?P<all>{_W}(?P<a>N)(?P<k>[-/.]) ?(?P<b>N)(?P<t>\.)?{_V})"
        r"(?= ?\)?$|[, ] ?A? ?[Nn]:[Nn])",
    ),
    # 2024-03, 03/2024
    ("yn", 2, r"^ ?(?P<all>(?P<y>Y)(?P<k>[-/.])(?P<a>N)) ?$"),
    ("ny", 2, r"^ ?(?P<all>(?P<a>N)(?P<k>[-/.])(?P<y>Y)(?: ?p\.?)?) ?$"),
)  # fmt: skip
#: Forms with characters or words for year, month and day.
_MARKED = _Forms(
    "[mTy]",
    # 2024年3月5日, 2024년 3월 5일, 2024 оны 3-р сарын 5
    (
        "ymd", 3,
        rf"{_NO_RUN}(?P<y>Y) ?[yp]?,? ?(?P<n>N)(?:-o)? ?m ?(?P<d>N)(?: ?d|(?![NnYKD])){_V}",
    ),
    ("ymds", 3, rf"{_NO_RUN}(?P<s>[Nn]) ?y ?(?P<n>N) ?m ?(?P<d>N) ?d{_V}"),
    # ngày 5 tháng 3 năm 2024, tháng 3 5, 2024
    ("dmy", 3, rf"{_H}{_W}(?:p ?)?(?P<d>N)[,/]? ?T ?(?P<n>N),? ?{_P}{_Y}{_T}"),
    ("mdy", 3, rf"{_H}T ?(?P<n>N) (?P<d>N),? ?{_P}{_Y}{_T}"),
    ("my", 2, rf"{_H}T ?(?P<n>N)[,/]? ?{_P}{_Y}{_T}"),
    # 2024年3月, 3月5日
    ("ym", 2, rf"{_NO_RUN}(?P<y>Y) ?[yp],? ?(?P<n>N)(?:-o)? ?m(?! ?N)"),
    ("md", 2, rf"{_NO_RUN}(?<!y)(?<!y )(?P<n>N) ?m ?(?P<d>N) ?d{_V}"),
    ("md", 2, r"^ ?(?P<all>(?P<n>N)-o m (?P<d>N)) ?$"),
    ("dm", 2, rf"{_H}{_W}(?:p ?)?(?P<d>N),? ?T ?(?P<n>N){_T}"),
    ("y", 1, r"^ ?(?P<y>Y) ?y ?$"),
)  # fmt: skip
#: Forms counted from an era.
_ERAS = _Forms(
    "[eE]",
    # 令和6年(2024年)3月5日, 2024年（令和6年）3月5日
    ("ymd", 3, rf"e ?[NnK] ?y ?\((?P<y>Y) ?y?\) ?(?P<n>N) ?m ?(?P<d>N) ?d{_V}"),
    ("ymd", 3, rf"(?P<y>Y) ?y ?\(e ?[NnK] ?y\) ?(?P<n>N) ?m ?(?P<d>N) ?d{_V}"),
    # 令和6年3月5日, 民國 113.3.5, R6.3.5 if nothing else is said
    ("eymd", 3, rf"(?P<e>e)\.? ?(?P<g>[NnKY]) ?y ?(?P<n>N) ?m ?(?P<d>N) ?d?{_V}"),
    ("eymd", 3, r"(?P<e>e)\.? ?(?P<g>[NnK]) ?(?P<k>[-/.]) ?(?P<n>N) ?(?P=k) ?(?P<d>N)(?![-/.\w])"),
    ("eymd", 3, rf"{_OPEN}(?P<all>(?P<e>E)(?P<g>N)(?P<k>[-/.])(?P<n>N)(?P=k)(?P<d>N)){_SHUT}"),
    ("eym", 2, r"(?P<e>e)\.? ?(?P<g>[NnKY]) ?y ?(?P<n>N) ?m(?! ?N)"),
    # 5 มีนาคม พ.ศ. 2567
    ("dmye", 3, rf"{_H}{_W}{_D}{_J}{_M}{_J}(?P<e>e)\.? ?(?P<g>[YNn]){_T}"),
    ("mye", 2, rf"{_H}{_M}{_J}(?P<e>e)\.? ?(?P<g>[YNn]){_T}"),
    ("ey", 1, r"^ ?(?P<e>e)\.? ?(?P<g>[NnKY]) ?y? ?$"),
)  # fmt: skip
#: Forms of the solar hijri calendar.
_PERSIAN = _Forms(
    "P",
    ("dmyp", 3, rf"{_H}{_W}{_D}{_J}(?P<q>P){_J}{_Y}{_T}"),
    ("ymdp", 3, rf"{_H}{_W}{_Y}{_J}(?P<q>P){_J}{_D}{_T}"),
)
#: Forms that are the whole text.
_WHOLE = _Forms(
    r"^[^A-Za-z]{0,3}(?:[WBp][^A-Za-z]{0,3}){0,2}[NY](?!.*[NnY])",
    ("y", 1, r"^[ (\[]*(?:p\.? ?)?(?P<y>Y)\.?(?: ?p\.?)?[ )\]:]*$"),
    ("d", 1, rf"^[ (\[]*{_W}(?P<d>N)(?:o|-o)?\.?(?: ?d)?{_V}[ )\]:]*$"),
)
_FAMILIES = (_ERAS, _PERSIAN, _NAMED, _MARKED, _NUMERIC, _WHOLE)


@lru_cache(maxsize=2_048)
def plan_dates(shape: str) -> tuple[Plan, ...]:
    """Return where the dates of a shape are, in order.

    >>> [(plan.form, plan.parts) for plan in plan_dates("x W, M No Y")]
    [('mdy', {'w': 1, 'm': 2, 'd': 3, 'y': 5})]
    """
    plans: list[Plan] = []
    rest = shape
    for forms in _FAMILIES:
        if forms.needs.search(rest) is None:
            continue
        for form, rank, pattern in forms.compiled:
            match = pattern.search(rest)
            while match is not None:
                plans.append(_make_plan(form, rank, match, shape))
                start, end = match.span()
                rest = rest[:start] + "\x00" * (end - start) + rest[end:]
                match = pattern.search(rest)
            if plans and forms.needs.search(rest) is None:
                break
    plans.sort(key=lambda p: p.first)
    return tuple(plans)


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
