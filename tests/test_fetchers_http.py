"""The fetcher of web pages, on servers that behave."""

from __future__ import annotations

import gzip
import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from faults import FaultServer
from faults.server import LOOPBACK_PEM, answer

from scraper.errors import (
    FetchError,
    IncompleteError,
    PolicyError,
    ScrapeError,
    StatusError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
    UsageError,
)
from scraper.fetchers import HttpFetcher, http
from scraper.models import Page, Source

NOON = datetime(2024, 3, 5, 12, 0, 0, 987654, tzinfo=timezone(timedelta(hours=2)))
LOOPBACK = ipaddress.ip_address("127.0.0.1")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer({"/list": answer(b"<p>news</p>")}) as running:
        yield running


def make_fetcher(**options) -> HttpFetcher:
    usual = {"delay_s": 0, "clock": lambda: NOON, "sleep": lambda _: None}
    # Names that do not exist are on loopback here.
    usual["resolve"] = lambda *_: [LOOPBACK]
    return HttpFetcher(**usual | options)


def fetch(url: str, *, language: str | None = None, **options) -> Page:
    return make_fetcher(**options).fetch(Source(name="news", url=url, language=language))


def fault(url: str, **options) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        fetch(url, **options)
    return caught.value


def test_a_page_comes_with_all_that_is_known_of_it(server):
    server.paths["/list"] = answer(
        b"caf\xe9",
        headers={
            "Content-Type": "text/html; Charset=ISO-8859-1",
            "ETag": '"1"',
            "Set-Cookie": "session=s3cret",
        },
    )
    assert fetch(server.url + "/list") == Page(
        url=server.url + "/list",
        body=b"caf\xe9",
        fetched_at=datetime(2024, 3, 5, 10, 0, 0, tzinfo=UTC),
        encoding="iso-8859-1",
        headers={
            "etag": '"1"',
            "content-type": "text/html; Charset=ISO-8859-1",
            "content-length": "4",
        },
    )


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=", "nonsense", "text/x"])
def test_no_charset_in_the_header_is_none(server, content_type):
    server.paths["/list"] = answer(b"", headers={"Content-Type": content_type})
    assert fetch(server.url + "/list").encoding is None


def test_a_request_is_honest_and_asks_for_the_language_of_the_source(server):
    fetch(server.url + "/list", language="pt-BR", contact="mailto:ann@news.example")
    headers = server.asked("/list")[0].headers
    assert re.fullmatch(
        r"scraper/\d+\.\d+\.\d+ \(\+mailto:ann@news.example\)", headers["user-agent"]
    )
    assert headers["accept-language"] == "pt-BR"
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert headers["host"] == f"127.0.0.1:{server.port}"
    fetch(server.url + "/list")
    usual = server.asked("/list")[1].headers
    assert "accept-language" not in usual
    assert re.fullmatch(r"scraper/[\d.]+ \(\+https://\S+\)", usual["user-agent"])
    fetch(server.url + "/list", user_agent="newsdesk/2")
    assert server.asked("/list")[2].headers["user-agent"] == "newsdesk/2"


@pytest.mark.parametrize("text", ["de\r\nX-Evil: 1", "дe", "de\0"])
def test_nothing_is_smuggled_into_a_header(server, text):
    with pytest.raises(UsageError):
        fetch(server.url + "/list", language=text)
    with pytest.raises(UsageError):
        make_fetcher(user_agent=text)
    assert not server.requests


def test_the_address_is_the_one_after_redirects(server):
    server.paths["/old"] = answer(status=301, headers={"Location": "/list"})
    assert fetch(server.url + "/old").url == server.url + "/list"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "path", "fragment"),
    [
        ("list", "/news/list", "#top"),
        ("/list?a=1#there", "/list?a=1", "#there"),
        ("../caf\xc3\xa9", "/caf%C3%A9", "#top"),
        ("\\list", "/list", "#top"),
    ],
)
def test_redirects_are_followed_as_browsers_do(server, status, location, path, fragment):
    def redirect(connection, _):
        head = f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
        connection.send(head.encode("latin-1"))

    server.paths |= {"/news/old": redirect, path: answer(b"here")}
    page = fetch(server.url + "/news/old#top")
    assert (page.url, page.body) == (server.url + path + fragment, b"here")


