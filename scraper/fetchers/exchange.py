"""One request and its answer: how long it may take and how much may come."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scraper.errors import TooLargeError, TooSlowError
from scraper.fetchers.limits import MOST_HEADER_BYTES, MOST_WIRE_BYTES, too_large

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["ConnectTooSlowError", "Deadline", "Exchange", "TimedSocket"]

_BUFFER = 64 * 1024


class ConnectTooSlowError(TooSlowError):
    """There was not even a connection."""


class Deadline:
    """The moment at which a request ends, whatever the server does."""

    def __init__(self, whole_s: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.whole_s = whole_s
        self._monotonic = monotonic
        self._end = monotonic() + whole_s

    def left_s(self) -> float:
        """Return the seconds that are left, below zero when it has passed."""
        return self._end - self._monotonic()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let time pass that is not the server's: waiting for one's turn."""
        began = self._monotonic()
        try:
            yield
        finally:
            self._end += self._monotonic() - began


class Exchange:
    """What one request may still use, asked before every single read and write.

    A client's own timeout starts anew with each byte, so that a server which sends one every few
    seconds holds it for ever. Errors are raised as they are, past the libraries in between.
    """

    def __init__(
        self, subject: str, deadline: Deadline, *, connect_s: float, idle_s: float
    ) -> None:
        self.subject = subject
        self.deadline = deadline
        self.connect_s = connect_s
        self.idle_s = idle_s
        #: Bytes that came, headers included.
        self.received = 0
        self.connected = False
        self.in_head = True
        #: Whether the answer came to its end, so that the connection may serve another request.
        self.finished = False
        self._head = 0

    def check(self) -> None:
        """Raise TooSlowError if the deadline has passed."""
        if self.deadline.left_s() <= 0:
            raise self.too_slow()

    def wait_s(self, most_s: float) -> float:
        """Return how long to wait for something that may take *most_s*."""
        self.check()
        return min(most_s, self.deadline.left_s())

    def too_slow(self) -> TooSlowError:
        """Return the error for the limit that has passed."""
        if not self.connected:
            return ConnectTooSlowError(
                self.subject, "no connection in time", advice="try again later"
            )
        if self.deadline.left_s() > 0:
            return TooSlowError(self.subject, "no answer in time", advice="try again later")
        what = "no whole answer" if self.in_head else "the body went on and on, no end"
        message = f"{what} within {self.deadline.whole_s:g} s"
        return TooSlowError(self.subject, message, advice="raise --timeout")

    def receive(self, sock: socket.socket, buffer: WriteableBuffer) -> int:
        """Read what there is into *buffer*, or wait for it."""
        sock.settimeout(self.wait_s(self.idle_s))
        try:
            count = sock.recv_into(buffer)
        except TimeoutError:
            raise self.too_slow() from None
        self.received += count
        if self.received - self._head > MOST_WIRE_BYTES + _BUFFER:
            raise too_large(self.subject, most_bytes=MOST_WIRE_BYTES)
        return count

    def send(self, sock: socket.socket, data: bytes) -> None:
        """Write all of *data*."""
        sock.settimeout(self.wait_s(self.idle_s))
        try:
            sock.sendall(data)
        except TimeoutError:
            raise self.too_slow() from None

    def count_line(self, length: int) -> None:
        """Count a line of a status and its headers."""
        if not self.in_head:
            return
        self._head += length
        if self._head > MOST_HEADER_BYTES:
            raise TooLargeError(
                self.subject, f"its headers are larger than {MOST_HEADER_BYTES // 1024} KiB"
            )


class TimedSocket:
    """A connected socket, as far as http.client and urllib3 use one, under an Exchange."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock = sock
        self.exchange = exchange

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - always "rb"
        """Return a reader of one answer."""
        return _HeadReader(_RawReader(self._sock, self.exchange), _BUFFER)

    def sendall(self, data: bytes) -> None:
        """Write all of *data*."""
        self.exchange.send(self._sock, data)

    def settimeout(self, _: object) -> None:
        """Do nothing: the exchange knows better."""

    def fileno(self) -> int:
        """Return the number that the system knows it by."""
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        """End what is under way, from whichever thread."""
        # Not that of a secure socket, which would take its state away from under a reader.
        socket.socket.shutdown(self._sock, how)

    def close(self) -> None:
        """Give the connection up."""
        self._sock.close()


class _RawReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock = sock
        self._exchange = exchange
        # http.client closes the socket of a last answer before it reads that; this keeps it open.
        self._hold = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._exchange.receive(self._sock, buffer)

    def close(self) -> None:
        self._hold.close()
        super().close()


class _HeadReader(io.BufferedReader):
    def __init__(self, raw: _RawReader, size: int) -> None:
        super().__init__(raw, size)
        self._exchange = raw._exchange

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self._exchange.count_line(len(line))
        return line
