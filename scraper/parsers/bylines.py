"""Who wrote an entry, and what it is filed under, where classes, ``rel`` or a label say so."""

from __future__ import annotations

import re

from scraper.parsers.columns import Column, Columns
from scraper.parsers.labels import label_of
from scraper.parsers.parts import Part
from scraper.parsers.rows import Row
from scraper.parsers.tree import Outline
from scraper.parsers.words import word_set

__all__ = ["choose_bylines", "roles_of"]


_REL_AUTHOR = re.compile(r"""\srel\s*=\s*["']?(?:[\w ]* )?author\b""", re.IGNORECASE)
_REL_CATEGORY = re.compile(r"""\srel\s*=\s*["']?(?:[\w ]* )?category\b""", re.IGNORECASE)
_ROLE_NAMES = {
    "author": word_set(
        "author authors byline writer autor auteur autore verfasser автор 글쓴이 작성자 作者 投稿者"
    ),
    "category": word_set(
        "category categories cat kicker eyebrow overline section rubric rubrique rubrik tag badge "
        "topic "
        "type label kategorie categoria catégorie"
    ),
}
_NO_ROLES = word_set("title headline heading date time published posted comments more count")
_LONGEST_ROLE, _LONGEST_NAMES = 60, 200
_BY = word_set("by von par por di door de av af przez автор autor auteur author")
# The share of dates from which a column is one of dates.
_DATES = 0.3


def choose_bylines(
    page: Outline, row: Row, columns: Columns, roles: dict[Column, str], labels: set[str]
) -> None:
    """Give *row* its author and its category."""
    if roles:
        _choose_roles(row, columns, roles)
    if row.author is None:
        row.author = _declared(page, row, _REL_AUTHOR) or _labelled_author(row, labels)
    if row.category is None:
        row.category = _declared(page, row, _REL_CATEGORY)


def roles_of(columns: Columns) -> dict[Column, str]:
    """Return which columns hold authors or categories, as their classes say."""
    return {column: role for column in columns.all if (role := _role(column)) is not None}


def _choose_roles(row: Row, columns: Columns, roles: dict[Column, str]) -> None:
    for number, part in enumerate(row.parts, row.first):
        role = roles.get(columns.of[number])
        if (
            role is None
            or part is row.title
            or part in row.teaser
            or len(part.text) > 80
            or part.text[-1] in ":："
            or part.is_date
        ):
            continue
        if role == "author" and row.author is None:
            # `<span class="author">By <a>Ada Quist</a></span>`
            name = _strip_by(part.text) or _text_behind(row, part)
            row.author = name if name and len(name) <= _LONGEST_ROLE else None
        elif role == "category" and row.category is None:
            row.category = part.text


def _declared(page: Outline, row: Row, rel: re.Pattern[str]) -> str | None:
    """Return the text of a link that says what it is: ``rel="author"``, ``rel="category tag"``."""
    for part in row.parts:
        if part.link >= 0 and part is not row.title and rel.search(page.head[part.link]):
            return part.text if len(part.text) <= _LONGEST_ROLE else None
    return None


def _labelled_author(row: Row, labels: set[str]) -> str | None:
    """Return what stands on the line behind "Authors:", where lines begin with labels."""
    for place, part in enumerate(row.parts):
        head = label_of(part.text)
        if head in labels and head.casefold().strip() in _ROLE_NAMES["author"]:
            behind = [p.text for p in row.parts[place + 1 :] if p.line == part.line]
            name = ", ".join(behind) or part.text[len(head) + 1 :].strip()
            return name if name and len(name) <= _LONGEST_NAMES else None
    return None


def _role(column: Column) -> str | None:
    """Return whether the classes of a column say that it holds an author or a category."""
    if column.dates > _DATES or column.labels > 0.5 or not column.names.isdisjoint(_NO_ROLES):
        return None
    for role, words in _ROLE_NAMES.items():
        if not column.names.isdisjoint(words) and column.length <= _LONGEST_ROLE:
            return role
    return None


def _text_behind(row: Row, part: Part) -> str | None:
    """Return the text of the part behind *part* on its line."""
    place = row.parts.index(part) + 1
    following = row.parts[place] if place < len(row.parts) else None
    return following.text if following is not None and following.line == part.line else None


def _strip_by(text: str) -> str:
    """Return a byline without the word before the name, empty where there is no more to it.

    >>> _strip_by("By Ada Quist"), _strip_by("von"), _strip_by("Hetty")
    ('Ada Quist', '', 'Hetty')
    """
    first, _, rest = text.partition(" ")
    return rest.strip() if first.casefold().rstrip(":") in _BY else text
