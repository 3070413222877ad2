"""Pages in WARC archives: found, read, and replayed."""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

import ada_url
import msgspec

from scraper.errors import FetchError, IncompleteError, NotSavedError
from scraper.fetchers.faults import status_fault
from scraper.fetchers.headers import public_headers
from scraper.fetchers.limits import MOST_BYTES, MOST_HEADER_BYTES, MOST_REDIRECTS, too_large
from scraper.fetchers.stored_bodies import stored_body
from scraper.fetchers.warc import Damage, Record, WarcReader
from scraper.models import ArchivePlace, Page, Source
from scraper.urls import is_address, page_key, without_secrets

__all__ = ["ArchiveFetcher", "ArchiveReplayFetcher", "find_pages", "is_archive"]

_PAGES = frozenset(
    {
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/rss+xml",
        "application/xhtml+xml",
        "text/html",
    }
)
# What pages without a type, or with one that may mean anything, begin with.
_UNSURE = frozenset({"", "application/octet-stream", "application/xml", "text/plain", "text/xml"})
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|rss|feed|rdf:)", re.IGNORECASE
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def is_archive(path: str) -> bool:
    """Tell whether a file of that name is an archive.

    >>> is_archive("run.warc.gz"), is_archive("run.html.gz")
    (True, False)
    """
    return path.lower().endswith((".warc", ".warc.gz"))


def find_pages(path: Path) -> list[Source]:
    """Return the pages that the archive at *path* holds, each as a source, in their order.

    Pages are successful answers, and what else a record has, of HTML or a feed. What is damaged is
    a source as well: its error is the same whenever it is fetched. Raises OSError.
    """
    sources = []
    for found in _captures(path):
        if isinstance(found, Damage):
            sources.append(_source(path, found.place, None))
        elif found.is_page:
            sources.append(_source(path, found.place, found.url))
    return sources


def _source(path: Path, place: ArchivePlace, url: str | None) -> Source:
    return Source(name=f"{path}#{place.number}", path=str(path), url=url, place=place)


class ArchiveFetcher:
    """Reads pages from archives."""

    def fetch(self, source: Source) -> Page:
        """Return the page at the place in the archive that *source* names."""
        if source.place is None:
            raise FetchError(source.name, "names no page of the archive")
        try:
            with Path(source.path or "").open("rb") as stream:
                return _read_page(stream, source, source.place)
        except OSError as error:
            raise FetchError(source.name, "cannot be read") from error


