"""Pages kept for later: recorded while they are fetched, replayed without the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import ExportError, NotSavedError, UsageError
from scraper.fetchers.file import FileFetcher
from scraper.fixtures import (
    ARTICLE,
    LISTING,
    Meta,
    fixture_folder,
    read_meta,
    save_page,
    save_records,
)
from scraper.models import Listing, Page, Source
from scraper.urls import page_key, without_secrets

if TYPE_CHECKING:
    from scraper.pipeline import Fetcher

__all__ = ["RecordingFetcher", "ReplayFetcher"]

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class ReplayFetcher:
    """Answers from the pages saved below *folder*, and never from the network.

    A page that was saved more than once is the one fetched last.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._faults: list[UsageError] = []

    def fetch(self, source: Source) -> Page:
        """Return the saved page, or raise NotSavedError."""
        if source.path is not None:
            return FileFetcher().fetch(source)
        path = self._index.get(page_key(source.url)) if source.url else None
        if path is None:
            raise self._not_saved(source)
        return FileFetcher().fetch(Source(name=source.name, path=str(path)))

    @cached_property
    def _index(self) -> dict[str, Path]:
        """The saved page of every address, by its key."""
        metas = [(path, meta) for path in self._metas() if (meta := self._read(path)) is not None]
        metas.sort(key=lambda pair: (pair[1].fetched_at or _LONG_AGO, pair[0]))
        # Later ones win, and a page's own address over one that led to it.
        asked = [(meta.requested_url, path) for path, meta in metas]
        own = [(meta.url, path) for path, meta in metas]
        return {page_key(url): _page_of(path) for url, path in asked + own if url}

    def _metas(self) -> list[Path]:
        return sorted(path for path in self._folder.rglob("meta.toml") if _page_of(path).is_file())

    def _read(self, path: Path) -> Meta | None:
        try:
            return read_meta(path)
        except UsageError as error:
            # One broken file costs nobody but the source it may have been for.
            self._faults.append(error)
            return None

    def _not_saved(self, source: Source) -> NotSavedError:
        advice = f"fetch it once with --record {self._folder}"
        if self._faults:
            advice = f"mend {self._faults[0]}"
        url = without_secrets(source.url or source.name)
        return NotSavedError(source.name, f"{url} is not saved in {self._folder}", advice=advice)


def _page_of(meta: Path) -> Path:
    """Return the page that *meta* speaks of: a listing, or else the page of an entry."""
    listing = meta.with_name(LISTING)
    return listing if listing.is_file() else meta.with_name(ARTICLE)


class RecordingFetcher:
    """Keeps what another fetcher gets, as ``<folder>/<host>/<words of the path>/``.

    The pages of entries are ``article.html`` there, others ``page.html``. Kept are the bytes and
    ``meta.toml``, without anything that lets a stranger in. A page of unknown address, or one that
    was cut off, is not kept.
    """

    def __init__(self, inner: Fetcher, folder: Path) -> None:
        self._inner = inner
        self._folder = folder
        self._lock = threading.Lock()

    def fetch(self, source: Source) -> Page:
        """Return the page of the inner fetcher, after it has been written down."""
        page = self._inner.fetch(source)
        url = source.url or page.url
        if url is not None and page.complete:
            with self._lock, _named_faults(self._folder):
                folder = fixture_folder(self._folder, url)
                if not source.article:
                    save_page(folder, page, requested_url=url)
                elif not (folder / LISTING).exists():  # which does for both
                    save_page(folder, page, requested_url=url, name=ARTICLE)
        return page

    def keep(self, source: Source, page: Page, listing: Listing) -> None:
        """Write down what was found on *page*, to be checked by somebody."""
        url = source.url or page.url
        if url is not None and page.complete:
            with self._lock, _named_faults(self._folder):
                save_records(fixture_folder(self._folder, url), listing)


@contextmanager
def _named_faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(str(folder), "the page cannot be kept there") from error
