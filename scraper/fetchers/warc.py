"""WARC files (ISO 28500): records read by length and count, and written so that they can be.

Read here and not by a library because those take a record that is cut off for a whole one, or for
the end of the file: of the fourteen kinds of damage in tests/test_fetchers_archive.py, warcio 1.8
lets four pass without a word and fastwarc 2.0 eight, and neither says at which byte the others are.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from scraper.models import ArchivePlace

__all__ = ["Damage", "Record", "WarcReader", "record_bytes"]

# Compressed bytes that are read at once, and what comes of them at most.
_PIECE = 64 * 1024
_MOST_HEADER_BYTES = 64 * 1024
_END = b"\r\n\r\n"
_VERSION = re.compile(rb"WARC/[01]\.[0-9]{1,2}\r?\n")
_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})


class Damage(Exception):  # noqa: N818 - what is wrong with a file, told by whoever knows its name
    """A record that is not whole, or whose bytes are not those that were written."""

    def __init__(self, place: ArchivePlace, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


class Record(NamedTuple):
    """One record, its block as far as was asked for."""

    place: ArchivePlace
    #: Names in lower case.
    headers: Mapping[str, str]
    #: The first bytes of what the record is about, or all of them.
    block: bytes
    #: How many there are.
    length: int
    #: Whether they are those that were written, as far as the record tells.
    sound: bool

    @property
    def kind(self) -> str:
        """What the record is: ``response``, ``revisit`` and the like."""
        return self.headers.get("warc-type", "").lower()


class _BrokenError(Exception):
    """A record that cannot be read on."""


class WarcReader:
    """Reads the records of a stream that can be sought, compressed with gzip or not.

    Each record is counted to its announced end and must be followed by the end of record; members
    of gzip must be whole, and digests those of the block. Raises Damage for whatever is not.
    """

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        gzip = stream.read(2) == b"\x1f\x8b"
        self._input: _Input = _GzipInput(stream) if gzip else _Input(stream)

    def records(self, *, first_bytes: int) -> Iterator[Record | Damage]:
        """Yield every record in order, with the first bytes of its block, and what is damaged.

        A record whose bytes are others than those written is a Damage among others; one that is
        cut off, or without a readable header, is the last.
        """
        self._input.seek(0, 0)
        number = 1
        while True:
            try:
                record = self._next(number, first_bytes)
            except Damage as damage:
                yield damage
                return
            if record is None:
                return
            yield record if record.sound else _changed(record)
            number += 1

    def record(self, place: ArchivePlace, *, most_bytes: int) -> Record:
        """Return the record at *place*, its block up to *most_bytes*; raise Damage."""
        try:
            self._input.seek(place.byte, place.skip)
        except _BrokenError as fault:
            raise Damage(place, str(fault)) from None
        record = self._next(place.number, most_bytes)
        if record is None:
            raise Damage(place, "it is missing")
        if not record.sound:
            raise _changed(record)
        return record

    def _next(self, number: int, first_bytes: int) -> Record | None:
        place = None
        try:
            if self._input.at_end():
                return None
            place = self._place(number)
            return self._read(place, first_bytes)
        except _BrokenError as fault:
            raise Damage(place or self._place(number), str(fault)) from None

    def _place(self, number: int) -> ArchivePlace:
        return ArchivePlace(number=number, byte=self._input.byte, skip=self._input.skip)

    def _read(self, place: ArchivePlace, first_bytes: int) -> Record:
        headers = self._read_headers()
        length = headers.get("content-length", "")
        if not re.fullmatch(r"[0-9]{1,18}", length):
            raise _BrokenError("its header tells no length")
        digest = _Digest(headers.get("warc-block-digest"))
        block = self._read_block(int(length), first_bytes, digest)
        # A wrong length is found here: what follows is no end.
        end = self._input.read(len(_END))
        if end != _END:
            short = _END.startswith(end)
            raise _BrokenError("its end is missing" if short else "its length is wrong")
        # The check sum of a gzip member belongs to the record that it is around.
        self._input.end_record()
        return Record(place, headers, block, int(length), digest.matches())

    def _read_headers(self) -> dict[str, str]:
        if not _VERSION.fullmatch(self._input.readline(16)):
            raise _BrokenError("its header is broken")
        headers: dict[str, str] = {}
        name, left = "", _MOST_HEADER_BYTES
        while (line := self._input.readline(left)).strip(b"\r\n"):
            left -= len(line)
            if not line.endswith(b"\n"):
                raise _BrokenError("its header is cut off" if left else "its header is too long")
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text[0] in " \t" and name:
                headers[name] += f" {text.strip()}"
                continue
            name, colon, value = text.partition(":")
            if not colon:
                raise _BrokenError("its header is broken")
            name = name.strip().lower()
            headers[name] = value.strip()
        if not line:
            raise _BrokenError("its header is cut off")
        return headers

    def _read_block(self, length: int, first_bytes: int, digest: _Digest) -> bytes:
        kept = bytearray()
        left = length
        while left:
            piece = self._input.read(min(left, _PIECE))
            if not piece:
                raise _BrokenError(f"{left} of {length} bytes are missing")
            digest.update(piece)
            left -= len(piece)
            kept += piece[: max(first_bytes - len(kept), 0)]
        return bytes(kept)


def _changed(record: Record) -> Damage:
    return Damage(record.place, "its bytes are not those of its digest")


class _Input:
    """The bytes of a file that is not compressed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._used = 0
        #: Where the next byte is: see ArchivePlace.
        self.byte = 0
        self.skip = 0

    def seek(self, byte: int, skip: int) -> None:
        """Go to a place."""
        self._stream.seek(byte)
        self._buffer, self._used = b"", 0
        self.byte, self.skip = byte, 0
        while skip:
            piece = self.read(min(skip, _PIECE))
            if not piece:
                raise _BrokenError("it is missing")
            skip -= len(piece)

    def at_end(self) -> bool:
        """Tell whether nothing more comes."""
        return self._used == len(self._buffer) and not self._fill()

    def end_record(self) -> None:
        """Read what belongs to the record before and is no part of it."""

    def read(self, size: int) -> bytes:
        """Return *size* bytes, or fewer where the file ends."""
        pieces = []
        while size and not self.at_end():
            piece = self._buffer[self._used : self._used + size]
            self._advance(len(piece))
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int) -> bytes:
        """Return a line with its end, at most *size* bytes of it."""
        line = b""
        while len(line) < size and not self.at_end():
            stop = self._buffer.find(b"\n", self._used) + 1 or len(self._buffer)
            line += self.read(min(stop - self._used, size - len(line)))
            if line.endswith(b"\n"):
                break
        return line

    def _advance(self, count: int) -> None:
        self._used += count
        self.byte += count

    def _fill(self) -> bool:
        self._buffer, self._used = self._stream.read(_PIECE), 0
        return bool(self._buffer)


