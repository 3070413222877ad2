#!/usr/bin/env python3
"""Tell what bad sources cost the good ones: 200 sources, all good, and 80 of them bad.

    python benchmarks/mixed.py [--timeout 5]

The hosts are on this machine and answer after 50 ms. Of the 80, 20 never answer, 10 drip, 10 reset
the connection, 10 answer 500, 10 send 100,000 <div> inside each other, 10 a gzip bomb, 10 an empty
page. Each run is the command line, as a user calls it, with its usual pause of a second between two
requests to a host. The promise: every good source is delivered, in at most 1.5 times the time of
the clean run. Ends with 1 where it is not kept.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loopback import FAULTS, Loopback, Metered, run_metered

__all__ = ["main", "run_sources", "spread_faults"]

_SOURCES = 200
_BAD = dict(zip(FAULTS, (20, 10, 10, 10, 10, 10, 10), strict=True))
_MOST = 1.5
_LONGEST_S = 300.0


def spread_faults(sources: int, bad: dict[str, int], *, seed: int = 1) -> list[str]:
    """Return a path for each source: faults in any order, pages of entries between them."""
    paths = [path for path, count in bad.items() for _ in range(count)]
    paths += [f"news/{number}" for number in range(sources - len(paths))]
    random.Random(seed).shuffle(paths)  # noqa: S311 - the same for ever
    return paths


def run_sources(
    server: Loopback, paths: Sequence[str], *options: str
) -> tuple[Metered, list[dict[str, Any]]]:
    """Run the command on a host for each of *paths*; return what it took, and how each went."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "run.json")
        urls = [server.url(host, path) for host, path in enumerate(paths)]
        outputs = ["--out", str(Path(folder, "items.json")), "--report", str(report), "--quiet"]
        command = [sys.executable, "-m", "scraper", *urls, *outputs, *options]
        took = run_metered(command, most_s=_LONGEST_S)
        return took, json.loads(report.read_bytes())["sources"]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--timeout", metavar="S", default="5", help="of a request (5)")
    parser.add_argument("--jobs", metavar="N", default="8")
    asked = parser.parse_args(words)
    options = ["--timeout", asked.timeout, "--jobs", asked.jobs]
    with Loopback(hosts=_SOURCES) as server:
        clean, _ = run_sources(server, spread_faults(_SOURCES, {}), *options)
        print(f"all good    {clean.wall_s:5.1f} s, {clean.peak_mb:.0f} MB")
        paths = spread_faults(_SOURCES, _BAD)
        mixed, sources = run_sources(server, paths, *options)
    times = mixed.wall_s / clean.wall_s
    print(f"80 of 200 bad {mixed.wall_s:.1f} s, {mixed.peak_mb:.0f} MB: {times:.2f} times")
    kinds = zip(paths, sources, strict=True)
    ends = Counter((path.partition("/")[0], source["class"] or "ok") for path, source in kinds)
    for (kind, end), count in sorted(ends.items()):
        print(f"  {kind:6} {end:12} {count}")
    good = ends["news", "ok"]
    print(f"{good} of {_SOURCES - sum(_BAD.values())} good ones delivered")
    return int(good < _SOURCES - sum(_BAD.values()) or times > _MOST)


if __name__ == "__main__":
    sys.exit(main())
