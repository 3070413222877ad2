"""``scrape inspect``: what the report says, that it is true, and that nothing in it runs."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from test_fixtures import FIXTURES

from scraper import Source
from scraper.cli import main
from scraper.inspecting import Inspection, inspect_page
from scraper.models import Page, Selectors

CARDS = "city.example/cards"
NAMES = sorted(FIXTURES)
PAYLOADS = [
    "<script>document.title='ran'</script> Council approves the tram",
    "<img src=x onerror=\"document.title='ran'\"> Library opens on Sundays",
    '"><svg onload="document.title=\'ran\'"> Bridge closed until June',
    "</style></title><script>document.title='ran'</script> Pool reopens",
    "javascript:document.title='ran' is no news",
]


@functools.cache
def inspect_fixture(name: str) -> Inspection:
    page = FIXTURES[name].page
    return inspect_page(page, source=Source(name=name, url=page.url))


def inspect(html: str, *, url: str | None = "https://a.example/news", **more) -> Inspection:
    page = Page(url=url, body=html.encode("utf-8", "surrogatepass"), encoding="utf-8")
    return inspect_page(page, source=Source(name="a", url=url, **more))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def list_of(*titles: str, more: str = "") -> str:
    entries = "".join(
        f'<li><h3><a href="/{n}">{escaped(title)}</a></h3><p class=date>{n} March 2024</p>'
        f"<p>What was said about it at the meeting fills a line and a half of the page.</p>{more}"
        for n, title in enumerate(titles, 1)
    )
    return f"<title>{escaped(titles[0])}</title><h1>News</h1><ul>{entries}</ul>"


def tree(report: str) -> etree._Element:
    return etree.HTML(report)


def text_of(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def entries_of(report: str) -> list[etree._Element]:
    return tree(report).xpath("//section[@class='entry']")


# What it shows


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_marked_once_with_its_headline_in_the_mark(name):
    inspection = inspect_fixture(name)
    entries = entries_of(inspection.report)
    assert [one.get("id") for one in entries] == [f"e{item.position}" for item in inspection.items]
    for entry, item in zip(entries, inspection.items, strict=True):
        titles = " ".join(text_of(one) for one in entry.xpath(".//mark[@class='title']"))
        # A headline that the page cuts is told in full by an attribute.
        assert item.title[:20] in titles or titles.rstrip(".… ") in item.title


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_in_the_table_and_every_link_in_the_report_leads_somewhere(name):
    inspection = inspect_fixture(name)
    page = tree(inspection.report)
    records = page.xpath("//ol[@class='records']/li")
    assert [text_of(one.find(".//div[@class='title']")) for one in records] == [
        " ".join(item.title.split()) for item in inspection.items
    ]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for href in page.xpath("//a/@href"):
        assert href.startswith(("https://", "http://")) or href.removeprefix("#") in ids


def test_fields_are_marked_where_they_stand():
    first = entries_of(inspect_fixture(CARDS).report)[0]
    marks = {one.get("class"): text_of(one) for one in first.iter("mark")}
    assert marks == {
        "category": "Transport",
        "title": "New tram line reaches the hospital in May",
        "summary": "Trains will run every ten minutes on weekdays, and the old bus 14 ends at the "
        "ring road.",
        "date": "18 April 2024",
    }


def test_a_date_that_entries_have_from_above_is_marked_there():
    report = inspect_fixture("www.nato.int/weekly-digest-web").report
    (mark,) = tree(report).xpath("//div[@class='page']//mark[@class='date']")
    assert text_of(mark) == "27 October 2023"
    assert not mark.xpath("ancestor::section[@class='entry']")


def test_lists_that_lost_say_why():
    report = inspect_fixture("www.nato.int/weekly-digest-web").report
    cards = tree(report).xpath("//article")
    kept = [text_of(card) for card in cards if card.get("class") == "card won"]
    others = [card for card in cards if card.get("class") == "card"]
    assert len(kept) == 1
    assert others
    assert all(text_of(card.find("p[@class='reason']")) for card in others)


def test_links_say_whether_they_are_taken_or_why_not():
    rows = tree(inspect_fixture(CARDS).report).xpath("//table[@class='links']/tbody/tr")
    reasons = [text_of(row[-1]) for row in rows]
    assert len(rows) == 18
    assert reasons.count("taken") == 9
    assert reasons[0] == "same target as item 1"


def test_dates_have_their_source_and_the_next_page_its_link():
    page = tree(inspect_fixture(CARDS).report)
    row = page.xpath("//table[@class='dates']/tbody/tr")[0]
    assert [text_of(cell) for cell in row][1:4] == [
        "2024-04-18T09:00:00+01:00",
        "18 April 2024",
        "attribute",
    ]
    (following,) = page.xpath("//section[@id='next']//a/@href")
    assert following == "https://city.example/news/page/2/"


def test_warnings_are_told():
    html = list_of(*(f"Council decides on matter {n}" for n in range(1, 5)))
    html = re.sub(r"(\d) March 2024", r"0\1/0\1/2024", html).replace("/01/", "/02/")
    inspection = inspect(html)
    for warning in inspection.warnings:
        assert warning in text_of(tree(inspection.report))


def test_a_page_without_entries_is_explained_too():
    inspection = inspect("<title>Page not found</title><h1>404</h1><p>There is nothing here.")
    assert inspection.no_items is not None
    assert entries_of(inspection.report) == []
    assert inspection.no_items.message in text_of(tree(inspection.report))
    assert "There is nothing here." in text_of(tree(inspection.report))


@pytest.mark.parametrize("html", ["", "   ", "<!-- -->", "<title>a", "<p></p>"])
def test_a_page_without_text_has_a_report(html):
    assert "The page has no text." in inspect(html).report


@pytest.mark.parametrize("html", ["<", "\x00\x01", "<p" * 5000, "<div>" * 5000 + "a"])
def test_a_broken_page_has_a_report(html):
    assert inspect(html).report.startswith("<!doctype html>")


def test_records_of_selectors_are_marked_by_their_headlines():
    fields = Selectors(entry="li", title="h3")
    inspection = inspect(list_of("Tram approved", "Pool closed"), fields=fields)
    assert [text_of(one)[1:] for one in entries_of(inspection.report)] == [
        "Tram approved",
        "Pool closed",
    ]


def test_a_feed_has_a_report():
    feed = (
        "<rss version='2.0'><channel><title>N</title>"
        "<item><title>Tram approved</title><link>https://a.example/1</link></item>"
        "<item><title>Pool closed</title><link>https://a.example/2</link></item></channel></rss>"
    )
    inspection = inspect(feed)
    assert len(inspection.items) == 2
    assert len(tree(inspection.report).xpath("//ol[@class='records']/li")) == 2


def test_a_huge_page_is_cut_and_says_so():
    lines = "".join(f"<p>Line {n} of very many that nobody will read" for n in range(9000))
    inspection = inspect(list_of("Tram approved", "Pool closed", "Bridge open") + lines)
    assert "The page goes on; the rest is left out here." in inspection.report
    ids = set(tree(inspection.report).xpath("//@id"))
    links = tree(inspection.report).xpath("//a[starts-with(@href, '#')]/@href")
    assert {href[1:] for href in links} <= ids


def test_the_address_of_the_page_is_told_without_its_secrets():
    html = list_of("Tram approved", "Pool closed", "Bridge open")
    report = inspect(html, url="https://a.example/news?access_token=abcdef").report
    assert "abcdef" not in report.partition("<main>")[2].partition("</header>")[0]


# That nothing runs


def test_the_policy_lets_nothing_in_but_the_style_that_is_there():
    report = inspect_fixture(CARDS).report
    page = tree(report)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    # It counts from where it stands on.
    assert report.index("Content-Security-Policy") < report.index("<title>")


SAFE_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "nav", "section"),
    *("article", "details", "summary", "div", "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt"),
    *("dd", "table", "thead", "tbody", "tr", "th", "td", "a", "b", "i", "bdi", "span", "mark"),
    *("code", "time"),
}
SAFE_ATTRIBUTES = {
    *("class", "id", "href", "rel", "title", "dir", "lang", "charset", "name", "content"),
    *("http-equiv", "scope", "data-head"),
}


@pytest.mark.parametrize("name", NAMES)
def test_there_is_nothing_in_it_that_could_run_or_fetch(name):
    for element in tree(inspect_fixture(name).report).iter():
        assert element.tag in SAFE_TAGS
        assert set(element.attrib) <= SAFE_ATTRIBUTES


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_wherever_it_stands(payload):
    html = list_of(payload, "Pool closed for repairs", "Bridge open again", more=escaped(payload))
    html = html.replace("<h1>News", f"<h1 class='{escaped(payload).replace(chr(39), '')}'>News")
    inspection = inspect(html, url='https://a.example/?"><script>document.title=1</script>')
    page = tree(inspection.report)
    assert {element.tag for element in page.iter()} <= SAFE_TAGS
    assert all(set(element.attrib) <= SAFE_ATTRIBUTES for element in page.iter())
    assert " ".join(payload.split()) in text_of(page)
    assert all(h.startswith(("#", "http://", "https://")) for h in page.xpath("//a/@href"))


def test_what_cannot_be_seen_is_not_in_it():
    html = list_of("Tram \x1b[31m approved \ud800\u202e", "Pool closed", "Bridge open")
    report = inspect(html).report
    assert not {"\x1b", "\x00", "\ud800", "\u202e"}.intersection(report)


def test_a_link_that_is_no_address_is_no_link():
    html = list_of("Tram approved", "Pool closed", "Bridge open", more="<a href='javascript:f()'>x")
    assert not tree(inspect(html).report).xpath("//a[starts-with(@href, 'javascript')]")


# The command


@pytest.fixture
def run(capsysbinary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    html = list_of("Tram approved", "Pool closed for repairs", "Bridge open again")
    Path("page.html").write_text(html)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["inspect", *words])
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


URL = ("--url", "https://a.example/news")


def test_without_out_a_summary_goes_to_standard_output(run):
    code, out, err = run("page.html", *URL)
    assert (code, err) == (0, "")
    assert out.startswith("https://a.example/news: 3 items, read by the engine\n")
    assert "lists considered: " in out


def test_with_out_the_report_is_a_file(run):
    code, out, err = run("page.html", *URL, "--out", "report.html")
    assert (code, out, err) == (0, "", "3 items → report.html\n")
    assert Path("report.html").read_text().startswith("<!doctype html>\n<html lang=")
    assert run("page.html", *URL, "--out", "report.html", "-q")[2] == ""


def test_the_report_can_go_to_standard_output(run):
    assert run("page.html", *URL, "--out", "-")[1].startswith("<!doctype html>")


def test_the_report_can_be_opened(run, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run("page.html", *URL, "--out", "report.html", "--open")
    assert opened == [Path("report.html").resolve().as_uri()]


def test_a_page_that_lists_nothing_has_a_report_and_a_code_of_its_own(run):
    Path("none.html").write_text("<title>Page not found</title><h1>Page not found</h1>")
    code, _, err = run("none.html", "--out", "report.html")
    assert code == 5
    assert "error: none.html: no-items: " in err
    assert Path("report.html").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["page.html", "--out", "a.pdf"], "a.pdf: usage: a report is a page; end its name in"),
        (["page.html", "--open"], "--open: usage: there is no report to open; add --out"),
        (["."], ".: usage: holds 2 pages; name one of them"),
        (["none.html"], "none.html: usage: no such file or folder"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(run, words, message):
    Path("other.html").write_text("other")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


def test_an_older_report_stays_where_the_page_cannot_be_had(run):
    Path("report.html").write_text("old")
    code, _, err = run("https://nowhere.example/", "--replay", ".", "--out", "report.html")
    assert code == 4
    assert "not-saved" in err
    assert Path("report.html").read_text() == "old"


# In a browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")


def chromium(*words: str, folder: Path) -> str:
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return subprocess.run(
        [CHROMIUM, *FLAGS, *root, f"--user-data-dir={folder / 'profile'}", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=120,
    ).stdout


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The report of a page full of payloads, as it is after a browser has opened it."""
    folder = tmp_path_factory.mktemp("browser")
    html = list_of(*PAYLOADS, more="<script>document.title='ran'</script>")
    inspection = inspect(html)
    report = folder / "report.html"
    report.write_text(inspection.report)
    return inspection, tree(chromium("--dump-dom", report.as_uri(), folder=folder))


