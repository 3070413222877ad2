"""Which parts of the page could be headlines: a cheap look, before anything is divided.

Parts of one path are a group: the headlines of a list, its dates, the labels of its links. Dividing
a page by a group costs as much as everything before, and the headlines are among the first few
groups on nearly every page, so the groups are put in order and the rest is left alone.
"""

from __future__ import annotations

from math import log2
from typing import NamedTuple

from scraper.parsers.evidence import Scale
from scraper.parsers.parts import Part, Parts
from scraper.parsers.tree import ASIDE, MAIN, NAV, Outline
from scraper.parsers.weights import GROUP_WEIGHTS
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES

__all__ = ["GROUP", "Group", "anchor_of", "find_groups", "group_evidence"]

# A group whose texts are shorter on average is no list of headlines; Chinese ones are longer, as
# weighed here.
_SHORTEST = 5

#: Evidence that a group holds headlines.
GROUP = Scale(
    (
        "many", "tiny", "short", "shortish", "long", "distinct", "linked", "heads", "named",
        "meta", "prose_named", "dates", "nav", "aside", "main",
    ),
    GROUP_WEIGHTS,
)  # fmt: skip


class Group(NamedTuple):
    """Parts that stand at like places of the page."""

    members: list[Part]
    evidence: tuple[float, ...]
    score: float


def anchor_of(part: Part) -> int:
    """Return the node that an entry is grown from: the heading around *part*, else its own."""
    return part.heading if part.heading >= 0 else part.node


def find_groups(page: Outline, parts: Parts) -> list[Group]:
    """Return the groups of parts, those that are likeliest headlines first."""
    by_path = _group_by_path(page, parts)
    lists = [(path, members) for path, members in by_path.items() if len(members) > 1]
    shapes = page.paths.shape_of
    by_shape: dict[int, list[int]] = {}
    for path in by_path:
        by_shape.setdefault(shapes(path), []).append(path)
    for paths in by_shape.values():
        if len(paths) > 1:
            # The same tags with other classes: entries that are marked as the first, or by topic.
            members = [part for path in paths for part in by_path[path]]
            members.sort(key=_start)
            lists.append((paths[0], members))
    groups = []
    for path, members in lists:
        length = sum([part.weight for part in members]) / len(members)
        if length >= _SHORTEST:
            evidence = group_evidence(page, path, members, length)
            groups.append(Group(members, evidence, GROUP.weigh(evidence)))
    groups.sort(key=_score, reverse=True)
    return groups


def _start(part: Part) -> int:
    return part.start


def _score(group: Group) -> float:
    return group.score


def _group_by_path(page: Outline, parts: Parts) -> dict[int, list[Part]]:
    by_path: dict[int, list[Part]] = {}
    node_path = page.path
    before = -1
    for part in parts.all:
        heading = part.heading
        # A headline is the heading, linked or not; of its parts the longest speaks for it.
        path = part.path if heading < 0 else node_path[heading]
        members = by_path.get(path)
        if members is None:
            by_path[path] = [part]
        elif heading >= 0 and heading == before:
            if part.weight > members[-1].weight:
                members[-1] = part
        else:
            members.append(part)
        before = heading
    return by_path


def group_evidence(
    page: Outline, path: int, members: list[Part], length: float
) -> tuple[float, ...]:
    """Return the evidence of ``GROUP`` for *members* of a mean *length*."""
    n = len(members)
    mark = page.paths.mark[path]
    names = page.paths.words(path)
    sample = (members[0], members[n // 2], members[-1])
    return (
        min(log2(n), 6) / 6,
        length < 8,
        8 <= length < 16,
        16 <= length < 24,
        length > 160,
        len({part.text for part in members}) / n,
        sum([part.link >= 0 for part in members]) / n,
        members[0].heading >= 0,
        not names.isdisjoint(TITLE_NAMES),
        not names.isdisjoint(META_NAMES),
        not names.isdisjoint(PROSE_NAMES),
        sum([part.is_date for part in sample]) / 3,
        mark & NAV > 0,
        mark & ASIDE > 0,
        mark & MAIN > 0,
    )
