"""JSON that a page carries in its scripts, found on its source without a tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

__all__ = ["Script", "find_scripts", "parse_json", "parse_start"]

#: Longer JSON is an application's database, and costs more than it tells.
LARGEST = 2 * 1024 * 1024
_MOST_SCRIPTS = 20
# As often a page may name the kind in vain.
_MOST_PLACES = 200
# How far a script's type may stand behind its tag's begin.
_LONGEST_TAG = 1_000
_CLOSE = re.compile(r"</script", re.IGNORECASE)
_WRAPPING = re.compile(r"\s*(?:<!--|<!\[CDATA\[|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)")
_CLOSING = ("-->", "//]]>", "/*]]>*/", "]]>", ";")
# What JavaScript knows and JSON does not, where a value stands.
_UNDEFINED = re.compile(r"(?<=[:\[,])\s*undefined(?=\s*[,}\]])")
_DECODER = json.JSONDecoder(strict=False)


class Script(NamedTuple):
    """A script: its start tag and its text."""

    head: str
    body: str


def find_scripts(text: str, kind: str) -> Iterator[Script]:
    """Yield the scripts in *text* whose start tag says *kind*, at most twenty."""
    place = found = 0
    for _ in range(_MOST_PLACES):
        place = text.find(kind, place)
        if place < 0 or found == _MOST_SCRIPTS:
            return
        start = text.rfind("<", max(0, place - _LONGEST_TAG), place)
        stop = text.find(">", place)
        place += len(kind)
        if stop < 0 or text[start : start + 7].lower() != "<script":
            continue
        close = _CLOSE.search(text, stop)
        end = close.start() if close else len(text)
        yield Script(text[start:stop], text[stop + 1 : end])
        found += 1
        place = end


def parse_json(text: str) -> Any:
    """Return what the JSON *text* says, or None where it is none, too long or too deep.

    A page's data is often not quite JSON: in a comment, with a semicolon, with bare line ends in
    its strings. What a browser would refuse is no rule of ours, so it is no error.

    >>> parse_json("<!-- {} -->"), parse_json("{"), parse_json("[" * 10**5)
    ({}, None, None)
    """
    if len(text) > LARGEST:
        return None
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        return None
    except (msgspec.MsgspecError, ValueError):
        pass
    text = _WRAPPING.sub("", text, count=1).strip()
    for end in _CLOSING:
        text = text.removesuffix(end).rstrip()
    try:
        return json.loads(_UNDEFINED.sub("null", text), strict=False)
    except (ValueError, RecursionError):
        return None


def parse_start(text: str, start: int) -> Any:
    """Return the JSON value that begins at *start*, whatever stands behind it, or None.

    >>> parse_start('window.state = {"a": [1]}; start()', 15)
    {'a': [1]}
    """
    piece = text[start : start + LARGEST]
    close = _CLOSE.search(piece)
    if close:
        piece = piece[: close.start()]
    try:
        return _DECODER.raw_decode(_UNDEFINED.sub("null", piece))[0]
    except (ValueError, RecursionError):
        return None
