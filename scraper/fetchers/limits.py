"""How much and how long: the limits that every fetcher keeps (PROMISES)."""

from __future__ import annotations

from typing import BinaryIO

from scraper.errors import TooLargeError

__all__ = [
    "CONNECT_S",
    "IDLE_S",
    "MOST_BYTES",
    "MOST_REDIRECTS",
    "WHOLE_S",
    "read_body",
    "too_large",
]

CONNECT_S = 10.0
#: Between two pieces of a body.
IDLE_S = 15.0
#: For the whole request.
WHOLE_S = 60.0
MOST_REDIRECTS = 10
#: Of a body, decompressed.
MOST_BYTES = 32 * 1024 * 1024


def read_body(stream: BinaryIO, *, subject: str) -> bytes:
    """Return what *stream* holds, or raise TooLargeError."""
    body = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise too_large(subject)
    return body


def too_large(subject: str) -> TooLargeError:
    """Return the error for a page that is larger than any listing."""
    return TooLargeError(
        subject,
        f"larger than {MOST_BYTES // 1024**2} MiB",
        advice="save the part that lists the entries, and name the file",
    )
