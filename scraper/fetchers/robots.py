"""What a site lets programs read (RFC 9309)."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from protego import Protego

from scraper.errors import PolicyError, TooSlowError
from scraper.fetchers.limits import (
    FIRST_ROBOTS_BYTES,
    MOST_CRAWL_DELAY_S,
    ROBOTS_FAULT_KEPT_S,
    ROBOTS_KEPT_S,
)
from scraper.fetchers.web_address import Origin

__all__ = ["RobotsCache", "RobotsRules", "parse_robots"]

# Origins that are remembered at once.
_MOST_ORIGINS = 1_024
# As generous as protego, which takes "Useragent foo" for one.
_AGENT_LINE = re.compile(r"\s*(?:user-agent|useragent|user agent)\b\s*:?\s*([^#]*)", re.IGNORECASE)


class RobotsRules:
    """The rules of one origin, as far as they are about *agent*."""

    def __init__(self, text: str, *, agent: str) -> None:
        self._agent = agent
        self._parser = Protego.parse(_without_others(text, agent)) if text else None

    def allow(self, url: str) -> bool:
        """Tell whether *url* may be fetched."""
        return self._parser is None or self._parser.can_fetch(url, self._agent)

    @property
    def delay_s(self) -> float:
        """The Crawl-delay, as far as it is believed; 0 where there is none."""
        if self._parser is None:
            return 0.0
        return min(self._parser.crawl_delay(self._agent) or 0.0, MOST_CRAWL_DELAY_S)


def parse_robots(body: bytes, *, agent: str) -> RobotsRules:
    r"""Return the rules in *body*, whose first 500 KiB count; what is none (HTML) allows all.

    >>> parse_robots(b"User-agent: *\nDisallow: /private", agent="scraper").allow(
    ...     "https://example.org/private/list"
    ... )
    False
    """
    if len(body) >= FIRST_ROBOTS_BYTES:
        # Half a rule forbids more than a whole one.
        body = body[:FIRST_ROBOTS_BYTES]
        body = body[: body.rfind(b"\n") + 1]
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return RobotsRules(body.decode(encoding, "replace"), agent=agent)


def _without_others(text: str, agent: str) -> str:
    """Return *text* with all other agents made one.

    The parser keeps a list for each of them, so that a file of 20,000 agents and 20,000 rules
    would take it minutes and gigabytes.
    """
    name = agent.lower()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if match := _AGENT_LINE.match(line):
            value = match[1].strip().lower()
            if value != "*" and value.replace("*", "") not in name:
                lines[number] = "User-agent: -"
    return "\n".join(lines)


class _Entry(NamedTuple):
    outcome: RobotsRules | PolicyError | TooSlowError
    until: float


class _Pending:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0


class RobotsCache:
    """Rules by origin, kept for a day in memory. For any number of threads."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._entries: OrderedDict[Origin, _Entry] = OrderedDict()
        self._pending: dict[Origin, _Pending] = {}

    def rules(
        self, origin: Origin, load: Callable[[], RobotsRules], *, subject: str
    ) -> RobotsRules:
        """Return the rules of *origin*, by *load* where they are not known.

        Whoever asks meanwhile waits for the same answer. A PolicyError or TooSlowError of *load*
        is kept for some minutes and raised for the others as well, so that they need not wait just
        as long; other errors are for who meets them.
        """
        found = self._known(origin)
        if found is None:
            pending = self._join(origin)
            try:
                with pending.lock:
                    found = self._known(origin) or self._load(origin, load)
            finally:
                self._leave(origin, pending)
        if isinstance(found.outcome, RobotsRules):
            return found.outcome
        fault = found.outcome
        raise type(fault)(subject, fault.message, advice=fault.advice) from fault.__cause__

    def _load(self, origin: Origin, load: Callable[[], RobotsRules]) -> _Entry:
        try:
            entry = _Entry(load(), self._monotonic() + ROBOTS_KEPT_S)
        except (PolicyError, TooSlowError) as error:
            entry = _Entry(error, self._monotonic() + ROBOTS_FAULT_KEPT_S)
        with self._lock:
            self._entries[origin] = entry
            self._entries.move_to_end(origin)
            while len(self._entries) > _MOST_ORIGINS:
                self._entries.popitem(last=False)
        return entry

    def _known(self, origin: Origin) -> _Entry | None:
        with self._lock:
            entry = self._entries.get(origin)
            if entry is None or entry.until <= self._monotonic():
                return None
            self._entries.move_to_end(origin)
            return entry

    def _join(self, origin: Origin) -> _Pending:
        with self._lock:
            pending = self._pending.setdefault(origin, _Pending())
            pending.users += 1
            return pending

    def _leave(self, origin: Origin, pending: _Pending) -> None:
        with self._lock:
            pending.users -= 1
            if not pending.users:
                del self._pending[origin]
