"""The state in a file: SQLite, and a lock that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from scraper.exporters.json_file import encode_record
from scraper.models import Item
from scraper.state.base import Entry, Memo, StateError
from scraper.state.database import check_pages, is_damage, make_database, open_database
from scraper.state.lock import hold_lock

__all__ = ["STATE", "SqliteStore", "make_folder"]

#: Where the state is unless named.
STATE = Path("output/state.db")
#: So long a run waits for another one to deliver what it has.
_BUSY_S = 30.0
# So many runs are told by `scrape log`: with a run every 15 minutes, a month.
_MOST_RUNS = 3_000


def make_folder(path: Path) -> None:
    """Make the folder at *path* where there is none, or raise StateError."""
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise StateError(str(path), "cannot be made", advice="name another --state") from error


class SqliteStore:
    """A state in the file at *path*, for any number of processes of one machine.

    A missing file is a new state. One that is damaged is refused, and with *renew* moved aside.
    """

    def __init__(self, path: Path, *, renew: bool = False, busy_s: float | None = None) -> None:
        self.path = path
        self._renew = renew
        self._busy_s = _BUSY_S if busy_s is None else busy_s
        self._connection: sqlite3.Connection | None = None
        self._run = 0
        self._sources: dict[str, int] = {}

    # Opening

    def check(self) -> str | None:
        """Refuse, before any work, what cannot be used; return what people should know.

        Nothing stays open: a run starts processes meanwhile.
        """
        with self._named_faults(), self._locked():
            try:
                return self._make_sure()
            finally:
                self.close()

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep others out from before a run records until it has delivered, or is dead."""
        with contextlib.ExitStack() as stack:
            with self._named_faults():
                stack.enter_context(self._locked())
                if not self.path.exists():
                    raise StateError(str(self.path), "the state went away while pages were read")
                stack.callback(self.close)
                self._open()
            yield

    def read(self) -> None:
        """Open what is there to be read alone; refuse what is not there or cannot be used."""
        if not self.path.exists():
            raise StateError(str(self.path), "there is no state", advice="make one: scrape --new")
        with self._named_faults():
            self._open()

    def close(self) -> None:
        """Close what was opened."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._sources.clear()
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _open(self) -> sqlite3.Connection:
        self._connection = open_database(self.path, wait_s=self._busy_s)
        return self._connection

    def _make_sure(self) -> str | None:
        """Open a state that is sound, and make it where there is none."""
        if not self.path.exists():
            make_database(self.path)
            self._open()
            return f"{self.path}: no state there, so all entries are new"
        try:
            check_pages(self._open(), self.path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self.close()
            return self._set_aside(error)
        return None

    def _set_aside(self, damage: sqlite3.DatabaseError) -> str:
        if not self._renew:
            raise StateError(
                str(self.path),
                "the state is damaged, or none",
                advice="put a copy in its place; or begin anew with --accept, which moves it aside "
                "and takes all entries for new",
            ) from damage
        aside = self.path.with_name(f"{self.path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        if aside.exists():
            aside = aside.with_name(f"{aside.name}-{secrets.token_hex(2)}")
        for ending in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                self.path.with_name(self.path.name + ending).rename(f"{aside}{ending}")
        make_database(self.path)
        self._open()
        return f"warning: {self.path}: damaged, moved aside to {aside}, so all entries are new"

    # Locks and faults

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        path = self.path.with_name(f"{self.path.name}-lock")
        return hold_lock(path, wait_s=self._busy_s)

    def _busy(self) -> StateError:
        return StateError(
            str(self.path),
            f"busy: another run has held it for {self._busy_s:g} s",
            advice="run again when it is done",
        )

    @contextlib.contextmanager
    def _named_faults(self) -> Iterator[None]:
        """Turn what SQLite and the system say into a StateError: here and nowhere else."""
        try:
            yield
        except TimeoutError as error:
            raise self._busy() from error
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise self._busy() from error
            raise StateError(str(self.path), "cannot be used") from error
        except (sqlite3.Error, msgspec.DecodeError) as error:
            raise StateError(
                str(self.path), "the state is damaged", advice="put a copy in its place"
            ) from error
        except OSError as error:
            raise StateError(str(self.path), "cannot be used") from error

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all that is written inside kept together, on the disk, or not at all."""
        with self._named_faults():
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._sources.clear()
                with contextlib.suppress(sqlite3.Error):
                    self._execute("ROLLBACK")
                raise
            self._execute("COMMIT")

    def _execute(self, command: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the state is not open")
        return self._connection.execute(command, values)

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
            " ON number = entry ORDER BY number DESC",
            (self._source(source), key, limit),
        )

    def listed(self, source: str) -> list[Entry]:
        """Return what the last listing had, in its order."""
        return self._entries("WHERE source = ? AND listed ORDER BY rank", (self._source(source),))

    def knows(self, source: str) -> bool:
        """Tell whether *source* ever had an entry."""
        found = self._execute("SELECT 1 FROM keys WHERE source = ?", (self._source(source),))
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
        for key in keys:
            self._execute(
                "INSERT OR IGNORE INTO keys (source, key, entry) VALUES (?, ?, ?)",
                (number, key, entry.number),
            )

    def note(self, source: str, kind: str) -> bytes | None:
        """Return what is noted of *source* under *kind*."""
        values = (self._source(source), kind)
        row = self._execute(
            "SELECT note FROM notes WHERE source = ? AND kind = ?", values
        ).fetchone()
        return row[0] if row else None

    def keep_note(self, source: str, kind: str, note: bytes | None) -> None:
        """Put *note* in the place of the former one; None takes that away."""
        number = self._source(source)
        if note is None:
            self._execute("DELETE FROM notes WHERE source = ? AND kind = ?", (number, kind))
            return
        values = (number or self._add_source(source), kind, note)
        self._execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", values)

    def pending(self, sources: Collection[str]) -> list[Entry]:
        """Return the entries of *sources* that were recorded and not delivered, oldest first."""
        numbers = list(map(self._source, sources))
        marks = ", ".join("?" * len(numbers))
        return self._entries(
            f"WHERE source IN ({marks}) AND NOT delivered ORDER BY run, source, rank", numbers
        )

    def deliver(self, numbers: Iterable[int]) -> None:
        """Mark entries as delivered."""
        for number in numbers:
            self._execute("UPDATE entries SET delivered = 1 WHERE number = ?", (number,))

    def _add_source(self, key: str) -> int:
        return self._insert("INSERT INTO sources (key) VALUES (?)", (key,))

    def _insert(self, command: str, values: Sequence[Any] = ()) -> int:
        return int(self._execute(command, values).lastrowid or 0)

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
            for number, item, listed, rank, delivered in rows
        ]

    # Changes

    def keep_changes(self, source: str, rows: Iterable[bytes]) -> None:
        """Add *rows* to those that are still to be told."""
        number = self._source(source)
        for row in rows:
            self._execute("INSERT INTO changes (source, row) VALUES (?, ?)", (number, row))

    def pending_changes(self, sources: Collection[str]) -> list[tuple[int, bytes]]:
        """Return what is still to be told of *sources*, with its numbers, oldest first."""
        numbers = set(map(self._source, sources))
        rows = self._execute("SELECT source, number, row FROM changes ORDER BY number")
        return [(number, row) for source, number, row in rows if source in numbers]

    def forget_changes(self, numbers: Iterable[int]) -> None:
        """Drop what was told."""
        for number in numbers:
            self._execute("DELETE FROM changes WHERE number = ?", (number,))

    # Runs

    def begin_run(self) -> int:
        """Add a run to the history, and drop what is long ago; return its number."""
        self._run = self._insert("INSERT INTO runs (delivered) VALUES (0)")
        last = self._run - _MOST_RUNS
        self._execute("DELETE FROM memos WHERE run <= ?", (last,))
        self._execute("DELETE FROM runs WHERE number <= ?", (last,))
        return self._run

    def keep_memos(self, memos: Iterable[Memo]) -> None:
        """Say how the sources of the run went."""
        for memo in memos:
            self._execute(
                "INSERT INTO memos (run, memo) VALUES (?, ?)",
                (self._run, msgspec.json.encode(memo)),
            )

    def end_run(self) -> None:
        """Mark the run as delivered."""
        self._execute("UPDATE runs SET delivered = 1 WHERE number = ?", (self._run,))

    def history(self) -> list[Memo]:
        """Return how the sources of all runs went, oldest first."""
        with self._named_faults():
            rows = self._execute(
                "SELECT run, delivered, memo FROM memos JOIN runs ON run = number"
                " ORDER BY memos.rowid"
            ).fetchall()
        return [
            msgspec.structs.replace(
                msgspec.json.decode(memo, type=Memo), run=run, delivered=bool(delivered)
            )
            for run, delivered, memo in rows
        ]
