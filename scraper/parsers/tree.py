"""The page as flat arrays: one scan over its source, after which nobody reads the markup again.

Deciding what repeats asks the same questions of every element many times (where does it end, what
is its path, which text does it hold). A tree of Python objects answers them slowly, and making one
costs more than all the rest: measured on 75 real pages, lxml's parse alone takes 0.8 ms a page and
a walk over its tree as much again. So the scan reads the source itself, once, and answers in lists:

* **nodes** are elements in document order: ``parent``, ``path`` (an interned tag-and-class path),
  ``end`` (one past the last descendant) and ``head`` (the source of the start tag);
* **tokens** are text nodes, white space collapsed: ``texts``, ``owner`` (the node), ``line`` (tokens
  of one visual line share it). A node's tokens are ``first[node]:last[node]``;
* **paths** know what all their nodes have in common: tag, class words, marks, depth, and how many
  levels above the enclosing link and heading are.

The scan is a table-driven machine: per path, a dictionary from the source of a tag to the path it
leads to. Pages repeat themselves, so nearly every tag is one look-up; only a tag that was never
seen at its place is read. End tags that authors leave out, or put where they close nothing, are
supplied or ignored as the HTML standard says (section 13.2.6, "tree construction") as far as lists
of entries can tell the difference. Every step is linear, and nothing recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple

__all__ = ["ASIDE", "HIDDEN", "MAIN", "NAV", "Image", "Outline", "Paths", "flatten", "read_attributes"]

#: Marks, inherited by descendants: where on the page a node stands, as its ancestors declare it;
#: HIDDEN is text for screen readers alone.
NAV, ASIDE, MAIN, HIDDEN = 1, 2, 4, 8

# Their content is no markup.
_RAW = frozenset("script style textarea title xmp iframe noembed noframes".split())
# Their content is no part of any listing.
_SKIPPED = frozenset("noscript template svg math object canvas select datalist audio video".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_WRAPPERS = frozenset("html head body".split())
_DECLARED = frozenset("html base meta link".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i img ins kbd label mark nobr "
    "q rp rt ruby s samp small span strike strong sub sup time tt u var o:p".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CELLS = frozenset("td th".split())
_TABLE = frozenset("table thead tbody tfoot tr td th caption".split())

# Which open elements a start tag ends, and through which it looks for them (HTML standard,
# 13.2.6.4.7 "in body" and the table modes).
_FLOW = frozenset("div p address".split()) | _INLINE
_IN_ROW = _FLOW | _HEADINGS | frozenset("td th ul ol li dl dt dd section article header form".split())
_IN_TABLE = _IN_ROW | frozenset("tr thead tbody tfoot caption".split())
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _FLOW | {"li"}),
    "dt": (frozenset({"dt", "dd"}), _FLOW | {"dt", "dd"}),
    "dd": (frozenset({"dt", "dd"}), _FLOW | {"dt", "dd"}),
    "tr": (frozenset({"tr"}), _IN_TABLE),
    "td": (_CELLS, _IN_ROW),
    "th": (_CELLS, _IN_ROW),
    **dict.fromkeys(("thead", "tbody", "tfoot"), (frozenset({"thead", "tbody", "tfoot"}), _IN_TABLE)),
    "a": (frozenset({"a"}), _INLINE),
}
_ENDS_PARAGRAPH = (frozenset({"p"}), (_INLINE | {"p"}) - {"a"})

# Words that authors use for the furniture of a page, whole within a class or id: `nav-item` counts,
# `navy` does not. They are evidence to be weighed, never a veto.
_WORD_MARKS = {
    **dict.fromkeys(
        "nav navi navbar navigation menu submenu topmenu mainmenu breadcrumb breadcrumbs footer foot "
        "pager pagination paging cookie cookies social share sharing topbar toolbar lang languages "
        "login skip sitemap tags tagcloud copyright".split(),
        NAV,
    ),
    **dict.fromkeys(
        "sidebar side aside related popular trending widget widgets promo advert ads ad banner "
        "mostread recommended partners sponsor poll calendar comments right rightcol ticker".split(),
        ASIDE,
    ),
    **dict.fromkeys("main content primary maincontent".split(), MAIN),
}
_TAG_MARKS = {"nav": NAV, "footer": NAV, "aside": ASIDE, "main": MAIN}
_UNMARKED = _INLINE | {"p", "html", "body"}
_SCREEN_READER = re.compile(
    r"(?:\w+-)?(?:sr-only|visually-?hidden|screen-reader(?:-text)?|element-invisible|a11y-hidden)$",
    re.IGNORECASE,
)
# What numbers and states add to a class says nothing of the kind of block.
_STATES = frozenset(
    "first last odd even active current selected clearfix row left right alt new sticky".split()
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")

_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_CLASS = re.compile(r"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_ID = re.compile(r"""\sid\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
_QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
_OPEN_QUOTE = re.compile(r"""=\s*(["'])""")

