#!/usr/bin/env python3
"""Tell what extract costs, as a multiple of parsing the same bytes with lxml in the same run.

    python benchmarks/speed.py DIR [--rounds 7] [--json]

DIR holds labelled pages (benchmarks/labels.py says how); the labels are not looked at.

  warm     the whole of extract over lxml.etree.HTML alone, the best of several rounds each
  cold     the same in a new process that has seen no page before, each page once; the best of three
  median   the ratio of the page in the middle, warm
  worst    the ratio of the worst page, warm
  growth   cost of a listing of 100, 400 and 1600 entries over that of one of 25, per entry: 1 is
           in proportion

Ratios hold on a busy machine; milliseconds are of this one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from labels import read_pages
from lxml import etree

from scraper import extract
from scraper.models import Page

__all__ = ["Timing", "growth", "listing_page", "time_page"]

_ENTRY = """
<li class="news-item"><a class="thumb" href="/news/{number}"><img src="/img/{number}.jpg"
alt="Picture of harbour {number}"></a><h3><a href="/news/{number}">Harbour number {number} opens a
new pier for ferries</a></h3><span class="date">{day} May 2024</span><p>The pier took two years to
build, and the first ferry of line {number} is to leave it on a Sunday in the early summer.</p>
<a class="more" href="/news/{number}">Read more</a></li>"""
_SMALLEST = 25
_FACTORS = (1, 4, 16, 64)


class Timing(NamedTuple):
    """What one page costs, in seconds."""

    name: str
    size: int
    parse_s: float
    extract_s: float

    @property
    def ratio(self) -> float:
        """How many parses an extraction takes."""
        return self.extract_s / self.parse_s


def clock(call: Callable[[], object]) -> float:
    """Return the seconds that *call* takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def read(page: Page) -> object:
    """Extract *page* as a user would."""
    return extract(
        page.body, url=page.url or "", fetched_at=page.fetched_at, encoding=page.encoding
    )


def time_page(name: str, page: Page, *, rounds: int) -> Timing:
    """Return the best of *rounds* of parsing and of extracting, by turns."""
    pairs = [
        (clock(lambda: etree.HTML(page.body)), clock(lambda: read(page))) for _ in range(rounds)
    ]
    return Timing(name, len(page.body), min(a for a, _ in pairs), min(b for _, b in pairs))


def listing_page(entries: int) -> Page:
    """Return a page with so many entries."""
    rows = "".join(_ENTRY.format(number=n, day=n % 31 + 1) for n in range(entries))
    body = f"<html><body><nav><a href=/>Home</a></nav><main><h1>News</h1><ul>{rows}</ul></main>"
    fetched_at = datetime(2024, 6, 1, tzinfo=UTC)
    return Page(url="https://port.example/news", body=body.encode(), fetched_at=fetched_at)


def growth(*, rounds: int = 3) -> dict[int, float]:
    """Return the cost per entry of longer and longer listings, over that of the shortest."""
    costs = {
        _SMALLEST * factor: time_page("", listing_page(_SMALLEST * factor), rounds=rounds)
        for factor in _FACTORS
    }
    base = costs[_SMALLEST].extract_s / _SMALLEST
    return {entries: cost.extract_s / entries / base for entries, cost in costs.items()}


def cold_ratio(folder: Path) -> float:
    """Return the ratio over all pages, each seen once, in a new process."""
    run = subprocess.run(
        [sys.executable, __file__, str(folder), "--cold"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def print_cold(folder: Path) -> None:
    """Print the ratio of this process."""
    read(listing_page(3))  # what is loaded once is no cost of a page
    parse_s = extract_s = 0.0
    for one in read_pages(folder):
        extract_s += clock(lambda: read(one.page))  # noqa: B023 - called at once
        parse_s += clock(lambda: etree.HTML(one.page.body))  # noqa: B023
    print(extract_s / parse_s)


def measure(folder: Path, *, rounds: int) -> tuple[list[Timing], dict[str, Any]]:
    """Return the timings of all pages and the figures over them."""
    timings = [time_page(one.name, one.page, rounds=rounds) for one in read_pages(folder)]
    extract_s = sum(one.extract_s for one in timings)
    figures = {
        "pages": len(timings),
        "warm": extract_s / sum(one.parse_s for one in timings),
        "cold": min(cold_ratio(folder) for _ in range(3)),
        "median": statistics.median(one.ratio for one in timings),
        "worst": max(one.ratio for one in timings),
        "ms a page": 1000 * extract_s / len(timings),
        "growth": growth(),
    }
    return timings, figures


def rounded(value: Any) -> Any:
    """Return *value* with two decimals, in tables too."""
    if isinstance(value, dict):
        return {str(key): rounded(one) for key, one in value.items()}
    return round(value, 2) if isinstance(value, float) else value


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--rounds", type=int, default=7, help="of which the best counts")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cold", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if next(read_pages(asked.folder), None) is None:
        print("no labelled pages there", file=sys.stderr)
        return 2
    if asked.cold:
        print_cold(asked.folder)
        return 0
    timings, figures = measure(asked.folder, rounds=asked.rounds)
    if asked.json:
        print(json.dumps(rounded(figures)))
        return 0
    for one in sorted(timings, key=lambda one: -one.ratio)[:5]:
        print(
            f"{one.name:44s} {one.size / 1000:7.0f} kB  parse {1000 * one.parse_s:7.2f} ms  "
            f"extract {1000 * one.extract_s:7.2f} ms  ratio {one.ratio:5.2f}"
        )
    print("  ".join(f"{name} {value}" for name, value in rounded(figures).items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
