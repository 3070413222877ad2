"""What a format has to offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from scraper.exporters.atomic import write_whole
from scraper.models import Item

__all__ = ["Exporter", "without_controls", "without_surrogates"]

# Some readers end a text at NUL, and terminals obey the others.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Exporter(Protocol):
    """A format: a subclass says how records are encoded, and the file is whole or absent."""

    #: Endings of the names of its files, in lower case.
    suffixes: tuple[str, ...]
    #: True where its files are no text, and no sight for a terminal.
    binary: bool = False

    def check(self, name: str) -> None:  # noqa: ARG002 - some formats need no library
        """Raise ExportError where the output *name* cannot be written for want of a library."""
        return

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the pieces of the file that holds *items*."""
        ...

    def write(self, items: Iterable[Item], path: Path) -> None:
        """Write *items* to *path*, or raise ExportError and leave what was there."""
        write_whole(path, self.encode(items))


def without_surrogates(text: str) -> str:
    """Return *text* with U+FFFD for what no encoding can write: halves of a pair.

    They come from names of files that are not UTF-8, and from broken scripts in pages.

    >>> without_surrogates("a" + chr(0xD800) + "b")
    'a\ufffdb'
    """
    # Through UTF-16, where two halves that belong together become one character again.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_controls(text: str) -> str:
    """Return *text* with U+FFFD for control characters but tab and line ends, and for surrogates.

    For formats that know no escapes.

    >>> without_controls("a" + chr(27) + "[31m" + chr(0xD800))
    'a\ufffd[31m\ufffd'
    """
    return _CONTROLS.sub("\ufffd", without_surrogates(text))
