"""The only way out for a browser: a proxy on loopback that dials what was judged, as judged.

A browser's own hooks do not see every request: Playwright routes no redirects, no web sockets and
nothing that a browser asks on its own, and between a name that was judged and one that is dialled
there is time for another answer of the name server. Whatever goes through here was judged here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from types import TracebackType

from scraper.errors import PolicyError, ScrapeError
from scraper.fetchers.connections import Route
from scraper.fetchers.limits import MOST_HEADER_BYTES
from scraper.fetchers.web_address import WebAddress, read_address

__all__ = ["JudgingProxy"]

_PIECE = 64 * 1024
_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
# Headers that are for this proxy, or for the connection to it.
_HOP = re.compile(rb"(?:proxy-[^:]*|connection|keep-alive):", re.IGNORECASE)


class JudgingProxy:
    """Serves one browser for as long as it is entered.

    *judge* returns whom to dial for an address, or raises PolicyError or OSError; it is called in
    threads, once for each host and port. A connection where nothing comes for *idle_s* is closed,
    and all are when more than *most_bytes* have come.
    """

    def __init__(
        self,
        judge: Callable[[WebAddress], Route],
        *,
        connect_s: float,
        idle_s: float,
        most_bytes: int,
    ) -> None:
        self._judge = judge
        self._connect_s = connect_s
        self._idle_s = idle_s
        self._left = most_bytes
        self._verdicts: dict[tuple[str, int], asyncio.Future[Route]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> JudgingProxy:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=MOST_HEADER_BYTES
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        self._end_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the proxy was not entered")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def spent(self) -> bool:
        """Whether more came than may."""
        return self._left < 0

    async def route(self, address: WebAddress) -> Route:
        """Return whom to dial for *address*, always the same; raise PolicyError or OSError."""
        verdict = self._verdicts.get(address.server)
        if verdict is None:
            verdict = asyncio.ensure_future(asyncio.to_thread(self._judge, address))
            self._verdicts[address.server] = verdict
        return await asyncio.shield(verdict)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self.spent:
            writer.close()
            return
        self._tasks.add(task)
        try:
            await self._pass(reader, writer)
        except (ScrapeError, OSError, EOFError, asyncio.LimitOverrunError):
            pass  # The browser is told by the end of the connection.
        except asyncio.CancelledError:
            pass  # By this proxy, and by nobody else.
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._idle_s)
        asked = _REQUEST.match(head)
        if asked is None:
            return
        method, target = asked[1], asked[2].decode("ascii", "replace")
        tunnel = method == b"CONNECT"
        address = read_address(f"http://{target}/" if tunnel else target, subject="browser")
        if not tunnel and address.origin.scheme != "http":
            return
        try:
            there, back = await self._dial(await self.route(address))
        except (PolicyError, OSError):
            if tunnel:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            raise
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                first = method + b" " + address.target.encode("ascii", "replace") + b" HTTP/1.1"
                back.write(_last_of_connection(first, head[asked.end() :]))
                writer.write(await self._read_head(there))
            await self._pump_both(reader, writer, there, back)
        finally:
            back.close()

    async def _read_head(self, there: asyncio.StreamReader) -> bytes:
        """Return the head of an answer, changed so that no other follows on the connection.

        The next request could be for another server.
        """
        before = b""
        while True:
            head = await asyncio.wait_for(there.readuntil(b"\r\n\r\n"), self._idle_s)
            first, _, headers = head.partition(b"\r\n")
            if not re.match(rb"HTTP/1\.[01] 1[0-9][0-9]", first):
                return before + _last_of_connection(first, headers)
            # 103 Early Hints and the like.
            before += head
            if len(before) > MOST_HEADER_BYTES:
                raise EOFError

    async def _dial(self, route: Route) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        fault: OSError = OSError("the name has no address")
        for address in route.addresses:
            try:
                opening = asyncio.open_connection(str(address), route.port)
                return await asyncio.wait_for(opening, self._connect_s / len(route.addresses))
            except OSError as error:  # TimeoutError is one
                fault = error
        raise fault

    async def _pump_both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        pumps = [
            asyncio.ensure_future(self._pump(there, writer, counted=True)),
            asyncio.ensure_future(self._pump(reader, back, counted=False)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        # A browser need not say anything while it listens.
        patience = self._idle_s if counted else None
        while piece := await asyncio.wait_for(reader.read(_PIECE), patience):
            if counted:
                self._left -= len(piece)
                if self.spent:
                    self._end_all()
                    return
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), self._idle_s)

    def _end_all(self) -> None:
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()


def _last_of_connection(first: bytes, headers: bytes) -> bytes:
    """Return a head with *first* as its first line, after which the connection ends."""
    kept = [line for line in headers.split(b"\r\n") if line and not _HOP.match(line)]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])
