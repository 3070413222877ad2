"""Archives: read by length and count, written so that others can read them, replayed alike."""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import resource
import tracemalloc
import warnings
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.cli import main
from scraper.errors import (
    ExportError,
    FetchError,
    IncompleteError,
    NotSavedError,
    ScrapeError,
    StatusError,
    TooLargeError,
)
from scraper.fetchers import HttpFetcher, RoutingFetcher
from scraper.fetchers.archive import ArchiveReplayFetcher, find_pages
from scraper.fetchers.archive_record import ArchiveRecorder
from scraper.fetchers.warc import Damage, WarcReader, record_bytes
from scraper.models import Page, Source
from scraper.pipeline import scrape

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
URL = "https://city.example/news"
HTML = "".join(
    f'<li><a href="/news/{n}">Council approves plan number {n} of the tram</a> {n} March 2024</li>'
    for n in range(1, 6)
)
LIST = f"<html><body><h1>News</h1><ul>{HTML}</ul></body></html>".encode()


def response(body=LIST, *, url=URL, status="200 OK", head=b"Content-Type: text/html\r\n", **more):
    block = f"HTTP/1.1 {status}\r\n".encode() + head + b"\r\n" + body
    kind = "application/http; msgtype=response"
    return record_bytes("response", block, content_type=kind, moment=more.get("at", NOON), url=url)


def write(path: Path, *records: bytes) -> Path:
    packed = path.suffix == ".gz"
    path.write_bytes(b"".join(gzip.compress(one, mtime=0) if packed else one for one in records))
    return path


def pages(path: Path) -> list[Page | ScrapeError]:
    fetcher = RoutingFetcher()
    found: list[Page | ScrapeError] = []
    for source in find_pages(path):
        try:
            found.append(fetcher.fetch(source))
        except ScrapeError as error:
            found.append(error)
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.warc.gz"


# What is whole


@pytest.mark.parametrize("name", ["run.warc", "run.warc.gz"])
def test_every_page_is_a_source_in_its_order(tmp_path, name):
    image = response(b"\x89PNG", url=f"{URL}.png", head=b"Content-Type: image/png\r\n")
    gone = response(b"<p>gone", status="404 Not Found")
    second = response(
        b"<p>caf\xe9", url=f"{URL}?2", head=b"Content-Type: text/html; charset=L1\r\n"
    )
    path = write(tmp_path / name, response(), image, gone, second)
    sources = find_pages(path)
    assert [source.name for source in sources] == [f"{path}#1", f"{path}#4"]
    first, last = pages(path)
    assert first == Page(url=URL, body=LIST, fetched_at=NOON, headers={"content-type": "text/html"})
    assert (last.url, last.body, last.encoding) == (f"{URL}?2", b"<p>caf\xe9", "l1")


def test_records_come_of_an_archive(path):
    write(path, response(), response(url=f"{URL}/2"))
    results = list(scrape(find_pages(path)))
    assert [len(one.listing.items) for one in results if one.listing] == [5, 5]
    assert results[0].listing.items[0].url == "https://city.example/news/1"
    assert results[0].listing.items[0].fetched_at == NOON


def test_an_archive_of_one_gzip_member_is_read(path):
    path.write_bytes(
        gzip.compress(response() + response(url=f"{URL}/2") + response(url=f"{URL}/3"))
    )
    assert [page.url for page in pages(path)] == [URL, f"{URL}/2", f"{URL}/3"]


def test_archives_of_other_programs_are_read(path):
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        payload = io.BytesIO(LIST)
        first = writer.create_warc_record(URL, "response", payload=payload, http_headers=head)
        writer.write_record(writer.create_warcinfo_record("run", {"software": "x"}))
        asked = StatusAndHeaders(
            "GET /news HTTP/1.1", [("Host", "city.example")], is_http_request=True
        )
        writer.write_record(writer.create_warc_record(URL, "request", http_headers=asked))
        writer.write_record(first)
        digest = first.rec_headers.get_header("WARC-Payload-Digest")
        date = first.rec_headers.get_header("WARC-Date")
        again = writer.create_revisit_record(URL, digest, URL, date, http_headers=head)
        writer.write_record(again)
        thing = writer.create_warc_record(
            f"{URL}/r", "resource", payload=io.BytesIO(LIST), warc_content_type="text/html"
        )
        writer.write_record(thing)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        del writer, first, again, thing
        gc.collect()
    found = pages(path)
    assert [(page.url, page.body) for page in found] == [
        (URL, LIST),
        (URL, LIST),
        (f"{URL}/r", LIST),
    ]


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    half = len(body) // 2
    pieces = [b"%x\r\n%s\r\n" % (len(one), one) for one in (body[:half], body[half:])]
    return b"".join(pieces) + end


CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(CHUNKED, chunked(LIST), id="chunks"),
        pytest.param(CHUNKED, LIST, id="chunks-undone"),
        pytest.param(b"Content-Encoding: gzip\r\n", gzip.compress(LIST), id="gzip"),
        pytest.param(b"Content-Encoding: gzip\r\nContent-Length: 9\r\n", LIST, id="gzip-undone"),
        pytest.param(b"Content-Encoding: br\r\n", brotli.compress(LIST), id="br"),
        pytest.param(b"Content-Encoding: br\r\nContent-Length: 99999\r\n", LIST, id="br-undone"),
        pytest.param(b"Content-Encoding: deflate\r\n", zlib.compress(LIST), id="deflate"),
        pytest.param(
            CHUNKED + b"Content-Encoding: gzip\r\n", chunked(gzip.compress(LIST)), id="both"
        ),
    ],
)
def test_encodings_are_undone_unless_they_were_before(path, head, body):
    write(path, response(body, head=b"Content-Type: text/html\r\n" + head))
    (page,) = pages(path)
    assert page.body == LIST


def test_feeds_and_pages_without_a_type_are_pages(path):
    write(
        path,
        response(b"<rss></rss>", head=b"Content-Type: text/xml\r\n"),
        response(b"<!DOCTYPE html><p>a", head=b""),
        response(b"<urlset/>", head=b"Content-Type: text/xml\r\n"),
        response(b"User-agent: *", head=b"Content-Type: text/plain\r\n"),
    )
    assert [page.body[:5] for page in pages(path)] == [b"<rss>", b"<!DOC"]


def test_secrets_in_an_archive_go_no_further(path):
    head = b"Content-Type: text/html\r\nSet-Cookie: a=s3cret\r\nX: y\r\n"
    write(path, response(head=head, url="https://ann:pw@city.example/?token=s3cret"))
    (page,) = pages(path)
    assert page.url == "https://city.example/?token="
    assert "s3cret" not in repr(page) + repr(page.headers)


def test_what_is_no_address_is_none(path):
    write(path, response(url="file:///etc/passwd"))
    (page,) = pages(path)
    assert page.url is None


def test_a_page_that_was_cut_off_on_purpose_is_not_complete(path):
    cut = response(head=b"Content-Type: text/html\r\nContent-Length: 99999\r\n")
    write(path, cut.replace(b"WARC-Type", b"WARC-Truncated: length\r\nWARC-Type"))
    (page,) = pages(path)
    assert (page.body, page.complete) == (LIST, False)


# What is not

RECORDS = [response(url=f"{URL}/{n}") for n in range(3)]
PACKED = [gzip.compress(one, mtime=0) for one in RECORDS]
FIRST, SECOND = RECORDS[0], RECORDS[1]
LENGTH = b"Content-Length: %d" % len(FIRST.partition(b"\r\n\r\n")[2][:-4])
SIZE, SIZE_GZ = len(FIRST), len(PACKED[0])
LAST, LAST_GZ = 2 * SIZE, SIZE_GZ + len(PACKED[1])


def plain(*records: bytes) -> bytes:
    return b"".join(records)


def with_length(difference: int) -> bytes:
    number = int(LENGTH.split()[1]) + difference
    return SECOND.replace(LENGTH, b"Content-Length: %d" % number)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


