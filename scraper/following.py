"""Entries followed to their own pages, which fill what the listing leaves open."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import ada_url
import msgspec

from scraper.errors import ExportError, NotSavedError, PolicyError, ScrapeError, UsageError
from scraper.models import Article, Item, Listing, Page, Source
from scraper.paging_run import page_origin
from scraper.urls import page_key

if TYPE_CHECKING:
    from scraper.articles import ArticlePage

__all__ = ["MOST_ARTICLES", "Followed", "ReadArticle", "check_follow", "follow_entries"]

#: Articles of a source, where nobody says how many.
MOST_ARTICLES = 100
#: What is filled; nothing else of a record is touched.
_FILLED = ("date", "summary", "author")
# A host that fails so often in a row is left alone.
_MOST_FAILURES = 5
# What these end in is no page, and may be large.
_FILES = (
    ".csv", ".doc", ".docx", ".epub", ".gif", ".ics", ".jpeg", ".jpg", ".mov", ".mp3", ".mp4",
    ".odt", ".pdf", ".png", ".ppt", ".pptx", ".rtf", ".webm", ".xls", ".xlsx", ".zip",
)  # fmt: skip

_LETTERS = re.compile(r"\w")
# Headlines are cut, extended by the site's name and edited; other articles share a few words.
_ALIKE = 0.7


class Followed(NamedTuple):
    """A listing whose gaps are filled, and the articles, in the order of their entries."""

    listing: Listing
    articles: tuple[Article, ...] = ()


class _Visit(NamedTuple):
    """An entry with the page that was had for it."""

    item: Item
    page: Page
    told: ArticlePage


#: Returns the page at the address of a source and what it says, or raises a ScrapeError.
ReadArticle = Callable[[Source], "tuple[Page, ArticlePage]"]


def check_follow(subject: str) -> None:
    """Raise UsageError, of *subject*, where what reads articles is not installed."""
    if not all(map(importlib.util.find_spec, ("htmldate", "trafilatura", "lxml_html_clean"))):
        raise UsageError(
            subject, "needs the extra that reads articles", advice="pip install 'scraper[follow]'"
        )


def follow_entries(
    listing: Listing,
    source: Source,
    read: ReadArticle,
    *,
    articles: int = MOST_ARTICLES,
    full_text: bool = False,
    known: Iterable[Item] = (),
) -> Followed:
    """Return *listing* with what is null in its entries filled from their own pages.

    Followed are entries that lack a date, a summary or an author, with *full_text* all of them, up
    to the first *articles*; not those that share an address with another, or with the listing. What
    the listing says is never replaced. An entry that is *known* is not asked for again: it gets
    what it had.

    A page is believed where one of its headlines is that of the entry, and where no other entry led
    to it; a summary that it has in common with another says nothing of either.

    A page that cannot be had or read leaves its entry as it is; a warning says how many did, and
    after five in a row no more are asked of that host.
    """
    former = {page_key(item.url): item for item in known if item.url}
    found = _find_targets(listing, full_text=full_text)
    targets = [item for item in found if page_key(item.url or "") not in former]
    filled = {
        item.position: _fill(item, former[page_key(item.url or "")])
        for item in found
        if page_key(item.url or "") in former
    }
    walk = _Walk(source, read)
    for item in targets[:articles]:
        walk.visit(item)
    visits = walk.believed()
    filled |= _fill_all(visits)
    items = tuple(filled.get(item.position, item) for item in listing.items)
    warnings = [*listing.warnings, *walk.warnings(len(targets[:articles]))]
    if len(targets) > articles:
        warnings.append(f"only the first {articles} of {len(targets)} articles were followed")
    return Followed(
        msgspec.structs.replace(listing, items=items, warnings=tuple(warnings)),
        tuple(_describe(visit) for visit in visits),
    )


def _find_targets(listing: Listing, *, full_text: bool) -> list[Item]:
    keys = Counter(page_key(item.url) for item in listing.items if item.url)
    return [
        item
        for item in listing.items
        if item.url is not None
        and keys[page_key(item.url)] == 1
        and page_key(item.url) != page_key(item.page_url or "")
        and not _path(item.url).endswith(_FILES)
        and (full_text or any(getattr(item, name) is None for name in _FILLED))
    ]


def _path(url: str) -> str:
    try:
        return str(ada_url.URL(url).pathname).lower()
    except ValueError:
        return ""


class _Walk:
    """The articles of one source, one after the other."""

    def __init__(self, source: Source, read: ReadArticle) -> None:
        self._source = source
        self._read = read
        self._visits: list[_Visit] = []
        self._faults: Counter[str] = Counter()
        self._unsaved = 0
        #: By host, how many failed since the last one that did not.
        self._in_a_row: Counter[str] = Counter()
        self._left = 0

    def visit(self, item: Item) -> None:
        """Read the page of *item*; what is wrong with one is counted."""
        host = page_origin(item.url)
        if self._in_a_row[host] >= _MOST_FAILURES:
            self._left += 1
            return
        # The address was found on a page: it leads to the public internet, or back to its server.
        origin = self._source.origin or page_origin(self._source.url)
        target = Source(
            name=self._source.name,
            url=item.url,
            language=self._source.language,
            origin=origin,
            article=True,
        )
        try:
            self._visits.append(_Visit(item, *self._read(target)))
        except ExportError:  # the page cannot be recorded, and neither can any other
            raise
        except NotSavedError:
            self._unsaved += 1
        except ScrapeError as error:
            self._faults[f"{error.kind}: {error.message}"] += 1
            # A page that is forbidden costs its site nothing.
            self._in_a_row[host] += not isinstance(error, PolicyError)
        else:
            self._in_a_row[host] = 0

    def believed(self) -> list[_Visit]:
        """Return the visits whose page is that of the entry, and of no other."""
        keys = Counter(page_key(visit.page.url or "") for visit in self._visits)
        kept = []
        for visit in self._visits:
            if keys[page_key(visit.page.url or "")] > 1:
                self._faults["several entries lead to one page"] += 1
            elif not _headlines_agree(visit.item.title, visit.told.headlines):
                self._faults["the page has another headline than the entry"] += 1
            else:
                kept.append(visit)
        return kept

    def warnings(self, wanted: int) -> list[str]:
        """Return what to say of the articles that were *wanted* and not read."""
        said = []
        if self._faults:
            reasons = "; ".join(reason for reason, _ in self._faults.most_common(3))
            said.append(
                f"{self._faults.total()} of {_articles(wanted)} could not be read: {reasons}"
            )
        if self._unsaved:
            said.append(
                f"{self._unsaved} of {_articles(wanted)} are not saved, and were not followed"
            )
        if self._left:
            what = f"{self._left} of {_articles(wanted)}"
            said.append(f"{what} were not asked for, as the last ones of their host failed")
        return said


def _headlines_agree(title: str, headlines: tuple[str, ...]) -> bool:
    """Tell whether *title* and one of *headlines* may be of the same article.

    Pairs of letters are compared, which does for every script; one may be a part of the other.

    >>> _headlines_agree("Tram reaches the hospi…", ("News", "Tram reaches the hospital | City"))
    True
    >>> _headlines_agree("Tram reaches the hospital", ("Sign in to read on",))
    False
    """
    pairs = _pairs(title)
    for headline in headlines:
        other = _pairs(headline)
        least = min(len(pairs), len(other))
        # A short headline such as "News" is a part of many.
        if least and 2 * least >= len(pairs) and len(pairs & other) >= _ALIKE * least:
            return True
    return False


def _pairs(text: str) -> set[str]:
    letters = "".join(_LETTERS.findall(text.casefold()))
    return {letters[index : index + 2] for index in range(max(1, len(letters) - 1))} - {""}


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"


def _fill_all(visits: Sequence[_Visit]) -> dict[int, Item]:
    """Return the entries, by position, with their gaps filled."""
    summaries = Counter(visit.told.summary for visit in visits)
    filled = {}
    for item, _, told in visits:
        # What all pages of a site say of themselves is of no entry.
        if summaries[told.summary] > 1:
            told = msgspec.structs.replace(told, summary=None)
        filled[item.position] = _fill(item, told)
    return filled


def _fill(item: Item, told: ArticlePage | Item) -> Item:
    """Return *item* with what only its page tells, or told when it was read."""
    gaps: dict[str, Any] = {
        name: value
        for name in _FILLED
        if getattr(item, name) is None and (value := getattr(told, name)) is not None
    }
    if isinstance(told, Item) and told.date_source != "article":
        gaps.pop("date", None)
    if "date" in gaps:
        gaps["date_source"] = "article"
    return msgspec.structs.replace(item, **gaps) if gaps else item


def _describe(visit: _Visit) -> Article:
    item, page, told = visit.item, visit.page, visit.told
    return Article(
        id=item.id,
        url=item.url or "",
        page_url=page.url,
        title=item.title,
        date=told.date,
        author=told.author,
        summary=told.summary,
        text=told.text,
        source=item.source,
        fetched_at=page.fetched_at,
    )
