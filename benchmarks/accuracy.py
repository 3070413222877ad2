#!/usr/bin/env python3
"""Tell how right the records of labelled pages are.

    python benchmarks/accuracy.py DIR…                     of the installed scraper
    python benchmarks/accuracy.py DIR --predictions DIR    of records that anything wrote
    python benchmarks/accuracy.py fixtures --worst 5 --show city.example/cards
    python benchmarks/accuracy.py DIR… --pages benchmarks/PAGES.md
    python benchmarks/accuracy.py DIR… --raise             lift the floors to what is reached

DIR holds labelled pages (benchmarks/labels.py says how); predictions are DIR/<page>.json, an array
of objects with title, url, date and summary.

Every figure is a mean over pages, so that a page of 200 entries counts as much as one of 5:
  item     F1 of entries: found by the address, or by the title where an entry has no link
  title, date, summary     share of the entries found whose field is right
  record   F1 of records that are right in all four fields
  perfect  share of pages without any mistake

Floors are lower bounds of what has been reached, by kind and language: benchmarks/floors.toml.
They are checked by the tests, and by this command where DIR has some: it ends with 1 below one.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labels import Grade, LabelledPage, Record, grade_page, read_pages

from scraper import extract

__all__ = [
    "FIGURES",
    "FLOORS",
    "Graded",
    "below_floors",
    "grade_folder",
    "mean_figures",
    "predict",
    "raise_floors",
    "read_floors",
    "write_floors",
]

FLOORS = Path(__file__).with_name("floors.toml")
FIGURES = ("item_f1", "title", "date", "summary", "record_f1", "perfect")
#: Floors of a kind or a language; those of all pages are of every figure.
_GROUP_FIGURES = ("item_f1", "record_f1")
#: How far below what is reached a floor is set: a page of two hundred may change by an entry.
_SLACK = 0.01

Floors = dict[str, dict[str, float]]
Predict = Callable[[LabelledPage], Sequence[Record]]


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A page with its grade."""

    #: Name of the folder of all pages: ``fixtures``.
    corpus: str
    page: LabelledPage
    grade: Grade
    seconds: float

    @property
    def groups(self) -> tuple[str, str, str]:
        """The groups whose floors the page is under."""
        corpus, page = self.corpus, self.page
        return corpus, f"{corpus}.kind.{page.kind}", f"{corpus}.language.{page.language}"


def predict(page: LabelledPage) -> list[dict[str, Any]]:
    """Return the records that the installed scraper reads on *page*."""
    known = page.page
    listing = extract(
        known.body, url=known.url or "", fetched_at=known.fetched_at, encoding=known.encoding
    )
    return listing.to_dicts()


def read_predictions(folder: Path) -> Predict:
    """Return what looks up the records of a page in *folder*; a page without any has none."""

    def look_up(page: LabelledPage) -> list[dict[str, Any]]:
        path = folder / f"{page.name}.json"
        return list(json.loads(path.read_text("utf-8"))) if path.exists() else []

    return look_up


def grade_folder(folder: Path, *, predict: Predict = predict, only: str = "") -> Iterator[Graded]:
    """Yield the pages of *folder* with their grades.

    A page that makes *predict* raise has no records, and is named on standard error.
    """
    for page in read_pages(folder):
        if not re.search(only, page.name):
            continue
        begun = time.perf_counter()
        try:
            records = predict(page)
        except Exception as error:  # one page must not hide the others
            print(f"{page.name}: {type(error).__name__}: {error}", file=sys.stderr)
            records = []
        seconds = time.perf_counter() - begun
        grade = grade_page(page, records)
        yield Graded(corpus=folder.resolve().name, page=page, grade=grade, seconds=seconds)


def mean_figures(pages: Iterable[Graded]) -> dict[str, float]:
    """Return the mean of every figure over *pages*."""
    grades = [one.grade for one in pages]
    return {name: statistics.fmean(getattr(one, name) for one in grades) for name in FIGURES}


