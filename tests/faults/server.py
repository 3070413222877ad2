"""Raw sockets, so that no library mends what is to be broken."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["LOOPBACK_PEM", "Answer", "FaultServer", "Request", "answer", "server_context"]

#: Key and certificate for localhost, news.example and 127.0.0.1, signed by nobody else.
LOOPBACK_PEM = Path(__file__).with_name("loopback.pem")

# No test needs more connections, or one that lasts longer.
_MOST_CONNECTIONS = 2_000
_LONGEST_S = 20.0


class Request(NamedTuple):
    """What came in."""

    path: str
    #: Names in lower case.
    headers: Mapping[str, str]
    #: When it was there, and the number of its connection.
    at: float
    connection: int


class Connection:
    """One connection, as answers see it."""

    def __init__(self, sock: socket.socket, server: FaultServer) -> None:
        self._sock = sock
        self._server = server
        #: Whether another request may follow.
        self.again = False
        self._answering = False

    def begin(self) -> None:
        """Count a request as open."""
        self._answering = True
        self._server.count(1)

    def end(self) -> None:
        """Count it no more: before its last byte is out, for the next may come right after it."""
        if self._answering:
            self._answering = False
            self._server.count(-1)

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def drip(self, data: bytes, *, every_s: float = 0.05) -> None:
        """Send *data* byte by byte, until the other side has had enough."""
        for number in range(len(data)):
            self.send(data[number : number + 1])
            self.wait(every_s)

    def wait(self, seconds: float = _LONGEST_S) -> None:
        """Do nothing, but no longer than the test."""
        if self._server.stopped.wait(seconds):
            raise ConnectionAbortedError

    def reset(self) -> None:
        """Hang up the hard way."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._sock.close()


#: Answers one request.
Answer = Callable[[Connection, Request], None]


def answer(
    body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return an answer that has nothing wrong with it."""
    lines = {"Content-Type": "text/html", "Content-Length": str(len(body)), **(headers or {})}
    head = f"HTTP/1.1 {status} Said\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())

    def send(connection: Connection, _: Request) -> None:
        connection.end()
        connection.send(head.encode("utf-8") + b"\r\n" + body)
        connection.again = True

    return send


class FaultServer:
    """Answers on 127.0.0.1 as *paths* say: 404 for the others, for robots.txt as well.

    ``requests`` are those that came; ``busiest`` is how many of them were open at once.
    """

    def __init__(
        self,
        paths: Mapping[str, Answer] | None = None,
        *,
        host: str = "127.0.0.1",
        tls: bool = False,
    ) -> None:
        self.paths = dict(paths or {})
        self.requests: list[Request] = []
        self.connections = 0
        self.busiest = 0
        self.stopped = threading.Event()
        self._open = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._tls = server_context() if tls else None
        self._listener = socket.create_server((host, 0), backlog=256)
        self._listener.settimeout(0.1)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> FaultServer:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def hits(self, path: str) -> int:
        """Return how often *path* was asked for."""
        return sum(request.path == path for request in self.requests)

    def asked(self, path: str) -> list[Request]:
        """Return the requests for *path*."""
        return [request for request in self.requests if request.path == path]

    def count(self, change: int) -> None:
        """Note that so many more requests are open."""
        with self._lock:
            self._open += change
            self.busiest = max(self.busiest, self._open)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set() and self.connections < _MOST_CONNECTIONS:
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        sock.settimeout(_LONGEST_S)
        with contextlib.suppress(OSError, ssl.SSLError):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            connection = Connection(sock, self)
            while (request := self._read(sock, number)) is not None:
                self._answer(connection, request)
                if not connection.again:
                    break
                connection.again = False
        with contextlib.suppress(OSError):
            sock.close()

    def _read(self, sock: socket.socket, number: int) -> Request | None:
        head = b""
        while b"\r\n\r\n" not in head:
            sock.settimeout(0.2)
            try:
                piece = sock.recv(65_536)
            except TimeoutError:
                if self.stopped.is_set():
                    return None
                continue
            if not piece:
                return None
            head += piece
        sock.settimeout(_LONGEST_S)
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = [line.partition(": ") for line in lines if line]
        headers = {name.lower(): value for name, _, value in pairs}
        return Request(first.split(" ")[1], headers, time.monotonic(), number)

    def _answer(self, connection: Connection, request: Request) -> None:
        self.requests.append(request)
        connection.begin()
        try:
            self.paths.get(request.path, answer(status=404))(connection, request)
        finally:
            connection.end()


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOOPBACK_PEM)
    return context
