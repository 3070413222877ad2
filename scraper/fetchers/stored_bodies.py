"""Bodies as archives have them: chunked and compressed, or not any more."""

from __future__ import annotations

import re
from email.message import Message

from scraper.errors import FetchError, IncompleteError
from scraper.fetchers.encodings import (
    BrokenEncodingError,
    OversizeError,
    UnknownEncodingError,
    decode,
    split_encodings,
)
from scraper.fetchers.limits import MOST_BYTES, MOST_ENCODINGS, too_large

__all__ = ["stored_body"]

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


def stored_body(body: bytes, headers: Message, *, subject: str, whole: bool = True) -> bytes:
    """Return *body* as a reader of the page would have it.

    Programs that archive what a browser or a library gave them keep headers that speak of chunks
    and compression, but no chunks and nothing compressed; what is undone already stays as it is.
    Raises IncompleteError for one that ends early; one that is known not to be *whole* may be
    shorter than its header says.
    """
    encodings = split_encodings(headers.get("Content-Encoding"))
    if len(encodings) > MOST_ENCODINGS:
        raise FetchError(subject, f"encoded more than {MOST_ENCODINGS} times")
    try:
        pieces = _unchunked(body) if _is_chunked(headers) else None
        if pieces is None:
            pieces = body
            if whole and not _is_undone(body, encodings):
                _check_length(body, headers)
        if _is_undone(pieces, encodings):
            encodings = []
        return b"".join(decode([pieces], encodings, most_bytes=MOST_BYTES))
    except BrokenEncodingError as error:
        raise IncompleteError(subject, f"the stored page is not whole: {error}") from None
    except OversizeError:
        raise too_large(subject) from None
    except UnknownEncodingError as error:
        raise FetchError(subject, f'its encoding is not known: "{error}"') from None


def _is_chunked(headers: Message) -> bool:
    return "chunked" in str(headers.get("Transfer-Encoding", "")).lower()


def _unchunked(body: bytes) -> bytes | None:
    """Return the chunks of *body* together, or None where there are none."""
    pieces: list[bytes] = []
    at = 0
    while (match := _CHUNK.match(body, at)) is not None:
        size = int(match[1], 16)
        if not size:
            return b"".join(pieces)
        piece = body[match.end() : match.end() + size]
        if len(piece) < size:
            raise BrokenEncodingError("its last chunk is cut off")
        pieces.append(piece)
        at = match.end() + size
        at += 2 if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
    if pieces:
        raise BrokenEncodingError("a chunk is missing")
    return None


def _check_length(body: bytes, headers: Message) -> None:
    announced = str(headers.get("Content-Length", "")).strip()
    if not announced.isascii() or not announced.isdecimal():
        return
    missing = int(announced[:18]) - len(body)
    if missing > 0:
        raise BrokenEncodingError(f"{missing} of {announced} bytes are missing")


def _is_undone(body: bytes, encodings: list[str]) -> bool:
    """Tell whether *body* is none of *encodings* any more, which only one of its first bytes can.

    >>> _is_undone(b"<html>", ["br"]), _is_undone(b"<html>", [])
    (True, False)
    """
    if not encodings:
        return False
    magic = _MAGIC.get(encodings[-1])
    if magic is not None:
        return not body.startswith(magic)
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"{")
