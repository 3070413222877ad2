"""Why a page gives the records that it gives."""

from __future__ import annotations

import functools
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fixtures import FIXTURES

from scraper import Explanation, ScrapeError, Source, explain, extract
from scraper.models import Page, Selectors
from scraper.parsers.document import Document
from scraper.parsers.engine import find_entries
from scraper.parsers.explaining import explain_page
from scraper.parsers.explaining.fields import FIELDS
from scraper.parsers.explaining.printing import strongest
from scraper.parsers.judging import FURTHER, LIST

URL = "https://city.example/news"
NAMES = sorted(FIXTURES)


@functools.cache
def explain_fixture(name: str) -> Explanation:
    page = FIXTURES[name].page
    return explain(page.body, url=page.url, fetched_at=page.fetched_at, encoding=page.encoding)


def story(number: int, inner: str = "") -> str:
    return (
        f'<article class="story"><h2><a href="/story-{number}">The council decides on matter number'
        f" {number}</a></h2>{inner}<p>What was said about it at the meeting fills a line and a half"
        " of this page, whatever it was.</p></article>"
    )


def page_of(stories: str, *, before: str = "", after: str = "") -> str:
    return f'<html lang="en"><body>{before}<main>{stories}</main>{after}</body></html>'


STORIES = "".join(map(story, range(1, 7)))


def reasons(html: str) -> dict[str, str | None]:
    """Return what became of each link, by its text."""
    return {link.text or "": link.reason for link in explain(html, url=URL).links}


# What holds of every page


@pytest.mark.parametrize("name", NAMES)
def test_the_records_are_those_of_extract(name):
    page = FIXTURES[name].page
    listing = extract(page.body, url=page.url, fetched_at=page.fetched_at, encoding=page.encoding)
    one = explain_fixture(name)
    assert tuple(each.item for each in one.items) == listing.items
    assert (one.next_page and one.next_page.url) == listing.next_url
    assert (one.no_items and one.no_items.category) == (
        listing.no_items and listing.no_items.category
    )
    assert (one.warnings, one.complete) == (listing.warnings, listing.complete)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_in_a_list_that_is_kept(name):
    one = explain_fixture(name)
    if one.reader != "engine":
        assert all(each.list is None for each in one.items)
        return
    kept = {each.number for each in one.lists if each.kept}
    assert {each.list for each in one.items} == kept
    nodes = {node for each in one.lists if each.kept for node in each.nodes}
    assert all(each.node in nodes for each in one.items)


@pytest.mark.parametrize("name", NAMES)
def test_lists_are_best_first_and_say_why_they_are_not_kept(name):
    lists = explain_fixture(name).lists
    assert [each.number for each in lists] == list(range(1, len(lists) + 1))
    assert [each.score for each in lists] == sorted((each.score for each in lists), reverse=True)
    assert all(each.kept == (each.reason is None) for each in lists)
    assert all(each.headlines and each.path and each.entries == len(each.nodes) for each in lists)


@pytest.mark.parametrize("name", NAMES)
def test_contributions_sum_to_the_score(name):
    for each in explain_fixture(name).lists:
        assert sum(e.contribution for e in each.evidence) == pytest.approx(each.score)
        assert tuple(e.name for e in each.evidence) == ("bias", *LIST.names)
        if each.beside:
            assert tuple(e.name for e in each.beside) == ("bias", *FURTHER.names)
        if each.beside and each.kept:
            assert sum(e.contribution for e in each.beside) >= 0
        assert all(e.contribution == e.value * e.weight for e in each.evidence)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_from_the_first_to_the_last_is_told_once(name):
    one = explain_fixture(name)
    page = Document(FIXTURES[name].page).outline
    numbers = [link.number for link in one.links]
    if numbers:
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert all(page.links[link.number - 1] == link.node for link in one.links)
    assert all(link.taken == (link.reason is None) for link in one.links)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_with_an_address_has_taken_its_link(name):
    one = explain_fixture(name)
    taken = {link.item: link for link in one.links if link.taken}
    assert len(taken) == sum(link.taken for link in one.links)
    for each in one.items if one.reader == "engine" else ():
        if each.item.url is not None:
            link = taken.pop(each.item.position)
            assert (link.url, link.number) == (each.item.url, each.link)
    assert not taken


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_one_origin(name):
    for each in explain_fixture(name).items:
        given_ = [field for field in FIELDS if getattr(each.item, field) is not None]
        assert [origin.field for origin in each.fields] == given_
        assert all(origin.because for origin in each.fields)


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_is_json_and_back(name):
    one = explain_fixture(name)
    assert msgspec.json.decode(msgspec.json.encode(one), type=Explanation) == one


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_is_bounded_and_printable(name):
    lines = str(explain_fixture(name)).split("\n")
    assert len(lines) <= 160
    assert all(len(line) <= 320 and line.isprintable() for line in lines)


