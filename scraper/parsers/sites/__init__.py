"""Parsers written by hand, each for the pages of one site.

They are for what a page does not say and a person knows: that a site codes the day in its file
names, or that a number is no date. A page that says what it lists needs none.

Adding one is

* one module here, with ``matches(url)`` and ``parse(document, source)``,
* one line in ``SITE_PARSERS``,
* one folder in ``fixtures/``: a page, where it is from, and the records that it holds.

``hydrography.py`` is the example. BeautifulSoup is imported where it is needed, since it is a fifth
of what the program takes to start. A parser makes a ``Declared`` of every entry and hands them to
``make_listing``, which resolves the dates, numbers the records and gives them their keys. On a page
that it does not know, because the site was rebuilt, it returns None: the engine reads it then.
"""

from __future__ import annotations

from typing import Protocol

from scraper.errors import ParseError
from scraper.models import Listing, Source
from scraper.parsers.document import Document
from scraper.parsers.sites.hydrography import HydrographyParser

__all__ = ["SITE_PARSERS", "SiteParser", "SitesParser"]


class SiteParser(Protocol):
    """Something that reads the pages of one site."""

    def matches(self, url: str) -> bool:
        """Tell whether the page at *url* is one of them."""
        ...

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return what the page lists, None where the page is not as expected."""
        ...


#: In the order tried.
SITE_PARSERS: tuple[SiteParser, ...] = (HydrographyParser(),)


def _surprises() -> tuple[type[Exception], ...]:
    """Return what code meets that expects something of a page."""
    from bs4.exceptions import ParserRejectedMarkup

    return (
        ParserRejectedMarkup, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
    )  # fmt: skip


class SitesParser:
    """Parses a page by the first parser that was written for its site."""

    def __init__(self, parsers: tuple[SiteParser, ...] = SITE_PARSERS) -> None:
        self._parsers = parsers

    def parse(self, document: Document, source: Source) -> Listing | None:
        """Return what the page lists, None where no parser knows the page.

        Raises ParseError where one failed on it: a rebuilt site must be seen.
        """
        url = document.page.url or ""
        for parser in self._parsers:
            try:
                listing = parser.parse(document, source) if parser.matches(url) else None
            except _surprises() as error:
                name = type(parser).__name__
                message = f"{name} failed on this page: {type(error).__name__}"
                advice = "the site may have been rebuilt: mend the parser, or take it out"
                raise ParseError(source.name, message, advice=advice) from error
            if listing is not None:
                return listing
        return None
