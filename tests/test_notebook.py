from datetime import UTC, datetime

import pytest
from lxml import html

from scraper import extract
from scraper.errors import NoItems
from scraper.models import Item, Listing
from scraper.notebook import MOST_ROWS

ITEM = Item(
    title="Bridge reopens",
    url="https://city.example/1",
    date="2024-03-05",
    summary="Both lanes are free again.",
    category="Traffic",
    section="News",
    position=1,
    id="a1",
    page_url="https://city.example/news",
    fetched_at=datetime(2024, 3, 5, 10, tzinfo=UTC),
)


def view(*items: Item, **more) -> html.HtmlElement:
    return html.fromstring(Listing(items=items, **more)._repr_html_())


def text(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_listing_is_shown_as_a_table_with_links():
    shown = view(ITEM)
    assert shown.xpath("//tr/td[1]/text()") == ["2024-03-05"]
    assert shown.xpath("//tr//a/@href") == ["https://city.example/1"]
    assert "Both lanes are free again." in text(shown)
    assert "News · Traffic" in text(shown)
    assert text(shown).startswith(
        "1 entry of https://city.example/news , fetched 2024-03-05 10:00 UTC"
    )


def test_a_page_is_shown_as_it_was_extracted():
    page = """<h1>News</h1><ul>
        <li><a href="/a">Council approves the new tram line</a> 3 March 2024</li>
        <li><a href="/b">Library opens on Sundays from April</a> 1 March 2024</li></ul>"""
    shown = html.fromstring(extract(page, url="https://city.example/")._repr_html_())
    assert text(shown.find(".//tr")) == "2024-03-03 Council approves the new tram line News"


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"</table></div>&lt;"


def test_nothing_that_a_page_says_becomes_markup():
    item = Item(
        **dict.fromkeys(("title", "summary", "category", "section", "author"), HOSTILE),
        **dict.fromkeys(("date", "url", "page_url", "image"), f"javascript:{HOSTILE}"),
        position=1,
        id="a1",
    )
    attribute = Item(title="A", url=f"https://a.example/{HOSTILE}", position=2, id="a2")
    reason = NoItems("a", HOSTILE, category="empty")
    for shown in (
        view(item, attribute, warnings=(HOSTILE,), next_url=f"data:text/html,{HOSTILE}"),
        view(warnings=(HOSTILE,), no_items=reason, next_url=f"https://a.example/{HOSTILE}"),
    ):
        assert {one.tag for one in shown.iter()} <= {"div", "b", "table", "tbody", "tr", "td"} | {
            "span",
            "a",
        }
        names = {name for one in shown.iter() for name in one.attrib}
        assert names <= {"style", "dir", "href", "target", "rel"}
        assert all(one.startswith("https://a.example/") for one in shown.xpath("//@href"))
        assert not [one for one in shown.xpath("//@style") if "url(" in one]
        assert HOSTILE.replace("  ", " ") in text(shown)


def test_text_cannot_turn_what_is_around_it_about():
    assert "\u202e" not in text(view(Item(title="a\u202eb\0", position=1, id="a")))


@pytest.mark.parametrize(
    ("count", "rows", "cut"),
    [(MOST_ROWS, MOST_ROWS, ""), (MOST_ROWS + 43, MOST_ROWS, "… and 43 more")],
)
def test_a_long_listing_is_cut_and_says_so(count, rows, cut):
    shown = view(*[ITEM] * count)
    assert len(shown.findall(".//tr")) == rows
    assert text(shown).startswith(f"{count} entries of ")
    assert text(shown).endswith(cut)
    assert ("more" in text(shown)) == bool(cut)


def test_a_long_summary_is_cut():
    assert len(text(view(Item(title="A", summary="word " * 400, position=1, id="a")))) < 400


def test_a_section_is_named_where_it_begins():
    shown = view(ITEM, ITEM, Item(title="B", section="Notices", position=3, id="b"))
    assert text(shown).count("News") == 1
    assert text(shown).count("Notices") == 1


def test_what_a_careful_reader_should_know_is_shown():
    shown = view(
        ITEM,
        next_url="https://city.example/news?page=2",
        warnings=("03/04/2024 may be two days",),
        complete=False,
    )
    assert "not complete" in text(shown)
    assert "goes on at https://city.example/news?page=2" in text(shown)
    assert "⚠ 03/04/2024 may be two days" in text(shown)


def test_a_page_that_lists_nothing_says_why():
    shown = view(no_items=NoItems("a", "a page without text", category="empty"))
    assert text(shown) == "nothing listed : a page without text"
    assert text(view(Item(title="A", position=1, id="a"))) == "1 entry no date A"
