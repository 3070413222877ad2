"""The command line: what it says, where, and what it ends with."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from stand_ins import ParserHere

from scraper import pipeline
from scraper.cli import COMMANDS, main
from scraper.commands.scrape import command
from scraper.errors import ExportError, NoItems, ParseError, PolicyError
from scraper.models import Item, Listing, Page, Source

SCRAPE = [sys.executable, "-m", "scraper"]
PAGE = """<title>News</title><h1>News</h1><ul>
<li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
<li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li>
<li><a href="/c">Bridge closed for repairs until June</a> 28 February 2024</li></ul>"""
OLD = b"the old file\n"
#: What the pages of this module are, when they are not parsed for real.
OUTCOMES = {
    b"bad": ParseError("bad.html", "nothing but noise", advice="save it again"),
    b"bug": ZeroDivisionError("division by zero"),
    b"denied": PolicyError("denied.html", "robots.txt forbids it"),
    b"empty": NoItems("empty.html", "a consent wall", category="consent", advice="accept it"),
}


def parse(page: Page, *, source: Source) -> Listing:
    outcome = OUTCOMES.get(page.body)
    if isinstance(outcome, NoItems):
        return Listing(items=(), no_items=outcome)
    if outcome is not None:
        raise outcome
    titles = page.body.decode("utf-8", "surrogateescape").split("|")
    items = [
        Item(title=title, url=f"https://a.example/{n}", date="2024-03-01", position=n, id=str(n))
        for n, title in enumerate(titles, 1)
    ]
    warnings = ("one date could mean two days",) if b"doubt" in page.body else ()
    return Listing(items=tuple(items), warnings=warnings)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working folder with a page for every way in which a source can end."""
    monkeypatch.chdir(tmp_path)
    for name in ("bad", "bug", "denied", "empty"):
        Path(f"{name}.html").write_text(name)
    Path("one.html").write_text("Bridge reopens")
    Path("two.html").write_text("Tram line approved|Library opens on Sundays")
    Path("old.json").write_bytes(OLD)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Run a command in this process, every page parsed by the module's own ``parse``."""
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


