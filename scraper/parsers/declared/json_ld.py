"""JSON-LD: schema.org's articles and item lists, in ``<script type="application/ld+json">``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scraper.dates import read_attribute
from scraper.parsers.declared.records import Declared, clean_text
from scraper.parsers.declared.scripts import find_scripts, parse_json
from scraper.parsers.document import Document

__all__ = ["JsonLdReader"]

_KIND = "application/ld+json"
# Where entries may be found below the root of a script.
_CONTAINERS = (
    "@graph", "mainEntity", "itemListElement", "item", "blogPost", "blogPosts", "hasPart"
)  # fmt: skip
# Of the whole site, and so of no entry.
_SITE_WIDE = frozenset(
    {
        "BreadcrumbList",
        "Organization",
        "SiteNavigationElement",
        "WPAdBlock",
        "WPFooter",
        "WPHeader",
        "WPSideBar",
    }
)
_ARTICLES = ("Article", "Posting", "Report", "VideoObject", "PodcastEpisode", "CreativeWork")
_MOST_NODES = 20_000


class JsonLdReader:
    """Reads articles, wherever they stand, and the elements of item lists."""

    def read(self, document: Document) -> list[Declared]:
        """Return the entries in document order."""
        found: list[Declared] = []
        for script in find_scripts(document.text, _KIND):
            for node, is_listed in _walk(parse_json(script.body)):
                entry = _read_node(document, node, is_listed=is_listed)
                if entry is not None:
                    found.append(entry)
        return found


def _walk(root: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield the objects in which an entry may be, and whether they are of an item list."""
    waiting: list[tuple[Any, bool]] = [(root, False)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node, is_listed = waiting.pop()
        if isinstance(node, list):
            waiting += ((child, is_listed) for child in reversed(node))
        elif isinstance(node, dict) and _SITE_WIDE.isdisjoint(_types(node)):
            yield node, is_listed
            waiting += (
                (node[key], is_listed or key == "itemListElement")
                for key in reversed(_CONTAINERS)
                if key in node
            )


def _read_node(document: Document, node: dict[str, Any], *, is_listed: bool) -> Declared | None:
    types = _types(node)
    is_article = any(kind.endswith(_ARTICLES) for kind in types)
    # What an item list lists may be of any type; its `ListItem` is the entry if it has the address.
    if not is_article and not (is_listed and not isinstance(node.get("item"), dict)):
        return None
    url = _url(node) if not isinstance(node.get("item"), str) else node["item"]
    date = clean_text(node.get("datePublished") or node.get("uploadDate"))
    entry = Declared(
        title=clean_text(node.get("headline") or node.get("name")),
        url=document.absolute_url(url),
        date=read_attribute(date) if date else None,
        summary=clean_text(node.get("description")),
        image=document.absolute_url(_image(node)),
        author=_author(node.get("author")),
        category=clean_text(_first(node.get("articleSection"))),
    )
    return entry if entry.url or (entry.title and is_listed) else None


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _reference(value: Any, *keys: str) -> str | None:
    """Return the address that *value* is, or has under one of *keys*."""
    value = _first(value)
    if isinstance(value, dict):
        value = next((value[key] for key in keys if isinstance(value.get(key), str)), None)
    return value if isinstance(value, str) else None


def _url(node: dict[str, Any]) -> str | None:
    """Return the address of an entry; an ``@id`` is one unless it names a part of a page."""
    for key in ("url", "mainEntityOfPage", "@id"):
        value = _reference(node.get(key), "@id", "url")
        if value and (key == "url" or (value.startswith("http") and "#" not in value)):
            return value
    return None


def _image(node: dict[str, Any]) -> str | None:
    return _reference(node.get("image") or node.get("thumbnailUrl"), "url", "contentUrl")


def _author(value: Any) -> str | None:
    """Return the names of the persons; that an organisation publishes itself says nothing."""
    names = []
    for author in value if isinstance(value, list) else [value]:
        if isinstance(author, dict):
            author = author.get("name") if _types(author) in ([], ["Person"]) else None
        name = clean_text(_first(author))
        if name and not name.startswith("http"):
            names.append(name)
    return ", ".join(dict.fromkeys(names)) or None
