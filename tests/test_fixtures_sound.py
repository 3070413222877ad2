"""The expectations themselves: a wrong one is worse than none."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urljoin

import lxml.html
import msgspec
import pytest

from scraper.models import DateSource, Item

ROOT = Path(__file__).parent.parent / "fixtures"
FOLDERS = sorted(path.parent for path in ROOT.glob("*/*/page.html"))
CATEGORIES = {"empty", "article", "consent", "login", "app-shell", "error-page", "unrecognised"}
META = {"url", "fetched_at", "checked", "note", "encoding", "next_url", "no_items"}
SHAPES = ("%Y-%m-%d", "%Y-%m", "%Y")

pytestmark = pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: f"{p.parent.name}/{p.name}")


def read_meta(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))


def read_records(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "items.json").read_text(encoding="utf-8"))


def read_tree(folder: Path) -> lxml.html.HtmlElement:
    body = (folder / "page.html").read_bytes()
    declared = re.search(rb"charset=[\"']?([\w-]+)", body[:2048])
    encoding = read_meta(folder).get("encoding") or (declared[1].decode() if declared else "utf-8")
    return lxml.html.document_fromstring(body.decode(encoding))


def collapse(text: str) -> str:
    # Line breaks inside a headline are white space for a reader.
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


def read_text(folder: Path) -> str:
    tree = read_tree(folder)
    for line_break in tree.iter("br"):
        line_break.tail = " " + (line_break.tail or "")
    return collapse(str(tree.text_content()))


def read_day(text: str) -> date:
    for shape in SHAPES:
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    raise AssertionError(f"not a day: {text}")


def test_meta_is_complete(folder: Path) -> None:
    meta = read_meta(folder)
    assert set(meta) <= META
    assert meta["url"].startswith(("https://", "http://"))
    assert folder.parent.name in meta["url"]
    assert meta["fetched_at"].utcoffset() == timedelta(0)
    assert meta["note"].endswith(".")
    assert meta.get("no_items", "article") in CATEGORIES


def test_a_page_lists_entries_or_says_why_not(folder: Path) -> None:
    assert bool(read_records(folder)) != ("no_items" in read_meta(folder))


def test_records_have_known_fields_with_values(folder: Path) -> None:
    for record in read_records(folder):
        assert record["title"]
        assert set(record) <= set(Item.__struct_fields__)
        assert all(record.values()), record
        assert record.get("date_source", "text") in get_args(DateSource)
        msgspec.convert(record | {"position": 1, "id": "x"}, Item)


def test_days_are_days_before_the_page_was_fetched(folder: Path) -> None:
    fetched = read_meta(folder)["fetched_at"].date()
    for record in read_records(folder):
        if "date" in record:
            assert read_day(record["date"]) <= fetched, record


def test_addresses_are_links_of_the_page(folder: Path) -> None:
    meta, tree = read_meta(folder), read_tree(folder)
    base = next((urljoin(meta["url"], b.get("href")) for b in tree.iter("base")), meta["url"])
    links = {urljoin(base, link.get("href")) for link in tree.iter("a", "link") if link.get("href")}
    wanted = {record["url"] for record in read_records(folder) if "url" in record}
    assert wanted <= links
    assert meta.get("next_url") in links | {None}


@pytest.mark.parametrize(
    "field", ["title", "summary", "link_text", "author", "category", "section"]
)
def test_texts_stand_on_the_page(folder: Path, field: str) -> None:
    text = read_text(folder)
    missing = [r[field] for r in read_records(folder) if field in r and r[field] not in text]
    assert not missing
