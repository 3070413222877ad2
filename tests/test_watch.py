"""``scrape watch``: run after run, each new entry once, and an end when one is wanted."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from faults import FaultServer
from faults.receiver import Answered, Receiver
from faults.server import answer
from runs import PAGE, parse, publish, started
from stand_ins import ParserHere

from scraper import pipeline
from scraper.cli import main
from scraper.commands import watch
from scraper.commands.options import RunOptions
from scraper.commands.watch import Timetable, read_duration
from scraper.errors import SeedError
from scraper.messages import SECRET

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "
#: As fast as can be, of pages that are files.
FAST = ("--every", "0.001s", "--delay", "0")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    publish("a.html", "one")
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Run a command in this process; *before* is told the number of each run as it begins."""

    def run(*words: str, before: Callable[[int], object] = int) -> tuple[int, str, str]:
        numbers = count(1)

        def begin(options: RunOptions) -> int:
            before(next(numbers))
            return ran(options)

        monkeypatch.setattr(watch, "run", begin)
        with pytest.raises(SystemExit) as ended:
            main(("watch", *words))
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    ran = watch.run
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    return run


def add(number: int) -> None:
    """Publish an entry more for each run but every third."""
    publish("a.html", *(f"story {n}" for n in range(number, 0, -1) if n % 3))


def titles(*paths: Path) -> list[str]:
    return [record["title"] for path in paths for record in json.loads(path.read_text())]


# What each run gives


def test_each_run_writes_what_is_new_and_tells_when_it_was(run):
    code, out, err = run("a.html", *FAST, "--times", "4", "--out", "new-{time}.json", before=add)
    assert (code, out) == (0, "")
    first, *lines = err.splitlines()
    assert first == "output/state.db: no state there, so all entries are new"
    lines = [line for line in lines if "skipped" not in line]
    assert all(re.match(STAMP, line) for line in lines)
    told = [re.sub(STAMP, "", line).partition(", ")[2].partition(" → ")[0] for line in lines]
    assert told == [
        "1 item (1 new)",
        "2 items (1 new)",
        "2 items (0 new), nothing written",
        "3 items (1 new)",
    ]
    paths = list(Path().glob("new-*.json"))
    assert len(paths) == 3
    assert sorted(titles(*paths)) == ["story 1", "story 2", "story 4"]


def test_without_an_output_a_pipe_gets_a_line_for_each_new_entry(run):
    code, out, _ = run("a.html", *FAST, "--times", "4", before=add)
    assert code == 0
    assert [json.loads(line)["title"] for line in out.splitlines()] == [
        "story 1",
        "story 2",
        "story 4",
    ]


def test_a_table_grows(run):
    run("a.html", *FAST, "--times", "4", "--out", "news.sqlite", before=add)
    with sqlite3.connect("news.sqlite") as database:
        rows = database.execute("SELECT title FROM items ORDER BY title").fetchall()
    database.close()
    assert rows == [("story 1",), ("story 2",), ("story 4",)]


def test_a_server_gets_them(run, monkeypatch):
    monkeypatch.setenv(SECRET, "c2VjcmV0" * 4)
    with Receiver(Answered(), Answered(400)) as receiver:
        words = ("a.html", *FAST, "--times", "3", "--webhook", receiver.url)
        code, out, err = run(*words, before=add)
    assert (code, out) == (0, "")
    assert err.count("error: webhook 127.0.0.1:") == 1
    assert [one.titles for one in receiver.posted] == [["story 1"], ["story 2"], ["story 2"]]
    assert len({one.headers["webhook-id"] for one in receiver.posted}) == 2


def test_changes_have_a_file_each(run):
    run("a.html", *FAST, "--times", "4", "--changes", "c-{time}.jsonl", before=add)
    lines = [line for path in Path().glob("c-*") for line in path.read_text().splitlines()]
    rows = list(map(json.loads, lines))
    assert sorted(row["title"] for row in rows) == ["story 1", "story 2", "story 4"]


def test_quiet_says_nothing_but_errors(run):
    code, _, err = run("a.html", *FAST, "--times", "2", "--quiet")
    assert (code, err) == (0, "")


