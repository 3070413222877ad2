"""Content encodings, undone piece by piece so that no bomb goes off."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "ACCEPT_ENCODING",
    "BrokenEncodingError",
    "OversizeError",
    "UnknownEncodingError",
    "decode",
    "split_encodings",
]

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
# Largest piece that comes out of a decoder at once.
_STEP = 256 * 1024
# What servers write that have encoded nothing.
_NOTHING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit"})
# RFC 9659: the largest window that may be sent over HTTP, 8 MiB. A frame can ask for 128.
_ZSTD_WINDOW_LOG = 23


class BrokenEncodingError(ValueError):
    """The bytes are not what their encoding says, or end too early."""


class OversizeError(ValueError):
    """More comes out than is allowed."""


class UnknownEncodingError(ValueError):
    """An encoding that nobody here can undo; its name is the message."""


class _Decoder(Protocol):
    @property
    def ended(self) -> bool:
        """Whether nothing is missing."""
        ...

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes of *data*, in pieces of a bounded size."""
        ...


def split_encodings(header: str | None) -> list[str]:
    """Return the encodings that a Content-Encoding header names, in the order applied.

    >>> split_encodings("GZIP, identity, br")
    ['gzip', 'br']
    """
    names = [name.strip().lower() for name in (header or "").split(",")]
    return [name for name in names if name not in _NOTHING]


def decode(
    pieces: Iterable[bytes], encodings: Iterable[str], *, most_bytes: int
) -> Iterator[bytes]:
    """Yield *pieces* with *encodings* undone, the last applied first.

    No layer gives more than *most_bytes*, so that neither memory nor time depends on what is
    packed. Raises OversizeError, BrokenEncodingError or UnknownEncodingError.

    >>> b"".join(decode([zlib.compress(b"ab")], ["deflate"], most_bytes=2))
    b'ab'
    """
    decoders = [_make_decoder(name) for name in encodings]
    stream = iter(pieces)
    for decoder in reversed(decoders):
        stream = _limit(_undo(stream, decoder), most_bytes)
    return _limit(stream, most_bytes)


def _make_decoder(name: str) -> _Decoder:
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise UnknownEncodingError(name[:40])


def _undo(pieces: Iterator[bytes], decoder: _Decoder) -> Iterator[bytes]:
    fed = False
    for piece in pieces:
        fed = fed or bool(piece)
        try:
            yield from decoder.feed(piece)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise BrokenEncodingError(str(error)) from error
    if fed and not decoder.ended:
        raise BrokenEncodingError("the end is missing")


def _limit(pieces: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    left = most_bytes
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise OversizeError
        yield piece


class _Gzip:
    """Any number of members; what follows the last one and is none is padding."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._padding = False

    @property
    def ended(self) -> bool:
        return self._member.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._padding:
            if self._member.eof:
                if data[0] != 0x1F:
                    self._padding = True
                    return
                self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _inflate(self._member, data)
            data = self._member.unused_data


class _Deflate:
    """RFC 1950, or RFC 1951 as many servers send."""

    def __init__(self) -> None:
        self._start = b""
        self._inner: zlib._Decompress | None = None

    @property
    def ended(self) -> bool:
        return self._inner is not None and self._inner.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            data = self._start = self._start + data
            if len(data) < 2:
                return
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._inner = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        if not self._inner.eof:
            yield from _inflate(self._inner, data)


def _inflate(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        piece = member.decompress(data, _STEP)
        if piece:
            yield piece
        data = member.unconsumed_tail
        # A full piece may have left something behind even when all input is used.
        if member.eof or (not data and len(piece) < _STEP):
            return


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._inner.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self.ended:
            piece: bytes = self._inner.process(data, output_buffer_limit=_STEP)
            yield piece
            data = b""
            # It says that it can accept more while there is still something to come.
            if len(piece) < _STEP and self._inner.can_accept_more_data():
                return


class _Zstd:
    """Any number of frames, none with a window that would take much memory."""

    def __init__(self) -> None:
        self._frame = _new_frame()

    @property
    def ended(self) -> bool:
        return self._frame.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._frame.eof:
                if not data:
                    return
                self._frame = _new_frame()
            piece = self._frame.decompress(data, max_length=_STEP)
            if piece:
                yield piece
            if self._frame.eof:
                data = self._frame.unused_data
            elif self._frame.needs_input:
                return
            else:
                data = b""


def _new_frame() -> zstd.ZstdDecompressor:
    largest: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=largest)
