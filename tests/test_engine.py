"""From a page to records: what every record bears, whoever asks and how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper import Listing, extract
from scraper.fixtures import find_fixtures, load_fixture
from scraper.models import Page, Source
from scraper.parsers import parse
from scraper.parsers.document import Document
from scraper.parsers.engine import Engine, find_entries, item_id
from scraper.parsers.ranking import Refusal

URL = "https://city.example/news"
FETCHED_AT = datetime(2024, 4, 1, 12, tzinfo=UTC)
PAGES = [
    load_fixture(path).page for path in find_fixtures(Path(__file__).parent.parent / "fixtures")
]
STORIES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed for repairs until June",
    "Swimming pool raises its entrance fees",
]
NOTICES = [
    "Tender for works on the harbour wall",
    "Public hearing on the land use plan",
    "Vacancy for a keeper of the museum",
]


def write(piece: str, titles: list[str] = STORIES, start: int = 0) -> str:
    return "".join(
        piece.format(n=start + n, title=title, day=f"{n + 1} March 2024")
        for n, title in enumerate(titles)
    )


LINE = "<li><a href=/s/{n}>{title}</a> {day}"
CARD = "<div class=c><h3><a href=/s/{n}>{title}</a></h3><p>A teaser of it, number {n}.</p></div>"
NEWS = f"<title>Town</title><h1>News</h1><ul>{write(LINE)}</ul>"


def read(html: str | bytes, **known: object) -> Listing:
    return extract(html, **{"url": URL, "fetched_at": FETCHED_AT} | known)


def document(html: str, **known: object) -> Document:
    return Document(Page(**{"url": URL, "body": html.encode(), "encoding": "utf-8"} | known))


# What every record bears


def test_positions_count_the_records_of_all_lists():
    html = f"<h2>Notices</h2>{write(CARD, NOTICES, 10)}<h2>News</h2><div>{write(CARD)}</div>"
    found = read(html).items
    assert [item.title for item in found] == NOTICES + STORIES
    assert [item.position for item in found] == [1, 2, 3, 4, 5, 6, 7]


def test_a_record_says_where_it_is_from():
    page = Page(url=URL, body=NEWS.encode(), fetched_at=FETCHED_AT, encoding="utf-8")
    for item in parse(page, source=Source(name="town", url="https://old.example/")).items:
        assert (item.source, item.page_url, item.fetched_at) == ("town", URL, FETCHED_AT)


@pytest.mark.parametrize(
    ("above", "section"),
    [
        ("<h1>News</h1>", "News"),
        ("<h1>Town</h1><h2>Press releases</h2>", "Press releases"),
        ("<h2>News</h2><p>All that is new in our town.</p>", "News"),
        ("<h2>News</h2><h3>4 March 2024</h3>", "News"),
        ("<h2><a href=/all>News</a></h2>", "News"),
        ("<p>News</p>", None),
        ("<h2>Town</h2>" + "<p>This is a line of it.</p>" * 6, None),
        ("", None),
    ],
)
def test_the_section_is_the_heading_above_the_list(above, section):
    assert {item.section for item in read(f"{above}{write(CARD)}").items} == {section}


@pytest.mark.parametrize(
    "piece",
    [
        "<article><h4><a href=/s/{n}>{title}</a></h4><p class=x>It is number {n}.</p></article>",
        CARD,
    ],
)
def test_each_list_has_a_section_of_its_own(piece):
    html = f"<h2>Notices</h2>{write(CARD, NOTICES, 10)}<h2>News</h2>{write(piece)}"
    found = read(html).items
    assert [item.title for item in found] == NOTICES + STORIES
    assert [item.section for item in found] == ["Notices"] * 3 + ["News"] * 4


def test_the_headline_of_a_story_above_a_list_is_not_its_section():
    hero = (
        "<div class=hero><h2><a href=/s/9>Harbour festival opens</a></h2><p>It began at dawn.</div>"
    )
    found = [
        item for item in read(f"<h1>News</h1>{hero}{write(CARD)}").items if item.title in STORIES
    ]
    assert [item.section for item in found] == ["News"] * 4


# What is paid for


CARD_WITH_LABEL = "<div class=c><b>{}</b><h3><a href=/s/{}>{}</a></h3><p>It is number {}.</p></div>"


def labelled(label: str, share: int) -> list[str]:
    """Return the headlines found where so many of the first entries have a label."""
    cards = [
        CARD_WITH_LABEL.format(label if n < share else "Town", n, title, n)
        for n, title in enumerate(STORIES)
    ]
    return [item.title for item in read(f"<h1>News</h1>{''.join(cards)}").items]


@pytest.mark.parametrize("label", ["Sponsored", "Anzeige", "Реклама", "広告"])
def test_an_entry_that_says_it_is_paid_for_is_left_out(label):
    assert labelled(label, 1) == STORIES[1:]


@pytest.mark.parametrize(
    ("label", "share"), [("Anzeige", len(STORIES)), ("Annonce", 1), ("إعلان", 1)]
)
def test_a_list_about_advertising_and_an_announcement_are_kept(label, share):
    assert labelled(label, share) == STORIES


# Ids


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        # of the address alone, in its canonical form
        (("https://a.example/x", "A", "2024"), ("https://a.example/x", "B", None), True),
        (("https://a.example/x#top", "A", None), ("https://a.example/x", "A", None), True),
        (
            ("https://a.example/?b=2&a=1", "A", None),
            ("https://a.example/?a=1&b=2", "A", None),
            True,
        ),
        (("https://a.example/%7Ex", "A", None), ("https://a.example/~x", "A", None), True),
        (("https://a.example/x", "A", None), ("https://a.example/y", "A", None), False),
        (("https://a.example/x?id=1", "A", None), ("https://a.example/x?id=2", "A", None), False),
        (("https://a.example/x", "A", None), (None, "A", None), False),
        # else of the headline and the day
        ((None, "Bridge  Opens", None), (None, "bridge opens", None), True),
        ((None, "Bridge", "2024-03-01"), (None, "Bridge", "2024-03-01"), True),
        ((None, "Bridge", "2024-03-01"), (None, "Bridge", "2024-03-02"), False),
        ((None, "Bridge", None), (None, "Bridges", None), False),
    ],
)
def test_an_id_is_of_the_address_else_of_headline_and_day(first, second, same):
    assert (item_id(*first) == item_id(*second)) is same


def test_an_id_is_sixteen_hexadecimal_digits_and_stays_what_it_was():
    # Ids are kept between runs: another one for the same entry would deliver it again.
    assert item_id("https://a.example/x", "A", None) == "39021306bfa34811"
    assert item_id(None, "Bridge opens", "2024-03-01") == "3402575951f2cabc"


def test_the_records_of_a_page_have_ids_of_their_own():
    assert [item.id for item in read(NEWS).items] == [
        item_id(f"https://city.example/s/{n}", "", None) for n in range(4)
    ]


# Repeats and limits


def test_an_entry_that_says_the_same_twice_is_one_record():
    found = read(f"<ul>{write(LINE)}{write(LINE, STORIES[:1])}</ul>").items
    assert [item.title for item in found] == STORIES
    assert [item.position for item in found] == [1, 2, 3, 4]


def test_entries_that_lead_to_one_address_are_records_each():
    page = write(CARD).replace("/s/3", "/s/0")
    found = read(f"<h1>News</h1>{page}").items
    assert [item.title for item in found] == STORIES
    assert found[0].url == found[3].url
    assert found[0].id == found[3].id


def test_the_service_links_of_a_letter_are_no_entries():
    service = "<div class=c><h3><a href=/u>Unsubscribe</a></h3></div>"
    assert [item.title for item in read(f"<h1>News</h1>{write(CARD)}{service}").items] == STORIES


def test_what_is_beyond_five_thousand_entries_is_cut_off_with_a_warning():
    listing = read(
        f"<ul>{write(LINE, [f'Story number {n} of the day' for n in range(5_001)])}</ul>"
    )
    assert len(listing.items) == 5_000
    assert not listing.complete
    assert listing.warnings[-1] == "only the first 5000 of 5001 entries were kept"


@pytest.mark.parametrize(("most", "complete"), [(3, False), (4, True), (5, True)])
def test_a_list_as_long_as_the_limit_is_complete(monkeypatch, most, complete):
    monkeypatch.setattr("scraper.parsers.engine._MOST_ENTRIES", most)
    listing = read(NEWS)
    assert (len(listing.items), listing.complete) == (min(most, 4), complete)
    assert bool(listing.warnings) is not complete


def test_a_page_that_was_cut_off_gives_what_it_has_and_says_so():
    page = Page(url=URL, body=NEWS.encode(), encoding="utf-8", complete=False)
    listing = parse(page, source=Source(name="a"))
    assert [item.title for item in listing.items] == STORIES
    assert not listing.complete
    assert listing.warnings == ("the page was cut off before its end",)


def test_warnings_stand_once_each():
    lists = "".join(
        f"<h2>{name}</h2><div class={name}>"
        + write(f"<div><h3><a href=/{name}/{{n}}>{name} {{title}}</a></h3><p>01/03/2024</div>")
        + "</div>"
        for name in ("Old", "New")
    )
    listing = read(lists)
    assert len(listing.items) == 8
    assert len(listing.warnings) == 1


def test_a_listing_tells_the_following_page():
    listing = read(f"{NEWS}<p><a rel=next href='?page=2'>Next</a>")
    assert listing.next_url == f"{URL}?page=2"


# Pages without entries


@pytest.mark.parametrize(
    ("html", "category"),
    [
        ("", "empty"),
        ("<h1>News</h1><p>Nothing at present.</p>", "unrecognised"),
        ("<title>Page not found</title><h1>Page not found</h1>", "error-page"),
        ("<div id=root></div><script src=app.js></script>", "app-shell"),
    ],
)
def test_a_page_without_entries_says_why(html, category):
    listing = read(html)
    assert listing.items == ()
    assert listing.no_items is not None
    assert listing.no_items.category == category


def test_a_page_with_entries_needs_no_reason():
    assert read(NEWS).no_items is None


def test_a_page_that_says_to_be_an_article_lists_what_it_lists_all_the_same():
    meta = "<meta property=og:type content=article>"
    assert [item.title for item in read(meta + NEWS).items] == STORIES


# Findings


def test_findings_hold_what_was_kept_in_document_order_and_why_the_rest_was_not():
    html = f"<h2>Notices</h2>{write(CARD, NOTICES, 10)}<h2>News</h2><div>{write(CARD)}</div>"
    refused: list[Refusal] = []
    found = find_entries(document(html), refused)
    starts = [one.block.spans[0][0] for one in found.chosen]
    assert starts == sorted(starts)
    assert len(found.chosen) == len(found.readings)
    assert [row.title_text for one in found.readings for row in one.rows] == NOTICES + STORIES
    assert all(one.candidate.block not in [kept.block for kept in found.chosen] for one in refused)


def test_the_engine_keeps_nothing_of_a_page():
    engine = Engine()
    source = Source(name="a", url=URL)
    first = engine.parse(document(NEWS), source)
    engine.parse(document(f"<h1>Other</h1>{write(CARD, NOTICES)}"), source)
    assert engine.parse(document(NEWS), source) == first


# The same for everybody


def test_text_and_bytes_of_a_page_give_the_same():
    html = NEWS.replace("Council", "Città")
    assert read(html) == read(html.encode()) == read(html.encode("cp1252"), encoding="cp1252")
    assert read(html).items[0].title == "Città approves the new tram line"


def test_text_is_not_decoded_again_by_the_charset_it_declares():
    html = f"<meta charset=cp1251>{NEWS.replace('Council', 'Città')}"
    assert read(html).items[0].title == "Città approves the new tram line"


def test_a_page_gives_the_same_a_hundred_times():
    html = f"<h2>Notices</h2>{write(CARD, NOTICES, 10)}<h2>News</h2><ul>{write(LINE)}</ul>"
    first = read(html)
    assert len(first.items) == 7
    assert all(read(html) == first for _ in range(100))


def said(listing: Listing) -> tuple[object, ...]:
    """Return *listing* with its reason as words: errors are equal to themselves alone."""
    reason = listing.no_items and (listing.no_items.category, str(listing.no_items))
    return listing.items, listing.next_url, listing.warnings, listing.complete, reason


def read_page(page: Page) -> tuple[object, ...]:
    return said(parse(page, source=Source(name="a", url=page.url)))


def test_many_threads_give_what_one_gives():
    alone = [read_page(page) for page in PAGES]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(read_page, PAGES * 3))
    assert together == alone * 3


def test_threads_that_share_one_engine_do_not_meet():
    engine, source = Engine(), Source(name="a", url=URL)

    def read_by_engine(html: str) -> tuple[object, ...]:
        return said(engine.parse(document(html), source))

    pages = [NEWS, f"<h1>Other</h1>{write(CARD, NOTICES)}", "<p>Nothing at all</p>"] * 20
    alone = [read_by_engine(html) for html in pages]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(read_by_engine, pages))
    assert together == alone
