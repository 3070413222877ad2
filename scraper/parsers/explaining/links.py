"""What became of every link from the first entry to the last."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from scraper.parsers.document import Document
from scraper.parsers.engine import Findings
from scraper.parsers.explaining.explanation import ExplainedLink
from scraper.parsers.explaining.lists import Standing
from scraper.parsers.explaining.places import shorten
from scraper.parsers.parts import join_texts
from scraper.parsers.rows import Row
from scraper.parsers.words import is_label, is_service

__all__ = ["explain_links"]

_LONGEST_TEXT = 200
_LONGEST_HREF = 300
# Where other sites take what is shared with them.
_SHARING = re.compile(
    r"(?:https?:)?//(?:[\w-]+\.)*(?:facebook\.com/(?:sharer|share\.php|dialog/(?:share|feed))"
    r"|(?:twitter|x)\.com/(?:share|intent/)|linkedin\.com/(?:shareArticle|sharing/)"
    r"|pinterest\.\w+/pin/create|reddit\.com/submit|tumblr\.com/(?:share|widgets/share)"
    r"|wa\.me/\?|whatsapp\.com/send|t(?:elegram)?\.me/share|vk\.com/share|xing\.com/spi/shares"
    r"|connect\.ok\.ru/offer|service\.weibo\.com/share|line\.me/R/msg|addtoany\.com/"
    r"|bsky\.app/intent/)",
    re.IGNORECASE,
)


class _Entry(NamedTuple):
    """An entry of a kept list: its tokens, the element it grew from, what was read of it."""

    start: int
    stop: int
    top: int
    #: None where it was left out because it only serves a letter.
    row: Row | None
    #: Of its record.
    position: int | None


def explain_links(
    document: Document,
    found: Findings,
    ranked: list[Standing],
    positions: dict[int, int],
    targets: dict[int, int],
) -> tuple[ExplainedLink, ...]:
    """Return every link of the region, once, in document order.

    *positions* are those of the records by the ``id`` of their rows; *targets* the links that they
    lead to, by position.
    """
    region = _Region(document, found, ranked, positions, targets)
    return tuple(map(region.explain, region.links()))


class _Region:
    """From the first kept entry to the last, and what is between."""

    def __init__(
        self,
        document: Document,
        found: Findings,
        ranked: list[Standing],
        positions: dict[int, int],
        targets: dict[int, int],
    ) -> None:
        self.document = document
        self.page = document.outline
        self.parts = found.parts
        taken = {k for one in ranked if one.kept is not None for k in one.parts}
        # Another division of what is kept, coarser than that, tells nothing of what is between.
        self.others = [one for one in ranked if one.parts.isdisjoint(taken)]
        kept = [one for one in ranked if one.kept is not None]
        entries = [entry for one in kept for entry in self._entries(one, positions)]
        self.entries = sorted(entries, key=lambda entry: entry.start)
        self.starts = [entry.start for entry in self.entries]
        self.by_top = sorted(self.entries, key=lambda entry: entry.top)
        self.tops = [entry.top for entry in self.by_top]
        self.taken = {link: position for position, link in targets.items()}
        #: Position of the first record that leads to an address.
        self.led: dict[str, int] = {}
        for position, link in sorted(targets.items()):
            url = document.absolute_url(self.page.href(link))
            if url is not None:
                self.led.setdefault(url, position)

    def _entries(self, one: Standing, positions: dict[int, int]) -> list[_Entry]:
        rows = {row.first: row for row in one.listed.rows} if one.listed is not None else {}
        everything = self.parts.all
        entries = []
        for (start, stop), top in zip(one.block.spans, one.block.tops, strict=True):
            row = rows.get(start)
            position = positions.get(id(row)) if row is not None else None
            tokens = everything[start].start, everything[stop - 1].stop
            entries.append(_Entry(*tokens, top, row, position))
        return entries

    def links(self) -> list[int]:
        """Return the links of the region."""
        page = self.page
        if not self.entries or not page.links:
            return []
        low, high = self.entries[0].start, max(entry.stop for entry in self.entries)
        first, end = self.tops[0], max(page.end[top] for top in self.tops)
        return [
            link
            for link in page.links
            if first <= link < end
            or (low <= page.first[link] < high and page.last[link] > page.first[link])
            or link in self.taken
        ]

    def entry_of(self, link: int) -> _Entry | None:
        """Return the entry that a link stands in."""
        # What shows nothing has no place among the tokens but between two of them.
        by_token, by_top = self._at_token(link), self._at_top(link)
        silent = self.page.first[link] == self.page.last[link]
        return by_top or by_token if silent else by_token or by_top

    def _at_token(self, link: int) -> _Entry | None:
        token = self.page.first[link]
        place = bisect_right(self.starts, token) - 1
        return self.entries[place] if place >= 0 and token < self.entries[place].stop else None

    def _at_top(self, link: int) -> _Entry | None:
        place = bisect_right(self.tops, link) - 1
        if place < 0 or link >= self.page.end[self.tops[place]]:
            return None
        return self.by_top[place]

    def explain(self, link: int) -> ExplainedLink:
        """Return what became of *link*."""
        page = self.page
        first, last = page.first[link], page.last[link]
        # A link may hold half the page, and its text is cut anyway.
        text = (
            join_texts(page.texts[first : min(last, first + _LONGEST_TEXT)]) if last > first else ""
        )
        url = self.document.absolute_url(page.href(link))
        position, reason = self.taken.get(link), None
        if position is None:
            entry = self.entry_of(link)
            position = entry.position if entry is not None else None
            reason = self._why_not(link, url, text, entry)
        return ExplainedLink(
            number=bisect_left(page.links, link) + 1,
            node=link,
            href=shorten(page.href(link), _LONGEST_HREF),
            url=url,
            text=shorten(text, _LONGEST_TEXT) or None,
            taken=reason is None,
            item=position,
            reason=reason,
        )

    def _why_not(self, link: int, url: str | None, text: str, entry: _Entry | None) -> str:
        href = self.page.href(link).strip()
        if url is None:
            return _say_nowhere(href)
        if url in self.led:
            return f"same target as item {self.led[url]}"
        if _SHARING.match(href):
            return "another site's share button"
        if is_service(text):
            return "a service link"
        if entry is None:
            return self._say_outside(link)
        if entry.row is None:
            return "in an entry of nothing but service links"
        if entry.row.title is None:
            return "in an entry without a headline"
        if entry.position is None:
            return "in an entry beyond the most that are kept"
        if href.startswith("#"):
            return "leads to a place on this page"
        if text and is_label(text):
            return "a label"
        if self._is_in_teaser(link, entry.row):
            return f"in the summary of item {entry.position}"
        return "in an entry, not its target"

    def _is_in_teaser(self, link: int, row: Row) -> bool:
        token = self.page.first[link]
        return any(part.start <= token < part.stop for part in row.teaser)

    def _say_outside(self, link: int) -> str:
        number = self.parts.at[self.page.first[link]]
        if self.page.last[link] > self.page.first[link]:
            for one in self.others:
                if number in one.parts:
                    return f"in a list not kept, {one.number}"
        return "between entries"


def _say_nowhere(href: str) -> str:
    scheme = href[:12].lower()
    if scheme.startswith("mailto:"):
        return "a mail address"
    if scheme.startswith("tel:"):
        return "a telephone number"
    return "leads to no page"
