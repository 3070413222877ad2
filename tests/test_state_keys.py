"""What counts as the same address, headline and source."""

from __future__ import annotations

import pytest

from scraper.models import Source
from scraper.state.keys import entry_url_key, source_key, title_key

PAGE = "https://a.example/news/7"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/news/7",
        "https://A.Example/news/7",
        "https://a.example:443/news/7",
        "http://a.example:80/news/7",
        "https://a.example/news/7/",
        "https://a.example/news/7?",
        "https://a.example/news/7?utm_source=rss&utm_medium=feed",
        "https://a.example/news/7?fbclid=x",
        "https://a.example/news/7?gclid=x&mc_cid=1",
        "https://a.example/news/7;jsessionid=0A1B",
        "https://a.example/news/7#:~:text=bridge",
        "https://a.example/news/7#xtor=RSS-1",
        "https://ann:pw@a.example/news/7",
        "https://a.example/news/./7",
    ],
)
def test_spellings_of_an_address_are_one(url):
    assert entry_url_key(url) == entry_url_key(PAGE)


@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/news/7",
        "https://a.example:8443/news/7",
        "https://a.example/News/7",
        "https://a.example/news/7.html",
        "https://a.example/news/7?id=1",
        "https://a.example/news/7?ref=1",
        "https://a.example/news/7#notice-2",
        "https://a.example/news",
    ],
)
def test_other_addresses_are_others(url):
    assert entry_url_key(url) != entry_url_key(PAGE)


def test_the_order_of_a_query_makes_no_other_address():
    assert entry_url_key(f"{PAGE}?b=2&a=1") == entry_url_key(f"{PAGE}?a=1&b=2")
    assert entry_url_key(f"{PAGE}?a=1") != entry_url_key(f"{PAGE}?a=2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bridge reopens", "bridge  REOPENS"),
        ("Mayor’s “plan”", 'Mayor\'s "plan"'),
        ("2023–24 budget", "2023-24 budget"),
        ("Bridge reopens…", "Bridge reopens"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_a_headline_are_one(one, other):
    assert title_key(one) == title_key(other)


def test_a_seed_is_remembered_by_its_name_and_all_else_by_its_address():
    seed = Source(name="news", url="https://a.example/news")
    moved = Source(name="news", url="https://a.example/new-news")
    typed = Source(name="https://a.example/news", url="https://a.example/news")
    saved = Source(name="p.html", path="p.html", url="http://A.example:80/news")
    assert source_key(seed) == source_key(moved)
    assert source_key(typed) != source_key(seed)
    assert source_key(Source(name="p.html", path="p.html")) == "name p.html"
    assert source_key(saved) == "page http://a.example/news"


def test_a_source_has_no_secrets_and_no_halves_of_characters():
    key = source_key(Source(name="https://a.example/?token=", url="https://a.example/?token=s3"))
    assert "s3" not in key
    assert source_key(Source(name="\udcff.html", path="\udcff.html")).encode()
