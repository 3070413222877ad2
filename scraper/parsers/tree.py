"""The page as flat arrays: one walk over the parsed tree, after which nobody touches it again.

Deciding what repeats asks the same questions of every node many times (where does it end, what is
its path, which text does it hold). A Python object per question is what makes such engines slow, so
the walk answers them once, in lists indexed by a node's place in document order:

* **nodes** are elements: ``tag``, ``parent``, ``end`` (one past the last descendant), ``path`` (an
  interned tag-and-class path), ``shape`` (the same without classes), ``marks``;
* **tokens** are text nodes, white space collapsed: ``texts``, ``owner`` (the node), ``line`` (tokens
  of one visual line share it), ``link`` and ``head`` (the enclosing ``a[href]`` and heading, or -1).

A node's tokens are ``first[node]:last[node]``, so an entry of a list is just a range of tokens.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

__all__ = ["ASIDE", "DATED", "MAIN", "NAV", "Outline", "flatten"]

#: Marks, inherited by descendants: where on the page a node stands, as its ancestors declare it.
NAV, ASIDE, MAIN, DATED = 1, 2, 4, 8

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object canvas head select option textarea "
    "datalist audio map".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i img ins kbd label mark nobr "
    "q rp rt ruby s samp small span strike strong sub sup time tt u var wbr o:p input".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())

_TAG_MARKS = {"nav": NAV, "footer": NAV, "aside": ASIDE, "main": MAIN, "form": 0}
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
_WORDS = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# What numbers and states add to a class says nothing of the kind of block.
_STATES = frozenset(
    "first last odd even active current selected clearfix row left right alt new sticky".split()
)


class Outline:
    """The flat page; see the module. Plain lists, because each is read a hundred thousand times."""

    __slots__ = (
        "elements",
        "end",
        "first",
        "head",
        "images",
        "last",
        "line",
        "line_block",
        "link",
        "links",
        "marks",
        "owner",
        "parent",
        "path",
        "path_names",
        "shape",
        "tag",
        "texts",
        "times",
    )

    def __init__(self) -> None:
        self.elements: list[Any] = []
        self.tag: list[str] = []
        self.parent: list[int] = []
        self.end: list[int] = []
        self.path: list[int] = []
        self.shape: list[int] = []
        self.marks: list[int] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.texts: list[str] = []
        self.owner: list[int] = []
        self.line: list[int] = []
        self.link: list[int] = []
        self.head: list[int] = []
        #: Nodes that are ``a[href]``, ``img`` and ``time``, in document order.
        self.links: list[int] = []
        self.images: list[int] = []
        self.times: list[int] = []
        #: Class and id words on the last step of each path, for evidence such as "headline".
        self.path_names: list[tuple[str, ...]] = []
        self.line_block: list[int] = []

    def text(self, start: int, stop: int) -> str:
        """Return the text of the tokens *start* to *stop*, joined as a reader sees them."""
        return " ".join(self.texts[start:stop])


def flatten(root: Any) -> Outline:
    """Walk *root* once and return its outline."""
    out = Outline()
    elements, tags, parents, ends = out.elements, out.tag, out.parent, out.end
    paths, shapes, marks, first, last = out.path, out.shape, out.marks, out.first, out.last
    texts, owners, lines, token_link, token_head = (
        out.texts, out.owner, out.line, out.link, out.head,
    )  # fmt: skip
    path_ids: dict[tuple[int, str, str | None, str | None], tuple[int, int]] = {}
    shape_ids: dict[tuple[int, str], int] = {}
    path_keys: dict[tuple[int, str, tuple[str, ...]], int] = {}
    class_words: dict[str, tuple[tuple[str, ...], int]] = {}
    skipped, inline, headings = _SKIPPED, _INLINE, _HEADINGS
    line = 0
    here = -1
    links_open: list[int] = [-1]
    heads_open: list[int] = [-1]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            tag = element.tag
            if tag in skipped or tag.__class__ is not str:
                walk.skip_subtree()
                continue
            node = len(tags)
            attributes = element.attrib
            if attributes:
                class_, id_ = element.get("class"), element.get("id")
            else:
                class_ = id_ = None
            if here >= 0:
                key = (paths[here], tag, class_, id_)
                mark = marks[here]
            else:
                key = (-1, tag, class_, id_)
                mark = 0
            known = path_ids.get(key)
            if known is None:
                known = _intern(key, path_keys, class_words, out.path_names)
                path_ids[key] = known
            paths.append(known[0])
            added = known[1]
            if added:
                mark |= added
                if added & MAIN and not added & (NAV | ASIDE) and tag != "body":
                    mark = mark & ~ASIDE if tag == "main" else mark
            marks.append(mark)
            shape_key = (shapes[here] if here >= 0 else -1, tag)
            shape = shape_ids.get(shape_key)
            if shape is None:
                shape = shape_ids[shape_key] = len(shape_ids)
            shapes.append(shape)
            elements.append(element)
            tags.append(tag)
            parents.append(here)
            ends.append(0)
            first.append(len(texts))
            last.append(0)
            here = node
            if tag == "a":
                if element.get("href") is not None:
                    out.links.append(node)
                    links_open.append(node)
            elif tag == "br":
                line += 1
            elif tag == "img":
                out.images.append(node)
            elif tag == "time":
                out.times.append(node)
            elif tag not in inline:
                line += 1
                if tag in headings:
                    heads_open.append(node)
            text = element.text
        else:
            tag = element.tag
            if tag in skipped or tag.__class__ is not str:
                if here < 0:
                    continue
                text = element.tail
            else:
                ends[here] = len(tags)
                last[here] = len(texts)
                if tag == "a":
                    if links_open[-1] == here:
                        links_open.pop()
                elif tag not in inline:
                    line += 1
                    if heads_open[-1] == here:
                        heads_open.pop()
                here = parents[here]
                if here < 0:
                    break
                text = element.tail
        if text:
            text = " ".join(text.split())
            if text:
                texts.append(text)
                owners.append(here)
                lines.append(line)
                token_link.append(links_open[-1])
                token_head.append(heads_open[-1])
    return out


def _intern(
    key: tuple[int, str, str | None, str | None],
    path_keys: dict[tuple[int, str, tuple[str, ...]], int],
    class_words: dict[str, tuple[tuple[str, ...], int]],
    path_names: list[tuple[str, ...]],
) -> tuple[int, int]:
    """Return the path id and the marks of an element's own tag, class and id."""
    above, tag, class_, id_ = key
    mark = _TAG_MARKS.get(tag, 0)
    names: tuple[str, ...] = ()
    if class_:
        known = class_words.get(class_)
        if known is None:
            known = class_words[class_] = _read_class(class_)
        names = known[0]
        if tag not in ("body", "html", "a", "span", "p"):
            mark |= known[1]
    if id_ and tag not in ("body", "html", "a", "span", "p"):
        known = class_words.get(id_)
        if known is None:
            known = class_words[id_] = _read_class(id_)
        mark |= known[1]
    path_key = (above, tag, names)
    path = path_keys.get(path_key)
    if path is None:
        path = path_keys[path_key] = len(path_keys)
        path_names.append(names)
    return path, mark


def _read_class(value: str) -> tuple[tuple[str, ...], int]:
    """Return the words of a class attribute that name a kind of block, and their marks."""
    mark = 0
    names = []
    for part in value.split()[:6]:
        words = _WORDS.findall(_CAMEL.sub("-", part).lower())
        for word in words:
            mark |= _WORD_MARKS.get(word, 0)
        if words and (len(words) > 1 or words[0] not in _STATES):
            # Digits go: `post-1234` and `post-1235` are one kind of block.
            names.append("-".join(words))
    return tuple(names[:3]), mark
