"""Atom (RFC 4287)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from lxml import etree

from scraper.exporters.base import Exporter
from scraper.exporters.feeds import Feed, each_once, entry_urn, latest, published, xml_text
from scraper.models import Item

__all__ = ["AtomExporter"]

_ATOM = "http://www.w3.org/2005/Atom"


class AtomExporter(Exporter):
    """A feed of entries, each id once; an entry's day is its noon in UTC, a month is no date.

    *updated*, which an entry has to have, is its date, else when it was fetched.
    """

    suffixes = (".atom",)

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the document."""
        entries = each_once(items)
        feed = Feed.of(entries)
        root = etree.fromstring(f'<feed xmlns="{_ATOM}"/>')
        _add(root, "title", feed.title)
        _add(root, "id", _feed_urn(feed))
        _add(root, "updated", _stamp(feed.updated))
        _add_author(root, feed.title)  # of the entries that name none: there has to be one
        _add_link(root, "alternate", feed.page_url)
        for item in entries:
            _add_entry(root, item)
        yield etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _add_entry(feed: etree._Element, item: Item) -> None:
    entry = etree.SubElement(feed, _named("entry"))
    _add(entry, "title", item.title)
    _add(entry, "id", entry_urn(item))
    _add(entry, "updated", _stamp(latest(item)))
    if (moment := published(item)) is not None:
        _add(entry, "published", _stamp(moment))
    _add_link(entry, "alternate", item.url)
    _add_link(entry, "enclosure", item.image)
    if item.author:
        _add_author(entry, item.author)
    if item.category:
        etree.SubElement(entry, _named("category"), {"term": xml_text(item.category)})
    if item.summary:
        _add(entry, "summary", item.summary)
    if not item.url:
        # An entry without a link has to have content.
        _add(entry, "content", item.summary or item.title)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _named(name)).text = xml_text(text)


def _add_author(parent: etree._Element, name: str) -> None:
    _add(etree.SubElement(parent, _named("author")), "name", name)


def _add_link(parent: etree._Element, relation: str, url: str | None) -> None:
    if url:
        etree.SubElement(parent, _named("link"), {"rel": relation, "href": xml_text(url)})


def _named(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _stamp(moment: datetime) -> str:
    text = moment.isoformat()
    return f"{text[:-6]}Z" if moment.utcoffset() == UTC.utcoffset(None) else text


def _feed_urn(feed: Feed) -> str:
    """Return the feed's name, which is the same for the same sources."""
    key = f"{feed.title}\n{feed.page_url}".encode("utf-8", "replace")
    return f"urn:scraper:feed:{hashlib.sha256(key).hexdigest()[:16]}"