#: Kind of damage: the bytes, the pages that are whole, what is said of the rest.
DAMAGED = {
    "member cut": (
        plain(*PACKED)[: LAST_GZ + 100],
        [0, 1],
        f"record 3 at byte {LAST_GZ}: its compressed bytes are cut off",
    ),
    "check sum cut": (
        plain(*PACKED)[:-4],
        [0, 1],
        f"record 3 at byte {LAST_GZ}: its compressed bytes are cut off",
    ),
    "bytes flipped": (
        plain(PACKED[0], flipped(PACKED[1], 200), PACKED[2]),
        [0],
        f"record 2 at byte {SIZE_GZ}: ",
    ),
    "record cut": (
        plain(*RECORDS)[:-300],
        [0, 1],
        f"record 3 at byte {LAST}: 296 of {LENGTH.decode().split()[1]} bytes are missing",
    ),
    "end cut": (plain(*RECORDS)[:-2], [0, 1], f"record 3 at byte {LAST}: its end is missing"),
    "length short": (
        plain(FIRST, with_length(-9), RECORDS[2]),
        [0],
        f"record 2 at byte {SIZE}: its length is wrong",
    ),
    "length long": (
        plain(FIRST, with_length(9), RECORDS[2]),
        [0],
        f"record 2 at byte {SIZE}: its length is wrong",
    ),
    "length none": (
        plain(FIRST, SECOND.replace(LENGTH, b"Content-Length: -1"), RECORDS[2]),
        [0],
        f"record 2 at byte {SIZE}: its header tells no length",
    ),
    "header broken": (
        plain(FIRST, b"WARX" + SECOND[4:], RECORDS[2]),
        [0],
        f"record 2 at byte {SIZE}: its header is broken",
    ),
    "header cut": (
        plain(*RECORDS, FIRST[:100]),
        [0, 1, 2],
        f"record 4 at byte {3 * SIZE}: its header is cut off",
    ),
    "digest wrong": (
        plain(FIRST, SECOND.replace(b"number 1", b"number 7"), RECORDS[2]),
        [0, 2],
        f"record 2 at byte {SIZE}: its bytes are not those of its digest",
    ),
    "member cut among others": (
        gzip.compress(plain(*RECORDS), mtime=0)[:-20],
        [0, 1],
        f"record 3 at byte 0 and {LAST} decompressed: its compressed bytes are cut off",
    ),
    "HTTP header broken": (
        plain(FIRST, response().replace(b"HTTP/1.1 200", b"HTTQ/1.1 200")).replace(
            b"WARC-Block-Digest", b"X-Was", 2
        ),
        [0],
        f"record 2 at byte {SIZE - len('WARC-Block-Digest') + len('X-Was')}: its HTTP header",
    ),
    "no archive": (b"hello" * 1000, [], "record 1 at byte 0: its header is broken"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_what_is_whole_is_read_and_the_rest_is_one_error(tmp_path, kind):
    content, whole, said = DAMAGED[kind]
    path = tmp_path / "run.warc"
    path.write_bytes(content)
    found = pages(path)
    assert [one.url for one in found if isinstance(one, Page)] == [f"{URL}/{n}" for n in whole]
    (error,) = [one for one in found if isinstance(one, ScrapeError)]
    assert isinstance(error, IncompleteError)
    assert error.message.startswith(said)


def test_an_archive_cut_at_any_byte_gives_what_is_before_and_one_error(tmp_path):
    content = plain(*PACKED)
    whole_at = {0, SIZE_GZ, LAST_GZ, len(content)}
    for size in range(0, len(content) + 1, 7):
        stream = io.BytesIO(content[:size])
        found = list(WarcReader(stream).records(first_bytes=0))
        damages = [one for one in found if isinstance(one, Damage)]
        ends = [SIZE_GZ, LAST_GZ, len(content)]
        assert len(found) - len(damages) == sum(end <= size for end in ends)
        assert len(damages) == (size not in whole_at)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 99999\r\n", LIST),
        (CHUNKED, chunked(LIST, end=b"")),
        (CHUNKED, chunked(LIST)[:-60]),
        (b"Content-Encoding: gzip\r\n", gzip.compress(LIST)[:-30]),
        (b"Content-Encoding: br\r\n", brotli.compress(LIST)[:-30]),
    ],
)
def test_a_page_that_was_stored_in_part_is_never_taken_for_whole(path, head, body):
    write(path, response(body, head=b"Content-Type: text/html\r\n" + head), response())
    error, page = pages(path)
    assert isinstance(error, IncompleteError)
    assert page.body == LIST


