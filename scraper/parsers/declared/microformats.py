"""Microformats: ``h-entry`` and its properties, which are class names (microformats.org)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from scraper.parsers.declared.markup import date_of, image_of, text_of
from scraper.parsers.declared.records import Declared
from scraper.parsers.document import Document

__all__ = ["HEntryReader"]

_ENTRY = "h-entry"


class HEntryReader:
    """Reads the entries of an ``h-feed``, or those that stand without one."""

    def read(self, document: Document) -> list[Declared]:
        """Return the entries in document order."""
        if not any(_ENTRY in names for names in document.outline.paths.names):
            return []
        if document.root is None:
            return []
        marked = document.root.iterfind(".//*[@class]")
        return [
            _read_entry(document, node) for node in marked if _ENTRY in node.get("class").split()
        ]


def _read_entry(document: Document, entry: Any) -> Declared:
    found: dict[str, Any] = {}
    for name, element in _properties(entry):
        found.setdefault(name, element)
    dated, photo = found.get("dt-published"), found.get("u-photo")
    date = date_of(dated) if dated is not None else Declared()
    return Declared(
        title=_text(found.get("p-name")),
        url=document.absolute_url(_target(found.get("u-url"))),
        date=date.date,
        date_text=date.date_text,
        summary=_text(found.get("p-summary")),
        image=document.absolute_url(None if photo is None else photo.get("src") or image_of(photo)),
        author=_author(found.get("p-author")),
        category=_text(found.get("p-category")),
    )


def _properties(entry: Any) -> Iterator[tuple[str, Any]]:
    """Yield the properties of *entry* itself, without those of the formats in it."""
    walk = etree.iterwalk(entry, events=("start",))
    for _, element in walk:
        names = (element.get("class") or "").split()
        if element is entry or not isinstance(element.tag, str):
            continue
        yield from (
            (name, element) for name in names if name[:2] in ("p-", "u-") or name[:3] == "dt-"
        )
        if any(name.startswith("h-") for name in names):
            walk.skip_subtree()


def _text(element: Any) -> str | None:
    return None if element is None else text_of(element)


def _target(element: Any) -> str | None:
    if element is None:
        return None
    href = element.get("href")
    return str(href) if href else text_of(element)


def _author(card: Any) -> str | None:
    """Return the name on an author's card, or all of its text where it marks none."""
    if card is None:
        return None
    return next((text_of(e) for name, e in _properties(card) if name == "p-name"), text_of(card))
