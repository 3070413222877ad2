"""The file of a state: made whole, opened with care, and told from what is none."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from pathlib import Path

from scraper.exporters.atomic import sync_folder
from scraper.state.base import StateError

__all__ = ["check_pages", "is_damage", "make_database", "open_database"]

#: Raised by one where older programs could not read what is written.
_VERSION = 2
#: "Scrp", in the header of the file: it is ours.
_APPLICATION = 0x53637270
# Reading all of a larger file takes longer than a run should; its pages are checked when they are
# read. 64 MB take 0.2 s.
_MOST_CHECKED = 64_000_000

# What version 1 had not.
_NOTES = """
CREATE TABLE notes (
    source INTEGER NOT NULL REFERENCES sources,
    kind TEXT NOT NULL,
    note BLOB NOT NULL,
    PRIMARY KEY (source, kind)
) WITHOUT ROWID;
"""

_SCHEMA = f"""
CREATE TABLE sources (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    floods INTEGER NOT NULL DEFAULT 0  -- of new entries that are still to be expected
);
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources,
    run INTEGER NOT NULL,        -- that recorded it
    delivered INTEGER NOT NULL,
    listed INTEGER NOT NULL,     -- by the last complete listing
    rank INTEGER NOT NULL,
    item BLOB NOT NULL           -- the record as JSON
);
CREATE INDEX entries_listed ON entries (source, rank) WHERE listed;
CREATE INDEX entries_pending ON entries (source) WHERE NOT delivered;
CREATE TABLE keys (
    source INTEGER NOT NULL,
    key BLOB NOT NULL,
    entry INTEGER NOT NULL REFERENCES entries,
    PRIMARY KEY (source, key, entry)
) WITHOUT ROWID;
{_NOTES}
CREATE TABLE changes (number INTEGER PRIMARY KEY, source INTEGER NOT NULL, row BLOB NOT NULL);
CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, delivered INTEGER NOT NULL);
CREATE TABLE memos (run INTEGER NOT NULL REFERENCES runs, memo BLOB NOT NULL);
CREATE INDEX memos_run ON memos (run);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""


def make_database(path: Path) -> None:
    """Make an empty state at *path*: whole or absent, so that an empty file is always damage."""
    # What an older state left there is no part of this one.
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    temporary = path.with_name(f".scrape-{secrets.token_hex(8)}.tmp")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            # Without a write-ahead log, which would bear the temporary name.
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def open_database(path: Path, *, wait_s: float) -> sqlite3.Connection:
    """Return a connection to the state at *path*, whose commits are on the disk when they return.

    Raises StateError for what is no state, or a newer one, and sqlite3.DatabaseError for damage.
    """
    if path.stat().st_size == 0:
        raise sqlite3.DatabaseError("the file is empty")
    connection = sqlite3.connect(
        path, timeout=wait_s, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        _check_owner(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        _bring_up(connection)
        connection.execute("SELECT max(number) FROM runs").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = _version_of(connection)
    if application != _APPLICATION:
        raise StateError(str(path), "a database of another program", advice="name another --state")
    if version > _VERSION:
        raise StateError(
            str(path),
            f"written by a newer version of this program (state {version}, not {_VERSION})",
            advice="install that version, or name another --state",
        )


def _bring_up(connection: sqlite3.Connection) -> None:
    """Give a state that an older version wrote what it lacks, whoever else does the same."""
    if _version_of(connection) == _VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _version_of(connection) < _VERSION:
        connection.execute(_NOTES)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Raise sqlite3.DatabaseError where a file of moderate size is damaged anywhere."""
    if path.stat().st_size <= _MOST_CHECKED:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell whether *error* is about the file itself, and not about locks, disks and rights."""
    if not isinstance(error, sqlite3.OperationalError):
        return True
    # A table that is not there, where the header says that the file is ours.
    return "no such table" in str(error) or "malformed" in str(error)
