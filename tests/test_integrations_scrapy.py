import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from itemadapter import ItemAdapter
from scrapy.http import HtmlResponse, Response

from scraper import Item, extract
from scraper.errors import UsageError
from scraper.integrations.scrapy import ListingSpider, register_records

ROOT = Path(__file__).parent.parent
ITEM = Item(
    title="Bridge reopens",
    url="https://a.example/1",
    published_at=datetime(2024, 3, 5, 9, 30, tzinfo=UTC),
    position=1,
    id="a1",
)


def page(first: int, *, following: str = "", day: int = 20) -> str:
    rows = "".join(
        f'<li><a href="/news/{n}">Notice {n}: the lock opens at {n} o’clock</a>'
        f"<p>Boats wait at the upper gate for signal {n}.</p><time>{day - n} March 2024</time></li>"
        for n in range(first, first + 3)
    )
    more = f'<a rel="next" href="{following}">Next page</a>' if following else ""
    return f"<title>Lock</title><h1>Notices</h1><ul>{rows}</ul>{more}"


FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Lock",
    "next_url": "http://localhost:1/news",
    "items": [
        {"id": str(n), "url": f"http://127.0.0.1/{n}", "title": f"The lock opens at {n}"}
        for n in range(3)
    ],
}
PAGES = {
    "/news": page(1, following="/news?page=2"),
    "/news?page=2": page(4, following="/news?page=3"),
    "/news?page=3": page(7, following="/news?page=2"),
    "/cut": page(1, following="/gone"),
    "/elsewhere": json.dumps(FEED),
    "/empty": "<title>Lock</title><p>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


SPIDER = """
import json
from pathlib import Path

import msgspec

from scraper.integrations.scrapy import ListingSpider


class Categorise:
    def process_item(self, item):
        return msgspec.structs.replace(item, category="Notice")


class Notices(ListingSpider):
    name = "notices"
    custom_settings = {"ITEM_PIPELINES": {Categorise: 1}, "TELNETCONSOLE_ENABLED": False}

    def closed(self, reason):
        stats = self.crawler.stats.get_stats()
        Path("stats.json").write_text(json.dumps(stats, default=str))
"""


@pytest.fixture(scope="module")
def crawl(tmp_path_factory, site):
    """Run a real crawl from some addresses, in a process of its own."""

    def crawl(*paths: str, pages: int = 1, out: str = "items.json"):
        folder = tmp_path_factory.mktemp("crawl")
        urls = [site + path for path in paths]
        (folder / "spider.py").write_text(f"{SPIDER}    start_urls = {urls!r}\n")
        words = ["-m", "scrapy", "runspider", "spider.py", "-O", out, "-a", f"pages={pages}"]
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return folder / out, json.loads((folder / "stats.json").read_text()), done.stderr

    return crawl


def test_a_feed_has_what_extract_returns_and_a_crawl_counts_what_failed(crawl, site):
    starts = ("/news", "/cut", "/elsewhere", "/empty", "/missing")
    path, stats, log = crawl(*starts, pages=2)
    exported = {}
    for record in json.loads(path.read_bytes()):
        exported.setdefault(record["page_url"], []).append(record)
    assert set(exported) == {
        site + path for path in ("/news", "/news?page=2", "/cut", "/elsewhere")
    }
    for url, records in exported.items():
        fetched_at = datetime.fromisoformat(records[0]["fetched_at"])
        assert fetched_at.tzinfo is not None
        listing = extract(PAGES[url.removeprefix(site)], url=url, fetched_at=fetched_at)
        shift = 3 if "page=2" in url else 0
        expected = [
            msgspec.structs.replace(
                one, source="notices", category="Notice", position=one.position + shift
            )
            for one in listing.items
        ]
        assert records == msgspec.to_builtins(expected)
    assert stats["item_scraped_count"] == 12
    assert stats["listing/pages"] == 5
    assert stats["listing/errors/no-items"] == 1
    assert stats["listing/errors/fetch"] == 2
    assert "Spider closed (finished)" in log
    assert "spider_exceptions/count" not in stats
    assert f"{site}/missing: no page:" in log
    assert f"{site}/gone: the listing is cut off before this page" in log
    assert "the next page is on another host: http://localhost:1/news" in log
    assert "only the first 2 pages were read, and the listing goes on" in log


# A crawl without a crawl


class Stats(dict):
    def inc_value(self, key: str) -> None:
        self[key] = self.get(key, 0) + 1


class Crawler:
    def __init__(self) -> None:
        self.stats = Stats()


@pytest.fixture
def spider():
    def spider(**arguments):
        made = ListingSpider("notices", **arguments)
        made.crawler = Crawler()
        return made

    return spider


def response(path: str, **more) -> HtmlResponse:
    url = f"https://lock.example{path}"
    return HtmlResponse(url, body=PAGES[path].encode(), encoding="utf-8", **more)


def walk(spider: ListingSpider) -> list[Item]:
    """Follow the requests of *spider* from the first page on, over the table of pages."""
    items, outputs = [], list(spider.parse(response("/news")))
    while outputs:
        one = outputs.pop(0)
        if isinstance(one, Item):
            items.append(one)
        else:
            path = one.url.removeprefix("https://lock.example")
            outputs += spider.parse(response(path), **one.cb_kwargs)
    return items


@pytest.mark.parametrize(
    ("arguments", "entries", "warned"),
    [
        ({}, 3, 0),
        ({"pages": "2"}, 6, 1),
        ({"pages": 9}, 9, 0),
        ({"pages": 9, "since": "2024-03-15"}, 5, 0),
        ({"pages": 9, "since": date(2024, 3, 12)}, 8, 0),
    ],
)
def test_a_listing_is_followed_as_far_as_was_asked(spider, arguments, entries, warned):
    made = spider(**arguments)
    items = walk(made)
    assert [item.position for item in items] == list(range(1, entries + 1))
    assert made.crawler.stats.get("listing/warnings", 0) == warned


def test_a_request_for_the_next_page_can_be_kept_on_disk(spider):
    *_, request = spider(pages=2).parse(response("/news"))
    trail = pickle.loads(pickle.dumps(request.cb_kwargs["trail"]))  # noqa: S301 - our own
    assert trail.next_url == request.url == "https://lock.example/news?page=2"


def test_an_address_can_be_an_argument(spider):
    assert spider(url="https://lock.example/news").start_urls == ["https://lock.example/news"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pages": "many"}, 'pages: not a number of pages: "many"; write pages=3'),
        ({"pages": 0}, 'pages: not a number of pages: "0"; write pages=3'),
        ({"since": "soon"}, 'since: not a day such as 2024-03-01: "soon"'),
    ],
)
def test_an_argument_that_is_wrong_is_refused(spider, arguments, message):
    with pytest.raises(UsageError) as error:
        spider(**arguments)
    assert str(error.value) == message


