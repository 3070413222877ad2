"""Selectors that somebody wrote into a seed: CSS or XPath, and what they select on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import cssselect
import msgspec
from lxml import etree

from scraper.dates import read_attribute
from scraper.errors import NoItems, SelectorError
from scraper.models import Listing, Selectors, Source
from scraper.parsers.declared import confirm, read_declared
from scraper.parsers.declared.markup import date_of, image_of, read_date_text, text_of
from scraper.parsers.declared.records import Declared, clean_text, make_listing
from scraper.parsers.document import Document
from scraper.parsers.paging import find_next_url

__all__ = ["SelectorParser", "check_selector", "check_selectors", "find_elements"]

_XPATH = re.compile(r"/|\./|\(")
_SUFFIX = re.compile(
    r"(?P<path>.*?)\s*::\s*(?:attr\(\s*(?P<name>[^\s()]+)\s*\)|text)\s*", re.DOTALL
)
_ABSOLUTE = re.compile(r"((?:^|\|)\s*\(*\s*)(?=/)")
_CALL = re.compile(r"([\w:.-]+)\s*\(")
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_NO_ELEMENT = re.compile(r"(?:/|^)\s*(?:@[\w:*-]+|text\(\))\s*(?:\[[^\]]*\]\s*)?$")
# Regular expressions, which XPath 1.0 lacks (exslt.org/regexp).
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
# What an expression ends with that cannot be evaluated; those of EXSLT run in Python.
_FAULTS = (etree.XPathError, TypeError, ValueError, re.error)
_CSS = cssselect.HTMLTranslator()
_EMPTY_PAGE = etree.fromstring("<html><body/></html>")
_LABEL_LENGTH = 60

_TEXT_ENTRY = "selects text, where an element is meant"
_CSS_ADVICE = 'try one such as "li.news h2 > a"; XPath begins with / or ./'
_XPATH_ADVICE = 'try it as CSS, or as XPath 1.0 such as ".//h2/a"'

_HEADING = "descendant-or-self::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"
_LINK = "descendant-or-self::a[@href]"
_LINK_AROUND = "ancestor-or-self::a[@href][1]"


class _Selector(NamedTuple):
    """A selector made ready: what it selects, and whether only the text of that is meant."""

    text: str
    find: Callable[[Any], Any]
    is_text: bool

    def select(self, node: Any) -> list[Any]:
        """Return the elements and texts that it selects in *node*, in document order."""
        try:
            found = self.find(node)
        except _FAULTS as error:
            raise SelectorError(self.text, "not valid XPath", advice=_XPATH_ADVICE) from error
        values = found if isinstance(found, list) else [str(found)]
        if self.is_text:
            values = [value if isinstance(value, str) else text_of(value) for value in values]
        return [value for value in values if value is not None]


def check_selectors(fields: Selectors) -> None:
    """Raise SelectorError for the first of *fields* that is no selector, with what to try."""
    _compile_all(_written(fields))


def check_selector(text: str) -> None:
    """Raise SelectorError for *text* that is no selector of elements, with what to try.

    >>> check_selector("main > ul")
    """
    if not text.strip():
        raise SelectorError(text, "is empty", advice="write CSS or XPath")
    _compile(text, is_entry=True)


def find_elements(root: Any, text: str) -> list[Any]:
    """Return the elements below *root* that the selector *text* selects, in document order."""
    nodes = _compile(text, is_entry=True).select(root)
    if any(isinstance(node, str) for node in nodes):
        raise SelectorError(text, _TEXT_ENTRY, advice="end it at the element")
    return nodes


def _written(fields: Selectors) -> dict[str, str]:
    return {k: v for k, v in msgspec.structs.asdict(fields).items() if isinstance(v, str)}


def _compile_all(written: dict[str, str]) -> dict[str, _Selector]:
    for key, text in written.items():
        if not text.strip():
            advice = "write CSS or XPath, or leave the key out"
            raise SelectorError(f"fields.{key}", "is empty", advice=advice)
    return {key: _compile(text, is_entry=key == "entry") for key, text in written.items()}


@lru_cache(maxsize=256)
def _compile(text: str, *, is_entry: bool) -> _Selector:
    match = _SUFFIX.fullmatch(text)
    path = (match["path"] if match else text).strip()
    if is_entry and (match or _NO_ELEMENT.search(path)):
        raise SelectorError(text, _TEXT_ENTRY, advice="end it at the element")
    if not _XPATH.match(path):
        path = _translate_css(text, path) if path else "self::node()"
    elif not is_entry:
        # "//h2" would find the same heading for every entry: a field is looked up inside.
        path = _ABSOLUTE.sub(r"\1.", path)
    if match and match["name"]:
        path = f"({path})/@{match['name'].lower()}"
    find = _compile_xpath(text, path)
    if is_entry and not isinstance(find(_EMPTY_PAGE), list):
        raise SelectorError(text, "selects no elements", advice="leave the function around it out")
    return _Selector(text, find, is_text=match is not None)


def _compile_xpath(text: str, path: str) -> Callable[[Any], Any]:
    try:
        find = etree.XPath(path, namespaces=_NAMESPACES)
        # Prefixes and variables that nobody defined are noticed only when it runs.
        find(_EMPTY_PAGE)
    except _FAULTS as error:
        raise SelectorError(text, "not valid XPath", advice=_XPATH_ADVICE) from error
    for name in _CALL.findall(_LITERAL.sub("''", path)):
        if not _is_function(name):
            raise SelectorError(text, f'XPath 1.0 has no "{name}()"', advice=_XPATH_ADVICE)
    return find


def _is_function(name: str) -> bool:
    # A function inside a condition is called, and so missed, only where something meets it.
    if name in ("and", "or", "div", "mod"):
        return True
    try:
        etree.XPath(f"{name}()", namespaces=_NAMESPACES)(_EMPTY_PAGE)
    except _FAULTS as error:
        return "Unregistered function" not in str(error)
    return True


def _translate_css(text: str, path: str) -> str:
    try:
        if any(part.pseudo_element for part in cssselect.parse(path)):
            advice = "::attr(name) and ::text stand once, at the end"
            raise SelectorError(text, "a pseudo-element selects nothing", advice=advice)
        return _CSS.css_to_xpath(path)
    except cssselect.SelectorError as error:
        raise SelectorError(text, "not valid CSS", advice=_CSS_ADVICE) from error


class SelectorParser:
    """Parses the pages of sources that say by selectors where their entries are."""

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return what the selectors of *source* select, None where it has none.

        Where nothing is selected for a title, it is the entry's heading, else its first link; the
        address is that of the title's link, else of the entry's first; the day is that of a
        ``time``. Selectors that are a hint are None, with a warning, where one of them matches
        nothing. Raises SelectorError for what is no selector.
        """
        if source.fields is None:
            return None
        reading = _Reading(document, source, source.fields)
        listing = reading.listing()
        if not source.fields.hint:
            return listing
        if (lost := reading.lost()) is not None:
            document.warnings.append(f"{lost}: the page was read without [fields]; learn it again")
            return None
        return confirm(listing, read_declared(document), document)


