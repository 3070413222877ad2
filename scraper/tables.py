"""TOML files, and the line of every fault in them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

import msgspec

__all__ = ["TableError", "convert_table", "find_key", "parse_toml"]

T = TypeVar("T", bound=msgspec.Struct)

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$(?P<path>.*)`)?$")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*?)`(?: - at `\$(?P<path>.*)`)?$")
_WRONG = re.compile(r"Expected `(?P<kind>.*?)`, got `(?P<got>.*?)`(?: - at `\$(?P<path>.*)`)?$")
_CHOICE = re.compile(r"Invalid enum value (?P<value>.*?)(?: - at `\$(?P<path>.*)`)?$")
_KINDS = {
    "str | array": "text, or a list of texts",
    "str": "text",
    "int": "a number",
    "bool": "true or false",
    "datetime": "a date and time",
}


class TableError(Exception):
    """What is wrong in a TOML file, and where; whoever knows the file makes a ScrapeError of it."""

    def __init__(self, line: int, message: str, *, advice: str | None = None) -> None:
        super().__init__(line, message, advice)
        #: 1-based.
        self.line = line
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        """Return nothing: the error that is raised from this one says it all again."""
        return ""


def parse_toml(text: str) -> dict[str, Any]:
    """Return what the TOML *text* says, or raise TableError with the line.

    >>> parse_toml('name = "a"')
    {'name': 'a'}
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line = _locate(str(error), text)
        raise TableError(line, message) from error


def _locate(message: str, text: str) -> tuple[str, int]:
    """Take the line out of tomllib's message, the only place where Python 3.11 tells it."""
    what, _, where = message.rpartition(" (at ")
    match = re.match(r"line (\d+)", where)
    line = int(match[1]) if match else len(text.rstrip().splitlines())
    what = what or message
    return what[:1].lower() + what[1:], max(line, 1)


def convert_table(
    table: Mapping[str, Any], kind: type[T], *, lines: Sequence[str], first: int = 1
) -> T:
    """Return *table* as a *kind*, or raise TableError with the line of the key that is wrong.

    *lines* are the lines of the file that hold the table; *first* is the number of their first.
    """
    try:
        return msgspec.convert(dict(table), kind)
    except msgspec.ValidationError as error:
        raise _fault(str(error), kind, lines, first) from error


def _fault(message: str, kind: type[Any], lines: Sequence[str], first: int) -> TableError:
    if match := _UNKNOWN.match(message):
        within = _inner(kind, match["path"])
        line = find_key(lines, match["key"], within=_last(match["path"]))
        return TableError(
            first + line, f'no such key: "{match["key"]}"', advice=_nearest(match["key"], within)
        )
    if match := _MISSING.match(message):
        path = _last(match["path"])
        line = find_key(lines, path) if path else 0
        return TableError(first + line, f'the key "{match["key"]}" is missing')
    if match := _WRONG.match(message):
        above, _, key = (match["path"] or ".table").partition("[")[0].rpartition(".")
        wanted = match["kind"].removesuffix(" | null")
        line = find_key(lines, key, within=_last(above))
        return TableError(first + line, f'"{key}" must be {_KINDS.get(wanted, "a table")}')
    if match := _CHOICE.match(message):
        key = _last(match["path"]) or "table"
        field = next(one for one in msgspec.structs.fields(kind) if one.name == key)
        line = find_key(lines, key)
        choices = [
            str(value)
            for kinds in (field.type, *get_args(field.type))
            for value in get_args(kinds)
            if type(value) is str
        ]
        advice = f"write {' or '.join(choices)}"
        return TableError(first + line, f'no "{key}": {match["value"]}', advice=advice)
    return TableError(first, message[:1].lower() + message[1:])


def _last(path: str | None) -> str | None:
    """Return the last key of a path such as ``.fields.title``."""
    return path.rpartition(".")[2] or None if path else None


def _inner(kind: type[Any], path: str | None) -> type[Any]:
    """Return the struct that *path* leads to, *kind* itself for none."""
    for field in msgspec.structs.fields(kind):
        if field.name == _last(path):
            for choice in (field.type, *getattr(field.type, "__args__", ())):
                if isinstance(choice, type) and issubclass(choice, msgspec.Struct):
                    return choice
    return kind


def _nearest(key: str, kind: type[Any]) -> str:
    names = [field.name for field in msgspec.structs.fields(kind)]
    near = difflib.get_close_matches(key, names, n=1)
    return f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(names)}"


def find_key(lines: Sequence[str], key: str, *, within: str | None = None) -> int:
    """Return the index of the line that sets *key* (in the table *within*), else of that table.

    Text that only looks like the key, in a long string, may be found instead: a fault is then
    reported some lines off, and is a fault all the same.

    >>> find_key(["# a seed", 'url = "a"', "[fields]", 'url = "a.more"'], "url", within="fields")
    3
    """
    start = find_key(lines, within) if within else 0
    quoted = rf"[\"']?{re.escape(key)}[\"']?"
    setting = re.compile(rf"\s*(?:[\w.\"']+\.)?{quoted}\s*=|\s*\[+\s*(?:[\w.\"']+\.)?{quoted}\s*\]")
    inline = re.compile(rf"[^#]*[{{,]\s*{quoted}\s*=")
    for pattern in (setting, inline):
        for index in range(start, len(lines)):
            if pattern.match(lines[index]):
                return index
    return start
