"""What a tag says by itself, wherever it stands: its kind, the names in its classes, its marks."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape as unescape_references
from typing import NamedTuple

from scraper.parsers.words import word_set

#: Marks, inherited by descendants: where on the page a node stands, as its ancestors declare it;
#: HIDDEN is text for screen readers alone.
NAV, ASIDE, MAIN, HIDDEN = 1, 2, 4, 8


# Their content is no markup.
RAW = word_set("script style textarea title xmp iframe noembed noframes")
# Their content is no part of any listing.
SKIPPED = word_set("noscript template svg math object canvas select datalist audio video")
VOID = word_set("area base br col embed hr img input link meta param source track wbr")
WRAPPERS = word_set("html head body")
DECLARED = word_set("html base meta link")
INLINE = word_set("""
        a abbr acronym b bdi bdo big blink cite code data del dfn em font i img ins kbd label
        mark nobr q rp rt ruby s samp small span strike strong sub sup time tt u var o:p
        """)
HEADINGS = word_set("h1 h2 h3 h4 h5 h6")
CELLS = word_set("td th")
TABLE = word_set("table thead tbody tfoot tr td th caption")

# Which open elements a start tag ends, and through which it looks for them (HTML standard,
# 13.2.6.4.7 "in body" and the table modes).
_SECTIONS = word_set("thead tbody tfoot")
_FLOW = word_set("div p address") | INLINE
_IN_ROW = _FLOW | HEADINGS | word_set("td th ul ol li dl dt dd section article header form")
_IN_TABLE = _IN_ROW | word_set("tr thead tbody tfoot caption")
ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _FLOW | {"li"}),
    "dt": (frozenset({"dt", "dd"}), _FLOW | {"dt", "dd"}),
    "dd": (frozenset({"dt", "dd"}), _FLOW | {"dt", "dd"}),
    "tr": (frozenset({"tr"}), _IN_TABLE),
    "td": (CELLS, _IN_ROW),
    "th": (CELLS, _IN_ROW),
    **dict.fromkeys(
        ("thead", "tbody", "tfoot"), (frozenset({"thead", "tbody", "tfoot"}), _IN_TABLE)
    ),
    "a": (frozenset({"a"}), INLINE),
}
ENDS_PARAGRAPH = (frozenset({"p"}), (INLINE | {"p"}) - {"a"})

# Words that authors use for the furniture of a page, whole within a class or id: `nav-item` counts,
# `navy` does not. They are evidence to be weighed, never a veto.
_WORD_MARKS = {
    **dict.fromkeys(
        word_set("""
        nav navi navbar navigation menu submenu topmenu mainmenu breadcrumb breadcrumbs footer
        foot pager pagination paging cookie cookies social share sharing topbar toolbar lang
        languages login skip sitemap tags tagcloud copyright
        """),
        NAV,
    ),
    **dict.fromkeys(
        word_set("""
        sidebar side aside related popular trending widget widgets promo advert ads ad banner
        mostread recommended partners sponsor poll calendar comments right rightcol ticker
        """),
        ASIDE,
    ),
    **dict.fromkeys(word_set("main content primary maincontent"), MAIN),
}
_TAG_MARKS = {"nav": NAV, "footer": NAV, "aside": ASIDE, "main": MAIN}
_UNMARKED = INLINE | {"p", "html", "body"}
_SCREEN_READER = re.compile(
    r"(?:\w+-)?(?:sr-only|visually-?hidden|screen-reader(?:-text)?|element-invisible|a11y-hidden)$",
    re.IGNORECASE,
)
# What numbers and states add to a class says nothing of the kind of block.
_STATES = word_set(
    "first last odd even active current selected clearfix row left right alt new sticky"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")

NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_CLASS = re.compile(r"""[\s"']class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
HREF = re.compile(r"""[\s"']href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_ID = re.compile(r"""[\s"']id\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
OPEN_QUOTE = re.compile(r"""=\s*(["'])""")


def unescape(text: str) -> str:
    """Return *text* with its character references read; as it is where one is beyond numbers."""
    try:
        return unescape_references(text)
    except ValueError:  # more digits than Python takes for a number
        return text


def unescape_attribute(value: str) -> str:
    """Return the value of an attribute with its character references read, as browsers do.

    >>> unescape_attribute("?id=1&section=2&amp;page=3")
    '?id=1&section=2&page=3'
    """
    return _REFERENCE.sub(lambda match: unescape(match[0]), value) if "&" in value else value


# In an attribute only a reference with its semicolon is one (HTML standard, 13.2.5.73).
_REFERENCE = re.compile(r"&#?\w{1,32};")


def read_attributes(head: str) -> dict[str, str]:
    """Return the attributes in the source of a start tag; of a repeated one the first counts.

    >>> read_attributes('a HREF=/a?b&amp;c class="x y" hidden')
    {'hidden': '', 'class': 'x y', 'href': '/a?b&c'}
    """
    found = {}
    written: list[tuple[str, str, str, str]] = _ATTRIBUTE.findall(head)
    for name, double, single, bare in written[:0:-1]:
        value = double or single or bare
        found[name.lower()] = unescape_attribute(value)
    return found


class Tag(NamedTuple):
    """A tag, as far as it can be read without knowing where it stands."""

    action: int
    name: str = ""
    names: tuple[str, ...] = ()
    mark: int = 0
    #: Whether it is ``a[href]``.
    linked: bool = False


# What a tag does. Where it leads to a path, that is its action: paths are numbered from 1.
CLOSE, BREAK, NOTHING, OPEN, IMAGE, DECLARE, RAW_TEXT, SKIP, NO_TAG = 0, *range(-1, -9, -1)


COMMENT = Tag(NO_TAG)


def read_tag(head: str, skipped: frozenset[str]) -> Tag:
    """Return what the source of a tag says; elements named in *skipped* are passed over whole."""
    match = NAME.match(head)
    if match is None:
        return COMMENT
    name = match[1].lower()
    if head[0] == "/":
        return Tag(NOTHING if name in VOID or name in WRAPPERS else CLOSE, name)
    if name in skipped:
        return Tag(NOTHING if head.endswith("/") else SKIP, name)
    return Tag(_ACTIONS[name], name) if name in _ACTIONS else _read_start(name, head)


_ACTIONS = {
    **dict.fromkeys(VOID | WRAPPERS, NOTHING),
    **dict.fromkeys(DECLARED, DECLARE),
    **dict.fromkeys(RAW, RAW_TEXT),
    **dict.fromkeys(("br", "hr"), BREAK),
    "img": IMAGE,
}


def _read_start(name: str, head: str) -> Tag:
    if len(head) == len(name):
        return _read_kind(name, "", linked=False, mark=0)
    match = _CLASS.search(head)
    classes = match[1] or match[2] or match[3] or "" if match else ""
    if name in _UNMARKED:
        linked = name == "a" and HREF.search(head) is not None
        return _read_kind(name, classes, linked=linked, mark=0)
    match = _ID.search(head)
    return _read_kind(name, classes, linked=False, mark=_read_name(match[1])[1] if match else 0)


@lru_cache(maxsize=8192)
def _read_kind(name: str, classes: str, *, linked: bool, mark: int) -> Tag:
    names, said = _read_class(classes)
    if name in _UNMARKED:
        said &= HIDDEN
    return Tag(OPEN, name, names, said | mark | _TAG_MARKS.get(name, 0), linked)


def _read_class(value: str) -> tuple[tuple[str, ...], int]:
    """Return the names of a class attribute that tell kinds of blocks apart, and their marks."""
    mark = 0
    names = []
    for part in value.split():
        name, said = _read_name(part)
        mark |= said
        if name:
            names.append(name)
    # Content systems add a class per tag and author; what kind of block it is stands in front.
    return tuple(names[:3]), mark


@lru_cache(maxsize=8192)
def _read_name(part: str) -> tuple[str, int]:
    """Return one class or id as the name of a kind of block, and its marks.

    Digits go: `post-1234` and `post-1235` are one kind of block.
    """
    words = [word.lower() for word in _WORDS.findall(part)]
    mark = HIDDEN if _SCREEN_READER.match(part) else 0
    for word in words:
        mark |= _WORD_MARKS.get(word, 0)
    return ("" if len(words) == 1 and words[0] in _STATES else "-".join(words)), mark


# The tags that need no reading; one without attributes is most often one of these.
PLAIN = {
    head: read_tag(head, SKIPPED)
    for name in sorted(
        INLINE
        | HEADINGS
        | TABLE
        | {"br", "hr", "p", "div", "ul", "ol", "li", "dl", "dt", "dd"}
        | {"section", "article", "header", "footer", "nav", "main", "aside", "figure", "form"}
        | {"figcaption", "button", "label", "time", "pre", "blockquote", "center", "address"}
    )
    for head in (name, "/" + name)
}
PLAIN |= {head: read_tag(head, SKIPPED) for head in ("br/", "br /", "hr/", "hr /")}

#: Tags that say all by their name, whatever their attributes.
BY_NAME = {
    name: read_tag(name, SKIPPED)
    for name in sorted((VOID | RAW | DECLARED) - {"html", "br", "hr", "title"})
}
BY_NAME["!--"] = COMMENT