class _Reading:
    """The entries of one page being read."""

    def __init__(self, document: Document, source: Source, fields: Selectors) -> None:
        self.document = document
        self.source = source
        self.fields = fields
        self.written = _written(fields)
        self.selectors = _compile_all(self.written)
        #: Fields that were found in some entry.
        self.matched: set[str] = set()
        self.entries: list[Declared] = []

    def listing(self) -> Listing:
        """Return the listing, or why there are no records."""
        self.entries = entries = [self.read_entry(nodes) for nodes in self.entry_runs()]
        silent = [k for k in self.selectors if entries and k not in self.matched | {"entry"}]
        listing = make_listing(
            self.document,
            self.source,
            entries,
            next_url=find_next_url(self.document) if any(e.title for e in entries) else None,
            warnings=[f'fields.{key}: "{self.written[key]}" matches in no entry' for key in silent],
        )
        if listing.items:
            return listing
        reason = NoItems(
            self.source.name,
            self.reason(found=bool(entries)),
            category="unrecognised",
            advice="correct the seed, or leave its [fields] out to have the page read without them",
        )
        return msgspec.structs.replace(listing, no_items=reason)

    def lost(self) -> str | None:
        """Return what no longer matches of selectors that once did, None for nothing.

        A page may have no teasers for once; everything else is of every entry.
        """
        if not any(entry.title for entry in self.entries):
            return self.reason(found=bool(self.entries))
        lost = [k for k in self.selectors if k not in self.matched | {"entry", "summary"}]
        return f'fields.{lost[0]}: "{self.written[lost[0]]}" matches in no entry' if lost else None

    def reason(self, *, found: bool) -> str:
        """Say why there are no records; *found* is whether there are entries."""
        entry, title = self.written["entry"], self.written.get("title")
        if not found:
            return f'fields.entry: "{entry}" matches nothing on this page'
        if title is None:
            return f'fields.entry: what "{entry}" selects has no title'
        return f'fields.title: "{title}" matches in no entry'

    def entry_runs(self) -> list[list[Any]]:
        """Return the elements of each entry: one, unless entries run on."""
        root = self.document.root
        nodes = [] if root is None else find_elements(root, self.written["entry"])
        return _run_on(nodes) if self.fields.run else [[node] for node in nodes]

    def read_entry(self, nodes: list[Any]) -> Declared:
        title_node, title = self.read_title(nodes)
        link, url = self.read_url(nodes, title_node)
        label = text_of(link) if link is not None else None
        if label == title or (label and len(label) > _LABEL_LENGTH):
            label = None
        date = self.read_date(nodes)
        images = (image_of(node) for node in nodes)
        return Declared(
            title=title,
            url=url,
            date=date.date,
            date_text=date.date_text,
            date_source=date.date_source,
            summary=next((text for _, text in self.texts("summary", nodes)), None),
            link_text=label,
            image=self.document.absolute_url(next((one for one in images if one), None)),
        )

    def select(self, key: str, nodes: list[Any]) -> list[Any]:
        selector = self.selectors.get(key)
        found = [one for node in nodes for one in selector.select(node)] if selector else []
        if found:
            self.matched.add(key)
        return found

    def texts(self, key: str, nodes: list[Any]) -> Iterator[tuple[Any, str]]:
        """Yield what a field's selector finds in an entry and has text, with the text."""
        yield from _with_text(self.select(key, nodes))

    def read_title(self, nodes: list[Any]) -> tuple[Any, str | None]:
        if "title" in self.selectors:
            return next(self.texts("title", nodes), (None, None))
        usual = (_with_text(node.xpath(path)) for path in (_HEADING, _LINK) for node in nodes)
        return next(chain.from_iterable(usual), (None, None))

    def read_url(self, nodes: list[Any], title: Any) -> tuple[Any, str | None]:
        """Return the link of an entry, as far as there is one, and the address it leads to."""
        if "url" in self.selectors:
            candidates = [link for found in self.select("url", nodes) for link in _links(found)]
        else:
            near = [] if title is None or isinstance(title, str) else _links(title)
            inside = [link for node in nodes for link in node.xpath(_LINK)]
            candidates = [*near, *inside, *nodes[0].xpath(_LINK_AROUND)]
        for link in candidates:
            href = link if isinstance(link, str) else link.get("href")
            url = self.document.absolute_url(href)
            if url:
                return None if isinstance(link, str) else link, url
        return None, None

    def read_date(self, nodes: list[Any]) -> Declared:
        if "date" in self.selectors:
            found = self.select("date", nodes)
        else:
            found = [time for node in nodes for time in node.iter("time")]
        return next((date for date in map(_date_of, found) if date.date), Declared())


