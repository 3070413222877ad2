"""JSON: an array of records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from scraper.exporters.base import Exporter, without_surrogates
from scraper.models import Item

__all__ = ["JsonExporter", "encode_record", "escape_harmful"]

_ENCODER = msgspec.json.Encoder()
# DEL, the C1 controls and the two separators are legal in a JSON string and still do harm: a
# terminal obeys U+009B like an escape, and line readers end a line at U+0085, U+2028 and U+2029.
_HARMFUL = re.compile(b"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]")


class JsonExporter(Exporter):
    """An array of records, one field a line, so that two runs can be compared by ``diff``."""

    suffixes = (".json",)

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the array: every field in every record, null where it is unknown."""
        items = list(items)
        try:
            array = escape_harmful(_ENCODER.encode(items))
        except UnicodeEncodeError:
            array = b"[" + b",".join(map(encode_record, items)) + b"]"
        yield msgspec.json.format(array, indent=2)
        yield b"\n"


def encode_record(item: Item) -> bytes:
    """Return *item* as a JSON object on one line of UTF-8.

    A reader of JSON gets the text back as it was; only halves of surrogate pairs, which UTF-8
    cannot hold, become U+FFFD.

    >>> encode_record(Item(title="A", position=1, id="a1"))[:29]
    b'{"title":"A","url":null,"date'
    """
    try:
        record = _ENCODER.encode(item)
    except UnicodeEncodeError:
        record = _ENCODER.encode(_cleaned(item))
    return escape_harmful(record)


def escape_harmful(text: bytes) -> bytes:
    r"""Return the JSON *text* with escapes for what is legal in it and still does harm.

    >>> escape_harmful(b'"' + chr(0x9B).encode() + b'31m"')
    b'"\\u009b31m"'
    """
    return _HARMFUL.sub(_escape, text)


def _escape(match: re.Match[bytes]) -> bytes:
    return f"\\u{ord(match[0].decode()):04x}".encode()


def _cleaned(item: Item) -> dict[str, Any]:
    return {
        name: without_surrogates(value) if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(item).items()
    }