class ArchiveReplayFetcher:
    """Answers from an archive, and never from the network.

    A page that was saved more than once is the one saved last; redirects are followed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def fetch(self, source: Source) -> Page:
        """Return the archived page, or raise NotSavedError."""
        url = source.url or ""
        for _ in range(MOST_REDIRECTS + 1):
            capture = self._index.get(page_key(url))
            if capture is None:
                raise self._not_saved(source, url)
            if capture.location is None:
                stored = _source(self._path, capture.place, capture.url)
                return ArchiveFetcher().fetch(msgspec.structs.replace(stored, name=source.name))
            url = capture.location
        raise FetchError(source.name, f"more than {MOST_REDIRECTS} redirects")

    @cached_property
    def _index(self) -> dict[str, _Capture]:
        """What is saved for every address, by its key."""
        found = [one for one in self._found if isinstance(one, _Capture) and one.url]
        found.sort(key=lambda one: (one.moment or _LONG_AGO, one.place.number))
        return {page_key(one.url or ""): one for one in found}

    @cached_property
    def _found(self) -> list[_Capture | Damage]:
        return list(_captures(self._path))

    def _not_saved(self, source: Source, url: str) -> FetchError:
        text = f"{without_secrets(url)} is not saved in {self._path}"
        damages = [one for one in self._found if isinstance(one, Damage)]
        if damages:
            return IncompleteError(source.name, f"{text}, of which {damages[-1]}")
        advice = f"fetch it once with --record {self._path}"
        return NotSavedError(source.name, text, advice=advice)


class _Capture(NamedTuple):
    """One answer that an archive holds, or what tells where another was asked for."""

    place: ArchivePlace
    url: str | None
    #: UTC.
    moment: datetime | None
    is_page: bool
    #: Where it leads, None if it is not a redirect.
    location: str | None = None


#: By all the names of a record: where it is, and whether it is a page.
_Pages = dict[str, tuple[ArchivePlace, bool]]
#: Of a page that is not in the archive.
_NOWHERE = ArchivePlace(number=0, byte=0)
_NO_HEAD = "its HTTP header is broken"


class _Head(NamedTuple):
    """How an answer begins."""

    status: int
    headers: Message
    #: Bytes before the body.
    length: int


def _captures(path: Path) -> Iterator[_Capture | Damage]:
    """Yield what the archive at *path* holds, in order. Raises OSError."""
    pages: _Pages = {}
    with path.open("rb") as stream:
        for record in WarcReader(stream).records(first_bytes=MOST_HEADER_BYTES):
            if isinstance(record, Damage):
                yield record
                continue
            capture = _capture(record, pages)
            if capture is not None:
                yield capture


def _capture(record: Record, pages: _Pages) -> _Capture | Damage | None:
    """Return what *record* holds for readers; *pages* are those before it, by all their names."""
    if record.kind == "metadata":
        return _led_here(record)
    if record.kind not in ("response", "resource", "conversion", "revisit"):
        return None
    if record.kind == "revisit":
        return _repeated(record, pages)
    head = _head(record)
    if head is None:
        kind = record.headers.get("content-type", "")
        return Damage(record.place, _NO_HEAD) if kind.startswith("application/http") else None
    url, moment = _url(record), _moment(record)
    location = head.headers.get("Location") if head.status in _REDIRECTS else None
    if location is not None:
        return _Capture(record.place, url, moment, is_page=False, location=_join(url, location))
    is_page = 200 <= head.status < 300 and _is_page(head.headers, record.block[head.length :])
    for name in _names(record):
        pages[name] = (record.place, is_page)
    return _Capture(record.place, url, moment, is_page)


def _repeated(record: Record, pages: _Pages) -> _Capture:
    """Return the answer that *record* says to be the same as one before."""
    first = next((pages[one] for one in _names_of_first(record) if one in pages), None)
    if first is None:
        head = _head(record)
        first = (_NOWHERE, head is not None and _is_page(head.headers, b""))
    place = msgspec.structs.replace(record.place, repeats=first[0])
    return _Capture(place, _url(record), _moment(record), first[1])


def _led_here(record: Record) -> _Capture | None:
    """Return the redirect that a record of how a page was come by tells of."""
    via = re.search(rb"^via: *(\S+)", record.block, re.MULTILINE)
    if via is None or not re.search(rb"^hopsFromSeed: *R+\s*$", record.block, re.MULTILINE):
        return None
    url = via[1].decode("utf-8", "replace")
    return _Capture(record.place, url, _moment(record), is_page=False, location=_url(record))


def _names(record: Record) -> list[str]:
    """Return what a later record may call this one."""
    headers = record.headers
    date = headers.get("warc-date", "")
    names = [headers.get("warc-record-id"), headers.get("warc-payload-digest")]
    return [one for one in names if one] + [f"{_url(record)} {date}"]


def _names_of_first(record: Record) -> list[str]:
    """Return what *record* calls the one that it repeats, the surest first."""
    headers = record.headers
    target = headers.get("warc-refers-to-target-uri", "").strip("<>")
    date = headers.get("warc-refers-to-date", "")
    names = [headers.get("warc-refers-to"), target and f"{target} {date}"]
    return [one for one in (*names, headers.get("warc-payload-digest")) if one]


def _read_page(stream: BinaryIO, source: Source, place: ArchivePlace) -> Page:
    with _named_damage(source.name):
        reader = WarcReader(stream)
        record = reader.record(place, most_bytes=MOST_BYTES + MOST_HEADER_BYTES)
        first = record
        if place.repeats == _NOWHERE:
            text = f"{place} repeats a page that is not in the archive"
            raise NotSavedError(source.name, text)
        if place.repeats is not None:
            first = reader.record(place.repeats, most_bytes=MOST_BYTES + MOST_HEADER_BYTES)
        head = _head(first)
        if head is None:
            raise Damage(first.place, _NO_HEAD)
    if first.length > len(first.block):
        raise too_large(source.name)
    if not 200 <= head.status < 300:
        raise status_fault(head.status, source.name)
    whole = "warc-truncated" not in first.headers
    body = stored_body(first.block[head.length :], head.headers, subject=source.name, whole=whole)
    url = source.url or _url(record)
    return Page(
        url=without_secrets(url) if url else None,
        body=body,
        fetched_at=_moment(record),
        encoding=head.headers.get_content_charset() or None,
        status=head.status,
        headers=public_headers(head.headers.items()),
        complete=whole,
    )


@contextmanager
def _named_damage(subject: str) -> Iterator[None]:
    try:
        yield
    except Damage as damage:
        advice = "get the archive anew; what is whole in it was read"
        raise IncompleteError(subject, str(damage), advice=advice) from None


def _head(record: Record) -> _Head | None:
    """Return how the answer in *record* begins, None where it has none."""
    if record.kind in ("resource", "conversion"):
        headers = Message()
        headers["Content-Type"] = " ".join(record.headers.get("content-type", "").split())
        return _Head(200, headers, 0)
    stream = io.BytesIO(record.block)
    status = re.fullmatch(rb"HTTP/[0-9.]+ +([0-9]{3})\b.*\s", stream.readline(MOST_HEADER_BYTES))
    if status is None:
        return None
    try:
        headers = http.client.parse_headers(stream)
    except http.client.HTTPException:
        return None
    return _Head(int(status[1]), headers, stream.tell())


def _is_page(headers: Message, start: bytes) -> bool:
    kind = headers.get_content_type() if "Content-Type" in headers else ""
    return kind in _PAGES or (kind in _UNSURE and _START.match(start) is not None)


def _url(record: Record) -> str | None:
    # Some write it in angle brackets, as the grammar of WARC/1.0 had it by mistake.
    url = record.headers.get("warc-target-uri", "").strip("<>")
    return url if is_address(url) else None


def _moment(record: Record) -> datetime | None:
    """Return the record's date, which is in UTC; None for one that is no date."""
    try:
        moment = datetime.fromisoformat(record.headers.get("warc-date", ""))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _join(url: str | None, location: str) -> str:
    try:
        return str(ada_url.URL(location, base=url or None).href)
    except ValueError:
        return location
