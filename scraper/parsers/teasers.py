"""The teasers of a list, chosen by column; else what reads like prose."""

from __future__ import annotations

from scraper.parsers.columns import Column, Columns
from scraper.parsers.evidence import Scale
from scraper.parsers.labels import is_labelled
from scraper.parsers.parts import Part
from scraper.parsers.rows import Reading, Row
from scraper.parsers.tree import Outline
from scraper.parsers.weights import TEASER_WEIGHTS

__all__ = ["TEASER", "choose_teaser", "teaser_columns", "teaser_evidence"]


#: Evidence that a column holds the teasers.
TEASER = Scale(
    (
        "coverage", "heads", "distinct", "named", "prose_named", "length", "short", "shorter",
        "prose", "digits", "paragraph", "before", "repeats",
    ),
    TEASER_WEIGHTS,
)  # fmt: skip


def teaser_evidence(page: Outline, column: Column, title: Column) -> tuple[float, ...]:
    """Return the evidence of ``TEASER``; *title* is the column of the headlines."""
    named, _, prose_named = column.named()
    length = column.length
    return (
        column.coverage,
        column.heads,
        column.distinct,
        named,
        prose_named,
        min(length, 200) / 200,
        length < 40,
        length < title.length,
        column.prose,
        min(2 * column.digits, 1),
        page.tag(column.parts[0].node) in ("p", "dd", "blockquote"),
        column.order < title.order,
        min(column.repeats - 1, 3) / 3,
    )


def teaser_columns(page: Outline, reading: Reading, metadata: set[Column]) -> dict[Column, float]:
    """Return the columns that hold teasers, with their scores."""
    scores = {}
    for column in reading.columns.all:
        if column is reading.main or column.dates > 0.5 or column.labels > 0.5:
            continue
        if column in metadata:
            continue
        score = TEASER.weigh(teaser_evidence(page, column, reading.main))
        if score > 0:
            scores[column] = score
    return scores


def choose_teaser(
    page: Outline,
    row: Row,
    columns: Columns,
    scores: dict[Column, float],
    titles: set[str],
    labels: set[str],
) -> list[Part]:
    """Return the parts of *row* that are its teaser.

    No headline of the list is one (*titles*), nor a line with one of its *labels*.
    """
    title = row.title
    assert title is not None  # noqa: S101 - rows without a headline do not come here
    best, best_score = None, 0.0
    prose: Column | None = None
    usable = []
    for number, part in enumerate(row.parts, row.first):
        if part is title or (title.heading >= 0 and part.heading == title.heading):
            continue
        # The text of a picture doubles a headline, its own or that of the entry after it.
        if part.text in titles or (part.weight < 60 and part.is_label):
            continue
        if labels and is_labelled(page, row, number, labels):
            continue
        column = columns.of[number]
        usable.append((part, column))
        score = scores.get(column, 0.0)
        if score:
            score -= (1.0 if part.weight < 25 else 0.0) + (0.8 if part.start < title.start else 0.0)
            if score > best_score and not part.is_date:
                best, best_score = column, score
        elif (
            prose is None
            and part.start > title.start
            and part.heading < 0
            and part.link in (-1, row.target)
            and part.is_sentence
        ):
            prose = column
    best = best or prose
    if best is None:
        return []
    return [p for p, column in usable if column is best and not (p.weight < 30 and p.is_date)]
