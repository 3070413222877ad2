"""The page of the last good run, and what stands in its place now: for people to compare."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import zlib
from datetime import datetime
from pathlib import Path

import msgspec

from scraper.fixtures import save_page, save_records
from scraper.models import Item, Listing, Page, Result, Source
from scraper.state.keys import source_key
from scraper.urls import without_secrets

__all__ = ["Evidence", "evidence_folder", "pack_page"]

# One page of each source is kept: of 100 kB it takes 15. A larger one than that is no page that
# anybody looks at.
_MOST_BYTES = 4_000_000
_PLAIN = re.compile(r"\w[\w.+-]{0,60}")


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    url: str | None
    fetched_at: datetime | None
    encoding: str | None
    status: int
    #: How many pages its listing was read from; it is the first.
    pages: int
    next_url: str | None
    #: Compressed.
    body: bytes


def pack_page(result: Result) -> bytes | None:
    """Return the first page of *result*, compressed; None for one that is not to be remembered.

    That is a huge one, and one of an archive, which is kept as it is.
    """
    page = result.page
    if page is None or result.source.place is not None:
        return None
    if not page.body or len(page.body) > _MOST_BYTES:
        return None
    return msgspec.msgpack.encode(
        _Packed(
            url=without_secrets(page.url) if page.url else None,
            fetched_at=page.fetched_at,
            encoding=page.encoding,
            status=page.status,
            pages=result.pages,
            next_url=result.listing.next_url if result.listing else None,
            body=zlib.compress(page.body),
        )
    )


def evidence_folder(root: Path, source: Source) -> Path:
    """Return where below *root* the pages of *source* are put.

    >>> evidence_folder(Path("state.db.drift"), Source(name="news", url="https://a.example")).name
    'news'
    """
    if _PLAIN.fullmatch(source.name):
        return root / source.name
    digest = hashlib.blake2b(source_key(source).encode(), digest_size=4).hexdigest()
    words = re.sub(r"[^\w]+", "-", source.name.partition("://")[2] or source.name)
    return root / f"{words[:60].strip('-') or 'page'}-{digest}"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a source that is held was, and what it is."""

    folder: Path
    #: Packed pages; None where there are none.
    good: bytes | None
    now: bytes | None
    #: What the good one lists, and the other.
    good_items: tuple[Item, ...]
    now_items: tuple[Item, ...]

    def write(self) -> None:
        """Put both pages into the folder, in the place of older ones; OSError where that fails.

        They are for the owner alone, like the state.
        """
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.folder.with_name(f".scrape-{secrets.token_hex(8)}.tmp")
        temporary.mkdir(mode=0o700)
        try:
            _unpack(temporary / "good", self.good, self.good_items)
            _unpack(temporary / "now", self.now, self.now_items)
            if self.folder.exists():
                shutil.rmtree(self.folder)
            temporary.rename(self.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _unpack(folder: Path, note: bytes | None, items: tuple[Item, ...]) -> None:
    """Write a packed page to *folder* as a fixture, with its records where it is all of them."""
    if note is None:
        return
    packed = msgspec.msgpack.decode(note, type=_Packed)
    folder.mkdir(mode=0o700)
    page = Page(
        url=packed.url,
        body=zlib.decompress(packed.body),
        fetched_at=packed.fetched_at,
        encoding=packed.encoding,
        status=packed.status,
    )
    save_page(folder, page)
    if packed.pages == 1:
        save_records(folder, Listing(items=items, next_url=packed.next_url))
    for path in folder.iterdir():
        path.chmod(0o600)
