"""Docstrings as the site shows them: they are written for a terminal, and it reads Markdown."""

from __future__ import annotations

import re
from typing import Any

import griffe

__all__ = ["PlainDocstrings"]

_ROLE = re.compile(r":(?:func|meth|class|mod):`([\w.]+)`")
_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\n).*)*", re.MULTILINE)
_LITERAL = re.compile(r"^::\n|::(?=\n\n +)", re.MULTILINE)


class PlainDocstrings(griffe.Extension):
    """Turns examples and roles into Markdown, and ``#:`` above a field into its docstring."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of *obj*."""
        if obj.is_attribute and obj.docstring is None and obj.lineno:
            said = _comment_above(obj)
            if said:
                obj.docstring = griffe.Docstring(said, parent=obj)
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(text: str) -> str:
    """Return a docstring as Markdown.

    >>> as_markdown("As :func:`scrape`:")
    'As `scrape`:'
    """
    text = _ROLE.sub(r"`\1`", text)
    text = _EXAMPLE.sub(lambda match: f"```pycon\n{match[0]}\n```", text)
    return _LITERAL.sub("", text)


def _comment_above(obj: griffe.Object) -> str:
    """Return the lines that begin with ``#:`` right above *obj* in its source."""
    lines = obj.lines_collection[obj.filepath]
    found: list[str] = []
    for line in reversed(lines[: (obj.lineno or 1) - 1]):
        if not line.lstrip().startswith("#: "):
            break
        found.append(line.lstrip().removeprefix("#: "))
    return " ".join(reversed(found))
