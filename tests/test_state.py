"""The state in a file: made, checked, locked, and never new in silence."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.models import Item
from scraper.state import Entry, Memo, SqliteStore, StateError

ITEM = Item(title="Bridge reopens", url="https://a.example/1", position=1, id="a1", source="news")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


def fill(path: Path) -> SqliteStore:
    store = SqliteStore(path)
    store.check()
    with store.exclusive(), store.transaction():
        store.begin_run()
        store.keep("news", Entry(item=ITEM, rank=1), [b"a key"])
        store.keep_memos([Memo(at=datetime(2024, 3, 1, tzinfo=UTC), source="news", outcome="ok")])
    return store


def query(path: Path, words: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        (row,) = connection.execute(words).fetchall()
        connection.commit()
    return row[0]


def refusal(store: SqliteStore) -> str:
    with pytest.raises(StateError) as caught:
        store.check()
    assert caught.value.exit_code == 6
    return str(caught.value)


# Made


def test_a_new_state_is_said_to_be_new_and_an_old_one_is_not(path):
    assert SqliteStore(path).check() == f"{path}: no state there, so all entries are new"
    assert SqliteStore(path).check() is None


def test_a_state_is_for_its_owner_alone_and_has_its_version(path):
    os.umask(before := os.umask(0))
    try:
        os.umask(0)
        fill(path)
    finally:
        os.umask(before)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes == {"state.db": 0o600, "state.db-lock": 0o600}
    assert query(path, "PRAGMA user_version") == 2
    assert query(path, "PRAGMA application_id") == 0x53637270
    assert query(path, "PRAGMA journal_mode") == "wal"


def test_commits_are_on_the_disk_before_they_are_told(path):
    store = fill(path)
    with store.exclusive():
        assert store._execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert store._execute("PRAGMA journal_mode").fetchone() == ("wal",)


def keep_many(store: SqliteStore, count: int, fault: Exception | None = None) -> None:
    with store.transaction():
        for number in range(count):
            store.keep("news", Entry(item=ITEM, rank=number), [b"%d" % number])
        if fault is not None:
            raise fault


# Damaged, foreign, newer


def damage(path: Path, how: str) -> None:
    whole = path.read_bytes()
    ways = {
        "empty": b"",
        "short": whole[: len(whole) // 2 + 100],
        "noise": os.urandom(8_192),
        "text": b'[{"title": "not a state"}]',
        "pages": whole[:4_096] + b"\xff" * (len(whole) - 4_096),
        "header": b"SQLite format 3\x00" + b"\x00" * 4_080,
    }
    path.write_bytes(ways[how])


@pytest.mark.parametrize("how", ["empty", "short", "noise", "text", "pages"])
def test_a_damaged_state_is_refused_and_left_as_it_is(how, path):
    fill(path)
    damage(path, how)
    before = path.read_bytes()
    said = refusal(SqliteStore(path))
    assert "damaged" in said
    assert "--accept" in said
    assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["empty", "short", "noise", "text", "pages"])
def test_a_damaged_state_is_moved_aside_and_named_when_that_is_accepted(how, path):
    fill(path)
    damage(path, how)
    before = path.read_bytes()
    told = SqliteStore(path, renew=True).check()
    (aside,) = path.parent.glob("state.db.damaged-*")
    assert told == f"warning: {path}: damaged, moved aside to {aside}, so all entries are new"
    assert aside.read_bytes() == before
    assert SqliteStore(path).check() is None


def test_a_sound_state_is_not_moved_aside(path):
    fill(path)
    assert SqliteStore(path, renew=True).check() is None
    store = SqliteStore(path)
    with store.exclusive():
        assert store.knows("news")


@pytest.mark.parametrize("renew", [False, True])
def test_the_database_of_another_program_is_refused(renew, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
        connection.commit()
    before = path.read_bytes()
    assert "another program" in refusal(SqliteStore(path, renew=renew))
    assert path.read_bytes() == before


@pytest.mark.parametrize("renew", [False, True])
def test_a_newer_state_is_refused(renew, path):
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = path.read_bytes()
    assert "newer version" in refusal(SqliteStore(path, renew=renew))
    assert path.read_bytes() == before


def test_a_state_that_goes_away_while_pages_are_read_is_not_made_anew(path):
    store = fill(path)
    path.unlink()
    with pytest.raises(StateError, match="went away"), store.exclusive():
        pytest.fail("it is gone")
    assert not path.exists()


def test_what_cannot_hold_a_state_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    refusal(SqliteStore(tmp_path / "folder"))
    refusal(SqliteStore(tmp_path / "none" / "state.db"))
    assert [one.name for one in tmp_path.iterdir() if one.name != "folder-lock"] == ["folder"]


def test_a_full_disk_is_told(path, monkeypatch):
    store = fill(path)
    with store.exclusive():
        store._execute("PRAGMA max_page_count = 1")
        with pytest.raises(StateError, match="full"):
            keep_many(store, 2_000)
        assert len(store.listed("news")) == 1


# Locked


def test_a_second_run_says_busy_in_the_end(path):
    fill(path)
    descriptor = os.open(f"{path}-lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        began = time.monotonic()
        assert "busy: another run has held it for 0.2 s" in refusal(SqliteStore(path, busy_s=0.2))
        assert time.monotonic() - began < 2
    finally:
        os.close(descriptor)


def test_another_program_that_writes_makes_it_busy(path):
    store = SqliteStore(path, busy_s=0.2)
    fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with store.exclusive(), pytest.raises(StateError, match="busy"), store.transaction():
            pytest.fail("it is locked")


# Large


@pytest.mark.slow
def test_a_million_entries_start_within_a_second(path):
    store = fill(path)
    with store.exclusive(), store.transaction():
        for number in range(1_000_000):
            key = number.to_bytes(10, "big")
            store.keep("news", Entry(item=ITEM, rank=number, listed=False), [key, b"t" + key])
    began = time.monotonic()
    again = SqliteStore(path)
    again.check()
    with again.exclusive():
        assert again.find("news", (999_999).to_bytes(10, "big"), limit=5)
    assert time.monotonic() - began < 1
