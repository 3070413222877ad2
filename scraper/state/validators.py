"""What lets a server answer that nothing has changed: kept with the entries, or not at all.

Validators that were saved while the entries of their page were not would hide these for ever. So
they are a note of the source, written in the transaction that keeps its entries, and good only for
the very listing that the state can still give in full.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import msgspec

from scraper.exporters.json_file import encode_record
from scraper.fetchers.conditional import read_validators
from scraper.models import Item, Known, Listing, Result, Source
from scraper.state.base import Store
from scraper.state.keys import source_key
from scraper.urls import without_secrets

__all__ = ["drop_validators", "keep_validators", "may_ask", "recall_page"]

_KIND = "page"
# A server that says "the same" whatever the page says would silence a source for ever: once a week
# the whole page is asked for.
_OLDEST = timedelta(days=7)


class _Validators(msgspec.Struct, frozen=True, kw_only=True):
    """The note."""

    #: Digest of what was asked for and how it was read; another run may ask otherwise.
    asked: str
    #: Address that answered, and its validators.
    url: str
    etag: str | None
    modified: str | None
    #: When the page was fetched, UTC.
    at: datetime
    #: Digest of the records.
    records: str
    #: The rest of the listing.
    next_url: str | None
    warnings: tuple[str, ...]


def keep_validators(store: Store, key: str, result: Result) -> None:
    """Note how to ask whether what *result* lists, and *store* keeps under *key*, has changed."""
    note = _make_note(result)
    store.keep_note(key, _KIND, None if note is None else msgspec.json.encode(note))


def drop_validators(store: Store, key: str) -> None:
    """Have the whole page asked for next time."""
    store.keep_note(key, _KIND, None)


def recall_page(store: Store, source: Source, *, pages: int, now: datetime) -> Known | None:
    """Return what *source* listed last, if its server can be asked for what has changed since.

    None where the state cannot give the listing in full, or where *source* is read otherwise now;
    and where up to *pages* pages are read, of which the first one had followers.
    """
    key = source_key(source)
    text = store.note(key, _KIND) if may_ask(source) else None
    if text is None:
        return None
    note = msgspec.json.decode(text, type=_Validators)
    if note.asked != _digest_source(source) or abs(now - note.at) > _OLDEST:
        return None
    if pages > 1 and note.next_url is not None:
        return None
    items = tuple(entry.item for entry in store.listed(key))
    if _digest_records(items) != note.records:
        return None
    listing = Listing(items=items, next_url=note.next_url, warnings=note.warnings)
    return Known(url=note.url, etag=note.etag, modified=note.modified, listing=listing)


def may_ask(source: Source) -> bool:
    """Tell whether the page of *source* is the server's alone.

    What is rendered is made of more than its page. Of an address with a secret in it, nothing is
    kept that the secret could be guessed from, so that nobody knows whose page the copy is.
    """
    if source.path is not None or source.url is None or source.render:
        return False
    return without_secrets(source.url) == source.url


def _make_note(result: Result) -> _Validators | None:
    """Return what to note; None where a part is missing, or more than one page was read."""
    page, listing = result.page, result.listing
    if page is None or page.url is None or page.fetched_at is None or listing is None:
        return None
    if not (may_ask(result.source) and page.complete and listing.complete and listing.items):
        return None
    etag, modified = read_validators(page)
    if result.pages != 1 or (etag is None and modified is None):
        return None
    return _Validators(
        asked=_digest_source(result.source),
        url=page.url,
        etag=etag,
        modified=modified,
        at=page.fetched_at.astimezone(UTC),
        records=_digest_records(listing.items),
        next_url=listing.next_url,
        warnings=listing.warnings,
    )


def _digest_source(source: Source) -> str:
    """Return a digest of all that decides what the records of *source* are, but the page."""
    told = (source.language, source.fields, source.hints, source.follow)
    parts = (version("scraper"), source.name, source.url, *told)
    return _digest([msgspec.json.encode(parts)])


def _digest_records(items: Iterable[Item]) -> str:
    return _digest(map(encode_record, items))


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(part + b"\n")
    return whole.hexdigest()
