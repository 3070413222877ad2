"""Selectors are learnt that give the records, by names that will be there tomorrow."""

from __future__ import annotations

import functools
import statistics
import tomllib

import learning
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labels import read_pages
from lxml import etree
from test_docs import ROOT

from scraper.learning import Lesson, compare, learn_lessons, write_seed
from scraper.learning.ground import Ground
from scraper.learning.naming import is_lasting, names_of
from scraper.learning.seed_file import seed_name
from scraper.models import Hints, Item, Page, Selectors, Source
from scraper.parsers import parse
from scraper.parsers.document import Document
from scraper.seeds import load_seeds

URL = "https://city.example/news"
TITLES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed until the end of June",
    "Pool reopens after long repairs",
]
TEASER = "What it means for the town is told in a line and a half of text, number {n} of them."


def lessons_of(html: str, *, title: str | None = None, **hints) -> tuple[Lesson, ...]:
    source = Source(name="city", url=URL, hints=Hints(**hints))
    return learn_lessons(page_of(html), source=source, title=title).lessons


def page_of(html: str) -> Page:
    return Page(url=URL, body=html.encode(), encoding="utf-8")


def entries(markup: str, titles: list[str] = TITLES) -> str:
    return "".join(
        markup.format(n=n, title=title, day=f"{n} March 2024", teaser=TEASER.format(n=n))
        for n, title in enumerate(titles, 1)
    )


# Names


@pytest.mark.parametrize(
    "name",
    ["news", "news-item", "newsItem", "c-news-link__link", "col-4", "entry", "ニュース", "h3"],
)
def test_a_class_that_somebody_thought_of_lasts(name):
    assert is_lasting(name)


@pytest.mark.parametrize(
    "name",
    [
        *("css-1x2y3z", "sc-aXZVg", "_3fGh2", "jsx-1837402", "svelte-1tky8bj", "c-xkqzrt"),
        *("post-20931", "node-17", "first", "odd", "active", "lazyloaded", "category-sport"),
        *("md:flex", "w-1/2", "ng-tns-c42-3", "Card_title__x7Gh2"),
    ],
)
def test_a_class_that_was_generated_or_tells_a_state_does_not(name):
    assert not is_lasting(name)


def test_an_element_is_named_by_what_lasts():
    markup = "<li id=n17 class='news css-1x2y3z Card_title__x7Gh2' itemprop=item role='1'>"
    element = etree.HTML(markup).find(".//li")
    assert [str(name) for name in names_of(element)] == [
        ".news", "li", "li.news",
        '[itemprop="item"]', 'li[itemprop="item"]',
        '[class*="Card_title__"]', 'li[class*="Card_title__"]',
    ]  # fmt: skip


# What is learnt


