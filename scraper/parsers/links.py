"""Where entries lead: the link of the headline, else the best column of links."""

from __future__ import annotations

import re
from bisect import bisect_left

from scraper.parsers.rows import Row
from scraper.parsers.tree import Outline
from scraper.parsers.words import is_label, is_service

__all__ = ["choose_targets", "leads_somewhere", "link_label", "links_within"]


# Half of the entries have such a link, and half of those lead elsewhere each.
_LEAST_LINKS = 1.5
# Addresses of what an entry belongs to, not of the entry.
_ABOUT = re.compile(r"author|/user|/profile|/people/|/tags?/|/topics?/|/categor(?:y|ies)/|[?&]cat=")


def choose_targets(page: Outline, rows: list[Row]) -> None:
    """Give each row its target: the headline's link, else the best column of links."""
    homeless = []
    for row in rows:
        title = row.title
        if title is None:
            continue
        if title.link >= 0 and leads_somewhere(page, title.link):
            row.target = title.link
            continue
        if title.heading >= 0:
            inside = [p.link for p in row.parts if p.heading == title.heading and p.link >= 0]
            inside = [k for k in inside if leads_somewhere(page, k)]
            if inside:
                row.target = inside[0]
                continue
        homeless.append(row)
    if homeless:
        _choose_link_column(page, rows, homeless)


def leads_somewhere(page: Outline, link: int) -> bool:
    """Tell whether the ``href`` of *link* can be the address of a page."""
    href = page.hrefs[link].strip()
    return bool(href) and not href.startswith(("#", "javascript:", "mailto:", "tel:", "data:"))


def links_within(page: Outline, nodes: tuple[int, int]) -> list[int]:
    """Return the links among *nodes*, pictures included."""
    return page.links[bisect_left(page.links, nodes[0]) : bisect_left(page.links, nodes[1])]


def _choose_link_column(page: Outline, rows: list[Row], homeless: list[Row]) -> None:
    """Choose, for rows whose headline is no link, the links of one path that differ by entry."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for link in links_within(page, row.nodes):
            if leads_somewhere(page, link):
                found.setdefault(page.path[link], []).append((number, link))
    scores = {path: _score_links(page, links, len(rows)) for path, links in found.items()}
    for row in homeless:
        number = rows.index(row)
        for path in sorted(scores, key=lambda k: -scores[k]):
            own = [link for entry, link in found[path] if entry == number]
            if own and scores[path] > _LEAST_LINKS:
                row.target = _likeliest_link(page, own)
                break


def _likeliest_link(page: Outline, links: list[int]) -> int:
    """Return the first of *links* that leads to the entry, not to a service such as "Share"."""
    useful = (
        link for link in links if not is_service(page.text(page.first[link], page.last[link]))
    )
    return next(useful, links[0])


def _score_links(page: Outline, links: list[tuple[int, int]], total: int) -> float:
    """Return how much links of one path, by entry, behave like the targets of the entries."""
    first: dict[int, int] = {}
    for number, link in links:
        first.setdefault(number, link)
    hrefs = [page.hrefs[link] for link in first.values()]
    sample = list(first.values())[:8]
    n = len(sample)
    labels = [page.text(page.first[link], page.last[link]) for link in sample]
    return float(
        2.0 * len(first) / total
        + 2.0 * len(set(hrefs)) / len(hrefs)
        + 1.2 * sum(bool(text) and is_label(text) for text in labels) / n
        - 1.5 * sum("#" in href for href in hrefs[:8]) / n
        - 1.0 * sum(_ABOUT.search(href) is not None for href in hrefs[:8]) / n
        - 0.2 * min(len(links) / len(first) - 1, 5)
    )


def link_label(page: Outline, row: Row) -> str | None:
    """Return the label of the link to the target, where it is not the headline itself."""
    if row.target < 0 or row.title is None:
        return None
    href = page.hrefs[row.target]
    for part in row.parts:
        if (
            part.link >= 0
            and part.link != row.title.link
            and page.hrefs[part.link] == href
            and part.is_label
        ):
            return part.text
    if row.target != row.title.link:
        text = page.text(page.first[row.target], page.last[row.target])
        if text and len(text) <= 60 and text != row.title_text:
            return text
    return None
