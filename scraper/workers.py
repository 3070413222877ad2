"""Parsing in processes of its own, because a process can be killed and has a limit of memory.

::

    the run ──control──▶ nursery ──fork──▶ worker, worker …
       └───────────── one socket each ─────────┘

A worker parses one page after the other, and ends where one takes too long or too much
(:mod:`scraper.nursery`).

The nursery is there because a process with threads must not fork. It has none, so a worker that
was lost is replaced in milliseconds. It ends with the run, however that ends, and takes
the workers with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from scraper.errors import ParseError, ScrapeError
from scraper.models import Listing, Page, Source
from scraper.nursery import SMALLER, Answer, ParsePage, Setup, receive, send, tend

__all__ = ["MEMORY_BYTES", "PARSE_S", "ParserPool"]

#: PROMISES: what one page may cost.
PARSE_S = 5.0
MEMORY_BYTES = 512 * 1024**2

# A worker is late by so much before it is given up: the kernel should have ended it by then.
_GRACE_S = 1.0
# A new interpreter takes a quarter of a second to start, and ten times that on a busy machine.
_START_S = 20.0


class ParserPool:
    """Parses pages in up to *size* processes; safe in threads.

    A page that takes more than *parse_s* seconds or *memory_bytes* ends in a ParseError, and so
    does one that its worker did not survive; the worker is replaced. Processes are started when
    they are needed, and end with :meth:`close` or with this process.
    """

    def __init__(
        self,
        parse: ParsePage,
        *,
        size: int | None = None,
        parse_s: float = PARSE_S,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._setup = Setup(parse, parse_s, memory_bytes)
        self._places = threading.Semaphore(size or count_cores())
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._nursery: _Nursery | None = None
        self._closed = False

    def __enter__(self) -> ParserPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start ahead of the first page: before this process has threads that is cheapest."""
        with self._lock:
            self._raise_nursery()

    def parse(self, page: Page, *, source: Source) -> Listing:
        """Return what *page* lists, or raise the ScrapeError that the parser did, or ParseError."""
        with self._places:
            # A worker can be lost without any fault of the page: killed while it waited, or by a
            # system that is short of memory.
            for _ in range(2):
                try:
                    return self._ask(page, source)
                except _WorkerLostError:
                    continue
        raise ParseError(
            source.name,
            "the process that read it broke down",
            advice="report it with the page",
        )

    def close(self) -> None:
        """End all processes, also those that are at work."""
        with self._lock:
            self._closed = True
            workers, self._idle = self._idle, []
            nursery, self._nursery = self._nursery, None
        for worker in workers:
            worker.close()
        if nursery is not None:
            nursery.close()

    def _ask(self, page: Page, source: Source) -> Listing:
        worker = self._hire(source)
        try:
            answer = worker.ask(page, source)
        except BaseException:  # after an interrupt an answer may still come, and it is nobody's
            worker.close()
            raise
        if answer.spent or self._closed:
            worker.close()
        else:
            with self._lock:
                self._idle.append(worker)
        if isinstance(answer.outcome, ScrapeError):
            answer.outcome.__cause__ = answer.cause
            raise answer.outcome
        return answer.outcome

    def _hire(self, source: Source) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            try:
                return _Worker(self._deliver(), self._setup)
            except OSError as error:
                raise ParseError(source.name, "no process to read it in") from error

    def _deliver(self) -> socket.socket:
        try:
            return self._raise_nursery().deliver()
        except BrokenPipeError:  # somebody killed it; there will be another
            if self._nursery is not None:
                self._nursery.close()
                self._nursery = None
            return self._raise_nursery().deliver()

    def _raise_nursery(self) -> _Nursery:
        if self._closed:
            raise _WorkerLostError
        if self._nursery is None:
            self._nursery = _Nursery(self._setup)
        return self._nursery


def count_cores() -> int:
    """Return how many processes can run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _WorkerLostError(Exception):
    """A worker ended without an answer, and not because its time was up."""


class _Worker:
    """The run's end of the socket to a worker."""

    def __init__(self, stream: socket.socket, setup: Setup) -> None:
        self._stream = stream
        self._setup = setup
        self._started = False

    def ask(self, page: Page, source: Source) -> Answer:
        """Return what the worker says of *page*."""
        limit_s = self._setup.parse_s
        self._await_start()
        began = time.monotonic()
        self._stream.settimeout(limit_s + _GRACE_S)
        try:
            send(self._stream, pickle.dumps((page, source), pickle.HIGHEST_PROTOCOL))
            answer: Answer = pickle.loads(receive(self._stream))  # noqa: S301 - our own process
        except (OSError, EOFError) as error:
            if time.monotonic() - began < limit_s:
                raise _WorkerLostError from error
            raise ParseError(
                source.name, f"reading it takes more than {limit_s:g} s", advice=SMALLER
            ) from None
        return answer

    def _await_start(self) -> None:
        """Wait until the worker has started, which is no part of the time that a page has."""
        if self._started:
            return
        self._stream.settimeout(_START_S)
        try:
            receive(self._stream)
        except (OSError, EOFError) as error:
            raise _WorkerLostError from error
        self._started = True

    def close(self) -> None:
        """Part from the worker, which ends when it notices or when its time is up."""
        self._stream.close()


# The nursery, seen from the run


class _Nursery:
    """The run's end of the socket to the nursery: asked for a worker, it forks one."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._join = _fork(theirs, setup) if _may_fork() else _execute(theirs, ours, setup)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._control = ours

    def deliver(self) -> socket.socket:
        """Return the socket of a new worker."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"w"], [theirs.fileno()])
            except BaseException:
                ours.close()
                raise
        return ours

    def close(self) -> None:
        """End the nursery with all its workers."""
        self._control.close()
        self._join()


def _may_fork() -> bool:
    """Tell whether this process can be copied: on Linux, and without threads of any library."""
    return sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1


def _fork(stream: socket.socket, setup: Setup) -> Callable[[], None]:
    """Copy this process, which has all modules already: 4 ms, where a new one takes 250."""
    pid = os.fork()
    if pid == 0:
        tend(stream.fileno(), setup)
    return lambda: _reap(pid)


def _reap(pid: int) -> None:
    """Wait for our child *pid*, but not for long."""
    deadline = time.monotonic() + 0.5
    with contextlib.suppress(ChildProcessError):  # somebody else waited for it
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)


_BEGIN = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from scraper.nursery import begin
begin(int(sys.argv[1]))
"""


def _execute(stream: socket.socket, ours: socket.socket, setup: Setup) -> Callable[[], None]:
    """Start a new interpreter, whatever this process is made of."""
    process = subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", _BEGIN, str(stream.fileno()), json.dumps(sys.path)],
        pass_fds=[stream.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the run
    )
    send(ours, pickle.dumps(setup))

    def join() -> None:
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    return join
