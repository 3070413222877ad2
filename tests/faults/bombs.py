"""Small answers that become large ones."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

import brotli

from faults.server import Answer, answer
from scraper.fetchers.encodings import zstd

__all__ = ["BOMBS", "make_bomb"]

_MIB = b"\0" * 1024**2
#: What comes out, in MiB.
_SIZE = 150


def _gzip(mib: int = _SIZE) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(_MIB) for _ in range(mib)) + packer.flush()


def _brotli() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(_MIB) for _ in range(_SIZE)) + packer.finish()


def _zstd(window_log: int) -> bytes:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return b"".join(packer.compress(_MIB) for _ in range(_SIZE)) + packer.flush()


_MAKERS = {
    "gzip": (_gzip, "gzip"),
    "deflate": (lambda: zlib.compress(_MIB * 64), "deflate"),
    "br": (_brotli, "br"),
    "zstd": (lambda: _zstd(21), "zstd"),
    "zstd-window": (lambda: _zstd(27), "zstd"),
    "gzip-gzip": (lambda: gzip.compress(_gzip()), "gzip, gzip"),
    "br-gzip": (lambda: gzip.compress(_brotli()), "br, gzip"),
    # The inner layer of a chain gives nothing, for ever.
    "nothing-gzip": (lambda: gzip.compress(gzip.compress(b"") * 2_000_000, 1), "gzip, gzip"),
    "members": (lambda: gzip.compress(_MIB) * _SIZE, "gzip"),
    "empty-members": (lambda: gzip.compress(b"") * 500_000, "gzip"),
    "chain-of-three": (lambda: gzip.compress(gzip.compress(_gzip())), "gzip, gzip, gzip"),
    "wire": (lambda: b"<li>" * (4 * 1024**2), "identity"),
}
#: Names; each is a path with a slash before it.
BOMBS = tuple(_MAKERS)


@cache
def make_bomb(name: str) -> Answer:
    """Return the answer that carries the bomb *name*."""
    make, encoding = _MAKERS[name]
    return answer(make(), headers={"Content-Encoding": encoding})