def _run_on(starts: list[Any]) -> list[list[Any]]:
    """Return each element with those beside it, up to the next of *starts*.

    What follows the last of a family may be no entry's: it is no longer than the longest other.
    """
    known = set(starts)
    runs: list[list[Any]] = []
    longest: dict[Any, int] = {}
    for start in starts:
        run = [start]
        for following in start.itersiblings(etree.Element):
            if following in known:
                longest[start.getparent()] = max(longest.get(start.getparent(), 0), len(run))
                break
            run.append(following)
        runs.append(run)
    return [run[: longest.get(run[0].getparent(), len(run))] for run in runs]


def _date_of(found: Any) -> Declared:
    """Return the date of an element, or of a text that may be the value of an attribute."""
    if not isinstance(found, str):
        return date_of(found)
    text = clean_text(found)
    reading = read_attribute(text) if text and getattr(found, "is_attribute", False) else None
    if reading is not None:
        return Declared(date=reading, date_text=text, date_source="attribute")
    return read_date_text(text)


def _with_text(found: list[Any]) -> Iterator[tuple[Any, str]]:
    for each in found:
        text = " ".join(each.split()) if isinstance(each, str) else text_of(each) or each.get("alt")
        if text:
            yield each, text


def _links(found: Any) -> list[Any]:
    """Return the links that an element is, holds or stands in; text is an address by itself."""
    if isinstance(found, str):
        return [found]
    if found.get("href"):
        return [found]
    return [*found.xpath(_LINK_AROUND), *found.xpath(_LINK)]