def test_a_bomb_in_an_archive_does_not_go_off(path):
    bomb = gzip.compress(gzip.compress(bytes(300 * 2**20), 9), 9)
    head = b"Content-Type: text/html\r\nContent-Encoding: gzip, gzip\r\n"
    write(path, response(bomb, head=head), response(bytes(40 * 2**20)))
    tracemalloc.start()
    errors = pages(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(one) for one in errors] == [TooLargeError, TooLargeError]
    assert peak < 100 * 2**20


def test_digests_in_any_spelling_count(tmp_path):
    block = FIRST.partition(b"\r\n\r\n")[2][:-4]
    line = next(one for one in FIRST.split(b"\r\n") if one.startswith(b"WARC-Block-Digest"))
    spellings = [f"SHA-256:{hashlib.sha256(block).hexdigest()}", "xyz:123"]
    spellings.append(f"sha1:{hashlib.sha1(block, usedforsecurity=False).hexdigest().upper()}")
    for spelling in [*spellings, "sha1:"]:
        stream = io.BytesIO(FIRST.replace(line, f"WARC-Block-Digest: {spelling}".encode()))
        (found,) = WarcReader(stream).records(first_bytes=0)
        assert isinstance(found, Damage) == (spelling == "sha1:")


# Recording and replaying


