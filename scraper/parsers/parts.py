"""A page's text in parts: the smallest pieces that can be a headline, a date or a teaser.

A part is a visual line, or a piece of one where a line holds several things side by side (a link
and the date after it). A sentence with links in it is one part. Parts do not depend on where
entries begin and end, so they are cut once for all candidate lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from scraper.dates import Reading, find_date
from scraper.parsers.tree import HIDDEN, Outline
from scraper.parsers.words import META_NAMES, is_label

__all__ = ["Part", "Parts", "join_texts", "split_parts", "weigh"]

_SEPARATORS = " \t|·•-–—/,;:»›>«‹<▶►*\u200b\u00a0"
# The longest text that is looked at for a date (PROMISES).
_LONGEST_DATE = 128
# The longest date in words alone.
_LONGEST_WORDS = 20
# What parts things on a line, and the longest note behind the last of them: "(12 kB)".
_DASHES = "-–—:|·•"
_DASHES_AND_BLANKS = _DASHES + " "
_LONGEST_NOTE = 16
# The longest text that can be the label of a link.
_LONGEST_LABEL = 40
_UNREAD = object()


class Part:
    """A piece of text with its place; dates and labels are recognised when first asked for."""

    __slots__ = (
        "_label", "_reading", "heading", "line", "link", "node", "path", "start", "stop", "text",
        "weight",
    )  # fmt: skip

    def __init__(
        self,
        text: str,
        start: int,
        stop: int,
        node: int,
        path: int,
        link: int,
        heading: int,
        line: int,
    ) -> None:
        self.text = text
        #: Its tokens.
        self.start = start
        self.stop = stop
        #: The element that holds all of the text, and its path.
        self.node = node
        self.path = path
        #: The ``a[href]`` around all of it, or -1; the heading around it, or -1.
        self.link = link
        self.heading = heading
        self.line = line
        self.weight = len(text) if text.isascii() else weigh(text)
        self._reading: object = _UNREAD
        self._label: bool | None = None

    @property
    def reading(self) -> Reading | None:
        """The date that the text names, read once."""
        reading = self._reading
        if reading is _UNREAD:
            # `12.11. – <a>The headline</a>`
            text = self.text.rstrip(_DASHES_AND_BLANKS) if self.text[-1] in _DASHES else self.text
            reading = self._reading = find_date(text) if _may_hold_date(text) else None
        return reading  # type: ignore[return-value]

    @property
    def is_date(self) -> bool:
        """Whether the text is a date and little else."""
        reading = self.reading
        if reading is None or reading.kind == "day_only":
            return False
        rest = len(self.text) - (reading.end - reading.start)
        return rest <= 14 or rest * 2 <= len(self.text)

    @property
    def is_label(self) -> bool:
        """Whether the text is the label of a link or a counter."""
        label = self._label
        if label is None:
            label = self._label = len(self.text) <= _LONGEST_LABEL and is_label(self.text)
        return label

    @property
    def is_prose(self) -> bool:
        """Whether the text reads like sentences."""
        if self.weight < 60:
            return False
        text = self.text
        return self.weight >= 140 or text[-1] in _ENDS or ". " in text or "。" in text

    @property
    def is_sentence(self) -> bool:
        """Whether the text is prose, or one short sentence."""
        text = self.text
        return self.is_prose or (self.weight >= 28 and text[-1] in _STOPS and text.count(" ") > 3)


def _may_hold_date(text: str) -> bool:
    """Tell whether it is worth looking for a date: "Yesterday" is short, others have figures."""
    size = len(text)
    return size <= _LONGEST_DATE and (
        size <= _LONGEST_WORDS or _DIGIT.search(text) is not None or "年" in text
    )


_DIGIT = re.compile(r"\d")
# How many comments there are: `Headline <span>[3]</span>`
_COUNT = re.compile(r"[\[(]\d{1,5}[\])]")
_STOPS = ".!?؟।"
_ENDS = ".…。!?！？।»”\"')"


def weigh(text: str) -> int:
    """Return the length of *text* as information, in Latin letters.

    A Chinese character says as much as three of them, which is what UTF-8 happens to spend on it.

    >>> weigh("Straße"), weigh("Новости"), weigh("新闻发布")
    (6, 7, 12)
    """
    size = len(text.encode("utf-8", "replace"))
    return size if size > 2.3 * len(text) else len(text)


class Parts:
    """All parts of a page in document order, and the parts of a range of tokens."""

    __slots__ = ("all", "at", "kinds", "names")

    def __init__(self, parts: list[Part], tokens: int) -> None:
        self.all = parts
        #: Per token the first part that begins there or later, and one entry more for the end.
        self.at: list[int] = []
        at = self.at
        for number, part in enumerate(parts):
            missing = part.start + 1 - len(at)
            if missing == 1:
                at.append(number)
            else:
                at += [number] * missing
        at += [len(parts)] * (tokens + 1 - len(at))
        #: What was found out about columns, for the next list that has them too (``columns``).
        self.kinds: dict[tuple[int, int], tuple[float, ...]] = {}
        self.names: dict[int, frozenset[str]] = {}


def split_parts(page: Outline) -> Parts:
    """Cut the whole page into parts."""
    texts, lines, owner, node_path = page.texts, page.line, page.owner, page.path
    marks, links, headings = page.paths.mark, page.paths.link, page.paths.heading
    parts: list[Part] = []
    n = len(texts)
    stop = 0
    while stop < n:
        start = stop
        line = lines[start]
        stop += 1
        while stop < n and lines[stop] == line:
            stop += 1
        if stop - start > 1:
            parts += _read_line(page, start, stop)
            continue
        node, text = owner[start], texts[start]
        path = node_path[node] if node >= 0 else 0
        if marks[path] & HIDDEN or not (len(text) > 2 or text.strip(_SEPARATORS)):
            continue
        link = page.link_of(node) if links[path] >= 0 else -1
        heading = page.heading_of(node) if headings[path] >= 0 else -1
        parts.append(Part(text, start, stop, node, path, link, heading, line))
    return Parts(parts, n)


def _read_line(page: Outline, start: int, stop: int) -> Iterator[Part]:
    """Yield the parts of a line of several tokens."""
    links = [page.link_of(node) if node >= 0 else -1 for node in page.owner[start:stop]]
    for first, last in _split_line(page, links, start, stop):
        part = _make_part(page, links[first - start : last - start], first, last)
        if part is not None:
            yield part


def _make_part(page: Outline, links: list[int], start: int, stop: int) -> Part | None:
    texts, owner, path, marks = page.texts, page.owner, page.path, page.paths.mark
    shown = [
        k for k in range(start, stop) if not (owner[k] >= 0 and marks[path[owner[k]]] & HIDDEN)
    ]
    while shown and not texts[shown[0]].strip(_SEPARATORS):
        del shown[0]
    while shown and not texts[shown[-1]].strip(_SEPARATORS):
        del shown[-1]
    if not shown:
        return None
    first, last = shown[0], shown[-1]
    node = min(owner[first : last + 1])
    around = set(links[first - start : last + 1 - start])
    link = around.pop() if len(around) == 1 else -1
    text = _join_tokens(page, shown)
    heading = page.heading_of(node) if node >= 0 else -1
    own = path[node] if node >= 0 else 0
    return Part(text, first, last + 1, node, own, link, heading, page.line[first])


def _join_tokens(page: Outline, tokens: list[int]) -> str:
    """Join the tokens of a line, without a blank within a word: `CO<sub>2</sub>`."""
    texts = page.texts
    pieces = [texts[tokens[0]]]
    for before, k in pairwise(tokens):
        if k in page.glued and before == k - 1 and _are_one_word(texts[before], texts[k]):
            pieces[-1] += texts[k]
        else:
            pieces.append(texts[k])
    return join_texts(pieces)


def _are_one_word(left: str, right: str) -> bool:
    """Tell whether two texts that touch are parts of a word, or only set close together."""
    if min(len(left), len(right)) <= 2 or (left[-1].islower() and right[0].islower()):
        return left[-1].isalnum() and right[0].isalnum()
    return _IDEOGRAPH.match(left[-1]) is not None and _IDEOGRAPH.match(right) is not None


_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def join_texts(texts: list[str]) -> str:
    """Join tokens as a reader sees them: no blank before a closing mark, nor after an opening one.

    >>> join_texts(["Water", "(", "and", "salt", ")", "."])
    'Water (and salt).'
    """
    if len(texts) == 1:
        return texts[0]
    out = texts[0]
    for text in texts[1:]:
        if text[0] in ".,;:!?)]}»”’…%、。，！？" or out[-1] in "([{«“‘「『#$":
            out += text
        else:
            out += " " + text
    return out


def _split_line(page: Outline, link: list[int], start: int, stop: int) -> list[tuple[int, int]]:
    """Return the token ranges of the parts of one line; *link* is the link of each token."""
    texts = page.texts
    linked = bare = 0
    for k in range(start, stop):
        if link[k - start] < 0:
            bare += len(texts[k])
        else:
            linked += len(texts[k])
    cuts = [start]
    if bare >= 60 and bare > linked:
        # Prose with links in it: only what stands before the first word or after the last is cut.
        cuts += _cut_off(page, link, start, stop)
    else:
        cuts += [k for k in range(start + 1, stop) if _parted(page, link, start, k)]
    cuts.append(stop)
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _cut_off(page: Outline, link: list[int], start: int, stop: int) -> list[int]:
    """Return where the first and the last thing on a line of prose end and begin.

    They are cut off where they are something else (a date, a label), or a link with a dash beside
    it: ``<a>SC20677</a> – Smith v. Jones``, ``The whole headline - <a>PDF</a> (12 kB)``.
    """
    texts = page.texts
    last = len(link) - 1
    head, tail = 1, last
    while head <= last and link[head] == link[0]:
        head += 1
    while tail and link[tail] < 0 and len(texts[start + tail]) <= _LONGEST_NOTE:
        tail -= 1
    while tail and link[tail] == link[tail - 1]:
        tail -= 1
    cuts = []
    if link[0] >= 0 and head <= last and texts[start + head][0] in _DASHES:
        cuts.append(start + head)
    elif _stands_apart(page, start, start + 1):
        cuts.append(start + 1)
    if link[tail] >= 0 and tail and texts[start + tail - 1][-1] in _DASHES:
        cuts += [k for k in range(start + tail, stop) if link[k - start] != link[k - start - 1]]
    elif link[-1] >= 0:
        # `…, as she says. <a>Read more <span>→</span></a>`
        run = next(k for k in range(last, -1, -1) if not k or link[k - 1] != link[-1])
        if sum(map(len, texts[start + run : stop])) <= _LONGEST_LABEL:
            cuts.append(start + run)
    return sorted({cut for cut in cuts if start < cut < stop})


def _parted(page: Outline, link: list[int], start: int, k: int) -> bool:
    """Tell whether token *k* is another part than the token before it."""
    if link[k - start] != link[k - start - 1]:
        return True
    owner = page.owner
    return owner[k] != owner[k - 1] and (
        not _holds(page, owner[k], owner[k - 1])
        or _stands_apart(page, k - 1, k)
        or _stands_apart(page, k, k - 1)
    )


def _holds(page: Outline, a: int, b: int) -> bool:
    """Tell whether one of two nodes is inside the other."""
    return (a < b < page.end[a]) or (b < a < page.end[b])


def _stands_apart(page: Outline, k: int, other: int) -> bool:
    """Tell whether token *k* is a thing of its own beside the text of token *other*."""
    node = page.owner[k]
    if not page.owner[other] < node < page.end[page.owner[other]]:
        return False
    text = page.texts[k]
    if _COUNT.fullmatch(text):
        return True
    if len(text) <= 40 and any(c.isdigit() for c in text):
        reading = find_date(text)
        if (
            reading is not None
            and reading.kind not in ("day_only", "time")
            and (reading.end - reading.start) * 2 > len(text)
        ):
            return True
    if len(text) <= 24 and len(page.texts[other]) >= 8:
        # `<span class="label">Sport</span>Headline`, `<span>Title:</span> Headline`
        names = page.paths.words(page.path[node])
        if text[-1] in ":：" or not names.isdisjoint(META_NAMES):
            return True
        # A styled word before a long text: `<span class="zt">专题</span>…`
        if names and k < other and len(text) <= 8 and " " not in text and page.tag(node) == "span":
            return True
    return page.tag(node) in ("b", "strong") and len(text) >= 12 and k < other
