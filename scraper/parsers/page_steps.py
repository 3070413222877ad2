"""Addresses of the pages of one listing: which of two comes after the other.

A listing's pages differ in one number: ``?page=2``, ``&start=20``, ``/page/2/``, ``index_2.html``.
What is left without it is the same for all of them, and the first page often has no number at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.parsers.document import Document

__all__ = ["BEHIND", "FORWARD", "NEXT", "SAME", "SECOND", "UNKNOWN", "Place"]

#: How a target stands to the page. FORWARD is further on, by one page or by more. SECOND is a page
#: number 1 where the page itself has none: pagers that count from 0 mean the second page by it,
#: others the first.
BEHIND, SAME, NEXT, FORWARD, SECOND, UNKNOWN = -1, 0, 1, 2, 3, 4

_PAGE_WORD = (
    "page|pagina|pagine|página|pag|seite|side|sida|sivu|strona|stranka|strana|stranica|stran|oldal|"
    "sayfa|halaman|trang|paged|pagenum|pageno|lehekulg|puslapis|lapa|selides?"
)
_PAGE_NAME = re.compile(
    r"(?!.*(?:size|per_?page|page_?id|name|title|type|limit|count))"
    rf"(?:.*(?:{_PAGE_WORD}).*|p|pg|pn|pno|np|cp|cur|chunk|hal|pi|pgn|.*[-_](?:p|pg))$",
    re.IGNORECASE,
)
_OFFSET_NAME = re.compile(
    r"(?!.*(?:date|day|year|month))"
    r"(?:.*(?:start|offset|skip|begin).*|from|first|o|ofs|firstrow|row|rows?from|since_row)$",
    re.IGNORECASE,
)
_WORD_TAIL = re.compile(
    rf"[/_\-.,;:=~]+n?(?:{_PAGE_WORD}|pg|p)[/_\-=:.,]*(\d{{1,5}})(?=[/.]|$)(?:\.\w{{2,5}})?",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[/_\-.,](\d{1,3})(?:\.\w{2,5})?$")
_INDEX = re.compile(
    r"/(?:index|default|home)(?:\.(?:html?|php\d?|aspx?|jsp|shtml))?$", re.IGNORECASE
)
_ESCAPES = (("%5B", "["), ("%5D", "]"), ("%40", "@"), ("%3A", ":"))
# A number behind these tells apart what is complete in itself.
_WHOLE = re.compile(
    r"/(?:(?:19|20)\d\d|issues?|editions?|ausgaben?|num[eé]ros?|vol(?:ume)?s?|archives?|nummer|posts?|node|articles?)$",
    re.IGNORECASE,
)

#: Kinds of place where the number of the page can stand.
_PARAMETER, _WORD, _NUMBER = 0, 1, 2


class _Address(NamedTuple):
    path: str
    rest: frozenset[str]
    number: int | None
    #: Whether the number counts entries.
    offset: bool

    def covers(self, other: _Address) -> bool:
        """Tell whether *other* is the same listing; pagers add what the page's address left out."""
        return self.path == other.path and self.rest <= other.rest


class Place:
    """The page's own address, to compare others with."""

    __slots__ = ("_own", "host", "url")

    def __init__(self, document: Document) -> None:
        self.url = document.page.url
        self.host = _host(self.url) if self.url else None
        self._own: list[_Address | None] = [None, None, None]

    def holds(self, url: str, *, declared: bool = False) -> bool:
        """Tell whether *url* is on the page's host; where it is *declared*, on its site."""
        if self.host is None:
            return True
        host = _host(url)
        return host == self.host or (declared and _site(host) == _site(self.host))

    def shares_path(self, url: str) -> bool:
        """Tell whether *url* has the page's own path."""
        return self.url is not None and _split(url)[0] == _split(self.url)[0]

    def is_second(self, url: str) -> bool:
        """Tell whether *url* is the second page of some listing of the site, and this no later."""
        path, query = _split(url)
        return any(
            _read(path, query, kind).number == 2 and self._read_own(kind).number in (None, 1)
            for kind in (_PARAMETER, _WORD)
        )

    def step_to(self, url: str) -> int:
        """Return how *url* stands to the page."""
        if self.url is None:
            return UNKNOWN
        path, query = _split(url)
        for kind in (_PARAMETER, _WORD, _NUMBER):
            target = _read(path, query, kind)
            if target.number is None:
                continue
            if (own := self._read_own(kind)).covers(target):
                return _compare(own.number, target)
            if kind == _NUMBER and self._read_own(_PARAMETER).covers(target):
                return _compare(None, target)
        # An address without a number is that of the first page.
        plain = _read(path, query, _PARAMETER)
        if plain.number is None:
            for kind in (_PARAMETER, _WORD):
                own = self._read_own(kind)
                if own.path == plain.path and own.rest == plain.rest:
                    return SAME if own.number is None else BEHIND
        return UNKNOWN

    def is_same(self, url: str) -> bool:
        """Tell whether *url* is the page's own, but for a fragment."""
        return url == self.url or (
            self.url is not None and url.partition("#")[0] == self.url.partition("#")[0]
        )

    def _read_own(self, kind: int) -> _Address:
        own = self._own[kind]
        if own is None:
            own = self._own[kind] = _read(*_split(self.url or ""), kind)
        return own


def _compare(own: int | None, target: _Address) -> int:
    number = target.number or 0
    if own is None:
        if target.offset:
            return SAME if number <= 1 else FORWARD
        return (SAME, SECOND, NEXT)[number] if number <= 2 else FORWARD
    if number <= own:
        return SAME if number == own else BEHIND
    return NEXT if number == own + 1 and not target.offset else FORWARD


def _read(path: str, query: str, kind: int) -> _Address:
    """Return the address without the number of its page, which stands at *kind* of place."""
    number, offset = None, False
    rest = []
    for part in query.replace(";", "&").split("&") if query else ():
        name, _, value = part.partition("=")
        if not value or name.startswith("utm_"):
            continue
        if kind == _PARAMETER and value.isdecimal() and len(value) <= 7:
            if "%" in name:
                for escape, sign in _ESCAPES:
                    name = name.replace(escape, sign)
            is_offset = _OFFSET_NAME.match(name) is not None
            if is_offset or _PAGE_NAME.match(name.replace("[", "_").rstrip("]")):
                number, offset = int(value), is_offset
                continue
        rest.append(part)
    if kind != _PARAMETER and (match := (_WORD_TAIL if kind == _WORD else _TAIL).search(path)):
        before = path[: match.start()]
        if kind == _WORD or not _WHOLE.search(before):
            number = int(match[1])
            path = before + path[match.end() :]
    return _Address(_INDEX.sub("", path.rstrip("/")), frozenset(rest), number, offset)


def _split(url: str) -> tuple[str, str]:
    place, _, query = url.partition("#")[0].partition("?")
    path = place.partition("://")[2].partition("/")[2]
    return ("/" + path).rstrip("/"), query


def _host(url: str) -> str:
    return re.split(r"[/?#]", url.partition("://")[2].lower(), maxsplit=1)[0].removeprefix("www.")


def _site(host: str) -> str:
    labels = host.split(".")
    # "co.uk", "com.br": the second level is the registry's.
    registry = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if registry else labels[-2:])
