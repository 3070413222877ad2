"""RSS, Atom and JSON Feed, read back by other people's readers."""

from __future__ import annotations

import calendar
import json
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from scraper import extract
from scraper.exporters import AtomExporter, JsonFeedExporter, RssExporter, choose_outputs
from scraper.models import Item

RSS, ATOM, JSON_FEED = RssExporter(), AtomExporter(), JsonFeedExporter()
XML = [RSS, ATOM]
FEEDS = [*XML, JSON_FEED]
FETCHED = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)
TIMED = Item(
    title="Brücke & Tunnel: 5 < 7, 橋が再開",
    url="https://a.example/1?a=1&b=2",
    date="2024-03-01",
    summary="R&D <b>soon</b>\nand more",
    published_at=datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=9))),
    image="https://a.example/1.jpg?w=1&h=2",
    author="Jana Weber",
    category="Press & public",
    position=1,
    id="a1",
    source="city",
    page_url="https://a.example/news",
    fetched_at=FETCHED,
)
DAY = Item(title="A day", url="https://a.example/2", date="2024-02-29", position=2, id="a2")
MONTH = Item(title="A month", date="2024-02", position=3, id="a3", fetched_at=FETCHED)
ITEMS = (TIMED, DAY, MONTH)
#: Of the standard, https://www.jsonfeed.org/version/1.1/: what has to be there, and its types.
STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
JSON_FEED_SCHEMA = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string"},
                    "url": {"type": "string"},
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "summary": {"type": "string"},
                    "image": {"type": "string"},
                    "date_published": {"type": "string", "pattern": STAMP},
                    "authors": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                    },
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


def encode(exporter, *items: Item) -> bytes:
    return b"".join(exporter.encode(items))


def read(exporter, *items: Item) -> feedparser.FeedParserDict:
    feed = feedparser.parse(encode(exporter, *items))
    assert not feed.bozo, feed.bozo_exception
    return feed


def moments(entries, name: str) -> list[datetime | None]:
    found = [entry.get(f"{name}_parsed") for entry in entries]
    return [one and datetime.fromtimestamp(calendar.timegm(one), UTC) for one in found]


