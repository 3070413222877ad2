"""The page as flat arrays: one scan over its source, after which nobody reads the markup again.

Deciding what repeats asks the same questions of every element many times (where does it end, what
is its path, which text does it hold). A tree of Python objects answers them slowly, and making one
costs more than all the rest: measured on 75 real pages, lxml's parse alone takes 0.8 ms a page and
a walk over its tree as much again. So the scan reads the source itself, once, and answers in lists:

* **nodes** are elements in document order: ``parent``, ``path`` (an interned tag-and-class path),
  ``end`` (one past the last descendant) and ``head`` (the source of the start tag);
* **tokens** are text nodes, white space collapsed: ``texts``, ``owner`` (the node), ``line``
  (tokens of one visual line share it). A node's tokens are ``first[node]:last[node]``;
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
from typing import Any

from scraper.parsers.markup import (
    ASIDE,
    BREAK,
    BY_NAME,
    CLOSE,
    DECLARE,
    ENDS,
    ENDS_PARAGRAPH,
    HEADINGS,
    HIDDEN,
    HREF,
    IMAGE,
    INLINE,
    MAIN,
    NAME,
    NAV,
    NO_TAG,
    NOTHING,
    OPEN,
    OPEN_QUOTE,
    PLAIN,
    QUOTED,
    RAW_TEXT,
    SKIP,
    SKIPPED,
    TABLE,
    Tag,
    read_attributes,
    read_tag,
    unescape,
)
from scraper.parsers.outline import DEEPEST, Image, Outline, Paths

__all__ = [
    "ASIDE",
    "HIDDEN",
    "MAIN",
    "NAV",
    "Image",
    "Outline",
    "Paths",
    "flatten",
    "read_attributes",
]


_COMMENT_END = re.compile(r"--!?>")


def flatten(source: str) -> Outline:
    """Scan *source* once and return its outline."""
    skipped = SKIPPED
    while True:
        scan = _Scan(source, skipped)
        outline = scan.run()
        if scan.unclosed is None:
            return outline
        # An element without an end would hide the rest of the page: read it like any other.
        skipped = skipped - {scan.unclosed}


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
        self.tags: dict[str, Tag] = {}

    def run(self) -> Outline:  # one loop: a call per tag would double the cost
        """Read the whole source."""
        out, nodes, paths = self.out, self.nodes, self.out.paths
        texts, owners, lines, links, hrefs = out.texts, out.owner, out.line, out.links, out.hrefs
        all_steps, new_line, tags, verbatim = paths.steps, paths.new_line, self.tags, paths.verbatim
        plain, by_name = PLAIN, BY_NAME
        glued, open_end = out.glued, False
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
                    if stop > 0 and not head.count('"') & 1 and "'" not in head:
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
                        tag = by_name.get(head.partition(" ")[0])
                        if tag is None:
                            tag = tags[key] = read_tag(head, self.skipped)
                    step = tag.action
                    if step == OPEN:
                        step = steps.get(tag)
                        if step is None and paths.heaps_up(path, tag):
                            step = NOTHING
                        elif step is None:
                            ended = self.implied_end(tag.name, here)
                            if ended < 0 and paths.depth_of(path) >= DEEPEST:
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
                            match = HREF.search(head)
                            href = match[1] or match[2] or match[3] or "" if match else ""
                    elif step == CLOSE:
                        ended = self.open_element(tag.name, here)
                        if ended >= 0:
                            line += self.close_to(ended, here, count, token)
                            here = ended
                            path = nodes[here][1]
                        else:
                            step = NOTHING
                    elif step == IMAGE:
                        out.images.append(Image(token, here, head))
                    elif step == DECLARE:
                        out.declared.append(head)
                    elif step != BREAK:
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
            elif step == CLOSE:
                node = nodes[here]
                node[4] = count
                node[5] = token
                line += new_line[path]
                here = node[0]
                path = nodes[here][1] if here >= 0 else 0
                steps = all_steps[path]
            elif step == BREAK:
                line += 1
                out.breaks.append((token, here))
            if text and not text.isspace():
                if "&" in text:
                    text = unescape(text)
                if path in verbatim and "\n" in text:
                    text, line = self.add_rows(text, here, line)
                    token = len(texts)
                words = " ".join(text.split())
                if words:
                    if open_end and line == lines[-1] and not text[0].isspace():
                        glued.add(token)
                    open_end = not text[-1].isspace()
                    texts.append(words)
                    owners.append(here)
                    lines.append(line)
                    token += 1
            elif text:
                open_end = False
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
            match = OPEN_QUOTE.search(QUOTED.sub("", head))
            if match is None or not NAME.match(head):
                break
            taken = [head, ">"]
            while match[1] not in text:
                following = next(self.pieces, None)
                taken.append(text)
                if following is None:
                    return "".join(taken), ""
                taken.append("<")
                text = following
            value, quote, text = text.partition(match[1])
            more, _, text = text.partition(">")
            head = "".join((*taken, value, quote, more))
        return head, text

    def pass_over(self, tag: Tag, piece: str, text: str) -> str:
        """Pass over what is no markup, or no part of a listing; return the text behind it."""
        if tag.action == NO_TAG:
            return self.pass_comment(piece) if piece.startswith("!--") else _literal(piece, text)
        if tag.action == RAW_TEXT:
            return self.pass_raw(tag.name, text)
        return self.pass_element(tag.name) if tag.action == SKIP else text

    def pass_comment(self, piece: str) -> str:
        """Return the text behind the comment that *piece* begins."""
        if piece.startswith(("!-->", "!--->")):
            return piece.partition(">")[2]
        while (end := _COMMENT_END.search(piece)) is None:
            following = next(self.pieces, None)
            if following is None:
                return ""
            piece = following
        return piece[end.end() :]

    def pass_raw(self, name: str, text: str) -> str:
        """Return the text behind an element whose content is no markup."""
        close = "/" + name
        taken = [text]
        for piece in self.pieces:
            if piece[: len(close)].lower() == close:
                if name == "title" and not self.out.title:
                    self.out.title = " ".join(unescape("<".join(taken)).split())
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
        """Close the open nodes from *here* up to, not with, *stop*; return how many lines end."""
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
        if here < 0 or (name in INLINE and name != "a"):
            return -1
        nodes, names = self.nodes, self.out.paths.tag
        last = names[nodes[here][1]]
        if name in HEADINGS and last in HEADINGS:
            return here
        ended, through = ENDS.get(name, ENDS_PARAGRAPH)
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
        while depth_of(nodes[here][1]) * 2 > DEEPEST:
            here = nodes[here][0]
        return here

    def open_element(self, name: str, here: int) -> int:
        """Return the open element that an end tag *name* closes, or -1 where it closes none."""
        nodes, names = self.nodes, self.out.paths.tag
        wanted = HEADINGS if name in HEADINGS else (name,)
        while here >= 0:
            tag = names[nodes[here][1]]
            if tag in wanted:
                return here
            if tag not in INLINE and (
                name in INLINE
                or (tag in TABLE and name not in TABLE)
                or (tag == "table" and name != "table")
            ):
                return -1
            here = nodes[here][0]
        return -1


def _literal(piece: str, text: str) -> str:
    """Return what stands behind a "<" that begins no tag: with it, where a reader would see it."""
    return text if piece[:1] in "!?/" else "<" + piece
