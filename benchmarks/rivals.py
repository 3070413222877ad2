#!/usr/bin/env python3
"""Measure other extractors that can be installed from PyPI, on the same pages and in the same run.

    python benchmarks/rivals.py DIR… [--write benchmarks/RIVALS.md] [--venvs .venv-rivals]

DIR holds labelled pages (benchmarks/labels.py says how). Each rival has an environment of its own
below --venvs, which is made where it is missing, and is given the text of the page and its address
alone, unless the table says more. It has --seconds for a page; a page on which it raises or takes
longer has no records. Records are graded by the code that grades ours (benchmarks/accuracy.py).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import queue
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from accuracy import Graded, grade_folder, lay_out_markdown, mean_figures
from labels import LabelledPage
from rival_worker import RIVALS, Rival

from scraper.decoding import decode

__all__ = ["Worker", "main"]

_WORKER = Path(__file__).with_name("rival_worker.py")
_FIGURES = ("item_f1", "title", "date", "summary", "record_f1", "perfect")


class NotInstalled(Exception):  # noqa: N818 - an answer as much as an error
    """A rival that cannot be had here, and why."""


def find_python(rival: Rival, venvs: Path) -> Path:
    """Return the Python that has *rival*, made first where it is missing."""
    folder = venvs / rival.name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        run = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", rival.name, *rival.needs],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            python.unlink()  # so that the next run tries again
            last = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NotInstalled(last)
    return python


class Worker:
    """A rival in a process of its own, which is killed where it takes too long."""

    def __init__(self, rival: Rival, python: Path, *, seconds: float) -> None:
        self._command = [str(python), str(_WORKER), rival.name]
        self._seconds = seconds
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        arguments = (self._process, self._lines)
        threading.Thread(target=_pass_on, args=arguments, daemon=True).start()
        line = self._next_line(seconds=60)
        if not line:
            raise NotInstalled("it does not start")
        self.version = json.loads(line)["version"]

    def _next_line(self, *, seconds: float) -> str:
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return ""

    def ask(self, page: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the rival answers, or that it took too long or died."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.write(json.dumps(page) + "\n")
        self._process.stdin.flush()
        line = self._next_line(seconds=self._seconds)
        if line:
            return dict(json.loads(line))
        self.close()
        self._start()
        return {"records": [], "seconds": self._seconds, "error": "too slow"}

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def _pass_on(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put("")


class Row(NamedTuple):
    """How one system does on the pages of one folder."""

    corpus: str
    system: str
    version: str
    note: str
    pages: Sequence[Graded]
    seconds: float
    failed: int

    def cells(self) -> list[str]:
        """Return the row of the table."""
        if not self.pages:
            return [self.system, self.version, *["–"] * (len(_FIGURES) + 2), self.note]
        means = mean_figures(self.pages)
        figures = [f"{means[name]:.3f}" for name in _FIGURES]
        cost = f"{1000 * self.seconds / len(self.pages):.0f}"
        return [self.system, self.version, *figures, cost, str(self.failed), self.note]


_HEADER = (
    "system",
    "version",
    "item F1",
    "title",
    "date",
    "summary",
    "record F1",
    "perfect",
    "ms a page",
    "failed",
    "note",
)


def question(page: LabelledPage) -> dict[str, Any]:
    """Return what a rival is told of *page*."""
    text = decode(page.page.body, encoding=page.page.encoding).text
    linked = [one for one in page.labels if one.url]
    return {
        # A lone surrogate cannot be sent.
        "html": text.encode("utf-8", "replace").decode(),
        "url": page.page.url,
        "answers": [{"title": one.title, "url": one.url} for one in linked[:2]],
    }


def measure(rival: Rival, folders: Sequence[Path], asked: argparse.Namespace) -> Iterator[Row]:
    """Yield a row for every folder, its records kept for whoever wants to look."""
    try:
        worker = Worker(rival, find_python(rival, asked.venvs), seconds=asked.seconds)
    except NotInstalled as reason:
        for folder in folders:
            note = f"could not be installed: {reason}"
            yield Row(folder.resolve().name, rival.name, "", note, [], 0.0, 0)
        return
    for folder in folders:
        answers: dict[str, dict[str, Any]] = {}

        def predict(page: LabelledPage) -> list[dict[str, Any]]:
            answers[page.name] = worker.ask(question(page))  # noqa: B023 - used up at once
            return list(answers[page.name]["records"])  # noqa: B023

        pages = list(grade_folder(folder, predict=predict))
        keep(answers, asked.predictions / rival.name / folder.resolve().name)
        seconds = sum(one["seconds"] for one in answers.values())
        failed = sum(one["error"] is not None for one in answers.values())
        name = folder.resolve().name
        yield Row(name, rival.name, worker.version, rival.note, pages, seconds, failed)
    worker.close()


def keep(answers: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Write records page by page, as ``accuracy.py --predictions`` reads them."""
    for name, one in answers.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(one["records"], ensure_ascii=False, indent=1), "utf-8")
        if one["error"]:
            print(f"{path.parent.parent.name}: {name}: {one['error']}", file=sys.stderr)


def measure_own(folder: Path) -> Row:
    """Return the row of this project."""
    pages = list(grade_folder(folder))
    seconds = sum(one.seconds for one in pages)
    return Row(folder.resolve().name, "scraper", version("scraper"), "", pages, seconds, 0)


def report(rows: Sequence[Row], asked: argparse.Namespace) -> str:
    """Return the tables in Markdown."""
    today = datetime.now(UTC).date().isoformat()
    folders = " ".join(str(folder) for folder in asked.folders)
    text = f"""# Against other extractors

Measured on {today} by `python benchmarks/rivals.py {folders}`,
Python {platform.python_version()} on {platform.machine()} with {os.cpu_count()} cores.
Figures are means over pages, as [accuracy.py](accuracy.py) says. Every system had
{asked.seconds:g} seconds for a page; one on which it raised or took longer is *failed* and has no
records.
"""
    for corpus in dict.fromkeys(row.corpus for row in rows):
        chosen = [row for row in rows if row.corpus == corpus]
        pages = max(len(row.pages) for row in chosen)
        table = lay_out_markdown(_HEADER, [row.cells() for row in chosen])
        text += f"\n## {corpus}: {pages} pages\n\n{table}\n"
    return text


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+")
    parser.add_argument("--only", metavar="NAME", action="append", help="this rival alone")
    parser.add_argument("--venvs", metavar="DIR", type=Path, default=Path(".venv-rivals"))
    parser.add_argument("--seconds", metavar="S", type=float, default=30.0, help="for a page")
    parser.add_argument("--predictions", metavar="DIR", type=Path, help="keep the records there")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the tables to FILE")
    asked = parser.parse_args(words)
    asked.predictions = asked.predictions or Path(tempfile.mkdtemp(prefix="rivals-"))
    rows = [measure_own(folder) for folder in asked.folders]
    for rival in RIVALS:
        if not asked.only or rival.name in asked.only:
            rows += measure(rival, asked.folders, asked)
    text = report(rows, asked)
    print(text)
    print(f"records: {asked.predictions}", file=sys.stderr)
    if asked.write:
        asked.write.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
