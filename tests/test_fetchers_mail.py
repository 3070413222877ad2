"""Pages in letters: newsletters, and pages that a browser saved as one."""

from __future__ import annotations

import base64
import contextlib
import quopri
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import FetchError, IncompleteError, ScrapeError, TooLargeError
from scraper.fetchers import RoutingFetcher
from scraper.models import Page, Source
from scraper.pipeline import scrape

URL = "https://city.example/news"
HTML = (
    "<meta charset=utf-8><h1>Café</h1><ul>"
    + "".join(
        f'<li><a href="/news/{n}">Der Rat billigt Plan {n} der neuen Tram</a> {n}. März 2024</li>'
        for n in range(1, 6)
    )
    + "</ul>"
)
BODY = HTML.encode()
QUOTED = quopri.encodestring(BODY)
PACKED = base64.encodebytes(BODY)
SAVED = b"""From: <Saved by Blink>
Snapshot-Content-Location: https://city.example/news
Subject: =?utf-8?Q?Caf=C3=A9?=
Date: Tue, 5 Mar 2024 13:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----Boundary--x"

------Boundary--x
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://city.example/
 news?page=1

%s
------Boundary--x
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://city.example/a.png

iVBORw0KGgo=
------Boundary--x--
"""
NEWSLETTER = b"""Received: from mail.example
Date: Tue, 05 Mar 2024 12:00:00 GMT
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Council approves
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

%s
--b--
"""


@pytest.fixture
def fetch(tmp_path):
    def fetch(content: bytes, *, name: str = "page.mhtml", url: str | None = None) -> Page:
        path = tmp_path / name
        path.write_bytes(content)
        return RoutingFetcher().fetch(Source(name=name, path=str(path), url=url))

    return fetch


def fault(fetch, content: bytes) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        fetch(content)
    return caught.value


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_page_saved_by_a_browser_is_read(fetch, end):
    page = fetch((SAVED % QUOTED).replace(b"\r\n", b"\n").replace(b"\n", end))
    assert page.url == f"{URL}?page=1"
    assert page.body.strip() == BODY
    assert page.fetched_at == datetime(2024, 3, 5, 12, tzinfo=UTC)


def test_a_newsletter_is_read(fetch):
    page = fetch(NEWSLETTER % PACKED, name="news.eml")
    assert page == Page(
        url=None, body=BODY, fetched_at=datetime(2024, 3, 5, 12, tzinfo=UTC), encoding="utf-8"
    )


def test_a_letter_that_is_one_page_is_read(fetch):
    page = fetch(b"Content-Type: text/html; charset=ISO-8859-1\n\n<p>caf\xe9", name="news.EML")
    assert (page.body, page.encoding, page.fetched_at) == (b"<p>caf\xe9", "iso-8859-1", None)


def test_records_come_of_a_saved_page(tmp_path):
    path = tmp_path / "page.mht"
    path.write_bytes(SAVED % QUOTED)
    (result,) = scrape([Source(name="page.mht", path=str(path))])
    assert result.listing is not None
    assert [item.url for item in result.listing.items][:1] == ["https://city.example/news/1"]
    assert {item.fetched_at for item in result.listing.items} == {
        datetime(2024, 3, 5, 12, tzinfo=UTC)
    }


def test_the_address_that_is_named_goes_before_that_of_the_letter(fetch):
    assert fetch(SAVED % QUOTED, url="https://a.example/").url == "https://a.example/"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (b"cid:frame-1@mhtml.blink", URL),
        (b"file:///etc/passwd", URL),
        (b"https://ann:pw@a.example/?token=s3cret", "https://a.example/?token="),
        (b"https://a.example/" + b"a" * 5_000, URL),
    ],
)
def test_the_address_of_a_part_is_one_of_the_web(fetch, text, url):
    content = SAVED.replace(b"https://city.example/\n news?page=1", text)
    assert fetch(content % QUOTED).url == url


def test_a_date_that_is_none_is_none(fetch):
    content = SAVED.replace(b"Tue, 5 Mar 2024 13:00:00 +0100", b"yesterday, 25:61")
    assert fetch(content % QUOTED).fetched_at is None


def test_the_root_that_the_letter_names_is_the_page(fetch):
    content = SAVED % QUOTED
    frame = b"------Boundary--x\nContent-Type: text/html\nContent-ID: <f>\n\n<p>frame\n"
    start = content.index(b"------Boundary--x\n")
    content = content[:start] + frame + content[start:]
    content = content.replace(b'\ttype="text/html";', b'\tstart="<frame-1@mhtml.blink>";')
    assert fetch(content).body.startswith(b"<meta charset")


def test_a_page_that_was_cut_off_is_never_taken_for_whole(fetch):
    content = SAVED % QUOTED
    whole = content.index(b"------Boundary--x\nContent-Type: image")
    for size in range(content.index(b"------Boundary--x\n") + 30, whole, 11):
        assert isinstance(fault(fetch, content[:size]), IncompleteError)
    # The picture behind it may be as broken as it likes.
    assert fetch(content[:-40]).body == fetch(content).body


def test_base64_that_is_broken_is_said(fetch):
    error = fault(fetch, NEWSLETTER % PACKED.rstrip()[:-3])
    assert isinstance(error, IncompleteError)
    assert error.message == "the page in it is not whole base64"


@pytest.mark.parametrize("content", [b"", b"Subject: hi\n\nhello", b"\x00" * 100, SAVED[:300]])
def test_a_letter_without_a_page_is_said_in_one_line(fetch, content):
    error = fault(fetch, content)
    assert isinstance(error, FetchError)
    assert "\n" not in str(error)


NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(NESTED + b"Content-Type: text/html\n\nhi", id="nested"),
        pytest.param(b"Content-Type: text/html;" + b" a=b;" * 50_000 + b"\n\nhi", id="parameters"),
        pytest.param(b"Content-Type: " + b"(" * 90_000 + b"\n\nhi", id="comments"),
        pytest.param(b"Date: " + b"(" * 90_000 + b"\nContent-Type: text/html\n\nhi", id="date"),
        pytest.param(b"Content-Type: text/html\n\n" + b"\n" * 4_000_000, id="lines"),
        pytest.param(
            b"Content-Type: multipart/related; boundary=b\n\n"
            + b"--b\nContent-Type: text/html\n\nhi\n" * 4_999,
            id="parts",
        ),
    ],
)
def test_letters_made_to_hang_end_in_time(fetch, content):
    began = time.monotonic()
    with contextlib.suppress(FetchError):
        fetch(content)
    assert time.monotonic() - began < 5


def test_letters_of_too_many_parts_or_bytes_are_refused(fetch):
    assert isinstance(fault(fetch, b"\n--b" * 20_000), TooLargeError)
    assert isinstance(fault(fetch, bytes(33 * 2**20)), TooLargeError)


def test_a_letter_that_is_not_there_is_said(tmp_path):
    path = Path(tmp_path / "none.eml")
    with pytest.raises(FetchError, match=r"cannot be read: .*No such file"):
        RoutingFetcher().fetch(Source(name="none.eml", path=str(path)))