class Web:
    """A dictionary for a network."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages

    def fetch(self, source: Source) -> Page:
        return self.pages[source.url or ""]


PAGE = Page(
    url=URL,
    body="<p>café".encode("latin-1"),
    fetched_at=NOON,
    encoding="iso-8859-1",
    headers={"content-type": "text/html; charset=iso-8859-1", "content-encoding": "gzip"},
)


def record(path: Path, *wanted: str, web: Web | None = None, **source) -> None:
    recorder = ArchiveRecorder(web or Web({URL: PAGE, f"{URL}/old": PAGE}), path)
    for url in wanted:
        recorder.fetch(Source(name="news", url=url, **source))


def replay(path: Path, url: str = URL) -> Page:
    return ArchiveReplayFetcher(path).fetch(Source(name="news", url=url))


@pytest.mark.parametrize("name", ["run.warc", "run.warc.gz"])
def test_what_is_recorded_is_replayed_alike_a_hundred_times(tmp_path, name):
    path = tmp_path / name
    record(path, URL)
    first = replay(path)
    assert (first.url, first.body, first.fetched_at, first.encoding, first.status) == (
        PAGE.url,
        PAGE.body,
        PAGE.fetched_at,
        PAGE.encoding,
        PAGE.status,
    )
    assert all(replay(path) == first for _ in range(100))


def test_damaged_archives_are_replayed_alike_a_hundred_times(tmp_path):
    path = tmp_path / "run.warc"
    path.write_bytes(DAMAGED["member cut"][0])
    told = {repr(pages(path)) for _ in range(100)}
    assert len(told) == 1
    with pytest.raises(IncompleteError, match=rf"of which record 3 at byte {LAST_GZ}"):
        replay(path, f"{URL}/2")
    assert replay(path, f"{URL}/1").body == LIST


def test_the_same_pages_give_the_same_bytes(tmp_path):
    record(tmp_path / "a.warc.gz", URL, f"{URL}/old")
    record(tmp_path / "b.warc.gz", URL)
    record(tmp_path / "b.warc.gz", f"{URL}/old")
    assert (tmp_path / "a.warc.gz").read_bytes() == (tmp_path / "b.warc.gz").read_bytes()


def test_other_programs_read_what_is_recorded(path):
    record(path, URL, f"{URL}/old")
    with path.open("rb") as stream:
        found = [
            (
                one.rec_type,
                one.rec_headers.get_header("WARC-Target-URI"),
                one.content_stream().read(),
            )
            for one in ArchiveIterator(stream, check_digests="raise")
        ]
    assert [one[0] for one in found] == ["warcinfo", "response", "response", "metadata"]
    assert found[1][1:] == (URL, PAGE.body)


def test_an_address_that_was_redirected_leads_to_the_page(path):
    record(path, f"{URL}/old")
    assert replay(path, f"{URL}/old") == replay(path, URL)


def test_redirects_of_an_archive_are_followed(path):
    head = b"Location: /news\r\n"
    away = response(b"", url="https://city.example/", status="301 Moved Permanently", head=head)
    loop = response(b"", url=f"{URL}/loop", status="302 Found", head=b"Location: loop\r\n")
    write(path, away, loop, response())
    assert replay(path, "https://city.example/").url == URL
    with pytest.raises(FetchError, match="more than 10 redirects"):
        replay(path, f"{URL}/loop")


def test_the_last_visit_counts_in_a_replay(path):
    later = datetime(2024, 3, 6, tzinfo=UTC)
    write(path, response(b"<p>new", at=later), response())
    assert replay(path).body == b"<p>new"


def test_what_was_not_found_when_it_was_archived_is_not_found(path):
    write(path, response(b"<p>gone", status="404 Not Found"))
    with pytest.raises(StatusError, match="the server answered 404"):
        replay(path)
    with pytest.raises(NotSavedError, match=r"/2 is not saved in .*; fetch it once with --record"):
        replay(path, f"{URL}/2")


def test_a_repeated_page_that_is_not_there_is_said(path):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    kind = "application/http; msgtype=response"
    write(path, record_bytes("revisit", head, content_type=kind, moment=NOON, url=URL))
    (error,) = pages(path)
    assert str(error).endswith("record 1 at byte 0 repeats a page that is not in the archive")


def test_rendered_pages_are_kept_as_what_they_are(path):
    record(path, URL, render=True)
    with path.open("rb") as stream:
        kinds = [one.rec_type for one in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", "conversion"]
    assert replay(path).body == PAGE.body


def test_no_secret_is_recorded(tmp_path):
    url = "https://city.example/news?token=s3cret"
    headers = {"Set-Cookie": "s3cret", "link": "<https://ann:s3cret@a.example/>", "x": "a\r\nb: c"}
    page = Page(url=url, body=b"<p>a", fetched_at=NOON, headers=headers)
    record(tmp_path / "run.warc", f"{url}&old", web=Web({f"{url}&old": page}))
    content = (tmp_path / "run.warc").read_bytes()
    assert b"s3cret" not in content
    assert b"\r\nb: c" not in content


@pytest.mark.parametrize("change", [{"url": None}, {"fetched_at": None}, {"complete": False}])
def test_pages_that_could_not_be_replayed_alike_are_not_kept(path, change):
    page = Page(**{"url": URL, "body": b"", "fetched_at": NOON} | change)
    record(path, URL, web=Web({URL: page}))
    assert not path.exists()


def test_nothing_is_written_behind_a_record_that_is_not_whole(path):
    path.write_bytes(plain(*PACKED)[:-9])
    with pytest.raises(ExportError, match=r"record 3 at byte \d+: .*; name another file"):
        record(path, URL)


def test_a_full_disk_leaves_no_part_of_a_record(tmp_path):
    path = tmp_path / "run.warc"
    record(path, URL)
    before = path.read_bytes()
    large = Page(url=URL, body=bytes(100_000), fetched_at=NOON)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 50_000, limits[1]))
    try:
        with pytest.raises(ExportError, match="the page cannot be kept there: File too large"):
            record(path, URL, web=Web({URL: large}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before


# The command


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main([*words, "--quiet"])
    return int(end.value.code or 0)


def test_the_command_records_replays_and_reads_archives(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listing = Page(url=URL, body=LIST, fetched_at=NOON, headers={"content-type": "text/html"})
    monkeypatch.setattr(HttpFetcher, "fetch", lambda *_: listing)
    assert run(URL, "--record", "run.warc.gz", "--out", "a.json") == 0
    monkeypatch.setattr(HttpFetcher, "fetch", None)
    assert run(URL, "--replay", "run.warc.gz", "--out", "b.json") == 0
    assert run("run.warc.gz", "--out", "c.json") == 0
    recorded, replayed, read = (Path(f"{name}.json").read_text() for name in "abc")
    assert recorded == replayed == read.replace("run.warc.gz#2", URL)


def test_a_damaged_archive_is_some_sources_that_failed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("run.warc").write_bytes(DAMAGED["record cut"][0])
    assert run("run.warc", "--out", "a.json") == 3
    said = capsys.readouterr().err
    assert said.startswith(f"error: run.warc#3: incomplete: record 3 at byte {LAST}: 296 of ")
    assert said.count("\n") == 1


def test_an_archive_to_replay_that_is_not_there_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(URL, "--replay", "none.warc.gz") == 2
    assert 'there is no archive "none.warc.gz"' in capsys.readouterr().err
