"""Connections to addresses that were judged before, kept open for the next request."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import ssl
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, parse_headers
from http.client import HTTPResponse as HTTPResponseReader
from typing import NamedTuple

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from scraper.errors import FetchError, ScrapeError
from scraper.fetchers.addresses import IpAddress
from scraper.fetchers.exchange import Deadline, Exchange, TimedSocket
from scraper.fetchers.proxies import Proxy
from scraper.fetchers.web_address import WebAddress

__all__ = ["Connections", "Route", "StaleConnectionError"]

# Kept open, all hosts together.
_MOST_IDLE = 64
# Less trouble to read than a new connection would be.
_MOST_DRAINED = 32 * 1024
_DRAIN_S = 0.2


class Route(NamedTuple):
    """Whom to dial for an address: nothing is looked up again between judging and dialling."""

    addresses: tuple[IpAddress, ...]
    port: int
    #: Where there is one, *addresses* and *port* are its own.
    proxy: Proxy | None = None


class StaleConnectionError(ConnectionError):
    """A connection that was kept open is no more; a new one may do."""


class ProxyError(OSError):
    """The proxy leads nowhere."""


class Connections:
    """Opens connections, and keeps them for the next request along the same route."""

    def __init__(self, *, insecure: bool = False, ca_file: str | None = None) -> None:
        self._insecure = insecure
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._idle: OrderedDict[_Connection, object] = OrderedDict()
        self._busy: set[_Connection] = set()
        self._closed = False
        # Nobody need call close; the system would, but with a warning.
        weakref.finalize(self, _close_all, self._idle)

    @contextmanager
    def ask(
        self,
        address: WebAddress,
        route: Route,
        headers: Mapping[str, str],
        exchange: Exchange,
        *,
        reuse: bool = True,
        body: bytes | None = None,
    ) -> Iterator[HTTPResponse]:
        """Send a GET, or a POST of *body*, and yield the answer, its own body unread.

        One that is *finished* in the end leaves the connection open for others. Raises what the
        system, ssl, http.client and urllib3 raise, and what *exchange* does; StaleConnectionError
        only with *reuse*.
        """
        key = (address.origin, route.port, route.proxy)
        connection = (self._take(key, route) if reuse else None) or self._make(address, route)
        self._begin(connection, exchange)
        response = None
        again = False
        try:
            response = _send(connection, address, headers, exchange, body)
            yield response
            again = exchange.finished or _drain(response, exchange)
        finally:
            if response is not None:
                response.close()
            self._let_go(connection, key, again=again)

    def close(self) -> None:
        """Close what is open, and end what is under way."""
        with self._lock:
            self._closed = True
            busy = list(self._busy)
            _close_all(self._idle)
        for connection in busy:
            with contextlib.suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def _begin(self, connection: _Connection, exchange: Exchange) -> None:
        with self._lock:
            if self._closed:
                connection.close()
                raise FetchError(exchange.subject, "the run was ended")
            self._busy.add(connection)

    def _take(self, key: object, route: Route) -> _Connection | None:
        while True:
            with self._lock:
                found = next((one for one in reversed(self._idle) if self._idle[one] == key), None)
                if found is None:
                    return None
                del self._idle[found]
            # What a server says unasked is that it hangs up; and a name may have moved.
            if found.is_connected and found.dialled in route.addresses:
                return found
            found.close()

    def _let_go(self, connection: _Connection, key: object, *, again: bool) -> None:
        dropped: list[_Connection] = []
        with self._lock:
            self._busy.discard(connection)
            if again and not self._closed and connection.sock is not None:
                self._idle[connection] = key
            else:
                dropped.append(connection)
            while len(self._idle) > _MOST_IDLE:
                dropped.append(self._idle.popitem(last=False)[0])
        for one in dropped:
            one.close()

    def _make(self, address: WebAddress, route: Route) -> _Connection:
        if address.origin.scheme == "http":
            return _PlainConnection(address, route)
        with self._lock:
            self._tls = self._tls or _make_tls_context(self._insecure, self._ca_file)
        return _SecureConnection(address, route, self._tls)


def _close_all(idle: OrderedDict[_Connection, object]) -> None:
    while idle:
        idle.popitem()[0].close()


def _make_tls_context(insecure: bool, ca_file: str | None) -> ssl.SSLContext:
    """Return what to trust: the system's authorities, for company ones, and certifi's."""
    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    if ca_file is None:
        context.load_default_certs()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


class _FinalResponse(HTTPResponseReader):
    """http.client waits for the answer after a 100 only; 103 Early Hints come unasked as well."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 102 <= status < 200:
                return version, status, reason
            parse_headers(self.fp)


