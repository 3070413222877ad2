"""``--new`` and ``--changes`` at the command line: each new entry once, whatever happens."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from runs import fork, parse, publish, titles, wait
from stand_ins import ParserHere

from scraper import pipeline
from scraper.errors import ExportError
from scraper.exporters import Output
from scraper.models import Item, Listing, Page, Source
from scraper.state import SqliteStore, memory, sql

STATE = Path("output/state.db")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    publish("a.html", "one", "two")
    return tmp_path


NEW = ("a.html", "--new", "--out", "new.json")


# What is delivered


def test_only_what_is_new_is_written(run):
    assert run(*NEW) == (
        0,
        "",
        "output/state.db: no state there, so all entries are new\n"
        "1 of 1 source, 2 items (2 new) → new.json\n",
    )
    assert titles() == ["one", "two"]
    publish("a.html", "three", "one", "two")
    assert run(*NEW) == (0, "", "1 of 1 source, 3 items (1 new) → new.json\n")
    assert titles() == ["three"]
    assert run(*NEW) == (0, "", "1 of 1 source, 3 items (0 new) → new.json\n")
    assert titles() == []


def test_without_it_nothing_is_remembered(run):
    assert run("a.html", "--out", "all.json") == (0, "", "1 of 1 source, 2 items → all.json\n")
    assert sorted(one.name for one in Path().iterdir()) == ["a.html", "all.json"]


def test_a_run_that_only_remembers_writes_everything(run):
    words = ("a.html", "--state", "s.db", "--out", "all.json")
    run(*words)
    publish("a.html", "three", "one", "two")
    assert run(*words)[2] == "1 of 1 source, 3 items (1 new) → all.json\n"
    assert titles("all.json") == ["three", "one", "two"]
    run("a.html", "--state", "s.db", "--new", "--out", "new.json")
    assert titles() == []
    assert not Path("output").exists()


def test_standard_output_delivers_as_well(run):
    assert json.loads(run("a.html", "--new", "--out", "-")[1])[0]["title"] == "one"
    assert run("a.html", "--new", "--out", "-")[1] == "[]\n"


def test_the_report_tells_how_many_were_new(run):
    publish("b.html", "bad")
    code, _, _ = run("b.html", *NEW, "--report", "run.json")
    report = json.loads(Path("run.json").read_bytes())
    assert code == 3
    assert [one["new"] for one in report["sources"]] == [0, 2]
    assert report["totals"]["new"] == 2


def test_the_report_of_a_run_without_memory_has_no_count(run):
    run("a.html", "--out", "all.json", "--report", "run.json")
    report = json.loads(Path("run.json").read_bytes())
    assert (report["totals"]["new"], report["sources"][0]["new"]) == (None, None)


def test_where_every_source_fails_nothing_is_touched(run):
    run(*NEW)
    publish("a.html", "bad")
    assert run(*NEW)[0] == 4
    assert titles() == ["one", "two"]


def test_an_output_that_fails_is_delivered_again(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        code, _, err = run(*NEW)
    assert code == 6
    assert "nothing written" in err
    assert not Path("new.json").exists()
    publish("a.html", "three", "two")
    assert run(*NEW)[2] == "1 of 1 source, 2 items (3 new) → new.json\n"
    assert titles() == ["three", "two", "one"]


def full_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_all_outputs_are_written_or_all_come_again(run, monkeypatch):
    written = Output.write

    def write(output: Output, items: list[Item]) -> None:
        if output.name == "b.csv":
            raise ExportError("b.csv", "cannot be written")
        written(output, items)

    with monkeypatch.context() as patch:
        patch.setattr(Output, "write", write)
        assert run(*NEW, "--out", "b.csv")[0] == 6
    assert run(*NEW, "--out", "b.csv")[0] == 0
    assert titles() == ["one", "two"]


# What is held


def test_a_flood_is_held_and_the_last_output_kept(run):
    publish("a.html", *(f"story {n}" for n in range(6)))
    run(*NEW)
    old = Path("new.json").read_bytes()
    publish("a.html", *(f"tale {n}" for n in range(6)))
    code, out, err = run(*NEW)
    assert (code, out, Path("new.json").read_bytes()) == (4, "", old)
    assert err == (
        "error: a.html: held: 6 of 6 entries are suddenly new, as after a relayout; none was "
        "delivered; look at them without --new, and take them with --accept\n"
        "0 of 1 source, 0 items (0 new), nothing written\n"
    )
    assert run(*NEW, "--accept")[0] == 0
    assert len(titles()) == 6
    assert run(*NEW)[2] == "1 of 1 source, 6 items (0 new) → new.json\n"


def test_a_source_that_is_held_costs_no_other(run):
    publish("a.html", *(f"story {n}" for n in range(6)))
    run(*NEW)
    publish("a.html", *(f"tale {n}" for n in range(6)))
    publish("b.html", "else")
    code, _, err = run(*NEW, "b.html")
    assert code == 3
    assert err.endswith("1 of 2 sources, 1 item (1 new) → new.json\n")
    assert titles() == ["else"]


# What changed


def test_changes_are_told_as_lines_of_json(run):
    run(*NEW)
    publish("a.html", "three", "One and only|https://a.example/a.html/one")
    run(*NEW, "--changes", "c.jsonl")
    rows = [json.loads(line) for line in Path("c.jsonl").read_text().splitlines()]
    assert [(row["change"], row["title"], row["sure"]) for row in rows] == [
        ("added", "three", None),
        ("changed", "One and only", None),
        ("removed", "two", "low"),
    ]
    assert list(rows[0]) == [
        "source",
        "change",
        "id",
        "title",
        "url",
        "field",
        "from",
        "to",
        "sure",
    ]
    assert [(row["field"], row["from"], row["to"]) for row in rows][1] == (
        "title",
        "one",
        "One and only",
    )


def test_changes_are_told_as_csv_that_runs_nothing(run):
    publish("a.html", "=1+1", "Bridge reopens after repairs|https://a.example/n/1", "two")
    run(*NEW, "--changes", "c.csv")
    publish("a.html", "Bridge reopens after repairs|https://a.example/archive/x", "two")
    before = Path("c.csv").read_text()
    run(*NEW, "--changes", "c.csv")
    with Path("c.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert "'=1+1" in before
    assert [(row["change"], row["field"], row["from"], row["to"], row["sure"]) for row in rows] == [
        ("moved", "url", "https://a.example/n/1", "https://a.example/archive/x", ""),
        ("removed", "", "", "", "high"),
    ]


def test_what_comes_back_has_returned(run):
    run(*NEW)
    publish("a.html", "two")
    run(*NEW)
    publish("a.html", "one", "two")
    run(*NEW, "--changes", "c.jsonl")
    (row,) = map(json.loads, Path("c.jsonl").read_text().splitlines())
    assert (row["change"], row["title"]) == ("returned", "one")
    assert titles() == []


@pytest.mark.parametrize("more", [("--since", "2020-01-01"), ()])
def test_nothing_is_removed_from_what_was_read_in_part(more, run):
    run(*NEW)
    publish("a.html", "two" if more else "cut", *([] if more else ["two"]))
    run(*NEW, *more, "--changes", "c.jsonl")
    assert "removed" not in Path("c.jsonl").read_text()
    publish("a.html", "two")
    run(*NEW, "--changes", "c.jsonl")
    assert '"removed"' in Path("c.jsonl").read_text()


def test_changes_may_be_told_beside_all_entries(run):
    run("a.html", "--out", "all.json", "--changes", "c.jsonl")
    publish("a.html", "three", "one", "two")
    run("a.html", "--out", "all.json", "--changes", "c.jsonl")
    (row,) = map(json.loads, Path("c.jsonl").read_text().splitlines())
    assert (row["change"], row["title"]) == ("added", "three")
    assert titles("all.json") == ["three", "one", "two"]


def test_changes_that_could_not_be_written_are_told_by_the_next_run(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(memory.ChangesFile, "write", lambda *_: full_disk_error())
        assert run(*NEW, "--changes", "c.jsonl")[0] == 6
    run(*NEW, "--changes", "c.jsonl")
    assert Path("c.jsonl").read_text().count('"added"') == 2
    assert titles() == ["one", "two"]
    run(*NEW, "--changes", "c.jsonl")
    assert Path("c.jsonl").read_text() == ""


def full_disk_error() -> None:
    raise ExportError("c.jsonl", "cannot be written")


# What is refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--accept",), "error: --accept: usage: there is nothing to accept; add --new"),
        (("--changes", "c.txt"), "error: c.txt: usage: no such format; end its name in .jsonl"),
        (("--new", "--changes", "x.csv", "--out", "x.csv"), "error: --changes: usage: "),
        (("--new", "--state", "x.json", "--out", "x.json"), "error: --state: usage: "),
        (("--changes", "c.csv", "--state", "c.csv"), "error: --state: usage: "),
    ],
)
def test_options_that_cannot_go_together_are_refused(words, said, run):
    code, _, err = run("a.html", *words)
    assert code == 2
    assert err.startswith(said)


def test_a_damaged_state_is_never_everything_new(run):
    run(*NEW)
    STATE.write_bytes(b"")
    code, _, err = run(*NEW)
    assert code == 6
    assert err.startswith("error: output/state.db: state: the state is damaged, or none")
    assert titles() == ["one", "two"]
    code, _, err = run(*NEW, "--accept")
    assert code == 0
    assert err.startswith("warning: output/state.db: damaged, moved aside to output/state.db.dam")


def test_a_busy_state_is_told_and_costs_nothing(run, monkeypatch):
    run(*NEW)
    publish("a.html", "three", "one")
    checked = SqliteStore.check

    def check_and_lock(store: SqliteStore) -> str | None:
        told = checked(store)
        locks.append(store._locked())
        locks[0].__enter__()
        return told

    locks: list = []
    with monkeypatch.context() as patch:
        patch.setattr(sql, "_BUSY_S", 0.1)
        patch.setattr(SqliteStore, "check", check_and_lock)
        code, _, err = run(*NEW)
    assert code == 6
    assert "busy: another run" in err
    assert titles() == ["one", "two"]
    locks[0].__exit__(None, None, None)
    run(*NEW)
    assert titles() == ["three"]


# Kills, and runs at once


def finish(*words: str) -> float:
    """Run to the end; return how long that takes here and now."""
    began = time.monotonic()
    assert wait(fork(*words)) == 0
    return time.monotonic() - began


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("out", ["new.json", "new.csv"])
def test_twenty_kills_lose_repeat_and_tear_nothing(out):
    chance = random.Random(out)  # noqa: S311
    words = ("a.html", "--new", "--state", "s.db", "--out", out)
    usual_s = finish("a.html", "--new", "--state", "other.db", "--out", "other.json")
    listing: list[str] = []
    published: list[str] = []
    taken: list[str] = []
    kills = 0
    for number in range(100):
        fresh = [f"story {number} {n}" for n in range(chance.randint(1, 3))]
        published += fresh
        listing = fresh + listing[:30]
        publish("a.html", *listing)
        before = delivered(out)
        child = fork(*words)
        time.sleep(chance.uniform(0, usual_s))
        os.kill(child, signal.SIGKILL)
        kills += wait(child) == -signal.SIGKILL
        left = delivered(out)  # whole, or reading it fails
        usual_s = finish(*words)
        now = delivered(out)
        if left != before and not set(left) <= set(now):
            taken += left  # it had delivered, and was killed on its way out
        taken += now
        if kills == 20:
            break
    assert kills == 20
    assert sorted(taken) == sorted(published)


def delivered(path: str) -> list[str]:
    if not Path(path).exists():
        return []
    if path.endswith("csv"):
        with Path(path).open(newline="") as stream:
            return [row["title"] for row in csv.DictReader(stream)]
    return titles(path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize(
    "step",
    ["begin_run", "keep_memos", "pending", "write", "deliver", "end_run", "COMMIT 1", "COMMIT 2"],
)
def test_a_kill_at_each_step_of_the_protocol_loses_and_repeats_nothing(step, monkeypatch):
    """A run is killed before and after each step, and the next one finishes its work."""
    assert wait(fork(*NEW)) == 0
    publish("a.html", "three", "one", "two")
    with monkeypatch.context() as patch:
        kill_at(step, patch)
        assert wait(fork(*NEW)) == -signal.SIGKILL
    had = titles()
    assert had in (["one", "two"], ["three"])
    assert wait(fork(*NEW)) == 0
    # Either the next run delivers it, or the file that was left did and the state knows.
    assert titles() == ([] if step == "COMMIT 2" else ["three"])
    assert had == (["one", "two"] if step in BEFORE_WRITING else ["three"])
    assert wait(fork(*NEW)) == 0
    assert titles() == []


BEFORE_WRITING = ("begin_run", "keep_memos", "pending", "write", "COMMIT 1")


def kill_at(step: str, patch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    name, _, number = step.partition(" ")
    if name == "write":
        patch.setattr(Output, "write", die)
    elif name != "COMMIT":
        patch.setattr(SqliteStore, name, die)
    else:
        execute, seen = SqliteStore._execute, []

        def commit(store: SqliteStore, words: str, values: object = ()) -> object:
            done = execute(store, words, values)
            seen.extend([words] * (words == "COMMIT"))
            if len(seen) == int(number):
                die()
            return done

        patch.setattr(SqliteStore, "_execute", commit)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_eight_runs_at_once_deliver_each_new_entry_once():
    publish("a.html", *(f"story {n}" for n in range(12)))
    publish("b.html", *(f"tale {n}" for n in range(12)))
    expected = {f"story {n}" for n in range(12)} | {f"tale {n}" for n in range(12)}
    for _ in range(2):
        runs = [fork("a.html", "b.html", "--new", "--out", f"{n}.json") for n in range(8)]
        assert [wait(one) for one in runs] == [0] * 8
        got = [one for n in range(8) for one in titles(f"{n}.json")]
        assert sorted(got) == sorted(expected)
        publish("a.html", *(f"news {n}" for n in range(4)), *(f"story {n}" for n in range(8)))
        expected = {f"news {n}" for n in range(4)}


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_an_interrupted_run_delivers_what_is_finished_and_the_next_one_the_rest(run, monkeypatch):
    publish("b.html", "three")
    first = threading.Event()

    def parse_then_stop(page: Page, *, source: Source) -> Listing:
        if source.name == "b.html":
            # However busy the machine is, the other one is finished by then.
            first.wait(10)
            time.sleep(0.5)
            os.kill(os.getpid(), signal.SIGINT)
            # Nobody waits for it: the process ends without its threads.
            time.sleep(60)
        listing = parse(page, source=source)
        first.set()
        return listing

    words = ("a.html", "b.html", "--new", "--out", "new.json")
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse_then_stop))
        assert wait(fork(*words)) in (130, 99)
    assert titles() == ["one", "two"]
    assert run(*words)[0] == 0
    assert titles() == ["three"]