def start(*words: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SCRAPE, *words],
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
    )


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run *line* in bash, where ``$scrape`` is the command."""
    return subprocess.run(
        ["bash", "-c", line],
        env=os.environ | {"scrape": " ".join(SCRAPE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def titles(path: str) -> list[str]:
    return [record["title"] for record in json.loads(Path(path).read_bytes())]


# Where the records go


def test_records_go_to_the_file_and_talk_to_standard_error(run):
    code, out, err = run("one.html", "two.html", "--out", "items.json")
    assert (code, out) == (0, "")
    assert err == "one.html: 1 item\ntwo.html: 2 items\n2 of 2 sources, 3 items → items.json\n"
    assert titles("items.json") == [
        "Bridge reopens",
        "Tram line approved",
        "Library opens on Sundays",
    ]


def test_several_outputs_are_written_in_one_run(run):
    code, out, err = run("one.html", "--out", "items.json", "--out", "items.csv", "--out", "-")
    assert code == 0
    assert err == "1 of 1 source, 1 item → items.json, items.csv, standard output\n"
    assert out == Path("items.json").read_text()
    (row,) = csv.DictReader(Path("items.csv").read_text().splitlines())
    assert row["title"] == "Bridge reopens"


def test_without_an_output_a_pipe_gets_json(run):
    code, out, err = run("one.html")
    assert code == 0
    assert json.loads(out)[0]["title"] == "Bridge reopens"
    assert err == "1 of 1 source, 1 item → standard output\n"


@pytest.mark.parametrize(("words", "cell"), [((), "'=1+1"), (("--raw-csv",), "=1+1")])
def test_formulas_are_inert_in_csv_unless_it_is_raw(run, words, cell):
    Path("one.html").write_text("=1+1")
    _, out, _ = run("one.html", "--out", "-.csv", *words)
    assert out.splitlines()[1].startswith(f"{cell},https://a.example/1,2024-03-01,")


def test_the_address_of_a_saved_page_is_in_its_records(run):
    _, out, _ = run("one.html", "--url", "https://a.example/news")
    assert json.loads(out)[0]["page_url"] == "https://a.example/news"


# What a run ends with


@pytest.mark.parametrize(
    ("pages", "code", "closing"),
    [
        ("one two", 0, "2 of 2 sources, 3 items → old.json"),
        ("one bad", 3, "1 of 2 sources, 1 item → old.json"),
        ("bad bug two", 3, "1 of 3 sources, 2 items → old.json"),
        ("one empty", 3, "1 of 2 sources, 1 item → old.json"),
        ("one denied", 3, "1 of 2 sources, 1 item → old.json"),
        ("bad", 4, "0 of 1 source, 0 items, nothing written"),
        ("bad empty", 4, "0 of 2 sources, 0 items, nothing written"),
        ("bad denied", 4, "0 of 2 sources, 0 items, nothing written"),
        ("empty", 5, "0 of 1 source, 0 items, nothing written"),
        ("denied", 7, "0 of 1 source, 0 items, nothing written"),
        ("bug", 1, "0 of 1 source, 0 items, nothing written"),
    ],
)
def test_the_exit_code_and_the_last_line_tell_what_happened(run, pages, code, closing):
    files = [f"{page}.html" for page in pages.split()]
    ended, _, err = run(*files, "--out", "old.json")
    assert (ended, err.splitlines()[-1]) == (code, closing)
    assert (Path("old.json").read_bytes() == OLD) == closing.endswith("nothing written")


def test_a_failed_source_is_one_line_with_class_and_advice(run):
    _, _, err = run("one.html", "bad.html", "empty.html", "bug.html")
    assert err.splitlines()[1:4] == [
        "error: bad.html: parse: nothing but noise; save it again",
        "error: empty.html: no-items: a consent wall; accept it",
        "error: bug.html: bug: unexpected ZeroDivisionError: division by zero; this is a fault of "
        "the program: report it with the page and --debug",
    ]


def test_an_empty_page_is_a_success_where_that_is_allowed(run):
    code, out, err = run("empty.html", "--allow-empty")
    assert (code, out) == (0, "[]\n")
    assert err == (
        "warning: empty.html: a consent wall; accept it\n1 of 1 source, 0 items → standard output\n"
    )


WALL = "<p>We and our partners use cookies. We need your consent.</p><button>Accept all</button>"
#: A page that lists nothing, what it is, and what can be done.
NOTHING = {
    "challenge": (
        "<title>Just a moment...</title><h1>Checking your browser</h1><p>Please wait.</p>",
        "a page that asks for proof that a person is reading; open it in a browser, save the page",
    ),
    "captcha": (
        '<title>City</title><div class="g-recaptcha"></div><p>Tick the box to go on</p>',
        "a page that asks for proof that a person is reading; open it in a browser, save the page",
    ),
    "blocked": (
        "<title>Access denied</title><h1>Access denied</h1><p>Your address was blocked.</p>",
        "a page that asks for proof that a person is reading; open it in a browser, save the page",
    ),
    "consent": (
        f"<title>Your privacy and cookies</title><h1>We value your privacy</h1>{WALL}",
        "a page that asks for consent first; consent in a browser, save the page",
    ),
    "login": (
        "<title>Sign in</title><h1>Sign in</h1><form><input name=u><input type=password></form>",
        "a page that asks for a password; sign in with a browser, save the page",
    ),
    "app-shell": (
        "<title>News</title><div id=root></div><script src=/app.js></script>",
        "a page without entries, which a script would load; run that with --render, or open it in",
    ),
    "gone": (
        "<title>Page not found</title><h1>404</h1><p>This page does not exist.</p>",
        'an error page ("Page not found"); check the address in a browser',
    ),
    "moved": (
        '<title>News</title><meta http-equiv="refresh" content="0; url=https://b.example/news">',
        "a page that sends readers on to https://b.example/news; name that address",
    ),
    "article": (
        "<meta property=og:type content=article><h1>The crane lifts again</h1><article>"
        + "<p>The harbour office repaired the old crane on the quay, and since Monday it lifts "
        "cargo again as it did for sixty years.</p>" * 9 + "</article>",
        "one article, not a listing; name the page that lists it",
    ),
    "empty": ("<title></title><body></body>", "a page without text; check the address"),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_a_page_that_lists_nothing_is_named_and_never_a_success(kind, capsysbinary):
    page, said = NOTHING[kind]
    Path("nothing.html").write_text(page)
    with pytest.raises(SystemExit) as ended:
        main(["nothing.html", "--url", "https://a.example/news", "--out", "old.json"])
    first, last = capsysbinary.readouterr().err.decode().splitlines()
    assert ended.value.code == 5
    assert first.startswith(f"error: nothing.html: no-items: {said}")
    assert last == "0 of 1 source, 0 items, nothing written"
    assert Path("old.json").read_bytes() == OLD


def test_what_is_allowed_to_be_empty_may_not_fail(run):
    code, _, _ = run("bad.html", "--allow-empty")
    assert code == 4


def test_an_output_that_cannot_be_is_refused_before_any_page_is_read(run):
    code, out, err = run("bug.html", "--out", "none/items.json")
    assert (code, out) == (6, "")
    assert err.startswith("error: none/items.json: export: there is no folder ")
    assert err.count("\n") == 1


def test_one_output_that_fails_costs_no_other(run, monkeypatch):
    def replace(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    code, out, err = run("one.html", "--out", "old.json", "--out", "-")
    assert code == 6
    assert json.loads(out)[0]["title"] == "Bridge reopens"
    assert err == (
        "error: old.json: export: cannot be written: No space left on device\n"
        "1 of 1 source, 1 item → standard output\n"
    )
    assert Path("old.json").read_bytes() == OLD
    assert not list(Path().glob(".scrape*"))


def test_a_bug_outside_of_the_sources_is_one_line_too(run, monkeypatch):
    monkeypatch.setattr("scraper.commands.run.Run", lambda *_, **__: 1 / 0)
    code, _, err = run("one.html")
    assert code == 1
    assert err == (
        "error: scrape: bug: unexpected ZeroDivisionError: division by zero; report it with what "
        "--debug shows\n"
    )


# The report


def test_a_report_tells_of_every_source_and_of_the_exit_code(run):
    code, _, _ = run("one.html", "bad.html", "--out", "items.json", "--report", "run.json")
    report = json.loads(Path("run.json").read_bytes())
    assert code == report["exit_code"] == 3
    assert report["outputs"] == ["items.json"]
    assert [(one["name"], one["status"], one["class"]) for one in report["sources"]] == [
        ("one.html", "ok", None),
        ("bad.html", "failed", "parse"),
    ]
    assert report["sources"][0]["bytes"] == len("Bridge reopens")
    assert report["started"] <= report["finished"]


@pytest.mark.parametrize("page", ["bad", "bug", "denied", "empty"])
def test_a_run_that_fails_has_a_report_too(run, page):
    code, _, _ = run(f"{page}.html", "--report", "run.json")
    report = json.loads(Path("run.json").read_bytes())
    assert (report["exit_code"], report["totals"]["failed"]) == (code, 1)


def test_a_report_that_cannot_be_is_refused_before_any_page_is_read(run):
    code, out, err = run("bug.html", "--report", "none/run.json")
    assert (code, out) == (6, "")
    assert err.startswith("error: none/run.json: export: there is no folder ")


def test_a_report_that_fails_costs_no_records(run, monkeypatch):
    def write(*_: object) -> None:
        raise ExportError("run.json", "cannot be written")

    monkeypatch.setattr("scraper.commands.run.write_report", write)
    code, _, err = run("one.html", "--out", "items.json", "--report", "run.json")
    assert (code, titles("items.json")) == (6, ["Bridge reopens"])
    assert err == (
        "error: run.json: export: cannot be written\n1 of 1 source, 1 item → items.json\n"
    )


# How much is said


def test_quiet_says_nothing_but_errors(run):
    Path("two.html").write_text("doubt")
    assert run("one.html", "two.html", "-q", "--out", "items.json") == (0, "", "")
    _, _, err = run("one.html", "bad.html", "-q", "--out", "items.json")
    assert err == "error: bad.html: parse: nothing but noise; save it again\n"


def test_warnings_name_their_source(run):
    Path("two.html").write_text("doubt")
    _, _, err = run("two.html")
    assert err.splitlines()[0] == "warning: two.html: one date could mean two days"


def test_verbose_says_where_each_source_is_from_and_how_long_it_took(run):
    _, _, err = run("one.html", "-v", "--url", "https://a.example/")
    assert re.match(
        r"one\.html: 1 item, 0\.0 kB of https://a\.example/, \d\.\d\d s\n1 of 1 source, ", err
    )


def test_a_traceback_is_shown_on_demand_only(run):
    assert "Traceback" not in run("bug.html")[2]
    assert "ZeroDivisionError: division by zero\n" in run("bug.html", "--debug")[2]


def test_nothing_that_a_terminal_obeys_is_said(run):
    Path("\x1b]0;evil\x07\udcff.html").write_bytes(b"bug")
    _, _, err = run("\x1b]0;evil\x07\udcff.html", "--debug")
    assert err.startswith("error: �]0;evil��.html: bug: ")
    assert not set("\x1b\x07\x9b").intersection(err)


def test_secrets_of_addresses_are_not_said(run):
    _, _, err = run("https://ann:pw@127.0.0.1:9/?token=s3cret", "--debug", "-v")
    assert "error: https://127.0.0.1:9/?token=: " in err
    assert "s3cret" not in err
    assert "pw" not in err


# Bad use


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ot", "a.json"], "--ot: usage: no such option; did you mean --out?"),
        (["--replya"], "--replya: usage: no such option; did you mean --replay?"),
        (["-x"], "-x: usage: no such option; see: scrape --help"),
        (["--out"], "--out: usage: option '--out' requires an argument"),
        (["one.html", "--out", "items.xml"], "items.xml: usage: no such format; end its name in"),
        (["on.html"], 'on.html: usage: no such file or folder; did you mean "one.html"'),
        (["htps://a.example/"], "htps://a.example/: usage: not an address; addresses begin with"),
        (["nonsense"], "nonsense: usage: no such seed or file; name an address or a saved page"),
        ([], "seeds: usage: no seeds there; name an address or a saved page"),
        (
            ["one.html", "two.html", "--url", "https://a.example/"],
            "--url: usage: names the address of one page, not of 2; name one page",
        ),
        (["one.html", "--url", "a.example"], '--url: usage: not an address: "a.example"'),
        (
            ["--replay", ".", "--record", "kept"],
            "--record: usage: cannot go with --replay; leave one of them out",
        ),
        (
            ["--replay", "one"],
            '--replay: usage: there is no folder "one"; name targets before it: scrape TARGET '
            "--replay",
        ),
        (["-q", "-v"], "--quiet: usage: cannot go with --verbose; leave one of them out"),
        (["one.html", "--raw-csv"], "--raw-csv: usage: no output is CSV; add --out items.csv"),
        (["--since", "soon"], '--since: usage: not a day such as 2024-03-01: "soon"'),
        (["--pages", "0"], "--pages: usage: 0 is not in the range 1<=x<=1000"),
        (["--jobs", "0"], "--jobs: usage: 0 is not in the range 1<=x<=64"),
        (["one.html", "--report", "-"], "--report: usage: goes to a file; name one: --report run"),
        (
            ["one.html", "--out", "a.json", "--report", "./a.json"],
            '--report: usage: "a.json" and "a.json" are the same place',
        ),
        (["--delay", "-1"], "--delay: usage: -1.0 is not in the range 0<=x<=3600"),
        (["--timeout", "soon"], "--timeout: usage: 'soon' is not a valid float"),
        (["--timeout", "0"], "--timeout: usage: 0.0 is not in the range 0<x<=3600"),
        (["--contact", "Jos\u00e9"], "--contact: usage: cannot be sent as a header"),
        (["--user-agent", ""], "--user-agent: usage: cannot be sent as a header"),
        (["--timeout", "nan"], "--timeout: usage: not a number of seconds"),
        (
            ["one.html", "--out", "-", "--out", "-.csv"],
            '--out: usage: "-" and "-.csv" are the same place',
        ),
        (["check", "none"], "none: usage: no fixtures in it; make some: scrape TARGET --record"),
        (["check", "a", "b"], "scrape: usage: got unexpected extra argument (b)"),
        (["check", "--quit"], "--quit: usage: no such option; did you mean --quiet?"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(run, words, said):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {said}")
    assert err.count("\n") == 1
    assert err.endswith("\n")


# Help


def test_the_help_begins_with_what_to_do_and_names_every_option_code_and_command(run):
    code, out, _ = run("--help")
    assert code == 0
    assert out.startswith("Usage: scrape [OPTIONS] [TARGET]...\n\n  Turn pages that list news")
    assert out == run("-h")[1]
    for param in command.params:
        assert param.opts[-1] in out or param.name == "targets"
    for exit_code in (*range(8), 130, 143):
        assert re.search(rf"\b{exit_code}\b", out)
    for other in COMMANDS:
        assert f"scrape {other.name} " in out


def test_no_line_of_the_help_is_wider_than_a_terminal(run):
    assert max(map(len, run("--help")[1].splitlines())) <= 80


@pytest.mark.parametrize("other", [other.name for other in COMMANDS])
def test_every_command_has_help_of_its_own(run, other):
    code, out, _ = run(other, "--help")
    assert code == 0
    assert out.startswith(f"Usage: scrape {other} ")


def test_the_version_is_that_of_the_package(run):
    assert run("--version")[:2] == (0, "scrape 0.1.0\n")


def test_a_page_named_like_a_command_can_be_given_with_its_folder(run):
    Path("check").write_text("Bridge reopens")
    code, out, _ = run("./check")
    assert code == 0
    assert json.loads(out)[0]["title"] == "Bridge reopens"


# Record, replay, check


@pytest.fixture
def kept(place):
    """A page kept as a fixture, as if it had been fetched."""
    folder = place / "kept" / "a.example" / "news"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("Bridge reopens|Tram line approved|Library opens on Sundays")
    (folder / "meta.toml").write_text('url = "https://a.example/news"\nchecked = true\n')
    expect(folder, "Bridge reopens", "Tram line approved", "Library opens on Sundays")
    return folder


def expect(folder: Path, *expected: str) -> None:
    records = [
        {"title": title, "url": f"https://a.example/{n}", "date": "2024-03-01"}
        for n, title in enumerate(expected, 1)
    ]
    (folder / "items.json").write_text(json.dumps(records))


def test_a_replayed_address_is_read_from_its_saved_page(run, kept):
    code, out, _ = run("https://a.example/news", "--replay", "kept")
    assert code == 0
    assert json.loads(out)[0]["page_url"] == "https://a.example/news"


def test_replay_without_a_folder_means_fixtures(run, kept):
    kept.parent.parent.rename("fixtures")
    code, _, _ = run("https://a.example/news", "--replay")
    assert code == 0


def test_a_page_that_is_not_saved_is_not_fetched(run, kept):
    code, _, err = run("https://b.example/", "--replay", "kept")
    assert code == 4
    assert err.startswith("error: https://b.example/: not-saved: ")


def test_what_is_recorded_can_be_replayed_and_waits_for_a_check(run):
    assert run("one.html", "--url", "https://b.example/", "--record", "new")[0] == 0
    assert run("https://b.example/", "--replay", "new")[0] == 0
    code, out, _ = run("check", "new")
    assert code == 4
    assert out == (
        "b.example/front-page: compare items.json with the page, then set checked = true in "
        "meta.toml\n"
    )


def test_check_is_silent_about_what_is_as_expected(run, kept):
    assert run("check", "kept") == (0, "", "1 of 1 fixture as expected\n")
    assert run("check", "kept", "-q") == (0, "", "")


def test_check_tells_differences_by_entry_and_field(run, kept):
    expect(kept, "Bridge reopens", "Tram line refused", "Library opens on Sundays", "One more")
    code, out, err = run("check", "kept")
    assert code == 4
    assert out.splitlines() == [
        'a.example/news: entry 2: title: expected "Tram line refused", found "Tram line approved"',
        'a.example/news: entry 4: expected "One more", not found',
    ]
    assert err == "0 of 1 fixture as expected\n"


def test_check_updates_what_is_expected_and_has_it_compared(run, kept):
    expect(kept, "Bridge reopens", "Tram line refused")
    code, out, err = run("check", "kept", "--update")
    assert code == 0
    assert len(out.splitlines()) == 2
    assert err == (
        "0 of 1 fixture as expected\n1 fixture updated: compare, then set checked = true\n"
    )
    records = json.loads((kept / "items.json").read_text())
    assert [one["title"] for one in records][1:] == [
        "Tram line approved",
        "Library opens on Sundays",
    ]
    unchecked = "a.example/news: compare items.json with the page, then set checked = true in "
    for words in (("check", "kept"), ("check", "kept", "--update")):
        assert run(*words)[:2] == (4, f"{unchecked}meta.toml\n")
    meta = (kept / "meta.toml").read_text()
    (kept / "meta.toml").write_text(meta.replace("checked = false", "checked = true"))
    assert run("check", "kept")[0] == 0


def test_check_updates_nothing_that_cannot_be_read(run, kept):
    (kept / "meta.toml").write_text("url = 7\n")
    before = (kept / "items.json").read_text()
    assert run("check", "kept", "--update")[0] == 4
    assert (kept / "items.json").read_text() == before


def test_check_tells_an_entry_too_many_without_shifting_the_others(run, kept):
    expect(kept, "Bridge reopens", "Tram line approved", "Library opens on Sundays")
    records = json.loads((kept / "items.json").read_text())
    del records[0]
    (kept / "items.json").write_text(json.dumps(records))
    assert run("check", "kept")[1].splitlines() == [
        'a.example/news: entry 1: found "Bridge reopens", not expected'
    ]


def test_check_compares_what_follows_and_why_nothing_is_there(run, kept):
    (kept / "meta.toml").write_text('next_url = "https://a.example/2"\nchecked = true\n')
    assert run("check", "kept")[1].splitlines() == [
        'a.example/news: next_url: expected "https://a.example/2", found null'
    ]
    (kept / "page.html").write_text("empty")
    (kept / "items.json").write_text("[]")
    (kept / "meta.toml").write_text('no_items = "login"\nchecked = true\n')
    assert run("check", "kept")[1].splitlines() == [
        'a.example/news: no_items: expected "login", found "consent"'
    ]


def test_check_goes_on_after_what_fails(run, kept):
    broken = kept.with_name("broken")
    broken.mkdir()
    (broken / "page.html").write_text("bug")
    (broken / "meta.toml").write_text("checked = true\n")
    (broken / "items.json").write_text("[]")
    code, out, err = run("check", "kept")
    assert code == 3
    assert out.startswith("a.example/broken: error: ")
    assert "unexpected ZeroDivisionError" in out
    assert err == "1 of 2 fixtures as expected\n"


# In a process of its own, with pages parsed for real


@pytest.fixture
def page(place):
    Path("page.html").write_text(PAGE)
    return "page.html"


def test_standard_input_is_a_page(page):
    done = shell(f"$scrape - --url https://a.example/news < {page}")
    assert done.returncode == 0
    assert [record["url"] for record in json.loads(done.stdout)] == [
        "https://a.example/a",
        "https://a.example/b",
        "https://a.example/c",
    ]
    assert done.stderr == "1 of 1 source, 3 items → standard output\n"


def test_a_reader_that_leaves_early_is_no_failure():
    entries = [f'<li><a href="/{n}">Entry number {n} of a long list</a></li>' for n in range(900)]
    Path("long.html").write_text(f"<h1>News</h1><ul>{''.join(entries)}</ul>")
    done = shell("$scrape long.html --url https://a.example/ --out - | head -1; echo $PIPESTATUS")
    assert done.stdout == "[\n0\n"
    assert done.stderr == "1 of 1 source, 900 items → standard output\n"


@pytest.mark.parametrize(
    ("redirect", "said"),
    [
        (">&-", "error: standard output: export: it is closed"),
        (
            "> /dev/full",
            "error: standard output: export: cannot be written: No space left on device",
        ),
    ],
)
def test_standard_output_that_takes_nothing_is_one_line(page, redirect, said):
    done = shell(f"$scrape {page} --out - {redirect}")
    assert done.returncode == 6
    assert done.stderr.splitlines()[-2:] == [said, "1 of 1 source, 3 items, nothing written"]


@pytest.mark.parametrize("redirect", ["2>&-", "2> /dev/full", "2> >(exit)"])
def test_talk_that_nobody_hears_costs_no_records(page, redirect):
    done = shell(f"$scrape {page} --out items.json {redirect}")
    assert done.returncode == 0
    assert len(titles("items.json")) == 3


@pytest.mark.parametrize("words", ["--help", "--version"])
def test_help_can_be_piped_into_a_reader_that_leaves(words):
    assert shell(f"$scrape {words} | true; echo $PIPESTATUS").stdout == "0\n"
    assert shell(f"$scrape {words} | true").stderr == ""


@contextlib.contextmanager
def running(*words: str, **options: object) -> Iterator[subprocess.Popen[str]]:
    with start(*words, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_writes_what_was_finished(page, number, code):
    os.mkfifo("slow.html")  # nobody ever writes to it
    with running(page, "slow.html", "--out", "old.json") as process:
        assert "3 entries have no address" in process.stderr.readline()
        assert process.stderr.readline() == "page.html: 3 items\n"
        sent = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=5)
    assert time.monotonic() - sent < 2
    assert process.returncode == code
    assert err == "interrupted: 1 of 2 sources, 3 items → old.json\n"
    assert len(titles("old.json")) == 3
    assert not list(Path().glob(".scrape*"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_that_finished_nothing_leaves_the_old_file(number, code):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with running(address, "--out", "old.json") as process:
            connection, _ = server.accept()
            with connection:  # and never answer
                sent = time.monotonic()
                process.send_signal(number)
                _, err = process.communicate(timeout=5)
    assert time.monotonic() - sent < 2
    assert process.returncode == code
    assert err == "interrupted: 0 of 1 source, 0 items, nothing written\n"
    assert Path("old.json").read_bytes() == OLD


def children(number: int) -> list[int]:
    """Return all processes below one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == number:
                found += [int(folder.name), *children(int(folder.name))]
    return found


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_is_finished_behind_a_source_that_hangs_is_written_and_no_process_stays(page, number):
    os.mkfifo("slow.html")
    Path("other.html").write_text(PAGE)
    words = ["slow.html", page, "other.html", "--out", "old.json", "--report", "run.json"]
    with running(*words) as process:
        deadline = time.monotonic() + 5
        while len(below := children(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.5)
        sent = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=5)
    assert time.monotonic() - sent < 2
    time.sleep(0.1)
    assert len(below) >= 2
    assert not any(map(is_running, below))
    if number == signal.SIGKILL:
        assert Path("old.json").read_bytes() == OLD
        assert not Path("run.json").exists()
    else:
        assert len(titles("old.json")) == 6
        report = json.loads(Path("run.json").read_bytes())
        assert [one["status"] for one in report["sources"]] == ["unfinished", "ok", "ok"]
        assert report["exit_code"] == process.returncode


