"""Which part of an entry is what: chosen by column, over all entries of a list at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from scraper.parsers.bylines import choose_bylines, roles_of
from scraper.parsers.columns import Column, Columns, Spans
from scraper.parsers.labels import is_metadata, repeated_labels
from scraper.parsers.links import choose_targets, link_label
from scraper.parsers.parts import Part, Parts
from scraper.parsers.rows import Reading, Row
from scraper.parsers.teasers import choose_teaser, teaser_columns
from scraper.parsers.titles import TITLE, TITLE_WITHIN, choose_title, cut_clocks, title_evidence
from scraper.parsers.tree import Outline, read_attributes

__all__ = ["complete_rows", "read_rows"]


def read_rows(page: Outline, parts: Parts, spans: Spans, tops: Sequence[int]) -> Reading:
    """Choose headline and target of every entry."""
    columns = Columns(page, parts, spans, tops)
    linked = [one for one in columns.all if one.linked > 0.5 and one.coverage > 0.5]
    sole_link = linked[0] if len(linked) == 1 else None
    scores = {column: TITLE.weigh(title_evidence(column, sole_link)) for column in columns.all}
    best = max(scores, key=scores.__getitem__)
    least = scores[best] - TITLE_WITHIN
    if best.heads > 0.5:
        # Where headlines are headings, so is the odd one that is linked, or styled, by itself.
        for column in columns.all:
            if column.heads > 0.5 and scores[column] < scores[best] - 1:
                scores[column] = scores[best] - 1
    rows = [
        Row(start, parts.all[start:stop], _nodes_of(page, parts.all[start:stop], top))
        for (start, stop), top in zip(spans, tops, strict=True)
    ]
    for row in rows:
        choose_title(page, row, columns, scores, least)
    for row, following in pairwise(rows):
        if row.title_text and row.title_text == following.title_text:
            # The text of a picture before an entry doubles its headline, not that of the one above.
            choose_title(page, row, columns, scores, least, unlike=following.title_text)
    cut_clocks(rows)
    counts: dict[Column, int] = {}
    for row in rows:
        if row.column is not None:
            counts[row.column] = counts.get(row.column, 0) + 1
    choose_targets(page, rows)
    main = max(counts, key=counts.__getitem__) if counts else columns.all[0]
    return Reading(rows, columns, main, scores[main])


def _nodes_of(page: Outline, own: list[Part], top: int) -> tuple[int, int]:
    """Return the nodes of an entry: its root, and what else of the root's level it runs on over."""
    depth = page.paths.depth[page.path[top]]
    first, last = _at_depth(page, own[0].node, depth), _at_depth(page, own[-1].node, depth)
    low = min(top, first) if first >= 0 else top
    high = max(page.end[top], page.end[last]) if last >= 0 else page.end[top]
    return low, high


def _at_depth(page: Outline, node: int, depth: int) -> int:
    """Return the element at *depth* that *node* is or stands in, or -1."""
    while node >= 0 and page.paths.depth[page.path[node]] > depth:
        node = page.parent[node]
    return node if node >= 0 and page.paths.depth[page.path[node]] == depth else -1


def complete_rows(page: Outline, reading: Reading) -> None:
    """Choose everything but headline, target and date: teaser, label, picture, author, category."""
    columns = reading.columns
    metadata = {column for column in columns.all if is_metadata(column)}
    teasers = teaser_columns(page, reading, metadata)
    roles = roles_of(columns)
    titles = {row.title_text for row in reading.rows}
    labels = repeated_labels(page, reading.rows)
    for row in reading.rows:
        if row.title is None:
            continue
        row.teaser = choose_teaser(page, row, columns, teasers, titles, labels)
        row.link_text = link_label(page, row)
        row.image = _first_image(page, row)
        choose_bylines(page, row, columns, roles, labels)


def _first_image(page: Outline, row: Row) -> str | None:
    low, high = row.nodes
    images = page.images
    for image in images[bisect_left(images, page.first[low], key=lambda one: one.token) :]:
        if image.token > page.last[low] and image.node >= high:
            return None
        if low <= image.node < high:
            attributes = read_attributes(image.head)
            for name in ("data-src", "data-lazy-src", "data-original", "src"):
                value = attributes.get(name)
                if value and not value.strip().startswith("data:"):
                    return value
    return None
