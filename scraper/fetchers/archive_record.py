"""Pages kept in a WARC archive while they are fetched."""

from __future__ import annotations

import gzip
import http
import os
import threading
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import ExportError
from scraper.exporters.atomic import resolve_target
from scraper.fetchers.headers import SECRET_HEADERS
from scraper.fetchers.warc import Damage, WarcReader, record_bytes
from scraper.models import Page, Source
from scraper.urls import page_key, without_secrets

if TYPE_CHECKING:
    from scraper.pipeline import Fetcher

__all__ = ["ArchiveRecorder"]

# What speaks of a body as it came, not as it is kept.
_OF_TRANSFER = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "trailer"}
    | {"transfer-encoding", "upgrade"}
)


class ArchiveRecorder:
    """Keeps what another fetcher gets behind what the archive at *path* holds.

    Kept are the status, the headers but for secret ones, and the body as it was read; of redirects,
    the address that was asked for. What a browser has made of a page is kept as a conversion, which
    it is. A page of unknown address or time, or one that was cut off, is not kept.

    Each record is written at once, as a member of gzip where the name ends in ``.gz``, so that one
    that was cut off costs no other; the same pages give the same bytes.
    """

    def __init__(self, inner: Fetcher, path: Path) -> None:
        self._inner = inner
        self._path = resolve_target(path)
        self._lock = threading.Lock()
        self._check()

    def fetch(self, source: Source) -> Page:
        """Return the page of the inner fetcher, after it has been written down."""
        page = self._inner.fetch(source)
        if page.url is not None and page.fetched_at is not None and page.complete:
            records = _records(source, page, page.fetched_at)
            with self._lock:
                self._append(records, page.fetched_at)
        return page

    def _check(self) -> None:
        """Refuse to write behind what could not be told from it."""
        try:
            with self._path.open("rb") as stream:
                damages = [
                    one
                    for one in WarcReader(stream).records(first_bytes=0)
                    if isinstance(one, Damage)
                ]
        except FileNotFoundError:
            return
        except OSError as error:
            raise ExportError(str(self._path), "cannot be read") from error
        if damages:
            raise ExportError(str(self._path), str(damages[-1]), advice="name another file")

    def _append(self, records: list[bytes], moment: datetime) -> None:
        try:
            with self._path.open("ab") as stream:
                size = os.fstat(stream.fileno()).st_size
                if not size:
                    records = [_about(moment), *records]
                try:
                    stream.write(b"".join(map(self._packed, records)))
                    stream.flush()
                except OSError:
                    # A part of a record would hide all that is written later.
                    os.ftruncate(stream.fileno(), size)
                    raise
        except OSError as error:
            raise ExportError(str(self._path), "the page cannot be kept there") from error

    def _packed(self, record: bytes) -> bytes:
        return gzip.compress(record, mtime=0) if self._path.suffix.lower() == ".gz" else record


def _about(moment: datetime) -> bytes:
    text = f"software: scraper/{version('scraper')}\r\nformat: WARC File Format 1.1\r\n"
    kind = "application/warc-fields"
    return record_bytes("warcinfo", text.encode(), content_type=kind, moment=moment)


def _records(source: Source, page: Page, moment: datetime) -> list[bytes]:
    url = without_secrets(page.url or "")
    if source.render:
        kind = page.headers.get("content-type") or _content_type(page)
        made = record_bytes("conversion", page.body, content_type=kind, moment=moment, url=url)
    else:
        kind = "application/http; msgtype=response"
        block = _head(page) + page.body
        made = record_bytes("response", block, content_type=kind, moment=moment, url=url)
    asked = without_secrets(source.url or "")
    if not asked or page_key(asked) == page_key(url):
        return [made]
    # As Heritrix tells of redirects: how a page was come by.
    text = f"via: {asked}\r\nhopsFromSeed: R\r\n".encode()
    kind = "application/warc-fields"
    return [made, record_bytes("metadata", text, content_type=kind, moment=moment, url=url)]


def _head(page: Page) -> bytes:
    headers = {
        name: without_secrets(" ".join(value.split()))
        for name, value in page.headers.items()
        if name.lower() not in SECRET_HEADERS | _OF_TRANSFER
    }
    headers.setdefault("content-type", _content_type(page))
    headers["content-length"] = str(len(page.body))
    try:
        phrase = http.HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _content_type(page: Page) -> str:
    return f"text/html; charset={page.encoding}" if page.encoding else "text/html"
