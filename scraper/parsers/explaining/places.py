"""Where things are on a page, in words: tags and classes."""

from __future__ import annotations

from scraper.parsers.tree import Outline

__all__ = ["describe_path", "path_of", "shorten"]

# More classes on an element say nothing more to a reader.
_MOST_NAMES = 3
_LONGEST_NAME = 40
# Deeper paths are told from their end.
_MOST_STEPS = 30


def describe_path(page: Outline, path: int, *, below: int = 0) -> str:
    """Return the tags and classes of *path*, those of the first *below* levels left out."""
    paths = page.paths
    steps: list[str] = []
    while path > 0 and paths.depth[path] > below and len(steps) < _MOST_STEPS:
        names = [shorten(name, _LONGEST_NAME) for name in dict.fromkeys(paths.names[path])][
            :_MOST_NAMES
        ]
        steps.append(".".join([shorten(paths.tag[path], _LONGEST_NAME), *names]))
        path = paths.parent[path]
    return " > ".join(reversed(steps))


def path_of(page: Outline, node: int) -> int:
    """Return the path of *node*; of text that is in no element, where it is -1, the empty one."""
    return page.path[node] if node >= 0 else 0


def shorten(text: str, longest: int) -> str:
    """Return *text*, cut where it is longer.

    >>> shorten("Council approves", 8)
    'Council…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