def group_figures(pages: Sequence[Graded]) -> Floors:
    """Return the figures of all groups that have floors, those of all pages first."""
    names = dict.fromkeys(name for one in pages for name in one.groups)
    return {
        name: _floored(name, mean_figures(one for one in pages if name in one.groups))
        for name in sorted(names)
    }


def _floored(group: str, figures: Mapping[str, float]) -> dict[str, float]:
    return {name: figures[name] for name in (_GROUP_FIGURES if "." in group else FIGURES)}


def read_floors(path: Path = FLOORS) -> Floors:
    """Return the floors in *path*, none where it does not exist."""
    floors: Floors = {}

    def collect(name: str, table: Mapping[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, Mapping):
                collect(f"{name}.{key}" if name else key, value)
            else:
                floors.setdefault(name, {})[key] = value

    if path.exists():
        collect("", tomllib.loads(path.read_text("utf-8")))
    return floors


def raise_floors(floors: Floors, reached: Floors) -> Floors:
    """Return *floors* lifted to a little below what is *reached*; none is ever lowered.

    >>> raise_floors({"a": {"title": 0.9}}, {"a": {"title": 0.5}, "b": {"title": 0.876}})
    {'a': {'title': 0.9}, 'b': {'title': 0.86}}
    """
    lifted = {group: dict(figures) for group, figures in floors.items()}
    for group, figures in reached.items():
        own = lifted.setdefault(group, {})
        for name, value in figures.items():
            floor = max(0.0, math.floor(100 * (value - _SLACK) + 1e-9) / 100)
            own[name] = max(own.get(name, 0.0), floor)
    return dict(sorted(lifted.items()))


def below_floors(floors: Floors, reached: Floors) -> list[str]:
    """Return, in words, which floors of the folders in *reached* are missed.

    A floor whose pages are gone is missed, too: take it out by hand.

    >>> below_floors({"a": {"title": 0.9}, "b": {"title": 1}}, {"a": {"title": 0.85}})
    ['a: title 0.850 is below its floor of 0.900']
    """
    here = {name.partition(".")[0] for name in reached}
    lines = []
    for group, figures in floors.items():
        if group.partition(".")[0] not in here:
            continue
        for name, floor in figures.items():
            value = reached.get(group, {}).get(name)
            if value is None:
                lines.append(f"{group}: there is no page to reach {name} {floor:.3f} on")
            elif value < floor:
                lines.append(f"{group}: {name} {value:.3f} is below its floor of {floor:.3f}")
    return lines


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Write *floors* to *path*."""
    lines = [
        "# Lower bounds of accuracy, means over pages; benchmarks/accuracy.py says what they mean.",
        "# Lifted by its --raise. Lowered by hand alone, with the reason in the commit.",
    ]
    for group, figures in floors.items():
        lines += ["", f"[{group}]", *(f"{name} = {value:.2f}" for name, value in figures.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")


_HEADER = ("page", "kind", "language", "entries", "found", "wrong", "missed", *FIGURES[:5])


def page_row(one: Graded) -> list[str]:
    """Return the cells of a page."""
    grade = one.grade
    counts = (grade.entries, len(grade.pairs), len(grade.wrong), len(grade.missed))
    shares = [f"{getattr(grade, name):.3f}" for name in FIGURES[:5]]
    return [one.page.name, one.page.kind, one.page.language, *map(str, counts), *shares]


def mean_row(name: str, pages: Sequence[Graded]) -> list[str]:
    """Return the cells of a group of pages."""
    return [name, str(len(pages)), *(f"{value:.3f}" for value in mean_figures(pages).values())]


def mean_rows(pages: Sequence[Graded]) -> Iterator[list[str]]:
    """Yield the cells of every group: all pages of a folder, its kinds, its languages."""
    for name in sorted({name for one in pages for name in one.groups}):
        yield mean_row(name, [one for one in pages if name in one.groups])


_MEAN_HEADER = ("pages of", "pages", *FIGURES)


_WORDS = frozenset({"page", "pages of", "kind", "language", "system", "version", "note"})


def lay_out(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table for a terminal: figures to the right, words to the left."""
    table = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    signs = ["<" if name in _WORDS else ">" for name in header]
    return "\n".join(
        "  ".join(
            f"{cell:{sign}{width}}" for cell, sign, width in zip(row, signs, widths, strict=True)
        ).rstrip()
        for row in table
    )


def lay_out_markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---" if name in _WORDS else "--:" for name in header], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def write_pages(pages: Sequence[Graded], path: Path, *, command: str) -> None:
    """Write the table page by page, and its means, to *path*."""
    worst_first = sorted(pages, key=lambda one: (one.corpus, one.grade.record_f1, one.page.name))
    text = f"""# Accuracy, page by page

Written by `{command}`; what the columns mean is said at the top of that file.

## Means

{lay_out_markdown(_MEAN_HEADER, mean_rows(pages))}

## Pages, the worst first

{lay_out_markdown(_HEADER, map(page_row, worst_first))}
"""
    path.write_text(text, "utf-8")


def show_differences(one: Graded) -> None:
    """Print every difference between labels and records of a page."""
    for label, record in one.grade.pairs:
        for name in ("title", "date", "summary"):
            found = record.get(name)
            if not getattr(label, f"has_{name}")(found):
                print(f"{name}: expected {getattr(label, name)!r}")
                print(f"{'found':>{len(name) + 10}} {found!r}")
    for label in one.grade.missed:
        print(f"missed: {label.title!r} {label.url}")
    for record in one.grade.wrong:
        print(f"wrong: {record.get('title')!r} {record.get('url')}")


def as_json(pages: Sequence[Graded]) -> str:
    """Return figures and pages as one JSON object."""
    rows = [dict(zip(_HEADER, page_row(one), strict=True)) for one in pages]
    means = {
        name: mean_figures([one for one in pages if name in one.groups])
        for name in sorted({name for one in pages for name in one.groups})
    }
    return json.dumps({"means": means, "pages": rows}, ensure_ascii=False, indent=1)


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+")
    parser.add_argument("--predictions", metavar="DIR", type=Path, help="records to grade")
    parser.add_argument("--only", metavar="REGEX", default="", help="pages with such a name")
    parser.add_argument("--worst", metavar="N", type=int, help="show the N worst pages alone")
    parser.add_argument("--show", metavar="PAGE", help="print every difference on one page")
    parser.add_argument("--pages", metavar="FILE", type=Path, help="write the tables to FILE")
    parser.add_argument("--raise", dest="lift", action="store_true", help="lift the floors")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args(words)
    if arguments.lift and (arguments.only or arguments.predictions):
        parser.error("--raise is of all pages and the installed scraper")
    return arguments


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    asked = read_arguments(words)
    ask = read_predictions(asked.predictions) if asked.predictions else predict
    only = f"^{re.escape(asked.show)}$" if asked.show else asked.only
    pages = [
        one for folder in asked.folders for one in grade_folder(folder, predict=ask, only=only)
    ]
    if not pages:
        print("no labelled pages there", file=sys.stderr)
        return 2
    tell(pages, asked)
    if asked.only or asked.show or asked.predictions:
        return 0
    reached = group_figures(pages)
    missed = below_floors(read_floors(), reached)
    print("\n".join(missed), file=sys.stderr, end="\n" if missed else "")
    if asked.lift:
        write_floors(raise_floors(read_floors(), reached))
    return 1 if missed else 0


def tell(pages: Sequence[Graded], asked: argparse.Namespace) -> None:
    """Print what was *asked* for."""
    if asked.pages:
        names = " ".join(str(folder) for folder in asked.folders)
        command = f"python benchmarks/accuracy.py {names} --pages {asked.pages}"
        write_pages(pages, asked.pages, command=command)
    if asked.json:
        print(as_json(pages))
        return
    if asked.show:
        show_differences(pages[0])
    shown = sorted(pages, key=lambda one: one.grade.record_f1)[: asked.worst]
    print(lay_out(_HEADER, map(page_row, shown)), end="\n\n")
    print(lay_out(_MEAN_HEADER, mean_rows(pages)))


if __name__ == "__main__":
    sys.exit(main())
