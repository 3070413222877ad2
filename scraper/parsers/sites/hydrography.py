"""Notices to mariners of the hydrographic office at ``hydrography.example``.

The page prints no day. ``NM 03/24`` looks like one and is a number: the third notice of 2024. When
a notice was issued stands in the name of its file, ``nm240119-03.pdf``, and nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.dates import Reading, read_attribute
from scraper.models import Listing, Source
from scraper.parsers.declared import Declared, clean_text, make_listing
from scraper.parsers.document import Document

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["HydrographyParser"]

_FILE = re.compile(r"/nm(\d{6})-\d+\.pdf$")


class HydrographyParser:
    """Reads the days of the notices off the names of their files."""

    def matches(self, url: str) -> bool:
        """Tell whether *url* is that of a year's notices."""
        parts = urlsplit(url)
        return parts.hostname == "hydrography.example" and parts.path.startswith("/notices/")

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return the notices of the page; None where it has no table of them."""
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(document.text, "html.parser")
        rows = soup.select("table.notices tr:has(td.chart)")
        return (
            make_listing(document, source, [_read_row(document, row) for row in rows])
            if rows
            else None
        )


def _read_row(document: Document, row: Tag) -> Declared:
    link, area = row.select_one("td.subject a"), row.select_one("td.area")
    href = str(link["href"]) if link else ""
    return Declared(
        title=clean_text(link.get_text()) if link else None,
        url=document.absolute_url(href),
        date=_issued(href),
        date_source="url",
        category=clean_text(area.get_text()) if area else None,
    )


def _issued(href: str) -> Reading | None:
    match = _FILE.search(href)
    return read_attribute(f"20{match[1]}") if match else None
