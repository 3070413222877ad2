"""The JSON Schema of a record, made from its type; ``python -m scraper.schema`` publishes it."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import msgspec

from scraper.models import Item

__all__ = ["SCHEMA_PATH", "encode_schema", "item_schema"]

#: Where it is published.
SCHEMA_PATH = Path(__file__).with_name("item.schema.json")

_COMMENTED_FIELD = re.compile(r"((?:^ +#: .*\n)+) +(\w+):", re.MULTILINE)


def item_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record as the exporters write it: every field present.

    >>> item_schema()["properties"]["position"]
    {'description': '1-based place in the listing.', 'type': 'integer'}
    """
    schema = msgspec.json.schema(Item)["$defs"]["Item"]
    comments = _read_comments()
    properties = {
        name: {"description": comments[name]} | _without_default(field)
        for name, field in schema["properties"].items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Item",
        "description": schema["description"].splitlines()[0],
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _read_comments() -> dict[str, str]:
    """Return what the type says of each field, which Python itself forgets."""
    found = _COMMENTED_FIELD.findall(inspect.getsource(Item))
    return {name: " ".join(re.findall(r"#: (.*)", lines)) for lines, name in found}


def _without_default(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "default"}


def encode_schema() -> str:
    """Return the text of the published file."""
    return json.dumps(item_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(encode_schema(), "utf-8")
