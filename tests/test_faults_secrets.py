"""What lets somebody in stays with whom it was meant for, and out of every message."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator

import pytest
from faults import FaultServer
from faults.server import answer

from scraper.errors import ScrapeError
from scraper.fetchers import HttpFetcher
from scraper.models import Source


@pytest.fixture
def _open_world(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two origins on one machine: here loopback is as good as the internet.
    monkeypatch.setattr("scraper.fetchers.routes.is_public", lambda _: True)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.mark.usefixtures("_open_world")
@pytest.mark.parametrize("secure", [False, True], ids=["port", "scheme"])
def test_credentials_and_cookies_stay_with_scheme_host_and_port(server, secure):
    with FaultServer({"/there": answer(status=302)}, tls=secure) as other:
        other.paths["/there"] = answer(
            status=302, headers={"Location": server.url + "/back", "Set-Cookie": "other=1"}
        )
        server.paths |= {
            "/list": answer(
                status=302,
                headers={"Location": other.url + "/there", "Set-Cookie": "own=1; Path=/"},
            ),
            "/back": answer(b"news"),
        }
        fetcher = HttpFetcher(delay_s=0, insecure=True)
        url = f"http://ann:s3cret@127.0.0.1:{server.port}/list"
        assert fetcher.fetch(Source(name="news", url=url)).body == b"news"
        fetcher.close()
        for request in other.requests:
            assert not {"authorization", "cookie", "referer"} & set(request.headers)
    back = server.asked("/back")[0].headers
    assert back["authorization"].startswith("Basic ")
    assert back["cookie"] == "own=1"


def test_credentials_in_a_location_are_not_the_user_s(server):
    location = f"http://eve:pw@127.0.0.1:{server.port}/there"
    server.paths |= {
        "/list": answer(status=302, headers={"Location": location}),
        "/there": answer(b"news"),
    }
    fetcher = HttpFetcher(delay_s=0)
    page = fetcher.fetch(Source(name="news", url=server.url + "/list"))
    fetcher.close()
    assert page.url == server.url + "/there"
    assert "authorization" not in server.asked("/there")[0].headers


def silent(connection, _):
    connection.wait()


FAULTS = {
    "/404": answer(status=404),
    "/503": answer(status=503),
    "/429": answer(status=429, headers={"Retry-After": "3600"}),
    "/cut": lambda connection, _: connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
    "/reset": lambda connection, _: connection.reset(),
    "/silent": silent,
    "/nonsense": lambda connection, _: connection.send(b"token=s3cret password\r\n\r\n"),
    "/encoding": answer(b"x", headers={"Content-Encoding": "rot13"}),
    "/scheme": answer(status=302, headers={"Location": "ftp://ann:s3cret@a/?token=s3cret"}),
    "/private": answer(status=302, headers={"Location": "http://ann:s3cret@10.0.0.1/?key=s3cret"}),
    "/loop": answer(status=302, headers={"Location": "/loop?token=s3cret"}),
    "/loop?token=s3cret": answer(status=302, headers={"Location": "/loop?token=s3cret"}),
    "/refused": answer(status=302, headers={"Location": "/robots-refuse?sig=s3cret"}),
    "/robots.txt": answer(b"User-agent: *\nDisallow: /robots-refuse"),
}


@pytest.mark.parametrize("path", [path for path in FAULTS if "?" not in path])
def test_no_message_tells_a_secret(server, path):
    server.paths |= FAULTS
    asked = "/robots-refuse" if path == "/robots.txt" else path
    server.paths[f"{asked}?token=s3cret"] = server.paths.get(asked, answer(status=404))
    fetcher = HttpFetcher(delay_s=0, idle_s=0.2, sleep=lambda _: None)
    url = f"http://ann:s3cret@127.0.0.1:{server.port}{asked}?token=s3cret"
    with pytest.raises(ScrapeError) as caught:
        fetcher.fetch(Source(name="news", url=url))
    fetcher.close()
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert "s3cret" not in str(caught.value) + repr(error)
    told = [str(one) for one in _chain(caught.value)]
    assert not any("s3cret" in text for text in told), told
    assert "Authorization" not in "".join(traceback.format_exception(caught.value))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("url", ["htps://ann:s3cret@a/", "http://ann:s3cret@[/?token=s3cret"])
def test_a_wrong_address_is_shown_without_its_secrets(url):
    with pytest.raises(ScrapeError) as caught:
        HttpFetcher().fetch(Source(name="news", url=url))
    assert "s3cret" not in str(caught.value)