def test_the_score_of_the_column_of_headlines_is_the_one_it_was_chosen_by():
    document = Document(FIXTURES["city.example/cards"].page)
    (listed,) = find_entries(document).readings
    titles = [each.fields[0] for each in explain_fixture("city.example/cards").items]
    assert {origin.score for origin in titles} == {listed.score}


# Lists


def test_a_list_of_a_few_links_is_below_what_a_list_needs():
    one = explain_fixture("portal.example/consent-wall")
    assert one.lists
    assert all(each.reason.startswith("below what a list needs: ") for each in one.lists)


def test_a_list_that_is_unlike_the_best_one_says_so():
    lists = explain_fixture("pocketdev.example/issues-and-sponsors").lists
    sponsors = next(each for each in lists if each.headlines[0].startswith("Know about the crash"))
    assert sponsors.reason.startswith("too unlike list 1, the best: -")
    assert sponsors.beside
    assert sum(e.contribution for e in sponsors.beside) < 0


def test_what_repeats_but_was_not_considered_is_told():
    topics = "".join(
        f'<li><a href="/topic-{n}">Topic {n} of the city</a></li>' for n in range(1, 9)
    )
    one = explain(page_of(STORIES, after=f"<aside><ul>{topics}</ul></aside>"), url=URL)
    (group,) = [each for each in one.passed if each.path == "aside > ul > li > a"]
    assert (group.members, group.texts[0]) == (8, "Topic 1 of the city")
    assert sum(e.contribution for e in group.evidence) == pytest.approx(group.score)
    assert '8 × "Topic 1 of the city"' in str(one)


def test_other_divisions_of_the_list_kept_overlap_it():
    one = explain_fixture("daily.example/hero-list-sidebar")
    told = [each.reason for each in one.lists if not each.kept]
    assert any("which is kept" in reason for reason in told)


def test_the_strongest_evidence_comes_first():
    evidence = explain_fixture("city.example/cards").lists[0].evidence
    moved = [abs(e.contribution) for e in strongest(evidence, 4)]
    assert moved == sorted(moved, reverse=True)
    assert moved[0] == max(abs(e.contribution) for e in evidence if e.name != "bias")


# Links


@pytest.mark.parametrize(
    ("inner", "text", "reason"),
    [
        ('<a href="/story-2">Read more</a>', "Read more", "same target as item 2"),
        ('<a href="/story-2#talk">3 comments</a>', "3 comments", "a label"),
        ('<a href="/by/ann">Ann Quist</a>', "Ann Quist", "in an entry, not its target"),
        ('<a href="mailto:press@city.example">Write</a>', "Write", "a mail address"),
        ('<a href="javascript:open()">Open the box</a>', "Open the box", "leads to no page"),
        ('<a href="#top">Up to the top</a>', "Up to the top", "leads to a place on this page"),
        ('<a href="/print?2">Print</a>', "Print", "a service link"),
        (
            '<a href="https://www.facebook.com/sharer/sharer.php?u=x">Facebook</a>',
            "Facebook",
            "another site's share button",
        ),
        (
            '<a href="https://www.facebook.com/city">Our page there</a>',
            "Our page there",
            "in an entry, not its target",
        ),
    ],
)
def test_a_link_in_an_entry_says_why_it_is_not_taken(inner, text, reason):
    stories = story(1) + story(2, f"<div>{inner}</div>") + "".join(map(story, range(3, 7)))
    told = reasons(page_of(stories))
    assert told[text] == reason
    assert sum(one is None for one in told.values()) == 6


def test_a_link_between_entries_says_so():
    stories = story(1) + story(2) + '<a class="ad" href="/shop">Umbrellas</a>' + story(3) + story(4)
    assert reasons(page_of(stories))["Umbrellas"] == "between entries"


def test_links_before_the_first_and_after_the_last_entry_are_not_of_the_region():
    before, after = '<a href="/home">The front page</a>', '<a href="/imprint">Who we are</a>'
    told = reasons(page_of(STORIES, before=before, after=after))
    assert len(told) == 6
    assert set(told.values()) == {None}


