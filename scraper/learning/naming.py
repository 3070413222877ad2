"""Names of elements that are theirs tomorrow, too: tags, classes with a meaning, properties.

Ids, and classes that a tool has generated or that tell the state of an element, change with every
build or every page. They are left out, but for the stable beginning of ``Card_title__x7Gh2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from scraper.parsers.words import word_set

__all__ = ["Index", "Name", "in_xpath", "is_lasting", "names_of"]

_TAG = re.compile(r"[a-z][a-z0-9-]*")
_IDENT = re.compile(r"-?[^\W\d][\w-]*")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_MODULE = re.compile(
    r"(?P<stem>[A-Za-z][A-Za-z-]{2,}(?:_{1,2}[A-Za-z]+)*_{1,2})(?P<hash>[\w-]{5,})"
)
_TOOLS = re.compile(r"(?:css|sc|jsx|jss|svelte|emotion|astro|style|ng|data-v|chakra|mui)-?[\w-]*\d")
# Which entries those are that have such a class is another matter tomorrow.
_TOPICS = re.compile(r"(?:category|cat|tag|term|author|status|format|post_format)-[\w-]+")
_STYLED = re.compile(r"sc-[a-zA-Z]{5,}")
# What an element is for the moment, or by its place in the list.
_STATES = word_set(
    "active selected current open opened closed hidden visible show shown first last odd even "
    "loaded lazy lazyload lazyloaded lazyloading animated fade in new hover focus sticky alt "
    "item-first item-last firstitem lastitem"
)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_ATTRIBUTES = ("itemprop", "property", "rel", "role", "data-testid", "data-test", "data-type")
_VALUE = re.compile(r"[A-Za-z][A-Za-z-]{2,30}")
_DULL = frozenset({"div", "span", "a", "p"})
_MOST_CLASSES = 6


class Name(NamedTuple):
    """A simple selector."""

    tag: str = ""
    #: Classes that are all there.
    classes: tuple[str, ...] = ()
    #: An attribute with its value; of ``class*`` a part of it.
    attribute: tuple[str, str] | None = None

    def __str__(self) -> str:
        """Return it as CSS."""
        text = self.tag + "".join(f".{one}" for one in self.classes)
        if self.attribute is not None:
            name, value = self.attribute
            text += f'[{name}="{value}"]'
        return text

    @property
    def is_bare(self) -> bool:
        """Whether it is a tag and nothing else."""
        return not self.classes and self.attribute is None

    @property
    def cost(self) -> float:
        """How long and how brittle it is."""
        cost = 0.5 * len(self.classes) + (0.4 if self.tag else 0) + 0.4
        if self.is_bare:
            cost += 1.0 if self.tag in _DULL else 0.2
        cost += sum(1.0 for one in self.classes if re.search(r"\d", one))
        return cost + (1.2 if self.attribute is not None else 0)


@lru_cache(maxsize=4_096)
def is_lasting(name: str) -> bool:
    """Tell whether a class is one that somebody has thought of, and that means the entry.

    >>> [is_lasting(one) for one in ("news-item", "newsItem", "css-1x2y3z", "_3fGh2", "sc-aXZVg")]
    [True, True, False, False, False]
    >>> [is_lasting(one) for one in ("post-20931", "first", "col-4", "c-xkqzrt")]
    [False, False, True, False]
    """
    if not _IDENT.fullmatch(name) or name.casefold() in _STATES or len(name) > 50:
        return False
    if any(one.fullmatch(name) for one in (_TOOLS, _STYLED, _TOPICS)):
        return False
    return not any(map(_is_hash, re.split(r"[-_]+", name)))


def _is_hash(token: str) -> bool:
    """Tell whether a part of a class is made up of letters and figures that mean nothing."""
    figures = sum(one.isdigit() for one in token)
    if figures > 1 or (figures and token[-1:].isdigit() is False and len(token) > 3):
        return True
    if not token.isascii() or len(token) < 5:
        return False
    words = _WORDS.findall(token)
    return not _VOWEL.search(token) or (len(words) > 2 and len(token) / len(words) < 2.6)


def names_of(element: Any) -> tuple[Name, ...]:
    """Return the names of *element*, simple ones before longer ones."""
    return _names(element.tag, element.get("class") or "", tuple(_attributes(element)))


@lru_cache(maxsize=4_096)
def _names(tag: str, classes: str, attributes: tuple[tuple[str, str], ...]) -> tuple[Name, ...]:
    return tuple(_each_name(tag, _lasting_classes(classes), attributes))


def _each_name(
    tag: str, classes: Sequence[str], attributes: Sequence[tuple[str, str]]
) -> Iterator[Name]:
    tag = tag if _TAG.fullmatch(tag) else ""
    for one in classes:
        yield Name(classes=(one,))
    if tag:
        yield Name(tag)
    for one in classes:
        if tag:
            yield Name(tag, (one,))
    for place, one in enumerate(classes):
        for other in classes[place + 1 :]:
            yield Name(classes=(one, other))
    for attribute in attributes:
        yield Name(attribute=attribute)
        if tag:
            yield Name(tag, attribute=attribute)


def _lasting_classes(classes: str) -> list[str]:
    names = dict.fromkeys(classes.split())
    return [one for one in names if is_lasting(one)][:_MOST_CLASSES]


def _attributes(element: Any) -> Iterator[tuple[str, str]]:
    for name in _ATTRIBUTES:
        value = element.get(name)
        if value and _VALUE.fullmatch(value):
            yield name, value
    for one in (element.get("class") or "").split():
        match = _MODULE.fullmatch(one)
        if match and not is_lasting(one) and is_lasting(match["stem"].rstrip("_")):
            yield "class*", match["stem"]


def in_xpath(name: Name) -> str:
    """Return *name* as a step of XPath.

    >>> in_xpath(Name("h3")), in_xpath(Name(classes=("day",)))[:12]
    ('h3', '*[contains(c')
    """
    test = "".join(f"[contains(concat(' ', @class, ' '), ' {one} ')]" for one in name.classes)
    return f"{name.tag or '*'}{test}"


class Index:
    """Which elements of a page have which names."""

    def __init__(self, elements: Iterable[Any]) -> None:
        self._tags: dict[str, list[int]] = {}
        self._classes: dict[str, list[int]] = {}
        self._attributes: dict[tuple[str, str], list[int]] = {}
        self._known: dict[Name, list[int]] = {}
        for number, element in enumerate(elements):
            self._tags.setdefault(element.tag, []).append(number)
            for one in set((element.get("class") or "").split()):
                self._classes.setdefault(one, []).append(number)
            for attribute in set(_attributes(element)):
                self._attributes.setdefault(attribute, []).append(number)

    def find(self, name: Name) -> list[int]:
        """Return the elements that have *name*, in document order."""
        known = self._known.get(name)
        if known is None:
            lists = [self._classes.get(one, []) for one in name.classes]
            if name.tag:
                lists.append(self._tags.get(name.tag, []))
            if name.attribute is not None:
                lists.append(self._attributes.get(name.attribute, []))
            lists.sort(key=len)
            others = [set(one) for one in lists[1:]]
            known = [n for n in lists[0] if all(n in one for one in others)] if lists else []
            self._known[name] = known
        return known
