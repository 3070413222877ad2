"""The engine: from a page nobody has described to the records it lists."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from w3lib.url import canonicalize_url

from scraper.models import Item, Listing, Source
from scraper.parsers.absence import explain_absence, looks_like_one_article
from scraper.parsers.blocks import Block
from scraper.parsers.dating import EntryDate, date_rows
from scraper.parsers.document import Document
from scraper.parsers.fields import complete_rows, read_rows
from scraper.parsers.judging import Candidate
from scraper.parsers.paging import find_next_url
from scraper.parsers.parts import Parts, join_texts, split_parts
from scraper.parsers.ranking import Refusal, choose_lists, rank_lists
from scraper.parsers.rows import Reading, Row
from scraper.parsers.sections import find_sections
from scraper.parsers.tree import Outline
from scraper.parsers.words import is_advert, is_service

__all__ = ["Engine", "Findings", "find_entries", "item_id"]

# PROMISES: entries per page.
_MOST_ENTRIES = 5_000


class Findings(NamedTuple):
    """What was found on a page, before it is put into records."""

    parts: Parts
    candidates: list[Candidate]
    #: In document order, with a reading each.
    chosen: list[Candidate]
    readings: list[Reading]
    #: By the ``id`` of a row.
    dates: dict[int, EntryDate]
    warnings: list[str]


class Engine:
    """Finds what repeats on a page and reads it; needs no configuration."""

    def parse(self, document: Document, source: Source) -> Listing:
        """Return what the page lists."""
        page = document.outline
        if _says_article(page) and looks_like_one_article(document):
            return _nothing(document)
        found = find_entries(document)
        items = _make_items(document, found.parts, found.readings, found.dates, source)
        if not items:
            return _nothing(document)
        warnings, complete = found.warnings, document.complete
        if len(items) > _MOST_ENTRIES:
            warnings.append(f"only the first {_MOST_ENTRIES} of {len(items)} entries were kept")
            items, complete = items[:_MOST_ENTRIES], False
        return Listing(
            items=tuple(items),
            next_url=find_next_url(document),
            warnings=tuple(dict.fromkeys([*document.warnings, *warnings])),
            complete=complete,
        )


def find_entries(document: Document, refused: list[Refusal] | None = None) -> Findings:
    """Return what the page lists and what else was considered, with why not in *refused*."""
    page = document.outline
    parts = split_parts(page)
    candidates = rank_lists(page, parts)
    chosen = choose_lists(page, parts, candidates, refused)
    readings = [_read_entries(page, parts, one.block) for one in chosen]
    for reading in readings:
        complete_rows(page, reading)
    dates, warnings = date_rows(document, parts, readings)
    return Findings(parts, candidates, chosen, readings, dates, warnings)


def _says_article(page: Outline) -> bool:
    return any("article" in head and "og:type" in head for head in page.declared)


def _nothing(document: Document) -> Listing:
    return Listing(
        items=(),
        warnings=tuple(dict.fromkeys(document.warnings)),
        complete=document.complete,
        no_items=explain_absence(document),
    )


def _make_items(
    document: Document,
    parts: Parts,
    readings: list[Reading],
    dates: dict[int, EntryDate],
    source: Source,
) -> list[Item]:
    items: list[Item] = []
    seen: set[tuple[str, str | None, str | None]] = set()
    # Of a front page the large and the small cards are two lists, and stand among each other.
    rows = sorted((row for reading in readings for row in reading.rows), key=_first)
    sections = find_sections(document.outline, parts, rows)
    for row in rows:
        if row.title is None:
            continue
        section = sections[row.first]
        item = _make_item(document, row, dates.get(id(row)), section, len(items) + 1, source)
        key = (item.title, item.url, item.date)
        if key not in seen:
            seen.add(key)
            items.append(item)
    return items


def _first(row: Row) -> int:
    return row.first


def _make_item(
    document: Document,
    row: Row,
    dated: EntryDate | None,
    section: str | None,
    position: int,
    source: Source,
) -> Item:
    url = None
    if row.target >= 0:
        url = document.absolute_url(document.outline.href(row.target))
    date = dated.date.isoformat() if dated else None
    return Item(
        title=row.title_text,
        url=url,
        date=date,
        summary=_summary(row),
        published_at=dated.date.moment if dated else None,
        date_text=dated.text if dated else None,
        date_source=dated.source if dated else None,
        link_text=row.link_text,
        image=document.absolute_url(row.image),
        author=row.author,
        category=row.category,
        section=section,
        position=position,
        id=item_id(url, row.title_text, date),
        source=source.name,
        page_url=document.page.url,
        fetched_at=document.page.fetched_at,
    )


def _read_entries(page: Outline, parts: Parts, block: Block) -> Reading:
    reading = read_rows(page, parts, block.spans, block.tops)
    rows = [row for row in reading.rows if not _serves(row)]
    unpaid = [row for row in rows if not _is_paid(row)]
    # Where most entries say so it is what they are about: a magazine of advertising.
    return reading._replace(rows=unpaid if len(unpaid) * 2 > len(rows) else rows)


def _serves(row: Row) -> bool:
    """Tell whether all that an entry leads to is the service of a letter: unsubscribe, privacy."""
    links = [part.text for part in row.parts if part.link >= 0]
    return bool(links) and len(links[0]) <= 40 and all(map(is_service, links))


def _is_paid(row: Row) -> bool:
    """Tell whether an entry says of itself that it is an advertisement."""
    return any(part is not row.title and is_advert(part.text) for part in row.parts)


def _summary(row: Row) -> str | None:
    return join_texts([p.text for p in row.teaser]) if row.teaser else None


def item_id(url: str | None, title: str, date: str | None) -> str:
    """Return the stable key of an entry: of its canonical address, else of its title and date.

    Sixteen hexadecimal digits of SHA-256: among a million entries two share one with a chance of
    one in 37 million (birthday bound, n²/2·2⁻⁶⁴).

    >>> item_id("https://Example.org/a?b=2&a=1#top", "A", None) == item_id(
    ...     "https://example.org/a?a=1&b=2", "B", None)
    True
    """
    if url is None:
        key = f"{' '.join(title.casefold().split())}\n{date or ''}"
    else:
        # An address without a query, of a link that was made absolute, is canonical but for this.
        key = canonicalize_url(url) if "?" in url or "%" in url else url.partition("#")[0]
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]
