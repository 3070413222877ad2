"""Processes that parse, seen from inside: nothing here runs in the process that asked for them.

Time is kept by the kernel: an alarm that nobody handles ends a process in the midst of C code,
where no thread and no handler of Python's gets a chance. Memory is kept by the kernel, too
(``RLIMIT_AS``): looking at the resident size now and then comes too late for code that takes a
gigabyte in half a second, while an allocation that is refused becomes a MemoryError, in lxml as in
Python, and the worker can say so.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import traceback
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from scraper.errors import BugError, ParseError, ScrapeError
from scraper.models import Listing, Page, Source

__all__ = ["SMALLER", "Answer", "ParsePage", "Setup", "begin", "bug_of", "receive", "send", "tend"]

#: What to do about a page that costs too much.
SMALLER = "save the part that lists the entries, and name the file"

# Whatever a process holds when it begins, a page may have so much on top.
_LEAST_MEMORY = 256 * 1024**2
# A worker that has grown by more is replaced, so that memory is flat over thousands of pages.
_MOST_KEPT = 128 * 1024**2
_LENGTH = struct.Struct("!Q")


class ParsePage(Protocol):
    """What a worker does with a page."""

    def __call__(self, page: Page, *, source: Source) -> Listing:
        """Return what *page* lists, or raise a ScrapeError."""
        ...


class Setup(NamedTuple):
    """What every worker of a pool is told."""

    parse: ParsePage
    parse_s: float
    memory_bytes: int


class Answer(NamedTuple):
    """What a worker says of a page."""

    outcome: Listing | ScrapeError
    #: What the outcome was raised from, which pickling an exception loses.
    cause: BaseException | None
    #: Whether the worker ends now, so that what it took is given back.
    spent: bool


def bug_of(source: Source, error: BaseException) -> BugError:
    """Return *error*, which nobody foresaw, as the error of *source*."""
    bug = BugError(
        source.name,
        f"unexpected {type(error).__name__}",
        advice="this is a fault of the program: report it with the page and --debug",
    )
    bug.__cause__ = error
    return bug


def begin(descriptor: int) -> NoReturn:
    """Be a nursery that was started as a new interpreter."""
    with socket.socket(fileno=os.dup(descriptor)) as stream:
        setup: Setup = pickle.loads(receive(stream))  # noqa: S301 - from our own process
    tend(descriptor, setup)


def tend(descriptor: int, setup: Setup) -> NoReturn:
    """Fork a worker for every socket that comes in; end them all when no more can come."""
    try:
        _leave_home(descriptor)
        control = socket.socket(fileno=descriptor)
        workers: set[int] = set()
        while True:
            _, received, _, _ = socket.recv_fds(control, 1, 1)
            if not received:
                break
            workers -= _ended(workers)
            pid = os.fork()
            if pid == 0:
                _work(received[0], setup)
            workers.add(pid)
            os.close(received[0])
        # None of them was waited for, so that no other process can have its number.
        for pid in workers - _ended(workers):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    finally:
        os._exit(0)


def _ended(workers: set[int]) -> set[int]:
    return {pid for pid in workers if os.waitpid(pid, os.WNOHANG)[0]}


def _leave_home(descriptor: int) -> None:
    """Let go of all that belongs to the run but *descriptor*: signals, files, garbage."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # What the run left unreachable must not close files here whose numbers are used again.
    gc.freeze()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, _most_files())


def _most_files() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 16 if soft == resource.RLIM_INFINITY else min(soft, 1 << 20)


def _work(descriptor: int, setup: Setup) -> NoReturn:
    """Parse what comes in, until nothing more can come."""
    try:
        os.closerange(3, descriptor)
        stream = socket.socket(fileno=descriptor)
        began_with = _limit_memory(setup.memory_bytes)
        send(stream, b"")  # ready
        while True:
            page, source = pickle.loads(receive(stream))  # noqa: S301 - from our own process
            signal.setitimer(signal.ITIMER_REAL, setup.parse_s)
            answer = _answer(page, source, setup, began_with)
            packed = _pack(answer)
            signal.setitimer(signal.ITIMER_REAL, 0)
            send(stream, packed)
            if answer.spent:
                break
    finally:  # the end of the stream, too: the run needs no more
        os._exit(0)


def _limit_memory(most: int) -> int:
    """Have the kernel refuse more than *most* bytes; return how many are in use already."""
    with contextlib.suppress(OSError):
        # Where the system itself runs short, it shall take this process rather than the run.
        Path("/proc/self/oom_score_adj").write_text("1000")
    mapped, resident = _memory()
    if mapped:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = mapped + max(most - resident, min(most, _LEAST_MEMORY))
        resource.setrlimit(
            resource.RLIMIT_AS,
            (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard),
        )
    return resident


def _memory() -> tuple[int, int]:
    """Return how many bytes this process has mapped, and how many are in memory."""
    try:
        mapped, resident, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:  # not Linux
        return 0, 0
    size = resource.getpagesize()
    return int(mapped) * size, int(resident) * size


def _answer(page: Page, source: Source, setup: Setup, began_with: int) -> Answer:
    try:
        listing = setup.parse(page, source=source)
    except ScrapeError as error:
        return Answer(error, error.__cause__, spent=False)
    except MemoryError:
        mebibytes = setup.memory_bytes // 1024**2
        message = f"reading it takes more than {mebibytes} MiB of memory"
        return Answer(ParseError(source.name, message, advice=SMALLER), None, spent=True)
    except Exception as error:  # a bug must be seen, and must not end the run
        # The traceback itself cannot leave this process.
        error.add_note("".join(traceback.format_tb(error.__traceback__)).rstrip())
        return Answer(bug_of(source, error), error, spent=False)
    return Answer(listing, None, spent=_memory()[1] > began_with + _MOST_KEPT)


def _pack(answer: Answer) -> bytes:
    try:
        packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        if answer.cause is not None:
            pickle.loads(packed)  # noqa: S301 - some exceptions can be packed and not unpacked
    except Exception:  # whatever an exception of some library holds
        said = f"{type(answer.cause).__name__}: {answer.cause}"
        return pickle.dumps(answer._replace(cause=RuntimeError(said)), pickle.HIGHEST_PROTOCOL)
    return packed


def send(stream: socket.socket, message: bytes) -> None:
    """Send *message* with its length in front."""
    stream.sendall(_LENGTH.pack(len(message)))
    stream.sendall(message)


def receive(stream: socket.socket) -> bytes:
    """Return a whole message, or raise EOFError."""
    (length,) = _LENGTH.unpack(_receive_exactly(stream, _LENGTH.size))
    return bytes(_receive_exactly(stream, length))


def _receive_exactly(stream: socket.socket, length: int) -> bytearray:
    message = bytearray(length)
    view = memoryview(message)
    while view:
        count = stream.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return message
