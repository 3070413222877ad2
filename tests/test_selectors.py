from datetime import UTC, datetime

import pytest

from scraper.errors import SelectorError
from scraper.models import Listing, Page, Selectors, Source
from scraper.parsers import parse
from scraper.parsers.engine import item_id
from scraper.parsers.selectors import check_selectors
from scraper.seeds import load_seeds

PAGE = """
<html lang="en"><body><h1>News</h1><nav><a href="/">Home</a></nav>
<div class="row"><p class="kind">Notice</p>
  <h2><a href="/a?b=1">Council approves
  the <em>new</em> tram line</a></h2>
  <p class="day">03/04/2024</p><p class="text">Work begins<br>in May.</p>
  <img src="data:," data-src="/a.jpg"><a class="more" href="/a.pdf">Read more</a></div>
<div class="row"><h2><a href="/b">Library opens on Sundays</a></h2>
  <p class="day">28/02/2024</p><p class="text"> </p></div>
<div class="row"><h2>Market hall closed</h2><p class="day">soon</p>
  <a href="javascript:x()">x</a><a href="//other.example/c">More</a></div>
</body></html>
"""


def read(page: str = PAGE, **fields: str) -> Listing:
    source = Source(name="a", url="https://city.example/news", fields=Selectors(**fields))
    fetched_at = datetime(2024, 4, 5, tzinfo=UTC)
    body = page.encode()
    return parse(Page(url=source.url, body=body, fetched_at=fetched_at), source=source)


def column(listing: Listing, name: str) -> list[object]:
    return [getattr(item, name) for item in listing.items]


TITLES = ["Council approves the new tram line", "Library opens on Sundays", "Market hall closed"]
URLS = ["https://city.example/a?b=1", "https://city.example/b", "https://other.example/c"]


@pytest.mark.parametrize("entry", ["div.row", "//div[@class='row']", "(//div)[@class]"])
def test_the_entry_alone_is_enough(entry):
    listing = read(entry=entry)
    assert column(listing, "title") == TITLES
    assert column(listing, "url") == URLS
    assert column(listing, "date") == [None] * 3
    assert column(listing, "position") == [1, 2, 3]
    assert listing.items[0].image == "https://city.example/a.jpg"
    assert listing.items[0].id == item_id(URLS[0], TITLES[0], None)
    assert not listing.warnings


@pytest.mark.parametrize(
    ("field", "selector", "expected"),
    [
        ("title", "h2", TITLES),
        ("title", "h2::text", TITLES),
        ("title", "./h2", TITLES),
        ("title", "//h2", TITLES),
        ("title", "(//h2)[1]", TITLES),
        ("title", ".//h2 | //h3", TITLES),
        ("title", "./h2[re:test(., '^Library')]", TITLES[1:2]),
        ("url", "h2 a", [*URLS[:2], None]),
        ("url", "a.more::attr(href)", ["https://city.example/a.pdf", None, None]),
        ("url", ".//a[contains(@href, '/') and (1 = 1)]/@href", URLS),
        ("url", "h2", [*URLS[:2], None]),
        ("date", "p.day", ["2024-04-03", "2024-02-28", None]),
        ("date", "./p[@class='day']/text()", ["2024-04-03", "2024-02-28", None]),
        ("summary", ".text", ["Work begins in May.", None, None]),
    ],
)
def test_a_field_is_looked_up_inside_the_entry(field, selector, expected):
    assert column(read(entry=".row", **{field: selector}), field) == expected


def test_the_column_decides_which_figure_is_the_day():
    listing = read(entry=".row", date=".day")
    assert column(listing, "date_text") == ["03/04/2024", "28/02/2024", None]
    assert column(listing, "date_source") == ["text", "text", None]


@pytest.mark.parametrize(
    ("markup", "day", "text", "source"),
    [
        ('<time datetime="2024-03-05">5 March</time>', "2024-03-05", "5 March", "attribute"),
        ('<b><time datetime="2024-03"></time></b>', "2024-03", "2024-03", "attribute"),
        ("<time>5 March 2024</time>", "2024-03-05", "5 March 2024", "text"),
        ("<time>2 days ago</time>", "2024-04-03", "2 days ago", "text"),
    ],
)  # fmt: skip
def test_a_time_element_dates_an_entry_without_being_selected(markup, day, text, source):
    [item] = read(f"<li><a href=/a>One headline</a>{markup}", entry="li").items
    assert (item.date, item.date_text, item.date_source) == (day, text, source)


