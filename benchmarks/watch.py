#!/usr/bin/env python3
"""Measure whether a watch that runs for long stays as small as it began.

    python benchmarks/watch.py [--cycles 1000]

A page of twenty entries on this machine, answered after 5 ms, has a new one each tenth time that it
is asked for. `scrape watch` runs as fast as it can, with a file for each run that finds something.
After each run the process is looked at from outside: its memory (RSS), its open files and threads,
and the bytes of the state on the disk. A row is a tenth of the cycles: medians, but for files and
threads, of which it is the most. In the end each entry must be in one of the files, once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from accuracy import lay_out_markdown

__all__ = ["LivePage", "Sample", "delivered", "lay_out", "main", "watch"]

_LATENCY_S = 0.005
_LISTED = 20
_EACH = 10
_HEADER = ("cycles", "memory MB", "open files", "threads", "state kB", "ms a cycle")
_WORDS = ("tram", "library", "bridge", "school", "harbour", "market", "council", "museum")


class Sample(NamedTuple):
    """How a process was after one of its runs."""

    memory_mb: float
    files: int
    threads: int
    state_kb: float
    took_ms: float


class LivePage:
    """A page with something new now and then, for as long as the block lasts."""

    def __init__(self) -> None:
        self.published = _LISTED
        self._asked = 0
        page = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(_LATENCY_S)
                body = page._next() if self.path == "/news" else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/news"

    def __enter__(self) -> LivePage:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self) -> bytes:
        self._asked += 1
        self.published += self._asked % _EACH == 0
        numbers = range(self.published, self.published - _LISTED, -1)
        entries = "".join(map(_entry, numbers))
        return f"<title>News</title><main><h1>News</h1><ul>{entries}</ul></main>".encode()


def _entry(number: int) -> str:
    first, second = _WORDS[number % 8], _WORDS[number // 8 % 8]
    title = f"Plans for the {first} and the {second} go to reading {number}"
    day = f"2024-03-{number % 28 + 1:02}"
    text = f"The {first} has been discussed before, and the {second} has not. " * 2
    return f'<li><h2><a href="/news/{number}">{title}</a></h2><time>{day}</time><p>{text}</p></li>'


def watch(url: str, folder: Path, *, cycles: int) -> list[Sample]:
    """Return how the process was after each of so many runs."""
    words = ["watch", url, "--every", "0.001s", "--delay", "0", "--times", str(cycles)]
    outputs = ["--out", str(folder / "new-{time}.json"), "--state", str(folder / "state.db")]
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper", *words, *outputs], stderr=subprocess.PIPE, text=True
    )
    samples: list[Sample] = []
    with process:
        began = time.monotonic()
        assert process.stderr is not None  # noqa: S101 - it was asked for
        for line in process.stderr:
            if "of 1 source" not in line:
                continue
            now = time.monotonic()
            with contextlib.suppress(OSError):  # of the last run it tells on its way out
                samples.append(_look(process.pid, folder, (now - began) * 1_000))
            began = now
    if process.returncode:
        raise SystemExit(f"the watch ended with {process.returncode}")
    return samples


def _look(pid: int, folder: Path, took_ms: float) -> Sample:
    process = Path(f"/proc/{pid}")
    _, resident, *_ = (process / "statm").read_text().split()
    return Sample(
        memory_mb=int(resident) * resource.getpagesize() / 1024**2,
        files=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())),
        state_kb=sum(path.stat().st_size for path in folder.glob("state.db*")) / 1000,
        took_ms=took_ms,
    )


def delivered(folder: Path) -> Counter[str]:
    """Return how often each title was written."""
    records = (json.loads(path.read_bytes()) for path in folder.glob("new-*.json"))
    return Counter(record["title"] for some in records for record in some)


def lay_out(samples: Sequence[Sample], *, rows: int = 10) -> str:
    """Return a table of *samples*, so many *rows* of them."""
    size = max(len(samples) // rows, 1)
    lines: list[tuple[str, ...]] = []
    for start in range(0, len(samples), size):
        some = samples[start : start + size]
        memory, state, took = (
            statistics.median(getattr(one, name) for one in some)
            for name in ("memory_mb", "state_kb", "took_ms")
        )
        lines.append(
            (
                f"{start + 1}–{start + len(some)}",
                f"{memory:.1f}",
                str(max(one.files for one in some)),
                str(max(one.threads for one in some)),
                f"{state:.0f}",
                f"{took:.0f}",
            )
        )
    return lay_out_markdown(_HEADER, lines)


def main() -> int:
    """Measure, print, and return 1 where an entry was lost or repeated."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cycles", metavar="N", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, LivePage() as page:
        samples = watch(page.url, Path(name), cycles=asked.cycles)
        counts = delivered(Path(name))
        print(lay_out(samples))
        print(f"\n{len(counts)} of {page.published} entries, each once: {set(counts.values())}")
        return int(len(counts) != page.published or set(counts.values()) != {1})


if __name__ == "__main__":
    sys.exit(main())
