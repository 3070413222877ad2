"""Pages that hang, bloat or crash the process that reads them, and cost nothing else."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scraper import workers
from scraper.errors import BugError, NoItems, ParseError, SelectorError
from scraper.models import Item, Listing, Page, Source
from scraper.parsers import parse as parse_for_real
from scraper.workers import ParserPool

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SOURCE = Source(name="a", url="https://a.example/")
ITEM = Item(title="Bridge reopens", position=1, id="a1")


def behave(page: Page, *, source: Source) -> Listing:
    """Do what the page says."""
    match page.body.split():
        case [b"sleep"]:
            time.sleep(60)
        case [b"spin"]:  # in C, where no handler of Python's is called
            ctypes.PyDLL(None).sleep(60)
        case [b"eat", mebibytes]:
            hoard = [bytes(b"x" * 1024**2) for _ in range(int(mebibytes))]
            return Listing(items=(), warnings=(str(len(hoard)),))
        case [b"crash"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case [b"leave"]:
            os._exit(3)
        case [b"bug"]:
            return 1 / 0
        case [b"odd"]:
            raise OddError(threading.Lock())
        case [b"selector"]:
            raise SelectorError("a", "no such thing") from ValueError("li >")
        case [b"nothing"]:
            return Listing(items=(), no_items=NoItems("a", "a wall", category="login"))
        case [b"pid"]:
            return Listing(items=(), warnings=(str(os.getpid()),))
    return Listing(items=(ITEM,))


class OddError(Exception):
    """Holds what cannot leave a process."""


@pytest.fixture(params=["fork", "execute"])
def way(request, monkeypatch):
    """Both ways in which processes are started."""
    # Threads that other tests left behind hold no lock that matters here.
    monkeypatch.setattr(workers, "_may_fork", lambda: request.param == "fork")
    return request.param


@pytest.fixture
def pool(way):
    with ParserPool(behave, size=2, parse_s=0.5) as pool:
        yield pool


def ask(pool: ParserPool, body: str) -> Listing:
    return pool.parse(Page(url=None, body=body.encode()), source=SOURCE)


def pid(pool: ParserPool) -> int:
    return int(ask(pool, "pid").warnings[0])


def is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_until_gone(*numbers: int, within_s: float = 2) -> bool:
    deadline = time.monotonic() + within_s
    while any(map(is_running, numbers)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_listing_comes_back_whole(pool):
    assert ask(pool, "news") == Listing(items=(ITEM,))
    nothing = ask(pool, "nothing").no_items
    assert (str(nothing), nothing.category) == ("a: a wall", "login")


def test_one_process_reads_page_after_page(pool):
    assert pid(pool) == pid(pool) != os.getpid()


@pytest.mark.parametrize("body", ["sleep", "spin"])
def test_a_page_that_hangs_is_ended_in_time(pool, body):
    ask(pool, "news")
    began = time.monotonic()
    with pytest.raises(ParseError) as caught:
        ask(pool, body)
    assert time.monotonic() - began < 1
    assert str(caught.value) == (
        "a: reading it takes more than 0.5 s; save the part that lists the entries, and name the "
        "file"
    )
    assert ask(pool, "news").items == (ITEM,)


def test_a_page_that_takes_too_much_memory_is_ended(way):
    with ParserPool(behave, size=1, memory_bytes=200 * 1024**2) as pool:
        first = pid(pool)
        assert ask(pool, "eat 20").warnings == ("20",)
        with pytest.raises(ParseError, match="more than 200 MiB of memory; save the part"):
            ask(pool, "eat 300")
        assert ask(pool, "news").items == (ITEM,)
        assert pid(pool) != first


def test_what_a_page_took_is_given_back(way):
    with ParserPool(behave, size=1, memory_bytes=1024**3) as pool:
        first = pid(pool)
        ask(pool, "eat 20")
        assert pid(pool) == first


@pytest.mark.parametrize("body", ["crash", "leave"])
def test_a_page_that_its_process_does_not_survive_is_named(pool, body):
    with pytest.raises(ParseError, match="a: the process that read it broke down; report it"):
        ask(pool, body)
    assert ask(pool, "news").items == (ITEM,)


def test_a_worker_that_was_killed_while_it_waited_is_replaced(pool):
    first = pid(pool)
    os.kill(first, signal.SIGKILL)
    assert pid(pool) != first


def test_a_nursery_that_was_killed_is_replaced(way):
    with ParserPool(behave, size=1, parse_s=2) as pool:
        first = pid(pool)
        nursery = int(Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(nursery, signal.SIGKILL)
        os.kill(first, signal.SIGKILL)
        assert wait_until_gone(first, nursery)
        assert ask(pool, "news").items == (ITEM,)


def test_a_bug_keeps_its_name_and_its_place(pool):
    with pytest.raises(BugError) as caught:
        ask(pool, "bug")
    assert str(caught.value).startswith("a: unexpected ZeroDivisionError: division by zero; ")
    assert "return 1 / 0" in caught.value.__cause__.__notes__[0]


def test_an_error_that_cannot_leave_its_process_is_told_in_words(pool):
    with pytest.raises(BugError, match="unexpected OddError: OddError: <unlocked _thread"):
        ask(pool, "odd")


def test_an_error_of_a_parser_keeps_its_cause(pool):
    with pytest.raises(SelectorError, match="a: no such thing: li >"):
        ask(pool, "selector")


def test_threads_share_as_many_processes_as_there_are_places(pool):
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: pid(pool), range(40)))
    assert len(found) <= 2


def test_bad_pages_in_many_threads_cost_no_good_one(way):
    bodies = ["news", "sleep", "news", "crash", "news", "eat 400", "bug", "news"] * 3

    def outcome(body: str) -> str:
        try:
            return "good" if ask(pool, body).items else "empty"
        except (ParseError, BugError):
            return "bad"

    with (
        ParserPool(behave, parse_s=0.5, memory_bytes=300 * 1024**2) as pool,
        ThreadPoolExecutor(8) as threads,
    ):
        ask(pool, "news")
        outcomes = list(threads.map(outcome, bodies))
    assert outcomes == ["good" if body == "news" else "bad" for body in bodies]


def test_no_process_outlives_the_pool(way):
    pool = ParserPool(behave, size=2, parse_s=30)
    idle = pid(pool)
    outcomes = []

    def hang() -> None:
        with pytest.raises(ParseError) as caught:
            ask(pool, "sleep")
        outcomes.append(caught.value.message)

    busy = threading.Thread(target=hang)
    busy.start()
    time.sleep(0.2)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 1
    assert wait_until_gone(idle)
    busy.join(2)
    assert outcomes == ["the process that read it broke down"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_the_run(how):
    program = """
import os, sys
from scraper import parsers, workers
from scraper.models import Listing, Page, Source
def tell(page, *, source):
    print(os.getppid(), os.getpid(), file=open(source.name, "w"), flush=True)
    while True: pass
with workers.ParserPool(tell) as pool:
    pool.parse(Page(url=None, body=b""), source=Source(name=sys.argv[1]))
"""
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", program, f"/proc/{os.getpid()}/fd/{writing}"],
    ) as process:
        numbers = [int(word) for word in os.read(reading, 100).split()]
        process.send_signal(how)
    os.close(reading)
    os.close(writing)
    assert len(numbers) == 2
    assert wait_until_gone(*numbers)


def test_real_pages_are_read_as_in_one_process(way):
    body = b"<h1>News</h1><ul>" + b"".join(
        b'<li><a href="/%d">Council approves the new tram line %d</a> 3 March 2024</li>' % (n, n)
        for n in range(9)
    )
    page = Page(url="https://a.example/", body=body)
    with ParserPool(parse_for_real) as pool:
        assert pool.parse(page, source=SOURCE) == parse_for_real(page, source=SOURCE)


def test_a_program_with_threads_is_not_copied():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not workers._may_fork()
    finally:
        stop.set()
        thread.join()
