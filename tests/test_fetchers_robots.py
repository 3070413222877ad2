"""robots.txt by RFC 9309: what it says, and what it means that it says nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from faults import FaultServer
from faults.server import Answer, answer

from scraper.errors import PolicyError, ScrapeError, TooSlowError, UnreachableError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.robots import parse_robots
from scraper.models import Source

CLOSED = b"User-agent: *\nDisallow: /"
FILLER = b"# nothing\n" * (500 * 1024 // 10)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer({"/list": answer(b"news")}) as running:
        yield running


def make_fetcher(**options) -> HttpFetcher:
    usual = {"delay_s": 0, "whole_s": 0.5, "sleep": lambda _: None}
    return HttpFetcher(**usual | options)


def source_of(server: FaultServer, path: str = "/list") -> Source:
    return Source(name="news", url=server.url + path)


def silent(connection, _):
    connection.wait()


def short(connection, _):
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *\nAllow: /")


def redirect(location: str) -> Answer:
    return answer(status=301, headers={"Location": location})


VERDICTS: dict[str, tuple[Answer, type[ScrapeError] | None]] = {
    "200, nothing in it": (answer(b""), None),
    "200, forbids": (answer(CLOSED), PolicyError),
    "200, forbids others": (answer(b"User-agent: foobot\nDisallow: /"), None),
    "200, forbids us by name": (answer(b"User-agent: Scraper\nDisallow: /list"), PolicyError),
    "200, forbids all but us": (answer(CLOSED + b"\n\nUser-agent: scraper\nAllow: /"), None),
    "200, the longer rule wins": (answer(CLOSED + b"\nAllow: /list"), None),
    "200, byte order mark": (answer(b"\xef\xbb\xbf" + CLOSED), PolicyError),
    "200, UTF-16": (answer(CLOSED.decode().encode("utf-16")), PolicyError),
    "200, CR for line ends": (answer(CLOSED.replace(b"\n", b"\r")), PolicyError),
    "200, HTML": (answer(b"<!doctype html><p>User-agent<p>Disallow: /"), None),
    "200, binary": (answer(bytes(range(256)) * 50), None),
    "200, 2 MB, forbids in the first 500 KiB": (answer(CLOSED + b"\n" + FILLER * 4), PolicyError),
    "200, 2 MB, forbids after them": (answer(FILLER + CLOSED + FILLER * 3), None),
    "200, one line of 2 MB": (answer(b"User-agent: *\nDisallow: /" + b"x" * 2**21), None),
    "204": (answer(status=204), None),
    "301 to one that forbids": (redirect("/closed.txt"), PolicyError),
    "301 to one that is not there": (redirect("/none.txt"), None),
    "301 for ever": (redirect("/robots.txt"), None),
    "301 to nowhere": (answer(status=301), None),
    "301 to another scheme": (redirect("ftp://news.example/robots.txt"), PolicyError),
    "400": (answer(CLOSED, status=400), None),
    "401": (answer(CLOSED, status=401), None),
    "403": (answer(CLOSED, status=403), None),
    "404": (answer(CLOSED, status=404), None),
    "410": (answer(CLOSED, status=410), None),
    "429": (answer(CLOSED, status=429), None),
    "500": (answer(b"", status=500), PolicyError),
    "502": (answer(b"", status=502), PolicyError),
    "503": (answer(b"", status=503), PolicyError),
    "599": (answer(b"", status=599), PolicyError),
    "cut off": (short, PolicyError),
    "no HTTP": (lambda connection, _: connection.send(b"nonsense\r\n\r\n"), PolicyError),
    "broken gzip": (answer(b"no", headers={"Content-Encoding": "gzip"}), PolicyError),
    "silence": (silent, TooSlowError),
    "connection reset": (lambda connection, _: connection.reset(), UnreachableError),
    "connection closed": (lambda connection, _: None, UnreachableError),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_page_is_fetched_or_not_as_robots_txt_has_it(server, name):
    reply, kind = VERDICTS[name]
    server.paths |= {"/robots.txt": reply, "/closed.txt": answer(CLOSED)}
    if kind is None:
        assert make_fetcher().fetch(source_of(server)).body == b"news"
        return
    with pytest.raises(kind):
        make_fetcher().fetch(source_of(server))
    assert server.hits("/list") == 0


def test_a_rule_says_what_to_do_about_it(server):
    server.paths["/robots.txt"] = answer(CLOSED)
    with pytest.raises(PolicyError) as caught:
        make_fetcher().fetch(source_of(server))
    assert str(caught.value) == (
        "news: robots.txt forbids it; ask the site, or use --ignore-robots if it has agreed"
    )


def test_a_robots_txt_that_cannot_be_had_is_named(server):
    server.paths["/robots.txt"] = answer(status=503)
    with pytest.raises(PolicyError) as caught:
        make_fetcher().fetch(source_of(server))
    assert str(caught.value).startswith(
        "news: robots.txt cannot be had, which forbids all: the server answered 503"
    )
    assert server.hits("/robots.txt") == 3


@pytest.mark.parametrize("body", [CLOSED, b""])
def test_it_can_be_ignored(server, body):
    server.paths["/robots.txt"] = answer(body, status=200 if body else 503)
    fetcher = make_fetcher(ignore_robots=True)
    assert fetcher.fetch(source_of(server)).body == b"news"
    assert server.hits("/robots.txt") == 0


def test_redirects_are_asked_about_as_well(server):
    server.paths |= {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /private"),
        "/list": redirect("/private/list"),
        "/private/list": answer(b"x"),
    }
    with pytest.raises(PolicyError):
        make_fetcher().fetch(source_of(server))
    assert server.hits("/private/list") == 0


def test_rules_are_for_whole_addresses(server):
    server.paths |= {
        "/robots.txt": answer("User-agent: *\nDisallow: /*?page=\nDisallow: /ü$".encode()),
        "/list?page=2": answer(b"x"),
        "/%C3%BC": answer(b"x"),
    }
    for path in ("/list?page=2", "/%C3%BC", "/ü", "/ü#top"):
        with pytest.raises(PolicyError):
            make_fetcher().fetch(source_of(server, path))
    assert make_fetcher().fetch(source_of(server)).body == b"news"


def test_the_product_is_what_rules_are_for(server):
    server.paths["/robots.txt"] = answer(b"User-agent: newsdesk\nDisallow: /")
    with pytest.raises(PolicyError):
        make_fetcher(user_agent="NewsDesk/2.1 (+mailto:ann@news.example)").fetch(source_of(server))


def test_it_is_asked_for_once_a_day(server):
    now = [0.0]
    fetcher = make_fetcher(monotonic=lambda: now[0])
    for hours, hits in ((0, 1), (1, 1), (23.9, 1), (24.1, 2)):
        now[0] = hours * 3600
        fetcher.fetch(source_of(server))
        assert server.hits("/robots.txt") == hits
    fetcher.close()


def test_a_failure_is_remembered_for_some_minutes_only(server):
    server.paths["/robots.txt"] = silent
    now = [0.0]
    fetcher = make_fetcher(monotonic=lambda: now[0])
    for _ in range(3):
        with pytest.raises(TooSlowError, match=r"^news: robots.txt: no"):
            fetcher.fetch(source_of(server))
    assert server.hits("/robots.txt") == 1
    server.paths["/robots.txt"] = answer(status=404)
    now[0] = 301
    assert fetcher.fetch(source_of(server)).body == b"news"
    fetcher.close()


def test_many_threads_ask_for_it_once(server):
    fetcher = make_fetcher(whole_s=5)
    threads = [threading.Thread(target=fetcher.fetch, args=[source_of(server)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (server.hits("/robots.txt"), server.hits("/list")) == (1, 8)
    fetcher.close()


@pytest.mark.parametrize(
    ("line", "delay_s"),
    [("5", 5), ("0.5", 0.5), ("600", 30), ("inf", 0), ("-1", 0), ("soon", 0), ("1e9", 30)],
)
def test_a_crawl_delay_is_honoured_up_to_a_cap(line, delay_s):
    rules = parse_robots(f"User-agent: *\nCrawl-delay: {line}".encode(), agent="scraper")
    assert rules.delay_s == delay_s


def test_a_crawl_delay_is_kept_between_requests(server):
    server.paths["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 4\nDisallow:")
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    fetcher = make_fetcher(sleep=sleep, monotonic=lambda: now[0])
    fetcher.fetch(source_of(server))
    fetcher.fetch(source_of(server))
    assert slept == [4, 4]
    fetcher.close()


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % number for number in range(20_000))
        + b"".join(b"Disallow: /%d\n" % number for number in range(15_000)),
        b"User-agent: *\n" + b"Disallow: /" + b"*a" * 200_000,
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*b$\n" * 16_000,
        b"User-agent: *\n" * 36_000,
        b"Disallow " * 50_000,
    ],
    ids=["agents", "stars", "patterns", "same", "words"],
)
def test_no_robots_txt_takes_long_to_read(body):
    began = time.monotonic()
    rules = parse_robots(body, agent="scraper")
    rules.allow("https://news.example/" + "a" * 2_000)
    assert time.monotonic() - began < 2
