"""Labelled pages, in either of two layouts, and how right records are against them.

::

    <page>/page.html  <page>/case.json                       a corpus: one folder a page
    <host>/<why>/page.html  …/meta.toml  …/items.json        the project's own fixtures

``case.json`` is an object: ``url``, ``language``, ``kind``, ``captured_on``, ``encoding``,
``items`` and ``tolerated``. An item has ``title``, ``url``, ``date`` and ``summary``, null where
the page has none, and may say where more than one answer is right: ``title_also`` (a list of
readings), ``date_relative`` (any date), ``date_from_url`` (no date, too), ``summary_optional`` (no
summary, or a part of it). Tolerated entries may be found or not.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from scraper.fixtures import find_fixtures, load_fixture
from scraper.models import Page
from scraper.parsers.document import Document

__all__ = ["Grade", "Label", "LabelledPage", "grade_page", "read_pages"]

Record = Mapping[str, Any]

_ALIKE = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": None, "\u200b": None}
)
_TRACKING = re.compile(r"(utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid|cmpid|at_[a-z]+)=")
# Words; single characters of the scripts that are written without spaces.
WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|\\w+")
#: A title is right from this likeness on: a glued-on badge is below, a lost full stop above.
_SAME_TITLE = 0.95
#: A summary is right from this share of common words on: one cut short by a word or two is above.
_SAME_SUMMARY = 0.85


def plain_text(value: object) -> str:
    """Return *value* as texts are compared: typography, case and blanks make no difference.

    >>> plain_text("“Bridge”  re\u00adopens – today")
    '"bridge" reopens - today'
    """
    text = unicodedata.normalize("NFKC", str(value or "")).translate(_ALIKE)
    return " ".join(text.split()).casefold()


def address_key(value: object) -> str:
    """Return what addresses are compared by, ``""`` for none.

    Scheme, ``www.``, a slash at the end and what campaigns count by make no difference.

    >>> address_key("https://www.a.example/%C3%A9/?utm_source=x&id=1")
    'a.example/é?id=1'
    """
    if not value:
        return ""
    parts = urlsplit(str(value).strip())
    host = (parts.hostname or "").removeprefix("www.")
    path = unquote(parts.path).rstrip("/") or "/"
    query = "&".join(one for one in parts.query.split("&") if one and not _TRACKING.match(one))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return host + path + (f"?{unquote(query)}" if query else "") + fragment


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is right for one entry of a page."""

    title: str
    url: str | None = None
    date: str | None = None
    summary: str | None = None
    #: Other readings that are right, too.
    title_also: Sequence[str] = ()
    #: The page says when in a way that depends on the day it was read: any date is right.
    date_relative: bool = False
    #: The date stands in the address only: none is right, too.
    date_from_url: bool = False
    #: A whole post stands where a teaser would: none is right, too, and so is a part of it.
    summary_optional: bool = False

    @classmethod
    def of(cls, record: Record) -> Label:
        """Return the label that *record* is, whatever else it says."""
        return cls(**{k: v for k, v in record.items() if k in cls.__dataclass_fields__})

    def has_title(self, found: object) -> bool:
        """Tell whether *found* is the headline.

        >>> Label(title="Bridge reopens").has_title("BRIDGE  reopens")
        True
        """
        text = plain_text(found)
        return any(_is_alike(plain_text(one), text) for one in (self.title, *self.title_also))

    def has_date(self, found: object) -> bool:
        """Tell whether *found* is the day, at least as precisely as the page gives it.

        >>> label = Label(title="A", date="2024-03")
        >>> label.has_date("2024-03-05"), label.has_date(None), Label(title="A").has_date(None)
        (True, False, True)
        """
        day = str(found)[:10] if found else None
        if self.date_relative or (self.date_from_url and day is None):
            return True
        if not self.date:
            return day is None
        return day is not None and day[: len(self.date)] == self.date

    def has_summary(self, found: object) -> bool:
        """Tell whether *found* is the teaser, but for a few words.

        >>> Label(title="A").has_summary("Read more"), Label(title="A").has_summary(None)
        (False, True)
        """
        wanted, text = plain_text(self.summary), plain_text(found)
        if self.summary_optional and (not text or text.rstrip(". …[]") in wanted):
            return True
        if not wanted or not text or wanted == text:
            return wanted == text
        ours, theirs = Counter(WORD.findall(wanted)), Counter(WORD.findall(text))
        common = (ours & theirs).total()
        return common > 0 and 2 * common / (ours.total() + theirs.total()) >= _SAME_SUMMARY


def _is_alike(text: str, other: str) -> bool:
    if text == other:
        return True
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    # The first two are bounds of the third, which takes long.
    return (
        matcher.real_quick_ratio() >= _SAME_TITLE
        and matcher.quick_ratio() >= _SAME_TITLE
        and matcher.ratio() >= _SAME_TITLE
    )


@dataclass(frozen=True, kw_only=True)
class LabelledPage:
    """A page, and what is right for it."""

    #: Of its folder, below the folder of all pages.
    name: str
    kind: str
    language: str
    page: Page
    labels: Sequence[Label]
    tolerated: Sequence[Record] = ()


