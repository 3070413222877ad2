"""The body of an answer: all of it, or how much was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from urllib3.exceptions import InvalidChunkLength
from urllib3.response import HTTPResponse

from scraper.errors import FetchError
from scraper.fetchers.encodings import OversizeError, UnknownEncodingError, decode, split_encodings
from scraper.fetchers.exchange import Exchange
from scraper.fetchers.limits import MOST_ENCODINGS, too_large

__all__ = ["read_start", "read_whole"]

_PIECE = 64 * 1024


def read_whole(response: HTTPResponse, exchange: Exchange, *, most_bytes: int) -> bytes:
    """Return the body decoded, or raise: TooLargeError, TooSlowError, what tells of a short one."""
    body = bytearray()
    try:
        for piece in _decoded_pieces(response, exchange, most_bytes):
            body += piece
    except OversizeError:
        raise too_large(exchange.subject, most_bytes=most_bytes) from None
    exchange.finished = True
    return bytes(body)


def read_start(response: HTTPResponse, exchange: Exchange, *, first_bytes: int) -> bytes:
    """Return the body decoded, or its first bytes where it has more of them."""
    body = bytearray()
    # One step more than is wanted is not too much: the pieces are small.
    for piece in _decoded_pieces(response, exchange, 2 * first_bytes + _PIECE * 8):
        body += piece
        if len(body) >= first_bytes:
            return bytes(body[:first_bytes])
    exchange.finished = True
    return bytes(body)


def _decoded_pieces(response: HTTPResponse, exchange: Exchange, most_bytes: int) -> Iterator[bytes]:
    encodings = split_encodings(response.headers.get("Content-Encoding"))
    if len(encodings) > MOST_ENCODINGS:
        raise FetchError(exchange.subject, f"encoded more than {MOST_ENCODINGS} times")
    transfer = response.headers.get("Transfer-Encoding", "chunked").strip().lower()
    if transfer not in ("chunked", "identity"):
        # http.client would take the sizes of the chunks for part of the page.
        raise FetchError(exchange.subject, "its transfer encoding is not known")
    try:
        for piece in decode(_wire_pieces(response), encodings, most_bytes=most_bytes):
            yield piece
            exchange.check()
    except UnknownEncodingError as error:
        raise FetchError(exchange.subject, f'its encoding is not known: "{error}"') from None


def _wire_pieces(response: HTTPResponse) -> Iterator[bytes]:
    try:
        yield from response.stream(_PIECE, decode_content=False)
    except ValueError as error:
        # urllib3 2.8 takes "-4" for the size of a chunk, and stumbles over it later.
        raise InvalidChunkLength(response, b"") from error