# Deeper nesting is a fault of the page or an attack; what is below is hung onto half of the depth.
_DEEPEST = 200
# From this depth an element like the one around it adds nothing.
_HEAP = 64

class Image(NamedTuple):
    """A picture: the token it stands before, the node around it, the source of its tag."""

    token: int
    node: int
    head: str


class Paths:
    """What all nodes of one path have in common; a path is the way of tags and classes to it."""

    __slots__ = (
        "_rows", "_shape_steps", "_shapes", "_words", "depth", "heading", "link", "mark", "names", "new_line",
        "parent", "steps", "tag", "verbatim",
    )  # fmt: skip

    def __init__(self) -> None:
        #: 1 where the element begins and ends a line.
        self.new_line: list[int] = [0]
        #: Paths whose text keeps its line ends.
        self.verbatim: set[int] = set()
        #: Per path: the source of a tag, and the tag as read, to the path it leads to.
        self.steps: list[dict[object, int]] = [{}]
        #: Tag name, without and with the names of the class attribute.
        self.tag: list[str] = [""]
        self.names: list[tuple[str, ...]] = []
        self.mark: list[int] = []
        self.depth: list[int] = []
        #: Levels up to the enclosing ``a[href]`` and heading, 0 for itself, -1 for none.
        self.link: list[int] = []
        self.heading: list[int] = []
        #: The path one level up.
        self.parent: list[int] = []
        self._rows: list[_PathRow] = [((), 0, 0, -1, -1, -1)]
        self._shapes: dict[int, int] = {0: 0}
        self._shape_steps: dict[tuple[int, str], int] = {}
        self._words: dict[int, frozenset[str]] = {}

    def add(self, path: int, tag: _Tag) -> int:
        """Return the path that *tag* leads to from *path*, the first time it does."""
        name = tag.name
        number = self.steps[path][tag] = len(self.tag)
        _, mark, depth, link, heading, _ = self._rows[path]
        if name == "main":
            mark &= ~ASIDE
        link = 0 if tag.linked else link + (link >= 0)
        heading = 0 if name in _HEADINGS else heading + (heading >= 0)
        self._rows.append((tag.names, mark | tag.mark, depth + 1, link, heading, path))
        self.tag.append(name)
        self.new_line.append(name not in _INLINE)
        self.steps.append({"/" + name: _CLOSE})
        if name == "pre" or path in self.verbatim:
            self.verbatim.add(number)
        return number

    def heaps_up(self, path: int, tag: _Tag) -> bool:
        """Tell whether *tag* only makes a heap of like elements higher, far beyond any use."""
        names, _, depth, *_ = self._rows[path]
        return depth >= _HEAP and self.tag[path] == tag.name and names == tag.names

    def depth_of(self, path: int) -> int:
        """Return the depth of *path*, also before the columns are filled."""
        return self._rows[path][2]

    def shape_of(self, path: int) -> int:
        """Return the number that all paths of the same tags share, whatever their classes."""
        way = []
        while path not in self._shapes:
            way.append(path)
            path = self.parent[path]
        shape = self._shapes[path]
        for step in reversed(way):
            key = (shape, self.tag[step])
            shape = self._shapes[step] = self._shape_steps.setdefault(key, step)
        return shape

    def words(self, path: int) -> frozenset[str]:
        """Return the words in the classes of *path*."""
        words = self._words.get(path)
        if words is None:
            names = self.names[path]
            words = frozenset("-".join(names).split("-")) if names else _NO_WORDS
            self._words[path] = words
        return words

    def settle(self) -> None:
        """Fill the columns, once all paths are known."""
        self.names, self.mark, self.depth, self.link, self.heading, self.parent = map(
            list, zip(*self._rows, strict=True)
        )


