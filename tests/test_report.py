"""The report of a run: its schema is a promise."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import msgspec
import pytest

from scraper.errors import ExportError, NoItems, StatusError
from scraper.models import Item, Listing, Result, Source
from scraper.report import RunReport, make_report, write_report

STARTED = datetime(2024, 3, 5, 10, 0, 0, 999, tzinfo=UTC)
ONE = Source(name="one", url="https://ann:pw@one.example/?token=s3cret")
TWO = Source(name="two", path="two.html")
THREE = Source(name="three", url="https://three.example/")
LISTING = Listing(
    items=(Item(title="A", position=1, id="a"), Item(title="B", position=2, id="b")),
    warnings=("page 2 is missing: https://one.example/?token=s3cret",),
    complete=False,
)
RESULTS = [
    Result(source=ONE, listing=LISTING, pages=2, bytes=900, tries=3, took_s=1.2345),
    Result(
        source=TWO,
        listing=Listing(items=()),
        error=NoItems("two", "a wall", category="login", advice="sign in"),
        pages=1,
        tries=1,
    ),
]


def report(results=RESULTS, sources=(ONE, TWO, THREE), **options) -> RunReport:
    settings = {"started": STARTED, "finished": STARTED, "exit_code": 3, "outputs": ["a.json"]}
    return make_report(sources, results, **settings | options)


def written(tmp_path, value: RunReport) -> dict:
    write_report(value, tmp_path / "run.json")
    return json.loads((tmp_path / "run.json").read_bytes())


def test_the_report_says_all_that_happened(tmp_path):
    assert written(tmp_path, report()) == {
        "version": 1,
        "started": "2024-03-05T10:00:00Z",
        "finished": "2024-03-05T10:00:00Z",
        "exit_code": 3,
        "outputs": ["a.json"],
        "totals": {
            "sources": 3,
            "ok": 1,
            "failed": 1,
            "unfinished": 1,
            "tries": 4,
            "pages": 3,
            "bytes": 900,
            "items": 2,
            "new": None,
            "warnings": 1,
        },
        "sources": [
            {
                "name": "one",
                "url": "https://one.example/?token=",
                "status": "ok",
                "class": None,
                "category": None,
                "message": None,
                "tries": 3,
                "pages": 2,
                "bytes": 900,
                "ms": 1234,
                "items": 2,
                "new": None,
                "not_modified": False,
                "complete": False,
                "warnings": ["page 2 is missing: https://one.example/?token="],
            },
            {
                "name": "two",
                "url": None,
                "status": "failed",
                "class": "no-items",
                "category": "login",
                "message": "a wall; sign in",
                "tries": 1,
                "pages": 1,
                "bytes": 0,
                "ms": 0,
                "items": 0,
                "new": None,
                "not_modified": False,
                "complete": True,
                "warnings": [],
            },
            {
                "name": "three",
                "url": "https://three.example/",
                "status": "unfinished",
                "class": None,
                "category": None,
                "message": None,
                "tries": 0,
                "pages": 0,
                "bytes": 0,
                "ms": 0,
                "items": 0,
                "new": None,
                "not_modified": False,
                "complete": False,
                "warnings": [],
            },
        ],
    }


def test_the_report_is_as_its_schema_says(tmp_path):
    schema = msgspec.json.schema(RunReport)
    jsonschema.validate(written(tmp_path, report()), schema)
    jsonschema.validate(written(tmp_path, report([], ())), schema)


def test_names_that_no_encoding_can_write_make_no_broken_report(tmp_path):
    odd = Source(name="a\udcff.html", path="a\udcff.html")
    error = StatusError("a\udcff.html", "no\udcff")
    entry = written(tmp_path, report([Result(source=odd, error=error)], (odd,)))["sources"][0]
    assert (entry["name"], entry["message"]) == ("a\ufffd.html", "no\ufffd")


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    target = tmp_path / "run.json"
    target.write_text("old")

    def replace(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", replace)
    with pytest.raises(ExportError, match=r"run.json: cannot be written: No space left on device"):
        write_report(report(), target)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    assert target.read_text() == "old"