def unread(pipe) -> int:
    """Return how many bytes in *pipe* nobody has read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_standard_input_that_never_ends_can_be_interrupted():
    with running("-", stdin=subprocess.PIPE) as process:
        process.stdin.write("<h1>News</h1>")
        process.stdin.flush()
        deadline = time.monotonic() + 10
        while unread(process.stdin) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=2)
    assert process.returncode == 130
    assert err == "interrupted: 0 of 1 source, 0 items, nothing written\n"


def test_a_page_with_a_pager_is_followed_and_filtered(place):
    for number, year in ((1, 2024), (2, 2023), (3, 2022)):
        folder = Path(f"kept/a.example/page-{number}")
        folder.mkdir(parents=True)
        pager = f'<div class=pager><a rel=next href="/news?page={number + 1}">Next</a></div>'
        text = PAGE.replace("2024", str(year)).replace('href="/', f'href="/{year}/') + pager
        (folder / "page.html").write_text(text)
        (folder / "meta.toml").write_text(f'url = "https://a.example/news?page={number}"\n')
    words = "$scrape https://a.example/news?page=1 --replay kept --out -.jsonl"
    done = shell(f"{words} --pages 2")
    assert [json.loads(line)["position"] for line in done.stdout.splitlines()] == [1, 2, 3, 4, 5, 6]
    assert "warning: https://a.example/news?page=1: only the first 2 pages were read" in done.stderr
    done = shell(f"{words} --since 2023-03-01")
    assert [json.loads(line)["date"] for line in done.stdout.splitlines()] == [
        *("2024-03-03", "2024-03-01", "2024-02-28", "2023-03-03", "2023-03-01")
    ]
    assert done.stderr == "1 of 1 source, 5 items → standard output\n"
    assert done.returncode == 0


class Server:
    """A web server on loopback that notes when it was asked for what; text is a redirect."""

    def __init__(self, answers: dict[str, bytes | str]) -> None:
        self.asked: list[tuple[float, str]] = []
        self.agents: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append((time.monotonic(), self.path))
                owner.agents.add(self.headers["User-Agent"])
                body = answers.get(self.path, b"")
                if isinstance(body, str):
                    self.send_response(302)
                    self.send_header("Location", body)
                    body = b""
                else:
                    self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_two_pages_of_a_host_are_asked_for_with_a_pause_between():
    with Server({"/a": PAGE.encode(), "/b": PAGE.encode()}) as server:
        words = f"{server.address}/a {server.address}/b --out -.jsonl"
        done = shell(f"$scrape {words} --delay 0.4 --report run.json")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 6
    times = [moment for moment, path in server.asked if path in ("/a", "/b")]
    assert 0.4 <= times[1] - times[0] < 2
    assert json.loads(Path("run.json").read_bytes())["totals"]["tries"] == 2


def test_robots_are_obeyed_unless_told_otherwise():
    answers = {"/a": PAGE.encode(), "/robots.txt": b"User-agent: *\nDisallow: /"}
    with Server(answers) as server:
        done = shell(f"$scrape {server.address}/a --out old.json")
        assert done.returncode == 7
        assert done.stderr.startswith(f"error: {server.address}/a: policy: ")
        assert Path("old.json").read_bytes() == OLD
        assert shell(f"$scrape {server.address}/a --ignore-robots --delay 0").returncode == 0


@pytest.mark.parametrize(
    ("words", "agent"),
    [
        ("", "scraper/0.1.0 (+https://scraper.example/contact)"),
        ("--contact mailto:ann@a.example", "scraper/0.1.0 (+mailto:ann@a.example)"),
        ("--user-agent 'Reader 2'", "Reader 2"),
    ],
)
def test_servers_are_told_who_asks(words, agent):
    with Server({"/a": PAGE.encode()}) as server:
        assert shell(f"$scrape {server.address}/a --delay 0 {words}").returncode == 0
    assert server.agents == {agent}


@pytest.mark.parametrize(("option", "code"), [("", 4), ("--proxy-from-env", 0)])
def test_proxies_of_the_environment_are_used_only_where_asked_for(option, code):
    with Server({"http://no-such.invalid/a": PAGE.encode()}) as proxy:
        words = f"http://no-such.invalid/a --delay 0 {option}"
        done = shell(f"env -u no_proxy http_proxy={proxy.address} $scrape {words}")
    assert done.returncode == code
    assert bool(proxy.asked) == (option != "")


def test_a_next_page_may_not_lead_into_a_private_network():
    page = PAGE + '<div class=pager><a rel=next href="/news?page=2">Next</a></div>'
    with Server({"/a": PAGE.encode()}) as private:
        answers = {"/news": page.encode(), "/news?page=2": f"{private.address}/a"}
        with Server(answers) as server:
            done = shell(f"$scrape {server.address}/news --pages 3 --delay 0 --out -.jsonl")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    assert f"page 2 is missing, with all that follow: {server.address}/news?page=2: policy: " in (
        done.stderr
    )
    assert private.asked == []


def test_a_source_that_never_answers_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        done = shell(f"$scrape {address} --timeout 0.3 --out old.json")
    assert done.returncode == 4
    assert done.stderr.startswith(f"error: {address}: too-slow: ")
    assert Path("old.json").read_bytes() == OLD


def on_terminal(*words: str) -> str:
    """Return what a run shows on a terminal, on both streams."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    with start(*words, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # which is how a terminal ends
            while piece := os.read(ours, 4096):
                shown += piece
    os.close(ours)
    return shown.decode()


