"""A page made readable: decoded, parsed, with the address its links are relative to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import ada_url
from lxml import etree

from scraper.decoding import decode
from scraper.models import DateOrder, Page
from scraper.parsers.tree import Outline, flatten, read_attributes

__all__ = ["Document"]


class Document:
    """What every parser starts from; each view of the page is made once, when first asked for."""

    def __init__(
        self, page: Page, *, language: str | None = None, date_order: DateOrder | None = None
    ) -> None:
        self.page = page
        #: What somebody knows of the page, and what of it is left, if not all (``overruling``).
        self.date_order = date_order
        self.is_part = False
        self._language = language
        self.warnings: list[str] = []
        self.complete = page.complete
        decoded = decode(page.body, encoding=page.encoding)
        self.warnings += decoded.warnings
        self.text = decoded.text
        if not page.complete:
            self.warnings.append("the page was cut off before its end")

    @cached_property
    def root(self) -> Any:
        """The tree, or None for a page without any element."""
        # Parsed from UTF-8 bytes, whatever the page was in: libxml2 stops silently at the first
        # byte that does not fit a declared encoding, and Python's decoder does not.
        source = self.text.encode("utf-8", "replace")
        if not source.strip():
            return None
        parser = etree.HTMLParser(
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
            huge_tree=True,
        )
        try:
            root = etree.HTML(source, parser=parser)
        except etree.LxmlError:
            root = None
        if root is None or _gave_up(parser.error_log):
            # BeautifulSoup is a fifth of what the program takes to start, and few pages need it.
            from scraper.parsers.survivor import survive

            root = survive(self.text)
        return root

    @cached_property
    def outline(self) -> Outline:
        """The page as flat arrays."""
        return flatten(self.text)

    @cached_property
    def language(self) -> str | None:
        """The language of the page as a BCP 47 tag: what is known of it, else what it declares."""
        declared = self._declared_language()
        known = self._language
        # ``de-AT`` is German, too.
        is_finer = known and f"{declared}-".casefold().startswith(f"{known}-".casefold())
        return declared if known is None or is_finer else known

    def _declared_language(self) -> str | None:
        for head in self.outline.declared:
            if head[:4].lower() == "html":
                attributes = read_attributes(head)
                value = attributes.get("lang") or attributes.get("xml:lang") or ""
                return value.strip().replace("_", "-") or None
        return None

    @cached_property
    def base_url(self) -> str | None:
        """What links are relative to: ``<base href>``, else the page's own address, if known."""
        for head in self.outline.declared:
            if head[:4].lower() == "base" and (href := read_attributes(head).get("href")):
                return self._join(href, self.page.url) or self.page.url
        return self.page.url

    def absolute_url(self, href: str | None) -> str | None:
        """Return where *href* leads as an http(s) address, or None where it leads nowhere.

        Blanks around it go; ``javascript:``, ``mailto:``, ``data:`` and a bare fragment are no
        targets; user names and passwords are dropped.
        """
        if not href:
            return None
        return self._join(href, self.base_url)

    @staticmethod
    def _join(href: str, base: str | None) -> str | None:
        href = href.strip()
        if not href or href == "#" or len(href) > 2083:  # PROMISES: longest address
            return None
        try:
            joined = ada_url.join_url(base, href) if base else ada_url.URL(href).href
        except ValueError:
            return None
        if not joined.startswith(("http://", "https://")):
            return None
        if "@" in joined:
            parts = ada_url.URL(joined)
            parts.username = ""
            parts.password = ""
            joined = parts.href
        return joined


def _gave_up(log: Any) -> bool:
    """Tell whether the fast parser dropped a part of the page; it says so in its log alone."""
    return any(
        entry.type_name in ("ERR_RESOURCE_LIMIT", "ERR_NO_MEMORY")
        or (entry.level_name == "FATAL" and "depth" in entry.message.lower())
        for entry in log
    )
