"""Pages from the web."""

from __future__ import annotations

import random as random_numbers
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from importlib.metadata import version

import msgspec
from urllib3.response import HTTPResponse

from scraper.errors import (
    FetchError,
    PolicyError,
    ScrapeError,
    TooSlowError,
    UnreachableError,
    UsageError,
)
from scraper.fetchers.addresses import Resolver, resolve_host
from scraper.fetchers.bodies import read_start, read_whole
from scraper.fetchers.client import Client, Pause
from scraper.fetchers.conditional import conditions
from scraper.fetchers.connections import Connections
from scraper.fetchers.errands import Errand, Errands
from scraper.fetchers.exchange import ConnectTooSlowError, Deadline, Exchange
from scraper.fetchers.faults import TransientError, named_faults, status_fault
from scraper.fetchers.headers import public_headers
from scraper.fetchers.limits import (
    CONNECT_S,
    CONTACT,
    DELAY_S,
    FIRST_ROBOTS_BYTES,
    IDLE_S,
    MOST_AT_ONCE,
    MOST_BYTES,
    MOST_REDIRECTS,
    MOST_ROBOTS_REDIRECTS,
    TRIES,
    WHOLE_S,
)
from scraper.fetchers.retries import Retries
from scraper.fetchers.robots import RobotsCache, RobotsRules, parse_robots
from scraper.fetchers.web_address import WebAddress, read_address
from scraper.models import Page, Source
from scraper.urls import without_secrets

