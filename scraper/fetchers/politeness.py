"""One request at a time for each host, and a pause after it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scraper.fetchers.limits import MOST_CRAWL_DELAY_S
from scraper.fetchers.web_address import WebAddress

__all__ = ["Turns", "host_key"]

# Hosts that are remembered only for their pause are looked through above this many.
_MANY = 256


class _Host:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        #: Who is waiting, or has the turn.
        self.users = 0
        #: When the last request ended.
        self.ended_at = -math.inf


class Turns:
    """Whose turn it is, for every host. For any number of threads."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, host: str, *, delay_s: float) -> Iterator[None]:
        """Wait until nobody asks *host* and the last request ended *delay_s* ago.

        Its end counts: then the server sees no two of them closer together, however long a
        connection took.
        """
        entry = self._join(host)
        try:
            with entry.lock:
                while (left := entry.ended_at + delay_s - self._monotonic()) > 0:
                    self._sleep(left)
                try:
                    yield
                finally:
                    entry.ended_at = self._monotonic()
        finally:
            self._leave(entry)

    def _join(self, host: str) -> _Host:
        with self._lock:
            entry = self._hosts.setdefault(host, _Host())
            entry.users += 1
            return entry

    def _leave(self, entry: _Host) -> None:
        with self._lock:
            entry.users -= 1
            if len(self._hosts) > _MANY:
                recent = self._monotonic() - MOST_CRAWL_DELAY_S
                self._hosts = {
                    host: one
                    for host, one in self._hosts.items()
                    if one.users or one.ended_at > recent
                }


def host_key(address: WebAddress) -> str:
    """Return what counts as one host: its name, and its port unless it is a usual one.

    http and https of a site are one host; another server on the same machine is another.
    """
    host, port = address.server
    name = host.removesuffix(".")
    return name if port in (80, 443) else f"{name}:{port}"