def test_attributes_are_dates_and_addresses_too():
    page = "<a class=e href=/a data-day=2024-03-05 title='The headline'>x</a>"
    fields = {"title": "::attr(title)", "url": "::attr(href)", "date": "::attr(data-day)"}
    [item] = read(page, entry="a.e", **fields).items
    assert (item.title, item.url) == ("The headline", "https://city.example/a")
    assert (item.date, item.date_source) == ("2024-03-05", "attribute")


def test_the_link_around_an_entry_is_its_address():
    [item] = read("<a href=/a><div class=e><h3>One headline</h3></div></a>", entry=".e").items
    assert item.url == "https://city.example/a"


def test_the_label_of_a_link_that_is_not_the_headline_is_kept():
    listing = read(entry=".row", url="a.more")
    assert column(listing, "link_text") == ["Read more", None, None]


def test_an_entry_is_listed_once_and_one_without_a_title_not_at_all():
    page = "<li><a href=/a>One headline</a></li>" * 2 + "<li></li>"
    listing = read(page, entry="li")
    assert column(listing, "title") == ["One headline"]
    assert listing.warnings == ("left out 1 entry without a title",)


def test_a_field_that_matches_in_no_entry_is_named():
    listing = read(entry=".row", date="span.date", summary=".text")
    assert len(listing.items) == 3
    assert listing.warnings == ('fields.date: "span.date" matches in no entry',)


@pytest.mark.parametrize(
    ("page", "fields", "message"),
    [
        (PAGE, {"entry": "li.news"}, 'fields.entry: "li.news" matches nothing on this page'),
        ("", {"entry": "li"}, 'fields.entry: "li" matches nothing on this page'),
        (PAGE, {"entry": ".row", "title": "h4"}, 'fields.title: "h4" matches in no entry'),
        (PAGE, {"entry": ".text"}, 'fields.entry: what ".text" selects has no title'),
    ],
)
def test_a_page_without_records_says_which_selector_is_to_blame(page, fields, message):
    listing = read(page, **fields)
    assert not listing.items
    assert listing.no_items.category == "unrecognised"
    assert str(listing.no_items) == (
        f"a: {message}; correct the seed, or leave its [fields] out to have the page read without "
        "them"
    )


CSS = 'try one such as "li.news h2 > a"; XPath begins with / or ./'
XPATH = 'try it as CSS, or as XPath 1.0 such as ".//h2/a"'


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"entry": " "}, "fields.entry: is empty; write CSS or XPath, or leave the key out"),
        ({"entry": "li >"}, f"li >: not valid CSS: Expected selector, got <EOF at 4>; {CSS}"),
        ({"entry": "li:foo"}, f"li:foo: not valid CSS: The pseudo-class :foo is unknown; {CSS}"),
        ({"entry": "//li["}, f"//li[: not valid XPath: Invalid expression; {XPATH}"),
        (
            {"entry": "//li[nope()]"},
            f'//li[nope()]: XPath 1.0 has no "nope()"; {XPATH}',
        ),
        ({"entry": "//x:li"}, f"//x:li: not valid XPath: Undefined namespace prefix; {XPATH}"),
        ({"entry": "(1)"}, "(1): selects no elements; leave the function around it out"),
        *(
            (
                {"entry": entry},
                f"{entry}: selects text, where an element is meant; end it at the element",
            )
            for entry in ("li::attr(class)", "li::text", "//li/@class", "//li/text()")
        ),
        (
            {"entry": "li", "url": "a::attr(href), b::attr(href)"},
            "a::attr(href), b::attr(href): a pseudo-element selects nothing; "
            "::attr(name) and ::text stand once, at the end",
        ),
        (
            {"entry": "li", "title": "h2::before"},
            "h2::before: a pseudo-element selects nothing; "
            "::attr(name) and ::text stand once, at the end",
        ),
    ],
)
def test_what_is_no_selector_is_refused_in_one_line(fields, message):
    with pytest.raises(SelectorError) as caught:
        check_selectors(Selectors(**fields))
    assert str(caught.value) == message


