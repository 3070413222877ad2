"""The state in a PostgreSQL database, which several machines may share (extra ``postgres``)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from scraper.errors import UsageError
from scraper.state.base import StateError
from scraper.state.sql import SqlStore
from scraper.urls import without_secrets

__all__ = ["PostgresStore"]

#: Raised by one where older programs could not read what is written.
_VERSION = 2
#: "Scrp" twice: the lock that whoever delivers holds. The server gives it back with the session.
_LOCK = 0x53637270_53637270
# What the commands need has been there since version 9.5; older ones than this have no upkeep.
_OLDEST_SERVER = 13
_CONNECT_S = 10

_SCHEMA = """
CREATE SCHEMA scrape_state;
SET search_path = scrape_state;
CREATE TABLE about (version INTEGER NOT NULL);
CREATE TABLE sources (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    floods INTEGER NOT NULL DEFAULT 0  -- of new entries that are still to be expected
);
CREATE TABLE entries (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source BIGINT NOT NULL REFERENCES sources,
    run BIGINT NOT NULL,         -- that recorded it
    delivered BOOLEAN NOT NULL,
    listed BOOLEAN NOT NULL,     -- by the last complete listing
    rank INTEGER NOT NULL,
    item BYTEA NOT NULL          -- the record as JSON
);
CREATE INDEX entries_listed ON entries (source, rank) WHERE listed;
CREATE INDEX entries_pending ON entries (source) WHERE NOT delivered;
CREATE TABLE keys (
    source BIGINT NOT NULL,
    key BYTEA NOT NULL,
    entry BIGINT NOT NULL REFERENCES entries,
    PRIMARY KEY (source, key, entry)
);
CREATE TABLE notes (
    source BIGINT NOT NULL REFERENCES sources,
    kind TEXT NOT NULL,
    note BYTEA NOT NULL,
    PRIMARY KEY (source, kind)
);
CREATE TABLE changes (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source BIGINT NOT NULL,
    row BYTEA NOT NULL
);
CREATE TABLE runs (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivered BOOLEAN NOT NULL
);
CREATE TABLE memos (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run BIGINT NOT NULL REFERENCES runs,
    memo BYTEA NOT NULL
);
CREATE INDEX memos_run ON memos (run);
"""


class PostgresStore(SqlStore):
    """A state in the database at *url*, for any number of processes of any number of machines.

    A database holds one, in a schema of its own; where there is none it is made. Passwords are
    shown nowhere: those in *url* are cut off, and libpq also takes them from ``PGPASSWORD`` and
    ``~/.pgpass``. Raises UsageError for what is no such address.
    """

    _memo_order = "memos.number"

    def __init__(self, url: str, *, busy_s: float | None = None) -> None:
        super().__init__(busy_s=busy_s)
        _check_address(url)
        self._url = url
        self._subject = without_secrets(url)
        self._connection: psycopg.Connection[Any] | None = None

    # Opening

    def check(self) -> str | None:
        """Refuse, before any work, what cannot be used; return what people should know.

        Nothing stays open: a run starts processes meanwhile.
        """
        with self._named_faults(), self._session():
            self._lock()
            if self._is_made():
                return None
            connection = self._open()
            with connection.transaction():
                connection.execute(_SCHEMA)
                self._execute("INSERT INTO about (version) VALUES (?)", (_VERSION,))
            return f"{self._subject}: no state there, so all entries are new"

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep others out from before a run records until it has delivered, or is dead."""
        with contextlib.ExitStack() as stack:
            with self._named_faults():
                stack.enter_context(self._session())
                self._lock()
                if not self._is_made():
                    raise StateError(self._subject, "the state went away while pages were read")
            yield

    def read(self) -> None:
        """Open what is there to be read alone; refuse what is not there or cannot be used."""
        with self._named_faults(), contextlib.ExitStack() as stack:
            stack.callback(self.close)
            self._connect()
            if not self._is_made():
                raise StateError(
                    self._subject, "there is no state", advice="make one: scrape --new"
                )
            stack.pop_all()

    def close(self) -> None:
        """Close what was opened."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._sources.clear()
            with contextlib.suppress(psycopg.Error):
                connection.close()

    @contextlib.contextmanager
    def _session(self) -> Iterator[None]:
        try:
            self._connect()
            yield
        finally:
            self.close()

    def _connect(self) -> None:
        """Open a connection whose commits are on the disk when they return, and waits are short."""
        own = psycopg.conninfo.conninfo_to_dict(self._url)
        try:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=own.get("connect_timeout") or _CONNECT_S,
                application_name="scrape",
                # Of a machine that lost its power, the lock comes back within a minute.
                options=f"{own.get('options') or ''} -c tcp_keepalives_idle=30"
                " -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
                " -c synchronous_commit=on -c search_path=scrape_state"
                f" -c lock_timeout={max(round(self._busy_s * 1000), 1)}",
            )
        except psycopg.Error as error:
            raise self._unreachable(error) from None
        self._check_server()

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            raise psycopg.InterfaceError("the state is not open")
        return self._connection

    def _check_server(self) -> None:
        version = self._open().info.server_version // 10_000
        if version < _OLDEST_SERVER:
            raise StateError(
                self._subject,
                f"the server is PostgreSQL {version}",
                advice=f"use {_OLDEST_SERVER} or newer",
            )

    def _lock(self) -> None:
        self._execute("SELECT pg_advisory_lock(?)", (_LOCK,))

    def _is_made(self) -> bool:
        """Tell whether there is a state; refuse what another program or a newer version made."""
        if self._value("SELECT to_regnamespace('scrape_state')") is None:
            return False
        if self._value("SELECT to_regclass('scrape_state.about')") is None:
            raise StateError(
                self._subject,
                'its schema "scrape_state" is of another program',
                advice="name another --state",
            )
        version = self._value("SELECT max(version) FROM about")
        if version is None or version > _VERSION:
            raise StateError(
                self._subject,
                f"written by a newer version of this program (state {version}, not {_VERSION})",
                advice="install that version, or name another --state",
            )
        return True

    # Faults

    def _unreachable(self, error: psycopg.Error) -> StateError:
        """Return the error for a server that lets nobody in; libpq's words, without addresses."""
        lines = str(error).splitlines()
        line = next((one for one in lines if "failed: " in one), lines[0] if lines else "")
        reason = line.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
        return StateError(
            self._subject,
            f"cannot be reached: {reason}",
            advice="check the address, and that the server runs and lets you in",
        )

    @contextlib.contextmanager
    def _named_faults(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.LockNotAvailable:
            raise StateError(
                self._subject,
                f"busy: another run has held it for {self._busy_s:g} s",
                advice="run again when it is done",
            ) from None
        except msgspec.DecodeError as error:
            raise StateError(
                self._subject, "the state is damaged", advice="put a copy in its place"
            ) from error
        except psycopg.Error as error:
            raise StateError(self._subject, "cannot be used") from error

    # Commands

    def _execute(self, command: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        return self._open().execute(_translated(command), values)

    def _execute_many(self, command: str, rows: Iterable[Sequence[Any]]) -> None:
        # In one go: a server may be a network away.
        with self._open().cursor() as cursor:
            cursor.executemany(_translated(command), list(rows))

    def _insert(self, command: str, values: Sequence[Any] = ()) -> int:
        return int(self._value(f"{command} RETURNING number", values))

    def _value(self, command: str, values: Sequence[Any] = ()) -> Any:
        row = self._execute(command, values).fetchone()
        return row[0] if row else None

    def _roll_back(self) -> None:
        with contextlib.suppress(psycopg.Error):
            self._execute("ROLLBACK")


def _translated(command: str) -> str:
    return command.replace("?", "%s")


def _check_address(url: str) -> None:
    """Refuse what libpq would read otherwise than people do, lest it shows parts of a password."""
    subject, advice = "--state", "write postgresql://host/database"
    try:
        parts = urlsplit(url)
        sound = parts.port is None or parts.port > 0
        psycopg.conninfo.conninfo_to_dict(url)
    except (ValueError, psycopg.Error):
        sound = False
    if not sound:
        raise UsageError(subject, "not an address of a database", advice=advice)
    if parts.netloc.count("@") > 1 or "@" in parts.path:
        what = "a password has an @ or a / that is not written as %40 or %2F"
        raise UsageError(subject, what, advice=advice)
    if not parts.path.strip("/"):
        raise UsageError(subject, "it names no database", advice=advice)