_NO_WORDS: frozenset[str] = frozenset()
_PathRow = tuple[tuple[str, ...], int, int, int, int, int]


class Outline:
    """The flat page; see the module. Plain lists, because each is read many thousand times."""

    __slots__ = (
        "breaks", "declared", "end", "first", "head", "hrefs", "images", "last", "line", "links",
        "owner", "parent", "path", "paths", "texts", "times", "title",
    )  # fmt: skip

    def __init__(self) -> None:
        self.paths = Paths()
        self.parent: list[int] = []
        self.path: list[int] = []
        self.end: list[int] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.head: list[str] = []
        self.texts: list[str] = []
        self.owner: list[int] = []
        self.line: list[int] = []
        #: Nodes that are ``a[href]``, in document order, and their raw targets.
        self.links: list[int] = []
        self.hrefs: dict[int, str] = {}
        self.images: list[Image] = []
        #: Nodes that are ``time``.
        self.times: list[int] = []
        #: (token, node) of every ``br`` and ``hr``.
        self.breaks: list[tuple[int, int]] = []
        #: Start tags of ``html``, ``base``, ``meta`` and ``link``.
        self.declared: list[str] = []
        self.title = ""

    def tag(self, node: int) -> str:
        """Return the tag name of *node*."""
        return self.paths.tag[self.path[node]]

    def mark(self, node: int) -> int:
        """Return the marks of *node*."""
        return self.paths.mark[self.path[node]]

    def link_of(self, node: int) -> int:
        """Return the link that *node* is or stands in, or -1."""
        return self._above(node, self.paths.link[self.path[node]])

    def heading_of(self, node: int) -> int:
        """Return the heading that *node* is or stands in, or -1."""
        return self._above(node, self.paths.heading[self.path[node]])

    def _above(self, node: int, levels: int) -> int:
        if levels < 0:
            return -1
        parent = self.parent
        for _ in range(levels):
            node = parent[node]
        return node

    def attributes(self, node: int) -> dict[str, str]:
        """Return the attributes of *node*."""
        return read_attributes(self.head[node])

    def href(self, link: int) -> str:
        """Return the raw target of a link."""
        return _unescape(self.hrefs[link])

    def text(self, start: int, stop: int) -> str:
        """Return the text of the tokens *start* to *stop*, joined as a reader sees them."""
        return " ".join(self.texts[start:stop])


def _unescape(text: str) -> str:
    """Return *text* with its character references read; as it is where one is beyond all numbers."""
    try:
        return unescape(text)
    except ValueError:  # more digits than Python takes for a number
        return text


def read_attributes(head: str) -> dict[str, str]:
    """Return the attributes in the source of a start tag; of a repeated one the first counts.

    >>> read_attributes('a HREF=/a?b&amp;c class="x y" hidden')
    {'hidden': '', 'class': 'x y', 'href': '/a?b&c'}
    """
    found = {}
    written: list[tuple[str, str, str, str]] = _ATTRIBUTE.findall(head)
    for name, double, single, bare in written[:0:-1]:
        value = double or single or bare
        found[name.lower()] = _unescape(value) if "&" in value else value
    return found


def flatten(source: str) -> Outline:
    """Scan *source* once and return its outline."""
    skipped = _SKIPPED
    while True:
        scan = _Scan(source, skipped)
        outline = scan.run()
        if scan.unclosed is None:
            return outline
        # An element without an end would hide the rest of the page: read it like any other.
        skipped = skipped - {scan.unclosed}


class _Tag(NamedTuple):
    """A tag, as far as it can be read without knowing where it stands."""

    action: int
    name: str = ""
    names: tuple[str, ...] = ()
    mark: int = 0
    #: Whether it is ``a[href]``.
    linked: bool = False


