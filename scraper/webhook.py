"""A server that new entries are posted to."""

from __future__ import annotations

import http
import random as random_numbers
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

from scraper.errors import ExportError, ScrapeError, StatusError, TooSlowError, UsageError
from scraper.fetchers.addresses import Resolver, resolve_host
from scraper.fetchers.connections import Connections
from scraper.fetchers.errands import Errand
from scraper.fetchers.exchange import Deadline, Exchange
from scraper.fetchers.faults import TransientError, named_faults
from scraper.fetchers.limits import CONNECT_S, TRIES
from scraper.fetchers.retries import Retries
from scraper.fetchers.routes import Router
from scraper.fetchers.web_address import read_address
from scraper.messages import Message, make_messages
from scraper.models import Item
from scraper.urls import is_address

__all__ = ["Webhook"]

#: For one try, up to the head of the answer. The convention lets receivers take 15 to 30 s, but
#: other runs wait meanwhile.
_WHOLE_S = 15.0
#: ... when somebody wants the run to end.
_HURRIED_S = 0.5
_AGAIN = "its entries come again with the next run"


def _now() -> datetime:
    return datetime.now(UTC)


class Webhook:
    """Posts new entries to *url*, which the user typed: any host may be meant.

    What may pass (no connection, no answer in time, 408, 429, 5xx) is met by up to *tries* tries,
    each of up to *whole_s*, with waits as between requests for a page. Redirects are not followed.

    *clock*, *sleep*, *random* and *resolve* can be replaced, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        secret: bytes,
        user_agent: str,
        insecure: bool = False,
        trust_env: bool = False,
        whole_s: float = _WHOLE_S,
        tries: int = TRIES,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[float, float], float] = random_numbers.uniform,
        resolve: Resolver = resolve_host,
    ) -> None:
        if not is_address(url):
            advice = "addresses begin with https:// or http://"
            raise UsageError("--webhook", "not an address", advice=advice)
        self._address = read_address(url, subject="--webhook")
        self._secret = secret
        self._user_agent = user_agent
        self._insecure = insecure
        self._router = Router(resolve=resolve, trust_env=trust_env)
        self._whole_s = min(whole_s, _WHOLE_S)
        self._clock = clock
        self._retries = Retries(tries, clock, sleep, random)

    @property
    def name(self) -> str:
        """What people may see of it: its path may be all that keeps strangers out."""
        return f"webhook {self._address.authority}"

    def hurry(self) -> None:
        """Have what is left to be sent take a moment, or come again with the next run."""
        self._whole_s = min(self._whole_s, _HURRIED_S)
        self._retries = self._retries._replace(tries=1)

    def send(self, items: Sequence[Item]) -> None:
        """Post *items*, in as many messages as it takes; ExportError unless all were accepted."""
        with closing(Connections(insecure=self._insecure)) as connections:
            for message in make_messages(items, now=self._clock()):
                self._deliver(connections, message)

    def _deliver(self, connections: Connections, message: Message) -> None:
        try:
            self._retries.call(lambda: self._try(connections, message))
        except ScrapeError as error:
            own = isinstance(error, StatusError) and error.advice
            advice = f"{error.advice}: {_AGAIN}" if own else _AGAIN
            raise ExportError(self.name, error.message, advice=advice) from error.__cause__

    def _try(self, connections: Connections, message: Message) -> None:
        exchange = Exchange(
            self.name, Deadline(self._whole_s), connect_s=CONNECT_S, idle_s=self._whole_s
        )
        try:
            with named_faults(self.name):
                status, retry_after = self._post(connections, message, exchange)
        except TooSlowError as error:
            raise TransientError(error) from error
        self._judge(status, retry_after)

    def _post(
        self, connections: Connections, message: Message, exchange: Exchange
    ) -> tuple[int, str | None]:
        """Return the status of the answer, and when to ask again."""
        errand = Errand(subject=self.name, server=self._address.server)
        route = self._router.route(errand, self._address, timeout_s=exchange.wait_s(CONNECT_S))
        headers = {
            "Host": self._address.authority,
            "User-Agent": self._user_agent,
            "Content-Type": "application/json",
            **message.headers(secret=self._secret, now=self._clock()),
        }
        if self._address.authorization is not None:
            headers["Authorization"] = self._address.authorization
        with connections.ask(
            self._address, route, headers, exchange, reuse=False, body=message.body
        ) as response:
            return response.status, response.headers.get("Retry-After")

    def _judge(self, status: int, retry_after: str | None) -> None:
        """Return where the message was accepted."""
        if 200 <= status < 300:
            return
        try:
            said = f"{status} {http.HTTPStatus(status).phrase}"
        except ValueError:
            said = str(status)
        if status >= 500 or status in (408, 429):
            fault = StatusError(self.name, f"it answered {said}")
            raise TransientError(fault, retry_after=retry_after)
        if 300 <= status < 400:
            advice = "redirects are not followed, name the address that it leads to"
        else:
            advice = "check the address and the secret"
        raise StatusError(self.name, f"it answered {said}", advice=advice)
