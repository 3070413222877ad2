"""A page's text in parts: the smallest pieces that can be a headline, a date or a teaser.

A part is a visual line, or a piece of one where a line holds several things side by side (a link
and the date after it). A sentence with links in it is one part. Parts do not depend on where
entries begin and end, so they are cut once for all candidate lists.
"""

from __future__ import annotations

from bisect import bisect_left

from scraper.dates import Reading, find_date
from scraper.parsers.tree import Outline
from scraper.parsers.words import is_label

__all__ = ["Part", "Parts", "split_parts"]

_SEPARATORS = " \t|·•-–—/,;:»›>«‹<▶►*\u200b\u00a0"
# The longest text that is looked at for a date (PROMISES).
_LONGEST_DATE = 128
_UNREAD = object()


class Part:
    """A piece of text with its place; dates and labels are recognised when first asked for."""

    __slots__ = ("_label", "_reading", "head", "line", "link", "node", "path", "start", "stop", "text", "weight")

    def __init__(self, text: str, start: int, stop: int, node: int, path: int, link: int, head: int, line: int) -> None:
        self.text = text
        self.start = start
        self.stop = stop
        #: The element that holds all of the text.
        self.node = node
        self.path = path
        #: The ``a[href]`` around all of it, or -1.
        self.link = link
        self.head = head
        self.line = line
        #: Length as information: a Chinese character says as much as three Latin letters, which is
        #: what UTF-8 happens to spend on it.
        self.weight = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        self._reading: object = _UNREAD
        self._label: bool | None = None

    @property
    def reading(self) -> Reading | None:
        """The date that the text names, read once."""
        if self._reading is _UNREAD:
            self._reading = find_date(self.text) if len(self.text) <= _LONGEST_DATE else None
        return self._reading  # type: ignore[return-value]

    @property
    def is_date(self) -> bool:
        """Whether the text is a date and little else."""
        reading = self.reading
        if reading is None:
            return False
        rest = len(self.text) - (reading.end - reading.start)
        return rest <= 14 or rest * 2 <= len(self.text)

    @property
    def is_label(self) -> bool:
        """Whether the text is the label of a link or a counter."""
        if self._label is None:
            self._label = is_label(self.text)
        return self._label


class Parts:
    """All parts of a page in document order, and the parts of a range of tokens."""

    __slots__ = ("_starts", "all")

    def __init__(self, parts: list[Part]) -> None:
        self.all = parts
        self._starts = [p.start for p in parts]

    def between(self, start: int, stop: int) -> list[Part]:
        """Return the parts that begin among the tokens *start* to *stop*."""
        starts = self._starts
        return self.all[bisect_left(starts, start) : bisect_left(starts, stop)]


def split_parts(page: Outline) -> Parts:
    """Cut the whole page into parts."""
    texts, lines, owner, path = page.texts, page.line, page.owner, page.path
    link = [page.link_of(node) for node in owner]
    head = [page.heading_of(node) for node in owner]
    parts: list[Part] = []
    i, n = 0, len(texts)
    while i < n:
        line = lines[i]
        j = i + 1
        while j < n and lines[j] == line:
            j += 1
        if j == i + 1:
            node = owner[i]
            text = texts[i]
            if len(text) > 2 or text.strip(_SEPARATORS):
                parts.append(Part(text, i, j, node, path[node], link[i], head[i], line))
        else:
            for start, stop in _split_line(page, link, i, j):
                part = _make_part(page, link, head, start, stop)
                if part is not None:
                    parts.append(part)
        i = j
    return Parts(parts)


def _make_part(
    page: Outline, token_links: list[int], head: list[int], start: int, stop: int
) -> Part | None:
    texts, owner = page.texts, page.owner
    while start < stop and not texts[start].strip(_SEPARATORS):
        start += 1
    while stop > start and not texts[stop - 1].strip(_SEPARATORS):
        stop -= 1
    if start == stop:
        return None
    node = min(owner[start:stop])
    links = set(token_links[start:stop])
    link = links.pop() if len(links) == 1 else -1
    text = join_texts(texts[start:stop])
    return Part(text, start, stop, node, page.path[node], link, head[start], page.line[start])


def join_texts(texts: list[str]) -> str:
    """Join tokens as a reader sees them: no blank before a closing mark, nor after an opening one."""
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
    """Return the token ranges of the parts of one line."""
    texts, owner = page.texts, page.owner
    linked = bare = 0
    for k in range(start, stop):
        if link[k] < 0:
            bare += len(texts[k])
        else:
            linked += len(texts[k])
    cuts = [start]
    if bare >= 60 and bare > linked:
        # Prose with links in it: only what stands before the first word or after the last is cut.
        if _stands_apart(page, start, start + 1):
            cuts.append(start + 1)
        if link[stop - 1] >= 0 and link[stop - 2] != link[stop - 1] and len(texts[stop - 1]) <= 40:
            k = stop - 1
            if k > cuts[-1]:
                cuts.append(k)
    else:
        for k in range(start + 1, stop):
            if link[k] != link[k - 1]:
                cuts.append(k)
            elif owner[k] != owner[k - 1] and (
                not _holds(page, owner[k], owner[k - 1])
                or _stands_apart(page, k - 1, k)
                or _stands_apart(page, k, k - 1)
            ):
                cuts.append(k)
    cuts.append(stop)
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if b > a]


def _holds(page: Outline, a: int, b: int) -> bool:
    """Tell whether one of two nodes is inside the other."""
    return (a < b < page.end[a]) or (b < a < page.end[b])


def _stands_apart(page: Outline, k: int, other: int) -> bool:
    """Tell whether token *k* is a thing of its own beside the text of token *other*."""
    node = page.owner[k]
    if not page.owner[other] < node < page.end[page.owner[other]]:
        return False
    text = page.texts[k]
    if len(text) <= 40 and any(c.isdigit() for c in text):
        reading = find_date(text)
        if reading is not None and (reading.end - reading.start) * 2 > len(text):
            return True
    return page.tag(node) in ("b", "strong") and len(text) >= 12 and k < other