def test_a_page_out_of_the_cache_was_fetched_when_its_server_sent_it(spider):
    headers = {"Date": "Tue, 05 Mar 2024 10:00:00 GMT"}
    (first, *_) = spider().parse(response("/news", headers=headers, flags=["cached"]))
    assert first.fetched_at == datetime(2024, 3, 5, 10, tzinfo=UTC)
    (first, *_) = spider().parse(response("/news", flags=["cached"]))
    assert first.fetched_at is None


def test_bytes_that_are_no_page_are_an_error_that_is_counted(spider, caplog):
    made = spider()
    with caplog.at_level(logging.ERROR):
        assert not list(made.parse(Response("https://lock.example/a.bin", body=b"\0\1\2")))
    assert made.crawler.stats["listing/errors/no-items"] == 1
    assert "https://lock.example/a.bin: " in caplog.text


def test_secrets_of_an_address_are_not_logged(spider, caplog):
    made = spider()
    with caplog.at_level(logging.DEBUG):
        list(made.parse(HtmlResponse("https://ann:pw@lock.example/?token=s3cret", body=b"<p>")))
    assert "s3cret" not in caplog.text
    assert "pw" not in caplog.text


# Records as Scrapy sees them


def test_an_item_adapter_reads_every_field_of_a_record():
    register_records()
    register_records()
    adapter = ItemAdapter(ITEM)
    assert tuple(adapter) == tuple(adapter.field_names()) == Item.__struct_fields__
    assert adapter["title"] == "Bridge reopens"
    assert adapter["summary"] is None
    assert adapter.asdict()["published_at"] == ITEM.published_at
    assert adapter.get_field_meta("date")["serializer"]("2024-03") == "2024-03"
    assert ItemAdapter.get_field_names_from_class(Item) == list(Item.__struct_fields__)
    with pytest.raises(KeyError):
        adapter["headline"]


def test_a_record_is_frozen_for_pipelines_too():
    register_records()
    adapter = ItemAdapter(ITEM)
    with pytest.raises(TypeError, match="a record is frozen"):
        adapter["title"] = "Bridge closes"
    with pytest.raises(TypeError, match="a record is frozen"):
        del adapter["title"]
    assert ITEM.title == "Bridge reopens"
