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

from scraper.errors import ExportError, NoItems, UsageError
from scraper.exporters.atomic import write_stdout
from scraper.fixtures import RECORDED_FIELDS, Fixture, find_fixtures, load_fixture, save_records
from scraper.models import Item, Listing, Result, Source
from scraper.pipeline import scrape
from scraper.reporting import counted, error_line, printable, say

__all__ = ["command", "find_differences"]

_HELP = """Compare what saved pages list with the records that are expected of them.

DIR holds folders with page.html, meta.toml and items.json, as `scrape --record DIR` writes
them; without one it is `fixtures`. Differences go to standard output, one a line. Pages are read as
on the day they were saved, so that "2 hours ago" stays the same day.

\b
Exit codes:
  0  all as expected, or updated   3  some fixtures differ
  2  no fixtures there             4  all fixtures differ
"""

_UNCHECKED = "compare items.json with the page, then set checked = true in meta.toml"
#: Compared in every entry; the other fields where the expected record has them.
_ALWAYS = frozenset({"title", "url", "date", "summary"})


@click.command("check", help=_HELP)
@click.argument("folder", metavar="[DIR]", default="fixtures", type=click.Path(path_type=Path))
@click.option(
    "--update",
    is_flag=True,
    help="Expect from now on what is found: write it to items.json, for you to compare with the "
    "page and to set checked = true in meta.toml.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the differences.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(folder: Path, *, update: bool, quiet: bool) -> int:
    """Replay saved pages against their expected records."""
    folders = find_fixtures(folder)
    if not folders:
        raise UsageError(
            str(folder), "no fixtures in it", advice=f"make some: scrape TARGET --record {folder}"
        )
    wrong = updated = 0
    for path in folders:
        name = str(path.relative_to(folder)) if path != folder else str(path)
        lines, listing = _check_fixture(path)
        write_stdout(f"{printable(f'{name}: {line}')}\n".encode() for line in lines)
        if update and listing is not None and lines not in ([], [_UNCHECKED]):
            _update(path, listing)
            updated += 1
        else:
            wrong += bool(lines)
    if not quiet:
        as_expected = len(folders) - wrong - updated
        say(f"{as_expected} of {counted(len(folders), 'fixture')} as expected")
        if updated:
            say(f"{counted(updated, 'fixture')} updated: compare, then set checked = true")
    return 0 if not wrong else 4 if wrong == len(folders) else 3


def _check_fixture(path: Path) -> tuple[list[str], Listing | None]:
    """Return how the page in *path* differs from what is expected, and what it lists."""
    try:
        fixture = load_fixture(path)
    except UsageError as error:
        return [error.explanation], None
    (result,) = scrape([Source(name=str(path), path=str(path / "page.html"))])
    return list(find_differences(fixture, result)), _listing_of(result)


def _listing_of(result: Result) -> Listing | None:
    """Return what a page lists, None where it could not be read."""
    return result.listing if isinstance(result.error, NoItems | None) else None


def _update(path: Path, listing: Listing) -> None:
    try:
        save_records(path, listing)
    except OSError as error:
        raise ExportError(str(path), "cannot be written") from error


def find_differences(fixture: Fixture, result: Result) -> Iterator[str]:
    """Yield, in words, how *result* differs from what *fixture* expects."""
    if fixture.records is None:
        yield "there is no items.json; record the page again"
        return
    if not fixture.meta.checked:
        yield _UNCHECKED
    found = _listing_of(result)
    if found is None:
        yield error_line(result.error) if result.error else "no listing"
        return
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