def test_a_host_is_asked_for_its_robots_txt_once(run):
    with FaultServer({"/news": answer(b"one")}) as server:
        assert run(f"{server.url}/news", *FAST, "--times", "3")[0] == 0
    assert (server.hits("/news"), server.hits("/robots.txt")) == (3, 1)


# Runs that fail, and runs that are late


def test_a_run_that_fails_does_not_end_the_watch(run):
    def break_second(number: int) -> None:
        publish("a.html", *(["bad"] if number == 2 else [f"story {number}"]))

    code, out, err = run("a.html", *FAST, "--times", "3", before=break_second)
    assert code == 0
    assert [json.loads(line)["title"] for line in out.splitlines()] == ["story 1", "story 3"]
    assert err.count("error: a.html: fetch: cannot be read\n") == 1


def test_the_code_is_that_of_the_last_run(run):
    def break_last(number: int) -> None:
        publish("a.html", *(["bad"] if number == 2 else ["one"]))

    assert run("a.html", *FAST, "--times", "2", before=break_last)[0] == 4


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (SeedError("seeds/a.toml:1", "no url"), 2, "error: seeds/a.toml:1: seed: no url\n"),
        (ZeroDivisionError("by zero"), 1, "error: watch: bug: unexpected ZeroDivisionError: by z"),
    ],
)
def test_what_keeps_a_later_run_from_beginning_does_not_end_the_watch(run, fault, code, said):
    def fail_later(number: int) -> None:
        if number > 1:
            raise fault

    ended, _, err = run("a.html", *FAST, "--times", "3", before=fail_later)
    assert ended == code
    assert err.count(said) == 2


def test_a_command_that_is_wrong_ends_at_once(run):
    code, _, err = run("nowhere", *FAST)
    assert (code, err.count("\n")) == (2, 1)
    code, _, err = run("a.html", *FAST, "--out", "none/new-{time}.json")
    assert code == 6
    assert err.startswith("error: none/new-{time}.json: export: there is no folder ")


def test_runs_that_were_due_meanwhile_are_skipped_in_one_line(run, monkeypatch):
    answers = iter([(0.0, 0), (0.0, 1), (0.0, 12)])
    monkeypatch.setattr(Timetable, "next", lambda _: next(answers))
    _, _, err = run("a.html", *FAST, "--times", "4")
    assert re.findall(rf"^{STAMP}(.* skipped.*)$", err, re.MULTILINE) == [
        "1 run skipped: the last one was still at work when it was due",
        "12 runs skipped: the last one was still at work when they were due",
    ]


@pytest.mark.parametrize(
    ("took", "expected"),
    [
        ([1, 1], [(9, 0), (9, 0)]),
        ([9.5, 0], [(0.5, 0), (10, 0)]),
        ([10, 1], [(10, 1), (9, 0)]),
        ([25, 3], [(5, 2), (7, 0)]),
        ([1_000_000, 0], [(10, 100_000), (10, 0)]),
    ],
)
def test_runs_begin_at_moments_that_do_not_move(took, expected):
    now = 100.0
    timetable = Timetable(10, monotonic=lambda: now)
    seen = []
    for seconds in took:
        now += seconds
        wait_s, skipped = timetable.next()
        seen.append((wait_s, skipped))
        now += wait_s
    assert seen == expected


