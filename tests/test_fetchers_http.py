import gzip
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import requests
import responses
from urllib3.exceptions import NewConnectionError

from scraper.errors import (
    IncompleteError,
    PolicyError,
    ScrapeError,
    StatusError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from scraper.fetchers import HttpFetcher, http
from scraper.models import Page, Source

URL = "https://news.example/list"
NOON = datetime(2024, 3, 5, 12, 0, 0, 987654, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def fetch(url: str = URL, *, language: str | None = None) -> Page:
    fetcher = HttpFetcher(clock=lambda: NOON)
    return fetcher.fetch(Source(name="news", url=url, language=language))


def fault(url: str = URL) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        fetch(url)
    return caught.value


def test_a_page_comes_with_all_that_is_known_of_it(web):
    web.get(
        URL,
        b"caf\xe9",
        content_type="text/html; Charset=ISO-8859-1",
        headers={"ETag": '"1"', "Set-Cookie": "session=s3cret"},
    )
    page = fetch()
    assert page == Page(
        url=URL,
        body=b"caf\xe9",
        fetched_at=datetime(2024, 3, 5, 10, 0, 0, tzinfo=UTC),
        encoding="iso-8859-1",
        headers={"etag": '"1"', "content-type": "text/html; Charset=ISO-8859-1"},
    )


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=", "nonsense", "text/x"])
def test_no_charset_in_the_header_is_none(web, content_type):
    web.get(URL, b"", content_type=content_type)
    assert fetch().encoding is None


def test_a_request_is_honest_and_asks_for_the_language_of_the_source(web):
    web.get(URL, b"")
    fetch(language="pt-BR")
    headers = web.calls[0].request.headers
    assert re.fullmatch(r"scraper/\d+\.\d+\.\d+", headers["User-Agent"])
    assert headers["Accept-Language"] == "pt-BR"
    fetch()
    assert "Accept-Language" not in web.calls[1].request.headers


def test_the_address_is_the_one_after_redirects(web):
    web.get(URL, status=301, headers={"Location": "/new"})
    web.get("https://news.example/new", b"here")
    assert fetch().url == "https://news.example/new"


def test_redirects_come_to_an_end(web):
    web.get(URL, status=302, headers={"Location": URL})
    error = fault()
    assert isinstance(error, UnreachableError)
    assert str(error) == "news: more than 10 redirects"
    assert len(web.calls) == 11


@pytest.mark.parametrize("target", ["ftp://news.example/", "file:///etc/passwd", "data:,x"])
def test_a_redirect_leads_to_the_web_or_nowhere(web, target):
    web.get(URL, status=302, headers={"Location": target})
    error = fault()
    assert isinstance(error, PolicyError)
    assert str(error) == "news: it leads to what is not an http(s) address"


@pytest.mark.parametrize("url", ["ftp://news.example/", "file:///etc/passwd", "https://", ""])
def test_only_web_addresses_are_asked(url):
    assert isinstance(fault(url), PolicyError)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "news: the server answered 403 Forbidden; the site turns programs away"),
        (404, "news: the server answered 404 Not Found; look up the page's address again"),
        (429, "news: the server answered 429 Too Many Requests; wait, and ask less often"),
        (503, "news: the server answered 503 Service Unavailable; try again later"),
        (599, "news: the server answered 599; try again later"),
        (304, "news: the server answered 304 Not Modified"),
    ],
)
def test_a_status_without_a_page_is_an_error_with_advice(web, status, said):
    web.get(URL, b"<li>not news</li>", status=status)
    error = fault()
    assert isinstance(error, StatusError)
    assert str(error).startswith(said)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (requests.ConnectTimeout("https://a:b@c/"), TooSlowError),
        (requests.ReadTimeout("https://a:b@c/"), TooSlowError),
        (requests.ConnectionError("https://a:b@c/"), UnreachableError),
        (requests.exceptions.SSLError("https://a:b@c/"), UnreachableError),
        (requests.exceptions.ChunkedEncodingError("https://a:b@c/"), IncompleteError),
        (requests.exceptions.ContentDecodingError("https://a:b@c/"), IncompleteError),
        (requests.RequestException("https://a:b@c/"), UnreachableError),
        (UnicodeError("label too long"), PolicyError),
    ],
)
def test_foreign_exceptions_are_converted_and_tell_no_secret(web, raised, kind):
    web.get(URL, body=raised)
    error = fault()
    assert isinstance(error, kind)
    assert "a:b" not in str(error)


def test_the_cause_is_the_operating_system_s(web):
    refused = NewConnectionError(None, "long story")
    refused.__cause__ = ConnectionRefusedError(111, "Connection refused")
    web.get(URL, body=requests.ConnectionError(refused))
    assert str(fault()) == (
        "news: no connection: [Errno 111] Connection refused; check the address and the network"
    )


def test_user_names_and_passwords_are_sent_and_not_shown(web):
    url = "https://ann:s3cret@news.example/list"
    web.get(url, b"")
    page = fetch(url)
    assert web.calls[0].request.headers["Authorization"].startswith("Basic ")
    assert "s3cret" not in repr(page)


def test_a_page_above_the_limit_is_not_read_as_if_it_were_whole(web, monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 100_000)
    web.get(URL, gzip.compress(b" " * 100_001), headers={"Content-Encoding": "gzip"})
    assert isinstance(fault(), TooLargeError)


def test_a_compressed_page_is_decompressed(web):
    web.get(URL, gzip.compress(b"<p>news</p>"), headers={"Content-Encoding": "gzip"})
    assert fetch().body == b"<p>news</p>"


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    """Answer one request on loopback with raw bytes, then hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        threads: list[threading.Thread] = []

        def start(answer: bytes) -> str:
            thread = threading.Thread(target=_answer_once, args=(server, answer))
            thread.start()
            threads.append(thread)
            return f"http://127.0.0.1:{server.getsockname()[1]}/list"

        yield start
        for thread in threads:
            thread.join(5)


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.settimeout(5)
        connection.recv(65_536)
        connection.sendall(answer)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_a_page_comes_over_a_socket(serve):
    assert fetch(serve(HEAD + b"Content-Length: 4\r\n\r\nnews")).body == b"news"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 100\r\n\r\n<li>half a li",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n<li>half a li",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nno-size\r\n<li>",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
    ],
    ids=["length", "chunk", "chunk-size", "gzip"],
)
def test_a_broken_body_is_never_read_as_whole(serve, answer):
    assert isinstance(fault(serve(answer)), IncompleteError)


def test_a_connection_closed_without_an_answer_is_unreachable(serve):
    assert isinstance(fault(serve(b"")), UnreachableError)


def test_a_refused_connection_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = fault(f"http://127.0.0.1:{port}/")
    assert isinstance(error, UnreachableError)
    assert "Connection refused" in str(error)


def test_a_server_that_does_not_answer_is_too_slow():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(TooSlowError, match=r"^slow: no answer in time"):
            HttpFetcher(idle_s=0.1).fetch(Source(name="slow", url=url))


def test_a_body_that_drips_is_ended_by_the_limit_of_the_whole_request(serve):
    url = serve(HEAD + b"Content-Length: 200000\r\n\r\n" + b" " * 200_000)
    with pytest.raises(TooSlowError, match="the body went on and on"):
        HttpFetcher(whole_s=0).fetch(Source(name="slow", url=url))
