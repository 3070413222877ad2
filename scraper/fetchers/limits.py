"""How much and how long: the limits that every fetcher keeps (PROMISES)."""

from __future__ import annotations

from typing import BinaryIO

from scraper.errors import TooLargeError

__all__ = [
    "CONNECT_S",
    "CONTACT",
    "DELAY_S",
    "FIRST_ROBOTS_BYTES",
    "IDLE_S",
    "LONGEST_URL",
    "MOST_AT_ONCE",
    "MOST_BYTES",
    "MOST_CRAWL_DELAY_S",
    "MOST_ENCODINGS",
    "MOST_HEADER_BYTES",
    "MOST_REDIRECTS",
    "MOST_ROBOTS_REDIRECTS",
    "MOST_WAIT_S",
    "MOST_WIRE_BYTES",
    "ROBOTS_FAULT_KEPT_S",
    "ROBOTS_KEPT_S",
    "TRIES",
    "WHOLE_S",
    "read_body",
    "too_large",
]

#: For name, connection and secure handshake together.
CONNECT_S = 10.0
#: Between two pieces of an answer.
IDLE_S = 15.0
#: For the whole request, redirects included; waiting for one's turn is not part of it.
WHOLE_S = 60.0
#: Of an answer, status line included.
MOST_HEADER_BYTES = 64 * 1024
#: Of a body, as it comes.
MOST_WIRE_BYTES = 10 * 1024 * 1024
#: Of a body, decompressed, and of every layer of compression inside another.
MOST_BYTES = 32 * 1024 * 1024
MOST_ENCODINGS = 2
MOST_REDIRECTS = 10
#: Longest address that is followed.
LONGEST_URL = 2_083

#: Requests for one page, the first included.
TRIES = 3
#: Longest wait before another try; a server that asks for more defers the source.
MOST_WAIT_S = 60.0
#: Between two requests to a host.
DELAY_S = 1.0
#: Requests in flight, all hosts together.
MOST_AT_ONCE = 8
#: A robots.txt that asks for more is believed this far.
MOST_CRAWL_DELAY_S = 30.0

#: What follows in a robots.txt does not count (RFC 9309 asks for at least this much).
FIRST_ROBOTS_BYTES = 500 * 1024
MOST_ROBOTS_REDIRECTS = 5
ROBOTS_KEPT_S = 24 * 3600.0
#: A robots.txt that could not be had is asked for again after this.
ROBOTS_FAULT_KEPT_S = 300.0

#: Where whoever runs a server can ask about these requests. A placeholder that is one: ``.example``
#: belongs to nobody (RFC 2606). Whoever runs the program says better, with *contact*.
CONTACT = "https://scraper.example/contact"


def read_body(stream: BinaryIO, *, subject: str) -> bytes:
    """Return what *stream* holds, or raise TooLargeError."""
    body = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise too_large(subject)
    return body


def too_large(subject: str, *, most_bytes: int = MOST_BYTES) -> TooLargeError:
    """Return the error for a page that is larger than any listing."""
    return TooLargeError(
        subject,
        f"larger than {most_bytes // 1024**2} MiB",
        advice="save the part that lists the entries, and name the file",
    )