def test_on_a_terminal_the_records_are_a_table_and_progress_is_a_bar(page):
    shown = on_terminal(page, "--url", "https://a.example/news")
    assert re.search(r"2024-03-03 +Council approves the new tram line +https://a\.example/a", shown)
    assert "1/1" in shown
    assert shown.endswith("1 of 1 source, 3 items\r\n")


def test_on_a_terminal_several_sources_end_in_a_table(page):
    Path("other.html").write_text("<title>Page not found</title>")
    shown = on_terminal(page, "other.html", "--out", "items.json")
    shown = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert re.search(r"source +outcome +items +pages +s *\r\n", shown)
    assert re.search(r"page\.html +ok, with warnings +3 +1 +\d\.\d", shown)
    assert re.search(r"other\.html +no-items \(error-page\) +0 +1 +\d\.\d", shown)
    assert shown.endswith("1 of 2 sources, 3 items → items.json\r\n")
    assert "outcome" not in on_terminal(page, "other.html", "--out", "items.json", "-q")


@pytest.mark.parametrize("words", [["--no-progress"], ["-q"]])
def test_there_is_no_bar_where_none_is_wanted(page, words):
    assert "1/1" not in on_terminal(page, "--out", "items.json", *words)


def test_a_page_cannot_drive_the_terminal():
    Path("evil.html").write_text(PAGE.replace("Council", "\x1b]0;evil\x07 \x9b31m Council"))
    shown = on_terminal("evil.html", "--url", "https://a.example/news")
    assert "Council" in shown
    assert "\x1b]0;evil" not in shown
    assert "\x9b" not in shown
