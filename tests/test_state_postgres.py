"""The state in a PostgreSQL database: shared, refused in one line, its password told to nobody."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from postgres import PASSWORD
from runs import fork, wait
from stand_ins import ParserHere

from scraper import pipeline
from scraper.errors import UsageError
from scraper.models import Item, Listing, Page, Source
from scraper.state import StateError, open_store, opening
from scraper.state import postgres as module
from scraper.state.postgres import PostgresStore


def parse(page: Page, *, source: Source) -> Listing:
    """Read a page that has a title a line."""
    return Listing(
        items=tuple(
            Item(title=one, url=f"https://a.example/{one}", position=n, id=one, source=source.name)
            for n, one in enumerate(page.body.decode().splitlines(), 1)
        )
    )


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    Path("a.html").write_text("one\ntwo")
    return tmp_path


def over_tcp(url: str, password: str = PASSWORD) -> str:
    """Return the address of the same database, with a password."""
    port = url.rpartition("=")[2]
    return f"postgresql://ann:{password}@127.0.0.1:{port}/postgres"


def titles(path: str = "new.json") -> list[str]:
    return [record["title"] for record in json.loads(Path(path).read_text())]


def refusal(url: str) -> str:
    with pytest.raises(StateError) as caught:
        PostgresStore(url).check()
    assert caught.value.exit_code == 6
    said = str(caught.value)
    assert "\n" not in said
    return said


# At the command line


def test_each_new_entry_is_delivered_once(run, postgres):
    words = ("a.html", "--new", "--state", over_tcp(postgres), "--out", "new.json")
    code, out, err = run(*words, "-v", "--report", "run.json")
    assert (code, out, titles()) == (0, "", ["one", "two"])
    assert ": no state there, so all entries are new\n" in err
    Path("a.html").write_text("three\none\ntwo")
    assert run(*words) == (0, "", "1 of 1 source, 3 items (1 new) → new.json\n")
    assert titles() == ["three"]
    assert run(*words)[2] == "1 of 1 source, 3 items (0 new) → new.json\n"
    assert PASSWORD not in err + Path("run.json").read_text()
    assert sorted(path.name for path in Path().iterdir()) == ["a.html", "new.json", "run.json"]


def test_the_log_is_told_from_it(run, postgres):
    run("a.html", "--state", postgres, "--out", "all.json")
    code, out, _ = run("log", "--state", over_tcp(postgres), "--json")
    assert code == 0
    assert [(one["source"], one["items"], one["delivered"]) for one in json.loads(out)] == [
        ("a.html", 2, True)
    ]
    code, _, err = run("log", "b", "--state", over_tcp(postgres))
    assert (code, PASSWORD in err) == (2, False)
    assert "error: b: usage: no run of it in postgresql://127.0.0.1:" in err


def test_a_source_that_is_held_has_its_pages_beside_the_usual_state(run, postgres):
    words = ("a.html", "--state", postgres, "--out", "all.json")
    Path("a.html").write_text("\n".join(f"story-{n}" for n in range(6)))
    run(*words)
    Path("a.html").write_text("\n".join(f"tale-{n}" for n in range(6)))
    assert run(*words)[0] == 4
    assert Path("output/state.db.drift/a.html/good/page.html").read_text().startswith("story-0")


@pytest.mark.parametrize(
    "state",
    ["mysql://ann@db.example/news", "PostgreSQL://db.example/news", "https://a.example"],
)
def test_what_is_no_state_is_refused(state, run):
    code, _, err = run("a.html", "--state", state)
    assert code == 2
    assert err == (
        "error: --state: usage: not an address of a state; write postgresql://host/database, or "
        "a file\n"
    )
    assert [path.name for path in Path().iterdir()] == ["a.html"]


# What is refused


def test_a_server_that_is_not_there_is_told_in_one_line(run):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"postgresql://ann:{PASSWORD}@127.0.0.1:{port}/news"
    code, _, err = run("a.html", "--new", "--state", url, "--debug")
    assert code == 6
    first = err.splitlines()[0]
    assert first == (
        f"error: postgresql://127.0.0.1:{port}/news: state: cannot be reached: Connection refused; "
        "check the address, and that the server runs and lets you in"
    )
    assert PASSWORD not in err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((PASSWORD, "wr0ng"), 'password authentication failed for user "ann"'),
        (("/postgres", "/nowhere"), 'database "nowhere" does not exist'),
    ],
)
def test_a_server_that_lets_nobody_in_is_told(change, said, postgres):
    told = refusal(over_tcp(postgres).replace(*change))
    assert f": cannot be reached: {said}; check the address" in told
    assert PASSWORD not in told
    assert "wr0ng" not in told


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ann:s3c@ret@127.0.0.1/news", "a password has an @ or a /"),
        ("postgresql://ann:5/s3cret@127.0.0.1/news", "a password has an @ or a /"),
        ("postgresql://ann:s3cret/@127.0.0.1/news", "not an address of a database"),
        ("postgresql://127.0.0.1:s3cret/news", "not an address of a database"),
        ("postgresql://127.0.0.1/news?s3cret=1", "not an address of a database"),
        ("postgresql://127.0.0.1", "it names no database"),
        ("postgresql://[s3cret/news", "not an address of a database"),
    ],
)
def test_an_address_that_may_be_read_in_two_ways_is_refused_unseen(url, said):
    with pytest.raises(UsageError) as caught:
        PostgresStore(url)
    assert said in str(caught.value)
    assert "s3c" not in str(caught.value)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(opening, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"not installed; pip install 'scraper\[postgres\]'"):
        open_store("postgresql://127.0.0.1/news")


def test_an_old_server_is_refused(postgres, monkeypatch):
    monkeypatch.setattr(module, "_OLDEST_SERVER", 99)
    assert "the server is PostgreSQL 1" in refusal(postgres)


def test_a_newer_state_is_refused(postgres):
    PostgresStore(postgres).check()
    execute(postgres, "UPDATE scrape_state.about SET version = 3")
    assert "written by a newer version of this program (state 3, not 2)" in refusal(postgres)


def test_a_schema_of_another_program_is_refused_and_left(postgres):
    execute(postgres, "CREATE SCHEMA scrape_state; CREATE TABLE scrape_state.bookmarks (url TEXT)")
    assert "is of another program" in refusal(postgres)
    assert execute(postgres, "SELECT count(*) FROM scrape_state.bookmarks") == 0


def test_a_user_who_may_not_is_told(postgres):
    execute(postgres, "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    guest = postgres.replace("ann@", "guest@")
    assert ": cannot be used: permission denied for database postgres" in refusal(guest)
    PostgresStore(postgres).check()
    assert ": cannot be used: permission denied for schema scrape_state" in refusal(guest)


def execute(url: str, command: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(command)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def record_and_call(store: PostgresStore, call: Callable[[], object]) -> None:
    with store.transaction():
        store.begin_run()
        call()
        store.end_run()


def test_a_connection_that_breaks_is_told_and_undone(postgres):
    store = PostgresStore(postgres)
    store.check()
    ours = "FROM pg_stat_activity WHERE application_name = 'scrape'"
    with pytest.raises(StateError, match="cannot be used: "), store.exclusive():
        record_and_call(
            store, lambda: execute(postgres, f"SELECT pg_terminate_backend(pid) {ours}")
        )
    assert execute(postgres, "SELECT count(*) FROM scrape_state.runs") == 0


def test_commits_are_on_the_disk_before_they_are_told(postgres):
    url = f"{postgres}&options=-c%20synchronous_commit%3Doff%20-c%20work_mem%3D8MB"
    store = PostgresStore(url)
    store.check()
    with store.exclusive():
        assert store._value("SHOW synchronous_commit") == "on"
        assert store._value("SHOW work_mem") == "8MB"


# Many at once


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_eight_runs_at_once_deliver_each_new_entry_once(postgres):
    Path("a.html").write_text("\n".join(f"story-{n}" for n in range(12)))
    words = ("a.html", "--new", "--state", postgres, "--out")
    runs = [fork(*words, f"{n}.json") for n in range(8)]
    assert [wait(one) for one in runs] == [0] * 8
    got = [one for n in range(8) for one in titles(f"{n}.json")]
    assert sorted(got) == sorted(f"story-{n}" for n in range(12))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("step", ["begin_run", "keep_memos", "pending", "deliver", "end_run"])
def test_a_kill_at_each_step_loses_and_repeats_nothing_and_gives_the_lock_back(
    step, postgres, monkeypatch
):
    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    words = ("a.html", "--new", "--state", postgres, "--out", "new.json")
    assert wait(fork(*words)) == 0
    Path("a.html").write_text("three\none\ntwo")
    with monkeypatch.context() as patch:
        patch.setattr(PostgresStore, step, die)
        assert wait(fork(*words)) == -signal.SIGKILL
    began = time.monotonic()
    assert wait(fork(*words)) == 0
    assert time.monotonic() - began < 15
    assert titles() == ["three"]
    assert wait(fork(*words)) == 0
    assert titles() == []
