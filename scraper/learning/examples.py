"""What the selectors are to give: what the page lists, or the list that has an example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scraper.learning.ground import Ground, fold
from scraper.models import Item, Page, Source
from scraper.parsers import parse
from scraper.parsers.blocks import Block, divide
from scraper.parsers.dating import EntryDate, date_rows
from scraper.parsers.declared.markup import text_of
from scraper.parsers.document import Document
from scraper.parsers.engine import item_id
from scraper.parsers.fields import complete_rows, read_rows
from scraper.parsers.groups import anchor_of, find_groups
from scraper.parsers.judging import Whole, judge
from scraper.parsers.overruling import open_document
from scraper.parsers.parts import Part, Parts, join_texts, split_parts
from scraper.parsers.rows import Row

__all__ = ["find_records", "has_title"]

# A list that has the example has so many entries at least.
_FEWEST = 3
# Headlines that are cut are still longer.
_SURE = 12


def has_title(items: Sequence[Item], title: str) -> bool:
    """Tell whether one of *items* has the headline *title*, which may be cut or in other case."""
    return any(_is_same(item.title, title) for item in items)


def _is_same(title: str, other: str) -> bool:
    one, two = (fold(text).strip(".…") for text in (title, other))
    short, long = sorted((one, two), key=len)
    return one == two or (len(short) > _SURE and short in long)


def find_records(page: Page, *, source: Source, title: str | None = None) -> tuple[Item, ...]:
    """Return the records that *page* lists; with a *title* those of the list that it is in.

    Where the list that the engine chooses has no such headline, the likeliest of those that have it
    is taken. An example that is in no list is one more entry of what was chosen. None are returned
    for a *title* that is not on the page.
    """
    listed = parse(page, source=source).items
    if title is None or has_title(listed, title):
        return listed
    document = open_document(page, source=source)
    found = _find_list(document, title)
    if len(found) >= _FEWEST:
        return found
    ground = Ground(document)
    if fold(title) not in ground.text:
        return ()
    chains = ground.holders(fold(title))
    return (*listed, *(_lone_item(ground, chain, len(listed)) for chain in chains[:1]))


def _find_list(document: Document, title: str) -> tuple[Item, ...]:
    """Return the entries of the likeliest list that has the headline *title*."""
    page = document.outline
    parts = split_parts(page)
    best: tuple[float, Block] | None = None
    for score, block in _each_list(document, parts, title):
        if best is None or score > best[0]:
            best = score, block
    if best is None:
        return ()
    reading = read_rows(page, parts, best[1].spans, best[1].tops)
    complete_rows(page, reading)
    dates, _ = date_rows(document, parts, [reading])
    rows = [row for row in reading.rows if row.title is not None]
    return tuple(
        _make_item(document, row, dates.get(id(row)), number) for number, row in enumerate(rows, 1)
    )


def _each_list(document: Document, parts: Parts, title: str) -> Iterator[tuple[float, Block]]:
    """Yield the lists that have an entry with the headline *title*, each with its score."""
    page, wanted = document.outline, fold(title)
    whole = Whole.of(parts)
    for group in find_groups(page, parts):
        if any(_is_in(part, wanted) for part in group.members):
            for block in divide(page, parts, [anchor_of(part) for part in group.members]):
                rows = read_rows(page, parts, block.spans, block.tops).rows
                if any(row.title is not None and _is_same(row.title_text, title) for row in rows):
                    yield judge(page, parts, block, group, whole).score, block


def _is_in(part: Part, title: str) -> bool:
    text = fold(part.text).strip(".…")
    return bool(text) and (text in title or title in text)


def _make_item(document: Document, row: Row, dated: EntryDate | None, position: int) -> Item:
    url = None
    if row.target >= 0:
        url = document.absolute_url(document.outline.href(row.target))
    date = dated.date.isoformat() if dated else None
    return Item(
        title=row.title_text,
        url=url,
        date=date,
        date_text=dated.text if dated else None,
        date_source=dated.source if dated else None,
        summary=join_texts([part.text for part in row.teaser]) if row.teaser else None,
        position=position,
        id=item_id(url, row.title_text, date),
    )


def _lone_item(ground: Ground, chain: Sequence[int], before: int) -> Item:
    """Return the entry whose headline is at *chain*, with the link around it, in it or above it."""
    number = chain[-1]
    title = text_of(ground.elements[number]) or ""
    links = [number, *ground.above(number)[:3], *range(number, ground.end[number])]
    hrefs = (ground.elements[one].get("href") for one in links)
    url = next((url for href in hrefs if (url := ground.document.absolute_url(href))), None)
    return Item(title=title, url=url, position=before + 1, id=item_id(url, title, None))
