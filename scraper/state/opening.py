"""Which state is meant: a file, or a database that machines share."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from scraper.errors import UsageError
from scraper.state.base import Store
from scraper.state.sqlite import STATE, SqliteStore

__all__ = ["evidence_root", "is_database", "open_store", "outbox_list"]

_SCHEMES = ("postgresql://", "postgres://")


def is_database(name: str) -> bool:
    """Tell whether *name* is the address of a database.

    >>> is_database("postgresql://ann@db.example/news"), is_database("output/state.db")
    (True, False)
    """
    return name.startswith(_SCHEMES)


def open_store(name: str, *, renew: bool = False) -> Store:
    """Return the state that *name* is; *renew* lets a damaged file be moved aside.

    Raises UsageError for a scheme that is none of these, and where an extra is missing.
    """
    if "://" not in name:
        return SqliteStore(Path(name), renew=renew)
    if not is_database(name):
        advice = "write postgresql://host/database, or a file"
        raise UsageError("--state", "not an address of a state", advice=advice)
    if find_spec("psycopg") is None:
        raise UsageError(
            "--state",
            "PostgreSQL is spoken by psycopg, which is not installed",
            advice="pip install 'scraper[postgres]'",
        )
    # Loaded for those who use it.
    from scraper.state.postgres import PostgresStore

    return PostgresStore(name)


def evidence_root(name: str) -> Path:
    """Return the folder for the pages of sources that are held: beside the state, or its default.

    >>> evidence_root("postgresql://ann@db.example/news").as_posix()
    'output/state.db.drift'
    """
    return _beside(name, ".drift")


def outbox_list(name: str) -> Path:
    """Return the list of files that wait for the state to name them, which is beside it, too.

    >>> outbox_list("news.db").as_posix()
    'news.db-outbox'
    """
    return _beside(name, "-outbox")


def _beside(name: str, suffix: str) -> Path:
    path = STATE if is_database(name) else Path(name)
    return path.with_name(f"{path.name}{suffix}")
