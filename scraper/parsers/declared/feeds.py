"""Feeds: RSS, Atom and JSON Feed, given where a page was expected."""

from __future__ import annotations

import re
from html import unescape
from html.entities import name2codepoint
from typing import Any

import msgspec
from lxml import etree

from scraper.dates import Reading, read_attribute
from scraper.errors import NoItems
from scraper.models import Listing, Source
from scraper.parsers.declared.records import Declared, clean_text, make_listing
from scraper.parsers.declared.scripts import parse_json
from scraper.parsers.document import Document

__all__ = ["FeedParser", "is_feed"]

_HEAD = 4_096
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FIRST_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_ROOTS = frozenset({"rss", "feed", "rdf:rdf", "rdf"})
_END_TAG = re.compile(r"</(?:rss|feed|(?:rdf:)?rdf)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# XML knows five names of characters, authors know those of HTML.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(\w+);")
_LONE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
# RSS names its author by mail address, the name in brackets (RSS 2.0, "author").
_MAIL = re.compile(r"\S+@\S+\s*(?:\((?P<name>[^()]+)\))?")
_LIMITS = frozenset({"ERR_RESOURCE_LIMIT", "ERR_NO_MEMORY"})
# In what is behind the end tag of the root, authors leave a comment at most.
_TAIL = 1_000
# Longer text is the post itself and no teaser.
_LONGEST_SUMMARY = 1_000


