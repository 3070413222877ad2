"""One test per saved page and field: ``city.example/cards-date``.

The records of a fixture are written by hand from what its page says, never from what the engine
answers, and they count only once somebody has checked them.
"""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scraper import Listing, extract

ROOT = Path(__file__).parent.parent / "fixtures"
FOLDERS = {f"{p.parent.parent.name}/{p.parent.name}": p.parent for p in ROOT.glob("*/*/meta.toml")}
#: Compared for every entry, null included.
ALWAYS = ("title", "url", "date", "summary")


@functools.cache
def read_fixture(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    folder = FOLDERS[name]
    meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
    return meta, json.loads((folder / "items.json").read_text(encoding="utf-8"))


@functools.cache
def extract_fixture(name: str) -> Listing:
    meta, _ = read_fixture(name)
    body = (FOLDERS[name] / "page.html").read_bytes()
    return extract(
        body, url=meta["url"], fetched_at=meta["fetched_at"], encoding=meta.get("encoding")
    )


def list_cases() -> Iterator[Any]:
    for name in sorted(FOLDERS):
        _, records = read_fixture(name)
        given = sorted({key for record in records for key in record}.difference(ALWAYS))
        fields = ("count", *ALWAYS, *given) if records else ("count",)
        for field in (*fields, "next_url", "no_items"):
            yield pytest.param(name, field, id=f"{name}-{field}")


def expect(name: str, field: str) -> Any:
    meta, records = read_fixture(name)
    if field in ("next_url", "no_items"):
        return meta.get(field)
    if field == "count":
        return len(records)
    if field == "published_at":
        return [datetime.fromisoformat(r[field]) if field in r else None for r in records]
    return [record.get(field) for record in records]


def answer(name: str, field: str) -> Any:
    listing = extract_fixture(name)
    if field == "next_url":
        return listing.next_url
    if field == "no_items":
        return listing.no_items and listing.no_items.category
    if field == "count":
        return len(listing.items)
    values = [getattr(item, field) for item in listing.items]
    _, records = read_fixture(name)
    if field in ALWAYS or len(records) != len(values):
        return values
    # What the expectation leaves out of an optional field is open, not null.
    return [v if field in record else None for v, record in zip(values, records, strict=True)]


@pytest.mark.parametrize(("name", "field"), list_cases())
def test_the_records_are_what_the_page_says(name: str, field: str) -> None:
    assert read_fixture(name)[0].get("checked") is True, f"{name}: look at items.json, then say so"
    assert answer(name, field) == expect(name, field)
