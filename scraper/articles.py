"""The page behind an entry: what it says of itself, and its text (extra ``scraper[follow]``).

Here a wrong day is worse than none, so a page is only believed where it speaks to machines: what
it declares of this very article, its ``<meta>``, and a ``<time>`` that stands alone. What readers
of articles guess from prose, pictures and addresses is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import lxml.html
import trafilatura
from htmldate import find_date

from scraper.dates import Reading, read_attribute, resolve_dates
from scraper.errors import ParseError
from scraper.models import Listing, Page, Source
from scraper.parsers.declared import Declared, clean_text, read_declared
from scraper.parsers.document import Document
from scraper.urls import page_key

__all__ = ["ArticlePage", "read_article"]

#: Longer texts are no teasers, and longer names no authors.
_LONGEST_SUMMARY = 1_000
_LONGEST_AUTHOR = 120
_MOST_HEADLINES = 8
# Of the `<meta>` that htmldate knows, those that tell when something was published. "date" and
# "created" may as well be when the page was made, and it knows those of changes, too.
_PUBLISHED = re.compile(
    r"publish|publication|pub-?date|\bp(date|time)\b|issued|post[_-]?date|dateposted|regdate"
    r"|citation_date",
    re.IGNORECASE,
)
# Two words for one moment may be a day apart by their time zones.
_ONE_DAY = timedelta(days=1)


class ArticlePage(Listing, frozen=True, kw_only=True):
    """What the page of an entry says; as a listing it is empty. None where it does not say."""

    #: What may be its headline: of the page, of its head and of what it declares.
    headlines: tuple[str, ...]
    #: ISO 8601, to the day.
    date: str | None = None
    summary: str | None = None
    author: str | None = None
    #: Paragraphs, one a line.
    text: str | None = None


class _Head(NamedTuple):
    """What trafilatura and htmldate read off the ``<head>``."""

    title: str | None
    date: str | None
    summary: str | None
    author: str | None


def read_article(page: Page, *, source: Source) -> ArticlePage:
    """Return what the page of an entry says of itself, or raise ParseError where it is none.

    A day is taken from what is declared of this article, else from the head, else from a ``time``
    that is the only one beside the headline; only where these do not contradict each other, and
    never one after the day that followed that of *fetched_at*.
    """
    document = Document(page)
    if page.body[:5] == b"%PDF-" or document.root is None:
        raise ParseError(source.name, "not a page with an article")
    latest = (page.fetched_at + _ONE_DAY).date() if page.fetched_at else None
    own = _find_own(document)
    head = _read_head(document, latest=latest)
    titles = (own.title, head.title, *(clean_text(_text(one)) for one in _h1(document.root)))
    headlines = tuple(dict.fromkeys(filter(None, titles)))[:_MOST_HEADLINES]
    summary, author = own.summary or head.summary, own.author or head.author
    return ArticlePage(
        items=(),
        complete=document.complete,
        headlines=headlines,
        date=_choose_day(_days(document, own, head), latest),
        summary=summary if _is_summary(summary, headlines) else None,
        author=author if _is_author(author) else None,
        text=_read_text(document, headlines),
    )


def _find_own(document: Document) -> Declared:
    """Return what the page declares of itself, not of articles that it is related to."""
    own = page_key(document.page.url or "")
    for entry in read_declared(document):
        if entry.url is not None and page_key(entry.url) == own:
            return entry
    return Declared()


def _h1(root: Any) -> list[Any]:
    return list(root.iter("h1"))


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _read_head(document: Document, *, latest: date | None) -> _Head:
    """Return what the head says, to readers that are shown nothing else."""
    told = trafilatura.extract_metadata(_copy_head(document.root.iter("title", "meta")))
    author = told.author if told.author != told.sitename else None
    date = _find_published(document.root, latest=latest)
    return _Head(told.title, date, clean_text(told.description), clean_text(author))


def _find_published(root: Any, *, latest: date | None) -> str | None:
    """Return the day that htmldate takes from the ``<meta>``, if one of them says just that.

    It makes days of months, and turns to other texts where a day is not to its liking.
    """
    days = {
        element: day.isoformat()
        for element in root.iter("meta")
        if (day := _day_of_publication(element.attrib)) is not None
    }
    if latest is None or not days:
        return None
    found = find_date(
        _copy_head(days), extensive_search=False, original_date=True, max_date=latest.isoformat()
    )
    return found if found in days.values() else None


def _copy_head(elements: Iterable[Any]) -> Any:
    tree = lxml.html.document_fromstring("<html><head></head><body></body></html>")
    head: Any = tree.find("head")
    for element in elements:
        copy = lxml.html.Element(element.tag, dict(element.attrib))
        copy.text = element.text
        head.append(copy)
    return tree


def _day_of_publication(attributes: Mapping[str, str]) -> date | None:
    """Return the day on which a ``<meta>`` says that something was published."""
    names = " ".join(attributes.get(name, "") for name in ("name", "property", "itemprop"))
    told = attributes.get("content")
    return _day_of(read_attribute(told)) if told and _PUBLISHED.search(names) else None


def _day_of(reading: Reading | None) -> date | None:
    """Return the one day that *reading* names whatever the language, the clock and the column."""
    (found,), _ = resolve_dates([reading], fetched_at=None)
    if found is None or found.month is None or found.day is None:
        return None
    return date(found.year, found.month, found.day)


def _days(document: Document, own: Declared, head: _Head) -> Iterator[date]:
    """Yield the days that the surest sources name."""
    if (day := _day_of(own.date)) is not None:
        yield day
    if head.date is not None:
        yield date.fromisoformat(head.date)
    if own.date is None and head.date is None:
        yield from _days_beside_headline(document.root)


def _choose_day(days: Iterator[date], latest: date | None) -> str | None:
    """Return the first of *days*, unless they contradict each other or the calendar."""
    found = list(days)
    if not found or latest is None or max(found) > latest:
        return None
    return found[0].isoformat() if max(found) - min(found) <= _ONE_DAY else None


def _days_beside_headline(root: Any) -> Iterator[date]:
    """Yield the day that all times in the article with the only headline name, if they do."""
    heads = list(_h1(root))
    around = heads[0].iterancestors("article", "main") if len(heads) == 1 else iter(())
    article = next(around, None)
    if article is None:
        return
    days = {
        _day_of(read_attribute(told))
        for element in article.iter("time")
        if (told := element.get("datetime")) and _is_of(element, article)
    }
    if len(days) == 1 and (day := days.pop()) is not None:
        yield day


def _is_of(element: Any, article: Any) -> bool:
    """Tell whether *element* is of *article* itself, and not of what is shown along with it."""
    for above in element.iterancestors():
        if above is article:
            return True
        if above.tag in ("article", "aside", "nav", "footer", "li", "a"):
            return False
    return False


def _is_summary(text: str | None, headlines: tuple[str, ...]) -> bool:
    """Tell whether *text* says something that the headline does not."""
    if text is None or len(text) > _LONGEST_SUMMARY:
        return False
    return not any(text.casefold() in one.casefold() for one in headlines)


def _is_author(text: str | None) -> bool:
    """Tell whether *text* may be a name: addresses, handles and whole sentences are none."""
    return text is not None and len(text) <= _LONGEST_AUTHOR and not re.search(r"[@/]|://", text)


def _read_text(document: Document, headlines: tuple[str, ...]) -> str | None:
    """Return the paragraphs without the headline above them."""
    text = trafilatura.extract(document.text, include_comments=False, favor_precision=True) or ""
    first, _, rest = text.partition("\n")
    return (rest if first in headlines else text).strip() or None
