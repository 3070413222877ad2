"""The headlines of a list, chosen by column.

An entry without a part in the best column takes its best part of the next, so that one odd entry
does not shift the others.
"""

from __future__ import annotations

import re

from scraper.parsers.columns import Column, Columns
from scraper.parsers.evidence import Scale
from scraper.parsers.parts import Part, join_texts
from scraper.parsers.rows import Row
from scraper.parsers.tree import Outline
from scraper.parsers.weights import TITLE_WEIGHTS

__all__ = ["TITLE", "TITLE_WITHIN", "bare_title", "choose_title", "cut_clocks", "title_evidence"]


# What a link says of its file behind the headline: "(PDF, 210 KB)".
_FILE_NOTE = re.compile(
    r"\s*[(\[](?:(?:pdf|docx?|xlsx?|pptx?|odt|rtf|zip|epub)\b[^()\[\]\d]{1,4})?"
    r"[\d.,]+\s?(?:[kmg]i?b|кб|мб|ko|mo)[)\]]$",
    re.IGNORECASE,
)


# When it was, in front of the headlines of a ticker.
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?: ?(?:Uhr|h|Hrs?))?\s*[-–—|:]?\s+(?=\S)")


# What stands between a headline and the parts beside it.
_AROUND_TITLES = " -–—|•·»›:;,"


# How much likelier the best column may be than the one an odd entry takes its headline from.
TITLE_WITHIN = 4.0
# The share of dates from which a column is one of dates.
_DATES = 0.3


#: Evidence that a column holds the headlines.
TITLE = Scale(
    (
        "coverage", "heads", "linked", "sole_link", "distinct", "named", "meta", "tiny", "short",
        "shortish", "fair", "long", "dates", "labels", "prose", "digits", "wordless", "order",
        "repeats",
    ),
    TITLE_WEIGHTS,
)  # fmt: skip


def title_evidence(column: Column, sole_link: Column | None) -> tuple[float, ...]:
    """Return the evidence of ``TITLE``; *sole_link* is the only linked column of the list."""
    named, meta, _ = column.named()
    length = column.length
    return (
        column.coverage,
        column.heads,
        column.linked,
        # A number that is linked leads to the document, and is no headline for that.
        column is sole_link and column.wordless < 0.5,
        column.distinct,
        named,
        meta and not named,
        length < 6,
        6 <= length < 14,
        14 <= length < 22,
        22 <= length <= 140,
        length > 220,
        column.dates,
        column.labels,
        column.prose,
        min(2 * column.digits, 1),
        column.wordless,
        min(column.order, 10) / 10,
        min(column.repeats - 1, 3) / 3,
    )


def _without_note(text: str) -> str:
    """Return a headline without what is said of its file, and what parts it from others."""
    return _FILE_NOTE.sub("", text).strip(_AROUND_TITLES) or text


def bare_title(text: str) -> str:
    """Return a headline without the time in front of it, and what is said of its file.

    >>> bare_title("09:30 Annual report (PDF, 210 KB)")
    'Annual report'
    """
    return _without_note(_CLOCK.sub("", text, count=1))


def cut_clocks(rows: list[Row]) -> None:
    """Take the time of day off the headlines, where most begin with one."""
    cut = [
        _CLOCK.sub("", row.title_text, count=1) if _CLOCK.match(row.title_text) else ""
        for row in rows
    ]
    if sum(map(bool, cut)) * 2 > len(rows):
        for row, text in zip(rows, cut, strict=True):
            row.title_text = text or row.title_text


def choose_title(
    page: Outline,
    row: Row,
    columns: Columns,
    scores: dict[Column, float],
    least: float,
    unlike: str | None = None,
) -> None:
    """Give *row* the likeliest of its parts as headline, where one is likelier than *least*.

    What says the same as *unlike* is not taken.
    """
    best, best_score, best_column = None, least, None
    of = columns.of
    for number, part in enumerate(row.parts, row.first):
        column = of[number]
        score = scores[column]
        if score <= best_score or (part.weight < 4 and score - 2 <= best_score):
            continue
        # `limnoria 2014.11.24` is the name of a release where its neighbours are no dates.
        if (
            part.text == unlike
            or part.is_label
            or (part.heading < 0 and column.dates > _DATES and part.is_date)
        ):
            continue
        best, best_score, best_column = part, score - 2 if part.weight < 4 else score, column
    if best is not None:
        row.title, row.column = best, best_column
        text = _title_text(page, row, best)
        if text.endswith(("...", "…")):
            text = _whole_title(page, row, best, text)
        row.title_text = _without_note(text)


def _title_text(page: Outline, row: Row, best: Part) -> str:
    """Return the headline, whole where it is spread over the parts of one heading."""
    if best.heading < 0:
        return best.text
    same = [p for p in row.parts if p.heading == best.heading and not (p.is_date or p.is_label)]
    # `<h3>Case 7: <a>Smith v Jones</a></h3>` is one headline; a kicker of another kind is not.
    own = page.path[best.heading]
    same = [p for p in same if p is best or p.path in (best.path, own)]
    return join_texts([p.text for p in same]) if len(same) > 1 else best.text


def _whole_title(page: Outline, row: Row, part: Part, text: str) -> str:
    """Return the headline uncut, where the entry or the link's ``title`` has the whole of it."""
    stem = text.rstrip(".… \u200b")
    rivals = [p.text for p in row.parts if p is not part and (p.link >= 0 or p.heading >= 0)]
    if part.link >= 0:
        rivals.append(" ".join(page.attributes(part.link).get("title", "").split()))
    whole = [rival for rival in rivals if len(rival) > len(stem) and rival.startswith(stem)]
    return max(whole, key=len) if whole else text