CARD = (
    '<article class="card css-{n}x2y3z" id=c{n}><h3 class=head><a href="/{n}">{title}</a></h3>'
    "<time>{day}</time><p class=text>{teaser}</p></article>"
)
KINDS = {
    "cards": (
        f"<main>{entries(CARD)}</main>",
        {"entry": ".card", "title": ".head", "date": "time", "summary": ".text"},
    ),
    "rows": (
        "<table><tr><th>Day<th>What"
        + entries('<tr><td>{day}<td><a href="/{n}">{title}</a></tr>')
        + "</table>",
        {"title": "a", "date": "td"},
    ),
    "terms": (
        "<dl>"
        + entries("<dt><a href=/{n}>{title}</a></dt><dd class=day>{day}</dd><dd>{teaser}</dd>")
        + "</dl>",
        {"entry": "dt", "run": True, "date": ".day", "summary": ".day + dd"},
    ),
    "runs from heading to heading": (
        "<div>"
        + entries("<h3>{title}</h3><p class=day>{day}<p>{teaser}<a href=/{n}>More</a>")
        + "</div>",
        {"entry": "h3", "run": True, "title": "h3", "date": ".day"},
    ),
    "runs that begin with the date": (
        f"<div>{entries('<p class=day>{day}<h3><a href=/{n}>{title}</a></h3><p>{teaser}')}</div>",
        {"entry": ".day", "run": True, "title": "h3", "date": ".day", "summary": "h3 + p"},
    ),
    "two rows an entry": (
        "<table>"
        + entries('<tr><td class=n><a href="/{n}">{title}</a><td>{day}<tr><td colspan=2>{teaser}')
        + "</table>",
        {"run": True},
    ),
    "text without an element": (
        f"<ul>{entries('<li><b>{day}</b> {title} <a href=/{n}>PDF</a></li>')}</ul>",
        {"entry": "li", "title": "./text()", "date": "b"},
    ),
    "generated classes": (
        entries(
            '<div class="Row_row__x7Gh2 sc-aXZVg"><a class=_3fGh2 href="/{n}">{title}</a>'
            "<span class=css-1x2y3z>{day}</span></div>"
        ),
        {"entry": '[class*="Row_row__"]', "title": "a", "date": "span"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_selectors_are_short_and_give_all_records(kind):
    html, expected = KINDS[kind]
    best = lessons_of(html)[0]
    assert best.agreement.is_close, best
    assert best.agreement.f1 == 1
    assert [item.title for item in best.given] == TITLES
    assert [item.date for item in best.given] == [f"2024-03-0{n}" for n in range(1, 5)]
    assert [item.url for item in best.given] == [f"https://city.example/{n}" for n in range(1, 5)]
    learnt = {name: getattr(best.fields, name) for name in expected}
    assert learnt == expected


def test_a_date_above_a_group_is_looked_up_there():
    group = (
        '<h2>{day}</h2><div class=news><p><a href="/{n}">{title}</a>'
        '<p><a href="/x{n}">{title}, later</a></div>'
    )
    best = lessons_of(f"<main>{entries(group)}</main>")[0]
    assert best.agreement.is_close
    assert best.fields.date == "./preceding::h2[1]"
    assert [item.date for item in best.given[:3]] == ["2024-03-01", "2024-03-01", "2024-03-02"]


def test_what_is_like_entries_and_is_none_is_left_out():
    menu = "".join(f"<li><a href=/menu/{n}>Section {n}</a>" for n in range(6))
    news = entries('<li><a href="/{n}">{title}</a> <i>{day}</i>')
    best = lessons_of(f"<nav><ul>{menu}</ul></nav><main><ul>{news}</ul></main>")[0]
    assert [item.title for item in best.given] == TITLES
    assert best.fields.entry in ("main li", "li:has(i)")


def test_lists_that_have_nothing_in_common_are_selected_together():
    big = entries('<section><h2><a href="/big/{n}">{title}</a></h2><p>{teaser}</p></section>')
    small = entries("<li><a href='/small/{n}'>{title}, once more</a>")
    html = f"<main>{big}<ul class=more>{small}</ul></main>"
    best = lessons_of(html)[0]
    assert best.agreement.f1 == 1
    assert len(best.given) == len(parse(page_of(html), source=Source(name="a")).items)


def test_a_headline_that_is_cut_is_taken_from_its_attribute():
    html = entries('<li class=e><h3><a href="/{n}" title="{title}">{title:.20}…</a></h3>{day}</li>')
    best = lessons_of(f"<ul>{html}</ul>")[0]
    assert [item.title for item in best.given] == TITLES
    assert best.fields.title.endswith("::attr(title)")


@pytest.mark.parametrize("html", ["", "<p>Nothing here.</p>", "<!-- -->"])
def test_a_page_that_lists_nothing_teaches_nothing(html):
    assert lessons_of(html) == ()
    assert lessons_of(html, title="Bridge") == ()


def test_what_is_known_of_a_page_counts():
    html = f"<main>{entries(CARD)}</main><aside><ul>" + entries(
        '<li class=top><a href="/top/{n}">{title}, once more</a> {day}'
    )
    best = lessons_of(html, within="aside")[0]
    assert best.fields.entry == ".top"
    assert {item.url[:24] for item in best.given} == {"https://city.example/top"}


# Examples

OTHERS = ["Trains run late on Friday", "Market hall closes early", "Rowers win the regatta"]
LISTS = f"""<main>{entries(CARD)}</main>
<ul class=side>{entries('<li><a href="/side/{n}">{title}</a></li>', OTHERS)}</ul>"""


@pytest.mark.parametrize("title", [OTHERS[1], OTHERS[1].upper(), f" {OTHERS[1]} "])
def test_an_example_names_the_list_that_is_meant(title):
    assert [item.title for item in lessons_of(LISTS)[0].given] == TITLES
    best = lessons_of(LISTS, title=title)[0]
    assert [item.title for item in best.given] == OTHERS
    assert best.fields.entry == ".side li"


def test_an_example_of_the_list_that_is_read_anyway_changes_nothing():
    assert lessons_of(LISTS, title=TITLES[2]) == lessons_of(LISTS)


def test_an_example_that_nothing_is_like_is_one_more_entry():
    html = f"<header><h1><a href=/x>{OTHERS[0]}</a></h1></header><main>{entries(CARD)}</main>"
    hero = lessons_of(html, title=OTHERS[0])[0]
    assert {item.title for item in hero.given} == {*TITLES, OTHERS[0]}


def test_an_example_that_is_not_on_the_page_teaches_nothing():
    assert lessons_of(LISTS, title="No such headline") == ()


# What comes of it


@functools.cache
def labelled():
    return {one.name: one for one in read_pages(ROOT / "fixtures") if one.labels}


@functools.cache
def lesson_of(name: str) -> Lesson | None:
    return learning.learn_page(labelled()[name])


@pytest.mark.parametrize("name", sorted(labelled()))
def test_a_seed_that_is_written_gives_what_was_learnt(name, tmp_path):
    lesson = lesson_of(name)
    page = labelled()[name].page
    source = Source(name="learnt", url=page.url)
    (tmp_path / "learnt.toml").write_text(write_seed(source, lesson), "utf-8")
    (seed,) = load_seeds(tmp_path)
    assert seed.fields.hint
    strict = Source(name="learnt", url=page.url, fields=lesson.fields)
    given = parse(page, source=strict).items
    assert compare(lesson.given, given).worth == 1


def test_what_is_learnt_on_the_fixtures_is_as_right_as_it_was():
    grades = [learning.grade_lesson(labelled()[name], lesson_of(name)) for name in labelled()]
    assert statistics.mean(one.item_f1 for one in grades) >= 0.95
    assert statistics.mean(one.record_f1 for one in grades) >= 0.82


def test_a_comment_holds_whatever_a_headline_says():
    title = 'A "quoted"\nheadline \\ with \x00 \x1b[31m and # marks ' + "x" * 200
    item = Item(title=title, position=1, id="a")
    fields = Selectors(entry="//li[re:test(., '\\d')]", title='[title="a"]')
    lesson = Lesson(fields=fields, given=(item,), agreement=compare([item], [item]))
    hints = Hints(within="main", exclude=("a", '"b"'), url_pattern=r"/\d+'", date_order="dmy")
    source = Source(name="a", url=URL, language="de", render=True, hints=hints)
    table = tomllib.loads(write_seed(source, lesson))
    assert table["fields"] == {"hint": True, "entry": fields.entry, "title": fields.title}
    assert (table["within"], table["exclude"]) == ("main", ["a", '"b"'])
    assert (table["url_pattern"], table["date_order"]) == (r"/\d+'", "dmy")
    assert (table["language"], table["render"]) == ("de", True)


@pytest.mark.parametrize(
    ("url", "name"),
    [(URL, "city.example-news"), ("https://a.example/?x=ü&b", "a.example-x-ü-b"), ("://", "page")],
)
def test_a_seed_is_named_after_its_address(url, name):
    assert seed_name(url) == name


def test_texts_are_found_whatever_stands_around_them():
    ground = Ground(Document(page_of("<p>“<b>- Bridge  reopens:</b>”</p><p>Bridge</p>")))
    tags = [[ground.elements[n].tag for n in one] for one in ground.holders("bridgereopens")]
    assert tags == [["b"]]
    assert [one.tag for one in ground.elements] == ["html", "body", "p", "b", "p"]


PIECES = (
    *(
        "<ul>",
        "</ul>",
        "<li>",
        '<li class="a b1 c">',
        '<a href="/x">',
        "</a>",
        *TITLES,
        "3 March 2024",
    ),
    *("<p>", "</p>", "<h3>", "</h3>", "<table>", "<tr>", "<td>", '<div class="x é:y">', "</div>"),
    *(
        "<br>",
        "<dl><dt>",
        "<dd>",
        "&amp;",
        "\x00",
        "\x1b",
        '"',
        "<!--",
        "-->",
        "…",
        "<x:y>",
        "<svg>",
    ),
    *("<script>x</script>", '<base href="//q/">', "<template>", '<b itemprop="name">', "<select>"),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.integers(1, 6),
    st.sampled_from([None, "headline 1 here", TITLES[0]]),
    st.sampled_from([Hints(), Hints(exclude=("b", "//li[1]")), Hints(url_pattern="x")]),
)
def test_any_page_can_be_learnt_from_and_its_seed_is_toml(block, times, title, hints):
    html = "".join(f"{block} headline {number} here" for number in range(times))
    page = Page(url=URL, body=html.encode())
    source = Source(name="a", url=URL, hints=hints)
    for lesson in learn_lessons(page, source=source, title=title).lessons:
        assert tomllib.loads(write_seed(source, lesson))["fields"]["entry"] == lesson.fields.entry


def test_a_long_page_is_learnt_in_a_moment():
    titles = [f"{title}, part {n}" for n in range(100) for title in TITLES]
    best = lessons_of(f"<main>{entries(CARD, titles)}</main>")[0]
    assert len(best.given) == 400
