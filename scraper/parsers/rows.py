"""An entry while its fields are being chosen, and a list of them."""

from __future__ import annotations

from typing import NamedTuple

from scraper.parsers.columns import Column, Columns
from scraper.parsers.parts import Part

__all__ = ["Reading", "Row"]


class Row:
    """One entry while its fields are being chosen."""

    __slots__ = (
        "author", "category", "column", "first", "image", "link_text", "nodes", "parts", "target",
        "teaser", "title", "title_text",
    )  # fmt: skip

    def __init__(self, first: int, parts: list[Part], nodes: tuple[int, int]) -> None:
        #: Number of the first part.
        self.first = first
        self.parts = parts
        #: The first node of the entry and one past its last: pictures and links have no text.
        self.nodes = nodes
        self.title: Part | None = None
        self.title_text = ""
        #: The column of the headline.
        self.column: Column | None = None
        self.target = -1
        self.link_text: str | None = None
        self.teaser: list[Part] = []
        self.image: str | None = None
        self.author: str | None = None
        self.category: str | None = None


class Reading(NamedTuple):
    """Entries with headline and target chosen, and the columns that decided."""

    rows: list[Row]
    columns: Columns
    #: The column that most headlines are in, and how likely it is.
    main: Column
    score: float