# What a tag does. Where it leads to a path, that is its action: paths are numbered from 1.
_CLOSE, _BREAK, _NOTHING, _OPEN, _IMAGE, _DECLARE, _RAW_TEXT, _SKIP, _NO_TAG = 0, *range(-1, -9, -1)


class _Scan:
    """The state of one scan. The hot loop keeps in local names what it needs at every tag."""

    __slots__ = ("nodes", "out", "pieces", "skipped", "source", "tags", "unclosed")

    def __init__(self, source: str, skipped: frozenset[str]) -> None:
        self.out = Outline()
        self.source = source
        self.skipped = skipped
        #: A skipped element that never ends.
        self.unclosed: str | None = None
        #: Per node: parent, path, first token, source of the tag, end, last token.
        self.nodes: list[list[Any]] = []
        self.pieces: Iterator[str] = iter(())
        #: Tags by their source, wherever they stand.
        self.tags: dict[str, _Tag] = {}

    def run(self) -> Outline:  # noqa: C901, PLR0912, PLR0915 - a call per tag would double the cost of all
        """Read the whole source."""
        out, nodes, paths = self.out, self.nodes, self.out.paths
        texts, owners, lines, links, hrefs = out.texts, out.owner, out.line, out.links, out.hrefs
        all_steps, new_line, tags, verbatim = paths.steps, paths.new_line, self.tags, paths.verbatim
        plain = _PLAIN
        here, count, token, line, path = -1, 0, 0, 0, 0
        steps = all_steps[0]
        # What stands before the first "<" is the text behind a tag that does nothing.
        self.pieces = pieces = iter(("!>" + self.source).split("<"))
        for piece in pieces:
            head, _, text = piece.partition(">")
            step = steps.get(head)
            if step is None:
                key, href = head, None
                if head.startswith("a ") and (start := head.find(' href="')) > 0:
                    stop = head.find('"', start + 7)
                    if stop > 0:
                        # Links differ in where they lead, and in nothing else that matters here.
                        href = head[start + 7 : stop]
                        start = head.find(' class="')
                        key = "a>" + head[start : head.find('"', start + 8)] if start > 0 else "a>"
                        step = steps.get(key)
                if step is None:
                    tag = plain.get(key) or tags.get(key)
                    if tag is None:
                        if (head.count('"') | head.count("'")) & 1:
                            head, text = self.complete(head, text)
                            key, href = head, None
                        tag = tags[key] = _read_tag(head, self.skipped)
                    step = tag.action
                    if step == _OPEN and paths.heaps_up(path, tag):
                        step = _NOTHING
                    elif step == _OPEN:
                        step = steps.get(tag)
                        if step is None:
                            ended = self.implied_end(tag.name, here)
                            if ended < 0 and paths.depth_of(path) >= _DEEPEST:
                                ended = self.half_way_up(here)
                            if ended >= 0:
                                above = nodes[ended][0]
                                line += self.close_to(above, here, count, token)
                                here = above
                                path = nodes[here][1] if here >= 0 else 0
                                steps = all_steps[path]
                            step = steps.get(tag) or paths.add(path, tag)
                        if href is not None or not tag.linked:
                            steps[key] = step
                        else:
                            match = _HREF.search(head)
                            href = match[1] or match[2] or match[3] or "" if match else ""
                    elif step == _CLOSE:
                        ended = self.open_element(tag.name, here)
                        if ended >= 0:
                            line += self.close_to(ended, here, count, token)
                            here = ended
                            path = nodes[here][1]
                        else:
                            step = _NOTHING
                    elif step == _IMAGE:
                        out.images.append(Image(token, here, head))
                    elif step == _DECLARE:
                        out.declared.append(head)
                    elif step != _BREAK:
                        text = self.pass_over(tag, piece, text)
                if href is not None and step > 0:
                    links.append(count)
                    hrefs[count] = href
            if step > 0:
                nodes.append([here, step, token, head, 0, 0])
                here = count
                count += 1
                path = step
                steps = all_steps[path]
                line += new_line[path]
            elif step == _CLOSE:
                node = nodes[here]
                node[4] = count
                node[5] = token
                line += new_line[path]
                here = node[0]
                path = nodes[here][1] if here >= 0 else 0
                steps = all_steps[path]
            elif step == _BREAK:
                line += 1
                out.breaks.append((token, here))
            if text and not text.isspace():
                if "&" in text:
                    text = _unescape(text)
                if path in verbatim and "\n" in text:
                    text, line = self.add_rows(text, here, line)
                    token = len(texts)
                text = " ".join(text.split())
                if text:
                    texts.append(text)
                    owners.append(here)
                    lines.append(line)
                    token += 1
        self.close_to(-1, here, count, token)
        paths.settle()
        if nodes:
            out.parent, out.path, out.first, out.head, out.end, out.last = map(
                list, zip(*nodes, strict=True)
            )
            times = {path for path, name in enumerate(paths.tag) if name == "time"}
            if times:
                out.times = [node for node, path in enumerate(out.path) if path in times]
        return out

    def add_rows(self, text: str, here: int, line: int) -> tuple[str, int]:
        """Add the lines of text that keeps its line ends; return the last one, and its number."""
        out = self.out
        *rows, last = text.split("\n")
        for row in rows:
            if words := " ".join(row.split()):
                out.texts.append(words)
                out.owner.append(here)
                out.line.append(line)
            line += 1
        return last, line

    def complete(self, head: str, text: str) -> tuple[str, str]:
        """Return the whole tag that *head* begins, and the text behind it.

        A quoted value may hold ``<`` and ``>``, at which the source was cut.
        """
        while True:
            match = _OPEN_QUOTE.search(_QUOTED.sub("", head))
            if match is None or not _NAME.match(head):
                break
            taken = [head, ">"]
            while match[1] not in text:
                taken += (text, "<")
                text = next(self.pieces, "")
                if not text:
                    return "".join(taken), ""
            value, quote, text = text.partition(match[1])
            more, _, text = text.partition(">")
            head = "".join((*taken, value, quote, more))
        return head, text

    def pass_over(self, tag: _Tag, piece: str, text: str) -> str:
        """Pass over what is no markup, or no part of a listing; return the text behind it."""
        if tag.action == _NO_TAG:
            return self.pass_comment(piece) if piece.startswith("!--") else _literal(piece, text)
        if tag.action == _RAW_TEXT:
            return self.pass_raw(tag.name, text)
        return self.pass_element(tag.name) if tag.action == _SKIP else text

    def pass_comment(self, piece: str) -> str:
        """Return the text behind the comment that *piece* begins."""
        if piece.startswith(("!-->", "!--->")):
            return piece.partition(">")[2]
        while "-->" not in piece:
            following = next(self.pieces, None)
            if following is None:
                return ""
            piece = following
        return piece.partition("-->")[2]

    def pass_raw(self, name: str, text: str) -> str:
        """Return the text behind an element whose content is no markup."""
        close = "/" + name
        taken = [text]
        for piece in self.pieces:
            if piece[: len(close)].lower() == close:
                if name == "title" and not self.out.title:
                    self.out.title = " ".join(_unescape("<".join(taken)).split())
                return piece.partition(">")[2]
            if name == "title":
                taken.append(piece)
        return ""

    def pass_element(self, name: str) -> str:
        """Return the text behind an element that holds elements of its own."""
        depth = 1
        for piece in self.pieces:
            if piece[: len(name) + 1].lower() == "/" + name:
                depth -= 1
                if not depth:
                    return piece.partition(">")[2]
            elif piece[: len(name)].lower() == name:
                depth += not piece.partition(">")[0].endswith("/")
        self.unclosed = self.unclosed or name
        return ""

    def close_to(self, stop: int, here: int, count: int, token: int) -> int:
        """Close the open nodes from *here* up to but not *stop*; return how many lines that ends."""
        nodes, new_line = self.nodes, self.out.paths.new_line
        line = 0
        while here != stop:
            node = nodes[here]
            node[4] = count
            node[5] = token
            line += new_line[node[1]]
            here = node[0]
        return line

    def implied_end(self, name: str, here: int) -> int:
        """Return the open element that a start tag *name* ends, or -1."""
        if here < 0 or (name in _INLINE and name != "a"):
            return -1
        nodes, names = self.nodes, self.out.paths.tag
        last = names[nodes[here][1]]
        if name in _HEADINGS and last in _HEADINGS:
            return here
        ended, through = _ENDS.get(name, _ENDS_PARAGRAPH)
        while last in through:
            if last in ended:
                return here
            here = nodes[here][0]
            if here < 0:
                break
            last = names[nodes[here][1]]
        return -1

    def half_way_up(self, here: int) -> int:
        """Return the open element at half the greatest depth: there is room again below it."""
        nodes, depth_of = self.nodes, self.out.paths.depth_of
        while depth_of(nodes[here][1]) * 2 > _DEEPEST:
            here = nodes[here][0]
        return here

    def open_element(self, name: str, here: int) -> int:
        """Return the open element that an end tag *name* closes, or -1 where it closes none."""
        nodes, names = self.nodes, self.out.paths.tag
        wanted = _HEADINGS if name in _HEADINGS else (name,)
        while here >= 0:
            tag = names[nodes[here][1]]
            if tag in wanted:
                return here
            if tag not in _INLINE and (
                name in _INLINE or (tag in _TABLE and name not in _TABLE) or
                (tag == "table" and name != "table")
            ):
                return -1
            here = nodes[here][0]
        return -1


