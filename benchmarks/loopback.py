#!/usr/bin/env python3
"""Hosts on this machine that answer late, or badly: what fetching is measured on.

    python benchmarks/loopback.py --hosts 100

Listens on 127.0.1.1, 127.0.1.2, … (Linux has all of them), prints its port, and ends with its
standard input. ``/news/7`` is a listing of its own for every number; the other paths are faults,
named by :data:`FAULTS`. The words are drawn from a seed: every run serves the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import resource
import subprocess
import sys
import time
import zlib
from calendar import month_name
from functools import cache
from pathlib import Path
from types import TracebackType

__all__ = ["FAULTS", "Loopback", "Metered", "host_address", "listing_page", "run_metered"]

#: Paths that are no listing, and no page either but for the last three.
FAULTS = ("hang", "drip", "reset", "500", "nest", "bomb", "empty")

_LATENCY_S = 0.05
_ROBOTS = b"User-agent: *\nDisallow: /private/\n\nSitemap: /sitemap.xml\n"
_TEXT = """
harbour council library bridge tram school market river station museum garden budget winter summer
festival housing traffic energy water forest island coast village hospital research teacher engineer
farmer reporter minister mayor opens closes repairs plans presents adopts rejects extends supports
finds builds moves new old public local early late wooden narrow northern regional free open annual
first last second with without after before for near
"""
_WORDS = _TEXT.split()


def host_address(number: int) -> str:
    """Return the address of a host.

    >>> host_address(0), host_address(250)
    ('127.0.1.1', '127.0.2.51')
    """
    return f"127.0.{1 + number // 200}.{1 + number % 200}"


# Pages


def _say(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choices(_WORDS, k=dice.randint(least, most))).capitalize()


def _menu(dice: random.Random, count: int) -> str:
    links = (
        f'<li class="nav-item"><a class="nav-link" href="/{word}/">{word.title()}</a></li>'
        for word in dice.sample(_WORDS, count)
    )
    return f"<ul>{''.join(links)}</ul>"


_ENTRIES = (
    """<article class="entry teaser teaser--wide" id="post-{number}" data-track="list">
<a class="teaser__image" href="{link}" aria-hidden="true" tabindex="-1"><img loading="lazy"
src="/media/{number}-640.jpg" srcset="/media/{number}-320.jpg 320w, /media/{number}-640.jpg 640w"
sizes="(max-width: 640px) 100vw, 320px" alt="{alt}"></a><div class="teaser__body">
<span class="teaser__kicker">{kind}</span><h3 class="teaser__title"><a href="{link}">{title}</a>
</h3><time datetime="{iso}">{date}</time><p class="teaser__text">{text}</p>
<a class="more" href="{link}">Read more</a></div></article>""",
    """<li class="entry list-item clearfix"><div class="meta"><span class="date">{date}</span>
<span class="type">{kind}</span></div><h3><a href="{link}" title="{title}">{title}</a></h3>
<p>{text}</p><ul class="tags"><li><a href="/tags/{number}">{kind}</a></li></ul></li>""",
    """<tr class="entry"><td class="views-field date">{date}</td><td class="views-field title">
<a href="{link}">{title}</a><p>{text}</p></td><td class="views-field kind">{kind}</td></tr>""",
    """<div class="entry card"><div class="card-body"><p class="card-date">{date}</p>
<h2 class="card-title"><a class="stretched-link" href="{link}">{title}</a></h2>
<p class="card-text">{text}</p><span class="badge">{kind}</span></div></div>""",
)
_AROUND = (("<div>", "</div>"), ("<ul>", "</ul>"), ("<table>", "</table>"), ("<main>", "</main>"))


@cache
def listing_page(number: int) -> bytes:
    """Return a page of 20 to 30 entries, about 40 kB with all that stands around them."""
    dice = random.Random(number)  # noqa: S311 - the same for ever
    shape = number % len(_ENTRIES)
    opening, closing = _AROUND[shape]
    month, day = dice.randint(1, 12), 28
    entries = []
    for place in range(20 + number % 11):
        day = max(1, day - dice.randint(0, 1))
        title = _say(dice, 6, 12)
        entries.append(
            _ENTRIES[shape].format(
                number=1_000 * number + place,
                link=f"/news/{number}/{title.lower().replace(' ', '-')}",
                title=title,
                alt=_say(dice, 3, 8),
                kind=dice.choice(("Press release", "Report", "Event")),
                date=f"{day} {month_name[month]} 2024",
                iso=f"2024-{month:02}-{day:02}",
                text=_say(dice, 60, 110) + ".",
            )
        )
    script = f"window.settings = {{page: {number}, words: '{_say(dice, 250, 300)}'}};"
    style = ".teaser__title{margin:0 0 .5rem;font-weight:600}" * 30
    html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>News | Town {number}</title><meta name="description" content="{_say(dice, 9, 20)}">
<link rel="stylesheet" href="/main.css"><script>{script}</script><style>{style}</style></head>
<body class="page page--list"><header><nav>{_menu(dice, 30)}</nav></header><div class="container">
<h1>News</h1>{opening}{"".join(entries)}{closing}<ul class="pagination"><li>
<a rel="next" href="/news/{number}?page=2">Next</a></li></ul><aside><h2>Topics</h2>{_menu(dice, 40)}
</aside></div><footer>{_menu(dice, 25)}<p>Town {number}, {_say(dice, 20, 30)}.</p></footer>
<script>{script}</script></body></html>"""
    return html.encode()


