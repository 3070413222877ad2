"""What somebody says of a page goes before what is found out; what fits nothing is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scraper import Hints, NoItems, explain, extract, scrape
from scraper.cli import main
from scraper.errors import ParseError, SelectorError
from scraper.inspecting import inspect_page
from scraper.models import Page, Selectors, Source
from scraper.parsers import parse
from scraper.pipeline import read_page
from scraper.seeds import load_seeds
from scraper.workers import ParserPool

URL = "https://city.example/news"


def cards(kind: str, *titles: str, date: str = "03/0{n}/2024") -> str:
    return "".join(
        f'<article class="{kind}"><h3><a href="/{kind}/{n}">{title}</a></h3>'
        f"<p class=day>{date.format(n=n)}</p><p>What {title.lower()} means for the town, told in a "
        "line and a half of text that people read.</p></article>"
        for n, title in enumerate(titles, 1)
    )


NEWS = ["Council approves the tram", "Library opens on Sundays", "Bridge closed until June"]
SPORT = ["Rowers win the regatta", "Chess club moves house", "Pool reopens after repairs"]
PAGE = f"""<html lang="en"><head><title>City</title><meta property="og:type" content="article">
<base href="https://city.example/"></head><body>before
<main>{cards("news", *NEWS)} between <aside class=box>{cards("sport", *SPORT)}</aside> after</main>
<ul class=pager><li>1<li><a href="/news?page=2">2</a></ul></body></html>"""


def read(page: str = PAGE, *, url: str = URL, language: str | None = None, **hints):
    fetched_at = datetime(2025, 1, 1, tzinfo=UTC)
    return extract(page, url=url, fetched_at=fetched_at, language=language, hints=Hints(**hints))


def titles(listing) -> list[str]:
    return [item.title for item in listing.items]


# What is read


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ({"within": "aside.box"}, SPORT),
        ({"within": "//aside"}, SPORT),
        ({"within": "main > article"}, NEWS),
        ({"within": "article.sport, article.news"}, NEWS + SPORT),
        ({"exclude": ("aside",)}, NEWS),
        ({"exclude": (".news:first-child", "aside")}, NEWS[1:]),
        ({"within": "main", "exclude": (".news",)}, SPORT),
        ({"url_pattern": "/sport/"}, SPORT),
        ({"url_pattern": "/news/2"}, NEWS[1:2]),
        ({"url_pattern": r"/[ns]\w+/[12]$"}, NEWS[:2] + SPORT[:2]),
        ({"within": "main", "url_pattern": "^https://city.example/news/"}, NEWS),
    ],
)
def test_only_what_is_asked_for_is_read(hints, expected):
    assert titles(read(**hints)) == expected


@pytest.mark.parametrize("hints", [{"within": "main"}, {"url_pattern": "/sport/"}])
def test_links_and_the_next_page_are_those_of_the_whole_page(hints):
    listing = read(**hints)
    assert listing.items[0].url.startswith("https://city.example/")
    assert listing.next_url == "https://city.example/news?page=2"
    assert read(exclude=(".pager",)).next_url is None


def test_text_behind_what_is_left_out_stays():
    page = "<ul>" + "".join(
        f"<li><a href=/{n}>{title}</a><b>new!</b> 3 March 2024" for n, title in enumerate(NEWS)
    )
    listing = read(page, exclude=("b",))
    assert [item.date for item in listing.items] == ["2024-03-03"] * 3
    assert all(item.summary is None for item in listing.items)


def test_a_part_without_a_list_is_not_made_up_for_by_what_the_page_declares():
    entries = [{"@type": "NewsArticle", "headline": t, "url": f"/{t[:3]}"} for t in NEWS]
    ld = f'<script type="application/ld+json">{json.dumps(entries)}</script> schema.org'
    page = f"<head>{ld.replace('[', '[', 1)}</head><main><p>Nothing here.</p></main>"
    page = page.replace('"@type"', '"@context": "https://schema.org", "@type"')
    assert titles(read(page)) == NEWS
    assert titles(read(page, within="main")) == []


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ({"within": "#list"}, 'within: "#list" matches nothing on this page'),
        ({"exclude": ("body",)}, 'exclude: "body" selects the whole page'),
        (
            {"url_pattern": "/sprot/"},
            'url_pattern: "/sprot/" is found in none of the addresses on this page (7)',
        ),
        (
            {"url_pattern": "page=2"},
            'url_pattern: "page=2" is found in the address of no entry',
        ),
    ],
)
def test_what_leaves_nothing_is_named_with_the_option_and_the_key(hints, message):
    (key,) = hints
    listing = read(**hints)
    assert not listing.items
    assert listing.no_items.category == ("unwanted" if key == "url_pattern" else "unrecognised")
    option = f"--{key.replace('_', '-')}"
    advice = f"correct {option}, or {key} in the seed, or leave it out"
    assert listing.no_items.explanation == f"{message}; {advice}"
    assert (listing.next_url is None) == (key != "url_pattern")


def test_a_page_without_any_entry_that_is_wanted_does_not_end_a_listing():
    def page(number: int) -> bytes:
        kind = "sport" if number == 2 else f"news{number}"
        following = f'<a rel=next href="/news?page={number + 1}">Next</a>' if number < 3 else ""
        entries = cards(kind, *(f"{title}, part {number}" for title in NEWS))
        return f"<main>{entries}</main>{following}".encode()

    class Saved:
        def fetch(self, source: Source) -> Page:
            return Page(url=source.url, body=page(int(source.url[-1])))

    source = Source(name="a", url=f"{URL}?page=1", hints=Hints(url_pattern=r"/news\d/"))
    (result,) = scrape([source], fetcher=Saved(), pages=3)
    assert result.error is None
    assert result.pages == 3
    assert result.listing.complete
    assert titles(result.listing) == [f"{title}, part {n}" for n in (1, 3) for title in NEWS]


def test_a_part_to_leave_out_that_is_not_there_is_a_warning():
    listing = read(exclude=("aside", ".ad"), date_order="dmy")
    assert listing.warnings == ('exclude: ".ad" matches nothing on this page',)
    assert titles(listing) == NEWS


def test_a_feed_has_no_parts():
    items = "".join(f"<item><title>{t}</title><link>{URL}/{n}</link></item>" for n, t in
                    enumerate(NEWS))  # fmt: skip
    feed = f"<rss><channel><title>City</title>{items}</channel></rss>"
    listing = read(feed, within="main", url_pattern="/[01]$")
    assert titles(listing) == NEWS[:2]
    assert listing.warnings == ("within and exclude are for pages, and this is a feed",)


def test_a_page_without_a_tree_lists_nothing():
    assert read("", within="main").no_items.category == "empty"


def test_many_parts_are_left_out_in_a_moment():
    page = PAGE + "<i>x</i>y" * 20_000
    assert titles(read(page, exclude=("i", "aside"))) == NEWS


# Dates


def dates(listing) -> list[str | None]:
    return [item.date for item in listing.items]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("dmy", ["2024-01-03", "2024-02-03"]), ("mdy", ["2024-03-01", "2024-03-02"])],
)
def test_the_order_of_dates_is_the_one_that_is_said(order, expected):
    assert dates(read(within="main > article", date_order=order))[:2] == expected


def test_selectors_read_dates_in_that_order_too():
    page = Page(url=URL, body=b"<li><a href=/a>One headline</a> <b>04/03/02</b>")
    fields = Selectors(entry="li", date="b")
    source = Source(name="a", url=URL, fields=fields, hints=Hints(date_order="ymd"))
    assert dates(parse(page, source=source)) == ["2004-03-02"]


def test_figures_that_are_in_another_order_are_named():
    page = cards("news", *NEWS, date="2{n}/02/2024")
    listing = read(page, date_order="mdy")
    advice = "correct --date-order, or date_order in the seed"
    assert listing.warnings == (f"date_order: 21/2/2024 cannot be mdy; {advice}",)
    assert dates(listing) == ["2024-02-21", "2024-02-22", "2024-02-23"]


@pytest.mark.parametrize(
    ("declared", "known", "expected"),
    [
        ("en", None, None),
        ("en", "en-US", "2023-03-01"),
        ("en-US", "de", "2023-01-03"),
        ("de-AT", "de", "2023-01-03"),
        # What a page says more precisely stays.
        ("en-GB", "en", "2023-01-03"),
    ],
)
def test_the_language_is_the_one_that_is_said(declared, known, expected):
    page = f"<html lang={declared}>" + cards("news", NEWS[0], NEWS[1], date="03/01/2023")
    assert dates(read(page, language=known))[0] == expected


# Who says it


def test_the_report_shows_what_is_read():
    page = Page(url=URL, body=PAGE.encode())
    source = Source(name="a", url=URL, hints=Hints(within="aside", url_pattern="/sport/[23]"))
    inspection = inspect_page(page, source=source)
    assert titles(inspection) == SPORT[1:]
    assert NEWS[0] not in inspection.report
    assert inspection.next_url == "https://city.example/news?page=2"


def test_why_there_is_nothing_is_explained():
    with pytest.raises(NoItems, match="matches nothing on this page"):
        explain(PAGE, url=URL, hints=Hints(within="#list"))
    why = explain(PAGE, url=URL, hints=Hints(url_pattern="page=2"))
    assert why.no_items.message == 'url_pattern: "page=2" is found in the address of no entry'


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE)
    return "page.html"


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def test_options_overrule_a_run(page, capsys):
    words = ("--url", URL, "--within", "main", "--exclude", ".news", "--exclude", ".ad")
    code, out, err = run(capsys, page, *words, "--date-order", "mdy", "--out", "-")
    assert code == 0
    assert [one["title"] for one in json.loads(out)] == SPORT
    assert [one["date"] for one in json.loads(out)][1] == "2024-03-02"
    assert '".ad" matches nothing' in err
    code, out, _ = run(capsys, "inspect", page, "--url", URL, "--within", "aside")
    assert code == 0
    assert SPORT[0] in out


def test_a_run_that_is_left_with_nothing_says_why(page, capsys):
    code, out, err = run(capsys, page, "--within", "#list", "--out", "-")
    assert (code, out) == (5, "")
    assert 'no-items: within: "#list" matches nothing on this page; correct --within' in err
    code, _, err = run(capsys, "inspect", page, "--within", "#list")
    assert code == 5
    assert 'within: "#list" matches nothing on this page' in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--within", "li >"), '--within: usage: not a selector: "li >": not valid CSS: Expected'),
        (("--exclude", " "), '--exclude: usage: not a selector: " ": is empty'),
        (("--exclude", "a::text"), "selects text, where an element is meant"),
        (("--url-pattern", "("), '--url-pattern: usage: not a regular expression: "(": missing )'),
        (("--date-order", "ydm"), "--date-order: usage: 'ydm' is not one of"),
        (
            ("--language", "x y"),
            '--language: usage: not a language: "x y"; write a tag such as "de"',
        ),
    ],
)
@pytest.mark.parametrize("command", [(), ("inspect",)])
def test_what_cannot_be_used_is_refused_before_anything_is_read(
    command, words, message, page, capsys
):
    code, out, err = run(capsys, *command, page, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1


SEED = f'name = "city"\nurl = "{URL}"\n'


def test_a_seed_says_the_same_and_an_option_goes_before(page, tmp_path, capsys):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "city.toml").write_text(
        SEED + 'within = "aside"\nexclude = ".news"\nurl_pattern = "/sport/"\n'
        'date_order = "mdy"\nlanguage = "en-GB"\n'
    )
    (source,) = load_seeds(tmp_path / "seeds")
    assert source.hints == Hints(
        within="aside", exclude=(".news",), url_pattern="/sport/", date_order="mdy"
    )
    place = tmp_path / "fixtures" / "city"
    place.mkdir(parents=True)
    (place / "page.html").write_text(PAGE)
    (place / "meta.toml").write_text(f'url = "{URL}"\n')
    _, out, _ = run(capsys, "city", "--replay", "--out", "-")
    assert [one["title"] for one in json.loads(out)] == SPORT
    words = ("--within", "main", "--exclude", "aside", "--url-pattern", "/news/")
    _, out, _ = run(capsys, "city", "--replay", *words, "--out", "-")
    assert [one["title"] for one in json.loads(out)] == NEWS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('within = "a >"', 'a.toml:3: not a selector: "a >": not valid CSS: Expected'),
        ('exclude = ["a", "/b["]', 'a.toml:3: not a selector: "/b[": not valid XPath'),
        ("exclude = 3", 'a.toml:3: "exclude" must be text, or a list of texts'),
        ("exclude = [3]", 'a.toml:3: "exclude" must be text'),
        ('url_pattern = "("', 'a.toml:3: not a regular expression: "(": missing )'),
        ('date_order = "ydm"', "a.toml:3: no \"date_order\": 'ydm'; write dmy or mdy or ymd"),
    ],
)
def test_a_seed_that_cannot_be_used_is_told_with_its_line(line, message, tmp_path):
    (tmp_path / "a.toml").write_text(SEED + line)
    with pytest.raises(Exception, match=r"a\.toml:3") as caught:
        load_seeds(tmp_path)
    assert message in str(caught.value)


def test_hints_that_cannot_be_used_are_an_error_of_the_function():
    with pytest.raises(SelectorError, match="within: not a selector"):
        read(within="li >")


def test_an_expression_that_takes_for_ever_costs_its_page_alone():
    page = Page(url=URL, body=cards("a" * 40, *NEWS).encode())
    slow = Source(name="slow", url=URL, hints=Hints(url_pattern="(a|a)*$"))
    with ParserPool(read_page, parse_s=0.5) as pool:
        with pytest.raises(ParseError, match="takes more than"):
            pool.parse(page, source=slow)
        assert pool.parse(page, source=Source(name="a", url=URL)) is not None
