"""How long a run takes to begin, and how much memory, where a million entries are remembered.

    python benchmarks/state.py
    python benchmarks/state.py --state postgresql://ann@localhost/news

A state is filled with entries of 100 sources, each with the keys that real ones have. Then, each in
a process of its own: the state is opened and asked for an entry, and a page of 50 entries is read
with ``--new``, beside the same with a state that is empty.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from loopback import run_metered

from scraper.models import Item
from scraper.state import Entry, open_store
from scraper.state.matching import see_items

_SOURCES = 100
_AT_ONCE = 10_000
_LONGEST_S = 60.0
_WORDS = ("council", "bridge", "tram", "pool", "market", "library", "school", "harbour")

_OPEN = """
import json, resource, sys, time
began = time.monotonic()
from scraper.state import open_store
from scraper.state.matching import see_items
from scraper.models import Item
imported_s = time.monotonic() - began
item = Item(title=sys.argv[2], url=sys.argv[3], position=1, id="1")
began = time.monotonic()
store = open_store(sys.argv[1])
store.check()
with store.exclusive(), store.transaction():
    found = [store.find("name source-7", key, limit=5) for key in see_items([item])[0].keys]
opened_s = time.monotonic() - began
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([imported_s, opened_s, peak_mb, sum(map(len, found))]))
"""


def make_items(source: int) -> Iterator[Item]:
    """Yield entries as they are remembered, without end."""
    number = 0
    while True:
        number += 1
        words = " ".join(_WORDS[(number + n) % len(_WORDS)] for n in range(5))
        yield Item(
            title=f"{words.capitalize()}, part {number}",
            url=f"https://site{source}.example/news/2024/{number}-{words.replace(' ', '-')}",
            date=f"2024-{1 + number // 28 % 12:02}-{1 + number % 28:02}",
            summary=f"What was said about the {words}, and what is to come of it next year.",
            position=1,
            id=f"{source:08x}{number:08x}",
            source=f"source-{source}",
        )


def fill(state: str, entries: int) -> None:
    """Remember so many entries."""
    store = open_store(state)
    store.check()
    each = entries // _SOURCES
    for source in range(_SOURCES):
        items = make_items(source)
        with store.exclusive():
            for start in range(0, each, _AT_ONCE):
                with store.transaction():
                    store.begin_run()
                    for item in islice(items, min(_AT_ONCE, each - start)):
                        (sighting,) = see_items([item])
                        entry = Entry(item=item, rank=1, listed=False, delivered=True)
                        store.keep(f"name source-{source}", entry, sighting.keys)


def open_afresh(state: str) -> tuple[float, float, int]:
    """Return how long it took to open *state*, peak memory in MB, and how much was found."""
    item = next(islice(make_items(7), 41, None))
    words = [sys.executable, "-c", _OPEN, state, item.title, item.url or ""]
    done = subprocess.run(words, check=True, capture_output=True)
    _, opened_s, peak_mb, found = json.loads(done.stdout)
    return opened_s, peak_mb, found


def forget_pages(path: Path) -> None:
    """Have the system read the file from the disk again."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_page(folder: Path, state: str) -> tuple[float, float]:
    """Return how long a run with *state* took, and its peak memory in MB."""
    words = [sys.executable, "-m", "scraper", str(folder / "page.html"), "--new"]
    words += ["--state", state, "--out", str(folder / "new.json"), "--quiet"]
    took = run_metered(words, most_s=_LONGEST_S)
    if took.exit_code:
        raise SystemExit(f"the run ended with {took.exit_code}")
    return took.wall_s, took.peak_mb


def write_page(folder: Path) -> None:
    """Save a page of 50 entries."""
    entries = "".join(
        f'<li><h3><a href="{one.url}">{one.title}</a></h3><time>{one.date}</time></li>'
        for one in islice(make_items(7), 50)
    )
    (folder / "page.html").write_text(f"<main><h1>News</h1><ul>{entries}</ul></main>")


def main() -> int:
    """Print the figures; return 1 where a million entries take more than is promised."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--state", help="a database without a state, for a file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        write_page(folder)
        state = asked.state or str(folder / "state.db")
        began = time.monotonic()
        fill(state, asked.entries)
        print(f"{asked.entries:,} entries were kept in {time.monotonic() - began:.0f} s")
        if not asked.state:
            print(f"the file has {Path(state).stat().st_size / 1e6:.0f} MB")
        opened = []
        for _ in range(3):
            if not asked.state:
                forget_pages(Path(state))
            opened.append(open_afresh(state))
        open_s, open_mb = max(one[0] for one in opened), max(one[1] for one in opened)
        print(f"opened and asked in {open_s:.3f} s, {open_mb:.0f} MB at most (of 3)")
        empty = [read_page(folder, str(folder / f"{n}.db")) for n in range(3)]
        full = [read_page(folder, state) for _ in range(3)]
        for what, runs in (("empty", empty), ("full", full)):
            wall_s, peak_mb = min(one[0] for one in runs), max(one[1] for one in runs)
            print(f"a run with the {what} state: {wall_s:.2f} s, {peak_mb:.0f} MB, all processes")
    return int(open_s > 1 or open_mb > 200)


if __name__ == "__main__":
    sys.exit(main())
