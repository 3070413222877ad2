"""Entries followed to their own pages: what is filled, and what is left alone."""

import json
import time
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest
from faults.server import FaultServer, answer
from stand_ins import ParserHere

from scraper import pipeline
from scraper.articles import ArticlePage
from scraper.cli import main
from scraper.errors import (
    ExportError,
    NotSavedError,
    PolicyError,
    StatusError,
    UsageError,
)
from scraper.fetchers import HttpFetcher, RoutingFetcher
from scraper.following import Followed, check_follow, follow_entries
from scraper.models import Item, Listing, Page, Source
from scraper.pipeline import scrape
from scraper.workers import ParserPool

ROOT = Path(__file__).parent.parent
SITE = "https://city.example"
SOURCE = Source(name="city", url=f"{SITE}/news", language="en", follow=True)
FETCHED_AT = datetime(2024, 3, 5, 10, tzinfo=UTC)
TITLES = ("The tram reaches the hospital", "A library opens on Sundays", "Bridge closed until June")


def entry(position: int, **more) -> Item:
    fields = {
        "title": TITLES[(position - 1) % len(TITLES)],
        "url": f"{SITE}/{position}",
        "position": position,
        "id": str(position),
        "page_url": f"{SITE}/news",
    }
    return Item(**(fields | more))


def told(position: int, **more) -> ArticlePage:
    fields = {"items": (), "headlines": (TITLES[(position - 1) % len(TITLES)],)}
    return ArticlePage(**(fields | more))


class Site:
    """The pages of entries as a table: what they say, or what goes wrong."""

    def __init__(self, **pages) -> None:
        self.pages = pages
        self.asked: list[Source] = []

    def read(self, source: Source) -> tuple[Page, ArticlePage]:
        self.asked.append(source)
        page = self.pages.get(source.url.rpartition("/")[2], told(len(self.asked)))
        if isinstance(page, Exception):
            raise page
        url, page = page if isinstance(page, tuple) else (source.url, page)
        return Page(url=url, body=b"", fetched_at=FETCHED_AT), page

    @property
    def paths(self) -> list[str]:
        return [one.url.removeprefix(SITE) for one in self.asked]


def follow(site: Site, *items: Item, **more) -> Followed:
    return follow_entries(Listing(items=items), SOURCE, site.read, **more)


def pages(**told_of) -> Site:
    return Site(**{name.removeprefix("n"): page for name, page in told_of.items()})


# What is filled


def test_what_is_null_is_filled_and_the_date_says_where_it_is_from():
    site = pages(n1=told(1, date="2024-03-03", summary="It takes ten minutes.", author="Ada Moss"))
    item = entry(1)
    (filled,) = follow(site, item).listing.items
    assert filled == msgspec.structs.replace(
        item,
        date="2024-03-03",
        date_source="article",
        summary="It takes ten minutes.",
        author="Ada Moss",
    )


def test_what_the_listing_says_is_never_replaced():
    site = pages(n1=told(1, date="2024-03-03", summary="Another.", author="Ada Moss"))
    item = entry(1, date="2024-03", date_text="March 2024", date_source="text", summary="A teaser.")
    (filled,) = follow(site, item).listing.items
    assert filled == msgspec.structs.replace(item, author="Ada Moss")


def test_a_page_that_says_nothing_leaves_its_entry_as_it_is():
    item = entry(1)
    followed = follow(pages(n1=told(1)), item)
    assert followed.listing == Listing(items=(item,))


def test_a_summary_that_pages_have_in_common_is_of_neither():
    site = pages(
        n1=told(1, summary="News from the city."), n2=told(2, summary="News from the city.")
    )
    followed = follow(site, entry(1), entry(2))
    assert [item.summary for item in followed.listing.items] == [None, None]


def test_the_articles_say_what_their_pages_say():
    site = pages(n1=told(1, date="2024-03-03", text="Ten minutes.\nFrom May."))
    (article,) = follow(site, entry(1, date="2024", source="city")).articles
    assert (article.id, article.title, article.source) == ("1", TITLES[0], "city")
    assert (article.date, article.text) == ("2024-03-03", "Ten minutes.\nFrom May.")
    assert article.fetched_at == FETCHED_AT


# Which entries are followed

