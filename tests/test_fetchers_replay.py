import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import ExportError, NotSavedError
from scraper.fetchers import RecordingFetcher, ReplayFetcher
from scraper.fixtures import load_fixture
from scraper.models import Item, Listing, Page, Source

URL = "https://a.example/news?b=2&a=1"


def save(folder: Path, body: str, meta: str) -> None:
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(body)
    (folder / "meta.toml").write_text(meta)


def replay(folder: Path, url: str) -> bytes:
    return ReplayFetcher(folder).fetch(Source(name="a", url=url)).body


@pytest.mark.parametrize(
    "url", [URL, "HTTPS://A.example:443/news?a=1&b=2#top", "https://ann:pw@a.example/news?a=1&b=2"]
)
def test_any_spelling_of_the_address_finds_the_page(tmp_path, url):
    save(tmp_path / "host" / "why", "saved", f'url = "{URL}"\n')
    assert replay(tmp_path, url) == b"saved"


def test_the_address_before_redirects_finds_the_page_after_them(tmp_path):
    meta = 'url = "https://a.example/new"\nrequested_url = "https://a.example/old"\n'
    save(tmp_path / "x", "saved", meta)
    assert replay(tmp_path, "https://a.example/old") == b"saved"
    assert replay(tmp_path, "https://a.example/new") == b"saved"


def test_of_several_copies_the_last_one_counts(tmp_path):
    save(tmp_path / "a", "newer", f'url = "{URL}"\nfetched_at = 2024-03-05T00:00:00Z\n')
    save(tmp_path / "b", "older", f'url = "{URL}"\nfetched_at = 2023-03-05T00:00:00Z\n')
    save(tmp_path / "c", "undated", f'url = "{URL}"\n')
    assert replay(tmp_path, URL) == b"newer"


def test_a_page_that_is_not_saved_is_never_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "socket", None)
    with pytest.raises(NotSavedError) as caught:
        ReplayFetcher(tmp_path).fetch(Source(name="a", url="https://ann:pw@a.example/"))
    assert str(caught.value) == (
        f"a: https://a.example/ is not saved in {tmp_path}; fetch it once with --record {tmp_path}"
    )


def test_a_broken_meta_costs_only_the_page_it_may_speak_of(tmp_path):
    save(tmp_path / "good", "saved", f'url = "{URL}"\n')
    save(tmp_path / "bad", "lost", 'url = "https://b.example/"\nnonsense\n')
    fetcher = ReplayFetcher(tmp_path)
    assert fetcher.fetch(Source(name="a", url=URL)).body == b"saved"
    with pytest.raises(NotSavedError, match=r"; mend .*bad/meta.toml:2: "):
        fetcher.fetch(Source(name="b", url="https://b.example/"))


def test_a_saved_page_is_read_from_its_file(tmp_path):
    (tmp_path / "a.html").write_text("at hand")
    source = Source(name="a", path=str(tmp_path / "a.html"))
    assert ReplayFetcher(tmp_path).fetch(source).body == b"at hand"


class Fake:
    """The web as a table; everything else is what was asked for."""

    def __init__(self, **page: object) -> None:
        self._page = {"body": b"\xff<li>", "encoding": "cp1251", **page}

    def fetch(self, source: Source) -> Page:
        return Page(**{"url": source.url, **self._page})


def test_what_was_recorded_is_replayed_byte_for_byte(tmp_path):
    fetched_at = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)
    inner = Fake(fetched_at=fetched_at, url="https://a.example/after")
    page = RecordingFetcher(inner, tmp_path).fetch(Source(name="a", url=URL))
    assert (tmp_path / "a.example/news-b-2-a-1/page.html").read_bytes() == page.body
    for url in (URL, "https://a.example/after"):
        assert ReplayFetcher(tmp_path).fetch(Source(name="a", url=url)) == page


def test_recording_twice_keeps_one_copy_and_asks_to_be_checked_again(tmp_path):
    fetcher = RecordingFetcher(Fake(), tmp_path)
    source = Source(name="a", url=URL)
    fetcher.fetch(source)
    (meta,) = tmp_path.rglob("meta.toml")
    meta.write_text(meta.read_text().replace("checked = false", "checked = true"))
    fetcher.fetch(source)
    (meta,) = tmp_path.rglob("meta.toml")
    assert "checked = false" in meta.read_text()


def test_pages_whose_paths_look_alike_are_kept_apart(tmp_path):
    fetcher = RecordingFetcher(Fake(), tmp_path)
    urls = ["https://a.example/x/y", "https://a.example/x-y", "https://a.example/x?y"]
    for url in urls:
        fetcher.fetch(Source(name=url, url=url))
    assert sorted(path.name for path in (tmp_path / "a.example").iterdir()) == [
        "x-y",
        "x-y-2",
        "x-y-3",
    ]
    assert all(ReplayFetcher(tmp_path).fetch(Source(name="a", url=url)).url == url for url in urls)


@pytest.mark.parametrize(
    "url", ["https://a.example/../../etc/passwd", "https://a.example/%2e%2e/%00/x", "https://../x"]
)
def test_nothing_is_written_outside_of_the_folder(tmp_path, url):
    folder = tmp_path / "deep" / "kept"
    RecordingFetcher(Fake(), folder).fetch(Source(name="a", url=url))
    (page,) = tmp_path.rglob("page.html")
    assert page.parent.parent.parent == folder


def test_no_secret_is_written_down(tmp_path):
    inner = Fake(headers={"set-cookie": "s3cret"}, url="https://ann:s3cret@a.example/?token=s3cret")
    fetcher = RecordingFetcher(inner, tmp_path)
    fetcher.fetch(Source(name="a", url="https://ann:s3cret@a.example/x?api_key=s3cret"))
    for path in tmp_path.rglob("*"):
        assert "s3cret" not in path.name
        assert path.is_dir() or b"s3cret" not in path.read_bytes()


@pytest.mark.parametrize("page", [{"complete": False}, {"url": None}])
def test_what_cannot_be_replayed_is_not_kept(tmp_path, page):
    source = Source(name="a", url=None if "url" in page else URL)
    RecordingFetcher(Fake(**page), tmp_path).fetch(source)
    assert list(tmp_path.iterdir()) == []


def test_the_records_found_are_kept_with_the_page(tmp_path):
    fetcher = RecordingFetcher(Fake(), tmp_path)
    source = Source(name="a", url=URL)
    page = fetcher.fetch(source)
    item = Item(title="Bridge reopens", position=1, id="a1", source="a", page_url=URL)
    fetcher.keep(source, page, Listing(items=(item,), next_url="https://a.example/2"))
    (folder,) = (tmp_path / "a.example").iterdir()
    assert json.loads((folder / "items.json").read_text()) == [{"title": "Bridge reopens"}]
    assert load_fixture(folder).meta.next_url == "https://a.example/2"


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file: the page cannot be kept there: "):
        RecordingFetcher(Fake(), tmp_path / "file").fetch(Source(name="a", url=URL))