def _literal(piece: str, text: str) -> str:
    """Return what stands behind a "<" that begins no tag: with it, where a reader would see it."""
    return text if piece[:1] in "!?/" else "<" + piece


_COMMENT = _Tag(_NO_TAG)


def _read_tag(head: str, skipped: frozenset[str]) -> _Tag:
    match = _NAME.match(head)
    if match is None:
        return _COMMENT
    name = match[1].lower()
    if head[0] == "/":
        return _Tag(_NOTHING if name in _VOID or name in _WRAPPERS else _CLOSE, name)
    if name in skipped:
        return _Tag(_NOTHING if head.endswith("/") else _SKIP, name)
    return _Tag(_ACTIONS[name], name) if name in _ACTIONS else _read_start(name, head)


_ACTIONS = {
    **dict.fromkeys(_VOID | _WRAPPERS, _NOTHING),
    **dict.fromkeys(_DECLARED, _DECLARE),
    **dict.fromkeys(_RAW, _RAW_TEXT),
    **dict.fromkeys(("br", "hr"), _BREAK),
    "img": _IMAGE,
}


def _read_start(name: str, head: str) -> _Tag:
    if len(head) == len(name):
        return _read_kind(name, "", linked=False, mark=0)
    match = _CLASS.search(head)
    classes = match[1] or match[2] or match[3] or "" if match else ""
    if name in _UNMARKED:
        linked = name == "a" and _HREF.search(head) is not None
        return _read_kind(name, classes, linked=linked, mark=0)
    match = _ID.search(head)
    return _read_kind(name, classes, linked=False, mark=_read_name(match[1])[1] if match else 0)


@lru_cache(maxsize=8192)
def _read_kind(name: str, classes: str, *, linked: bool, mark: int) -> _Tag:
    names, said = _read_class(classes)
    if name in _UNMARKED:
        said &= HIDDEN
    return _Tag(_OPEN, name, names, said | mark | _TAG_MARKS.get(name, 0), linked)


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
_PLAIN = {
    head: _read_tag(head, _SKIPPED)
    for name in sorted(
        _INLINE | _HEADINGS | _TABLE | {"br", "hr", "p", "div", "ul", "ol", "li", "dl", "dt", "dd"}
        | {"section", "article", "header", "footer", "nav", "main", "aside", "figure", "form"}
        | {"figcaption", "button", "label", "time", "pre", "blockquote", "center", "address"}
    )
    for head in (name, "/" + name)
}
_PLAIN |= {head: _read_tag(head, _SKIPPED) for head in ("br/", "br /", "hr/", "hr /")}
