"""``scrape check``: replay saved pages against the records that are expected of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import click
import msgspec

from scraper.errors import NoItems, UsageError
from scraper.exporters.atomic import write_stdout
from scraper.fixtures import RECORDED_FIELDS, Fixture, find_fixtures, load_fixture
from scraper.models import Item, Result, Source
from scraper.pipeline import scrape
from scraper.reporting import counted, error_line, printable, say

__all__ = ["command", "find_differences"]

_HELP = """Compare what saved pages list with the records that are expected of them.

DIR holds folders with page.html, meta.toml and items.json, as `scrape --record DIR` writes
them; without one it is `fixtures`. Differences go to standard output, one a line.

\b
Exit codes:
  0  all as expected      3  some fixtures differ
  2  no fixtures there    4  all fixtures differ
"""

#: Compared in every entry; the other fields where the expected record has them.
_ALWAYS = frozenset({"title", "url", "date", "summary"})


@click.command("check", help=_HELP)
@click.argument("folder", metavar="[DIR]", default="fixtures", type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the differences.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(folder: Path, *, quiet: bool) -> int:
    """Replay saved pages against their expected records."""
    folders = find_fixtures(folder)
    if not folders:
        raise UsageError(
            str(folder), "no fixtures in it", advice=f"make some: scrape TARGET --record {folder}"
        )
    wrong = 0
    for path in folders:
        name = str(path.relative_to(folder)) if path != folder else str(path)
        lines = [f"{name}: {line}" for line in _check_fixture(path)]
        wrong += bool(lines)
        write_stdout(f"{printable(line)}\n".encode() for line in lines)
    if not quiet:
        say(f"{len(folders) - wrong} of {counted(len(folders), 'fixture')} as expected")
    return 0 if not wrong else 4 if wrong == len(folders) else 3


def _check_fixture(path: Path) -> Iterator[str]:
    try:
        fixture = load_fixture(path)
    except UsageError as error:
        yield error.explanation
        return
    (result,) = scrape([Source(name=str(path), path=str(path / "page.html"))])
    yield from find_differences(fixture, result)


def find_differences(fixture: Fixture, result: Result) -> Iterator[str]:
    """Yield, in words, how *result* differs from what *fixture* expects."""
    if fixture.records is None:
        yield "there is no items.json; record the page again"
        return
    if not fixture.meta.checked:
        yield "compare items.json with the page, then set checked = true in meta.toml"
    if result.listing is None or not isinstance(result.error, NoItems | None):
        yield error_line(result.error) if result.error else "no listing"
        return
    found = result.listing
    category = found.no_items.category if found.no_items else None
    yield from _compare("no_items", fixture.meta.no_items, category)
    yield from _compare("next_url", fixture.meta.next_url, found.next_url)
    yield from _compare_entries(fixture.records, found.items)


def _compare_entries(records: Sequence[Mapping[str, Any]], items: Sequence[Item]) -> Iterator[str]:
    """Pair the entries up as well as they go, so that one that is missing shifts no other."""
    expected = [(record.get("url"), record.get("title")) for record in records]
    found = [(item.url, item.title) for item in items]
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    for _, start, end, found_start, found_end in matcher.get_opcodes():
        paired = min(end - start, found_end - found_start)
        for index in range(paired):
            yield from _compare_fields(
                found_start + index + 1, records[start + index], items[found_start + index]
            )
        for index in range(start + paired, end):
            yield f"entry {index + 1}: expected {_shown(records[index].get('title'))}, not found"
        for index in range(found_start + paired, found_end):
            yield f"entry {index + 1}: found {_shown(items[index].title)}, not expected"


def _compare_fields(number: int, record: Mapping[str, Any], item: Item) -> Iterator[str]:
    for name in RECORDED_FIELDS:
        if name in _ALWAYS or name in record:
            yield from _compare(f"entry {number}: {name}", record.get(name), getattr(item, name))


def _compare(what: str, expected: object, found: object) -> Iterator[str]:
    if expected != found and not _is_same_moment(expected, found):
        yield f"{what}: expected {_shown(expected)}, found {_shown(found)}"


def _is_same_moment(expected: object, found: object) -> bool:
    if not isinstance(expected, str) or not isinstance(found, datetime):
        return False
    try:
        return datetime.fromisoformat(expected) == found
    except ValueError:
        return False


def _shown(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
