"""RSS 2.0 (https://www.rssboard.org/rss-specification)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from email.utils import format_datetime

from lxml import etree

from scraper.exporters.base import Exporter
from scraper.exporters.feeds import Feed, each_once, entry_urn, published, xml_text
from scraper.models import Item

__all__ = ["RssExporter"]

_CREATOR = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_NAMESPACES = {"dc": _CREATOR, "media": _MEDIA}
# What readers that take a title for HTML, which the standard leaves open, show otherwise.
_LIKE_MARKUP = re.compile(r"<[a-z/!?]|&(?:#|[a-z])[a-z0-9]*;", re.IGNORECASE)


class RssExporter(Exporter):
    """A channel of entries, each id once; an entry's day is its noon in UTC, a month is no date.

    Text is no HTML, and is escaped where readers would take it for that.
    """

    suffixes = (".rss",)

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the document."""
        entries = each_once(items)
        feed = Feed.of(entries)
        root = etree.Element("rss", {"version": "2.0"}, nsmap=_NAMESPACES)
        channel = etree.SubElement(root, "channel")
        _add(channel, "title", _title(feed.title))
        # A link has to be there; this one leads nowhere.
        _add(channel, "link", feed.page_url or "about:blank")
        _add(channel, "description", html.escape(f"Entries of {feed.title}", quote=False))
        for item in entries:
            _add_item(channel, item)
        yield etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _add_item(channel: etree._Element, item: Item) -> None:
    element = etree.SubElement(channel, "item")
    _add(element, "title", _title(item.title))
    _add(element, "link", item.url)
    if item.summary:
        _add(element, "description", html.escape(item.summary, quote=False))
    _add(element, "category", item.category)
    guid = etree.SubElement(element, "guid", {"isPermaLink": "false"})
    guid.text = entry_urn(item)
    if (moment := published(item)) is not None:
        _add(element, "pubDate", format_datetime(moment))
    _add(element, f"{{{_CREATOR}}}creator", item.author)
    if item.image:
        etree.SubElement(element, f"{{{_MEDIA}}}thumbnail", {"url": xml_text(item.image)})


def _title(text: str) -> str:
    return html.escape(text, quote=False) if _LIKE_MARKUP.search(text) else text


def _add(parent: etree._Element, name: str, text: str | None) -> None:
    if text:
        etree.SubElement(parent, name).text = xml_text(text)