@browser
def test_in_a_browser_no_payload_runs(opened):
    inspection, page = opened
    assert len(inspection.items) == len(PAYLOADS)
    title = page.findtext(".//title")
    assert title != "ran"
    assert title.startswith("Why these entries: <script>document.title='ran'</script> Council")
    assert not page.xpath("//script | //img | //svg")


@browser
def test_in_a_browser_there_is_a_mark_on_every_entry(opened):
    inspection, page = opened
    marks = page.xpath("//section[@class='entry']")
    assert len(marks) == len(inspection.items)
    for mark, item in zip(marks, inspection.items, strict=True):
        assert item.title in text_of(mark)


#: For a browser with our style, which is let in by its digest alone: where things are drawn.
PROBE = """
document.title = JSON.stringify({
  wide: document.documentElement.scrollWidth <= innerWidth,
  style: getComputedStyle(document.querySelector('mark.title')).backgroundColor,
  boxes: [...document.querySelectorAll('section.entry')].map(e => {
    const a = e.getBoundingClientRect();
    return [a.top, a.bottom, [...e.querySelectorAll('mark')].every(m => {
      const b = m.getBoundingClientRect();
      return b.height > 0 && b.top >= a.top && b.bottom <= a.bottom
        && b.left >= a.left && b.right <= a.right + 1;
    })];
  }),
});
"""


