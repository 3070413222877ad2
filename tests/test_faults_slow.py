"""Servers that are slow, or never come to an end: each request ends in time all the same."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults import FaultServer
from faults.drips import DRIPS

from scraper.errors import ScrapeError, TooLargeError, TooSlowError
from scraper.fetchers import HttpFetcher
from scraper.models import Source

WHOLE_S = 1.0
#: PROMISES: within the limit ± 0.5 s.
SLACK_S = 0.5
ENDLESS = [path for path in DRIPS if path.count("/") == 1]


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(DRIPS) as running:
        yield running


def timed_fault(url: str, **options: float) -> tuple[ScrapeError, float]:
    limits = {"whole_s": WHOLE_S, "idle_s": 0.5, "connect_s": 0.5, "delay_s": 0.0} | options
    fetcher = HttpFetcher(**limits, ignore_robots=True)
    began = time.monotonic()
    with pytest.raises(ScrapeError) as caught:
        fetcher.fetch(Source(name="slow", url=url))
    took_s = time.monotonic() - began
    fetcher.close()
    return caught.value, took_s


@pytest.fixture(scope="module")
def ends(server: FaultServer) -> dict[str, tuple[ScrapeError, float]]:
    """How requests for all of them end, under way at once."""

    def ask(path: str) -> tuple[ScrapeError, float]:
        return timed_fault(server.url + path, idle_s=5)

    with ThreadPoolExecutor(len(ENDLESS)) as pool:
        return dict(zip(ENDLESS, pool.map(ask, ENDLESS), strict=True))


@pytest.mark.parametrize("path", ENDLESS)
def test_a_request_ends_within_its_limit(server, ends, path):
    error, took_s = ends[path]
    assert isinstance(error, TooSlowError)
    assert abs(took_s - WHOLE_S) <= SLACK_S
    assert server.hits(path) == 1


def test_redirects_share_one_limit(server):
    error, took_s = timed_fault(server.url + "/redirects/0")
    assert isinstance(error, TooSlowError)
    assert abs(took_s - WHOLE_S) <= SLACK_S


@pytest.mark.parametrize("path", ["/silence", "/never-closing"])
def test_a_silent_server_is_left_after_the_idle_limit(server, path):
    error, took_s = timed_fault(server.url + path)
    assert str(error).startswith("slow: no answer in time")
    assert took_s <= 0.5 + SLACK_S


def test_a_body_that_goes_on_is_named_as_that(server):
    error, _ = timed_fault(server.url + "/body-with-length")
    assert str(error) == "slow: the body went on and on, no end within 1 s; raise --timeout"


def test_a_connection_that_nobody_takes_is_given_up():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        error, took_s = timed_fault(f"http://127.0.0.1:{address[1]}/", whole_s=9)
        for one in waiting:
            one.close()
    assert str(error) == "slow: no connection in time; try again later"
    assert abs(took_s - 0.5) <= SLACK_S


@pytest.mark.parametrize("whole_s", [0.7, 9])
def test_a_handshake_that_never_ends_is_given_up(server, whole_s):
    # It speaks no TLS, and waits for the rest of a request.
    url = server.url.replace("http:", "https:") + "/silence"
    error, took_s = timed_fault(url, whole_s=whole_s, connect_s=0.6)
    assert isinstance(error, TooSlowError)
    assert abs(took_s - 0.6) <= SLACK_S


def test_a_name_that_is_looked_up_for_ever_is_given_up(monkeypatch):
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found.wait(10) and [])
    error, took_s = timed_fault("http://slow.example/", whole_s=9)
    found.set()
    assert isinstance(error, TooSlowError)
    assert abs(took_s - 0.5) <= SLACK_S


def test_headers_are_read_up_to_64_kib():
    def sending(size: int):
        def send(connection, _):
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
            lines = [b"X: " + b"x" * 8_000 + b"\r\n"] * (size // 8_000)
            connection.send(head + b"".join(lines) + b"\r\nhi")

        return send

    with FaultServer({"/large": sending(56_000), "/larger": sending(72_000)}) as server:
        page = HttpFetcher(delay_s=0).fetch(Source(name="a", url=server.url + "/large"))
        assert page.body == b"hi"
        error, _ = timed_fault(server.url + "/larger")
    assert isinstance(error, TooLargeError)
    assert str(error) == "slow: its headers are larger than 64 KiB"
