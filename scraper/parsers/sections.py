"""Which heading an entry stands under: that of its list, or of its part of the list."""

from __future__ import annotations

from collections.abc import Iterable

from scraper.parsers.parts import Part, Parts
from scraper.parsers.rows import Row
from scraper.parsers.tree import Outline

__all__ = ["find_sections"]

# How many parts above the first entry its heading may stand.
_ABOVE = 6
# A shorter heading names a section, even if it is linked.
_STORY = 16


def find_sections(page: Outline, parts: Parts, rows: Iterable[Row]) -> dict[int, str | None]:
    """Return the headings that *rows* stand under, by the number of their first part.

    *rows* are in document order, of all lists: a heading holds until there is another.
    """
    sections: dict[int, str | None] = {}
    section: str | None = None
    stop = -1
    for row in rows:
        start = max(0, row.first - _ABOVE) if stop < 0 else stop
        found = _last_heading(page, parts, start, row.first)
        section = section if found is None else found
        sections[row.first] = section
        stop = row.first + len(row.parts)
    return sections


def _last_heading(page: Outline, parts: Parts, start: int, stop: int) -> str | None:
    for number in range(stop - 1, start - 1, -1):
        part = parts.all[number]
        if part.heading >= 0 and not part.is_date and not _tells_story(page, parts, part, stop):
            return part.text
    return None


def _tells_story(page: Outline, parts: Parts, part: Part, stop: int) -> bool:
    """Tell whether a heading is that of a story which stands above the entry at *stop*.

    It is linked, and in one block with more than labels, which ends before the entry.
    """
    if part.link < 0 or part.weight < _STORY:
        return False
    node = page.parent[part.heading]
    while node >= 0:
        first, last = parts.at[page.first[node]], parts.at[page.last[node]]
        if last > stop:
            return False
        if any(not one.is_label and one.heading != part.heading for one in parts.all[first:last]):
            return True
        node = page.parent[node]
    return False
