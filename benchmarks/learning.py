#!/usr/bin/env python3
"""Tell how right the records are that learnt selectors give, on labelled pages.

    python benchmarks/learning.py DIR…
    python benchmarks/learning.py fixtures --only cards --show

For each page one example is given, its first labelled headline, and selectors are learnt from it;
then the page is read by these alone, without the engine. DIR and the figures are those of
benchmarks/accuracy.py.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from labels import Grade, LabelledPage, grade_page, read_pages

from scraper.learning import Lesson, learn_lessons
from scraper.models import Source

FIGURES = ("item_f1", "title", "date", "summary", "record_f1")


def learn_page(labelled: LabelledPage) -> Lesson | None:
    """Return what is learnt from a page by its first headline."""
    page = labelled.page
    source = Source(name=labelled.name, url=page.url)
    lessons = learn_lessons(page, source=source, title=labelled.labels[0].title).lessons
    return lessons[0] if lessons else None


def grade_lesson(labelled: LabelledPage, lesson: Lesson | None) -> Grade:
    """Return how right the records of *lesson* are."""
    given = lesson.given if lesson is not None else ()
    return grade_page(labelled, [msgspec.structs.asdict(item) for item in given])


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+")
    parser.add_argument("--only", metavar="REGEX", default="", help="pages with such a name")
    parser.add_argument("--show", action="store_true", help="print the selectors")
    asked = parser.parse_args(words)
    rows = []
    close = 0
    for folder in asked.folders:
        for labelled in read_pages(folder):
            if not labelled.labels or not re.search(asked.only, labelled.name):
                continue
            began = time.perf_counter()
            lesson = learn_page(labelled)
            took = time.perf_counter() - began
            grade = grade_lesson(labelled, lesson)
            close += lesson is not None and lesson.agreement.is_close
            rows.append([getattr(grade, name) for name in FIGURES])
            figures = "  ".join(f"{value:.3f}" for value in rows[-1])
            print(f"{labelled.name[:44]:44}  {figures}  {took:.2f} s", flush=True)
            if asked.show and lesson is not None:
                print(f"    {lesson.fields}\n    {lesson.agreement}")
    if not rows:
        print("no labelled pages there", file=sys.stderr)
        return 2
    means = "  ".join(f"{statistics.mean(column):.3f}" for column in zip(*rows, strict=True))
    print(f"\n{'mean of ' + str(len(rows)):44}  {means}\n{'':44}  {'  '.join(FIGURES)}")
    print(f"selectors that `scrape learn` would write: {close} of {len(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
