"""What is torn, lost or delivered twice when runs are killed at any moment.

    python benchmarks/kills.py --kills 100
    python benchmarks/kills.py --kills 20 --out new.csv --state postgresql://ann@localhost/news

Entries are published one to three at a time. After each publication a run with ``--new`` is killed
(SIGKILL) at a random moment, and another one is left to end. Outputs are taken as the README says:
that of a run that ended, and that of one that was killed if the log tells of it as delivered. In
the end every entry must have been taken, once. ``.sqlite`` is added to, and is taken as a whole.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from scraper import pipeline
from scraper.cli import main as scrape
from scraper.models import Item, Listing, Page, Source
from scraper.state import StateError, open_store

OUTPUTS = (
    "new.json",
    "new.jsonl",
    "new.csv",
    "new.parquet",
    "new.sqlite",
    "new.rss",
    "new.atom",
    "new.feed.json",
)
#: No more runs than that for a kill: some end before it comes.
_MOST_RUNS = 5


class Here:
    """Stands for the processes that read pages: reads titles, a line each."""

    def __init__(self, _: object) -> None:
        pass

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        """Do nothing."""

    def parse(self, page: Page, *, source: Source) -> Listing:  # noqa: ARG002 - that of a pool
        """Return an entry a line."""
        lines = page.body.decode().splitlines()
        return Listing(
            items=tuple(
                Item(title=one, url=f"https://a.example/{one}", position=n, id=one)
                for n, one in enumerate(lines, 1)
            )
        )


@dataclass
class Tally:
    """What came of the kills of one format."""

    kills: int = 0
    torn: int = 0
    #: Runs that were killed before they had recorded, before they had delivered, and after.
    moments: Counter[str] = field(default_factory=Counter)
    published: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many entries nobody got."""
        return len(set(self.published) - set(self.taken))

    @property
    def repeated(self) -> int:
        """How many came more than once."""
        return len(self.taken) - len(set(self.taken))


def read_titles(path: Path) -> list[str]:
    """Return the titles in an output; an exception for one that is torn."""
    if not path.exists():
        return []
    return READERS[path.name.partition(".")[2]](path)


def _read_csv(path: Path) -> list[str]:
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    if any(None in row or None in row.values() for row in rows):
        raise ValueError("a row is short, or long")
    return [row["title"] for row in rows]


def _read_parquet(path: Path) -> list[str]:
    import pyarrow.parquet

    return [str(one) for one in pyarrow.parquet.read_table(path)["title"].to_pylist()]


def _read_sqlite(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ValueError("the database is damaged")
        return [row[0] for row in connection.execute("SELECT title FROM items")]


def _read_feed(path: Path) -> list[str]:
    root = etree.fromstring(path.read_bytes())
    entries = [one for one in root.iter() if etree.QName(one).localname in ("item", "entry")]
    return [
        str(part.text) for one in entries for part in one if etree.QName(part).localname == "title"
    ]


READERS: dict[str, Callable[[Path], list[str]]] = {
    "json": lambda path: [one["title"] for one in json.loads(path.read_bytes())],
    "jsonl": lambda path: [json.loads(one)["title"] for one in path.read_text().splitlines()],
    "csv": _read_csv,
    "parquet": _read_parquet,
    "sqlite": _read_sqlite,
    "rss": _read_feed,
    "atom": _read_feed,
    "feed.json": lambda path: [one["title"] for one in json.loads(path.read_bytes())["items"]],
}


def fork(words: Sequence[str]) -> int:
    """Start a run in a process of its own, which begins in no time."""
    child = os.fork()
    if child:
        return child
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    code = 99
    try:
        scrape(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


def wait(child: int) -> int:
    """Return how the process ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def last_run(state: str) -> tuple[int, bool]:
    """Return the number of the last run in the log, and whether it was delivered."""
    store = open_store(state)
    try:
        store.read()
    except StateError:
        return 0, False
    with contextlib.closing(store):
        memos = store.history()
    return (memos[-1].run, memos[-1].delivered) if memos else (0, False)


class Rig:
    """Publishes, kills and takes, in a folder of its own."""

    def __init__(self, out: str, state: str, seed: int) -> None:
        self.out = Path(out)
        self.state = state
        self.words = ("a.html", "--new", "--state", state, "--out", out)
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.tally = Tally()
        self._listing: list[str] = []

    def run(self, kills: int) -> Tally:
        """Return what came of so many kills."""
        self._publish(0)
        usual_s = self._finish()
        for number in range(1, kills * _MOST_RUNS):
            self._publish(number)
            self._kill(self.chance.uniform(0, usual_s))
            usual_s = self._finish()
            if self.tally.kills == kills:
                break
        if self.out.suffix == ".sqlite":
            self.tally.taken = read_titles(self.out)
        return self.tally

    def _publish(self, number: int) -> None:
        fresh = [f"story-{number}-{n}" for n in range(self.chance.randint(1, 3))]
        self.tally.published += fresh
        self._listing = fresh + self._listing[:30]
        Path("a.html").write_text("\n".join(self._listing))

    def _kill(self, after_s: float) -> None:
        before, _ = last_run(self.state)
        child = fork(self.words)
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        killed = wait(child) == -signal.SIGKILL
        self.tally.kills += killed
        run, delivered = last_run(self.state)
        moment = "delivered" if delivered else "recorded"
        if killed:
            self.tally.moments["nothing recorded" if run == before else moment] += 1
        self._look(taken=run > before and delivered)

    def _finish(self) -> float:
        began = time.monotonic()
        code = wait(fork(self.words))
        if code != 0:
            raise SystemExit(f"a run that nobody killed ended with {code}")
        took_s = time.monotonic() - began
        self._look(taken=True)
        return took_s

    def _look(self, *, taken: bool) -> None:
        try:
            titles = read_titles(self.out)
        except Exception as error:  # whatever a reader says of half a file
            print(f"{self.out}: torn: {error}", file=sys.stderr)
            self.tally.torn += 1
            return
        if taken:
            self.tally.taken += titles


def main() -> int:
    """Print a row for each format; return 1 where anything was torn, lost or repeated."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100, help="so many of each format")
    parser.add_argument("--out", action="append", help="only this output")
    parser.add_argument("--state", help="a database without a state, for one output alone")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    pipeline.ParserPool = Here  # type: ignore[assignment, misc]
    bad = 0
    print("| output | kills | nothing recorded | recorded | delivered | torn | lost | repeated |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for out in asked.out or OUTPUTS:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            tally = Rig(out, asked.state or "s.db", asked.seed).run(asked.kills)
        numbers = [tally.moments[one] for one in ("nothing recorded", "recorded", "delivered")]
        cells = [tally.kills, *numbers, tally.torn, tally.lost, tally.repeated]
        print(f"| {Path(out).name[3:]} | {' | '.join(map(str, cells))} |", flush=True)
        bad += tally.torn + tally.lost + tally.repeated + (tally.kills < asked.kills)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
