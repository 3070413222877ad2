"""What half broke is held at the command line, with its pages for people to compare."""

from __future__ import annotations

import json
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.fetchers import ReplayFetcher
from scraper.fixtures import load_fixture
from scraper.models import ArchivePlace, Page, Result, Source
from scraper.state import evidence
from scraper.state.evidence import evidence_folder, pack_page

ENTRY = """<li><h3><a href="/news/{0}">Council decides on the {1}</a></h3>
<time datetime="2024-03-{0:02}">{0} March 2024</time>
<p>After a long debate the council has voted on the {1}, which is to be built soon.</p></li>"""
WHAT = "bridge tram pool market library school harbour stadium theatre museum park canal".split()  # noqa: SIM905
META = 'url = "https://city.example/news?token="\nfetched_at = 2024-03-20T10:00:00Z\n'


def publish(count: int = 10, *, dates: bool = True, name: str = "page") -> None:
    """Save a page of so many entries, the newest first."""
    entries = [ENTRY.format(n, WHAT[n]) for n in range(count, 0, -1)]
    if not dates:
        entries = [
            entry.replace("<time", "<i hidden").replace(" March 2024", "") for entry in entries
        ]
        entries = [entry.replace("datetime", "title").replace("2024-03-", "") for entry in entries]
    folder = Path("saved") / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_text(f"<main><h1>News</h1><ul>{''.join(entries)}</ul></main>")
    (folder / "meta.toml").write_text(META.replace("/news", f"/{name}"))


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    for name in ("page", "other"):
        Path(f"seeds/{name}.toml").write_text(
            f'name = "{name}"\nurl = "https://city.example/{name}?token=s3cret"\n'
        )
        publish(name=name)
    return tmp_path


ONE = ("page", "--replay", "saved", "--state", "s.db", "--out", "all.json")


def test_a_source_that_lost_its_dates_is_held_with_its_last_output(run):
    assert run(*ONE)[0] == 0
    old = Path("all.json").read_bytes()
    publish(dates=False)
    code, out, err = run(*ONE, "--report", "run.json")
    assert (code, out, Path("all.json").read_bytes()) == (4, "", old)
    assert err == (
        "error: page: held: none of 10 entries has a date, which all had in the run before; none "
        "was delivered; compare s.db.drift/page/now with /good, and take it with --accept\n"
        "0 of 1 source, 0 items (0 new), nothing written\n"
    )
    (source,) = json.loads(Path("run.json").read_bytes())["sources"]
    assert (source["status"], source["class"], source["items"]) == ("failed", "held", 0)
    assert run(*ONE, "--accept")[0] == 0
    assert {record["date"] for record in json.loads(Path("all.json").read_bytes())} == {None}
    assert run(*ONE)[0] == 0


def test_among_all_entries_the_last_good_ones_stay(run):
    both = ("page", "other", *ONE[1:])
    run(*both)
    publish(dates=False)
    publish(11, name="other")
    code, _, err = run(*both)
    assert code == 3
    assert err.endswith("1 of 2 sources, 11 items (1 new) → all.json\n")
    records = json.loads(Path("all.json").read_bytes())
    assert [record["source"] for record in records] == ["page"] * 10 + ["other"] * 11
    assert all(record["date"] for record in records)
    # What is new is the other's alone.
    assert run(*both, "--new")[0] == 3
    assert json.loads(Path("all.json").read_bytes()) == []


def test_both_pages_are_kept_for_their_owner_alone(run):
    run(*ONE)
    publish(11)
    run(*ONE)
    good = Path("saved/page/page.html").read_bytes()
    publish(12 - 1, dates=False)
    run(*ONE)
    kept = {
        str(path.relative_to("s.db.drift")): stat.S_IMODE(path.stat().st_mode)
        for path in Path("s.db.drift").rglob("*")
    }
    files = ("items.json", "meta.toml", "page.html")
    assert kept == {
        "page": 0o700,
        **{f"page/{which}": 0o700 for which in ("good", "now")},
        **{f"page/{which}/{name}": 0o600 for which in ("good", "now") for name in files},
    }
    assert stat.S_IMODE(Path("s.db.drift").stat().st_mode) == 0o700
    fixtures = {which: load_fixture(Path("s.db.drift/page") / which) for which in ("good", "now")}
    assert fixtures["good"].page.body == good
    assert fixtures["now"].page.body == Path("saved/page/page.html").read_bytes()
    assert [record.get("date") for record in fixtures["good"].records][:2] == [
        "2024-03-11",
        "2024-03-10",
    ]
    assert {record.get("date") for record in fixtures["now"].records} == {None}
    assert all("s3cret" not in path.read_text() for path in Path("s.db.drift").rglob("*.toml"))
    assert b"s3cret" not in Path("s.db").read_bytes()