@pytest.mark.parametrize("title", ["./h2[re:test(., '(')]", "./h2[re:test(.)]"])
def test_an_expression_that_fails_on_a_page_is_no_selector_either(title):
    with pytest.raises(SelectorError, match="not valid XPath"):
        read(entry=".row", title=title)


def test_selecting_text_for_an_entry_is_refused_however_it_is_written():
    with pytest.raises(SelectorError, match="selects text"):
        read(entry="//div/attribute::class")


def test_a_seed_tells_the_line_and_the_cause(tmp_path):
    lines = 'name = "a"\nurl = "https://a.example/"\n[fields]\nentry = "li"\ndate = "b >"\n'
    (tmp_path / "a.toml").write_text(lines)
    with pytest.raises(Exception, match=r'a\.toml:5: not a selector: "b >": not valid CSS: Exp'):
        load_seeds(tmp_path)


def test_selectors_overrule_the_engine_and_declared_data():
    page = PAGE + '<script type="application/ld+json">{"@type": "Article"}</script>'
    assert column(read(page, entry="nav", title="a"), "title") == ["Home"]


RUN = """<div><h2 class=d>5 March 2024</h2><h3><a href=/a>One headline</a></h3><p>Its teaser.</p>
<img src=/a.jpg><h2 class=d>4 March 2024</h2><h3>Another headline</h3><a href=/b>More</a></div>
<div><h2 class=d>3 March 2024</h2><h3><a href=/c>A third headline</a></h3></div><p>The end.</p>"""


def test_an_entry_may_run_on_to_the_next_one():
    listing = read(RUN, entry=".d", run=True, title="h3", date=".d", summary="h3 + p")
    assert column(listing, "title") == ["One headline", "Another headline", "A third headline"]
    assert column(listing, "url") == [f"https://city.example/{one}" for one in "abc"]
    assert column(listing, "date") == ["2024-03-05", "2024-03-04", "2024-03-03"]
    assert column(listing, "summary") == ["Its teaser.", None, None]
    assert column(listing, "image") == ["https://city.example/a.jpg", None, None]


def test_an_entry_that_runs_on_is_no_longer_at_the_end_than_elsewhere():
    page = "<h3>One headline</h3><p>a</p><h3>Another headline</h3><p>b</p><p>The end.</p>"
    listing = read(page, entry="h3", run=True, title="h3", summary="p:last-child")
    assert column(listing, "summary") == [None, None]


def test_the_usual_title_of_an_entry_that_runs_on_is_its_first_heading():
    assert column(read(RUN, entry=".d", run=True), "title")[0] == "5 March 2024"


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"entry": "li.news"}, 'fields.entry: "li.news" matches nothing on this page'),
        ({"entry": ".row", "title": "h4"}, 'fields.title: "h4" matches in no entry'),
        ({"entry": ".row", "date": "time"}, 'fields.date: "time" matches in no entry'),
        ({"entry": ".row", "url": "b"}, 'fields.url: "b" matches in no entry'),
    ],
)
def test_a_hint_that_no_longer_matches_is_left_and_that_is_said(fields, warning):
    listing = read(**fields, hint=True)
    assert column(listing, "title") == TITLES
    assert f"{warning}: the page was read without [fields]; learn it again" in listing.warnings


def test_a_hint_that_matches_is_obeyed_and_filled_from_what_is_declared():
    data = '{"@context": "https://schema.org", "@type": "Article", "url": "/b", "author": "Ada"}'
    page = f'{PAGE}<script type="application/ld+json">{data}</script>'
    listing = read(page, entry=".row", summary=".teaser", hint=True)
    assert column(listing, "title") == TITLES
    assert column(listing, "author") == [None, "Ada", None]
    assert listing.warnings == ('fields.summary: ".teaser" matches in no entry',)
    assert column(read(page, entry=".row"), "author") == [None] * 3
