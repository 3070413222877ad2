"""The page as flat arrays: what one scan over its source leaves to everybody else (``tree``)."""

from __future__ import annotations

from typing import NamedTuple

from scraper.parsers.markup import (
    ASIDE,
    CLOSE,
    HEADINGS,
    INLINE,
    NAV,
    Tag,
    read_attributes,
    unescape_attribute,
)


class Image(NamedTuple):
    """A picture: the token it stands before, the node around it, the source of its tag."""

    token: int
    node: int
    head: str


#: Deeper nesting is a fault of the page or an attack; what is below hangs on half of the depth.
DEEPEST = 200
# From this depth an element like the one around it adds nothing.
_HEAP = 64


class Paths:
    """What all nodes of one path have in common; a path is the way of tags and classes to it."""

    __slots__ = (
        "_rows", "_shape_steps", "_shapes", "_words", "depth", "heading", "link", "mark", "names",
        "new_line", "parent", "steps", "tag", "verbatim",
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

    def add(self, path: int, tag: Tag) -> int:
        """Return the path that *tag* leads to from *path*, the first time it does."""
        name = tag.name
        number = self.steps[path][tag] = len(self.tag)
        _, mark, depth, link, heading, _ = self._rows[path]
        if name == "main":
            mark &= ~(NAV | ASIDE)
        link = 0 if tag.linked else link + (link >= 0)
        heading = 0 if name in HEADINGS else heading + (heading >= 0)
        self._rows.append((tag.names, mark | tag.mark, depth + 1, link, heading, path))
        self.tag.append(name)
        self.new_line.append(name not in INLINE)
        self.steps.append({"/" + name: CLOSE})
        if name == "pre" or path in self.verbatim:
            self.verbatim.add(number)
        return number

    def heaps_up(self, path: int, tag: Tag) -> bool:
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
        "breaks", "declared", "end", "first", "glued", "head", "hrefs", "images", "last", "line",
        "links", "owner", "parent", "path", "paths", "texts", "times", "title",
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
        #: Tokens with nothing between them and the token before, on one line.
        self.glued: set[int] = set()
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
        return unescape_attribute(self.hrefs[link])

    def text(self, start: int, stop: int) -> str:
        """Return the text of the tokens *start* to *stop*, joined as a reader sees them."""
        return " ".join(self.texts[start:stop])
