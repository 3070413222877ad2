"""Lines of an entry that begin with a label: ``Versions affected: 2.0 to 2.4``.

A label is the same in many entries, in front of a colon or in ``<dt>``; its value is no teaser.
"""

from __future__ import annotations

from scraper.parsers.columns import Column
from scraper.parsers.parts import Part
from scraper.parsers.rows import Row
from scraper.parsers.tree import Outline

__all__ = ["is_labelled", "is_metadata", "label_of", "labelled_parts", "repeated_labels"]


# The longest label of a line, "Versions affected: …".
_LONGEST_HEAD = 30


def label_of(text: str) -> str:
    """Return what stands before the value of a line ``Label: value``, empty where it is none."""
    head, colon, _ = text.partition(":")
    if not colon:
        head, colon, _ = text.partition("：")
    return head if colon and len(head) <= _LONGEST_HEAD else ""


def _term_of(page: Outline, part: Part) -> str:
    """Return what a part names: before its colon, or all of it in ``<dt>``; empty for nothing."""
    if part.weight <= _LONGEST_HEAD and page.tag(part.node) == "dt":
        return part.text.rstrip(" :：")
    return label_of(part.text)


def is_metadata(column: Column) -> bool:
    """Tell whether a column holds ``Label: value`` lines, the label the same in most entries."""
    if column.count < 2:
        return False
    heads: dict[str, int] = {}
    for part in column.parts:
        if head := label_of(part.text):
            heads[head] = heads.get(head, 0) + 1
    return bool(heads) and sum(v for v in heads.values() if v > 1) * 2 > column.count


def repeated_labels(page: Outline, rows: list[Row]) -> set[str]:
    """Return the labels that stand in a third of the entries, wherever in them."""
    counts: dict[str, int] = {}
    for row in rows:
        for head in {_term_of(page, part) for part in row.parts}:
            counts[head] = counts.get(head, 0) + 1
    counts.pop("", None)
    return {head for head, count in counts.items() if count > 1 and count * 3 >= len(rows)}


def labelled_parts(page: Outline, rows: list[Row]) -> set[Part]:
    """Return the labels that entries have in common, and their values."""
    labels = repeated_labels(page, rows)
    return {
        part
        for row in rows
        for number, part in enumerate(row.parts, row.first)
        if labels and is_labelled(page, row, number, labels)
    }


def is_labelled(page: Outline, row: Row, number: int, labels: set[str]) -> bool:
    """Tell whether a part is a line ``Label: value``, or the value on the line of a label."""
    place = number - row.first
    part, before = row.parts[place], row.parts[place - 1] if place else None
    if _term_of(page, part) in labels:
        return True
    return (
        before is not None
        and (before.line == part.line or page.tag(before.node) == "dt")
        and _term_of(page, before) in labels
    )