def test_the_pages_can_be_checked_inspected_and_replayed(run):
    run(*ONE)
    publish(dates=False)
    run(*ONE)
    code, out, _ = run("check", "s.db.drift/page")
    assert code == 4  # nobody has checked them yet; there is no other difference
    assert [line.partition(": ")[0] for line in out.splitlines()] == ["good", "now"]
    for which in ("good", "now"):
        assert run("inspect", f"s.db.drift/page/{which}/page.html")[0] == 0
    page = ReplayFetcher(Path("s.db.drift/page/good")).fetch(
        Source(name="page", url="https://city.example/page?token=other")
    )
    assert page.fetched_at == datetime(2024, 3, 20, 10, tzinfo=UTC)


def test_later_pages_take_the_place_of_earlier_ones(run):
    run(*ONE)
    for count in (10, 9):
        publish(count, dates=False)
        run(*ONE)
    assert [path.name for path in Path("s.db.drift").iterdir()] == ["page"]
    assert len(load_fixture(Path("s.db.drift/page/now")).records) == 9


def test_a_flood_has_its_pages_as_well(run):
    run(*ONE)
    page = Path("saved/page/page.html")
    page.write_text(
        page.read_text().replace("decides on", "of the other town and").replace("/news/", "/x/")
    )
    page.write_text(page.read_text().replace("2024-03-", "2024-05-").replace("March", "May"))
    code, _, err = run(*ONE)
    assert code == 4
    assert "suddenly new" in err
    assert load_fixture(Path("s.db.drift/page/now")).page.body == page.read_bytes()


def test_pages_that_cannot_be_kept_are_told_and_cost_nothing_else(run):
    both = ("page", "other", *ONE[1:], "--new")
    run(*both)
    Path("s.db.drift").write_text("in the way")
    publish(dates=False)
    publish(11, name="other")
    code, _, err = run(*both)
    assert code == 6
    assert "error: s.db.drift/page: state: the pages cannot be kept there" in err
    assert len(json.loads(Path("all.json").read_bytes())) == 1
    assert run(*both)[0] == 6
    assert json.loads(Path("all.json").read_bytes()) == []


def publish_figures(*days: str) -> None:
    """Save a page with dates in figures, these over and over."""
    publish()
    page = Path("saved/page/page.html")
    text = re.sub(r'datetime="[^"]*"', "", page.read_text())
    for n in range(1, 11):
        text = text.replace(f">{n} March 2024", f">{days[n % len(days)]}/2024")
    page.write_text(text)


def test_dates_that_may_be_read_in_two_ways_are_not_lost(run):
    clear, doubtful = ("25/03", "03/04", "04/03"), ("03/04", "03/04", "04/03", "05/06", "04/05")
    publish_figures(*clear)
    run(*ONE)
    assert all(record["date"] for record in json.loads(Path("all.json").read_bytes()))
    publish_figures(*doubtful)
    code, _, err = run(*ONE)
    assert (code, "can be read as day/month" in err) == (0, True)
    assert not any(record["date"] for record in json.loads(Path("all.json").read_bytes()))
    # What is clear again can be lost for good.
    publish_figures(*clear)
    assert run(*ONE)[0] == 0
    publish(dates=False)
    assert run(*ONE)[0] == 4


def test_the_loss_of_pictures_is_a_warning(run):
    page = Path("saved/page/page.html")
    plain = page.read_text()
    for n in range(1, 11):
        text = page.read_text()
        page.write_text(
            text.replace(
                f'<h3><a href="/news/{n}"', f'<img src="/pictures/{n}.jpg"><h3><a href="/news/{n}"'
            )
        )
    run(*ONE)
    assert all(record["image"] for record in json.loads(Path("all.json").read_bytes()))
    page.write_text(plain)
    code, _, err = run(*ONE, "--report", "run.json")
    assert code == 0
    told = "none of 10 entries has an image, which all had in the run before"
    assert f"warning: page: {told}\n" in err
    assert told in json.loads(Path("run.json").read_bytes())["sources"][0]["warnings"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("news", "news"),
        ("city.example", "city.example"),
        ("https://city.example/news", "city-example-news-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("..", "page-"),
        ("", "page-"),
        ("a" * 300, "a" * 60 + "-"),
    ],
)
def test_a_source_has_a_folder_of_its_own_and_nowhere_else(name, folder, tmp_path):
    path = evidence_folder(tmp_path, Source(name=name, path=name))
    assert path.parent == tmp_path
    assert path.name.startswith(folder)
    assert len(path.name) < 80


def test_a_page_of_an_archive_is_not_kept_twice():
    page = Page(url=None, body=b"x")
    archived = Source(
        name="run.warc.gz#1", path="run.warc.gz", place=ArchivePlace(number=1, byte=0)
    )
    assert pack_page(Result(source=archived, page=page)) is None
    assert pack_page(Result(source=Source(name="page.html", path="page.html"), page=page))


def test_a_huge_page_is_not_kept(monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_BYTES", 9)
    source = Source(name="page")
    assert pack_page(Result(source=source, page=Page(url=None, body=b"x" * 9)))
    assert pack_page(Result(source=source, page=Page(url=None, body=b"x" * 10))) is None
    assert pack_page(Result(source=source, page=Page(url=None, body=b""))) is None
