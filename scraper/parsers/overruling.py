"""What somebody knows of a page who has seen it: which part counts, and which entries.

The page is cut down before anybody reads it, so that all parsers obey, and only pages of sources
with hints pay for it. What is left is a page of its own: what stood around a part goes, but for
the elements that hold it, the head and the ``base`` of links. Where the listing goes on is looked
up on the page as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from lxml import etree

from scraper.errors import NoItems, SelectorError
from scraper.models import Hints, Item, Listing, Page, Source
from scraper.parsers.declared.feeds import is_feed
from scraper.parsers.document import Document
from scraper.parsers.paging import find_next_url
from scraper.parsers.selectors import check_selector, find_elements

__all__ = ["check_hints", "is_wanted", "leads_nowhere", "open_document", "read_overruled"]

# Of the head only this counts: that the page is an article is no matter where its list is named.
_HEAD = frozenset({"base", "link", "script", "title"})


def check_hints(hints: Hints) -> None:
    r"""Raise SelectorError for the first of *hints* that cannot be used; the subject is its key.

    >>> check_hints(Hints(within="main", url_pattern=r"/news/\d+"))
    """
    for key, text in _selectors(hints):
        try:
            check_selector(text)
        except SelectorError as error:
            cause = f": {error.__cause__}" if error.__cause__ else ""
            message = f'not a selector: "{text}": {error.message}{cause}'
            raise SelectorError(key, message, advice=error.advice) from None
    if hints.url_pattern is not None:
        try:
            re.compile(hints.url_pattern)
        except (re.error, OverflowError, RecursionError) as error:
            message = f'not a regular expression: "{hints.url_pattern}": {error}'
            raise SelectorError("url_pattern", message, advice="a dot is written \\.") from None


def _selectors(hints: Hints) -> Iterable[tuple[str, str]]:
    if hints.within is not None:
        yield "within", hints.within
    for text in hints.exclude:
        yield "exclude", text


def open_document(page: Page, *, source: Source, steered: bool = False) -> Document:
    """Return what of *page* is to be read by the hints of *source*: all of it where there are none.

    A *steered* one has no links but those that may lead to entries, for a page whose likeliest list
    leads elsewhere: the engine finds the other then. Raises NoItems where nothing is left, and
    SelectorError for hints that cannot be used.
    """
    hints = source.hints
    document = Document(page, language=source.language, date_order=hints.date_order)
    if hints == Hints():
        return document
    check_hints(hints)
    steered = steered and hints.url_pattern is not None
    if hints.within is None and not hints.exclude and not steered:
        return document
    if is_feed(document):
        if hints.within is not None or hints.exclude:
            document.warnings.append("within and exclude are for pages, and this is a feed")
        return document
    root = document.root
    if root is None:
        return document
    notes = [note for text in hints.exclude if (note := _exclude(root, text, source)) is not None]
    if hints.within is not None:
        _keep_within(root, hints.within, source)
    if steered and hints.url_pattern is not None:
        _unlink(document, root, hints.url_pattern, source)
    text = etree.tostring(root, method="html", encoding="unicode")
    rest = msgspec.structs.replace(page, body=text.encode("utf-8", "replace"), encoding="utf-8")
    part = Document(rest, language=source.language, date_order=hints.date_order)
    part.is_part = hints.within is not None or bool(hints.exclude)
    part.warnings = [*document.warnings, *notes]
    part.complete = document.complete
    return part


def _nothing(source: Source, key: str, what: str, *, category: str = "unrecognised") -> NoItems:
    option = f"--{key.replace('_', '-')}"
    advice = f"correct {option}, or {key} in the seed, or leave it out"
    return NoItems(source.name, f"{key}: {what}", category=category, advice=advice)


def _exclude(root: Any, text: str, source: Source) -> str | None:
    """Take what *text* selects out of the page; return what to warn of."""
    nodes = find_elements(root, text)
    if root in nodes or any(node.tag == "body" for node in nodes):
        raise _nothing(source, "exclude", f'"{text}" selects the whole page')
    _remove(set(nodes), keep_tails=True)
    return None if nodes else f'exclude: "{text}" matches nothing on this page'


def _keep_within(root: Any, text: str, source: Source) -> None:
    """Take everything out of the page but what *text* selects, and what it needs to be read."""
    nodes = find_elements(root, text)
    if not nodes:
        raise _nothing(source, "within", f'"{text}" matches nothing on this page')
    whole = set(nodes) | set(root.iter("base"))
    around: set[Any] = set()
    for node in whole:
        above = node.getparent()
        while above is not None and above not in around:
            around.add(above)
            above = above.getparent()
    head = root.find("head")
    if head is not None and head not in whole:
        around.add(head)
        whole |= {child for child in head if child.tag in _HEAD}
    around.add(root)
    for holder in around - whole:
        if not any(above in whole for above in holder.iterancestors()):
            holder.text = None
            _remove({one for one in holder if not (one in whole or one in around)})
            for one in holder:
                one.tail = None


def _remove(nodes: set[Any], *, keep_tails: bool = False) -> None:
    """Take *nodes* out, each child of a parent looked at once: many are as cheap as few."""
    for parent in {above for node in nodes if (above := node.getparent()) is not None}:
        before: Any = None
        tails: list[str] = []
        for child in list(parent):
            if child in nodes:
                tails.append(child.tail or "")
                child.tail = None
                parent.remove(child)
                continue
            _hang(parent, before, tails if keep_tails else [])
            before, tails = child, []
        _hang(parent, before, tails if keep_tails else [])


def _hang(parent: Any, before: Any, tails: list[str]) -> None:
    """Put text behind the element *before*, or at the beginning of *parent*."""
    text = " ".join(tails)
    if not text.strip():
        return
    if before is None:
        parent.text = f"{parent.text or ''} {text}"
    else:
        before.tail = f"{before.tail or ''} {text}"


def _unlink(document: Document, root: Any, pattern: str, source: Source) -> None:
    """Make no links of those that lead elsewhere than *pattern* says."""
    matches = re.compile(pattern).search
    seen = found = 0
    for link in root.iter("a", "area"):
        url = document.absolute_url(link.get("href"))
        if url is None:
            continue
        seen += 1
        if matches(url):
            found += 1
        else:
            del link.attrib["href"]
    if seen and not found:
        what = f'"{pattern}" is found in none of the addresses on this page ({seen})'
        raise _nothing(source, "url_pattern", what, category="unwanted")


def is_wanted(item: Item, hints: Hints) -> bool:
    """Tell whether an entry leads where those lead that *hints* want."""
    pattern = hints.url_pattern
    return pattern is None or bool(item.url and re.search(pattern, item.url))


def leads_nowhere(source: Source) -> NoItems:
    """Return the error of a source none of whose entries is wanted."""
    what = f'"{source.hints.url_pattern}" is found in the address of no entry'
    return _nothing(source, "url_pattern", what, category="unwanted")


def read_overruled(
    page: Page, source: Source, read: Callable[[Document, Source], Listing]
) -> Listing:
    """Return what *read* finds on *page*, as the hints of *source* want it.

    Entries that lead elsewhere are left out; if all do, the page is read again for others. The
    next page is that of the whole *page*, also of one without any that is wanted.
    """
    hints = source.hints
    if hints == Hints():
        return read(open_document(page, source=source), source)
    try:
        listing = read(open_document(page, source=source), source)
        kept = [item for item in listing.items if is_wanted(item, hints)]
        if listing.items and not kept:
            listing = read(open_document(page, source=source, steered=True), source)
            kept = [item for item in listing.items if is_wanted(item, hints)]
            if not kept:
                raise leads_nowhere(source)
    except NoItems as reason:
        kept = []
        listing = Listing(items=(), complete=page.complete, no_items=reason)
        if reason.category != "unwanted":
            return listing
    listing = msgspec.structs.replace(listing, items=tuple(kept))
    if hints.within is None and hints.url_pattern is None:
        return listing
    whole = Document(page)
    if is_feed(whole):
        return listing
    return msgspec.structs.replace(listing, next_url=find_next_url(whole))