def test_a_picture_that_leads_where_the_headline_does_is_no_target():
    stories = "".join(
        f'<article class="s"><a href="/story-{n}"><img src="/{n}.jpg"></a>{story(n)}</article>'
        for n in range(1, 6)
    )
    links = explain(page_of(stories), url=URL).links
    silent = [link for link in links if link.text is None]
    assert [link.reason for link in silent] == [f"same target as item {n}" for n in range(1, 6)]


# Fields


def origins(html: str, position: int = 1, **given_: object) -> dict[str, str]:
    one = explain(html, url=URL, **given_).items[position - 1]
    return {origin.field: origin.because for origin in one.fields}


def dated(texts: list[str]) -> str:
    return page_of("".join(story(n, f"<b>{text}</b>") for n, text in enumerate(texts, 1)))


def test_fields_of_an_entry_say_which_column_they_are_of():
    one = explain(dated(["3 March 2024"] * 5), url=URL).items[0]
    told = {origin.field: (origin.origin, origin.path) for origin in one.fields}
    assert told == {
        "title": ("column", "article.story > h2 > a"),
        "url": ("link", "article.story > h2 > a"),
        "date": ("column", "article.story > b"),
        "summary": ("column", "article.story > p"),
    }


def test_dates_say_what_was_read():
    (date,) = [
        origin
        for origin in explain(dated(["3 March 2024"] * 5), url=URL).items[0].fields
        if origin.field == "date"
    ]
    assert (date.text, date.kind) == ("3 March 2024", "full")


@pytest.mark.parametrize(
    ("name", "origin", "because"),
    [
        ("museum.example/month-headings", "column", "the column of dates"),
        ("port.example/day-headings", "heading", "the heading above the entry"),
        ("www.nato.int/weekly-digest-web", "page", "the date above the whole list"),
        ("city.example/cards", "attribute", "the datetime of a time element"),
    ],
)
def test_dates_say_where_they_are_from(name, origin, because):
    told = [o for each in explain_fixture(name).items for o in each.fields if o.field == "date"]
    assert (origin, because) in [(o.origin, o.because) for o in told]


@pytest.mark.parametrize(
    ("texts", "given_", "settled"),
    [
        (["25/03/2024", "02/03/2024"], {}, "the day before the month: a number in them can only"),
        (["03/25/2024", "03/02/2024"], {}, "the month before the day: a number in them can only"),
        (
            ["05/03/2024", "04/03/2024", "12/02/2024", "10/01/2024"],
            {},
            "the day before the month: the list then runs in one direction",
        ),
        (["3 March 2024", "2 March 2024"], {}, None),
    ],
)
def test_lists_say_what_settled_the_order_of_their_figures(texts, given_, settled):
    texts = [*texts, *texts[-1:] * 3]
    (kept,) = [each for each in explain(dated(texts), url=URL, **given_).lists if each.kept]
    assert (kept.date_order or "None").startswith(str(settled))


def test_a_cut_headline_says_that_the_attribute_of_its_link_has_the_whole():
    stories = "".join(
        f'<li><a href="/{n}" title="Council approves the plan for the tram line {n}">Council '
        f"approves the plan…</a> <span>{n} March 2024</span></li>"
        for n in range(1, 7)
    )
    one = explain(page_of(f"<ul>{stories}</ul>"), url=URL).items[0]
    assert one.item.title == "Council approves the plan for the tram line 1"
    assert one.fields[0].because == "the link's title attribute, where the headline is cut"


def test_what_is_declared_fills_and_says_so():
    graph = [
        {
            "@type": "NewsArticle",
            "url": f"/story-{n}",
            "headline": f"The council decides on matter number {n}",
            "datePublished": f"2024-03-0{n}",
        }
        for n in range(1, 7)
    ]
    script = msgspec.json.encode({"@context": "https://schema.org", "@graph": graph}).decode()
    head = f'<script type="application/ld+json">{script}</script>'
    one = explain(page_of(STORIES, before=head), url=URL)
    (declared,) = one.declared
    assert (declared.kind, declared.entries, declared.items) == ("JSON-LD", 6, (1, 2, 3, 4, 5, 6))
    assert (declared.same_title, declared.same_date, declared.filled) == (6, 6, 6)
    assert origins(page_of(STORIES, before=head))["date"] == "declared data: JSON-LD"


# The rest


def test_the_next_page_says_what_leads_to_it():
    pager = '<div class="pager"><a href="/news?page=2">Older posts</a></div>'
    following = explain(page_of(STORIES, after=pager), url=URL).next_page
    assert following is not None
    assert (following.because, following.text) == ("a link", "Older posts")
    declared = '<link rel="next" href="/news?page=2">'
    following = explain(declared + page_of(STORIES), url=URL).next_page
    assert following is not None
    assert following.because == "declared by <link rel=next>"


