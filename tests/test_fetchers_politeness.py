"""How often servers are asked, and how closely."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from faults import FaultServer
from faults.server import answer

from scraper.errors import DeferredError, IncompleteError, ScrapeError, StatusError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.politeness import Turns, host_key
from scraper.fetchers.retries import give_way, read_retry_after
from scraper.fetchers.web_address import read_address
from scraper.models import Source

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


class Waiting:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clock(self) -> datetime:
        return NOON + timedelta(seconds=sum(self.slept))


def attempt(server: FaultServer, waiting: Waiting, **options) -> ScrapeError | bytes:
    usual = {"delay_s": 0, "sleep": waiting.sleep, "clock": waiting.clock, "ignore_robots": True}
    fetcher = HttpFetcher(**usual | options)
    try:
        return fetcher.fetch(Source(name="news", url=server.url + "/list")).body
    except ScrapeError as error:
        return error
    finally:
        fetcher.close()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 429, 408])
def test_a_fault_of_the_server_is_asked_about_three_times_in_all(server, status):
    server.paths["/list"] = answer(status=status)
    waiting = Waiting()
    error = attempt(server, waiting)
    assert isinstance(error, StatusError)
    assert (server.hits("/list"), error.tries) == (3, 3)
    first, second = waiting.slept
    assert 1 <= first <= 2
    assert 1 <= second <= 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 304])
def test_other_answers_are_final(server, status):
    server.paths["/list"] = answer(status=status)
    waiting = Waiting()
    assert isinstance(attempt(server, waiting), StatusError)
    assert (server.hits("/list"), waiting.slept) == (1, [])


@pytest.mark.parametrize("failures", [1, 2])
def test_a_server_that_recovers_gives_its_page(server, failures):
    def recover(connection, request):
        bad = server.hits("/list") <= failures
        answer(b"news", status=503 if bad else 200)(connection, request)

    server.paths["/list"] = recover
    assert attempt(server, Waiting()) == b"news"
    assert server.hits("/list") == failures + 1


def test_a_body_that_was_cut_off_once_is_whole_the_next_time(server):
    def cut(connection, request):
        if server.hits("/list") > 1:
            answer(b"news")(connection, request)
        else:
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nne")

    server.paths["/list"] = cut
    assert attempt(server, Waiting()) == b"news"


def test_a_connection_that_is_always_reset_is_tried_three_times(server):
    def reset(connection, _):
        connection.reset()

    # Once over a new connection each time, once over the one that brought robots.txt.
    for ignore_robots in (True, False):
        server.paths["/list"] = reset
        server.requests.clear()
        attempt(server, Waiting(), ignore_robots=ignore_robots)
        assert server.hits("/list") == 3


@pytest.mark.parametrize("tries", [1, 2])
def test_the_number_of_tries_is_the_caller_s(server, tries):
    server.paths["/list"] = answer(status=500)
    attempt(server, Waiting(), tries=tries)
    assert server.hits("/list") == tries


def test_jitter_takes_all_of_its_range(server):
    server.paths["/list"] = answer(status=500)
    for choose, expected in ((min, [1] * 7), (max, [2, 4, 8, 16, 32, 60, 60])):
        waiting = Waiting()
        attempt(server, waiting, tries=8, random=choose)
        assert waiting.slept == expected


@pytest.mark.parametrize(
    "header",
    ["30", "030", " 30 ", "Tue, 05 Mar 2024 12:00:30 GMT", "Tue, 05 Mar 2024 13:00:30 +0100"],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_a_minimum(server, header, status):
    server.paths["/list"] = answer(status=status, headers={"Retry-After": header})
    waiting = Waiting()
    attempt(server, waiting, tries=2)
    assert waiting.slept == [30]


@pytest.mark.parametrize("header", ["0", "1", "Mon, 01 Jan 2024 00:00:00 GMT", "-5", "soon", ""])
def test_a_retry_after_that_asks_for_less_changes_nothing(server, header):
    server.paths["/list"] = answer(status=503, headers={"Retry-After": header})
    waiting = Waiting()
    attempt(server, waiting, random=max)
    assert waiting.slept == [2, 4]


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("61", "2024-03-05 12:01:01 UTC"),
        ("7200", "2024-03-05 14:00:00 UTC"),
        ("Wed, 06 Mar 2024 08:00:00 GMT", "2024-03-06 08:00:00 UTC"),
        ("9" * 40, "2025-03-06 12:00:00 UTC"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "2025-03-06 12:00:00 UTC"),
    ],
)
def test_a_longer_retry_after_defers_the_source_and_says_until_when(server, header, until):
    server.paths["/list"] = answer(status=429, headers={"Retry-After": header})
    waiting = Waiting()
    error = attempt(server, waiting)
    assert isinstance(error, DeferredError)
    assert str(error) == (
        f"news: the server answered 429 Too Many Requests; ask again after {until}"
    )
    assert f"{error.until:%Y-%m-%d %H:%M:%S} UTC" == until
    assert (server.hits("/list"), waiting.slept, error.exit_code) == (1, [], 4)


@pytest.mark.parametrize(
    "header", [None, "", "tomorrow", "1.5", "٣", "Tue, 99 Mar 2024 12:00:00 GMT"]
)
def test_what_names_no_moment_is_none(header):
    assert read_retry_after(header, now=NOON) is None


def test_others_may_begin_before_each_wait(server):
    server.paths["/list"] = answer(status=500)
    waiting = Waiting()
    slept: list[int] = []
    token = give_way.set(lambda: slept.append(len(waiting.slept)))
    try:
        attempt(server, waiting)
    finally:
        give_way.reset(token)
    assert slept == [0, 1]


# -- turns -------------------------------------------------------------------------------------


def test_a_host_has_one_request_at_a_time_and_a_pause_between(server):
    def slow(connection, request):
        connection.wait(0.05)
        answer(b"news")(connection, request)

    server.paths["/list"] = slow
    fetcher = HttpFetcher(delay_s=0.1)
    source = Source(name="news", url=server.url + "/list")
    threads = [threading.Thread(target=fetcher.fetch, args=[source]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    fetcher.close()
    times = [request.at for request in server.requests]
    assert (len(times), server.busiest) == (7, 1)
    # The pause, and the answer itself but for robots.txt.
    assert min(b - a for a, b in pairwise(times)) >= 0.1


def test_hosts_do_not_wait_for_each_other():
    def meet(connection, request):
        both.wait(5)
        answer(b"news")(connection, request)

    both = threading.Barrier(2)
    with FaultServer({"/list": meet}) as one, FaultServer({"/list": meet}) as other:
        fetcher = HttpFetcher(delay_s=0)
        pages: list[bytes] = []
        threads = [
            threading.Thread(
                target=lambda url: pages.append(fetcher.fetch(Source(name="a", url=url)).body),
                args=[server.url + "/list"],
            )
            for server in (one, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        fetcher.close()
    assert pages == [b"news", b"news"]


def test_all_hosts_together_have_only_so_many_requests_in_flight(server):
    def slow(connection, _):
        connection.wait(0.15)
        answer(b"news")(connection, _)

    server.paths["/list"] = slow
    here = [ipaddress.ip_address("127.0.0.1")]
    # Waiting for others is not the server's time either.
    fetcher = HttpFetcher(delay_s=0, most_at_once=3, whole_s=1.0, resolve=lambda *_: here)
    urls = [f"http://h{number}.example:{server.port}/list" for number in range(24)]
    with ThreadPoolExecutor(24) as threads:
        pages = list(threads.map(lambda url: fetcher.fetch(Source(name=url, url=url)), urls))
    fetcher.close()
    assert [page.body for page in pages] == [b"news"] * 24
    assert server.busiest == 3


def test_waiting_for_one_s_turn_is_not_the_server_s_time(server):
    server.paths |= {
        "/list": answer(status=302, headers={"Location": "/there"}),
        "/there": answer(b"news"),
    }
    fetcher = HttpFetcher(delay_s=0.4, whole_s=0.5)
    page = fetcher.fetch(Source(name="news", url=server.url + "/list"))
    fetcher.close()
    assert page.body == b"news"


def test_the_table_of_hosts_does_not_grow_without_bound():
    now = [0.0]
    turns = Turns(monotonic=lambda: now[0], sleep=lambda _: None)
    for number in range(5_000):
        now[0] += 1
        with turns.turn(f"h{number}.example", delay_s=1):
            pass
    assert len(turns._hosts) <= 257


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://news.example/", "news.example"),
        ("https://News.example:443/", "news.example"),
        ("https://news.example.:80/", "news.example"),
        ("http://news.example:8080/", "news.example:8080"),
    ],
)
def test_http_and_https_of_a_site_are_one_host(url, key):
    assert host_key(read_address(url, subject="a")) == key


def test_an_incomplete_page_says_so(server):
    server.paths["/list"] = lambda connection, _: connection.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nne"
    )
    error = attempt(server, Waiting())
    assert isinstance(error, IncompleteError)
    assert str(error) == "news: the page ended before its announced end; try again later"