WHOLE = {"date": "2024-03-01", "summary": "A teaser.", "author": "Ada Moss"}


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        ([entry(1, **WHOLE), entry(2, **WHOLE | {"author": None})], ["/2"]),
        ([entry(1, url=None), entry(2)], ["/2"]),
        ([entry(1, url=f"{SITE}/all"), entry(2, url=f"{SITE}/all#b"), entry(3)], ["/3"]),
        ([entry(1, url=f"{SITE}/news#a"), entry(2)], ["/2"]),
        ([entry(1, url=f"{SITE}/plan.PDF"), entry(2, url=f"{SITE}/2?a=b.pdf")], ["/2?a=b.pdf"]),
    ],
)  # fmt: skip
def test_entries_with_a_page_of_their_own_that_lack_something_are_followed(items, asked):
    site = Site()
    follow(site, *items)
    assert site.paths == asked


def test_for_full_texts_whole_entries_are_followed_too():
    site = Site()
    follow(site, entry(1, **WHOLE), full_text=True)
    assert site.paths == ["/1"]


def test_more_than_the_cap_are_left_with_a_warning():
    site = Site()
    followed = follow(site, *map(entry, range(1, 6)), articles=3)
    assert len(site.asked) == 3
    assert followed.listing.warnings == ("only the first 3 of 5 articles were followed",)
    assert followed.listing.complete


def test_known_entries_get_what_they_had_and_are_not_asked_for_again():
    site = Site()
    before = entry(1, date="2024-03-03", date_source="article", author="Ada Moss")
    (filled, _) = follow(site, entry(1), entry(2), known=[before]).listing.items
    assert filled == before
    assert site.paths == ["/2"]


def test_a_day_that_the_listing_no_longer_tells_is_not_recalled():
    before = entry(1, date="2024-03-03", date_source="text", date_text="3 March")
    assert follow(Site(), entry(1), known=[before]).listing.items == (entry(1),)


def test_an_article_is_trusted_no_further_than_the_page_that_led_to_it():
    site = Site()
    follow(site, entry(1))
    follow_entries(
        Listing(items=(entry(1),)), Source(name="a", path="a.html", follow=True), site.read
    )
    assert [one.origin for one in site.asked] == ["city.example:443", "-"]
    assert all(one.article and one.language in ("en", None) for one in site.asked)
    assert not any(one.render or one.path or one.fields for one in site.asked)


# What goes wrong


GONE = StatusError("city", "404 Not Found", advice="look it up")


@pytest.mark.parametrize(
    ("site", "warnings"),
    [
        (pages(n2=GONE), ("1 of 3 articles could not be read: status: 404 Not Found",)),
        (
            pages(n1=GONE, n2=GONE, n3=PolicyError("city", "robots.txt forbids it")),
            (
                "3 of 3 articles could not be read: status: 404 Not Found; "
                "policy: robots.txt forbids it",
            ),
        ),
        (
            pages(n1=told(1, headlines=("Sign in to read on", "City"))),
            ("1 of 3 articles could not be read: the page has another headline than the entry",),
        ),
        (
            pages(n1=(SITE, told(1, date="2024-01-01")), n2=(SITE, told(2, date="2024-01-01"))),
            ("2 of 3 articles could not be read: several entries lead to one page",),
        ),
        (
            pages(n3=NotSavedError("city", "not saved")),
            ("1 of 3 articles are not saved, and were not followed",),
        ),
    ],
)
def test_articles_that_cannot_be_read_are_one_warning_and_change_nothing(site, warnings):
    items = tuple(map(entry, (1, 2, 3)))
    followed = follow(site, *items)
    assert followed.listing == Listing(items=items, warnings=warnings)


def test_a_host_that_fails_five_times_in_a_row_is_left_alone():
    site = Site(**{str(n): GONE for n in range(1, 9)})
    followed = follow(site, *map(entry, range(1, 9)))
    assert len(site.asked) == 5
    follow(site, *map(entry, range(1, 9)), entry(9, url="https://b.example/9"))
    assert site.asked[-1].url == "https://b.example/9"
    assert followed.listing.warnings == (
        "5 of 8 articles could not be read: status: 404 Not Found",
        "3 of 8 articles were not asked for, as the last ones of their host failed",
    )


def test_pages_that_cannot_be_recorded_end_the_source():
    with pytest.raises(ExportError):
        follow(pages(n1=ExportError("saved", "the page cannot be kept there")), entry(1))


@pytest.mark.parametrize(
    ("title", "headlines", "is_read"),
    [
        ("Bridge closed until June", ("Bridge closed until June | City",), True),
        ("Bridge closed until J…", ("City", "Bridge closed until June"), True),
        ("BRIDGE CLOSED UNTIL JUNE", ("Bridge closed – until June",), True),
        ("市役所の窓口が日曜日も開きます", ("市役所の窓口が日曜日も開きます | 市",), True),
        ("市役所の窓口が日曜日も開きます", ("図書館の休館日のお知らせ",), False),
        ("Bridge closed until June", ("City", "News", ""), False),
        ("Bridge closed until June", (), False),
        ("Bridge closed until June", ("Library open until June",), False),
    ],
)
def test_a_page_is_believed_if_its_headline_is_that_of_the_entry(title, headlines, is_read):
    site = pages(n1=told(1, headlines=headlines, date="2024-03-03"))
    followed = follow(site, entry(1, title=title))
    assert (followed.listing.items[0].date is not None) == is_read