def test_redirects_come_to_an_end(server):
    server.paths["/list"] = answer(status=302, headers={"Location": "/list"})
    error = fault(server.url + "/list")
    assert isinstance(error, UnreachableError)
    assert str(error) == "news: more than 10 redirects"
    assert server.hits("/list") == 11


@pytest.mark.parametrize(
    "target", ["ftp://news.example/", "file:///etc/passwd", "data:,x", "javascript:1", "http://["]
)
def test_a_redirect_leads_to_the_web_or_nowhere(server, target):
    server.paths["/list"] = answer(status=302, headers={"Location": target})
    error = fault(server.url + "/list")
    assert isinstance(error, PolicyError)
    assert str(error) == "news: it leads to what is not an http(s) address"


def test_a_redirect_to_an_address_without_end_is_refused(server):
    server.paths["/list"] = answer(status=302, headers={"Location": "/" + "a" * 2_083})
    assert str(fault(server.url + "/list")) == "news: it leads to an address longer than 2,083"


@pytest.mark.parametrize(
    "url", ["ftp://news.example/", "file:///etc/passwd", "https://", "", "https://a/" + "a" * 2_083]
)
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
        (302, "news: the server answered 302 Found"),
    ],
)
def test_a_status_without_a_page_is_an_error_with_advice(server, status, said):
    server.paths["/list"] = answer(b"<li>not news</li>", status=status)
    error = fault(server.url + "/list")
    assert isinstance(error, StatusError)
    assert str(error).startswith(said)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (socket.gaierror(-2, "Name or service not known"), UnreachableError),
        (TimeoutError("slow"), TooSlowError),
        (OSError(101, "Network is unreachable"), UnreachableError),
    ],
)
def test_a_name_that_is_not_found_says_so(raised, kind):
    def resolve(*_):
        raise raised

    error = fault("https://ann:s3cret@news.example/?token=s3cret", resolve=resolve)
    assert isinstance(error, kind)
    assert "s3cret" not in str(error)


def test_the_cause_is_the_operating_system_s():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = fault(f"http://127.0.0.1:{port}/")
    assert isinstance(error, UnreachableError)
    assert str(error) == (
        "news: no connection: [Errno 111] Connection refused; check the address and the network"
    )


def test_another_address_of_a_name_is_tried(server):
    other = ipaddress.ip_address("::1")
    page = fetch(
        server.url.replace("127.0.0.1", "x.example") + "/list", resolve=lambda *_: [other, LOOPBACK]
    )
    assert page.body == b"<p>news</p>"


def test_user_names_and_passwords_are_sent_and_not_shown(server):
    page = fetch(f"http://ann:s3%20cret@127.0.0.1:{server.port}/list")
    assert server.asked("/list")[0].headers["authorization"] == "Basic YW5uOnMzIGNyZXQ="
    assert "cret" not in repr(page)


def test_a_page_above_the_limit_is_not_read_as_if_it_were_whole(server, monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 100_000)
    server.paths["/list"] = answer(
        gzip.compress(b" " * 100_001), headers={"Content-Encoding": "gzip"}
    )
    assert isinstance(fault(server.url + "/list"), TooLargeError)


def test_a_compressed_page_is_decompressed(server):
    server.paths["/list"] = answer(
        gzip.compress(b"<p>news</p>"), headers={"Content-Encoding": "gzip"}
    )
    assert fetch(server.url + "/list").body == b"<p>news</p>"


