import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest
from stand_ins import ParserHere

from scraper import crew, pipeline
from scraper.errors import BugError, NoItems, ParseError, StatusError, UnreachableError
from scraper.fetchers import RecordingFetcher
from scraper.fetchers.retries import give_way
from scraper.fixtures import load_fixture
from scraper.models import Item, Listing, Page, Source
from scraper.pipeline import Run, scrape

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


def page(body: str = "", url: str = "https://one.example/") -> Page:
    return Page(url=url, body=body.encode(), fetched_at=FETCHED_AT)


@pytest.fixture
def parse_as(monkeypatch):
    """Have every page parsed as one listing, or fail."""

    def parse_as(outcome: Listing | Exception) -> None:
        def parse(page: Page, *, source: Source) -> Listing:
            if isinstance(outcome, Exception) and page.body == b"bad":
                raise outcome
            return outcome if isinstance(outcome, Listing) else Listing(items=(ITEM,))

        monkeypatch.setattr(pipeline, "parse", parse)
        monkeypatch.setattr(pipeline, "ParserPool", ParserHere)

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
    assert (bug.kind, bug.exit_code, repr(bug.__cause__)) == ("bug", 1, repr(cause))
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
    assert result.error.category == "empty"
    assert result.listing.no_items is result.error


def test_what_the_parser_says_of_a_page_without_entries_stands(parse_as):
    said = NoItems("the page", "a wall", category="consent", advice="climb it")
    parse_as(Listing(items=(), no_items=said))
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page()))
    assert (result.error.category, str(result.error)) == ("consent", "one: a wall; climb it")


@pytest.mark.parametrize(
    ("url", "body", "said"),
    [
        (
            "https://one.example/en/home",
            "",
            "the address leads to https://one.example/en/home: a page without text; look up where "
            "the listing is now",
        ),
        (
            "https://one.example/",
            "<meta http-equiv=refresh content='0; url=/news'>",
            "a page that sends readers on to https://one.example/news; name that address",
        ),
    ],
)
def test_a_page_that_is_elsewhere_now_has_moved(url, body, said):
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page(body, url)))
    assert (result.error.category, result.error.explanation) == ("moved", said)


@pytest.mark.parametrize("url", ["https://www.one.example", "https://one.example/?a=1"])
def test_another_spelling_of_an_address_is_no_move(url):
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=page("", url)))
    assert result.error.category == "empty"


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


# Many at once

TITLES = ("Council approves the new tram line", "Library opens on Sundays", "Bridge reopens")


def news(*titles: str) -> str:
    entries = (f"<li><a href='/{n}'>{t}</a> {n} March 2024</li>" for n, t in enumerate(titles, 1))
    return f"<h1>News</h1><ul>{''.join(entries)}</ul>"


class SlowWeb:
    """A web where each source answers after a time of its own; it counts who asks at once."""

    def __init__(self, delays: dict[str, float] | None = None, delay_s: float = 0.01) -> None:
        self._delays = delays or {}
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self.asking: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def fetch(self, source: Source) -> Page:
        host = urlsplit(source.url).netloc
        with self._lock:
            self.asking.update([host, "all"])
            self.most |= self.asking
        time.sleep(self._delays.get(source.name, self._delay_s))
        with self._lock:
            self.asking.subtract([host, "all"])
        if source.name.startswith("bad"):
            raise UnreachableError(source.name, "no connection")
        return page(news(*TITLES), source.url)


def many(count: int, host: str = "h{}.example") -> list[Source]:
    return [Source(name=str(n), url=f"https://{host.format(n)}/{n}") for n in range(count)]


def test_results_come_in_the_order_of_the_sources_whichever_is_first():
    sources = many(30)
    web = SlowWeb({"0": 0.3, "7": 0.2, "8": 0.1})
    results = list(scrape(sources, fetcher=web, jobs=8))
    assert [result.source for result in results] == sources
    assert [len(result.listing.items) for result in results] == [3] * 30
    assert web.most["all"] == 8


def test_one_host_is_left_to_two_jobs_and_others_go_on():
    web = SlowWeb()
    sources = many(20, "slow.example") + many(20)
    assert len(list(scrape(sources, fetcher=web, jobs=8))) == 40
    assert web.most["slow.example"] == 2
    assert web.most["all"] > 4


