"""A file for each run: each new entry is in one of them, once, whatever happens."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from runs import PAGE, fork, parse, publish, started, titles, wait
from stand_ins import ParserHere

from scraper import outbox, pipeline
from scraper.errors import ExportError
from scraper.exporters import Output
from scraper.outbox import HeldFile, Outbox
from scraper.state import SqliteStore

STATE = Path("output/state.db")
TIMED = ("a.html", "--new", "--out", "new-{time}.json")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    publish("a.html", "one", "two")
    return tmp_path


def files(pattern: str = "new-*.json") -> list[Path]:
    return sorted(Path().glob(pattern))


def told() -> list[str]:
    """Return the titles in all files together."""
    return [title for path in files() for title in titles(str(path))]


def hidden() -> list[str]:
    return [path.name for path in Path().iterdir() if path.name.startswith(".scrape")]


# What is written


def test_each_run_that_finds_something_has_a_file_of_its_own(run):
    code, _, err = run(*TIMED)
    (first,) = files()
    assert (code, titles(str(first))) == (0, ["one", "two"])
    assert err.endswith(f"1 of 1 source, 2 items (2 new) → {first}\n")
    assert run(*TIMED)[2] == "1 of 1 source, 2 items (0 new), nothing written\n"
    publish("a.html", "three", "one", "two")
    run(*TIMED)
    assert len(files()) == 2
    assert sorted(told()) == ["one", "three", "two"]
    assert hidden() == []


def test_files_of_one_second_have_different_names(run, monkeypatch):
    monkeypatch.setattr(outbox, "datetime", Noon)
    for number in range(3):
        publish("a.html", *(f"story {n}" for n in range(number + 1)))
        run(*TIMED)
    assert [path.name for path in files()] == [
        "new-20240305T120000Z-2.json",
        "new-20240305T120000Z-3.json",
        "new-20240305T120000Z.json",
    ]


class Noon(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2024, 3, 5, 12, tzinfo=tz)


def test_without_new_all_entries_are_written_each_time(run):
    code, _, err = run("a.html", "--out", "all-{time}.csv")
    (path,) = files("all-*.csv")
    assert (code, err) == (0, f"1 of 1 source, 2 items → {path}\n")
    assert not STATE.exists()


def test_any_format_and_the_changes_may_have_a_file_each(run):
    words = ("a.html", "--new", "--changes", "c-{time}.csv", "--out", "n-{time}.feed.json")
    run(*words, "--out", "n-{time}.sqlite", "--out", "n.jsonl")
    kinds = sorted(path.name.partition("Z.")[2] for path in files("*-*Z.*"))
    assert kinds == ["csv", "feed.json", "sqlite"]
    run(*words)
    assert len(files("*-*Z.*")) == 3
    publish("a.html", "three", "one", "two")
    run(*words)
    assert sorted(path.read_text().count("added") for path in files("c-*.csv")) == [1, 2]


# What fails


def test_where_one_output_fails_no_file_appears(run, monkeypatch):
    def full(output: Output, _: object) -> None:
        raise ExportError(output.name, "cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "write", full)
        code, _, err = run(*TIMED, "--out", "all.csv")
    assert code == 6
    assert "error: all.csv: export: cannot be written\n" in err
    assert files() == hidden() == []
    assert run(*TIMED)[0] == 0
    assert told() == ["one", "two"]


def test_a_full_disk_is_told_of_the_output_that_was_named(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        code, _, err = run(*TIMED)
    assert code == 6
    assert "error: new-{time}.json: export: cannot be written: No space left on device\n" in err
    assert files() == hidden() == []
    run(*TIMED)
    assert told() == ["one", "two"]


def full_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_that_cannot_take_its_name_does_with_the_next_run(run, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        code, _, err = run(*TIMED)
    (left,) = hidden()
    assert code == 6
    assert f"cannot be written, but as {left}: Permission denied" in err
    run(*TIMED)
    assert told() == ["one", "two"]
    assert hidden() == []


def test_a_folder_that_is_not_there_is_refused_before_any_page_is_read(run):
    code, _, err = run("a.html", "--new", "--out", "none/new-{time}.json")
    assert code == 6
    assert err.startswith("error: none/new-{time}.json: export: there is no folder ")
    assert not STATE.exists()


def test_a_list_that_cannot_be_read_is_told_and_costs_nothing(run):
    run(*TIMED)
    Path("output/state.db-outbox").write_text("{")
    publish("a.html", "three", "one", "two")
    code, _, err = run(*TIMED)
    assert (code, told()) == (6, ["one", "two"])
    assert "error: output/state.db-outbox: export: cannot be read: " in err
    Path("output/state.db-outbox").unlink()
    run(*TIMED)
    assert sorted(told()) == ["one", "three", "two"]


# Kills, and runs at once

#: What is done, in order; a run is killed before each of these.
STEPS = ("hold", "write", "list", "end", "COMMIT 2", "rename", "renamed", "unlist")
BEFORE_DELIVERY = STEPS[:4]


@needs_fork
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_each_step_shows_no_entry_twice_and_hides_none(step, monkeypatch):
    assert wait(fork(*TIMED)) == 0
    publish("a.html", "three", "one", "two")
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        assert wait(fork(*TIMED)) == -signal.SIGKILL
    assert sorted(told()) in (["one", "two"], ["one", "three", "two"])
    publish("a.html", "four", "three", "one", "two")
    assert wait(fork(*TIMED)) == 0
    assert sorted(told()) == ["four", "one", "three", "two"]
    # What the state has as delivered is named as it is, and else comes with the next run's.
    newest = max(files(), key=lambda path: path.stat().st_mtime_ns)
    with_it = ["four", "three"] if step in BEFORE_DELIVERY else ["four"]
    assert titles(str(newest)) == with_it
    assert not Path("output/state.db-outbox").exists()
    # Of a run that was killed before it could list its files, one stays behind.
    assert len(hidden()) == (step == "list")


def kill_at(step: str, patch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if step == "hold":
        patch.setattr(Outbox, "hold", die)
    elif step == "write":
        patch.setattr("scraper.exporters.JsonExporter.write", die)
    elif step == "list":
        patch.setattr(outbox, "write_whole", die)
    elif step == "end":
        patch.setattr(SqliteStore, "end_run", die)
    elif step == "rename":
        patch.setattr(HeldFile, "publish", die)
    elif step == "renamed":
        patch.setattr(outbox, "sync_folder", die)
    elif step == "unlist":
        patch.setattr(Path, "unlink", die)
    else:
        execute, seen = SqliteStore._execute, []

        def commit(store: SqliteStore, words: str, values: object = ()) -> object:
            done = execute(store, words, values)
            seen.extend([words] * (words == "COMMIT"))
            if len(seen) == 2:
                die()
            return done

        patch.setattr(SqliteStore, "_execute", commit)


@needs_fork
def test_kills_at_any_moment_lose_repeat_and_tear_nothing():
    chance = random.Random(5)  # noqa: S311
    usual_s = finish("a.html", "--new", "--state", "other.db", "--out", "other-{time}.json")
    listing: list[str] = []
    published: list[str] = []
    kills = 0
    for number in range(60):
        fresh = [f"story {number} {n}" for n in range(chance.randint(1, 3))]
        published += fresh
        listing = fresh + listing[:30]
        publish("a.html", *listing)
        child = fork(*TIMED)
        time.sleep(chance.uniform(0, usual_s))
        os.kill(child, signal.SIGKILL)
        kills += wait(child) == -signal.SIGKILL
        assert set(told()) <= set(published)
        usual_s = finish(*TIMED)
        assert sorted(told()) == sorted(published)
        if kills == 12:
            break
    assert kills == 12


def finish(*words: str) -> float:
    began = time.monotonic()
    assert wait(fork(*words)) == 0
    return time.monotonic() - began


@needs_fork
@pytest.mark.parametrize("states", [["s.db"], ["s.db", "t.db"]], ids=["shared", "two"])
def test_eight_runs_at_once_with_one_folder_lose_and_repeat_nothing(states):
    publish("a.html", *(f"story {n}" for n in range(12)))
    publish("b.html", *(f"tale {n}" for n in range(12)))
    words = ("a.html", "b.html", "--new", "--out", "new-{time}.json")
    expected = [*(f"story {n}" for n in range(12)), *(f"tale {n}" for n in range(12))]
    for _ in range(2):
        runs = [fork(*words, "--state", states[n % len(states)]) for n in range(8)]
        assert [wait(one) for one in runs] == [0] * 8
        assert sorted(told()) == sorted(expected * len(states))
        publish("a.html", *(f"news {n}" for n in range(4)), *(f"story {n}" for n in range(8)))
        expected += [f"news {n}" for n in range(4)]
    assert hidden() == []


def test_a_run_that_is_to_end_does_not_wait_for_another_one():
    os.mkfifo("slow.html")  # nobody ever writes to it
    Path("page.html").write_text(PAGE)
    with started("page.html", "slow.html", "--new", "--out", "-") as process:
        assert any(line == "page.html: 2 items\n" for line in process.stderr)
        with SqliteStore(STATE).exclusive():
            sent = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=10)
        assert time.monotonic() - sent < 2
    assert process.returncode == 143
    assert "busy: another run has held it for 0.5 s" in err


def test_the_history_is_read_only_after_a_kill(run, monkeypatch):
    read: list[bool] = []
    monkeypatch.setattr(SqliteStore, "history", lambda _: read.append(True) or [])
    run(*TIMED)
    assert told() == ["one", "two"]
    assert read == []