def _answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1024**2)) for _ in range(200)) + packer.flush()


@cache
def _answer_for(path: str) -> bytes:
    """Return the whole answer; nothing where there is none to wait for."""
    html = "Content-Type: text/html; charset=utf-8"
    first, _, number = path.strip("/").partition("/")
    match first:
        case "news":
            return _answer(listing_page(int(number or 0)), html)
        case "robots.txt":
            return _answer(_ROBOTS, "Content-Type: text/plain")
        case "500":
            return _answer(b"", status="500 Internal Server Error")
        case "nest":
            return _answer(b"<h1>News</h1>" + b"<div>" * 100_000 + b"x", html)
        case "bomb":
            return _answer(_bomb(), html, "Content-Encoding: gzip")
        case "empty":
            return _answer(b"<p>", html)
    return _answer(b"", status="404 Not Found")


# The server


class _Host(asyncio.Protocol):
    """One connection."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._loop = asyncio.get_running_loop()
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a stream
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head:
            path = self._head.split(b" ", 2)[1].decode("latin-1")
            self._head = b""
            self._loop.call_later(self._latency_s, self._send, path)

    def _send(self, path: str) -> None:
        if path == "/reset":
            self._transport.abort()
        elif path == "/drip":
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            self._drip()
        elif path != "/hang":
            self._transport.write(_answer_for(path))

    def _drip(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(b"x")
            self._loop.call_later(0.3, self._drip)


async def _serve(hosts: int, latency_s: float) -> None:
    loop = asyncio.get_running_loop()
    _bomb()
    first = await loop.create_server(lambda: _Host(latency_s), host_address(0), 0, backlog=256)
    port = first.sockets[0].getsockname()[1]
    others = [host_address(number) for number in range(1, hosts)]
    if others:
        await loop.create_server(lambda: _Host(latency_s), others, port, backlog=256)
    for number in range(500):
        _answer_for(f"/news/{number}")
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


class Loopback:
    """The hosts, in a process of their own, for as long as the block lasts."""

    def __init__(self, *, hosts: int, latency_s: float = _LATENCY_S) -> None:
        command = [sys.executable, __file__, "--hosts", str(hosts), "--latency", str(latency_s)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Loopback:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        self._port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def url(self, host: int, path: str) -> str:
        """Return an address on host number *host*."""
        return f"http://{host_address(host)}:{self._port}/{path}"


# What a command costs


class Metered:
    """What a command took, with all processes that it started."""

    def __init__(self, *, exit_code: int, wall_s: float, cpu_s: float, peak_mb: float) -> None:
        self.exit_code = exit_code
        self.wall_s = wall_s
        self.cpu_s = cpu_s
        #: Of all of them at one moment, pages that they share counted once.
        self.peak_mb = peak_mb


def run_metered(command: list[str], *, most_s: float, cwd: Path | None = None) -> Metered:
    """Run *command*, no longer than *most_s*, and tell what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0.0
    while True:
        try:
            process.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, _memory_mb(process.pid))
            if time.monotonic() - began > most_s:
                process.kill()
    wall_s = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Metered(exit_code=process.returncode, wall_s=wall_s, cpu_s=cpu_s, peak_mb=peak)


def _memory_mb(pid: int) -> float:
    kilobytes = 0
    with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes = int(line.split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return kilobytes / 1024 + sum(_memory_mb(int(child)) for child in children)
    return kilobytes / 1024


def main() -> int:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", metavar="N", type=int, default=100)
    parser.add_argument("--latency", metavar="S", type=float, default=_LATENCY_S)
    asked = parser.parse_args()
    asyncio.run(_serve(asked.hosts, asked.latency))
    return 0


if __name__ == "__main__":
    sys.exit(main())