def test_a_page_that_lists_nothing_says_what_it_is():
    one = explain_fixture("portal.example/consent-wall")
    assert one.no_items is not None
    assert one.no_items.category == "consent"
    assert not one.items
    assert not one.links
    assert str(one).splitlines()[1].startswith("  consent: ")


def test_a_page_that_is_one_article_keeps_no_list():
    one = explain_fixture("daily.example/article")
    assert one.no_items is not None
    assert one.no_items.category == "article"
    assert not any(each.kept for each in one.lists)


def test_a_site_with_a_parser_of_its_own_says_so():
    one = explain_fixture("hydrography.example/notices-of-a-year")
    assert (one.reader, one.reader_name) == ("site parser", "HydrographyParser")
    assert not one.lists
    assert one.items[0].fields[0].because == "the site parser HydrographyParser"


def test_selectors_say_so_field_by_field():
    fields = Selectors(entry="article", title="h2")
    page = Page(url=URL, body=page_of(STORIES).encode())
    one = explain_page(page, source=Source(name="city", url=URL, fields=fields))
    assert one.reader == "selectors"
    told = {o.field: (o.because, o.path) for o in one.items[0].fields}
    assert told["title"] == ("the selector of its seed", "h2")
    assert told["url"] == ("found in the entry", None)


def test_a_feed_says_so():
    feed = "<rss><channel><item><title>Bridge reopens</title><link>/7</link></item></channel></rss>"
    one = explain(feed, url=URL)
    assert (one.reader, len(one.items)) == ("feed", 1)
    assert {origin.because for origin in one.items[0].fields} == {"the feed"}


def test_a_list_that_is_only_declared_says_so():
    graph = [
        {"@type": "NewsArticle", "url": f"/s{n}", "headline": f"Matter {n} is decided"}
        for n in range(1, 7)
    ]
    script = msgspec.json.encode({"@context": "https://schema.org", "@graph": graph}).decode()
    html = f'<div id="root"></div><script type="application/ld+json">{script}</script>'
    one = explain(html, url=URL)
    assert (one.reader, one.reader_name, len(one.items)) == ("declared data", "JSON-LD", 6)
    assert one.items[0].fields[0].origin == "declared"


def test_the_summary_of_a_large_page_is_as_short_as_that_of_a_small_one():
    html = page_of("".join(story(n, f'<a href="/by/{n}">Ann {n}</a>') for n in range(1, 300)))
    one = explain(html, url=URL)
    assert len(one.links) == 598
    assert len(str(one).splitlines()) <= 120


def test_the_summary_tells_what_a_person_asks():
    told = str(explain_fixture("shop.example/numeric-dates"))
    for words in (
        "7 items, read by the engine",
        "lists considered: ",
        "entries: kept",
        "dates: the day before the month",
        "the likeliest column of headlines: div.blog-post-row > h3.blog-post-row-title > a",
        "links from the first entry to the last: 7, taken 7",
    ):
        assert words in told


def test_text_of_the_page_moves_no_terminal():
    html = page_of(STORIES.replace("council", "coun\x1b[2Jcil\u202e"))
    assert all(line.isprintable() for line in str(explain(html, url=URL)).split("\n"))


def test_text_is_read_as_extract_reads_it():
    moment = datetime(2024, 3, 5, tzinfo=UTC)
    html = dated(["2 hours ago"] * 5)
    listing = extract(html, url=URL, fetched_at=moment)
    one = explain(html, url=URL, fetched_at=moment)
    assert tuple(each.item for each in one.items) == listing.items
    assert one.fetched_at == moment


TAGS = st.sampled_from(
    [
        "<a href=/x>", "<a href='#'>", "</a>", "<p>", "<li>", "<ul>", "</ul>", "<div class=card>",
        "</div>", "<h2>", "</h2>", "<time>", "<table><tr><td>", "<br>", "<img src=/i>",
        "3 March 2024", "The council decides on it", "Read more", "&#xD800;",
    ]
)  # fmt: skip


def check_any(body: bytes) -> None:
    try:
        one = explain(body, url=URL)
    except ScrapeError:
        return
    assert msgspec.json.decode(msgspec.json.encode(one), type=Explanation) == one
    assert len(str(one).splitlines()) <= 160
    assert tuple(each.item for each in one.items) == extract(body, url=URL).items


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_explained(body):
    check_any(body)


@settings(max_examples=150, deadline=None)
@given(st.lists(TAGS, max_size=60), st.integers(1, 4))
def test_any_markup_is_explained(tags, times):
    check_any("".join(tags * times).encode())
