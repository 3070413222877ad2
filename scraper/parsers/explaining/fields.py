"""Where each field of a record comes from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from scraper.dates import find_date, read_attribute
from scraper.models import Item
from scraper.parsers.columns import Column
from scraper.parsers.dating import EntryDate
from scraper.parsers.document import Document
from scraper.parsers.explaining.explanation import FieldOrigin
from scraper.parsers.explaining.places import describe_path, path_of
from scraper.parsers.parts import Part
from scraper.parsers.rows import Reading, Row
from scraper.parsers.teasers import TEASER, teaser_evidence
from scraper.parsers.titles import TITLE, title_evidence

__all__ = ["FIELDS", "explain_fields", "explain_filled"]

#: What a page gives; the rest of a record says which page, and where on it.
FIELDS = (
    "title", "url", "date", "published_at", "summary", "link_text", "image", "author", "category",
    "section",
)  # fmt: skip


def explain_filled(before: Item | None, item: Item) -> list[str]:
    """Return the fields that *item* has and *before*, the same record earlier, has not."""
    return [
        name
        for name in FIELDS
        if getattr(item, name) is not None and (before is None or getattr(before, name) is None)
    ]


def explain_fields(
    document: Document, listed: Reading, row: Row, top: int, date: EntryDate | None, item: Item
) -> Iterator[FieldOrigin]:
    """Yield where the fields of *item*, as the engine read it from *row*, come from."""
    entry = _Entry(document, listed, row, top)
    yield entry.title()
    if item.url is not None:
        yield entry.url()
    if date is not None:
        origin = entry.date(date)
        yield origin
        if item.published_at is not None:
            yield msgspec.structs.replace(origin, field="published_at")
    if row.teaser:
        yield entry.summary()
    if item.link_text is not None:
        yield entry.link_text()
    if item.image is not None:
        yield FieldOrigin(field="image", origin="picture", because="the first picture of the entry")
    for name in ("author", "category"):
        value = getattr(item, name)
        if value is not None:
            yield entry.role(name, value)
    if item.section is not None:
        yield FieldOrigin(field="section", origin="heading", because="the heading above the list")


class _Entry:
    """One entry with its list."""

    def __init__(self, document: Document, listed: Reading, row: Row, top: int) -> None:
        self.document = document
        self.page = document.outline
        self.listed = listed
        self.row = row
        self.above = max(self.page.paths.depth[path_of(self.page, top)] - 1, 0)

    def path_of(self, node: int) -> str | None:
        """Return the tags and classes of *node* from its entry on."""
        if node < 0:
            return None
        return describe_path(self.page, self.page.path[node], below=self.above) or None

    def column_of(self, part: Part) -> Column:
        """Return the column that a part of the entry is in."""
        return self.listed.columns.of[self.row.first + self.row.parts.index(part)]

    def title(self) -> FieldOrigin:
        """Return where the headline comes from."""
        row, part = self.row, self.row.title
        assert part is not None  # noqa: S101 - a record has a headline
        column = row.column or self.column_of(part)
        because = "the likeliest column of headlines"
        if column is not self.listed.main:
            because = "the likeliest part of an entry without one in the column of headlines"
        origin = FieldOrigin(
            field="title",
            origin="column",
            because=because,
            path=self.path_of(part.node),
            score=TITLE.weigh(title_evidence(column, self._sole_link())),
        )
        if not part.text.endswith(("...", "…")) or row.title_text in part.text:
            return origin
        said = self.page.attributes(part.link).get("title", "") if part.link >= 0 else ""
        if row.title_text in " ".join(said.split()):
            because = "the link's title attribute, where the headline is cut"
            return msgspec.structs.replace(
                origin, origin="attribute", because=because, text=part.text
            )
        because = "another part of the entry, where the headline is cut"
        return msgspec.structs.replace(origin, because=because, text=part.text)

    def _sole_link(self) -> Column | None:
        """Return the only linked column, as ``read_rows`` sees it."""
        columns = self.listed.columns.all
        linked = [one for one in columns if one.linked > 0.5 and one.coverage > 0.5]
        return linked[0] if len(linked) == 1 else None

    def url(self) -> FieldOrigin:
        """Return where the address comes from."""
        row, title, target = self.row, self.row.title, self.row.target
        because = "the likeliest kind of links, as the headline is none"
        if title is not None and target == title.link:
            because = "the headline's link"
        elif title is not None and title.heading >= 0 and self._is_in(target, title.heading):
            because = "the link in the heading"
        path = self.path_of(row.target)
        return FieldOrigin(field="url", origin="link", because=because, path=path)

    def _is_in(self, node: int, other: int) -> bool:
        return other <= node < self.page.end[other]

    def date(self, date: EntryDate) -> FieldOrigin:
        """Return where the date comes from."""
        text, source = date.text, date.source
        if source == "url":
            because = "the address that the entry leads to"
            return FieldOrigin(field="date", origin="address", because=because)
        if source == "attribute":
            return self._attribute(text)
        reading = find_date(text) if text else None
        kind = reading.kind if reading is not None else None
        if source in ("heading", "page"):
            heading = source == "heading"
            because = "the heading above the entry" if heading else "the date above the whole list"
            origin = FieldOrigin(field="date", origin="page", because=because, text=text, kind=kind)
            return msgspec.structs.replace(origin, origin="heading") if heading else origin
        part = next((part for part in self.row.parts if text and text in part.text), None)
        because = "the column of dates"
        if part is None:
            # `12` `Mar` `2024`: the first of the pieces is where it begins.
            because = "a date split over elements"
            whole = f"{text} "
            part = next((p for p in self.row.parts if whole.startswith(f"{p.text} ")), None)
        elif part is self.row.title:
            because = "the end of the headline"
        path = self.path_of(part.node) if part is not None else None
        return FieldOrigin(
            field="date", origin="column", because=because, path=path, text=text, kind=kind
        )

    def _attribute(self, text: str | None) -> FieldOrigin:
        page, parts = self.page, self.row.parts
        low = bisect_left(page.times, parts[0].start, key=page.first.__getitem__)
        origin = FieldOrigin(
            field="date", origin="attribute", because="the datetime of a time element", text=text
        )
        for node in page.times[low:]:
            if page.first[node] >= parts[-1].stop:
                break
            value = page.attributes(node).get("datetime")
            if value and text in (page.text(page.first[node], page.last[node]), value):
                reading = read_attribute(value)
                kind = reading.kind if reading is not None else None
                path = self.path_of(node)
                return msgspec.structs.replace(origin, text=value, kind=kind, path=path)
        return origin

    def summary(self) -> FieldOrigin:
        """Return where the teaser comes from."""
        part = self.row.teaser[0]
        evidence = teaser_evidence(self.page, self.column_of(part), self.listed.main)
        score = TEASER.weigh(evidence)
        because = "the likeliest column of teasers"
        if score <= 0:
            because = "the first prose under the headline, as no column is one of teasers"
        return FieldOrigin(
            field="summary",
            origin="column",
            because=because,
            path=self.path_of(part.node),
            score=score,
        )

    def link_text(self) -> FieldOrigin:
        """Return where the label of the target comes from."""
        text = self.row.link_text
        part = next((p for p in self.row.parts if p.link >= 0 and p.text == text), None)
        node = part.link if part is not None else self.row.target
        because = "what the link to the target says"
        return FieldOrigin(
            field="link_text", origin="link", because=because, path=self.path_of(node)
        )

    def role(self, name: str, value: str) -> FieldOrigin:
        """Return where an author or a category comes from."""
        part = next((p for p in self.row.parts if p.text.endswith(value)), None)
        return FieldOrigin(
            field=name,
            origin="column",
            because=f"a column whose classes speak of the {name}",
            path=self.path_of(part.node) if part is not None else None,
        )
