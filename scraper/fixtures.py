"""Saved pages with what is expected of them: ``fixtures/<host>/<why>/``.

::

    page.html    the bytes as they came
    meta.toml    where and when they came from, and what is special about them
    items.json   the records that are expected, in order: the fields that are not null, without
                 those that any page would give (position, id, source, page_url, fetched_at)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from scraper.errors import UsageError
from scraper.models import Item, Listing, Page
from scraper.tables import TableError, convert_table, parse_toml
from scraper.urls import is_address, page_key, without_secrets

__all__ = [
    "ARTICLE",
    "LISTING",
    "RECORDED_FIELDS",
    "Fixture",
    "Meta",
    "expected_records",
    "find_fixtures",
    "fixture_folder",
    "load_fixture",
    "read_meta",
    "save_fixture",
    "save_page",
    "save_records",
]

#: Names of saved pages: of one that lists entries, and of an entry's own, which is no fixture.
LISTING = "page.html"
ARTICLE = "article.html"

#: What a record says because of the page, not because of the run that read it.
RECORDED_FIELDS = tuple(
    name
    for name in Item.__struct_fields__
    if name not in ("position", "id", "source", "page_url", "fetched_at")
)


class Meta(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``meta.toml`` says of the page beside it."""

    #: Address after redirects.
    url: str | None = None
    #: Address that was asked for, where it led to another.
    requested_url: str | None = None
    #: UTC.
    fetched_at: datetime | None = None
    #: The charset of the server's header.
    encoding: str | None = None
    status: int = 200
    #: True once somebody has compared ``items.json`` with the page.
    checked: bool = False
    #: What is special about the page.
    note: str | None = None
    #: Expected address of the following page.
    next_url: str | None = None
    #: Expected category of a page that lists nothing.
    no_items: str | None = None


class Fixture(msgspec.Struct, frozen=True, kw_only=True):
    """A saved page and what is expected of it."""

    folder: Path
    page: Page
    meta: Meta
    #: Expected records; None where nobody has recorded any.
    records: tuple[dict[str, Any], ...] | None


def find_fixtures(folder: Path) -> list[Path]:
    """Return the folders at and below *folder* that hold ``page.html`` and ``meta.toml``."""
    found = (path.parent for path in folder.rglob("meta.toml"))
    return sorted(parent for parent in found if (parent / "page.html").is_file())


def load_fixture(folder: Path) -> Fixture:
    """Return the fixture in *folder*, or raise UsageError naming the file and line at fault."""
    meta = read_meta(folder / "meta.toml")
    try:
        body = (folder / "page.html").read_bytes()
    except OSError as error:
        raise UsageError(str(folder / "page.html"), "cannot be read") from error
    page = Page(
        url=meta.url,
        body=body,
        fetched_at=meta.fetched_at,
        encoding=meta.encoding,
        status=meta.status,
    )
    return Fixture(folder=folder, page=page, meta=meta, records=_read_records(folder))


def read_meta(path: Path) -> Meta:
    """Return what a ``meta.toml`` says, or raise UsageError with file and line."""
    try:
        text = path.read_text("utf-8-sig")
        meta = convert_table(parse_toml(text), Meta, lines=text.splitlines() or [""])
        if meta.url is not None and not is_address(meta.url):
            raise UsageError(str(path), f'not an address: "{without_secrets(meta.url)}"')
    except TableError as error:
        raise UsageError(f"{path}:{error.line}", error.message, advice=error.advice) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(path), "cannot be read") from error
    return msgspec.structs.replace(meta, fetched_at=_in_utc(meta.fetched_at))


def _in_utc(moment: datetime | None) -> datetime | None:
    """Return *moment* in UTC, which is also what one without an offset is in."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_records(folder: Path) -> tuple[dict[str, Any], ...] | None:
    path = folder / "items.json"
    if not path.exists():
        return None
    try:
        return tuple(msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]]))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(str(path), "not an array of records") from error


def expected_records(listing: Listing) -> list[dict[str, Any]]:
    """Return the records of *listing* as ``items.json`` holds them.

    >>> expected_records(Listing(items=(Item(title="Bridge reopens", position=1, id="a1"),)))
    [{'title': 'Bridge reopens'}]
    """
    return [
        {
            name: msgspec.to_builtins(value)
            for name in RECORDED_FIELDS
            if (value := getattr(item, name)) is not None
        }
        for item in listing.items
    ]


def save_fixture(folder: Path, page: Page, listing: Listing, *, note: str | None = None) -> None:
    """Write *page* and what was found on it to *folder*, to be checked by somebody."""
    save_page(folder, page, note=note)
    save_records(folder, listing)


def save_page(
    folder: Path,
    page: Page,
    *,
    requested_url: str | None = None,
    note: str | None = None,
    name: str = LISTING,
) -> None:
    """Write *page* to *folder*: its bytes, and of its headers nothing but the charset."""
    url = without_secrets(page.url) if page.url else None
    asked = without_secrets(requested_url) if requested_url else None
    if asked and url and page_key(asked) == page_key(url):
        asked = None
    meta = Meta(
        url=url,
        requested_url=asked,
        fetched_at=_in_utc(page.fetched_at),
        encoding=page.encoding,
        status=page.status,
        note=note,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARTICLE).unlink(missing_ok=True)
    (folder / name).write_bytes(page.body)
    _write_meta(folder, meta)
    # What was found on an older copy of the page says nothing about this one.
    (folder / "items.json").unlink(missing_ok=True)


def save_records(folder: Path, listing: Listing) -> None:
    """Write what was found on the page in *folder*, and that nobody has checked it yet."""
    meta = msgspec.structs.replace(
        read_meta(folder / "meta.toml"),
        checked=False,
        next_url=listing.next_url,
        no_items=listing.no_items.category if listing.no_items else None,
    )
    _write_meta(folder, meta)
    text = json.dumps(expected_records(listing), ensure_ascii=False, indent=2)
    # A lone surrogate cannot be written; nothing that was decoded from bytes holds one.
    (folder / "items.json").write_bytes(f"{text}\n".encode("utf-8", "replace"))


def _write_meta(folder: Path, meta: Meta) -> None:
    lines = [
        f"{name} = {_toml_value(value)}\n"
        for name, value in msgspec.structs.asdict(meta).items()
        if value is not None
    ]
    (folder / "meta.toml").write_bytes("".join(lines).encode("utf-8", "replace"))


def _toml_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    # Strings, numbers and booleans of JSON are those of TOML, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def fixture_folder(root: Path, url: str) -> Path:
    """Return where below *root* the page at *url* is kept: ``<host>/<words of its path>``.

    A folder that holds another page is left alone: the name is counted up.
    """
    parts = urlsplit(without_secrets(url))
    host = re.sub(r"[^\w.-]+", "-", parts.hostname or "unknown").strip(".-") or "unknown"
    words = re.sub(r"[^\w]+", "-", unquote(f"{parts.path} {parts.query}"))
    slug = words.strip("-_").lower()[:80].strip("-") or "front-page"
    return next(
        folder for folder in _counted_up(root / host / slug) if _is_free(folder, page_key(url))
    )


def _counted_up(folder: Path) -> Iterator[Path]:
    yield folder
    number = 2
    while True:
        yield folder.with_name(f"{folder.name}-{number}")
        number += 1


def _is_free(folder: Path, key: str) -> bool:
    """Tell whether *folder* is empty or holds the page itself."""
    if not folder.exists():
        return True
    try:
        meta = read_meta(folder / "meta.toml")
    except UsageError:
        return False
    return key in {page_key(url) for url in (meta.url, meta.requested_url) if url}
