"""The published schema is that of the records."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from scraper.exporters import JsonExporter, JsonlExporter
from scraper.models import Item
from scraper.schema import SCHEMA_PATH, encode_schema, item_schema

FULL = Item(
    title="Bridge reopens",
    url="https://a.example/1",
    date="2024-03",
    published_at=datetime(2024, 3, 1, 9, 30, tzinfo=UTC),
    date_source="heading",
    position=1,
    id="a1",
    fetched_at=datetime(2024, 3, 5, tzinfo=UTC),
)
BARE = Item(title="Bare", position=2, id="a2")


def validate(record: object) -> None:
    jsonschema.Draft202012Validator(item_schema()).validate(record)


def test_the_published_file_is_current():
    assert SCHEMA_PATH.read_text("utf-8") == encode_schema(), "run: python -m scraper.schema"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(item_schema())


def test_every_field_is_required_and_explained():
    schema = item_schema()
    assert tuple(schema["properties"]) == tuple(schema["required"]) == Item.__struct_fields__
    assert all(field["description"] for field in schema["properties"].values())


def test_exported_records_are_valid():
    for record in json.loads(b"".join(JsonExporter().encode([FULL, BARE]))):
        validate(record)
    for line in JsonlExporter().encode([FULL, BARE]):
        validate(json.loads(line))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("url", "/1"),
        ("url", "javascript:alert(1)"),
        ("date", "1 March 2024"),
        ("date", "2024-03-01T09:30:00Z"),
        ("date_source", "guess"),
        ("position", "1"),
        ("id", None),
    ],
)
def test_what_is_no_record_is_told(field, value):
    (record,) = json.loads(b"".join(JsonExporter().encode([FULL])))
    with pytest.raises(jsonschema.ValidationError):
        validate(record | {field: value})


def test_a_missing_field_is_told():
    (record,) = json.loads(b"".join(JsonExporter().encode([FULL])))
    del record["summary"]
    with pytest.raises(jsonschema.ValidationError, match="'summary' is a required property"):
        validate(record)
