"""Runs of the command on pages that are as short as can be."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kills
from kills import wait

from scraper.errors import FetchError
from scraper.models import Item, Listing, Page, Source

__all__ = ["PAGE", "fork", "parse", "publish", "started", "titles", "wait"]

# A command that does not do what a test waits for ends all the same.
_LONGEST_S = 30.0

#: A page that the parser itself reads.
PAGE = """<title>News</title><h1>News</h1><ul>
<li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
<li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li></ul>"""


def parse(page: Page, *, source: Source) -> Listing:
    """Read a page that says ``title`` or ``title|address`` a line."""
    if page.body.startswith(b"bad"):
        raise FetchError(source.name, "cannot be read")
    items = []
    for place, line in enumerate(page.body.decode().splitlines(), 1):
        title, _, url = line.partition("|")
        url = url or f"https://a.example/{source.name}/{title.replace(' ', '-')}"
        items.append(Item(title=title, url=url, position=place, id=url[-16:], source=source.name))
    return Listing(items=tuple(items), complete=b"cut" not in page.body)


def publish(path: str, *titles: str) -> None:
    Path(path).write_text("\n".join(titles))


def titles(path: str = "new.json") -> list[str]:
    text = Path(path).read_text()
    records = map(json.loads, text.splitlines()) if path.endswith("l") else json.loads(text)
    return [record["title"] for record in records]


def fork(*words: str) -> int:
    """Start a run in a process of its own, which begins in no time."""
    return kills.fork(words)


@contextmanager
def started(*words: str, **options: object) -> Iterator[subprocess.Popen[str]]:
    """Start a command for as long as the block lasts; what it says is piped."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    command = [sys.executable, "-m", "scraper", *words]
    with subprocess.Popen(command, text=True, **piped) as process:
        timer = threading.Timer(_LONGEST_S, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()
