"""Threads that work on sources, and results in the order of the sources."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from scraper.fetchers.retries import give_way
from scraper.models import Result, Source
from scraper.nursery import bug_of

__all__ = ["Crew"]

# A signal may reach another thread, and then ends no wait of this one.
_NOTICE_S = 0.25
# A source that keeps us waiting for longer gives its place to another and goes on all the same:
# eight hosts that hang must not hold up a hundred that answer. So many threads there are at most;
# the fetcher sees to it that no more requests are in flight for it.
_PATIENCE_S = 1.5
_MOST_WAITING = 8
# So many sources of one host at a time: the fetcher asks a host for one page after the other, and
# while one is parsed the next can be asked for. A third would but stand in line.
_PER_HOST = 2
# How far sources are begun before an earlier one has ended, and the bytes of pages kept meanwhile.
_MOST_AHEAD = 256
_MOST_HELD = 64 * 1024**2


@dataclass(slots=True, kw_only=True)
class _Task:
    turn: int
    source: Source
    host: str | None
    began: float = 0.0


class Crew(Iterator[Result]):
    """Has up to *jobs* threads call *work* with each of *sources*; yields in their order.

    *work* is expected to return errors as results. The threads end with the process that is left
    without waiting for them; *sources* is read by the thread that asks for results.
    """

    def __init__(
        self, sources: Iterable[Source], work: Callable[[Source], Result], *, jobs: int
    ) -> None:
        self._sources = enumerate(sources)
        self._work = work
        self._jobs = jobs
        #: Guards all that follows, and tells of every change.
        self._change = threading.Condition()
        self._begun_by: Counter[str] = Counter()
        self._waiting: list[_Task] = []
        self._running: dict[int, _Task] = {}
        self._done: dict[int, Result] = {}
        self._turn = 0
        self._threads = 0
        self._idle = 0
        self._exhausted = False
        self._stopped = False
        self._fault: Exception | None = None

    def __next__(self) -> Result:
        with self._change:
            while True:
                self._take_sources()
                if self._turn in self._done:
                    self._turn += 1
                    self._change.notify_all()
                    return self._done.pop(self._turn - 1)
                if self._stopped or not (self._waiting or self._running):
                    self._stopped = True
                    if self._fault is not None:
                        raise self._fault
                    raise StopIteration
                self._change.wait(_NOTICE_S)

    def stop(self) -> None:
        """Begin no more; what runs is left to itself."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def finished(self) -> list[Result]:
        """Return the results that have not been asked for yet, behind one that is missing."""
        with self._change:
            return [self._done.pop(turn) for turn in sorted(self._done)]

    def _take_sources(self) -> None:
        """Take as many sources as will be begun soon."""
        while not (self._exhausted or self._stopped) and self._is_short():
            try:
                turn, source = next(self._sources)
            except StopIteration:
                self._exhausted = True
                self._change.notify_all()
                return
            except Exception as error:  # told when those before it have ended
                self._fault, self._exhausted = error, True
                return
            self._waiting.append(_Task(turn=turn, source=source, host=_host(source)))
            self._call_thread()
            self._change.notify()

    def _is_short(self) -> bool:
        taken = [*self._waiting, *self._running.values()]
        ahead = max([*(task.turn for task in taken), *self._done, self._turn]) - self._turn
        return ahead < _MOST_AHEAD and sum(map(self._may_begin, self._waiting)) < self._jobs

    def _may_begin(self, task: _Task) -> bool:
        return task.host is None or self._begun_by[task.host] < _PER_HOST

    def _call_thread(self) -> None:
        """See to it that somebody waits for the next task."""
        if self._threads < self._jobs or (
            not self._idle and self._threads < self._jobs * _MOST_WAITING
        ):
            self._threads += 1
            self._idle += 1
            threading.Thread(target=self._toil, name="scrape", daemon=True).start()

    def _toil(self) -> None:
        while (task := self._begin()) is not None:
            # A new thread has a context of its own.
            give_way.set(partial(self._give_way, task))
            try:
                result = self._work(task.source)
            except BaseException as error:  # a thread that ends without a result ends the run
                result = Result(source=task.source, error=bug_of(task.source, error))
            self._end(task, result)

    def _begin(self) -> _Task | None:
        """Return the next task as soon as it may begin; None when there are no more."""
        with self._change:
            while not self._stopped and (self._waiting or not self._exhausted):
                now = time.monotonic()
                patience = self._patience(now)
                task = None if patience else self._next_task()
                if task is not None:
                    self._waiting.remove(task)
                    task.began = now
                    self._running[task.turn] = task
                    if task.host is not None:
                        self._begun_by[task.host] += 1
                    self._idle -= 1
                    self._call_thread()
                    return task
                self._change.wait(patience)
            self._idle -= 1
            self._threads -= 1
            self._change.notify_all()
            return None

    def _patience(self, now: float) -> float | None:
        """Return after how many seconds there will be a place; None where there is one."""
        left = [task.began + _PATIENCE_S - now for task in self._running.values()]
        left = sorted(one for one in left if one > 0)
        return left[-self._jobs] + 0.001 if len(left) >= self._jobs else None

    def _give_way(self, task: _Task) -> None:
        """Leave the place of *task* to another, as it waits until it may try again."""
        with self._change:
            task.began = -math.inf
            self._change.notify_all()

    def _next_task(self) -> _Task | None:
        held = sum(len(one.page.body) for one in self._done.values() if one.page is not None)
        for task in self._waiting:
            if self._may_begin(task) and (held < _MOST_HELD or task.turn == self._turn):
                return task
        return None

    def _end(self, task: _Task, result: Result) -> None:
        with self._change:
            del self._running[task.turn]
            if task.host is not None:
                self._begun_by[task.host] -= 1
                self._begun_by += Counter()  # without the hosts that are done
            self._done[task.turn] = result
            self._idle += 1
            self._change.notify_all()


def _host(source: Source) -> str | None:
    """Return whom the page of *source* is asked from, None for what is at hand."""
    if source.path is not None or source.url is None:
        return None
    return urlsplit(source.url).netloc.rpartition("@")[2].lower()