@browser
@pytest.mark.parametrize("size", ["1500,1000", "390,844"])
@pytest.mark.parametrize("name", [CARDS, "www.nato.int/weekly-digest-web"])
def test_in_a_browser_the_marks_are_on_the_entries_and_overlap_nothing(name, size, tmp_path):
    inspection = inspect_fixture(name)
    # The one script that the copy may run is the probe.
    digest = base64.b64encode(hashlib.sha256(PROBE.encode()).digest()).decode()
    nothing = "default-src &#x27;none&#x27;"
    assert nothing in inspection.report
    probed = inspection.report.replace(nothing, f"{nothing}; script-src 'sha256-{digest}'")
    report = tmp_path / "report.html"
    report.write_text(probed.replace("</body>", f"<script>{PROBE}</script></body>"))
    words = [f"--window-size={size}", "--dump-dom", report.as_uri()]
    told = json.loads(tree(chromium(*words, folder=tmp_path)).findtext(".//title"))
    assert told["wide"], "it has to be scrolled sideways"
    assert told["style"] not in ("rgba(0, 0, 0, 0)", ""), "the style was not let in"
    assert len(told["boxes"]) == len(inspection.items)
    end = 0.0
    for top, bottom, holds_its_marks in told["boxes"]:
        assert top >= end
        assert bottom > top
        assert holds_its_marks
        end = bottom


@browser
def test_a_probe_that_is_not_let_in_does_not_run(tmp_path):
    report = tmp_path / "report.html"
    text = inspect_fixture(CARDS).report
    report.write_text(text.replace("</body>", "<script>document.title='ran'</script></body>"))
    page = tree(chromium("--dump-dom", report.as_uri(), folder=tmp_path))
    assert page.findtext(".//title") == "Why these entries: News | City of Alderbrook"


def test_the_report_is_made_in_a_process_that_can_be_ended():
    code = (
        "import sys; from scraper.workers import ParserPool; from scraper.inspecting import *;"
        "from scraper.models import Page, Source;"
        "pool = ParserPool(inspect_page); page = Page(url=None, body=b'<p>a');"
        "print(type(pool.parse(page, source=Source(name='a'))).__name__); pool.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Inspection\n"