@dataclass(frozen=True, kw_only=True)
class Grade:
    """How right the records of one page are."""

    #: Records of entries that the page lists, each with the label it is paired with.
    pairs: Sequence[tuple[Label, Record]] = field(repr=False)
    #: Records of nothing that the page lists.
    wrong: Sequence[Record] = field(repr=False)
    #: Entries without a record.
    missed: Sequence[Label] = field(repr=False)

    @property
    def entries(self) -> int:
        """How many the page lists."""
        return len(self.pairs) + len(self.missed)

    @property
    def title(self) -> float:
        """Share of the pairs with the right title."""
        return self._share([label.has_title(one.get("title")) for label, one in self.pairs])

    @property
    def date(self) -> float:
        """Share of the pairs with the right date."""
        return self._share([label.has_date(one.get("date")) for label, one in self.pairs])

    @property
    def summary(self) -> float:
        """Share of the pairs with the right summary."""
        return self._share([label.has_summary(one.get("summary")) for label, one in self.pairs])

    @property
    def item_f1(self) -> float:
        """Harmonic mean of precision and recall of entries, found by address or title."""
        return self._f1(len(self.pairs))

    @property
    def record_f1(self) -> float:
        """The same of records whose address, title, date and summary are all right."""
        return self._f1(sum(is_whole(label, one) for label, one in self.pairs))

    @property
    def perfect(self) -> float:
        """1 for a page without any mistake, else 0."""
        return float(self.record_f1 == 1)

    def _share(self, right: Sequence[bool]) -> float:
        return sum(right) / len(right) if right else float(self._is_rightly_empty)

    def _f1(self, right: int) -> float:
        if not right:
            return float(self._is_rightly_empty)
        return 2 * right / (len(self.pairs) + len(self.wrong) + self.entries)

    @property
    def _is_rightly_empty(self) -> bool:
        return not self.entries and not self.wrong


def is_whole(label: Label, record: Record) -> bool:
    """Tell whether every field of *record* is right."""
    return (
        label.has_title(record.get("title"))
        and label.has_date(record.get("date"))
        and label.has_summary(record.get("summary"))
    )


def grade_page(page: LabelledPage, records: Sequence[Record]) -> Grade:
    """Return how right *records* are: each is paired with one entry, by address before title.

    >>> a, b = Label(title="A", url="https://a.example/1"), Label(title="B")
    >>> of = LabelledPage(name="a", kind="", language="", page=None, labels=[a, b])
    >>> grade_page(of, [{"title": "A", "url": "http://a.example/1/"}]).item_f1
    0.6666666666666666
    """
    free = list(page.labels)
    pairs: list[tuple[Label, Record]] = []
    rest: list[Record] = []
    for record in records:
        key = address_key(record.get("url"))
        rivals = [one for one in free if one.url and address_key(one.url) == key]
        if not rivals:
            rest.append(record)
            continue
        best = max(rivals, key=lambda one: _likeness(one, record))
        pairs.append((_take(free, best), record))
    wrong: list[Record] = []
    for record in rest:
        named = (one for one in free if not one.url and one.has_title(record.get("title")))
        label = next(named, None)
        if label is not None:
            pairs.append((_take(free, label), record))
        elif not _is_tolerated(page, record):
            wrong.append(record)
    return Grade(pairs=pairs, wrong=wrong, missed=free)


def _likeness(label: Label, record: Record) -> tuple[bool, bool]:
    return label.has_title(record.get("title")), label.has_date(record.get("date"))


def _take(free: list[Label], label: Label) -> Label:
    # By identity: two entries of a page may be equal.
    return free.pop(next(index for index, one in enumerate(free) if one is label))


def _is_tolerated(page: LabelledPage, record: Record) -> bool:
    key, title = address_key(record.get("url")), plain_text(record.get("title"))
    return any(
        (key and address_key(one.get("url")) == key)
        or (title and plain_text(one.get("title")) == title)
        for one in page.tolerated
    )


def read_pages(folder: Path) -> Iterator[LabelledPage]:
    """Yield the labelled pages of *folder*, of whichever layout, sorted by name."""
    for path in sorted(folder.glob("*/case.json")):
        case = json.loads(path.read_text("utf-8"))
        if not case.get("drop"):
            yield _read_case(path.parent, case)
    for path in find_fixtures(folder):
        yield _read_fixture(folder, path)


def _read_case(folder: Path, case: Mapping[str, Any]) -> LabelledPage:
    day = case.get("captured_on")
    page = Page(
        url=case["url"],
        body=(folder / "page.html").read_bytes(),
        fetched_at=datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC) if day else None,
        encoding=case.get("encoding"),
    )
    return LabelledPage(
        name=folder.name,
        kind=case.get("kind") or "unknown",
        language=case.get("language") or "unknown",
        page=page,
        labels=[Label.of(one) for one in case["items"]],
        tolerated=case.get("tolerated", ()),
    )


def _read_fixture(root: Path, folder: Path) -> LabelledPage:
    fixture = load_fixture(folder)
    return LabelledPage(
        name=folder.relative_to(root).as_posix(),
        kind="nothing" if fixture.meta.no_items else "listing",
        language=Document(fixture.page).language or "unknown",
        page=fixture.page,
        labels=[Label.of(one) for one in fixture.records or ()],
    )