@pytest.mark.parametrize(("exporter", "version"), [(RSS, "rss20"), (ATOM, "atom10")])
def test_a_reader_gets_titles_links_dates_and_ids_back(exporter, version):
    feed = read(exporter, *ITEMS)
    assert feed.version == version
    assert feed.feed.title == "city"
    assert feed.feed.link == "https://a.example/news"
    assert [entry.title for entry in feed.entries] == [item.title for item in ITEMS]
    links = [
        [link.href for link in entry.get("links", ()) if link.rel == "alternate"]
        for entry in feed.entries
    ]
    assert links == [[item.url] if item.url else [] for item in ITEMS]
    assert [entry.id for entry in feed.entries] == [f"urn:scraper:a{n}" for n in (1, 2, 3)]
    assert moments(feed.entries, "published") == [
        datetime(2024, 3, 1, 0, 30, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
        None,
    ]
    assert feed.entries[0].author == "Jana Weber"
    assert feed.entries[0].tags[0].term == "Press & public"


def test_a_guid_of_rss_is_no_address():
    root = etree.fromstring(encode(RSS, *ITEMS))
    assert {guid.get("isPermaLink") for guid in root.iter("guid")} == {"false"}
    assert root.find("channel/item/guid").text == "urn:scraper:a1"


def test_atom_says_updated_of_every_entry_by_its_date_else_by_when_it_was_fetched():
    feed = read(ATOM, *ITEMS)
    assert moments(feed.entries, "updated") == [
        datetime(2024, 3, 1, 0, 30, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
        FETCHED,
    ]
    assert moments([feed.feed], "updated") == [FETCHED]


@pytest.mark.parametrize("items", [ITEMS, (), (Item(title="A", position=1, id="a"),)])
def test_atom_has_what_the_standard_asks_for(items):
    atom = "{http://www.w3.org/2005/Atom}"
    root = etree.fromstring(encode(ATOM, *items))
    for element in (root, *root.iter(f"{atom}entry")):
        for name in ("title", "id", "updated"):
            assert len(element.findall(atom + name)) == 1, name
    assert root.findtext(f"{atom}author/{atom}name")
    for entry in root.iter(f"{atom}entry"):
        linked = [one for one in entry.findall(f"{atom}link") if one.get("rel") == "alternate"]
        assert linked or entry.find(f"{atom}content") is not None


@pytest.mark.parametrize("items", [ITEMS, (), (Item(title="A", position=1, id="a"),)])
def test_rss_has_what_the_standard_asks_for(items):
    channel = etree.fromstring(encode(RSS, *items)).find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    assert all(item.findtext("title") for item in channel.iter("item"))
    assert not read(RSS, *items).bozo


@pytest.mark.parametrize("items", [ITEMS, (), (Item(title="A", position=1, id="a"),)])
def test_json_feed_is_what_the_standard_says(items):
    document = json.loads(encode(JSON_FEED, *items))
    jsonschema.validate(document, JSON_FEED_SCHEMA)
    assert [entry["title"] for entry in document["items"]] == [item.title for item in items]


def test_json_feed_has_all_of_an_entry():
    first, second, third = json.loads(encode(JSON_FEED, *ITEMS))["items"]
    assert first == {
        "id": "urn:scraper:a1",
        "url": TIMED.url,
        "title": TIMED.title,
        "content_text": TIMED.summary,
        "summary": TIMED.summary,
        "image": TIMED.image,
        "date_published": "2024-03-01T09:30:00+09:00",
        "authors": [{"name": "Jana Weber"}],
        "tags": ["Press & public"],
    }
    assert second["date_published"] == "2024-02-29T12:00:00+00:00"
    assert third == {"id": "urn:scraper:a3", "title": "A month", "content_text": "A month"}


@pytest.mark.parametrize("exporter", FEEDS)
def test_an_entry_found_twice_is_there_once(exporter):
    again = Item(title="Elsewhere", position=9, id="a2", source="other")
    data = encode(exporter, *ITEMS, again)
    assert data.count(b"urn:scraper:a2") == 1
    assert b"Elsewhere" not in data


def test_a_feed_of_several_sources_is_named_after_them_and_leads_to_none():
    items = [
        Item(title=name, position=1, id=name, source=name, page_url=f"https://{name}.example/")
        for name in "abcde"
    ]
    document = json.loads(encode(JSON_FEED, *items))
    assert document["title"] == "a, b, c and 2 more"
    assert "home_page_url" not in document


PAYLOADS = [
    "<script>alert(1)</script> wins",
    "&lt;script>alert(1)&lt;/script>",
    "<img src=x onerror=alert(1)>",
    "]]><script>alert(1)</script>",
    "a &amp; b",
]


@pytest.mark.parametrize("title", PAYLOADS)
@pytest.mark.parametrize("exporter", XML)
def test_a_payload_is_text_to_a_reader_that_shows_html(exporter, title):
    (entry,) = read(exporter, Item(title=title, summary=title, position=1, id="a")).entries
    root = etree.fromstring(f"<p>{entry.title}</p>") if exporter is RSS else None
    shown = "".join(root.itertext()) if root is not None else entry.title
    assert shown == title
    assert root is None or len(root) == 0
    assert "<script" not in entry.summary.lower() or exporter is ATOM
    if exporter is ATOM:  # which says of its texts that they are no HTML
        assert entry.title_detail.type == entry.summary_detail.type == "text/plain"


def test_the_summary_of_rss_is_html_that_shows_the_text():
    (entry,) = read(RSS, TIMED).entries
    assert entry.summary == "R&amp;D &lt;b&gt;soon&lt;/b&gt;\nand more"
    assert read(ATOM, TIMED).entries[0].summary == TIMED.summary


NASTY = st.text(st.characters() | st.sampled_from("\x00\x1b\x9b\ud800\udfff\ufffe<>&]\"'\r\n"))
RECORDS = st.builds(
    Item,
    title=NASTY.filter(bool),
    url=st.none() | NASTY,
    summary=st.none() | NASTY,
    author=st.none() | NASTY,
    category=st.none() | NASTY,
    image=st.none() | NASTY,
    date=st.none() | NASTY | st.dates().map(str),
    source=st.none() | NASTY,
    page_url=st.none() | NASTY,
    position=st.just(1),
    id=NASTY,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(RECORDS, max_size=3))
def test_no_text_breaks_a_feed(items):
    ids = {item.id for item in items}
    for exporter, name in ((RSS, "item"), (ATOM, "{http://www.w3.org/2005/Atom}entry")):
        data = encode(exporter, *items)
        assert len(list(etree.fromstring(data).iter(name))) == len(ids)
        assert not {"\x00", "\x1b", "\x9b"}.intersection(data.decode())
    document = json.loads(encode(JSON_FEED, *items))
    jsonschema.validate(document, JSON_FEED_SCHEMA)
    assert len(document["items"]) == len(ids)
    assert not {"\x00", "\x1b", "\x9b"}.intersection(encode(JSON_FEED, *items).decode())


@pytest.mark.parametrize("exporter", FEEDS)
def test_halves_of_a_pair_become_the_replacement_character(exporter):
    assert "a\ufffdb" in encode(exporter, Item(title="a\ud800b", position=1, id="a")).decode()


@pytest.mark.parametrize("exporter", FEEDS)
def test_what_is_written_here_is_read_here(exporter):
    listing = extract(encode(exporter, TIMED, DAY), url="https://b.example/feed")
    assert [(one.title, one.url) for one in listing.items] == [
        (TIMED.title, TIMED.url),
        (DAY.title, DAY.url),
    ]
    assert [one.date for one in listing.items] == ["2024-03-01", "2024-02-29"]


@pytest.mark.parametrize("exporter", FEEDS)
def test_the_same_records_make_the_same_feed(exporter):
    assert encode(exporter, *ITEMS) == encode(exporter, *ITEMS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("news.rss", RssExporter),
        ("news.atom", AtomExporter),
        ("news.feed.json", JsonFeedExporter),
        ("-.feed.json", JsonFeedExporter),
        ("NEWS.FEED.JSON", JsonFeedExporter),
    ],
)
def test_the_longest_suffix_is_the_format(name, kind):
    (output,) = choose_outputs([name])
    assert type(output.exporter) is kind
    assert (output.path is None) == name.startswith("-")
