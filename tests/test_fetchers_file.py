import io
import os
from datetime import UTC, datetime

import pytest

from scraper.errors import FetchError, TooLargeError, UsageError
from scraper.fetchers import FileFetcher, RoutingFetcher, StdinFetcher, limits
from scraper.models import Page, Source

META = (
    'url = "https://a.example/news"\nfetched_at = 2024-03-05T12:00:00+02:00\nencoding = "cp1251"\n'
)
FETCHED_AT = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)


@pytest.fixture
def fetch(tmp_path):
    def fetch(name: str, url: str | None = None) -> Page:
        path = str(tmp_path / name)
        return FileFetcher().fetch(Source(name=name, path=path, url=url))

    return fetch


def test_a_saved_page_that_says_nothing_has_no_address_and_no_time(fetch, tmp_path):
    (tmp_path / "a.html").write_bytes(b"\xff<link rel=canonical href=https://b.example/>")
    assert fetch("a.html") == Page(url=None, body=(tmp_path / "a.html").read_bytes())


@pytest.mark.parametrize("name", ["page.html", "news.htm"])
def test_meta_beside_a_page_speaks_of_it(fetch, tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    (tmp_path / "meta.toml").write_text(META)
    assert fetch(name) == Page(
        url="https://a.example/news", body=b"", fetched_at=FETCHED_AT, encoding="cp1251"
    )


def test_meta_beside_several_pages_speaks_of_page_html_alone(fetch, tmp_path):
    for name in ("page.html", "other.html"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "meta.toml").write_text(META)
    assert fetch("page.html").url == "https://a.example/news"
    assert fetch("other.html").url is None


def test_the_address_that_the_user_names_goes_before_that_of_meta(fetch, tmp_path):
    (tmp_path / "page.html").write_bytes(b"")
    (tmp_path / "meta.toml").write_text(META)
    assert fetch("page.html", url="https://c.example/").url == "https://c.example/"


def test_a_broken_meta_is_named_with_its_line(fetch, tmp_path):
    (tmp_path / "page.html").write_bytes(b"")
    (tmp_path / "meta.toml").write_text('checked = true\nfetched = "today"\n')
    with pytest.raises(UsageError, match=r'meta.toml:2: no such key: "fetched"; did you mean'):
        fetch("page.html")


def test_a_file_that_is_not_there_is_named(fetch):
    with pytest.raises(FetchError, match=r"^a.html: cannot be read: \[Errno 2\] No such file"):
        fetch("a.html")


def test_a_file_above_the_limit_is_refused(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 3)
    (tmp_path / "a.html").write_bytes(b"abc")
    assert fetch("a.html").body == b"abc"
    (tmp_path / "a.html").write_bytes(b"abcd")
    with pytest.raises(TooLargeError):
        fetch("a.html")


def test_standard_input_is_read_to_its_end():
    source = Source(name="-", path="-", url="https://a.example/")
    page = StdinFetcher(io.BytesIO(b"\xff")).fetch(source)
    assert page == Page(url="https://a.example/", body=b"\xff")


def test_standard_input_that_is_closed_is_told(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(FetchError, match=r"^-: standard input is closed; name a saved page$"):
        StdinFetcher().fetch(Source(name="-", path="-"))


class _Named:
    """A fetcher that tells its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def fetch(self, source: Source) -> Page:
        return Page(url=None, body=self._name.encode())


def test_each_source_goes_to_its_fetcher(tmp_path):
    (tmp_path / "a.html").write_bytes(b"file")
    fetcher = RoutingFetcher(web=_Named("web"), stdin=_Named("stdin"))
    sources = [
        Source(name="a", url="https://a.example/"),
        Source(name="-", path="-", url="https://a.example/"),
        Source(name="b", path=os.fspath(tmp_path / "a.html"), url="https://a.example/"),
    ]
    assert [fetcher.fetch(source).body for source in sources] == [b"web", b"stdin", b"file"]
