"""One test per saved page and field: ``city.example/cards-date``.

The records of a fixture are written by hand from what its page says, never from what the engine
answers, and they count only once somebody has checked them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scraper import Listing, extract
from scraper.fixtures import Fixture, find_fixtures, load_fixture

ROOT = Path(__file__).parent.parent / "fixtures"
FIXTURES = {str(path.relative_to(ROOT)): load_fixture(path) for path in find_fixtures(ROOT)}
#: Compared for every entry, null included; of other fields only what a record gives.
ALWAYS = ("title", "url", "date", "summary")

#: What the engine does not read yet, by fixture: its fields, and why not.
NOT_YET: dict[str, tuple[tuple[str, ...], str]] = {
    "forge.example/releases-with-notes": (
        ("count", "title", "url", "date", "summary", "author", "published_at"),
        "the issues in the notes look more like headlines than the versions do",
    ),
    "sahil.example/front-page-of-ages": (
        ("count", *ALWAYS, "author", "date_source", "date_text", "section"),
        "three short opinions without dates look like a box at the side",
    ),
    "lanternkit.example/headings-without-wrappers": (
        ("url",),
        "a patch is taken for the document of its entry",
    ),
    "moim.example/comment-counts": (
        ("category",),
        "only classes and table heads say what a column is",
    ),
    "cobalt.example/cards-in-the-menu": (
        ("category",),
        "only classes and table heads say what a column is",
    ),
}


def list_cases() -> Iterator[Any]:
    for name, fixture in FIXTURES.items():
        given = {key for record in fixture.records or () for key in record}.difference(ALWAYS)
        fields = (*ALWAYS, *sorted(given)) if fixture.records else ()
        fields_not_yet, reason = NOT_YET.get(name, ((), ""))
        for field in ("count", *fields, "next_url", "no_items"):
            marks = [pytest.mark.xfail(reason=reason)] if field in fields_not_yet else []
            yield pytest.param(name, field, id=f"{name}-{field}", marks=marks)


def expect(fixture: Fixture, field: str) -> Any:
    records = fixture.records or ()
    if field == "count":
        return len(records)
    if field in ("next_url", "no_items"):
        return getattr(fixture.meta, field)
    values = [record.get(field) for record in records]
    if field == "published_at":
        return [value and datetime.fromisoformat(value) for value in values]
    return values


@functools.cache
def extract_fixture(name: str) -> Listing:
    page = FIXTURES[name].page
    assert page.url is not None
    return extract(page.body, url=page.url, fetched_at=page.fetched_at, encoding=page.encoding)


def answer(name: str, field: str) -> Any:
    listing, records = extract_fixture(name), FIXTURES[name].records or ()
    if field == "count":
        return len(listing.items)
    if field == "next_url":
        return listing.next_url
    if field == "no_items":
        return listing.no_items and listing.no_items.category
    values = [getattr(item, field) for item in listing.items]
    if field in ALWAYS or len(values) != len(records):
        return values
    return [v if field in record else None for v, record in zip(values, records, strict=True)]


@pytest.mark.parametrize(("name", "field"), list(list_cases()))
def test_the_records_are_what_the_page_says(name: str, field: str) -> None:
    assert FIXTURES[name].meta.checked, f"compare items.json of {name} with its page, then say so"
    assert answer(name, field) == expect(FIXTURES[name], field)
