"""Why a page gives the records that it gives, as data.

Nothing is kept for this while a page is read. Whoever asks has the page read again, with notes
taken: of the lists that were considered, of every link among the entries, of the source of every
field. ``explanation`` has the types, one module each explains lists, links and fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from scraper.errors import NoItems
from scraper.models import Hints, Listing, Page, Source
from scraper.parsers import PARSERS
from scraper.parsers.declared import ConfirmedParser, FeedParser
from scraper.parsers.document import Document
from scraper.parsers.engine import Engine, Findings, find_entries
from scraper.parsers.explaining.declarations import (
    declared_by_key,
    explain_declared,
    explain_filling,
)
from scraper.parsers.explaining.explanation import (
    Absence,
    ConsideredList,
    DeclaredData,
    Evidence,
    ExplainedItem,
    ExplainedLink,
    Explanation,
    FieldOrigin,
    NextPage,
    Origin,
    PassedGroup,
    Reader,
)
from scraper.parsers.explaining.fields import FIELDS, explain_fields, explain_filled
from scraper.parsers.explaining.links import explain_links
from scraper.parsers.explaining.lists import Standing, explain_lists, explain_passed, rank_all
from scraper.parsers.explaining.paging import explain_next
from scraper.parsers.overruling import is_wanted, leads_nowhere, open_document
from scraper.parsers.paging import find_next_url
from scraper.parsers.ranking import Refusal
from scraper.parsers.rows import Reading, Row
from scraper.parsers.selectors import SelectorParser
from scraper.parsers.sites import SITE_PARSERS, SitesParser

__all__ = [
    "Absence",
    "ConsideredList",
    "DeclaredData",
    "Evidence",
    "ExplainedItem",
    "ExplainedLink",
    "Explanation",
    "FieldOrigin",
    "NextPage",
    "Origin",
    "PassedGroup",
    "Reader",
    "explain",
    "explain_document",
    "explain_page",
]


def explain(
    html: bytes | str,
    *,
    url: str,
    fetched_at: datetime | None = None,
    encoding: str | None = None,
    language: str | None = None,
    hints: Hints | None = None,
) -> Explanation:
    """Return why ``extract``, given the same, returns what it returns.

    It says which lists were considered and what spoke for each, what became of every link from the
    first entry to the last, and where every field comes from. ``str()`` of it is a summary, and
    ``msgspec.json.encode`` takes all of it.

    The page is read again, which takes a few times as long as ``extract``. A listing cannot do
    this by itself: it would have to keep its page, some ten times its size, for whoever asks.

    A page that lists nothing is no error here either: its lists are told with what they lack.
    Raises ScrapeError where ``extract`` does, and NoItems where hints leave nothing of the page.

    >>> page = '''<h1>News</h1><ul>
    ... <li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
    ... <li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li></ul>'''
    >>> explanation = explain(page, url="https://city.example/news")
    >>> explanation.lists[0].path, explanation.lists[0].kept
    ('ul > li', True)
    >>> [(origin.field, origin.because) for origin in explanation.items[0].fields][1:3]
    [('url', "the headline's link"), ('date', 'the column of dates')]
    """
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    if isinstance(html, str):
        encoding = "utf-8"
    page = Page(url=url, body=body, fetched_at=fetched_at, encoding=encoding)
    source = Source(name=url, url=url, language=language, hints=hints or Hints())
    return explain_page(page, source=source)


def explain_page(page: Page, *, source: Source) -> Explanation:
    """Return why *page* gives its records, as ``explain`` does, with the selectors of *source*."""
    return explain_document(page, source=source)[1]


def explain_document(
    page: Page, *, source: Source, steered: bool = False
) -> tuple[Document, Explanation]:
    """Return why *page* gives its records, and what of it was read for that (``overruling``)."""
    document = open_document(page, source=source, steered=steered)
    explanation = _explain_document(document, page, source)
    hints = source.hints
    if not explanation.items or (hints.within is None and hints.url_pattern is None):
        return document, explanation
    if explanation.reader != "feed":
        whole = Document(page)
        following = explain_next(whole, find_next_url(whole))
        explanation = msgspec.structs.replace(explanation, next_page=following)
    items = tuple(one for one in explanation.items if is_wanted(one.item, hints))
    if not items and not steered:
        return explain_document(page, source=source, steered=True)
    nothing = None if items else _absence(leads_nowhere(source))
    return document, msgspec.structs.replace(explanation, items=items, no_items=nothing)


def _explain_document(document: Document, page: Page, source: Source) -> Explanation:
    for parser in PARSERS:
        listing = parser.parse(document, source)
        if listing is None:
            continue
        if isinstance(parser, ConfirmedParser):
            return _explain_engine(document, source, listing)
        return _explain_other(document, source, listing, *_name_reader(parser, page))
    return _explain_other(document, source, Listing(items=()), "engine", None)


def _name_reader(parser: object, page: Page) -> tuple[Reader, str | None]:
    if isinstance(parser, FeedParser):
        return "feed", None
    if isinstance(parser, SelectorParser):
        return "selectors", None
    name = type(parser).__name__
    if isinstance(parser, SitesParser):
        url = page.url or ""
        name = next((type(one).__name__ for one in SITE_PARSERS if one.matches(url)), name)
    return "site parser", name


def _explain_other(
    document: Document, source: Source, listing: Listing, reader: Reader, name: str | None
) -> Explanation:
    """Explain a listing that the engine has no part in."""
    selectors = msgspec.structs.asdict(source.fields) if source.fields is not None else {}
    selectors = selectors if reader == "selectors" else {}
    items = []
    for item in listing.items:
        origins = [_origin_of(reader, name, one, selectors) for one in explain_filled(None, item)]
        items.append(ExplainedItem(item=item, fields=tuple(origins)))
    return _explanation(document, listing, reader=reader, reader_name=name, items=tuple(items))


def _origin_of(
    reader: Reader, name: str | None, field: str, selectors: dict[str, str | None]
) -> FieldOrigin:
    if reader == "declared data":
        return FieldOrigin(field=field, origin="declared", because=f"declared data: {name}")
    because = f"the {reader} {name}" if name else f"the {reader}"
    if selectors:
        because = "the selector of its seed" if selectors.get(field) else "found in the entry"
    return FieldOrigin(field=field, origin="reader", because=because, path=selectors.get(field))


def _explanation(
    document: Document,
    listing: Listing,
    *,
    reader: Reader,
    reader_name: str | None = None,
    items: tuple[ExplainedItem, ...] = (),
    lists: tuple[ConsideredList, ...] = (),
    passed: tuple[PassedGroup, ...] = (),
    links: tuple[ExplainedLink, ...] = (),
    declared: tuple[DeclaredData, ...] = (),
) -> Explanation:
    return Explanation(
        url=document.page.url,
        fetched_at=document.page.fetched_at,
        reader=reader,
        reader_name=reader_name,
        lists=lists,
        passed=passed,
        links=links,
        items=items,
        declared=declared,
        next_page=explain_next(document, listing.next_url),
        no_items=_absence(listing.no_items),
        warnings=listing.warnings,
        complete=listing.complete,
    )


def _absence(reason: NoItems | None) -> Absence | None:
    if reason is None:
        return None
    return Absence(category=reason.category, message=reason.message, advice=reason.advice)


def _explain_engine(document: Document, source: Source, listing: Listing) -> Explanation:
    """Explain what the engine found, and what declared data made of it."""
    before = Engine().parse(document, source)
    refused: list[Refusal] = []
    found = find_entries(document, refused)
    ranked = rank_all(found, refused, document.outline)
    nothing = None if before.items else _say_nothing(before)
    lists = explain_lists(ranked, document, found, nothing=nothing)
    passed = explain_passed(ranked, document.outline, found.parts)
    if not before.items:
        declared = explain_declared(document, listing, before)
        if listing.items:
            kinds = " and ".join(one.kind for one in declared if one.items) or "unknown"
            other = _explain_other(document, source, listing, "declared data", kinds)
            return msgspec.structs.replace(other, lists=lists, passed=passed, declared=declared)
        return _explanation(
            document, listing, reader="engine", lists=lists, passed=passed, declared=declared
        )
    records = _Records(document, found, ranked, before)
    return _explanation(
        document,
        listing,
        reader="engine",
        lists=lists,
        passed=passed,
        links=explain_links(document, found, ranked, records.positions, records.targets),
        items=tuple(records.explain(before, listing)),
        declared=explain_declared(document, listing, before),
    )


def _say_nothing(listing: Listing) -> str:
    if listing.no_items is not None and listing.no_items.category == "article":
        return "the page is one article"
    return "none of its entries has a headline"


class _Records:
    """The rows that records were made of."""

    def __init__(
        self, document: Document, found: Findings, ranked: list[Standing], listing: Listing
    ) -> None:
        self.document = document
        self.found = found
        #: Position of the record that each row gave, or that it repeats, by the row's ``id``.
        self.positions: dict[int, int] = {}
        #: By position, the link that a record leads to.
        self.targets: dict[int, int] = {}
        #: By position, the list and the row of a record, and the element that it grew from.
        self.rows: dict[int, tuple[Standing, Reading, Row, int]] = {}
        known = {(item.title, item.url, item.date): item.position for item in listing.items}
        kept = {id(one.listed): one for one in ranked if one.listed is not None}
        for listed in found.readings:
            standing = kept[id(listed)]
            block = standing.block
            tops = {start: top for (start, _), top in zip(block.spans, block.tops, strict=True)}
            for row in listed.rows:
                position = known.get(self._key(row)) if row.title is not None else None
                if position is not None:
                    self.positions[id(row)] = position
                    if position not in self.rows:
                        self.rows[position] = (standing, listed, row, tops[row.first])
                        if row.target >= 0:
                            self.targets[position] = row.target

    def _key(self, row: Row) -> tuple[str, str | None, str | None]:
        dated = self.found.dates.get(id(row))
        url = None
        if row.target >= 0:
            url = self.document.absolute_url(self.document.outline.href(row.target))
        return row.title_text, url, dated.date.isoformat() if dated else None

    def explain(self, before: Listing, listing: Listing) -> Iterator[ExplainedItem]:
        """Yield the records with where their fields come from."""
        declared = declared_by_key(self.document, listing)
        links = {link: number for number, link in enumerate(self.document.outline.links, 1)}
        for earlier, item in zip(before.items, listing.items, strict=True):
            standing, listed, row, top = self.rows[item.position]
            date = self.found.dates.get(id(row))
            told = explain_fields(self.document, listed, row, top, date, earlier)
            filled = [
                explain_filling(field, item, declared) for field in explain_filled(earlier, item)
            ]
            origins = sorted([*told, *filled], key=lambda one: FIELDS.index(one.field))
            yield ExplainedItem(
                item=item,
                list=standing.number,
                node=top,
                link=links.get(row.target),
                fields=tuple(origins),
            )