def test_jitter_comes_on_top_and_a_host_has_its_pause(run, monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(Timetable, "next", lambda _: (3.0, 0))
    monkeypatch.setattr(watch.random, "uniform", lambda low, high: high)
    monkeypatch.setattr(watch, "_wait", lambda seconds, _: waits.append(seconds))
    run("a.html", "--every", "1m", "--jitter", "10s", "--times", "2")
    run("a.html", "--every", "1m", "--delay", "45", "--times", "2")
    run("a.html", "--every", "1m", "--times", "2")
    assert waits == [13.0, 45.0, 3.0]


def test_what_is_accepted_is_what_is_there_at_first(monkeypatch):
    accepted: list[object] = []
    monkeypatch.setattr(watch, "run", lambda options: accepted.append(options.accept) or 0)
    with pytest.raises(SystemExit):
        main(("watch", "a.html", *FAST, "--times", "3", "--accept"))
    assert accepted == [True, False, False]


# What is said and refused


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("2h", 7_200), ("1d", 86_400), ("1.5h", 5_400), (" 5 M ", 300)],
)
def test_durations_that_are_read(text, seconds):
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "15", "m", "-5m", "1w", "1e3s", "1h30m", "٣m", "nan s", "5ms"]
)
def test_durations_that_are_none(text):
    with pytest.raises(ValueError, match="not a time"):
        read_duration(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "15"), '--every: usage: not a time such as 30s, 15m, 2h or 1d: "15"'),
        (("--every", "0s", "--delay", "0"), "--every: usage: shorter than --delay; leave the "),
        (("--every", "0.5s"), "--every: usage: shorter than --delay; "),
        (("--jitter", "1h"), "--jitter: usage: longer than --every; "),
        (("--times", "0"), "--times: usage: 0 is not in the range x>=1"),
        (("--evry", "1h"), "--evry: usage: no such option; did you mean --every?"),
        (("-",), "-: usage: standard input can be read once; "),
        (
            ("--out", "x/news.json"),
            "x/news.json: usage: each run would replace what the last one wrote; have a file each, "
            "x/news-{time}.json, or a table that grows, x/news.sqlite",
        ),
        (("--out", "news.feed.json"), "news.feed.json: usage: each run would replace what the "),
        (("--out", "-"), "-: usage: no format to be written run by run; write -.jsonl, "),
        (("--out", "-.csv"), "-.csv: usage: no format to be written run by run; "),
        (("--changes", "c.csv"), "--changes: usage: each run would replace what the last one "),
        (("--out", "a.json", "--out", "./a.json"), "--out: usage: "),
    ],
)
def test_what_cannot_be_done_again_and_again_is_refused(run, words, said):
    code, out, err = run("a.html", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {said}")
    assert not Path("output").exists()


def test_it_has_all_options_of_the_main_command():
    mine = {param.name for param in watch.command.params}
    theirs = {param.name for param in watch.scrape.params}
    assert theirs - mine == {"version"}
    assert mine - theirs == {"every", "jitter", "times"}


def test_new_may_be_said(run):
    assert run("a.html", *FAST, "--times", "1", "--new")[0] == 0


def test_no_line_of_its_help_is_wider_than_a_terminal(run):
    assert max(map(len, run("--help")[1].splitlines())) <= 80


# The end


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_between_two_runs_it_ends_at_once(number, code):
    Path("page.html").write_text(PAGE)
    with started("watch", "page.html", "--every", "1h", "--out", "new-{time}.json") as process:
        assert any("2 items (2 new)" in line for line in process.stderr)
        # It may still be on its way to bed.
        time.sleep(0.1)
        sent = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert (process.returncode, out, err) == (code, "", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_in_the_midst_of_a_run_it_ends_with_what_is_finished(number, code):
    Path("page.html").write_text(PAGE)
    os.mkfifo("slow.html")  # nobody ever writes to it
    words = ("page.html", "slow.html", "--every", "1h", "--out", "new-{time}.json")
    with started("watch", *words) as process:
        assert any(line == "page.html: 2 items\n" for line in process.stderr)
        sent = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == code
    (path,) = Path().glob("new-*.json")
    said = rf"{STAMP}interrupted: 1 of 2 sources, 2 items \(2 new\) → {path}\n"
    assert re.fullmatch(said, err)
    assert len(titles(path)) == 2


def test_it_ends_when_nobody_reads_any_more():
    Path("page.html").write_text(PAGE)
    with started("watch", "page.html", "--every", "1h") as process:
        assert json.loads(process.stdout.readline())["title"].startswith("Council")
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(10) == 0
    assert err.count("\n") <= 4


def test_a_reader_that_left_before_the_first_entry_ends_it_as_well(run):
    Path("page.html").write_text(PAGE)
    reading, writing = os.pipe()
    os.close(reading)
    with started("watch", "page.html", "--every", "1h", stdout=writing) as process:
        os.close(writing)
        process.stderr.read()
        assert process.wait(10) == 0


def test_standard_output_that_is_closed_is_an_error_each_time(run):
    Path("page.html").write_text(PAGE)
    line = f"{sys.executable} -m scraper watch page.html --times 2 --every 1s >&-"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert done.stderr.count("error: standard output: export: it is closed") == 2
