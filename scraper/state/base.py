"""The seam: what a state has to offer, and what is kept in one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar, Protocol

import msgspec

from scraper.errors import ExportError, ScrapeError
from scraper.models import Item

__all__ = ["Entry", "HeldError", "Memo", "StateError", "Store"]


class StateError(ExportError):
    """The state cannot be read or written; nothing was delivered."""

    exit_code = 6
    kind = "state"


class HeldError(ScrapeError):
    """The entries of a source are suddenly new, or lack what they had: a relayout, and no news."""

    exit_code: ClassVar[int] = 4
    kind = "held"


class Entry(msgspec.Struct, kw_only=True):
    """An entry of a source, as it was listed last."""

    #: Number in the state; 0 before it is kept.
    number: int = 0
    item: Item
    #: True while the last complete listing had it.
    listed: bool = True
    #: 1-based place among the entries of the last listing that had it.
    rank: int
    #: False until an output with it was written.
    delivered: bool = False


class Memo(msgspec.Struct, frozen=True, kw_only=True):
    """How a source went in a run."""

    run: int = 0
    #: When it was recorded, UTC.
    at: datetime
    #: Name of the source in this run.
    source: str
    #: ``ok``, ``held``, or another class of error.
    outcome: str
    items: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    #: True where the server said that the page is as it was.
    not_modified: bool = False
    #: True where an output with the new entries was written.
    delivered: bool = False


class Store(Protocol):
    """Somewhere to remember. Raises StateError where it cannot.

    Keys of entries are opaque bytes; an entry collects all that it ever had.
    """

    def check(self) -> str | None:
        """Refuse, before any work, what cannot be used; return what people should know."""
        ...

    def read(self) -> None:
        """Open what is there to be read alone; refuse what is not there or cannot be used."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...

    def wait_at_most(self, seconds: float) -> None:
        """Wait no longer than that for another run, from now on."""
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep others out from before a run records until it has delivered, or is dead."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Have all that is written inside kept together, on the disk, or not at all."""
        ...

    def find(self, source: str, key: bytes, *, limit: int) -> Sequence[Entry]:
        """Return the entries of *source* with *key*, at most the newest *limit*."""
        ...

    def listed(self, source: str) -> Sequence[Entry]:
        """Return what the last listing had, in its order."""
        ...

    def knows(self, source: str) -> bool:
        """Tell whether *source* ever had an entry."""
        ...

    def floods_left(self, source: str) -> int:
        """Return how many more floods of new entries *source* may have."""
        ...

    def expect_floods(self, source: str, count: int) -> None:
        """Allow *source* so many floods of new entries."""
        ...

    def keep(self, source: str, entry: Entry, keys: Iterable[bytes]) -> None:
        """Add *entry*, or put it in the place of its former self."""
        ...

    def note(self, source: str, kind: str) -> bytes | None:
        """Return what is noted of *source* under *kind*."""
        ...

    def keep_note(self, source: str, kind: str, note: bytes | None) -> None:
        """Put *note* in the place of the former one; None takes that away."""
        ...

    def pending(self, sources: Collection[str]) -> Sequence[Entry]:
        """Return the entries of *sources* that were recorded and not delivered, oldest first."""
        ...

    def deliver(self, numbers: Iterable[int]) -> None:
        """Mark entries as delivered."""
        ...

    def keep_changes(self, source: str, rows: Iterable[bytes]) -> None:
        """Add *rows* to those that are still to be told."""
        ...

    def pending_changes(self, sources: Collection[str]) -> Sequence[tuple[int, bytes]]:
        """Return what is still to be told of *sources*, with its numbers, oldest first."""
        ...

    def forget_changes(self, numbers: Iterable[int]) -> None:
        """Drop what was told."""
        ...

    def begin_run(self) -> int:
        """Add a run to the history, to which all belongs that is kept; return its number."""
        ...

    def keep_memos(self, memos: Iterable[Memo]) -> None:
        """Say how the sources of the run went."""
        ...

    def end_run(self) -> None:
        """Mark the run as delivered."""
        ...

    def history(self) -> Sequence[Memo]:
        """Return how the sources of all runs went, oldest first."""
        ...