class _GzipInput(_Input):
    """The bytes of a file of gzip members, as a rule one for each record."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._member = _new_member()
        self._raw = b""

    def seek(self, byte: int, skip: int) -> None:
        """Go to a place; what lies before it in its member is read again."""
        self._member, self._raw = _new_member(), b""
        super().seek(byte, skip)

    def _advance(self, count: int) -> None:
        self._used += count
        self.skip += count

    def _fill(self) -> bool:
        """Get more of this member or of the next; False at the end of the file."""
        while not self._go_on():
            self.byte, self.skip = self._consumed(), 0
            self._raw = self._raw or self._stream.read(_PIECE)
            if not self._raw:
                return False
            self._member = _new_member()
        return True

    def end_record(self) -> None:
        """Read the check sum of a member that has nothing else left."""
        if self._used == len(self._buffer):
            self._go_on()

    def _go_on(self) -> bool:
        """Get more of this member; False at its end."""
        while not self._member.eof:
            self._raw = self._raw or self._stream.read(_PIECE)
            if not self._raw:
                raise _BrokenError("its compressed bytes are cut off")
            try:
                piece = self._member.decompress(self._raw, _PIECE)
            except zlib.error:
                raise _BrokenError("its compressed bytes are broken") from None
            self._raw = self._member.unconsumed_tail or self._member.unused_data
            if piece:
                self._buffer, self._used = piece, 0
                return True
        return False

    def _consumed(self) -> int:
        return self._stream.tell() - len(self._raw)


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


class _Digest:
    """A digest such as ``sha1:3I42H3S6…``, in base 32 or 16; unknown ones are believed."""

    def __init__(self, header: str | None) -> None:
        algorithm, _, self._value = (header or "").partition(":")
        name = algorithm.strip().lower().replace("-", "")
        known = name in _ALGORITHMS
        self._hash = hashlib.new(name, usedforsecurity=False) if known else None

    def update(self, piece: bytes) -> None:
        """Count *piece* in."""
        if self._hash is not None:
            self._hash.update(piece)

    def matches(self) -> bool:
        """Tell whether all that was counted in is what the digest is of."""
        if self._hash is None:
            return True
        text = self._value.strip()
        readers: tuple[Callable[[str], bytes], ...] = (_base_32, binascii.unhexlify)
        for read in readers:
            try:
                if read(text) == self._hash.digest():
                    return True
            except ValueError:
                continue
        return False


def _base_32(text: str) -> bytes:
    bare = text.rstrip("=").upper()
    return base64.b32decode(bare + "=" * (-len(bare) % 8))


def record_bytes(
    kind: str, block: bytes, *, content_type: str, moment: datetime, url: str | None = None
) -> bytes:
    """Return a record of WARC/1.1; the same one for the same arguments, its id included.

    >>> made = record_bytes("warcinfo", b"", content_type="text/x", moment=datetime(2024, 3, 5))
    >>> made.splitlines()[:3]
    [b'WARC/1.1', b'WARC-Type: warcinfo', b'WARC-Date: 2024-03-05T00:00:00Z']
    """
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    date = f"{utc.replace(tzinfo=None).isoformat()}Z"
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url} {date} {digest}")
    fields = {
        "WARC-Type": kind,
        "WARC-Date": date,
        "WARC-Record-ID": f"<urn:uuid:{name}>",
        "WARC-Target-URI": url,
        "WARC-Block-Digest": f"sha1:{digest}",
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
    }
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + block + _END
