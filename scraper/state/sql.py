"""What all states in a database have in common: the tables, and what is asked of them."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from scraper.exporters.json_file import encode_record
from scraper.models import Item
from scraper.state.base import Entry, Memo

__all__ = ["Rows", "SqlStore"]

#: So long a run waits for another one to deliver what it has.
_BUSY_S = 30.0
# So many runs are told by `scrape log`: with a run every 15 minutes, a month.
_MOST_RUNS = 3_000


class Rows(Protocol):
    """What came of a command."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        ...


class SqlStore(abc.ABC):
    """A state in a database that speaks SQL; a subclass connects and translates.

    Commands have ``?`` for values, and use what SQLite 3.24 and PostgreSQL share.
    """

    #: How a transaction begins, and what the memos of a run are ordered by.
    _begin: ClassVar[str] = "BEGIN"
    _memo_order: ClassVar[str]

    def __init__(self, *, busy_s: float | None) -> None:
        self._busy_s = _BUSY_S if busy_s is None else busy_s
        self._run = 0
        self._sources: dict[str, int] = {}

    def wait_at_most(self, seconds: float) -> None:
        """Wait no longer than that for another run, from now on."""
        self._busy_s = min(self._busy_s, seconds)

    @abc.abstractmethod
    def _execute(self, command: str, values: Sequence[Any] = ()) -> Rows:
        """Run *command*, on the connection that is open."""

    @abc.abstractmethod
    def _execute_many(self, command: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run *command* once for each of *rows*."""

    @abc.abstractmethod
    def _insert(self, command: str, values: Sequence[Any] = ()) -> int:
        """Run *command*, and return the number of the row that it added."""

    @abc.abstractmethod
    def _roll_back(self) -> None:
        """Undo the transaction, as far as there is still somebody to undo it."""

    @abc.abstractmethod
    def _named_faults(self) -> contextlib.AbstractContextManager[None]:
        """Turn what the database and the system say into a StateError: here and nowhere else."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all that is written inside kept together, on the disk, or not at all."""
        with self._named_faults():
            self._execute(self._begin)
            try:
                yield
            except BaseException:
                self._sources.clear()
                self._roll_back()
                raise
            self._execute("COMMIT")

    # Entries

    def _source(self, key: str) -> int:
        if key not in self._sources:
            row = self._execute("SELECT number FROM sources WHERE key = ?", (key,)).fetchone()
            if row is None:
                return 0
            self._sources[key] = int(row[0])
        return self._sources[key]

    def find(self, source: str, key: bytes, *, limit: int) -> list[Entry]:
        """Return the entries of *source* with *key*, at most the newest *limit*."""
        return self._entries(
            "JOIN (SELECT entry FROM keys WHERE source = ? AND key = ? ORDER BY entry DESC LIMIT ?)"
            " AS found ON number = entry ORDER BY number DESC",
            (self._source(source), key, limit),
        )

    def listed(self, source: str) -> list[Entry]:
        """Return what the last listing had, in its order."""
        return self._entries("WHERE source = ? AND listed ORDER BY rank", (self._source(source),))

    def knows(self, source: str) -> bool:
        """Tell whether *source* ever had an entry."""
        number = self._source(source)
        found = self._execute("SELECT 1 FROM keys WHERE source = ? LIMIT 1", (number,))
        return found.fetchone() is not None

    def floods_left(self, source: str) -> int:
        """Return how many more floods of new entries *source* may have."""
        row = self._execute("SELECT floods FROM sources WHERE key = ?", (source,)).fetchone()
        return int(row[0]) if row else 0

    def expect_floods(self, source: str, count: int) -> None:
        """Allow *source* so many floods of new entries."""
        self._execute("UPDATE sources SET floods = ? WHERE key = ?", (count, source))

    def keep(self, source: str, entry: Entry, keys: Iterable[bytes]) -> None:
        """Add *entry*, or put it in the place of its former self."""
        item = encode_record(entry.item)
        if not entry.number:
            number = self._source(source) or self._add_source(source)
            entry.number = self._insert(
                "INSERT INTO entries (source, run, delivered, listed, rank, item)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (number, self._run, entry.delivered, entry.listed, entry.rank, item),
            )
        else:
            number = self._source(source)
            self._execute(
                "UPDATE entries SET listed = ?, rank = ?, item = ? WHERE number = ?",
                (entry.listed, entry.rank, item, entry.number),
            )
        self._execute_many(
            "INSERT INTO keys (source, key, entry) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(number, key, entry.number) for key in keys],
        )

    def note(self, source: str, kind: str) -> bytes | None:
        """Return what is noted of *source* under *kind*."""
        values = (self._source(source), kind)
        row = self._execute(
            "SELECT note FROM notes WHERE source = ? AND kind = ?", values
        ).fetchone()
        return bytes(row[0]) if row else None

    def keep_note(self, source: str, kind: str, note: bytes | None) -> None:
        """Put *note* in the place of the former one; None takes that away."""
        number = self._source(source)
        if note is None:
            self._execute("DELETE FROM notes WHERE source = ? AND kind = ?", (number, kind))
            return
        self._execute(
            "INSERT INTO notes (source, kind, note) VALUES (?, ?, ?)"
            " ON CONFLICT (source, kind) DO UPDATE SET note = excluded.note",
            (number or self._add_source(source), kind, note),
        )

    def pending(self, sources: Collection[str]) -> list[Entry]:
        """Return the entries of *sources* that were recorded and not delivered, oldest first."""
        numbers = list(map(self._source, sources))
        marks = ", ".join("?" * len(numbers)) or "NULL"
        return self._entries(
            f"WHERE source IN ({marks}) AND NOT delivered ORDER BY run, source, rank", numbers
        )

    def deliver(self, numbers: Iterable[int]) -> None:
        """Mark entries as delivered."""
        rows = [(number,) for number in numbers]
        self._execute_many("UPDATE entries SET delivered = TRUE WHERE number = ?", rows)

    def _add_source(self, key: str) -> int:
        return self._insert("INSERT INTO sources (key) VALUES (?)", (key,))

    def _entries(self, condition: str, values: Sequence[Any]) -> list[Entry]:
        rows = self._execute(
            f"SELECT number, item, listed, rank, delivered FROM entries {condition}",  # noqa: S608
            values,
        )
        return [
            Entry(
                number=number,
                item=msgspec.json.decode(item, type=Item),
                listed=bool(listed),
                rank=rank,
                delivered=bool(delivered),
            )
            for number, item, listed, rank, delivered in rows.fetchall()
        ]

    # Changes

    def keep_changes(self, source: str, rows: Iterable[bytes]) -> None:
        """Add *rows* to those that are still to be told."""
        number = self._source(source)
        self._execute_many(
            "INSERT INTO changes (source, row) VALUES (?, ?)", [(number, row) for row in rows]
        )

    def pending_changes(self, sources: Collection[str]) -> list[tuple[int, bytes]]:
        """Return what is still to be told of *sources*, with its numbers, oldest first."""
        numbers = set(map(self._source, sources))
        rows = self._execute("SELECT source, number, row FROM changes ORDER BY number").fetchall()
        return [(number, bytes(row)) for source, number, row in rows if source in numbers]

    def forget_changes(self, numbers: Iterable[int]) -> None:
        """Drop what was told."""
        rows = [(number,) for number in numbers]
        self._execute_many("DELETE FROM changes WHERE number = ?", rows)

    # Runs

    def begin_run(self) -> int:
        """Add a run to the history, and drop what is long ago; return its number."""
        self._run = self._insert("INSERT INTO runs (delivered) VALUES (FALSE)")
        last = self._run - _MOST_RUNS
        self._execute("DELETE FROM memos WHERE run <= ?", (last,))
        self._execute("DELETE FROM runs WHERE number <= ?", (last,))
        return self._run

    def keep_memos(self, memos: Iterable[Memo]) -> None:
        """Say how the sources of the run went."""
        self._execute_many(
            "INSERT INTO memos (run, memo) VALUES (?, ?)",
            [(self._run, msgspec.json.encode(memo)) for memo in memos],
        )

    def end_run(self) -> None:
        """Mark the run as delivered."""
        self._execute("UPDATE runs SET delivered = TRUE WHERE number = ?", (self._run,))

    def history(self) -> list[Memo]:
        """Return how the sources of all runs went, oldest first."""
        with self._named_faults():
            rows = self._execute(
                "SELECT run, delivered, memo FROM memos JOIN runs ON run = runs.number"  # noqa: S608
                f" ORDER BY {self._memo_order}"
            ).fetchall()
        return [
            msgspec.structs.replace(
                msgspec.json.decode(memo, type=Memo), run=run, delivered=bool(delivered)
            )
            for run, delivered, memo in rows
        ]
