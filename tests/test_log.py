"""``scrape log``: how the runs went."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.cli import main
from scraper.state import Memo, SqliteStore

AT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
MEMOS = [
    [
        Memo(at=AT, source="news", outcome="ok", items=10, new=10),
        Memo(at=AT, source="b", outcome="status"),
    ],
    [Memo(at=AT, source="news", outcome="ok", items=10, new=2, changed=3, moved=1, removed=4)],
    [
        Memo(at=AT, source="news\x1b[31m", outcome="held", items=10, new=9),
        Memo(at=AT, source="c", outcome="ok", items=5, new=5),
    ],
]


NUMBERS = ["items", "new", "changed", "moved", "removed"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    Path("output").mkdir()
    store = SqliteStore(Path("output/state.db"))
    store.check()
    for memos in MEMOS:
        with store.exclusive(), store.transaction():
            number = store.begin_run()
            store.keep_memos(memos)
            if number < 3:
                store.end_run()


@pytest.fixture
def run(capsysbinary):
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["log", *words])
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


def test_a_table_tells_each_source_of_each_run(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()] == [
        ["run", "at", "(UTC)", "source", "outcome", *NUMBERS],
        ["1", "2024-03-01", "09:30:00", "news", "ok", "10", "10", "0", "0", "0"],
        ["1", "2024-03-01", "09:30:00", "b", "status", "0", "0", "0", "0", "0"],
        ["2", "2024-03-01", "09:30:00", "news", "ok", "10", "2", "3", "1", "4"],
        ["3", "2024-03-01", "09:30:00", "news\ufffd[31m", "held", "10", "9", "0", "0", "0"],
        ["3", "2024-03-01", "09:30:00", "c", "not", "delivered", "5", "5", "0", "0", "0"],
    ]


def test_a_narrow_terminal_leaves_the_times_whole(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    out = run()[1]
    assert out.count("2024-03-01 09:30:00") == sum(map(len, MEMOS))
    assert "delivered" in out


def test_one_source_can_be_asked_for(run):
    code, out, _ = run("b", "--json")
    (memo,) = json.loads(out)
    assert code == 0
    assert memo == {
        "run": 1,
        "at": "2024-03-01T09:30:00Z",
        "source": "b",
        "outcome": "status",
        "items": 0,
        "new": 0,
        "changed": 0,
        "moved": 0,
        "removed": 0,
        "not_modified": False,
        "delivered": True,
    }


def test_a_source_without_runs_is_named_with_those_that_have_some(run):
    code, out, err = run("d")
    assert (code, out) == (2, "")
    assert err.startswith("error: d: usage: no run of it in output/state.db; there are: b, c, news")


def test_a_state_that_is_not_there_is_not_made(run):
    code, out, err = run("--state", "none.db")
    assert (code, out) == (6, "")
    assert err == "error: none.db: state: there is no state; make one: scrape --new\n"
    assert not Path("none.db").exists()


def test_a_damaged_state_is_told(run):
    Path("output/state.db").write_bytes(b"noise" * 1000)
    code, _, err = run()
    assert code == 6
    assert "the state is damaged" in err
