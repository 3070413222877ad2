"""Microdata: articles of schema.org in ``itemscope``, ``itemtype`` and ``itemprop``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from scraper.parsers.declared.markup import date_of, text_of
from scraper.parsers.declared.records import Declared, clean_text
from scraper.parsers.document import Document

__all__ = ["MicrodataReader"]

_ARTICLE = re.compile(r"schema\.org/\w*(?:Article|Posting|CreativeWork|Report)\b")
_TARGETS = ("content", "href", "src", "data-src", "data")


class MicrodataReader:
    """Reads the articles that elements are marked as."""

    def read(self, document: Document) -> list[Declared]:
        """Return the entries in document order."""
        # An article alone is the page itself: no tree is made for it.
        if len(_ARTICLE.findall(document.text)) < 2 or document.root is None:
            return []
        scopes = document.root.iterfind(".//*[@itemscope][@itemtype]")
        return [
            _read_scope(document, scope)
            for scope in scopes
            if _ARTICLE.search(scope.get("itemtype"))
        ]


def _read_scope(document: Document, scope: Any) -> Declared:
    found: dict[str, Any] = {}
    for name, element in _properties(scope):
        found.setdefault(name, element)
    date = _date(found.get("datePublished"))
    url = _target(found.get("url"))
    if url is None:
        url = _target(found.get("mainEntityOfPage")) or scope.get("itemid")
    return Declared(
        title=_text(found.get("headline")) or _text(found.get("name")),
        url=document.absolute_url(url),
        date=date.date,
        date_text=date.date_text,
        summary=_text(found.get("description")),
        image=document.absolute_url(_nested(found.get("image"), ("url", "contentUrl"), _target)),
        author=_nested(found.get("author"), ("name",), _text),
        category=_text(found.get("articleSection")),
    )


def _properties(scope: Any) -> Iterator[tuple[str, Any]]:
    """Yield the properties of *scope* itself, without those of the scopes in it."""
    walk = etree.iterwalk(scope, events=("start",))
    for _, element in walk:
        if element is scope:
            continue
        for name in (element.get("itemprop") or "").split():
            yield name.rpartition("/")[2], element
        if element.get("itemscope") is not None:
            walk.skip_subtree()


def _text(element: Any) -> str | None:
    if element is None:
        return None
    return clean_text(element.get("content")) or text_of(element)


def _date(element: Any) -> Declared:
    return date_of(element) if element is not None else Declared()


def _target(element: Any) -> str | None:
    if element is None:
        return None
    target = next((value for name in _TARGETS if (value := element.get(name))), None)
    if target is None and element.get("itemscope") is not None:
        target = element.get("itemid")
    return target


def _nested(element: Any, names: tuple[str, ...], read: Any) -> str | None:
    """Return what *read* says of a property that may be a scope with properties of its own."""
    if element is None:
        return None
    if element.get("itemscope") is not None:
        inner = (found for name, found in _properties(element) if name in names)
        element = next(inner, None) if names else element
    value = read(element)
    return value if isinstance(value, str) else None
