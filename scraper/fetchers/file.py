"""Pages that are at hand: saved ones, and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from scraper.errors import FetchError
from scraper.fetchers.limits import read_body
from scraper.fixtures import Meta, read_meta
from scraper.models import Page, Source

__all__ = ["FileFetcher", "StdinFetcher"]


class FileFetcher:
    """Reads saved pages; a ``meta.toml`` beside one says where and when it came from.

    What the page says of its own address (``<link rel=canonical>``) is not believed: it is often
    that of another page, and every relative link would become a wrong one.
    """

    def fetch(self, source: Source) -> Page:
        """Return the page in the file that *source* names."""
        path = Path(source.path or "")
        try:
            with path.open("rb") as stream:
                body = read_body(stream, subject=source.name)
        except OSError as error:
            raise FetchError(source.name, "cannot be read") from error
        meta = _meta_of(path)
        return Page(
            url=source.url or meta.url,
            body=body,
            fetched_at=meta.fetched_at,
            encoding=meta.encoding,
            status=meta.status,
        )


def _meta_of(path: Path) -> Meta:
    """Return what the ``meta.toml`` beside a page says of it, if it speaks of this page."""
    beside = path.with_name("meta.toml")
    if not beside.is_file() or (path.name != "page.html" and _has_others(path)):
        return Meta()
    return read_meta(beside)


def _has_others(path: Path) -> bool:
    saved = [*path.parent.glob("*.html"), *path.parent.glob("*.htm")]
    return any(other.name != path.name for other in saved)


class StdinFetcher:
    """Reads one page from standard input."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream

    def fetch(self, source: Source) -> Page:
        """Return what comes in, up to its end."""
        stream = self._stream or _open_stdin(source)
        try:
            body = read_body(stream, subject=source.name)
        except OSError as error:
            raise FetchError(source.name, "cannot be read") from error
        return Page(url=source.url, body=body)


def _open_stdin(source: Source) -> BinaryIO:
    # A process that was started without one (`<&-`, some services) has None there.
    if sys.stdin is None:
        raise FetchError(source.name, "standard input is closed", advice="name a saved page")
    return sys.stdin.buffer
