"""Runs that remember ask servers only for what has changed, and lose nothing by it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from faults import FaultServer
from faults.server import Answer, Connection, Request, answer
from stand_ins import ParserHere

from scraper import pipeline
from scraper.cli import main
from scraper.errors import ExportError
from scraper.exporters import Output
from scraper.fetchers.conditional import conditions, read_validators
from scraper.fetchers.web_address import read_address
from scraper.models import Item, Known, Listing, Page, Source
from scraper.state import SqliteStore, validators

SEED = 'name = "news"\nurl = "{}"\n'


def parse(page: Page, *, source: Source) -> Listing:
    """Read a page of entries, a line each; ``next`` leads on, ``cut`` is what was cut off."""
    lines = page.body.decode().splitlines()
    items = tuple(
        Item(title=title, url=f"https://a.example/{title.replace(' ', '-')}", position=n, id=title)
        for n, title in enumerate(
            [one for one in lines if one[:4] not in ("next", "cut", "warn")], 1
        )
    )
    following = next((one[5:] for one in lines if one.startswith("next")), None)
    warnings = tuple(one for one in lines if one.startswith("warn"))
    return Listing(items=items, next_url=following, warnings=warnings, complete="cut" not in lines)


class Site:
    """A page with an ETag of its bytes, and what it was asked."""

    def __init__(self, body: str, **headers: str) -> None:
        self.body = body
        self.headers = headers
        self.asked: list[dict[str, str | None]] = []
        self.sent: list[int] = []

    @property
    def etag(self) -> str:
        return f'"{self.body.encode().hex()}"'

    def __call__(self, connection: Connection, request: Request) -> None:
        names = ("if-none-match", "if-modified-since")
        self.asked.append({name: request.headers.get(name) for name in names})
        headers = {"ETag": self.etag} | self.headers
        same = request.headers.get("if-none-match") == headers["ETag"]
        self.sent.append(304 if same else 200)
        if same:
            not_modified(headers)(connection, request)
        else:
            answer(self.body.encode(), headers=headers)(connection, request)


def not_modified(headers: dict[str, str], body: bytes = b"") -> Answer:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def send(connection: Connection, _: Request) -> None:
        connection.end()
        connection.send(f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode() + body)
        connection.again = True

    return send


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    Path("seeds").mkdir()
    return tmp_path


@pytest.fixture
def site() -> Site:
    return Site("one\ntwo")


@pytest.fixture
def server(site) -> Iterator[FaultServer]:
    with FaultServer({"/list": site}) as running:
        Path("seeds/news.toml").write_text(SEED.format(f"{running.url}/list"))
        yield running


@pytest.fixture
def run(capsysbinary):
    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--delay", "0", "--state", "s.db", *words])
        _, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), err.decode()

    return run


def titles(path: str = "new.json") -> list[str]:
    return [record["title"] for record in json.loads(Path(path).read_text())]


NEW = ("--new", "--out", "new.json")
ALL = ("--out", "all.json")


# What is asked and what comes of it


def test_a_page_that_has_not_changed_is_not_sent_again(run, site, server):
    run(*NEW)
    code, err = run(*NEW, "--report", "run.json")
    assert (code, err) == (0, "1 of 1 source, 2 items (0 new) → new.json\n")
    assert site.asked == [
        {"if-none-match": None, "if-modified-since": None},
        {"if-none-match": site.etag, "if-modified-since": None},
    ]
    assert (site.sent, titles()) == ([200, 304], [])
    (source,) = json.loads(Path("run.json").read_bytes())["sources"]
    assert (source["status"], source["not_modified"], source["complete"]) == ("ok", True, True)
    assert (source["items"], source["new"], source["bytes"]) == (2, 0, 0)


def test_what_is_new_comes_when_the_page_has_changed(run, site, server):
    run(*NEW)
    run(*NEW)
    site.body = "three\none\ntwo"
    run(*NEW)
    assert (site.sent, titles()) == ([200, 304, 200], ["three"])
    run(*NEW)
    assert (site.sent[-1], titles()) == (304, [])


def test_all_entries_are_written_to_the_byte_as_they_were(run, site, server):
    site.body = "one\ntwo\nwarn of a date"
    run(*ALL)
    first = Path("all.json").read_bytes()
    Path("all.json").unlink()
    code, err = run(*ALL, "--changes", "c.jsonl", "-v")
    assert site.sent == [200, 304]
    assert (code, Path("all.json").read_bytes()) == (0, first)
    assert "warning: news: warn of a date" in err
    assert "news: 2 items, not modified, 0.0 kB of http://127.0.0.1" in err
    assert Path("c.jsonl").read_text() == ""


def test_the_log_tells_of_it(run, server, capsysbinary, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    run(*NEW)
    run(*NEW)
    with pytest.raises(SystemExit):
        main(["log", "--state", "s.db"])
    told = capsysbinary.readouterr()[0].decode().splitlines()
    assert [line.split()[4:-5] for line in told[1:]] == [["ok"], ["not", "modified"]]
    with pytest.raises(SystemExit):
        main(["log", "--state", "s.db", "--json"])
    runs = json.loads(capsysbinary.readouterr()[0])
    assert [one["not_modified"] for one in runs] == [False, True]
    assert [one["items"] for one in runs] == [2, 2]


def test_a_time_of_change_will_do_where_it_is_past(run, site, server):
    past = "Tue, 05 Mar 2024 10:00:00 GMT"
    site.headers = {"ETag": "none", "Last-Modified": past, "Date": "Tue, 05 Mar 2024 11:00:00 GMT"}
    run(*NEW)
    run(*NEW)
    assert site.asked[1] == {"if-none-match": None, "if-modified-since": past}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"etag": '"a"'}, ('"a"', None)),
        ({"etag": ' W/"a" '}, ('W/"a"', None)),
        ({"etag": "a"}, (None, None)),
        ({"etag": '"a\r\nCookie: b"'}, (None, None)),
        ({"etag": '"é"'}, (None, None)),
        ({"etag": '"' + "a" * 600 + '"'}, (None, None)),
        ({"etag": ""}, (None, None)),
        ({"last-modified": "Tue, 05 Mar 2024 10:00:00 GMT"}, (None, None)),
        ({"last-modified": "yesterday", "date": "Tue, 05 Mar 2024 10:00:00 GMT"}, (None, None)),
        ({"last-modified": "Tue, 99 Mar 2024 10:00:00 GMT", "date": "now"}, (None, None)),
    ],
)
def test_only_validators_that_prove_something_are_kept(headers, expected):
    assert read_validators(Page(url=None, body=b"", headers=headers)) == expected


@pytest.mark.parametrize(("seconds", "proves"), [(0, False), (59, False), (60, True)])
def test_what_changed_just_now_may_change_again_in_the_same_second(seconds, proves):
    noon = datetime(2024, 3, 5, 12, tzinfo=UTC)
    modified = format_datetime(noon - timedelta(seconds=seconds), usegmt=True)
    headers = {"last-modified": modified, "date": format_datetime(noon, usegmt=True)}
    assert read_validators(Page(url=None, body=b"", headers=headers))[1] == (
        modified if proves else None
    )


# What is not asked


UNASKED = {
    "without a state": ["--new", "--state", "other.db"],
    "since a day": ["--since", "2020-01-01"],
    "recorded": ["--record", "kept"],
}


@pytest.mark.parametrize("more", UNASKED.values(), ids=UNASKED)
def test_the_whole_page_is_asked_for(more, run, site, server):
    run(*NEW)
    run(*NEW, *more)
    assert site.sent == [200, 200]
    assert not Path("kept").exists() or next(Path("kept").rglob("page.html")).read_bytes()


def test_after_a_run_that_read_in_part_the_whole_page_is_asked_for(run, site, server):
    run(*NEW)
    run(*NEW, "--since", "2020-01-01")
    run(*NEW)
    assert site.sent == [200, 200, 200]


def test_a_page_that_was_cut_off_is_asked_for_again(run, site, server):
    site.body = "one\ncut"
    run(*NEW)
    run(*NEW)
    assert site.sent == [200, 200]


def test_a_page_that_lists_nothing_is_asked_for_again(run, site, server):
    site.body = ""
    run(*NEW, "--allow-empty")
    run(*NEW, "--allow-empty")
    assert site.sent == [200, 200]


def test_a_source_that_was_held_is_asked_for_again(run, site, server):
    site.body = "\n".join(f"story {n}" for n in range(6))
    run(*NEW)
    site.body = "\n".join(f"tale {n}" for n in range(6))
    assert run(*NEW)[0] == 4
    assert run(*NEW)[0] == 4
    assert run(*NEW, "--accept")[0] == 0
    assert site.sent == [200, 200, 200, 200]
    assert len(titles()) == 6
    assert run(*NEW)[0] == 0
    assert site.sent[-1] == 304


def test_another_address_of_a_seed_is_asked_for_in_full(run, site, server):
    other = Site("three")
    # The same tag, which means another page there.
    other.headers = {"ETag": site.etag}
    server.paths["/other"] = other
    run(*NEW)
    Path("seeds/news.toml").write_text(SEED.format(f"{server.url}/other"))
    run(*NEW)
    assert (other.asked[0]["if-none-match"], titles()) == (None, ["three"])


@pytest.mark.parametrize(
    "more",
    ['language = "de"\n', '[fields]\nentry = "li"\n', 'exclude = "aside"\n'],
    ids=["language", "selectors", "hints"],
)
def test_a_seed_that_is_read_otherwise_is_asked_for_in_full(more, run, site, server):
    run(*NEW)
    with Path("seeds/news.toml").open("a") as seed:
        seed.write(more)
    run(*NEW)
    assert site.sent == [200, 200]


def test_another_version_of_this_program_reads_the_page_anew(run, site, server, monkeypatch):
    run(*NEW)
    monkeypatch.setattr(validators, "version", lambda _: "9.9")
    run(*NEW)
    assert site.sent == [200, 200]


def test_once_a_week_the_whole_page_is_asked_for(run, site, server, monkeypatch):
    run(*NEW)
    monkeypatch.setattr(validators, "_OLDEST", timedelta(seconds=-1))
    run(*NEW)
    assert site.sent == [200, 200]


def test_an_address_with_a_secret_is_never_remembered_in_this_way(run, site, server):
    server.paths["/list?token=s3cret"] = site
    Path("seeds/news.toml").write_text(SEED.format(f"{server.url}/list?token=s3cret"))
    run(*NEW)
    run(*NEW)
    assert site.sent == [200, 200]
    assert b"s3cret" not in Path("s.db").read_bytes()


def test_entries_that_the_state_cannot_give_again_are_asked_for(run, site, server):
    """Two lines of one page that are one entry are kept once, and so cannot be written twice."""
    site.body = "one\none\ntwo"
    run(*ALL)
    first = titles("all.json")
    run(*ALL)
    assert site.sent == [200, 200]
    assert titles("all.json") == first == ["one", "one", "two"]


def test_a_state_that_was_changed_by_hand_is_not_relied_on(run, site, server):
    run(*ALL)
    with closing(sqlite3.connect("s.db")) as connection:
        connection.execute("UPDATE entries SET rank = 3 - rank")
        connection.commit()
    run(*ALL)
    assert (site.sent, titles("all.json")) == ([200, 200], ["one", "two"])


# Redirects


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://city.example/news?page=1", True),
        ("https://ann:pw@CITY.example:443/news?page=1", True),
        ("http://city.example/news?page=1", False),
        ("https://city.example:8443/news?page=1", False),
        ("https://www.city.example/news?page=1", False),
        ("https://city.example/news", False),
        ("https://city.example/news?page=2", False),
        ("https://city.example/news?page=1#top", False),
    ],
)
def test_validators_are_for_one_address_of_one_origin(url, asked):
    known = Known(url="https://city.example/news?page=1", etag='"7"', listing=Listing(items=()))
    headers = conditions(known, read_address(url, subject="news"))
    assert headers == ({"If-None-Match": '"7"'} if asked else {})


def redirect(to: str) -> Answer:
    return answer(status=302, headers={"Location": to})


def test_only_the_address_that_answered_is_asked_with_its_validators(run, site, server):
    server.paths |= {"/list": redirect("/there"), "/there": site}
    run(*NEW)
    run(*NEW)
    assert site.sent == [200, 304]
    assert "if-none-match" not in server.asked("/list")[1].headers


def test_validators_go_to_no_other_origin(run, site, server):
    with FaultServer({"/list": Site("three")}) as other:
        twin = other.paths["/list"]
        twin.headers = {"ETag": site.etag}
        # What a seed names may be on this machine, and what it leads to may be there as well.
        run(*NEW)
        server.paths["/list"] = redirect(f"http://127.0.0.1:{other.port}/list")
        code, err = run(*NEW)
        assert twin.asked == [] or twin.asked[0]["if-none-match"] is None
        assert code == 7, err
        assert titles() == ["one", "two"]


# Several pages


def test_a_first_page_with_followers_is_asked_for_in_full(run, site, server):
    site.body = f"one\nnext {server.url}/more"
    more = server.paths["/more"] = Site("two")
    run(*ALL, "--pages", "3")
    more.body = "three"
    run(*ALL, "--pages", "3")
    assert (site.sent, more.sent) == ([200, 200], [200, 200])
    assert titles("all.json") == ["one", "three"]


def test_one_page_of_many_stands_for_itself_where_one_is_asked_for(run, site, server):
    site.body = f"one\nnext {server.url}/more"
    server.paths["/more"] = Site("two")
    run(*ALL)
    run(*ALL)
    assert site.sent == [200, 304]
    run(*ALL, "--pages", "2")
    assert (site.sent[-1], titles("all.json")) == (200, ["one", "two"])
    run(*ALL)
    assert (site.sent[-1], titles("all.json")) == (200, ["one"])


def test_a_listing_of_one_page_stands_for_all_of_it(run, site, server):
    run(*ALL, "--pages", "3")
    run(*ALL, "--pages", "3")
    run(*ALL)
    assert site.sent == [200, 304, 304]


# Servers that lie


def test_a_304_that_nobody_asked_for_is_an_error(run, server):
    server.paths["/list"] = not_modified({})
    code, err = run(*NEW)
    assert code == 4
    assert err.splitlines()[1] == (
        "error: news: status: the server answered 304 Not Modified; nobody asked whether it was: "
        "try again, or without the cache in between"
    )


def test_a_304_with_a_body_costs_the_next_request_nothing(run, site, server):
    Path("seeds/b.toml").write_text(f'name = "b"\nurl = "{server.url}/b"\n')
    server.paths["/b"] = Site("else")
    run(*NEW)
    stray = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    server.paths["/list"] = not_modified({"ETag": site.etag, "Content-Length": "5"}, stray)
    server.paths["/b"].body = "more\nelse"
    assert run("news", "b", *NEW, "--jobs", "1")[0] == 0
    assert titles() == ["more"]


# Runs that end in between


def fork(*words: str) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        main(["--delay", "0", "--state", "s.db", *words])
    finally:
        os._exit(99)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("step", ["keep_note", "pending", "write", "deliver"])
def test_entries_of_a_run_that_was_killed_come_although_the_page_is_the_same(
    step, run, site, server, monkeypatch
):
    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    run(*NEW)
    site.body = "three\none\ntwo"
    with monkeypatch.context() as patch:
        patch.setattr(Output if step == "write" else SqliteStore, step, die)
        assert fork(*NEW) == -signal.SIGKILL
    run(*NEW)
    assert titles() == ["three"]
    # Before the transaction ended, nothing of it counts: neither the entry nor the tag.
    assert site.sent == [200, 200, 200 if step in ("keep_note", "pending") else 304]
    run(*NEW)
    assert (site.sent[-1], titles()) == (304, [])


def test_an_output_that_failed_is_written_although_the_page_is_the_same(
    run, site, server, monkeypatch
):
    def fail(*_: object) -> None:
        raise ExportError("new.json", "cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "write", fail)
        assert run(*NEW)[0] == 6
    assert run(*NEW)[0] == 0
    assert (site.sent, titles()) == ([200, 304], ["one", "two"])


# States of an older version


def test_a_state_without_validators_is_brought_up(run, site, server):
    run(*NEW)
    with closing(sqlite3.connect("s.db")) as connection:
        connection.executescript("DROP TABLE notes; PRAGMA user_version = 1;")
    assert run(*NEW) == (0, "1 of 1 source, 2 items (0 new) → new.json\n")
    run(*NEW)
    assert site.sent == [200, 200, 304]