class FeedParser:
    """Parses what is no page but a feed; its entries are the listing."""

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return the entries of a feed, None for a page."""
        entries, next_url = None, None
        if _is_xml_feed(document.text[:_HEAD]):
            entries, next_url = _read_xml(document)
        elif _is_json(document.text[:_HEAD]):
            entries, next_url = _read_json(document)
        if entries is None:
            return None
        listing = make_listing(document, source, entries, next_url=next_url)
        if listing.items:
            return listing
        empty = NoItems(source.name, "the feed has no entries", category="empty")
        return msgspec.structs.replace(listing, next_url=None, no_items=empty)


def is_feed(document: Document) -> bool:
    """Tell whether a document is no page, by its beginning."""
    head = document.text[:_HEAD]
    return _is_xml_feed(head) or _is_json(head)


def _is_json(head: str) -> bool:
    return head.lstrip("\ufeff \t\r\n")[:1] == "{"


def _is_xml_feed(head: str) -> bool:
    tag = _FIRST_TAG.search(head)
    if tag is not None and "<!--" in head[: tag.start()]:
        tag = _FIRST_TAG.search(_COMMENT.sub("", head))
    return tag is not None and tag[1].lower() in _ROOTS


def _read_xml(document: Document) -> tuple[list[Declared] | None, str | None]:
    root = _parse_xml(document)
    if root is None:
        return None, None
    entries: list[Declared] = []
    next_url = None
    for element in root.iter(etree.Element):
        kind = _name(element)
        if kind in ("item", "entry"):
            entries.append(_read_entry(document, element))
        elif kind == "link" and element.get("rel") == "next" and next_url is None:  # RFC 5005
            next_url = document.absolute_url(element.get("href"))
    return entries, next_url


def _parse_xml(document: Document) -> Any:
    """Return the root of the feed; nothing is fetched for it and no entity is expanded."""
    text = _DECLARATION.sub("", document.text.lstrip("\ufeff"), count=1)
    text = _LONE_AMPERSAND.sub("&amp;", _ENTITY.sub(_as_character, text))
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None
    if any(entry.type_name in _LIMITS for entry in parser.error_log):
        document.complete = False
        document.warnings.append("the feed was too large or too deep to be read to its end")
    elif root is not None and len(root) and _END_TAG.search(text[-_TAIL:]) is None:
        document.complete = False
        document.warnings.append("the feed was cut off before its end")
    return root


def _as_character(match: re.Match[str]) -> str:
    code = name2codepoint.get(match[1])
    return chr(code) if code else match[0]


def _read_entry(document: Document, entry: Any) -> Declared:
    found: dict[str, Any] = {}
    for child in entry.iterchildren(etree.Element):
        name = _name(child)
        # Of several links the one to the page counts: Atom says so, or says nothing.
        if name != "link" or child.get("rel") in (None, "alternate"):
            found.setdefault(name, child)
    date, date_text = _date(found)
    return Declared(
        title=clean_text(_text(found.get("title"))),
        url=document.absolute_url(_link(found)),
        date=date,
        date_text=date_text,
        summary=_summary(found.get("description"), found.get("summary"), found.get("content")),
        image=document.absolute_url(_image(entry)),
        author=_author(found),
        category=_category(found.get("category")),
    )


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _text(element: Any) -> str | None:
    if element is None:
        return None
    text = "".join(element.itertext()).strip()
    return text or None


def _link(found: dict[str, Any]) -> str | None:
    link = found.get("link")
    target = (link.get("href") or _text(link)) if link is not None else None
    guid = found.get("guid")
    if target is None and guid is not None and guid.get("isPermaLink", "true") == "true":
        target = _text(guid)
        if target and not target.startswith(("http://", "https://")):
            return None
    return unescape(target) if target else None


def _date(found: dict[str, Any]) -> tuple[Reading | None, str | None]:
    # Atom requires `updated` alone: it dates the entry where nothing else does.
    for name in ("pubdate", "published", "issued", "date", "updated"):
        text = clean_text(_text(found.get(name)))
        reading = read_attribute(text) if text else None
        if reading is not None:
            return reading, text
    return None, None


def _summary(*elements: Any) -> str | None:
    text = next((text for e in elements if (text := clean_text(_text(e)))), None)
    return text if text and len(text) <= _LONGEST_SUMMARY else None


def _image(entry: Any) -> str | None:
    for element in entry.iter(etree.Element):
        name, kind = _name(element), element.get("type") or element.get("medium") or ""
        if name == "thumbnail" or (name in ("content", "enclosure") and kind.startswith("image")):
            target = element.get("url")
            if target:
                return str(target)
    return None


def _author(found: dict[str, Any]) -> str | None:
    author = found["creator"] if "creator" in found else found.get("author")
    if author is None:
        return None
    name = next(
        (child for child in author.iterchildren(etree.Element) if _name(child) == "name"), author
    )
    text = clean_text(_text(name))
    mail = _MAIL.fullmatch(text) if text and len(text) <= 200 else None
    return mail["name"] if mail else text


def _category(element: Any) -> str | None:
    if element is None:
        return None
    return clean_text(element.get("label") or element.get("term") or _text(element))


def _read_json(document: Document) -> tuple[list[Declared] | None, str | None]:
    """Read a JSON Feed (jsonfeed.org, version 1.1); any other JSON is none."""
    if "jsonfeed.org/version" not in document.text:
        return None, None
    feed = parse_json(document.text.lstrip("\ufeff"))
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return None, None
    entries = [_read_json_item(document, item) for item in feed["items"] if isinstance(item, dict)]
    next_url = feed.get("next_url")
    return entries, document.absolute_url(next_url) if isinstance(next_url, str) else None


def _read_json_item(document: Document, item: dict[str, Any]) -> Declared:
    date = clean_text(item.get("date_published"))
    summary = next((t for key in _JSON_TEXTS if (t := clean_text(item.get(key)))), None)
    authors = item.get("authors") or [item.get("author")]
    tags = item.get("tags")
    return Declared(
        title=clean_text(item.get("title")),
        url=document.absolute_url(_string(item.get("url"))),
        date=read_attribute(date) if date else None,
        date_text=date,
        summary=summary if summary and len(summary) <= _LONGEST_SUMMARY else None,
        image=document.absolute_url(_string(item.get("image") or item.get("banner_image"))),
        author=_first_name(authors),
        category=clean_text(tags[0]) if isinstance(tags, list) and tags else None,
    )


_JSON_TEXTS = ("summary", "content_text", "content_html")


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _first_name(authors: Any) -> str | None:
    for author in authors if isinstance(authors, list) else []:
        if isinstance(author, dict) and (name := clean_text(author.get("name"))):
            return name
    return None
