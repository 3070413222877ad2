#!/usr/bin/env python3
"""Measure, and write the tables of accuracy and speed into README.md.

    python benchmarks/update_readme.py DIR…

DIR holds labelled pages (benchmarks/labels.py says how).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from accuracy import FIGURES, grade_folder, lay_out_markdown, mean_figures
from speed import measure, rounded

__all__ = ["main", "replace_table"]

README = Path(__file__).parent.parent / "README.md"
_ROUNDS = 5


def accuracy_table(folders: Sequence[Path]) -> str:
    """Return the means over each of *folders*."""
    rows = []
    for folder in folders:
        pages = list(grade_folder(folder))
        figures = [f"{value:.3f}" for value in mean_figures(pages).values()]
        rows.append([folder.name, str(len(pages)), *figures])
    names = [name.replace("_f1", " F1") for name in FIGURES]
    return lay_out_markdown(["pages of", "pages", *names], rows)


def speed_table(folders: Sequence[Path]) -> str:
    """Return what each of *folders* costs."""
    rows = []
    for folder in folders:
        figures = measure(folder, rounds=_ROUNDS)[1]
        longest = max(figures["growth"])
        growth = rounded(figures["growth"][longest])
        names = ("warm", "cold", "median", "ms a page")
        rows.append([folder.name, *(f"{figures[name]:.2f}" for name in names), str(growth)])
    header = [
        "pages of",
        "warm",
        "cold",
        "median page",
        "ms a page",
        f"growth at {longest} entries",
    ]
    return lay_out_markdown(header, rows)


def replace_table(text: str, name: str, table: str) -> str:
    """Return *text* with *table* between the marks of *name*."""
    marks = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
    return marks.sub(lambda match: f"{match[1]}\n{table}\n\n{match[2]}", text)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    folders = [Path(word).resolve() for word in (sys.argv[1:] if words is None else words)]
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    text = README.read_text("utf-8")
    text = replace_table(text, "accuracy", accuracy_table(folders))
    README.write_text(replace_table(text, "speed", speed_table(folders)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
