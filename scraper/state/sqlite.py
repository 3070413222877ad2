"""The state in a file: SQLite, and a lock that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from scraper.state.base import StateError
from scraper.state.database import check_pages, is_damage, make_database, open_database
from scraper.state.lock import hold_lock
from scraper.state.sql import SqlStore

__all__ = ["STATE", "SqliteStore", "make_folder"]

#: Where the state is unless named.
STATE = Path("output/state.db")


def make_folder(path: Path) -> None:
    """Make the folder at *path* where there is none, or raise StateError."""
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise StateError(str(path), "cannot be made", advice="name another --state") from error


class SqliteStore(SqlStore):
    """A state in the file at *path*, for any number of processes of one machine.

    A missing file is a new state. One that is damaged is refused, and with *renew* moved aside.
    """

    _begin = "BEGIN IMMEDIATE"
    _memo_order = "memos.rowid"

    def __init__(self, path: Path, *, renew: bool = False, busy_s: float | None = None) -> None:
        super().__init__(busy_s=busy_s)
        self.path = path
        self._renew = renew
        self._connection: sqlite3.Connection | None = None

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

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._execute("ROLLBACK")

    def _execute(self, command: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if self._connection is None:
            raise sqlite3.ProgrammingError("the state is not open")
        return self._connection.execute(command, values)

    def _execute_many(self, command: str, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._execute(command, row)

    def _insert(self, command: str, values: Sequence[Any] = ()) -> int:
        return int(self._execute(command, values).lastrowid or 0)
