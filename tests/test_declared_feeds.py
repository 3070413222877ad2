import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.models import Listing, Page, Source
from scraper.parsers import extract
from scraper.parsers.declared import FeedParser
from scraper.parsers.document import Document

URL = "https://city.example/feed"

RSS = """<?xml version="1.0" encoding="utf-8"?><!-- <html> -->
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>City</title><link>https://city.example/</link>
<item><title>Tram &amp;amp; bus</title><link>https://city.example/a?x=1&amp;y=2</link>
<pubDate>Tue, 05 Mar 2024 10:00:00 +0100</pubDate><dc:creator>Ann</dc:creator>
<description><![CDATA[<p>A <b>teaser</b>&nbsp;of two.</p><p>Paragraphs.</p>]]></description>
<category>Traffic</category><category>City</category><media:thumbnail url="/a.jpg"/></item>
<item><title>Library&nbsp;& park</title><guid>https://city.example/b</guid>
<author>bo@city.example (Bo)</author><enclosure url="/b.mp3" type="audio/mpeg"/></item>
</channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="/"><title>City</title></channel>
<item rdf:about="/a"><title>Tram</title><link>/a</link><dc:date>2024-03-05</dc:date></item>
</rdf:RDF>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>City</title>
<link rel="self" href="/feed"/><link rel="next" href="/feed?page=2"/>
<entry><title type="html">Tram &lt;em&gt;line&lt;/em&gt;</title>
<link rel="edit" href="/edit"/>
<link href="/a"/><updated>2024-03-06T10:00:00Z</updated><published>2024-03-05T10:00:00Z</published>
<author><name>Ann</name><email>ann@city.example</email></author><category term="t" label="Traffic"/>
<summary type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">A <b>teaser</b>.</div></summary></entry>
</feed>"""

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "City",
    "next_url": "/feed?page=2",
    "items": [
        {
            "id": "1",
            "url": "/a",
            "title": "Tram",
            "summary": "A teaser.",
            "image": "/a.jpg",
            "date_published": "2024-03-05T10:00:00Z",
            "authors": [{"name": "Ann"}],
            "tags": ["Traffic"],
        },
        {"id": "2", "url": 5, "title": "Bus", "author": {"name": "Bo"}, "content_html": "<p>x"},
        "none",
    ],
}


def read(text: str) -> Listing:
    return extract(text, url=URL)


def told(listing: Listing) -> list[dict[str, object]]:
    names = ("title", "url", "date", "summary", "image", "author", "category")
    return [{n: v for n in names if (v := getattr(i, n)) is not None} for i in listing.items]


def test_rss_is_read_with_all_that_authors_write_into_it():
    listing = read(RSS)
    first, second = told(listing)
    assert first == {
        "title": "Tram & bus",
        "url": "https://city.example/a?x=1&y=2",
        "date": "2024-03-05",
        "summary": "A teaser of two. Paragraphs.",
        "image": "https://city.example/a.jpg",
        "author": "Ann",
        "category": "Traffic",
    }
    assert second == {"title": "Library & park", "url": "https://city.example/b", "author": "Bo"}
    item = listing.items[0]
    assert (item.date_text, item.date_source) == ("Tue, 05 Mar 2024 10:00:00 +0100", "structured")
    assert item.published_at.isoformat() == "2024-03-05T10:00:00+01:00"


def test_rss_1_is_read():
    expected = {"title": "Tram", "url": "https://city.example/a", "date": "2024-03-05"}
    assert told(read(RDF)) == [expected]


def test_atom_is_read_with_its_next_page():
    listing = read(ATOM)
    assert told(listing) == [
        {
            "title": "Tram line",
            "url": "https://city.example/a",
            "date": "2024-03-05",
            "summary": "A teaser.",
            "author": "Ann",
            "category": "Traffic",
        }
    ]
    assert listing.next_url == "https://city.example/feed?page=2"


def test_json_feed_is_read_with_its_next_page():
    listing = read(json.dumps(JSON))
    first, second = told(listing)
    assert first == {
        "title": "Tram",
        "url": "https://city.example/a",
        "date": "2024-03-05",
        "summary": "A teaser.",
        "image": "https://city.example/a.jpg",
        "author": "Ann",
        "category": "Traffic",
    }
    assert second == {"title": "Bus", "summary": "x", "author": "Bo"}
    assert listing.next_url == "https://city.example/feed?page=2"


@pytest.mark.parametrize(
    "text",
    ["", "<html><p>rss", "<!-- <rss> --><p>x", "plain", "<p>&lt;rss&gt;", '{"a": 1}', "{", "[]"],
)
def test_what_is_no_feed_is_left_to_others(text):
    document = Document(Page(url=URL, body=text.encode()))
    assert FeedParser().parse(document, Source(name="a")) is None


@pytest.mark.parametrize(
    "text", ["<rss><channel/></rss>", '<feed xmlns="x"/>', RSS[: RSS.index("<item>")]]
)
def test_a_feed_without_entries_says_so(text):
    listing = read(text)
    assert listing.items == ()
    assert listing.no_items.category == "empty"
    assert str(listing.no_items) == f"{URL}: the feed has no entries"


def test_a_feed_of_a_later_encoding_is_read():
    text = '<?xml version="1.0" encoding="iso-8859-1"?><rss><item><title>Café</title></item></rss>'
    assert [item.title for item in extract(text.encode(), url=URL).items] == ["Café"]


def test_no_entity_is_expanded_and_none_is_fetched():
    lines = ['<!ENTITY e0 "boom">'] + [
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)
    ]
    lines.append('<!ENTITY file SYSTEM "file:///etc/passwd">')
    entry = "<item><title>A &e11;&file; b</title><link href='&e11;'/></item>"
    feed = f"<!DOCTYPE rss [{''.join(lines)}]><rss>{entry}</rss>"
    [item] = read(feed).items
    assert "boom" not in item.title
    assert "root" not in item.title
    assert len(item.title) < 40


def test_a_broken_feed_gives_the_entries_that_can_be_read():
    listing = read("<rss><item><title>One</title></item><item><title>Two <b></title><link>/b")
    assert [item.title for item in listing.items][:1] == ["One"]
    assert not listing.complete
    assert listing.warnings == ("the feed was cut off before its end",)


def test_a_feed_that_is_too_deep_is_not_complete():
    listing = read("<rss><item><title>One</title></item>" + "<a>" * 1000)
    assert [item.title for item in listing.items] == ["One"]
    assert not listing.complete


@given(st.sampled_from([RSS, RDF, ATOM, json.dumps(JSON)]), st.data())
def test_any_damage_to_a_feed_gives_a_listing(feed, data):
    place = data.draw(st.integers(0, len(feed)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(st.text(max_size=10))
    document = Document(Page(url=URL, body=(feed[:place] + put + feed[place + length :]).encode()))
    assert isinstance(FeedParser().parse(document, Source(name="a")), Listing | None)
