"""The page behind an entry: a wrong day is a bug, none is an answer."""

import json
from datetime import UTC, datetime

import pytest

from scraper.articles import read_article
from scraper.errors import ParseError
from scraper.models import Page, Source

URL = "https://city.example/tram"
HEADLINE = "Council approves the new tram line"
TEXT = "The council voted on Monday, after a long debate about the route along the river. " * 4


def read(head: str = "", body: str = "", *, fetched_at=datetime(2024, 3, 5, 10, tzinfo=UTC)):
    html = f"""<html lang="en"><title>{HEADLINE} | City</title>{head}
        <header>City</header><main><article><h1>{HEADLINE}</h1>{body}<p>{TEXT}</p></article></main>
        <footer>© 2019 City, 12 May 2018</footer>"""
    page = Page(url=URL, body=html.encode(), fetched_at=fetched_at)
    return read_article(page, source=Source(name="a", url=URL))


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def declared(**more) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "url": URL} | more
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


ISSUED = declared(datePublished="2024-03-03")
PUBLISHED = "article:published_time"
DAY = '<time datetime="2024-03-03">3 March</time>'


@pytest.mark.parametrize(
    ("head", "body", "date"),
    [
        (meta(PUBLISHED, "2024-03-03T09:00:00+01:00"), "", "2024-03-03"),
        (meta(PUBLISHED, "3 March 2024"), "", "2024-03-03"),
        ('<meta name="dcterms.issued" content="2024-03-03">', "", "2024-03-03"),
        ('<meta itemprop="datePublished" content="2024-03-03">', "", "2024-03-03"),
        (declared(datePublished="2024-03-03T10:00:00Z"), "", "2024-03-03"),
        (ISSUED + meta(PUBLISHED, "2024-03-04T00:30Z"), "", "2024-03-03"),
        ("", DAY, "2024-03-03"),
        ("", f'{DAY}<p>at <time datetime="2024-03-03T09:00Z">nine</time></p>', "2024-03-03"),
        ("", f'{DAY}<aside><time datetime="2024-03-04"></time></aside>', "2024-03-03"),
        ("", f'{DAY}<ul><li><a href="/b"><time datetime="2024-03-01"></a></ul>', "2024-03-03"),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_read_where_machines_are_told(head, body, date):
    assert read(head, body).date == date


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", ""),
        (meta("article:modified_time", "2024-03-03"), ""),
        (meta("og:updated_time", "2024-03-03"), ""),
        ('<meta name="date" content="2024-03-03">', ""),
        ('<meta name="created" content="2024-03-03">', ""),
        ('<meta http-equiv="last-modified" content="2024-03-03">', ""),
        (f'<link rel="canonical" href="{URL}/2024/03/03/">', ""),
        (meta(PUBLISHED, "03/04/2024"), ""),
        (meta(PUBLISHED, "3.4.2024"), ""),
        (meta(PUBLISHED, "2024-03"), ""),
        (meta(PUBLISHED, "soon"), ""),
        (meta(PUBLISHED, "2024-02-30"), ""),
        (meta(PUBLISHED, "2024-03-07"), ""),
        (meta(PUBLISHED, "2035-01-01"), ""),
        (declared(dateModified="2024-03-03"), ""),
        (declared(datePublished="2024-03-03", url=f"{URL}/other"), ""),
        (ISSUED + meta(PUBLISHED, "2024-01-03"), ""),
        ("", f'{DAY}<p>updated <time datetime="2024-03-04">today</time></p>'),
        ("", '<time datetime="2024-02-30"></time>'),
        ("", "<time>3 March 2024</time>"),
        ("", "<p>Published: 2024-03-03</p>"),
        ("", '<p class="date">3 March 2024</p>'),
        ("", "<p>The minutes of 2024-03-03T10:00:00Z were approved.</p>"),
        ("", '<img src="/media/2024/03/03/tram.jpg">'),
        ("", f"<h1>Another headline</h1>{DAY}"),
    ],
)
def test_a_day_that_may_be_another_is_left_open(head, body):
    assert read(head, body).date is None


def test_the_day_after_the_page_was_fetched_is_the_last_that_is_believed():
    assert read(meta(PUBLISHED, "2024-03-06")).date == "2024-03-06"
    assert read(meta(PUBLISHED, "2024-03-07")).date is None


def test_without_a_time_of_fetching_no_day_is_believed():
    assert read(meta(PUBLISHED, "2024-03-03"), fetched_at=None).date is None


SITE = meta("og:site_name", "City of Elm")


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ('<meta name="author" content="Ada Moss">', "Ada Moss"),
        (declared(author={"@type": "Person", "name": "Ada Moss"}), "Ada Moss"),
        (declared(author={"@type": "Organization", "name": "City of Elm"}), None),
        (SITE + '<meta name="author" content="City of Elm">', None),
        ('<meta name="author" content="https://social.example/ada moss">', None),
        (f'<meta name="author" content="{"Ada Moss " * 30}">', None),
        ("", None),
    ],
)
def test_the_author_is_a_person_that_the_page_names_for_machines(head, author):
    assert read(head).author == author


@pytest.mark.parametrize(
    ("head", "summary"),
    [
        ('<meta name="description" content="It opens in 2027.">', "It opens in 2027."),
        (meta("og:description", "It opens in 2027."), "It opens in 2027."),
        (declared(description="It opens <b>in</b> 2027."), "It opens in 2027."),
        (f'<meta name="description" content="{HEADLINE}">', None),
        (f'<meta name="description" content="{"word " * 300}">', None),
        ("", None),
    ],
)
def test_the_summary_is_one_that_the_page_declares(head, summary):
    assert read(head).summary == summary


def test_the_text_is_that_of_the_article_without_its_headline():
    assert read(body="<p>Trams stop at the market.</p>").text == (
        f"Trams stop at the market.\n{TEXT.strip()}"
    )


def test_the_headlines_are_those_of_the_page_its_head_and_its_data():
    assert read(declared(headline="A tram at last")).headlines == ("A tram at last", HEADLINE)


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7\n1 0 obj"])
def test_what_is_no_page_is_an_error(body):
    with pytest.raises(ParseError) as error:
        read_article(Page(url=URL, body=body), source=Source(name="a", url=URL))
    assert str(error.value) == "a: not a page with an article"


@pytest.mark.parametrize(
    "body",
    [b"\0\1\2" * 900, b"<div>" * 20_000, b"<meta content><title><h1>", b"<time datetime=>" * 900],
)
def test_hostile_pages_say_nothing_or_fail_as_a_value(body):
    page = Page(url=URL, body=body, fetched_at=datetime(2024, 3, 5, tzinfo=UTC))
    try:
        article = read_article(page, source=Source(name="a", url=URL))
    except ParseError:
        return
    assert (article.date, article.author, article.summary) == (None, None, None)
