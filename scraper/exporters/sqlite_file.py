"""SQLite: one table that grows from run to run, a row a record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scraper.errors import ExportError
from scraper.exporters.atomic import resolve_target, write_whole
from scraper.exporters.base import Exporter, without_controls
from scraper.models import Item

__all__ = ["SqliteExporter"]

_NAMES = Item.__struct_fields__
_TYPES = dict.fromkeys(_NAMES, "TEXT") | {
    "title": "TEXT NOT NULL",
    "position": "INTEGER NOT NULL",
    "id": "TEXT PRIMARY KEY NOT NULL",
}
_TABLE = ", ".join(f'"{name}" {kind}' for name, kind in _TYPES.items())
_INDEXED = ("date", "source", "url")
_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "id")
_UPSERT = (
    f"INSERT INTO items ({', '.join(_NAMES)}) "  # noqa: S608 - names of our own
    f"VALUES ({', '.join('?' * len(_NAMES))}) ON CONFLICT (id) DO UPDATE SET {_REPLACED}"
)
# Another run may be writing the same file.
_BUSY_S = 10.0


class SqliteExporter(Exporter):
    """The table ``items``, with the fields as columns and *id* as its key.

    A file that is there already is added to: a record whose *id* it has takes the place of the old
    one, in one transaction; other tables stay. Instants are text in UTC, as long as each other, so
    that they sort and that the date functions of SQLite read them. Control characters other than
    tab and line ends become U+FFFD, because the shell of SQLite ends a text at NUL and prints the
    others.
    """

    suffixes = (".sqlite",)
    binary = True

    def encode(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield a new database that holds *items*."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
            _upsert(database, items)
            yield database.serialize()

    def write(self, items: Iterable[Item], path: Path) -> None:
        """Write *items* into the database at *path*, or raise ExportError and leave what was there.

        A new file, or an empty one, is whole or absent; an older one has all of *items* or none.
        """
        target = resolve_target(path)
        if not target.exists() or target.stat().st_size == 0:
            write_whole(path, self.encode(items))
            return
        try:
            with closing(_connect(target)) as database:
                _upsert(database, items, subject=str(path))
        except sqlite3.Error as error:
            raise ExportError(str(path), "cannot be written", advice=_advise(error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    # Never made here: a new file that is only begun would be half of one.
    uri = f"{path.as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)


def _upsert(database: sqlite3.Connection, items: Iterable[Item], *, subject: str = "") -> None:
    database.execute("PRAGMA synchronous = FULL")
    database.execute("BEGIN IMMEDIATE")
    try:
        _make_table(database, subject)
        database.executemany(_UPSERT, map(_row, items))
        database.execute("COMMIT")
    except BaseException:  # an interrupt leaves no more behind than a full disk
        # Some faults have ended the transaction themselves.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _make_table(database: sqlite3.Connection, subject: str) -> None:
    """Make the table and its indexes where they are missing, and columns that it did not have."""
    database.execute(f"CREATE TABLE IF NOT EXISTS items ({_TABLE}) STRICT")
    columns = {row[1]: row[5] for row in database.execute("PRAGMA table_info(items)")}
    if not columns.get("id") or sum(map(bool, columns.values())) != 1:
        raise ExportError(
            subject,
            'its table "items" is another\'s: it has no key "id"',
            advice="name another file",
        )
    for name in _NAMES:
        if name not in columns:
            database.execute(f'ALTER TABLE items ADD COLUMN "{name}" {_TYPES[name].split()[0]}')
    for name in _INDEXED:
        database.execute(f'CREATE INDEX IF NOT EXISTS "items_{name}" ON items ("{name}")')


def _row(item: Item) -> list[str | int | None]:
    return [_cell(value) for value in msgspec.structs.asdict(item).values()]


def _cell(value: str | int | datetime | None) -> str | int | None:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return f"{moment.isoformat(timespec='microseconds')}Z"
    return without_controls(value) if isinstance(value, str) else value


def _advise(error: sqlite3.Error) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another program is writing it: try again"
    return "name another file" if code == sqlite3.SQLITE_NOTADB else None
