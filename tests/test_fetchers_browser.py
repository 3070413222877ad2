"""Pages that are rendered: in a real Chromium, on servers of our own on loopback."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from faults import FaultServer
from faults.server import answer

from scraper.cli import main
from scraper.errors import (
    FetchError,
    NoItems,
    NotSavedError,
    ScrapeError,
    TooLargeError,
    TooSlowError,
    UsageError,
)
from scraper.fetchers import HttpFetcher, ReplayFetcher, RoutingFetcher
from scraper.fetchers.browser import _NAMES, BrowserFetcher, find_browser
from scraper.models import Page, Source
from scraper.pipeline import scrape
from scraper.seeds import load_seeds

MISSING = find_spec("playwright") is None or not any(map(shutil.which, _NAMES))
real = pytest.mark.skipif(MISSING, reason="no Chromium, or no playwright")

BUILD = """
for (const one of entries) {
  const item = document.createElement("li");
  const link = `<a href="/news/${one.n}">${one.title}</a>`;
  item.innerHTML = `${link} <time>${one.day}</time><p>${one.text}`;
  document.querySelector("#list").append(item);
}
"""
ENTRIES = [
    {
        "n": n,
        "title": f"Council approves plan number {n} of the tram line",
        "day": f"2024-03-0{n}",
        "text": "The plan was approved after a debate of several hours, with a large majority.",
    }
    for n in range(1, 6)
]
SHELL = """<!doctype html><html><head><title>News</title>
<script src="/app.js" defer></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript>
<div id="root"><ul id="list"></ul></div></body></html>"""
APP = 'fetch("/api").then(answer => answer.json()).then(entries => {' + BUILD + "});"


def json_answer(value: Any) -> Callable[..., None]:
    return answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def script(text: str) -> Callable[..., None]:
    return answer(text.encode(), headers={"Content-Type": "text/javascript"})


def page(text: str) -> Callable[..., None]:
    return answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def server() -> Iterator[FaultServer]:
    paths = {"/": page(SHELL), "/app.js": script(APP), "/api": json_answer(ENTRIES)}
    with FaultServer(paths) as running:
        yield running


@pytest.fixture
def other() -> Iterator[FaultServer]:
    """Another port of this machine, where nobody may ask for anything."""
    with FaultServer({"/secret": page("<p>secret"), "/secret.js": script("1")}) as running:
        yield running


def fetcher(**options) -> RoutingFetcher:
    web = HttpFetcher(delay_s=0, **{k: v for k, v in options.items() if k == "whole_s"})
    return RoutingFetcher(web=web, browser=BrowserFetcher(web, **options))


def render(url: str, **options) -> Page:
    return fetcher(**options).fetch(Source(name="news", url=url, render=True))


def fault(url: str, **options) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        render(url, **options)
    return caught.value


#: What the browsers of these tests have in their environment, and others on the machine have not.
MARK = "SCRAPER_BROWSER_TESTS"


def chromiums() -> set[int]:
    """Return the processes of browsers that these tests have started."""
    mark = f"{MARK}={os.getpid()}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"--remote-debugging-pipe" in line and mark in environment:
            found.add(int(entry.name))
    return found


@pytest.fixture(autouse=True)
def _less_patience(monkeypatch):
    if not MISSING:
        monkeypatch.setattr("scraper.fetchers.rendering._QUIET_S", 0.5)


@pytest.fixture(autouse=True)
def _no_browser_stays(monkeypatch) -> Iterator[None]:
    monkeypatch.setenv(MARK, str(os.getpid()))
    before = chromiums()
    yield
    end = time.monotonic() + 5
    while (left := chromiums() - before) and time.monotonic() < end:
        time.sleep(0.1)
    assert not left


@real
def test_a_list_that_a_script_builds_gives_its_records(server):
    source = Source(name="news", url=server.url + "/", render=True)
    (result,) = scrape([source], fetcher=fetcher())
    assert result.error is None
    assert [item.title for item in result.listing.items] == [one["title"] for one in ENTRIES]
    assert [item.date for item in result.listing.items] == [one["day"] for one in ENTRIES]
    assert result.listing.items[0].url == f"{server.url}/news/1"
    assert result.listing.complete
    assert result.page.encoding == "utf-8"


def test_without_a_browser_the_same_page_says_what_it_is(server):
    (result,) = scrape([Source(name="news", url=server.url + "/")], fetcher=fetcher())
    assert isinstance(result.error, NoItems)
    assert result.error.category == "app-shell"
    assert "--render" in (result.error.advice or "")


@real
def test_the_page_is_asked_for_once_and_by_its_rules(server):
    render(server.url + "/")
    assert [server.hits(path) for path in ("/robots.txt", "/", "/app.js", "/api")] == [1, 1, 1, 1]
    server.paths["/robots.txt"] = answer(b"User-agent: scraper\nDisallow: /")
    assert fault(server.url + "/").kind == "policy"


@real
def test_requests_say_who_asks_and_for_which_language(server):
    render_de = Source(name="news", url=server.url + "/", render=True, language="de-CH")
    fetcher().fetch(render_de)
    headers = server.asked("/api")[0].headers
    assert "compatible; scraper/" in headers["user-agent"]
    assert "Headless" not in headers["user-agent"]
    assert headers["accept-language"].startswith("de-CH")
    assert not [name for name in headers if name.startswith("proxy-")]


@real
def test_letters_of_any_encoding_arrive(server):
    text = '<meta charset=utf-16><p id=a>Ĉu</p><script>a.append("\\u{1F600}", "\\ud800")</script>'
    server.paths["/"] = answer(
        text.encode("iso-8859-3"), headers={"Content-Type": "text/html; charset=iso-8859-3"}
    )
    got = render(server.url + "/")
    assert "Ĉu\U0001f600" in got.body.decode(got.encoding or "")


@real
@pytest.mark.parametrize("how", ["gzip", "redirect", "moved by script"])
def test_pages_arrive_however_they_come(server, how):
    if how == "gzip":
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
        packed = gzip.compress(SHELL.encode())
        server.paths["/start"] = answer(packed, headers=headers)
    elif how == "redirect":
        server.paths["/start"] = answer(status=302, headers={"Location": "/"})
    else:
        server.paths["/start"] = page("<script>location.replace('/?there')</script>")
        server.paths["/?there"] = page(SHELL)
    got = render(server.url + "/start")
    expected = {"gzip": "/start", "redirect": "/", "moved by script": "/?there"}[how]
    assert got.url == server.url + expected
    assert got.body.count(b"<li>") == 5


@real
def test_what_is_no_html_is_not_rendered(server):
    server.paths["/feed"] = answer(b"<rss/>", headers={"Content-Type": "application/rss+xml"})
    assert render(server.url + "/feed").body == b"<rss/>"


# What a page may ask for

ADD = (
    "const add = (tag, more) =>"
    " document.body.append(Object.assign(document.createElement(tag), more));"
)
ASKING = {
    "fetch": "fetch(URL, {mode: 'no-cors'}).catch(() => 0)",
    "script": "add('script', {src: URL})",
    "frame": "add('iframe', {src: URL})",
    "style": "add('link', {rel: 'stylesheet', href: URL})",
    "prefetch": "add('link', {rel: 'prefetch', href: URL})",
    "preconnect": "add('link', {rel: 'preconnect', href: URL})",
    "preload": "add('link', {rel: 'preload', as: 'script', href: URL})",
    "beacon": "navigator.sendBeacon(URL, 'x')",
    "events": "new EventSource(URL)",
    "socket": "new WebSocket(URL.replace('http', 'ws'))",
    "worker": "new Worker(`data:text/javascript,fetch('${URL}', {mode: 'no-cors'})`)",
    "window": "window.open(URL)",
    "form": "add('form', {action: URL, target: 'x', id: 'f'}); f.submit()",
    "picture": "new Image().src = URL",
    "redirect": "fetch('/away?' + URL, {mode: 'no-cors'}).catch(() => 0)",
    "framed redirect": "add('iframe', {src: '/away?' + URL})",
    "going there": "location.href = URL",
    "redirected there": "location.href = '/away?' + URL",
}


def asking(name: str, url: str) -> str:
    return f"try {{ const URL = {json.dumps(url)}; {ADD} {ASKING[name]} }} catch (error) {{}}"


@real
@pytest.mark.parametrize("form", ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_a_page_is_refused_another_port_of_this_machine_however_it_asks(server, other, form):
    url = f"http://{form}:{other.port}/secret"
    lines = []
    for number, name in enumerate(one for one in ASKING if "there" not in one):
        target = f"{url}?{number}"
        server.paths[f"/away?{target}"] = answer(status=302, headers={"Location": target})
        lines.append(asking(name, target))
    server.paths["/"] = page(f"<body><ul id=list></ul><script>{' '.join(lines)}</script>")
    got = render(server.url + "/")
    assert got.url == server.url + "/"
    assert other.connections == 0


@real
@pytest.mark.parametrize("form", ["going there", "redirected there"])
def test_a_page_that_goes_where_it_may_not_is_an_error_or_stays(server, other, form):
    url = f"{other.url}/secret"
    server.paths[f"/away?{url}"] = answer(status=302, headers={"Location": url})
    server.paths["/"] = page(f"<p>here<script>{asking(form, url)}</script>")
    try:
        got = render(server.url + "/", whole_s=8)
    except FetchError:
        pass
    else:
        assert b"secret" not in got.body.replace(url.encode(), b"")
    assert other.connections == 0


@real
def test_where_it_may_it_does_ask(server, other, monkeypatch):
    """The test before would be worth nothing if these ways of asking asked for nothing."""
    monkeypatch.setattr("scraper.fetchers.routes.is_public", lambda _: True)
    names = ("fetch", "script", "frame", "style", "worker", "redirect", "framed redirect")
    urls = {name: f"{other.url}/secret?{name.replace(' ', '-')}" for name in names}
    for url in urls.values():
        server.paths[f"/away?{url}"] = answer(status=302, headers={"Location": url})
    lines = [asking(name, url) for name, url in urls.items()]
    server.paths["/"] = page(f"<body><script>{' '.join(lines)}</script>")
    render(server.url + "/")
    missed = [name for name, url in urls.items() if not other.hits(url.removeprefix(other.url))]
    assert not missed


@real
def test_web_rtc_reaches_nobody(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.1)
        stun = f"stun:127.0.0.1:{listener.getsockname()[1]}"
        server.paths["/"] = page(
            f"<script>const c = new RTCPeerConnection({{iceServers: [{{urls: '{stun}'}}]}});"
            "c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o))</script>"
        )
        render(server.url + "/")
        with pytest.raises(TimeoutError):
            listener.recvfrom(100)


@real
def test_names_are_dialled_as_they_were_judged(server, other):
    """A name server that answers differently the second time gains nothing."""
    asked: list[str] = []

    def resolve(host: str, _: float):
        asked.append(host)
        public = asked.count(host) == 1 and host == "rebinding.example"
        return [ipaddress.ip_address("192.88.98.1" if public else "127.0.0.1")]

    server.paths["/"] = page(
        f"<script>fetch('http://rebinding.example:{other.port}/secret').catch(() => "
        f"fetch('http://rebinding.example:{other.port}/secret').catch(() => 0))</script>"
    )
    render(server.url + "/", resolve=resolve, connect_s=0.5, whole_s=10)
    assert asked.count("rebinding.example") == 1
    assert other.connections == 0


@real
def test_pictures_films_and_fonts_are_not_loaded(server):
    server.paths["/"] = page(
        "<style>@font-face {font-family: x; src: url(/x.woff)} p {font-family: x}</style><p>a"
        "<img src=/x.png><video src=/x.mp4 autoplay></video><audio src=/x.mp3 autoplay></audio>"
    )
    render(server.url + "/")
    assert [server.hits(f"/x.{one}") for one in ("woff", "png", "mp4", "mp3")] == [0, 0, 0, 0]


@real
def test_dialogs_downloads_and_workers_stop_nobody(server, tmp_path):
    server.paths["/file"] = answer(b"x", headers={"Content-Disposition": "attachment"})
    server.paths["/worker.js"] = script("self.addEventListener('fetch', () => 0)")
    server.paths["/app.js"] = script(
        "alert(1); confirm(2); prompt(3); onbeforeunload = () => 'no';"
        "navigator.serviceWorker.register('/worker.js').catch(() => 0);"
        "document.body.append(Object.assign(document.createElement('a'),"
        " {href: '/file', download: 'x', id: 'd'})); d.click();" + APP
    )
    got = render(server.url + "/")
    assert got.body.count(b"<li>") == 5
    assert server.hits("/worker.js") == 0


# Limits


@real
def test_a_page_that_never_rests_ends_at_the_deadline_as_it_is_then(server):
    server.paths["/app.js"] = script(
        APP + "setInterval(() => document.body.append(document.createElement('i')), 50);"
    )
    began = time.monotonic()
    got = render(server.url + "/", whole_s=5)
    assert 3.5 < time.monotonic() - began < 8
    assert got.body.count(b"<li>") == 5
    assert not got.complete


@real
def test_a_clock_that_ticks_holds_up_nobody(server):
    tick = "setInterval(() => document.title = new Date(), 50);"
    server.paths["/app.js"] = script(APP + tick)
    assert render(server.url + "/").complete


@real
def test_a_script_that_never_ends_is_ended(server):
    server.paths["/app.js"] = script("while (true) {}")
    began = time.monotonic()
    error = fault(server.url + "/", whole_s=4)
    assert isinstance(error, TooSlowError)
    assert error.message == "its scripts did not come to an end within 4 s"
    assert time.monotonic() - began < 8


@real
def test_a_request_that_hangs_is_given_up(server):
    def hang(connection, _):
        connection.wait()

    server.paths["/hang"] = hang
    server.paths["/app.js"] = script("fetch('/hang').catch(() => 0);" + APP)
    got = render(server.url + "/", idle_s=2)
    assert got.complete
    assert got.body.count(b"<li>") == 5


@real
def test_a_page_that_loads_without_end_is_cut_off(server, monkeypatch):
    monkeypatch.setattr("scraper.fetchers.rendering._MOST_LOADED", 2_000_000)
    server.paths["/large"] = answer(bytes(1_500_000))
    server.paths["/app.js"] = script(
        APP + "(async () => {for (;;) await (await fetch('/large')).text()})().catch(() => 0);"
    )
    got = render(server.url + "/", whole_s=20)
    assert not got.complete
    assert server.hits("/large") <= 3


@real
def test_a_page_that_grows_too_large_is_refused(server, monkeypatch):
    monkeypatch.setattr("scraper.fetchers.rendering.MOST_BYTES", 2**20)
    server.paths["/app.js"] = script("document.body.append('x'.repeat(2 ** 20));")
    assert isinstance(fault(server.url + "/"), TooLargeError)


@real
def test_it_renders_where_an_event_loop_runs(server):
    async def inside() -> Page:
        return render(server.url + "/")

    assert asyncio.run(inside()).body.count(b"<li>") == 5


@real
def test_several_threads_render_at_once(server):
    shared = fetcher()
    sources = [Source(name=f"news-{n}", url=server.url + "/", render=True) for n in range(4)]
    results = list(scrape(sources, fetcher=shared, jobs=4))
    assert [len(one.listing.items) if one.listing else 0 for one in results] == [5, 5, 5, 5]


@real
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_browser_outlives_the_run(server, how):
    server.paths["/app.js"] = script("setInterval(() => document.body.append('x'), 50);")
    words = ["-m", "scraper", server.url + "/", "--render", "--out", "-", "--ignore-robots"]
    before = chromiums()
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 20
    while not chromiums() - before and time.monotonic() < end:
        time.sleep(0.05)
    assert chromiums() - before
    os.kill(process.pid, how)
    # That none is left is told where the test ends.
    process.wait(10)


# What is missing


def test_without_a_browser_it_is_said_what_to_install(monkeypatch, server):
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("scraper.fetchers.browser.find_spec", lambda _: object())
    error = fault(server.url + "/")
    assert isinstance(error, UsageError)
    assert str(error) == (
        "news: no Chromium is installed; install one, such as: apt-get install chromium"
    )
    assert server.requests == []


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr("scraper.fetchers.browser.find_spec", lambda _: None)
    with pytest.raises(UsageError) as caught:
        find_browser("--render")
    assert str(caught.value) == (
        "--render: the extra that renders is not installed; pip install 'scraper[browser]'"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--render", "--replay"], "--render: usage: cannot go with --replay"),
        (
            ["--render", "--proxy-from-env"],
            "--proxy-from-env: usage: cannot go with pages that are",
        ),
        (["--render"], "--render: usage: no Chromium is installed; install one"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_fetched(
    words, said, monkeypatch, capsys
):
    if len(words) == 1:
        monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("scraper.fetchers.browser._NAMES", ("sh",))
    monkeypatch.setattr("scraper.fetchers.browser.find_spec", lambda _: object())
    with pytest.raises(SystemExit) as end:
        main(["https://city.example/", *words])
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_a_seed_may_ask_for_a_browser(tmp_path):
    seed = tmp_path / "news.toml"
    seed.write_text('name = "news"\nurl = "https://city.example/"\nrender = true\n')
    assert [one.render for one in load_seeds(tmp_path)] == [True]
    seed.write_text('name = "news"\nurl = "https://city.example/"\nrender = "yes"\n')
    with pytest.raises(UsageError, match=r"news\.toml:3: "):
        load_seeds(tmp_path)


def test_what_was_recorded_is_not_rendered_again(tmp_path):
    found = RoutingFetcher(web=ReplayFetcher(tmp_path))
    with pytest.raises(NotSavedError):
        found.fetch(Source(name="news", url="https://city.example/", render=True))