def test_bad_sources_cost_only_themselves(monkeypatch):
    monkeypatch.setattr(crew, "_PATIENCE_S", 0.05)
    good = many(60)
    bad = [Source(name=f"bad {n}", url=f"https://bad{n}.example/") for n in range(40)]
    mixed = [one for pair in zip(good, bad, strict=False) for one in pair] + good[40:]
    released = threading.Event()
    left = {source.name for source in good}

    class Web(SlowWeb):
        def fetch(self, source: Source) -> Page:
            if source.name.startswith("bad"):
                # Eight at a time would hang here for good, and no good one would be asked.
                assert released.wait(20)
            found = super().fetch(source)
            left.discard(source.name)
            if not left:
                released.set()
            return found

    web = Web(delay_s=0.02)
    results = list(scrape(mixed, fetcher=web, jobs=8))
    assert [result.source for result in results if result.error is None] == good
    assert {type(result.error) for result in results} == {type(None), UnreachableError}


def test_a_source_that_waits_to_try_again_holds_no_place(monkeypatch):
    monkeypatch.setattr(crew, "_PATIENCE_S", 60.0)
    again = threading.Event()

    class Web:
        def fetch(self, source: Source) -> Page:
            if source.name == "0":
                give_way.get()()
                again.wait(5)
            if source.name == "9":
                again.set()
            return page(news(*TITLES), source.url)

    began = time.monotonic()
    with Run(many(10), fetcher=Web(), jobs=1) as run:
        assert [result.source.name for result in run] == [str(n) for n in range(10)]
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_fetcher_of_the_run_s_own_is_closed_with_it(monkeypatch, jobs):
    made = []

    class Web(SlowWeb):
        def __init__(self, *, most_at_once: int) -> None:
            super().__init__()
            self.at_once, self.closed = most_at_once, 0
            made.append(self)

        def close(self) -> None:
            self.closed += 1

    monkeypatch.setattr(pipeline, "HttpFetcher", Web)
    assert len(list(scrape(many(5), jobs=jobs))) == 5
    results = scrape(many(5), jobs=jobs)
    next(results)
    results.close()
    assert [(web.at_once, web.closed) for web in made] == [(jobs, 1)] * 2


def test_only_so_much_is_kept_behind_a_source_that_hangs(monkeypatch):
    monkeypatch.setattr(crew, "_MOST_AHEAD", 20)
    asked = []
    hang = threading.Event()

    class Web:
        def fetch(self, source: Source) -> Page:
            asked.append(source.name)
            if source.name == "0":
                hang.wait(5)
            return page(news(*TITLES), source.url)

    results = scrape(many(100), fetcher=Web(), jobs=4)
    threading.Timer(0.5, lambda: (asked.append("|"), hang.set())).start()
    assert len(list(results)) == 100
    assert asked.index("|") <= 21


def test_the_bytes_that_are_kept_are_bounded_too(monkeypatch):
    monkeypatch.setattr(crew, "_MOST_HELD", 1)
    assert len(list(scrape(many(20), fetcher=SlowWeb({"0": 0.1}), jobs=4))) == 20


def test_sources_that_end_in_a_fault_end_the_run_after_those_before_it():
    def sources() -> Iterator[Source]:
        yield from many(2)
        raise ValueError("broken list")

    results = scrape(sources(), fetcher=SlowWeb(), jobs=4)
    assert [next(results).source.name, next(results).source.name] == ["0", "1"]
    with pytest.raises(ValueError, match="broken list"):
        next(results)


def test_a_thread_that_is_ended_costs_its_source_only():
    class Web(SlowWeb):
        def fetch(self, source: Source) -> Page:
            if source.name == "1":
                raise SystemExit
            return super().fetch(source)

    results = list(scrape(many(3), fetcher=Web(), jobs=2))
    assert [type(result.error) for result in results] == [type(None), BugError, type(None)]


def test_what_is_finished_out_of_turn_is_not_lost():
    hang = threading.Event()

    class Web:
        def fetch(self, source: Source) -> Page:
            if source.name == "1":
                hang.wait(5)
            return page(news(*TITLES), source.url)

    with Run(many(4), fetcher=Web(), jobs=2) as run:
        assert next(iter(run)).source.name == "0"
        time.sleep(0.3)
        assert [result.source.name for result in run.finished()] == ["2", "3"]
        hang.set()


def test_no_jobs_mean_no_results():
    assert list(scrape([], jobs=4)) == []


def test_a_result_says_what_it_took():
    (result,) = scrape(many(1), fetcher=SlowWeb(delay_s=0.05))
    assert (result.pages, result.tries, result.bytes) == (1, 1, len(result.page.body))
    assert 0.05 <= result.took_s < 2


def test_an_error_says_how_often_it_was_tried():
    error = UnreachableError("one", "no connection")
    error.tries = 3
    (result,) = scrape(SOURCES[:1], fetcher=Web(one=error))
    assert (result.pages, result.tries) == (0, 3)
