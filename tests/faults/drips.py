"""Servers that never come to an end."""

from __future__ import annotations

from faults.server import Answer, Connection, Request

__all__ = ["DRIPS"]

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _silence(connection: Connection, _: Request) -> None:
    connection.wait()


def _dripping(start: bytes, rest: bytes) -> Answer:
    def send(connection: Connection, _: Request) -> None:
        connection.send(start)
        connection.drip(rest * 400)

    return send


def _endless_interim(status: int) -> Answer:
    def send(connection: Connection, _: Request) -> None:
        while True:
            connection.send(b"HTTP/1.1 %d Wait\r\n\r\n" % status)
            connection.wait(0.05)

    return send


def _slow_redirect(connection: Connection, request: Request) -> None:
    connection.wait(0.3)
    number = int(request.path.rpartition("/")[2] or 0) + 1
    connection.send(
        b"HTTP/1.1 302 On\r\nContent-Length: 0\r\nLocation: /redirects/%d\r\n\r\n" % number
    )
    connection.again = True


def _whole_and_open(connection: Connection, _: Request) -> None:
    connection.send(_HEAD + b"\r\n<p>all of it</p>")
    connection.wait()


#: By path, what only the fetcher's own limits end.
DRIPS: dict[str, Answer] = {
    "/silence": _silence,
    "/status-line": _dripping(b"", b"H"),
    "/header-line": _dripping(_HEAD + b"X: ", b"x"),
    "/headers": _dripping(_HEAD, b"X: y\r\n"),
    "/continue": _endless_interim(100),
    "/early-hints": _endless_interim(103),
    "/body-with-length": _dripping(_HEAD + b"Content-Length: 9000\r\n\r\n", b"<li>"),
    "/body-without": _dripping(_HEAD + b"\r\n", b"<li>"),
    "/never-closing": _whole_and_open,
    "/chunks": _dripping(_CHUNKED, b"1\r\nx\r\n"),
    "/chunk-size": _dripping(_CHUNKED, b"0"),
    "/chunk-extension": _dripping(_CHUNKED + b"5;", b"x"),
    "/trailers": _dripping(_CHUNKED + b"2\r\nhi\r\n0\r\n", b"X: y\r\n"),
    "/gzip": _dripping(
        _HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\0\0\0\xff\xff"
    ),
    **{f"/redirects/{number}": _slow_redirect for number in range(12)},
}
