"""A session of the caller's own: what of it is kept, and how its faults are named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
import responses

from scraper import Source, scrape
from scraper.errors import (
    FetchError,
    IncompleteError,
    StatusError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from scraper.fetchers import SessionFetcher, limits, session

URL = "https://intranet.example/news"
NEWS = """<h1>News</h1><ul>
<li><a href="/a">Canteen opens an hour earlier</a> 3 March 2024</li>
<li><a href="/b">Parking permits are due in April</a> 1 March 2024</li></ul>"""


@pytest.fixture
def server():
    with responses.RequestsMock() as mock:
        yield mock


def fetch(**limit):
    clock = lambda: datetime(2024, 3, 5, 9, 30, tzinfo=UTC)  # noqa: E731
    fetcher = SessionFetcher(requests.Session(), clock=clock, **limit)
    return fetcher.fetch(Source(name="intranet", url=URL, language="de"))


def test_the_headers_and_cookies_of_the_session_are_sent(server):
    server.get(URL, body=NEWS)
    own = requests.Session()
    own.headers["Authorization"] = "Bearer abc"
    own.cookies["login"] = "yes"
    SessionFetcher(own).fetch(Source(name="intranet", url=URL))
    sent = server.calls[0].request.headers
    assert (sent["Authorization"], sent["Cookie"]) == ("Bearer abc", "login=yes")


def test_the_page_says_where_and_when_and_in_which_charset_it_came(server):
    server.get(URL, status=302, headers={"Location": "/latest"})
    latest = "https://intranet.example/latest"
    server.get(latest, body=NEWS, content_type="text/html; charset=ISO-8859-15")
    page = fetch()
    assert (page.url, page.encoding, page.status) == (latest, "iso-8859-15", 200)
    assert page.fetched_at == datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
    assert server.calls[0].request.headers["Accept-Language"] == "de"


def test_a_run_reads_pages_through_it(server):
    server.get(URL, body=NEWS)
    [result] = scrape(
        [Source(name="intranet", url=URL)], fetcher=SessionFetcher(requests.Session())
    )
    assert [item.date for item in result.listing.items] == ["2024-03-03", "2024-03-01"]


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (requests.ConnectTimeout("https://secret"), TooSlowError),
        (requests.ReadTimeout("https://secret"), TooSlowError),
        (requests.ConnectionError("https://secret"), UnreachableError),
        (requests.exceptions.SSLError("https://secret"), UnreachableError),
        (requests.TooManyRedirects("https://secret"), UnreachableError),
        (requests.exceptions.ChunkedEncodingError("https://secret"), IncompleteError),
        (requests.exceptions.InvalidHeader("https://secret"), FetchError),
    ],
)
def test_faults_are_named_without_addresses(server, raised, kind):
    server.get(URL, body=raised)
    with pytest.raises(kind) as caught:
        fetch()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_other_answers_than_pages_are_errors(server, status):
    server.get(URL, status=status)
    with pytest.raises(StatusError, match=str(status)):
        fetch()


def test_a_body_beyond_all_listings_is_refused(server, monkeypatch):
    monkeypatch.setattr(session, "MOST_BYTES", 100)
    server.get(URL, body="a" * 101)
    with pytest.raises(TooLargeError):
        fetch()
    assert limits.MOST_BYTES == 32 * 1024**2


def test_a_body_that_takes_too_long_is_given_up(server):
    server.get(URL, body=NEWS)
    with pytest.raises(TooSlowError):
        fetch(whole_s=-1)
