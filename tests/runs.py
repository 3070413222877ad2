"""Runs of the command on pages that are as short as can be."""

from __future__ import annotations

import json
import os
from pathlib import Path

from scraper.cli import main
from scraper.errors import FetchError
from scraper.models import Item, Listing, Page, Source


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
    child = os.fork()
    if child:
        return child
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    code = 99
    try:
        main(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


def wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