__all__ = ["HttpFetcher"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _now() -> datetime:
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches pages over http and https, honest about what it is. For any number of threads.

    *connect_s*, *idle_s* and *whole_s* limit a request; *delay_s* is the pause between two to a
    host, *most_at_once* how many are in flight to all of them together, *tries* how often a page is
    asked for at most. *contact* is an address (of a page, or ``mailto:``) in the User-Agent,
    *user_agent* replaces all of it. *insecure* takes any certificate, *ca_file* those of other
    authorities. *trust_env* uses the proxies that the environment names; these look names up for
    themselves.

    *clock* tells when a page was fetched (UTC; kept to the second). It, *monotonic*, *sleep*,
    *random* and *resolve* can be replaced, for tests.
    """

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        idle_s: float = IDLE_S,
        whole_s: float = WHOLE_S,
        delay_s: float = DELAY_S,
        most_at_once: int = MOST_AT_ONCE,
        tries: int = TRIES,
        user_agent: str | None = None,
        contact: str = CONTACT,
        insecure: bool = False,
        ca_file: str | None = None,
        ignore_robots: bool = False,
        trust_env: bool = False,
        clock: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        random: Callable[[float, float], float] = random_numbers.uniform,
        resolve: Resolver = resolve_host,
    ) -> None:
        self._whole_s = whole_s
        self._delay_s = delay_s
        self._ignore_robots = ignore_robots
        self._clock = clock
        agent = user_agent or f"scraper/{version('scraper')} (+{contact})"
        _check_header(agent, "user agent")
        # What robots.txt knows it by: the product, without its version.
        self._product = agent.split("/")[0].split()[0] if agent.strip() else "scraper"
        self._pause = Pause()
        sleep = sleep or self._pause.sleep
        self._connections = Connections(insecure=insecure, ca_file=ca_file)
        self._client = Client(
            connect_s=connect_s,
            idle_s=idle_s,
            user_agent=agent,
            connections=self._connections,
            resolve=resolve,
            trust_env=trust_env,
            most_at_once=most_at_once,
            sleep=sleep,
            monotonic=monotonic,
        )
        self._robots = RobotsCache(monotonic=monotonic)
        self._retries = Retries(tries, clock, sleep, random)
        self._errands = Errands()

    def fetch(self, source: Source) -> Page:
        """Return the page at the address of *source*, after redirects.

        The address is the user's word and may be a private one, unless the source has an *origin*:
        then it must be public, or on that host and port.
        """
        address = read_address(source.url or "", subject=source.name)
        _check_header(source.language or "", source.name)
        errand = self._errands.begin(source, address)
        tries = 0
        errand.redials = 0

        def attempt() -> Page:
            nonlocal tries
            tries += 1
            return self._try(errand, address, source)

        try:
            page = self._retries.call(attempt, spent=lambda: tries + errand.redials)
        except ScrapeError as error:
            error.tries = tries
            raise
        return msgspec.structs.replace(page, tries=tries)

    def close(self) -> None:
        """Close all connections, and end what is under way in other threads."""
        self._pause.end()
        self._connections.close()

    def tally(self, source: Source) -> tuple[int, int]:
        """Return how many requests *source* took, and how many bytes came for it."""
        errand = self._errands.known(source)
        return (errand.requests, errand.received) if errand else (0, 0)

    def _try(self, errand: Errand, address: WebAddress, source: Source) -> Page:
        deadline = Deadline(self._whole_s)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._visit(errand, address, deadline, source)
            if isinstance(answer, Page):
                return answer
            address = answer
        raise UnreachableError(errand.subject, f"more than {MOST_REDIRECTS} redirects")

    def _visit(
        self, errand: Errand, address: WebAddress, deadline: Deadline, source: Source
    ) -> Page | WebAddress:
        """Return the page at *address*, or where it went."""
        with named_faults(errand.subject):
            route = self._client.route(errand, address, deadline)
            with deadline.paused():
                delay_s = self._obey_robots(errand, address)
            with self._client.ask(
                errand,
                address,
                route,
                deadline=deadline,
                delay_s=delay_s,
                language=source.language,
                known=source.known,
            ) as (response, exchange):
                if response.status == 304 and conditions(source.known, address):
                    return self._make_page(address, response, b"")
                location = _location(response)
                if location is not None:
                    return address.join(location, subject=errand.subject)
                _check_status(response, errand.subject)
                body = read_whole(response, exchange, most_bytes=MOST_BYTES)
                return self._make_page(address, response, body)

    def _obey_robots(self, errand: Errand, address: WebAddress) -> float:
        """Return the pause that the rules for *address* ask for, or raise PolicyError."""
        if self._ignore_robots:
            return self._delay_s
        rules = self._robots.rules(
            address.origin,
            lambda: self._retries.call(lambda: self._load_robots(errand, address)),
            subject=errand.subject,
        )
        if not rules.allow(address.asked):
            raise PolicyError(
                errand.subject,
                "robots.txt forbids it",
                advice="ask the site, or use --ignore-robots if it has agreed",
            )
        return max(self._delay_s, rules.delay_s)

    def _load_robots(self, errand: Errand, address: WebAddress) -> RobotsRules:
        """Return what the robots.txt of the site of *address* says.

        One that is not there (4xx) or nowhere to be found (redirects) forbids nothing; one that
        cannot be had forbids all, as nobody knows what is in it. Where the server is out of reach
        or says nothing, that is the error.
        """
        try:
            return self._ask_robots(errand, address)
        except TransientError as fault:
            raise TransientError(_closed(fault.error), retry_after=fault.retry_after) from None
        except FetchError as error:
            raise _closed(error) from error.__cause__

    def _ask_robots(self, errand: Errand, address: WebAddress) -> RobotsRules:
        deadline = Deadline(self._whole_s)
        robots = address.join("/robots.txt", subject=errand.subject)
        for _ in range(MOST_ROBOTS_REDIRECTS + 1):
            with named_faults(errand.subject):
                route = self._client.route(errand, robots, deadline)
                with self._client.ask(
                    errand, robots, route, deadline=deadline, delay_s=self._delay_s
                ) as (response, exchange):
                    location = _location(response)
                    if location is None:
                        return self._read_robots(response, exchange)
                    robots = robots.join(location, subject=errand.subject)
        return RobotsRules("", agent=self._product)

    def _read_robots(self, response: HTTPResponse, exchange: Exchange) -> RobotsRules:
        if 300 <= response.status < 500:
            return RobotsRules("", agent=self._product)
        _check_status(response, exchange.subject)
        body = read_start(response, exchange, first_bytes=FIRST_ROBOTS_BYTES)
        return parse_robots(body, agent=self._product)

    def _make_page(self, address: WebAddress, response: HTTPResponse, body: bytes) -> Page:
        return Page(
            url=without_secrets(address.url),
            body=body,
            fetched_at=self._clock().astimezone(UTC).replace(microsecond=0),
            encoding=_charset(response.headers.get("Content-Type")),
            status=response.status,
            headers=public_headers(response.headers.items()),
        )


def _check_header(text: str, subject: str) -> None:
    if not (text.isascii() and text.isprintable()):
        raise UsageError(subject, "cannot be sent as a header", advice="use plain ASCII")


def _location(response: HTTPResponse) -> str | None:
    """Return where an answer leads, None if it is not a redirect."""
    locations = response.headers.getlist("Location")
    if response.status not in _REDIRECTS or not locations:
        return None
    try:
        # Headers are read as Latin-1; what servers write in other letters is UTF-8.
        return locations[0].encode("latin-1").decode("utf-8")
    except UnicodeError:
        return locations[0]


def _check_status(response: HTTPResponse, subject: str) -> None:
    code = response.status
    if 200 <= code < 300:
        return
    error = status_fault(code, subject)
    if code >= 500 or code in (408, 429):
        raise TransientError(error, retry_after=response.headers.get("Retry-After"))
    raise error


def _closed(error: ScrapeError) -> ScrapeError:
    """Return the error for a robots.txt that ended with *error*."""
    if isinstance(error, UnreachableError | ConnectTooSlowError | PolicyError):
        return error
    if isinstance(error, TooSlowError):
        return TooSlowError(error.subject, f"robots.txt: {error.message}", advice=error.advice)
    closed = PolicyError(
        error.subject,
        f"robots.txt cannot be had, which forbids all: {error.message}",
        advice="try again later, or use --ignore-robots if the site has agreed",
    )
    closed.__cause__ = error.__cause__
    return closed


def _charset(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type header names.

    >>> _charset('text/html; Charset="ISO-8859-15"')
    'iso-8859-15'
    """
    message = Message()
    message["Content-Type"] = " ".join((content_type or "").split())
    return message.get_content_charset() or None
