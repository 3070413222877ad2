"""Another try, later: how often, and how much later."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar

from scraper.errors import DeferredError
from scraper.fetchers.faults import TransientError
from scraper.fetchers.limits import MOST_WAIT_S

__all__ = ["Retries", "give_way", "read_retry_after"]

T = TypeVar("T")


def _keep_on() -> None:
    """Let nobody go first: there is nobody else."""


#: Called before each wait: whoever has several sources at work lets another begin meanwhile.
give_way: ContextVar[Callable[[], None]] = ContextVar("give_way", default=_keep_on)

# A longer wait than a year is somebody's joke.
_LONGEST = timedelta(days=366)


class Retries(NamedTuple):
    """Asks again after a fault that may pass."""

    #: In all, the first included.
    tries: int
    clock: Callable[[], datetime]
    #: Seconds in; returns when they have passed.
    sleep: Callable[[float], None]
    #: Two bounds in, a number between them out.
    random: Callable[[float, float], float]

    def call(self, function: Callable[[], T], *, spent: Callable[[], int] | None = None) -> T:
        """Return what *function* does, called again after each TransientError.

        Between two calls are at least the seconds that a Retry-After header asks for, and full
        jitter whose bound doubles from 2 to 60 s, in which *give_way* lets others begin. A server
        that asks for more is not asked again: that is a DeferredError, and so is its last word.
        *spent* tells how many requests there were when that is not the number of calls.
        """
        number = 1
        while True:
            try:
                return function()
            except TransientError as fault:
                asked_s = self._asked_s(fault)
                if (spent() if spent else number) >= self.tries:
                    raise fault.error from fault.error.__cause__
                give_way.get()()
                self.sleep(max(self._jitter_s(number), asked_s))
            number += 1

    def _asked_s(self, fault: TransientError) -> float:
        """Return how long the server wants to be left alone, if that is not too long."""
        now = self.clock()
        until = read_retry_after(fault.retry_after, now=now)
        if until is None:
            return 0.0
        if until - now > timedelta(seconds=MOST_WAIT_S):
            raise DeferredError(fault.error.subject, fault.error.message, until=until) from None
        return max((until - now).total_seconds(), 0.0)

    def _jitter_s(self, number: int) -> float:
        # 1–2 s, then 1–4 s, up to 1–60 s: "full jitter" of the AWS Architecture Blog, 2015. Where
        # it quadrupled, sources that failed three times came last by up to 20 s, and a run of 200
        # with 80 bad ones took 1.6 times as long as one of good ones: benchmarks/mixed.py.
        return self.random(1.0, min(2.0**number, MOST_WAIT_S))


def read_retry_after(header: str | None, *, now: datetime) -> datetime | None:
    """Return the moment that a Retry-After header names, in seconds or as a date (RFC 9110).

    >>> noon = datetime(2024, 3, 5, 12, tzinfo=UTC)
    >>> print(read_retry_after("120", now=noon))
    2024-03-05 12:02:00+00:00
    >>> print(read_retry_after("Tue, 05 Mar 2024 13:00:00 GMT", now=noon))
    2024-03-05 13:00:00+00:00
    """
    text = (header or "").strip()[:64]
    if re.fullmatch(r"[0-9]+", text):
        seconds = min(int(text), _LONGEST.total_seconds())
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    return min(until, now.astimezone(UTC) + _LONGEST)
