from datetime import date
from pathlib import Path

import pytest

from scraper.errors import ParseError
from scraper.fixtures import find_fixtures, load_fixture
from scraper.models import Listing, Page, Source
from scraper.parsers import extract
from scraper.parsers.document import Document
from scraper.parsers.sites import SITE_PARSERS, SitesParser

FIXTURES = [load_fixture(f) for f in find_fixtures(Path(__file__).parent.parent / "fixtures")]
SOURCE = Source(name="a", url="https://a.example/news")


def document(body: bytes = b"<p>x</p>", url: str | None = "https://a.example/news") -> Document:
    return Document(Page(url=url, body=body))


class Site:
    """A site parser that answers what it is told to."""

    def __init__(self, answer: Listing | Exception | None) -> None:
        self._answer = answer

    def matches(self, url: str) -> bool:
        return url.startswith("https://a.example/")

    def parse(self, document: Document, source: Source) -> Listing | None:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize("parser", SITE_PARSERS, ids=lambda parser: type(parser).__name__)
def test_every_site_has_a_fixture(parser):
    assert any(parser.matches(fixture.page.url) for fixture in FIXTURES)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.page.url)
def test_at_most_one_parser_is_for_a_page(fixture):
    assert sum(parser.matches(fixture.page.url) for parser in SITE_PARSERS) <= 1


def test_the_first_parser_that_knows_the_page_answers():
    listing = Listing(items=(), next_url="https://a.example/2")
    sites = SitesParser((Site(None), Site(listing), Site(Listing(items=()))))
    assert sites.parse(document(), SOURCE) is listing
    assert sites.parse(document(url="https://b.example/"), SOURCE) is None
    assert sites.parse(document(url=None), SOURCE) is None


@pytest.mark.parametrize("error", [AttributeError("x"), KeyError("x"), ValueError("x")])
def test_a_parser_that_fails_is_named(error):
    with pytest.raises(ParseError) as caught:
        SitesParser((Site(error),)).parse(document(), SOURCE)
    assert str(caught.value).startswith(f"a: Site failed on this page: {type(error).__name__}")


def test_a_rebuilt_site_is_left_to_the_engine():
    page = "<ul><li><a href=/a>Council approves the new tram line</a> 3 March 2024</li>" * 3
    listing = extract(page, url="https://hydrography.example/notices/2024/")
    assert {item.date for item in listing.items} <= {date(2024, 3, 3).isoformat()}