@pytest.mark.parametrize("header", ["Content-Encoding: rot13", "Transfer-Encoding: gzip, chunked"])
def test_a_body_in_an_unknown_encoding_is_an_error(server, header):
    def send(connection, _):
        connection.send(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n2\r\nhi\r\n0\r\n\r\n".encode())

    server.paths["/list"] = send
    error = fault(server.url + "/list")
    assert type(error) is FetchError
    assert "encoding is not known" in str(error)


@pytest.mark.parametrize("reply", [b"SSH-2.0-OpenSSH\r\n", b"\r\n\r\n", b"<html>\r\n\r\n"])
def test_what_is_no_http_is_named_so(server, reply):
    server.paths["/list"] = lambda connection, _: connection.send(reply)
    error = fault(server.url + "/list")
    assert isinstance(error, FetchError)
    assert "no answer in HTTP" in str(error)


def test_pages_of_a_server_share_a_connection(server):
    server.paths["/more"] = answer(b"more")
    fetcher = make_fetcher()
    for path in ("/list", "/more", "/list"):
        fetcher.fetch(Source(name="news", url=server.url + path))
    assert {request.connection for request in server.requests} == {1}
    fetcher.close()


def test_a_connection_that_went_away_meanwhile_is_replaced(server):
    def hang_up(connection, request):
        answer(b"x")(connection, request)
        if server.hits("/once") == 1:
            connection.again = False

    server.paths["/once"] = hang_up
    fetcher = make_fetcher()
    for _ in range(2):
        assert fetcher.fetch(Source(name="news", url=server.url + "/once")).body == b"x"
    assert server.hits("/once") == 2


def test_cookies_are_kept_within_a_source(server):
    server.paths["/set"] = answer(
        status=302, headers={"Location": "/list", "Set-Cookie": "consent=yes; Path=/"}
    )
    fetcher = make_fetcher()
    source = Source(name="news", url=server.url + "/set")
    fetcher.fetch(source)
    linked = Source(name="news", url=server.url + "/list", origin=f"127.0.0.1:{server.port}")
    fetcher.fetch(linked)
    fetcher.fetch(Source(name="other", url=server.url + "/list"))
    sent = [request.headers.get("cookie") for request in server.asked("/list")]
    assert sent == ["consent=yes", "consent=yes", None]


def test_requests_are_counted_for_reports(server):
    server.paths["/list"] = answer(b"x", status=503)
    fetcher = make_fetcher()
    source = Source(name="news", url=server.url + "/list")
    with pytest.raises(StatusError) as caught:
        fetcher.fetch(source)
    assert caught.value.tries == 3
    requests, received = fetcher.tally(source)
    assert requests == 4
    assert received > 200


def test_closing_ends_what_is_under_way(server):
    server.paths["/list"] = lambda connection, _: connection.wait()
    fetcher = make_fetcher()
    ended: list[ScrapeError] = []

    def run():
        try:
            fetcher.fetch(Source(name="a", url=server.url + "/list"))
        except ScrapeError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not server.hits("/list"):
        thread.join(0.02)
    fetcher.close()
    thread.join(5)
    assert not thread.is_alive()
    assert ended


def test_waiting_ends_with_the_run(server):
    fetcher = HttpFetcher(delay_s=60)
    timer = threading.Timer(0.2, fetcher.close)
    timer.start()
    with pytest.raises(FetchError, match="the run was ended"):
        fetcher.fetch(Source(name="a", url=server.url + "/list"))
    timer.join()


# -- secure connections ----------------------------------------------------------------------


@pytest.fixture
def secure_server() -> Iterator[FaultServer]:
    with FaultServer({"/list": answer(b"<p>news</p>")}, tls=True) as running:
        yield running


def test_certificates_are_verified(secure_server):
    error = fault(secure_server.url + "/list")
    assert isinstance(error, PolicyError)
    assert "its certificate is not to be trusted" in str(error)
    assert str(error).endswith("--insecure does without, at your risk")
    assert not secure_server.requests


@pytest.mark.parametrize("options", [{"insecure": True}, {"ca_file": str(LOOPBACK_PEM)}])
def test_a_secure_page_comes(secure_server, options):
    assert fetch(secure_server.url + "/list", **options).body == b"<p>news</p>"


def test_a_certificate_is_for_the_name_and_not_for_the_number(secure_server):
    url = secure_server.url.replace("127.0.0.1", "{}") + "/list"
    options = {"ca_file": str(LOOPBACK_PEM)}
    assert fetch(url.format("news.example"), **options).body == b"<p>news</p>"
    assert isinstance(fault(url.format("other.example"), **options), PolicyError)


def test_a_server_that_speaks_no_tls_is_unreachable(server):
    error = fault(server.url.replace("http:", "https:") + "/list", connect_s=1)
    assert isinstance(error, UnreachableError | TooSlowError)


# -- proxies -----------------------------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch) -> Iterator[FaultServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with FaultServer({"http://news.example/list": answer(b"by proxy")}) as running:
        monkeypatch.setenv("http_proxy", f"http://ann:s3cret@127.0.0.1:{running.port}")
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{running.port}")
        yield running


def test_proxies_of_the_environment_are_used_where_asked(proxy):
    url = "http://news.example/list"
    assert fetch(url, trust_env=True).body == b"by proxy"
    headers = proxy.asked(url)[0].headers
    assert headers["proxy-authorization"] == "Basic YW5uOnMzY3JldA=="
    assert headers["host"] == "news.example"


def test_proxies_are_not_used_unasked(proxy):
    assert isinstance(fault("http://news.example:9/list"), UnreachableError)
    assert not proxy.requests


def test_a_proxy_that_opens_no_tunnel_is_named(proxy):
    error = fault("https://news.example/list", trust_env=True)
    assert "the proxy answered 404" in str(error)
    assert proxy.requests[0].path == "news.example:443"


# -- raw answers -------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def raw(data: bytes) -> Callable[..., None]:
    return lambda connection, _: connection.send(data)


@pytest.mark.parametrize(
    "reply",
    [
        HEAD + b"Content-Length: 4\r\n\r\nnews",
        HEAD + b"\r\nnews",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nne\r\n2;x=y\r\nws\r\n0\r\nX: y\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\nnews",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + HEAD + b"\r\nnews",
        b"HTTP/1.0 200\r\n\r\nnews",
    ],
)
def test_a_page_comes_in_every_form_of_http(server, reply):
    server.paths["/list"] = raw(reply)
    assert fetch(server.url + "/list").body == b"news"


@pytest.mark.parametrize(
    "reply",
    [
        HEAD + b"Content-Length: 100\r\n\r\n<li>half a li",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n<li>half a li",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<li>\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nno-size\r\n<li>",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-4\r\n<li>\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n<li>\r\n0\r\n\r\n",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<li>half a li")[:-9],
        HEAD + b"Content-Encoding: br\r\n\r\n\xff\xff\xff",
        HEAD + b"Content-Encoding: zstd\r\n\r\n\x28\xb5\x2f\xfd\x04",
    ],
    ids=[
        "length",
        "chunk",
        "last-chunk",
        "chunk-size",
        "negative",
        "lying-chunk",
        "no-gzip",
        "gzip",
        "br",
        "zstd",
    ],
)
def test_a_broken_body_is_asked_for_again_and_never_read_as_whole(server, reply):
    server.paths["/list"] = raw(reply)
    assert isinstance(fault(server.url + "/list"), IncompleteError)
    assert server.hits("/list") == 3


def test_a_connection_closed_without_an_answer_is_unreachable(server):
    server.paths["/list"] = raw(b"")
    server.paths["/reset"] = lambda connection, _: connection.reset()
    assert isinstance(fault(server.url + "/list"), UnreachableError)
    error = fault(server.url + "/reset")
    assert isinstance(error, UnreachableError)
    assert "reset" in str(error)
