"""What every kind of state promises alike."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from scraper.models import Item
from scraper.state import Entry, Memo, SqliteStore, StateError, Store, sql
from scraper.state.postgres import PostgresStore

ITEM = Item(title="Bridge reopens", url="https://a.example/1", position=1, id="a1", source="news")
MEMO = Memo(at=datetime(2024, 3, 1, tzinfo=UTC), source="news", outcome="ok")


@pytest.fixture(params=["sqlite", "postgres"])
def another(request, tmp_path):
    """Give what opens the same state once more."""
    if request.param == "sqlite":
        return lambda **options: SqliteStore(tmp_path / "state.db", **options)
    url = request.getfixturevalue("postgres")
    return lambda **options: PostgresStore(url, **options)


@pytest.fixture
def store(another) -> Store:
    store = another()
    store.check()
    with store.exclusive(), store.transaction():
        store.begin_run()
        store.keep("news", Entry(item=ITEM, rank=1), [b"a key"])
        store.keep_memos([MEMO])
    return store


def test_a_new_state_is_said_to_be_new_and_an_old_one_is_not(another):
    assert another().check().endswith(": no state there, so all entries are new")
    assert another().check() is None


def test_what_is_kept_is_found_by_whoever_opens_it(store, another):
    for one in (store, another()):
        with one.exclusive(), one.transaction():
            (entry,) = one.find("news", b"a key", limit=5)
            assert (entry.item, entry.delivered, entry.listed) == (ITEM, False, True)
            assert one.pending(["news"]) == one.listed("news") == [entry]
            assert one.knows("news")
            assert not one.find("other", b"a key", limit=5)
            assert not one.pending(["other"])
            assert not one.pending([])


def test_what_is_delivered_is_pending_no_more(store):
    with store.exclusive(), store.transaction():
        (entry,) = store.pending(["news"])
        store.deliver([entry.number])
        assert not store.pending(["news"])
        assert store.listed("news")[0].delivered


def test_an_entry_takes_the_place_of_its_former_self(store):
    with store.exclusive(), store.transaction():
        (entry,) = store.listed("news")
        entry.listed = False
        entry.rank = 7
        store.keep("news", entry, [b"a key", b"another"])
        assert not store.listed("news")
        (found,) = store.find("news", b"another", limit=5)
        assert (found.number, found.rank, found.listed) == (entry.number, 7, False)


def test_the_newest_with_a_key_are_found_first(store):
    with store.exclusive(), store.transaction():
        for rank in range(2, 5):
            store.keep("news", Entry(item=ITEM, rank=rank), [b"a key"])
        assert [one.rank for one in store.find("news", b"a key", limit=3)] == [4, 3, 2]


def keep_many(store: Store, count: int, fault: Exception | None = None) -> None:
    with store.transaction():
        for number in range(count):
            store.keep("news", Entry(item=ITEM, rank=number), [b"%d" % number])
        if fault is not None:
            raise fault


def test_a_transaction_that_fails_keeps_nothing(store, another):
    with store.exclusive():
        with pytest.raises(ZeroDivisionError):
            keep_many(store, 1, ZeroDivisionError())
        with store.transaction():
            assert len(store.listed("news")) == 1
    other = another()
    with other.exclusive(), other.transaction():
        assert len(other.listed("news")) == 1


def test_a_source_that_a_failed_transaction_made_is_made_again(store):
    with store.exclusive():
        for fault in (ZeroDivisionError(), None):
            try:
                with store.transaction():
                    store.keep("other", Entry(item=ITEM, rank=1), [b"k"])
                    if fault:
                        raise fault
            except ZeroDivisionError:
                continue
        with store.transaction():
            assert store.knows("other")


def test_records_with_halves_of_characters_are_kept(store):
    broken = Item(title="a\ud800b\x00", position=1, id="b")
    with store.exclusive(), store.transaction():
        store.keep("news", Entry(item=broken, rank=2), [b"other\x00\xff"])
        assert store.listed("news")[1].item.title == "a\ufffdb\x00"
        assert store.find("news", b"other\x00\xff", limit=1)


def test_floods_are_counted_by_source(store):
    with store.exclusive(), store.transaction():
        assert store.floods_left("news") == store.floods_left("other") == 0
        store.expect_floods("news", 10)
        assert (store.floods_left("news"), store.floods_left("other")) == (10, 0)


def test_a_note_takes_the_place_of_the_former_one(store):
    with store.exclusive(), store.transaction():
        assert store.note("news", "page") is None
        for note in (b"one", b"two\x00\xff", None):
            store.keep_note("news", "page", note)
            store.keep_note("new source", "page", note)
            assert store.note("news", "page") == store.note("new source", "page") == note
        store.keep_note("news", "shapes", b"other")
        assert store.note("news", "page") is None
        assert store.note("unheard of", "page") is None


def test_changes_are_kept_until_they_are_told(store):
    with store.exclusive(), store.transaction():
        store.keep_changes("news", [b"one", b"two"])
        store.keep("other", Entry(item=ITEM, rank=1), [])
        store.keep_changes("other", [b"three"])
        changes = store.pending_changes(["news"])
        assert [row for _, row in changes] == [b"one", b"two"]
        store.forget_changes([changes[0][0]])
        assert [row for _, row in store.pending_changes(["other", "news"])] == [b"two", b"three"]


def test_a_run_long_ago_is_forgotten(store, monkeypatch):
    monkeypatch.setattr(sql, "_MOST_RUNS", 3)
    for _ in range(5):
        with store.exclusive(), store.transaction():
            store.begin_run()
            store.keep_memos([MEMO, MEMO])
            store.end_run()
    store.read()
    with closing(store):
        runs = [(one.run, one.delivered, one.source) for one in store.history()]
    assert runs == [(number, True, "news") for number in (4, 4, 5, 5, 6, 6)]


def test_a_state_that_is_not_there_is_not_read(another):
    with pytest.raises(StateError, match=r"there is no state; make one: scrape --new"):
        another().read()


def test_a_state_that_goes_away_while_pages_are_read_is_not_made_anew(another):
    with pytest.raises(StateError, match="went away"), another().exclusive():
        pytest.fail("it is gone")


def test_a_second_run_waits_for_the_first(store, another):
    held = threading.Event()

    def hold() -> None:
        with store.exclusive():
            held.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    began = time.monotonic()
    with another(busy_s=20).exclusive():
        assert time.monotonic() - began > 0.2
    thread.join()


def test_a_second_run_says_busy_in_the_end(store, another):
    with (
        store.exclusive(),
        pytest.raises(StateError, match=r"busy: another run has held it for 0.2 s; run again"),
        another(busy_s=0.2).exclusive(),
    ):
        pytest.fail("it is held")
    with another(busy_s=0.2).exclusive():
        pass
