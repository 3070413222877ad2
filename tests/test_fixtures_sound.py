"""The expectations themselves: a wrong one is worse than none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urljoin

import lxml.html
import msgspec
import pytest

from scraper.fixtures import RECORDED_FIELDS, Fixture, find_fixtures, load_fixture
from scraper.models import DateSource, Item

ROOT = Path(__file__).parent.parent / "fixtures"
FIXTURES = [load_fixture(path) for path in find_fixtures(ROOT)]
CATEGORIES = {
    *("empty", "article", "consent", "login", "challenge"),
    *("app-shell", "error-page", "moved", "unrecognised"),
}
TEXTS = ("title", "summary", "date_text", "link_text", "author", "category", "section")


def name_fixture(fixture: Fixture) -> str:
    return str(fixture.folder.relative_to(ROOT))


pytestmark = pytest.mark.parametrize("fixture", FIXTURES, ids=name_fixture)


def read_tree(fixture: Fixture) -> lxml.html.HtmlElement:
    declared = re.search(rb"charset=[\"']?([\w-]+)", fixture.page.body[:2048])
    encoding = fixture.page.encoding or (declared[1].decode() if declared else "utf-8")
    return lxml.html.document_fromstring(fixture.page.body.decode(encoding))


def read_text(fixture: Fixture) -> str:
    tree = read_tree(fixture)
    for line_break in tree.iter("br"):
        line_break.tail = " " + (line_break.tail or "")
    # A headline that the page cuts short stands whole in the title of its link.
    tooltips = [link.get("title", "") for link in tree.iter("a")]
    return re.sub(r"\s+", " ", "\n".join([str(tree.text_content()), *tooltips]))


def first_day(text: str) -> date:
    return datetime.strptime(f"{text}-01-01"[:10], "%Y-%m-%d").replace(tzinfo=UTC).date()


def records_of(fixture: Fixture) -> tuple[dict[str, Any], ...]:
    assert fixture.records is not None, "no items.json"
    return fixture.records


def test_meta_is_complete(fixture: Fixture) -> None:
    meta = fixture.meta
    assert meta.url is not None
    assert fixture.folder.parent.name == meta.url.split("/")[2]
    assert meta.fetched_at is not None
    assert meta.note is not None
    assert meta.note.endswith(".")
    assert meta.no_items in CATEGORIES | {None}


def test_a_page_lists_entries_or_says_why_not(fixture: Fixture) -> None:
    assert bool(records_of(fixture)) == (fixture.meta.no_items is None)


def test_records_have_known_fields_with_values(fixture: Fixture) -> None:
    for record in records_of(fixture):
        assert set(record) <= set(RECORDED_FIELDS)
        assert all(record.values()), record
        assert record.get("date_source", "text") in get_args(DateSource)
        msgspec.convert(record | {"position": 1, "id": "1"}, Item)


def test_no_headline_stands_twice(fixture: Fixture) -> None:
    titles = [record["title"] for record in records_of(fixture)]
    assert len(titles) == len(set(titles))


def test_days_are_not_after_the_page_was_fetched(fixture: Fixture) -> None:
    assert fixture.meta.fetched_at is not None
    fetched = fixture.meta.fetched_at.date()
    for record in records_of(fixture):
        if "date" in record:
            assert first_day(record["date"]) <= fetched, record


def test_addresses_are_links_of_the_page(fixture: Fixture) -> None:
    tree = read_tree(fixture)
    base = urljoin(fixture.page.url, next((b.get("href", "") for b in tree.iter("base")), ""))
    links = {urljoin(base, link.get("href", "")) for link in tree.iter("a")}
    assert {record["url"] for record in records_of(fixture) if "url" in record} <= links
    assert fixture.meta.next_url in links | {None}


@pytest.mark.parametrize("field", TEXTS)
def test_texts_stand_on_the_page(fixture: Fixture, field: str) -> None:
    text = read_text(fixture)
    assert not [r[field] for r in records_of(fixture) if r.get(field, "") not in text]
