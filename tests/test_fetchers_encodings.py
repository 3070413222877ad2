"""Content encodings, undone in pieces of any size."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetchers.encodings import (
    BrokenEncodingError,
    OversizeError,
    UnknownEncodingError,
    decode,
    split_encodings,
    zstd,
)

PAGE = bytes(range(256)) * 3_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED = {
    "gzip": (gzip.compress(PAGE), ["gzip"]),
    "x-gzip": (gzip.compress(PAGE), ["x-gzip"]),
    "gzip, members": (
        gzip.compress(PAGE[:9]) + gzip.compress(b"") + gzip.compress(PAGE[9:]),
        ["gzip"],
    ),
    "deflate": (zlib.compress(PAGE), ["deflate"]),
    "deflate, raw": (raw_deflate(PAGE), ["deflate"]),
    "br": (brotli.compress(PAGE), ["br"]),
    "zstd": (zstd.compress(PAGE), ["zstd"]),
    "zstd, frames": (zstd.compress(PAGE[:9]) + zstd.compress(PAGE[9:]), ["zstd"]),
    "br in gzip": (gzip.compress(brotli.compress(PAGE)), ["br", "gzip"]),
    "gzip in zstd": (zstd.compress(gzip.compress(PAGE)), ["gzip", "zstd"]),
    "nothing": (PAGE, []),
}


def undo(data: bytes, encodings: list[str], *, size: int, most: int = 2**20) -> bytes:
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(decode(pieces, encodings, most_bytes=most))


@pytest.mark.parametrize("size", [1, 7, 1_000, 65_536])
@pytest.mark.parametrize("name", PACKED)
def test_a_page_comes_back_whole(name, size):
    packed, encodings = PACKED[name]
    if size == 1 and len(packed) > 50_000:
        size = 100
    assert undo(packed, encodings, size=size) == PAGE


@pytest.mark.parametrize("size", [1, 65_536])
@pytest.mark.parametrize("name", [name for name in PACKED if name != "nothing"])
def test_a_page_that_was_cut_off_is_broken(name, size):
    packed, encodings = PACKED[name]
    with pytest.raises(BrokenEncodingError):
        undo(packed[:-3], encodings, size=size)


@pytest.mark.parametrize("name", PACKED)
def test_a_page_may_be_as_large_as_is_allowed_and_no_larger(name):
    packed, encodings = PACKED[name]
    # Layers may be as large as the page, and are smaller.
    assert undo(packed, encodings, size=999, most=len(PAGE)) == PAGE
    with pytest.raises(OversizeError):
        undo(packed, encodings, size=999, most=len(PAGE) - 1)


@pytest.mark.parametrize("padding", [b"\0" * 9, b"\r\n", b"<!-- -->" * 9_999])
def test_padding_after_gzip_is_left_out(padding):
    assert undo(gzip.compress(b"news") + padding, ["gzip"], size=10) == b"news"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_no_body_at_all_is_an_empty_one(encoding):
    assert undo(b"", [encoding], size=1) == b""


def test_an_unknown_encoding_is_named():
    with pytest.raises(UnknownEncodingError, match="rot13"):
        undo(b"arjf", ["rot13"], size=9)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (None, []),
        ("", []),
        ("utf-8", []),
        ("identity, GZip", ["gzip"]),
        ("br,gzip", ["br", "gzip"]),
    ],
)
def test_encodings_are_read_from_their_header(header, names):
    assert split_encodings(header) == names


@given(
    st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.integers(1, 9)
)
def test_any_bytes_end_in_bytes_or_in_a_named_error(data, encoding, size):
    with contextlib.suppress(BrokenEncodingError, OversizeError):
        undo(data, [encoding], size=size)
