#!/usr/bin/env python3
"""Measure fetching and extracting together, against Scrapy in the same run.

    python benchmarks/fetch.py [--rounds 3] [--write benchmarks/FETCH.md]

500 pages of some 40 kB on 100 hosts of this machine, each of which answers after 50 ms
(loopback.py says what is on them), 32 requests in flight, without a pause between two to a host.
Measured is the command, from its start to the file that it has written:

  scraper          finds and extracts the entries of pages that nobody has described to it; asks
                   each host for its robots.txt, too, and has one request at a time to each
  scrapy, fetch    gets the pages, asks for no robots.txt, and throws the pages away
  scrapy, extract  reads the entries with selectors that were written for these pages, as JSON

Scrapy has an environment of its own, made where it is missing, and up to 8 requests at a time to a
host. Runs take turns; the figures are those of the fastest. Peak memory is that of all
processes of a command at one moment, what they share counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from accuracy import lay_out_markdown
from loopback import Loopback, Metered, run_metered

__all__ = ["commands", "main", "measure"]

_HOSTS = 100
_PAGES = 500
_AT_ONCE = 32
_LONGEST_S = 60.0
_SPIDER = Path(__file__).with_name("rival_spider.py")
_HEADER = ("command", "wall s", "CPU s", "peak MB", "entries")
_OURS, _FETCH, _EXTRACT = "scraper", "scrapy, fetch", "scrapy, extract"


def find_scrapy(folder: Path) -> Path:
    """Return the Python that has Scrapy, in an environment that is made where it is missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", "import scrapy"], check=False, capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "scrapy"], check=True)
    return python


def commands(scrapy: Path, urls: Sequence[str], out: Path) -> Mapping[str, list[str]]:
    """Return what is run, by its name in the table; each writes its entries to *out*."""
    listed = out.with_name("addresses.txt")
    listed.write_text("\n".join(urls), "ascii")
    spider = [str(scrapy), str(_SPIDER), str(listed), str(out)]
    ours = [sys.executable, "-m", "scraper", *urls, "--out", str(out), "--quiet"]
    return {
        _OURS: [*ours, "--jobs", str(_AT_ONCE), "--delay", "0"],
        _FETCH: spider,
        _EXTRACT: [*spider, "--extract"],
    }


def measure(
    named: Mapping[str, list[str]], out: Path, *, rounds: int
) -> dict[str, tuple[Metered, int]]:
    """Return what the fastest run of each command took, and how many entries it wrote."""
    best: dict[str, tuple[Metered, int]] = {}
    for _ in range(rounds):
        for name, command in named.items():
            out.unlink(missing_ok=True)
            took = run_metered(command, most_s=_LONGEST_S)
            if took.exit_code:
                raise SystemExit(f"{name}: ended with {took.exit_code}")
            entries = len(json.loads(out.read_bytes())) if out.exists() else 0
            if name not in best or took.wall_s < best[name][0].wall_s:
                best[name] = took, entries
    return best


def report(best: Mapping[str, tuple[Metered, int]], scrapy: Path, rounds: int) -> str:
    """Return the table in Markdown."""
    rows = [
        [name, f"{took.wall_s:.2f}", f"{took.cpu_s:.2f}", f"{took.peak_mb:.0f}", str(entries)]
        for name, (took, entries) in best.items()
    ]
    asked = "from importlib.metadata import version; print(version('scrapy'))"
    rival = subprocess.run([scrapy, "-c", asked], capture_output=True, text=True, check=True)
    ours = best[_OURS][0].wall_s
    return f"""# Fetching and extracting

Measured on {datetime.now(UTC).date()} by `python benchmarks/fetch.py --rounds {rounds}`: scraper
{version("scraper")}, Scrapy {rival.stdout.strip()}, Python {platform.python_version()} on
{platform.machine()} with {os.cpu_count()} cores, which the hosts share; the load was
{os.getloadavg()[2]:.1f} over 15 minutes.
{_PAGES} pages on {_HOSTS} hosts that answer after 50 ms, {_AT_ONCE} requests in flight.
[fetch.py](fetch.py) says what each command does.

{lay_out_markdown(_HEADER, rows)}

Fetching and extracting takes {ours / best[_FETCH][0].wall_s:.2f} times as long as Scrapy takes to
fetch, and {ours / best[_EXTRACT][0].wall_s:.2f} times as long as Scrapy with selectors.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", metavar="N", type=int, choices=range(1, 11), default=3)
    parser.add_argument("--venv", metavar="DIR", type=Path, default=Path(".venv-rivals/scrapy"))
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the table to FILE")
    asked = parser.parse_args(words)
    scrapy = find_scrapy(asked.venv)
    with Loopback(hosts=_HOSTS) as server, tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "items.json")
        # One page of each host after the other, as a list of sources has them.
        urls = [server.url(number % _HOSTS, f"news/{number}") for number in range(_PAGES)]
        best = measure(commands(scrapy, urls, out), out, rounds=asked.rounds)
    text = report(best, scrapy, asked.rounds)
    print(text)
    if asked.write:
        asked.write.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
