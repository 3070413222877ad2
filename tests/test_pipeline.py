from datetime import UTC, datetime

import msgspec
import pytest

from scraper import pipeline
from scraper.errors import BugError, NoItems, ParseError, StatusError, UnreachableError
from scraper.fetchers import RecordingFetcher
from scraper.fixtures import load_fixture
from scraper.models import Item, Listing, Page, Source
from scraper.pipeline import scrape

FETCHED_AT = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)
ITEM = Item(title="Bridge reopens", url="https://a.example/1", position=1, id="a1")


class Web:
    """The web as a table: a page, or what goes wrong."""

    def __init__(self, **answers: Page | Exception) -> None:
        self._answers = answers

    def fetch(self, source: Source) -> Page:
        answer = self._answers[source.name]
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(body: str = "") -> Page:
    return Page(url="https://a.example/news", body=body.encode(), fetched_at=FETCHED_AT)


@pytest.fixture
def parse_as(monkeypatch):
    """Have every page parsed as one listing, or fail."""

    def parse_as(outcome: Listing | Exception) -> None:
        def parse(page: Page, *, source: Source) -> Listing:
            if isinstance(outcome, Exception) and page.body == b"bad":
                raise outcome
            return outcome if isinstance(outcome, Listing) else Listing(items=(ITEM,))

        monkeypatch.setattr(pipeline, "parse", parse)

    return parse_as


SOURCES = [Source(name=name, url=f"https://{name}.example/") for name in ("one", "two", "three")]


@pytest.mark.parametrize(
    "error", [UnreachableError("two", "no connection"), StatusError("two", "no")]
)
def test_a_source_that_fails_costs_no_other(parse_as, error):
    parse_as(Listing(items=(ITEM,)))
    web = Web(one=page(), two=error, three=page())
    results = list(scrape(SOURCES, fetcher=web))
    assert [result.source for result in results] == SOURCES
    assert [result.error for result in results] == [None, error, None]
    assert results[1].listing is None
    assert results[1].page is None


def test_a_page_that_cannot_be_read_is_kept_with_its_error(parse_as):
    error = ParseError("two", "nothing but noise")
    parse_as(error)
    results = list(scrape(SOURCES, fetcher=Web(one=page(), two=page("bad"), three=page())))
    assert [result.error for result in results] == [None, error, None]
    assert results[1].page == page("bad")


def test_a_bug_is_seen_and_ends_no_run(parse_as):
    cause = ZeroDivisionError("division by zero")
    parse_as(cause)
    results = list(scrape(SOURCES, fetcher=Web(one=page(), two=page("bad"), three=page())))
    bug = results[1].error
    assert isinstance(bug, BugError)
    assert (bug.kind, bug.exit_code, bug.__cause__) == ("bug", 1, cause)
    assert str(bug).startswith("two: unexpected ZeroDivisionError: division by zero; ")
    assert [result.error for result in (results[0], results[2])] == [None, None]


def test_a_bug_of_a_fetcher_is_one_too():
    (result,) = scrape(SOURCES[:1], fetcher=Web())
    assert isinstance(result.error, BugError)


def test_an_interrupt_ends_the_run():
    class Interrupted:
        def fetch(self, source: Source) -> Page:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(scrape(SOURCES, fetcher=Interrupted()))


def test_sources_are_asked_one_by_one(parse_as):
    parse_as(Listing(items=(ITEM,)))
    results = scrape(SOURCES, fetcher=Web(one=page()))
    assert next(results).error is None


def test_entries_say_where_and_when_they_are_from(parse_as):
    own = msgspec.structs.replace(ITEM, page_url="https://a.example/frame")
    parse_as(Listing(items=(ITEM, own)))
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page()))
    first, second = result.listing.items
    assert (first.source, first.page_url, first.fetched_at) == ("one", page().url, FETCHED_AT)
    assert second.page_url == "https://a.example/frame"


def test_a_page_without_entries_is_no_success(parse_as):
    parse_as(Listing(items=()))
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page()))
    assert isinstance(result.error, NoItems)
    assert result.error.category == "unrecognised"
    assert result.listing.no_items is result.error


def test_what_the_parser_says_of_a_page_without_entries_stands(parse_as):
    said = NoItems("one", "an article", category="article")
    parse_as(Listing(items=(), no_items=said))
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page()))
    assert result.error is said


def test_lost_links_of_a_page_of_unknown_address_are_told_once(parse_as, tmp_path):
    lost = msgspec.structs.replace(ITEM, url=None)
    parse_as(Listing(items=(ITEM, lost, lost), warnings=("before",)))
    (tmp_path / "a.html").write_text("")
    (result,) = scrape([Source(name="a", path=str(tmp_path / "a.html"))])
    assert result.listing.warnings == (
        "before",
        "2 entries have no address, as that of the page is not known: name it with --url",
    )


def test_links_that_a_known_page_lacks_are_no_warning(parse_as):
    parse_as(Listing(items=(msgspec.structs.replace(ITEM, url=None),)))
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page()))
    assert result.listing.warnings == ()


def test_a_recording_run_keeps_page_and_records(parse_as, tmp_path):
    parse_as(Listing(items=(ITEM,)))
    list(scrape(SOURCES[:1], fetcher=RecordingFetcher(Web(one=page("<li>")), tmp_path)))
    fixture = load_fixture(tmp_path / "one.example" / "front-page")
    assert fixture.page == page("<li>")
    assert fixture.records == ({"title": "Bridge reopens", "url": "https://a.example/1"},)