def test_without_its_libraries_nothing_is_followed(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError) as error:
        check_follow("--follow")
    assert str(error.value) == (
        "--follow: needs the extra that reads articles; pip install 'scraper[follow]'"
    )


# In a run

STORIES = "https://charity.example/stories"


def run(*words: str, capsys) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(pipeline, "ParserPool", ParserHere)


@pytest.fixture
def story(here, tmp_path, monkeypatch, capsys):
    """Run a command on the saved stories, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    saved = str(ROOT / "fixtures" / "charity.example")
    return lambda *words: run(STORIES, "--replay", saved, *words, capsys=capsys)


SAID = (
    f"warning: {STORIES}: 1 of 6 articles could not be read: "
    "the page has another headline than the entry",
    f"warning: {STORIES}: 1 of 6 articles are not saved, and were not followed",
)


def test_saved_articles_fill_the_records_of_a_replay(story):
    code, out, err = story("--follow", "--out", "-.jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert err.splitlines()[:-1] == list(SAID)
    assert [(one["date"], one["date_source"], one["author"]) for one in records] == [
        ("2024-01-12", "article", "Priya Nand"),
        ("2024-01-05", "article", "Tom Birch"),
        ("2023-12-14", "article", None),
        (None, None, "Priya Nand"),  # its page tells of a change alone
        (None, None, None),
        (None, None, None),
    ]
    assert all(one["summary"] for one in records)


def test_without_follow_no_article_is_read(story):
    _, out, err = story("--out", "-.jsonl")
    assert '"article"' not in out
    assert "warning" not in err


def test_full_texts_have_a_file_of_their_own(story):
    code, _, err = story("--follow", "--out", "items.jsonl", "--full-text", "texts.jsonl")
    assert code == 0
    assert err.endswith("1 of 1 source, 6 items → texts.jsonl, items.jsonl\n")
    texts = [json.loads(line) for line in Path("texts.jsonl").read_text("utf-8").splitlines()]
    items = [json.loads(line) for line in Path("items.jsonl").read_text("utf-8").splitlines()]
    assert [one["id"] for one in texts] == [one["id"] for one in items][:4]
    assert texts[0]["text"].startswith("The old parcel office behind the station has forty beds")
    assert texts[0]["text"].count("\n") == 2
    assert "text" not in items[0]


def test_entries_that_are_not_new_are_not_followed_again(story):
    words = ("--follow", "--new", "--out", "new.jsonl", "--full-text", "texts.jsonl")
    code, _, err = story(*words)
    assert (code, Path("texts.jsonl").read_text("utf-8").count("\n")) == (0, 4)
    code, _, err = story(*words, "--changes", "changes.jsonl")
    assert "warning" not in err
    assert "(0 new)" in err
    for name in ("new.jsonl", "texts.jsonl", "changes.jsonl"):
        assert Path(name).read_text("utf-8") == ""


def test_entries_whose_page_tells_that_they_are_old_are_left_out(story):
    _, out, _ = story("--follow", "--since", "2024-01-06", "--out", "-.jsonl")
    assert [json.loads(line)["position"] for line in out.splitlines()] == [1, 4, 5, 6]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--articles", "3"], "--articles: usage: no entry is followed; add --follow"),
        (["--full-text", "a.jsonl"], "--full-text: usage: no entry is followed; add --follow"),
        (
            ["--follow", "--full-text", "a.csv"],
            "a.csv: usage: no such format; end its name in .jsonl",
        ),
        (
            ["--follow", "--out", "a.jsonl", "--full-text", "./a.jsonl"],
            '--full-text: usage: "a.jsonl" and "a.jsonl" are the same place',
        ),
        (["--follow", "--articles", "0"], "--articles: usage: 0 is not in the range 1<=x<=5000"),
    ],
)
def test_options_that_lead_nowhere_are_refused_before_any_page_is_read(story, words, said):
    code, out, err = story(*words)
    assert (code, out, err) == (2, "", f"error: {said}\n")


def test_full_texts_that_cannot_be_written_are_an_error_and_deliver_nothing(story):
    Path("texts.jsonl").mkdir()
    code, _, err = story("--follow", "--full-text", "texts.jsonl", "--out", "items.json")
    assert code == 6
    assert err == "error: texts.jsonl: export: it is a folder; name a file in it\n"
    assert not Path("items.json").exists()


def test_a_seed_can_ask_to_be_followed(story, capsys):
    Path("seeds").mkdir()
    Path("seeds/stories.toml").write_text(f'name = "stories"\nurl = "{STORIES}"\nfollow = true\n')
    saved = str(ROOT / "fixtures" / "charity.example")
    _, out, _ = run("stories", "--replay", saved, "--articles", "1", "--out", "-", capsys=capsys)
    assert [one["date"] for one in json.loads(out)][:2] == ["2024-01-12", None]


LISTING = f"""<title>City</title><h1>News</h1><ul>
<li><a href="/1">{TITLES[0]}</a><p>Every ten minutes on weekdays, and the night bus ends.</li>
<li><a href="/2">{TITLES[1]}</a><p>The reading room is heated, and the café sells soup.</li>
<li><a href="/3">{TITLES[2]}</a><p>Both lanes are closed while the beams are replaced.</li></ul>"""


def article(position: int, day: str) -> bytes:
    return f"""<title>{TITLES[position - 1]}</title>
        <meta property="article:published_time" content="{day}"><h1>{TITLES[position - 1]}</h1>
        <p>The council voted on Monday after a long debate.</p>""".encode()


@pytest.fixture
def city():
    answers = {
        "/news": answer(LISTING.encode()),
        "/1": answer(article(1, "2024-03-03")),
        "/2": answer(b"", status=302, headers={"Location": "http://10.0.0.1/secret"}),
        "/robots.txt": answer(b"User-agent: *\nDisallow: /3\n"),
    }
    with FaultServer(answers) as server:
        yield server


def test_articles_are_fetched_by_the_same_rules_and_recorded(here, city, tmp_path, capsys):
    saved = tmp_path / "saved"
    words = ("--follow", "--delay", "0", "--out", "-.jsonl", "--quiet")
    code, out, err = run(f"{city.url}/news", *words, "--record", saved, capsys=capsys)
    assert code == 0
    assert [json.loads(line)["date"] for line in out.splitlines()] == ["2024-03-03", None, None]
    assert err == ""
    assert city.hits("/3") == 0
    # The articles are no sources and no fixtures, and a replay finds them.
    assert sorted(path.name for path in saved.rglob("*.html")) == ["article.html", "page.html"]
    code, again, _ = run(f"{city.url}/news", *words, "--replay", saved, capsys=capsys)
    assert (code, again) == (0, out)
    assert run(saved, "--out", "-.jsonl", "-q", capsys=capsys)[1].count("\n") == 3
    # Recording the article as a source of its own keeps it as a listing.
    run(f"{city.url}/1", "--delay", "0", "--record", saved, "--out", "-", "-q", capsys=capsys)
    assert [path.name for path in saved.rglob("*.html")] == ["page.html", "page.html"]


def test_why_articles_were_not_read_is_told(here, city, capsys):
    words = ("--follow", "--delay", "0", "--out", "-.jsonl")
    _, _, err = run(f"{city.url}/news", *words, capsys=capsys)
    assert "2 of 3 articles could not be read: policy: " in err
    assert "policy: robots.txt forbids it" in err


def hang(page: Page, *, source: Source) -> Listing:
    """Read listings, and articles for ever."""
    if source.article:
        time.sleep(60)
    return pipeline.parse(page, source=source)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_article_that_takes_too_long_costs_nothing_but_itself(city, monkeypatch):
    monkeypatch.setattr(pipeline, "ParserPool", partial(ParserPool, parse_s=0.4))
    monkeypatch.setattr(pipeline, "read_page", hang)
    source = Source(name="city", url=f"{city.url}/news", follow=True)
    (result,) = scrape([source], fetcher=RoutingFetcher(web=HttpFetcher(delay_s=0)), articles=1)
    assert result.error is None
    assert [item.date for item in result.listing.items] == [None, None, None]
    assert result.listing.warnings == (
        "1 of 1 article could not be read: parse: reading it takes more than 0.4 s",
        "only the first 1 of 3 articles were followed",
    )
    assert result.pages == 1
    assert result.tries == 2


def test_articles_are_read_in_processes_of_their_own(city):
    source = Source(name="city", url=f"{city.url}/news", follow=True)
    fetcher = RoutingFetcher(web=HttpFetcher(delay_s=0))
    (result,) = scrape([source], fetcher=fetcher, articles=1, since=date(2024, 1, 1))
    assert result.listing.items[0].date == "2024-03-03"
    assert [one.text for one in result.articles] == [
        "The council voted on Monday after a long debate."
    ]
