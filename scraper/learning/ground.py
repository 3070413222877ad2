"""The page that selectors are learnt on: its elements in document order, and what they say.

All text of the page is one string without blanks or case, and an element is a range of it. So what
a record says is looked up in one search, and whether a stretch of the page holds it in another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from lxml import etree

from scraper.parsers.declared.markup import image_of
from scraper.parsers.document import Document

__all__ = ["AROUND", "Ground", "any_between", "fold"]

_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})
#: What stands around a headline and is none of it.
AROUND = "-–—|•·»›:;,.…"
# A headline that is on the page more often is a word of its own.
_MOST_PLACES = 50


def fold(text: str) -> str:
    """Return *text* as texts are compared here: without blanks and case.

    >>> fold(" Bridge  REOPENS ")
    'bridgereopens'
    """
    return "".join(text.split()).casefold()


class Ground:
    """The elements of a page, numbered in document order, and their texts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.elements: list[Any] = []
        self.parent: list[int] = []
        #: One past the last descendant.
        self.end: list[int] = []
        #: Where the text of an element begins and ends in ``text``.
        self.start: list[int] = []
        self.stop: list[int] = []
        self.text = ""
        self._number: dict[Any, int] = {}
        if document.root is not None:
            self._read(document.root)
        #: By range of text, its elements from the outermost to the innermost.
        self._by_range: dict[tuple[int, int], list[int]] = {}
        for number, key in enumerate(zip(self.start, self.stop, strict=True)):
            self._by_range.setdefault(key, []).append(number)

    def _read(self, root: Any) -> None:
        pieces: list[str] = []
        length = 0
        open_: list[int] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            is_element = isinstance(element.tag, str)
            text = None
            if event == "start" and is_element:
                number = self._add(element, open_[-1] if open_ else -1, length)
                open_.append(number)
                if element.tag in _UNSEEN:
                    walk.skip_subtree()
                else:
                    text = element.text
            elif event == "end":
                if is_element:
                    number = open_.pop()
                    self.end[number], self.stop[number] = len(self.elements), length
                text = element.tail if open_ else None
            if text:
                piece = fold(text)
                pieces.append(piece)
                length += len(piece)
        self.text = "".join(pieces)

    def _add(self, element: Any, parent: int, length: int) -> int:
        number = self._number[element] = len(self.elements)
        self.elements.append(element)
        self.parent.append(parent)
        self.end.append(number + 1)
        self.start.append(length)
        self.stop.append(length)
        return number

    def number_of(self, element: Any) -> int:
        """Return the number of *element*, -1 for one that is not on the page."""
        return self._number.get(element, -1)

    def has_text(self, number: int) -> bool:
        """Tell whether an element says anything."""
        return self.stop[number] > self.start[number]

    def says(self, number: int, text: str) -> bool:
        """Tell whether *text*, folded, is all that an element says, but for what is around it."""
        start, stop = self.start[number], self.stop[number]
        if stop - start > len(text) + 8:
            return False
        return self.text[start:stop].strip(AROUND) == text.strip(AROUND)

    def holds(self, number: int, text: str) -> bool:
        """Tell whether *text*, folded, is a part of what an element says."""
        return self.text.find(text, self.start[number], self.stop[number]) >= 0

    def holders(self, text: str) -> list[list[int]]:
        """Return the places where *text*, folded, is all that elements say.

        A place is the elements there, from the outermost to the innermost.
        """
        text = text.strip(AROUND)
        found: list[list[int]] = []
        at = self.text.find(text) if text else -1
        while at >= 0 and len(found) < _MOST_PLACES:
            found += self._holders_at(at, at + len(text))
            at = self.text.find(text, at + len(text))
        return found

    def _holders_at(self, start: int, stop: int) -> list[list[int]]:
        # Marks around a headline may belong to its element.
        low, high = start, stop
        while low > 0 and self.text[low - 1] in AROUND and start - low < 4:
            low -= 1
        while high < len(self.text) and self.text[high] in AROUND and high - stop < 4:
            high += 1
        chain = [
            number
            for first in range(low, start + 1)
            for last in range(high, stop - 1, -1)
            for number in self._by_range.get((first, last), ())
        ]
        return [sorted(chain)] if chain else []

    @cached_property
    def _links(self) -> dict[str, list[int]]:
        return self._by_address("a", lambda element: element.get("href"))

    @cached_property
    def _pictures(self) -> dict[str, list[int]]:
        return self._by_address("img", image_of)

    def _by_address(self, tag: str, address: Callable[[Any], str | None]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, element in enumerate(self.elements):
            if element.tag == tag:
                url = self.document.absolute_url(address(element))
                if url is not None:
                    found.setdefault(url, []).append(number)
        return found

    def links_to(self, url: str) -> list[int]:
        """Return the links that lead to *url*."""
        return self._links.get(url, [])

    def pictures_of(self, url: str) -> list[int]:
        """Return the pictures at *url*."""
        return self._pictures.get(url, [])

    def above(self, number: int) -> list[int]:
        """Return the elements around an element, from the nearest."""
        found = []
        number = self.parent[number]
        while number >= 0:
            found.append(number)
            number = self.parent[number]
        return found


def any_between(numbers: Sequence[int], start: int, stop: int) -> bool:
    """Tell whether one of *numbers*, which are sorted, is in a range."""
    place = bisect_left(numbers, start)
    return place < len(numbers) and numbers[place] < stop
