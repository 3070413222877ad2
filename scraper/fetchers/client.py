"""Single requests: honest, polite, and ended in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from urllib3.response import HTTPResponse

from scraper.errors import FetchError
from scraper.fetchers.addresses import Resolver
from scraper.fetchers.conditional import conditions
from scraper.fetchers.connections import Connections, Route, StaleConnectionError
from scraper.fetchers.encodings import ACCEPT_ENCODING
from scraper.fetchers.errands import Errand
from scraper.fetchers.exchange import Deadline, Exchange
from scraper.fetchers.politeness import Turns, host_key
from scraper.fetchers.routes import Router
from scraper.fetchers.web_address import WebAddress
from scraper.models import Known

__all__ = ["Client", "Pause"]

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Pause:
    """Sleeps, until somebody ends the run."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait; FetchError if the run ends before or meanwhile."""
        if self._ended.wait(seconds):
            raise FetchError("fetcher", "the run was ended")

    def end(self) -> None:
        """Wake everybody up."""
        self._ended.set()


class Client:
    """Sends one request at a time to each host, where the address may be asked at all.

    All hosts together have *most_at_once*, however long they take: one that hangs counts until it
    is given up.
    """

    def __init__(
        self,
        *,
        connect_s: float,
        idle_s: float,
        user_agent: str,
        connections: Connections,
        resolve: Resolver,
        trust_env: bool,
        most_at_once: int,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_s = connect_s
        self._idle_s = idle_s
        self._user_agent = user_agent
        self._connections = connections
        self._router = Router(resolve=resolve, trust_env=trust_env)
        self._wire = threading.Semaphore(most_at_once)
        self._turns = Turns(monotonic=monotonic, sleep=sleep)

    def route(self, errand: Errand, address: WebAddress, deadline: Deadline) -> Route:
        """Return whom to dial for *address*, or raise PolicyError."""
        exchange = self._exchange(errand, deadline)
        return self._router.route(errand, address, timeout_s=exchange.wait_s(self._connect_s))

    @contextmanager
    def ask(
        self,
        errand: Errand,
        address: WebAddress,
        route: Route,
        *,
        deadline: Deadline,
        delay_s: float,
        language: str | None = None,
        known: Known | None = None,
    ) -> Iterator[tuple[HTTPResponse, Exchange]]:
        """Wait for one's turn, send a GET for *address* and yield the answer, its body unread.

        Of a *known* page with that address, it is asked for only if it has changed.
        """
        exchange = self._exchange(errand, deadline)
        with ExitStack() as stack:
            with deadline.paused():
                stack.enter_context(self._turns.turn(host_key(address), delay_s=delay_s))
                stack.enter_context(self._wire)
            headers = self._headers(errand, address, language) | conditions(known, address)
            try:
                response = self._open(stack, errand, address, route, headers, exchange)
                errand.cookies.keep(address, response)
                yield response, exchange
            finally:
                errand.received += exchange.received

    def _open(
        self,
        stack: ExitStack,
        errand: Errand,
        address: WebAddress,
        route: Route,
        headers: Mapping[str, str],
        exchange: Exchange,
    ) -> HTTPResponse:
        reuse = not errand.redials
        errand.requests += 1
        try:
            asked = self._connections.ask(address, route, headers, exchange, reuse=reuse)
            return stack.enter_context(asked)
        except StaleConnectionError:
            # Once for each page: who hangs up on every second request is not to get six of them.
            errand.redials += 1
            errand.requests += 1
            asked = self._connections.ask(address, route, headers, exchange, reuse=False)
            return stack.enter_context(asked)

    def _exchange(self, errand: Errand, deadline: Deadline) -> Exchange:
        return Exchange(errand.subject, deadline, connect_s=self._connect_s, idle_s=self._idle_s)

    def _headers(self, errand: Errand, address: WebAddress, language: str | None) -> dict[str, str]:
        headers = {
            "Host": address.authority,
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Accept-Language": language,
            "Authorization": errand.authorization(address),
            "Cookie": errand.cookies.header(address),
        }
        return {name: value for name, value in headers.items() if value is not None}
