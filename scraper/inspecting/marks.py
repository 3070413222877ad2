"""Where on a page the records and their fields stand: ranges of its tokens."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scraper.models import Item
from scraper.parsers.document import Document
from scraper.parsers.engine import find_entries
from scraper.parsers.explaining import ExplainedItem, Explanation
from scraper.parsers.outline import Outline
from scraper.parsers.parts import Part
from scraper.parsers.rows import Row

__all__ = ["Entry", "Field", "Marks", "find_marks"]

# Of more dates, only those are looked for that stand alone: the search stays linear.
_FEW_DATES = 50
# Of a record that another reader than the engine found, its fields are looked for in so many tokens
# behind its headline; so much text is a part of its teaser and of nothing else.
_NEAR = 40
_SURE = 15


class Field(NamedTuple):
    """A field where it stands on the page."""

    name: str
    #: Its tokens.
    start: int
    stop: int
    #: What of them it is, where that is not all.
    text: str | None = None


class Entry(NamedTuple):
    """A record where it stands on the page."""

    position: int
    start: int
    stop: int
    fields: tuple[Field, ...]


class Marks(NamedTuple):
    """All that is marked on a page; no two entries share a token."""

    #: In document order.
    entries: list[Entry]
    #: Dates that entries have from above them: of a group, of the issue.
    above: list[Field]
    #: By token, the best list not kept that it is an entry of.
    lost: dict[int, int]
    #: By token, the link that it is in, as a place in ``Explanation.links``.
    links: dict[int, int]


def find_marks(document: Document, explanation: Explanation) -> Marks:
    """Return where the records of *explanation* are on the page of *document*.

    A record of another reader than the engine is found by its address or its headline; one that
    only declared data has is nowhere.
    """
    read_by_engine = any(one.node is not None for one in explanation.items)
    find = _find_read if read_by_engine else _find_named
    entries: list[Entry] = []
    end = 0
    for entry in sorted(find(document, explanation), key=lambda entry: entry.start):
        if entry.start >= end and entry.stop > entry.start:
            entries.append(entry)
            end = entry.stop
    return Marks(
        entries,
        list(_find_above(document, explanation, entries)),
        _find_lost(document, explanation),
        _find_links(document, explanation),
    )


def _find_read(document: Document, explanation: Explanation) -> Iterator[Entry]:
    """Yield the entries that the engine reads, which is asked again."""
    found = find_entries(document)
    links = document.outline.links
    rows: dict[tuple[int, int], tuple[Row, int, int]] = {}
    for candidate, listed in zip(found.chosen, found.readings, strict=True):
        block = candidate.block
        spans = {start: (stop, top) for (start, stop), top in zip(*block[:2], strict=True)}
        for row in listed.rows:
            stop, top = spans.get(row.first, (row.first, -1))
            rows.setdefault((top, row.target), (row, row.first, stop))
    for one in explanation.items:
        target = links[one.link - 1] if one.link is not None else -1
        known = rows.get((-1 if one.node is None else one.node, target))
        if known is not None:
            row, first, stop = known
            parts = found.parts.all[first:stop]
            fields = tuple(_find_fields(document, one, row))
            yield Entry(one.item.position, parts[0].start, parts[-1].stop, fields)


def _find_fields(document: Document, one: ExplainedItem, row: Row) -> Iterator[Field]:
    item, parts = one.item, row.parts
    if row.title is not None:
        yield Field("title", row.title.start, row.title.stop)
    for part in row.teaser:
        yield Field("summary", part.start, part.stop)
    yield from _find_date(document, item, parts)
    if item.link_text is not None:
        label = next((p for p in parts if p.link >= 0 and p.text == item.link_text), None)
        if label is not None:
            yield Field("link_text", label.start, label.stop)
    for name, value in (("author", item.author), ("category", item.category)):
        piece = next((p for p in parts if value and p.text.endswith(value)), None)
        if piece is not None:
            yield Field(name, piece.start, piece.stop, value)


def _find_date(document: Document, item: Item, parts: Sequence[Part]) -> Iterator[Field]:
    text, page = item.date_text, document.outline
    if not text or item.date_source not in ("text", "attribute"):
        return
    part = next((part for part in parts if text in part.text), None)
    if part is not None:
        yield Field("date", part.start, part.stop, text)
        return
    # `12` `Mar` `2024`: pieces that follow each other.
    left = text
    for piece in parts:
        if left and left.startswith(piece.text):
            left = left[len(piece.text) :].lstrip()
            yield Field("date", piece.start, piece.stop)
        elif not left or left != text:
            break
    if left == text:
        low, high = parts[0].start, parts[-1].stop
        node = next((n for n in page.times if low <= page.first[n] < page.last[n] <= high), -1)
        if node >= 0:
            yield Field("date", page.first[node], page.last[node])


def _find_named(document: Document, explanation: Explanation) -> Iterator[Entry]:
    """Yield the entries of other readers: where a link leads to them, or a text is the headline."""
    page = document.outline
    by_url: dict[str, list[tuple[int, int]]] = {}
    for link in page.links:
        first, last = page.first[link], page.last[link]
        url = document.absolute_url(page.href(link)) if last > first else None
        if url is not None:
            by_url.setdefault(url, []).append((first, last))
    by_text: dict[str, list[int]] = {}
    for token, text in enumerate(page.texts):
        by_text.setdefault(text, []).append(token)
    found: list[tuple[int, int, Item]] = []
    for one in explanation.items:
        item = one.item
        places = [(token, token + 1) for token in by_text.get(" ".join(item.title.split()), [])]
        places = places or by_url.get(item.url or "", [])
        if places:
            found.append((*places[0], item))
    found.sort(key=lambda place: place[0])
    for number, (start, stop, item) in enumerate(found, 1):
        end = found[number][0] if number < len(found) else len(page.texts)
        beside = range(stop, min(end, stop + _NEAR))
        fields = (Field("title", start, stop), *_find_beside(page, item, beside))
        yield Entry(item.position, start, max(field.stop for field in fields), fields)


def _find_beside(page: Outline, item: Item, tokens: range) -> Iterator[Field]:
    """Yield the date and the teaser of a record, as far as they stand behind its headline."""
    date, summary = item.date_text, " ".join((item.summary or "").split())
    for token in tokens:
        text = page.texts[token]
        if date and date in text:
            yield Field("date", token, token + 1, date)
            date = None
        elif summary and (text == summary or (len(text) > _SURE and text in summary)):
            yield Field("summary", token, token + 1)


def _find_above(
    document: Document, explanation: Explanation, entries: Sequence[Entry]
) -> Iterator[Field]:
    """Yield the dates that stand before entries and are theirs: the nearest of their text."""
    texts = document.outline.texts
    items = {one.item.position: one.item for one in explanation.items}
    places: dict[str, list[int]] = {}
    for item in items.values():
        if item.date_source in ("heading", "page") and item.date_text:
            places[item.date_text] = []
    few = len(places) <= _FEW_DATES
    for token, text in enumerate(texts) if places else ():
        if text in places:
            places[text].append(token)
        elif few:
            for printed, found in places.items():
                if printed in text:
                    found.append(token)
    told: set[int] = set()
    for entry in entries:
        inherited = items[entry.position].date_text or ""
        found = places.get(inherited, [])
        place = bisect_left(found, entry.start) - 1
        if place >= 0 and found[place] not in told:
            told.add(found[place])
            yield Field("date", found[place], found[place] + 1, inherited)


def _find_lost(document: Document, explanation: Explanation) -> dict[int, int]:
    page = document.outline
    lost: dict[int, int] = {}
    for one in explanation.lists:
        if one.kept:
            continue
        for node in one.nodes:
            for token in range(page.first[node], page.last[node]):
                lost.setdefault(token, one.number)
    return lost


def _find_links(document: Document, explanation: Explanation) -> dict[int, int]:
    page = document.outline
    return {
        token: number
        for number, one in enumerate(explanation.links)
        for token in range(page.first[one.node], page.last[one.node])
    }
