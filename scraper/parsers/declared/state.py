"""Embedded state: the JSON from which a script would build the list in a browser.

Next.js and Nuxt 3 keep it in ``<script type="application/json">``, others assign it to a name
such as ``window.__INITIAL_STATE__``. Its keys are the author's own, so the list is known by its
shape: an array of objects that share a key for a title, with addresses or days beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from scraper.dates import Reading, read_attribute
from scraper.parsers.declared.records import Declared, clean_text
from scraper.parsers.declared.scripts import find_scripts, parse_json, parse_start
from scraper.parsers.document import Document

__all__ = ["StateReader"]

_ASSIGNED = re.compile(r"__[A-Z][A-Z_]{2,40}__\s*=\s*(?:JSON\.parse\(\s*)?(?=[{\[\"])")
_MOST_ASSIGNED = 20
_MOST_NODES = 100_000
_MOST_OBJECTS = 20_000
_FEWEST = 3

_TITLES = ("title", "headline", "heading", "name")
_URLS = (
    "url", "href", "link", "permalink", "canonicalUrl", "canonical_url", "path", "uri", "slug",
)  # fmt: skip
_DATES = (
    "datePublished", "publishedAt", "published_at", "publishDate", "publish_date",
    "publicationDate", "publication_date", "published", "pubDate", "pub_date",
    "firstPublishedAt", "releaseDate", "displayDate", "postDate", "date", "createdAt",
    "created_at", "created", "timestamp",
)  # fmt: skip
_SUMMARIES = (
    "summary", "excerpt", "description", "teaser", "standfirst", "abstract", "dek", "intro",
)  # fmt: skip
_IMAGES = ("image", "thumbnail", "featuredImage", "heroImage", "coverImage")
_AUTHORS = ("author", "byline")
_CATEGORIES = ("category", "section", "type")
# Under these an object keeps the fields of its entry, or a text its plain form.
_WRAPPERS = ("node", "fields", "attributes", "item", "_source")
_PLAIN = ("rendered", "text", "value", "name", "url", "src", "href", "current")
# Words in the name of an array that lists something else than the page does.
_BESIDE = re.compile(
    r"nav|menu|footer|header|crumb|social|lang|locale|related|sidebar|trending|popular|recommend"
    r"|tags|categor|route|advert|author|option|filter",
    re.IGNORECASE,
)


class _Array(NamedTuple):
    """An array of objects, and the key it was found under."""

    name: str
    objects: list[dict[str, Any]]


class StateReader:
    """Reads the one array that is most like a listing."""

    def read(self, document: Document) -> list[Declared]:
        """Return its entries in order; none where no array is like a listing."""
        best: list[Declared] = []
        best_score = 0.0
        left = _MOST_OBJECTS
        for array in _find_arrays(document.text):
            left -= len(array.objects)
            if left < 0:
                break
            entries = [
                _read_object(document, unwrapped) for unwrapped in map(_unwrap, array.objects)
            ]
            score = _judge(array.name, entries)
            if score > best_score:
                best, best_score = entries, score
        return best


def _find_arrays(text: str) -> Iterator[_Array]:
    for script in find_scripts(text, "application/json"):
        value = parse_json(script.body)
        if "__NUXT_DATA__" in script.head and isinstance(value, list):
            yield from _NuxtTable(value).arrays()
        else:
            yield from _arrays(value)
    for number, match in enumerate(_ASSIGNED.finditer(text)):
        if number >= _MOST_ASSIGNED:
            return
        value = parse_start(text, match.end())
        yield from _arrays(parse_json(value) if isinstance(value, str) else value)


def _arrays(root: Any) -> Iterator[_Array]:
    """Yield the arrays of objects in a JSON value, outer ones first."""
    waiting: list[tuple[str, Any]] = [("", root)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += (
                (key, child) for key, child in value.items() if isinstance(child, dict | list)
            )
        elif isinstance(value, list):
            objects = [child for child in value if isinstance(child, dict)]
            if len(objects) >= _FEWEST:
                yield _Array(name, objects)
            waiting += ((name, child) for child in value if isinstance(child, dict | list))


class _NuxtTable:
    """Nuxt 3's form of JSON, which is flat (the library devalue).

    One table holds all values, and arrays and objects hold the numbers of their members.
    ``["Reactive", 3]`` wraps the value number 3, ``["Date", "2024-03-05"]`` is a value itself.
    """

    def __init__(self, table: list[Any]) -> None:
        self._table = table[:_MOST_NODES]
        self._objects: dict[tuple[int, int], dict[str, Any]] = {}

    def arrays(self) -> Iterator[_Array]:
        """Yield the arrays of objects in the order of the table."""
        names = {
            number: key
            for value in self._table
            if isinstance(value, dict)
            for key, number in value.items()
            if isinstance(number, int)
        }
        for place, value in enumerate(self._table):
            if isinstance(value, list) and len(value) >= _FEWEST:
                places = [self._unwrap(number) for number in value]
                objects = [self._read(p) for p in places if isinstance(self._value(p), dict)]
                if len(objects) >= _FEWEST:
                    yield _Array(names.get(place, ""), objects)

    def _value(self, number: Any) -> Any:
        known = isinstance(number, int) and 0 <= number < len(self._table)
        return self._table[number] if known else None

    def _unwrap(self, number: Any) -> Any:
        """Return the number of the value itself, which wrappers may stand before."""
        for _ in range(8):
            value = self._value(number)
            is_wrapper = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
            if not is_wrapper or value[0] == "Date":
                return number
            number = value[1]
        return None

    def _read(self, place: int, depth: int = 2) -> dict[str, Any]:
        """Return an object with its members in place of their numbers, as deep as a field goes."""
        done = self._objects.get((place, depth))
        if done is None:
            done = self._objects[place, depth] = {}
            for key, number in self._table[place].items():
                inner = self._unwrap(number)
                value = self._value(inner)
                if isinstance(value, list):
                    value = value[1] if value[:1] == ["Date"] else None
                elif isinstance(value, dict):
                    value = self._read(inner, depth - 1) if depth else None
                done[key] = value
        return done


def _unwrap(value: dict[str, Any]) -> dict[str, Any]:
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, dict):
            value = {**value, **inner}
    return value


def _read_object(document: Document, value: dict[str, Any]) -> Declared:
    return Declared(
        title=_pick(value, _TITLES),
        url=_url(document, value),
        date=_date(value),
        summary=_pick(value, _SUMMARIES),
        image=document.absolute_url(_pick(value, _IMAGES)),
        author=_pick(value, _AUTHORS),
        category=_pick(value, _CATEGORIES),
    )


def _pick(value: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    """Return the first text under one of *keys*, also of an object that holds its plain form."""
    for key in keys:
        found = value.get(key)
        if isinstance(found, dict):
            found = next((found[name] for name in _PLAIN if isinstance(found.get(name), str)), None)
        text = clean_text(found)
        if text:
            return text
    return None


def _url(document: Document, value: dict[str, Any]) -> str | None:
    """Return where an object leads: only what is an address or an absolute path says that."""
    for key in _URLS:
        target = _pick(value, (key,))
        if target and target.startswith(("/", "http://", "https://")):
            return document.absolute_url(target)
    return None


def _date(value: dict[str, Any]) -> Reading | None:
    for key in _DATES:
        found = value.get(key)
        if isinstance(found, int | float) and not isinstance(found, bool):
            found = f"{found:.0f}"
        text = found if isinstance(found, str) else _pick(value, (key,))
        reading = read_attribute(text) if text else None
        if reading is not None and reading.kind in ("full", "month"):
            return reading
    return None


def _judge(name: str, entries: list[Declared]) -> float:
    """Return how much an array is like a listing, 0 where it is none."""
    total = len(entries)
    titles = Counter(entry.title for entry in entries if entry.title)
    if sum(titles.values()) < 0.8 * total or len(titles) < 0.6 * total:
        return 0.0
    dated = sum(entry.date is not None for entry in entries) / total
    linked = sum(entry.url is not None for entry in entries) / total
    told = sum(entry.summary is not None for entry in entries) / total
    length = sum(map(len, titles)) / len(titles)
    is_beside = _BESIDE.search(name) is not None
    # Menus have titles and addresses too: without days an entry must say more than a label does.
    if dated < 0.5 and (linked < 0.5 or is_beside or (told < 0.5 and length < 25)):
        return 0.0
    score = 3 * dated + 2 * linked + told + min(total, 20) / 10
    return score - 3 * is_beside if score > 3 * is_beside else 0.0