class _PlainConnection(HTTPConnection):
    response_class = _FinalResponse
    exchange: Exchange
    #: The address at the other end.
    dialled: IpAddress

    def __init__(self, address: WebAddress, route: Route) -> None:
        super().__init__(address.origin.host.strip("[]"), address.origin.port)
        self.route = route

    def _new_conn(self) -> socket.socket:
        sock, self.dialled = _dial(self.route, self.exchange)
        return sock

    def connect(self) -> None:
        super().connect()
        self.sock = TimedSocket(self.sock, self.exchange)


class _SecureConnection(HTTPSConnection):
    response_class = _FinalResponse
    exchange: Exchange
    #: The address at the other end.
    dialled: IpAddress

    def __init__(self, address: WebAddress, route: Route, context: ssl.SSLContext) -> None:
        host = address.origin.host.strip("[]")
        super().__init__(host, address.origin.port, ssl_context=context)
        self.route = route
        self._address = address

    def _new_conn(self) -> socket.socket:
        sock, self.dialled = _dial(self.route, self.exchange)
        if self.route.proxy is not None:
            _open_tunnel(sock, self._address, self.route.proxy, self.exchange)
        return sock

    def connect(self) -> None:
        try:
            super().connect()
        except TimeoutError:  # of the handshake
            raise self.exchange.too_slow() from None
        self.sock = TimedSocket(self.sock, self.exchange)


_Connection = _PlainConnection | _SecureConnection


def _send(
    connection: _Connection,
    address: WebAddress,
    headers: Mapping[str, str],
    exchange: Exchange,
    body: bytes | None,
) -> HTTPResponse:
    used = connection.sock is not None
    connection.exchange = exchange
    if isinstance(connection.sock, TimedSocket):
        connection.sock.exchange = exchange
    target = address.target
    proxy = connection.route.proxy
    if proxy is not None and address.origin.scheme == "http":
        target = f"http://{address.authority}{target}"
        headers = {**headers, **_proxy_headers(proxy)}
    if not used:
        connection.connect()
    exchange.connected = True
    try:
        connection.request(
            "GET" if body is None else "POST",
            target,
            body,
            headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
    except ConnectionError as error:
        if used and exchange.received == 0:
            raise StaleConnectionError(*error.args) from error
        raise
    exchange.in_head = False
    return response


def _drain(response: HTTPResponse, exchange: Exchange) -> bool:
    """Tell whether the rest of a body that nobody wanted came at once, as that of an error does."""
    left = response.length_remaining
    if left is None or left > _MOST_DRAINED:
        return False
    exchange.deadline = Deadline(_DRAIN_S)
    try:
        return not left or len(response.read(left, decode_content=False)) == left
    except (ScrapeError, HTTPError, HTTPException, OSError):
        return False


def _dial(route: Route, exchange: Exchange) -> tuple[socket.socket, IpAddress]:
    """Return a connection to the first address that answers, and the address.

    The timeout of the socket is what is left for TLS.
    """
    budget = Deadline(exchange.connect_s)
    fault: Exception = OSError("the name has no address")
    for number, address in enumerate(route.addresses):
        share = budget.left_s() / (len(route.addresses) - number)
        try:
            sock = _connect(address, route.port, exchange.wait_s(max(share, 0.001)))
        except TimeoutError:
            fault = exchange.too_slow()
        except OSError as error:
            fault = error
        else:
            sock.settimeout(exchange.wait_s(max(budget.left_s(), 0.001)))
            return sock, address
    raise fault


def _connect(address: IpAddress, port: int, timeout_s: float) -> socket.socket:
    old = isinstance(address, ipaddress.IPv4Address)
    sock = socket.socket(socket.AF_INET if old else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout_s)
        sock.connect((str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock


def _open_tunnel(
    sock: socket.socket, address: WebAddress, proxy: Proxy, exchange: Exchange
) -> None:
    host, port = address.server
    lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
    lines += [f"{name}: {value}" for name, value in _proxy_headers(proxy).items()]
    timed = TimedSocket(sock, exchange)
    try:
        timed.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        with timed.makefile("rb") as reader:
            _check_tunnel(reader.readline())
            while reader.readline().strip():
                pass
    except BaseException:
        sock.close()
        raise
    exchange.received = 0


def _check_tunnel(status_line: bytes) -> None:
    match = re.match(rb"HTTP/1\.[01] ([0-9]{3})", status_line)
    code = int(match[1]) if match else 0
    if not 200 <= code < 300:
        raise ProxyError(f"the proxy answered {code}" if code else "the proxy does not answer")


def _proxy_headers(proxy: Proxy) -> dict[str, str]:
    return {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
