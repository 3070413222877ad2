"""What says which page follows."""

from __future__ import annotations

from scraper.parsers.document import Document
from scraper.parsers.explaining.explanation import NextPage
from scraper.parsers.explaining.places import describe_path, shorten
from scraper.parsers.tree import read_attributes

__all__ = ["explain_next"]

_LONGEST_LABEL = 80


def explain_next(document: Document, url: str | None) -> NextPage | None:
    """Return what says that *url* is the following page."""
    if url is None:
        return None
    page = document.outline
    for head in page.declared:
        if head[:4].lower() == "link":
            said = read_attributes(head)
            relations = said.get("rel", "").lower().split()
            if "next" in relations and document.absolute_url(said.get("href")) == url:
                return NextPage(url=url, because="declared by <link rel=next>")
    for link in reversed(page.links):
        if document.absolute_url(page.href(link)) == url:
            text = page.text(page.first[link], min(page.last[link], page.first[link] + 20))
            return NextPage(
                url=url,
                because="a link",
                text=shorten(text, _LONGEST_LABEL) or None,
                path=describe_path(page, page.path[link]),
            )
    return NextPage(url=url, because="declared by the page")
