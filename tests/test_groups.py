"""Which parts of a page are taken for headlines before it is divided."""

from __future__ import annotations

import pytest

from scraper.parsers.groups import GROUP, anchor_of, find_groups
from scraper.parsers.parts import split_parts
from scraper.parsers.tree import flatten

HEADLINES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed for repairs until June",
    "Swimming pool raises its fees",
]
PROSE = "The council met on Monday to speak about it. Work is to begin in spring, it said, and {}."


def groups(html: str) -> list[list[str]]:
    page = flatten(html)
    return [[part.text for part in group.members] for group in find_groups(page, split_parts(page))]


def evidence(html: str) -> dict[str, float]:
    """Return the evidence of the first group."""
    page = flatten(html)
    return GROUP.explain(find_groups(page, split_parts(page))[0].evidence)


def repeat(piece: str) -> str:
    return "".join(
        piece.format(n=n, title=title, prose=PROSE.format(n), day=f"{n + 1} March 2024")
        for n, title in enumerate(HEADLINES)
    )


MENU = "<nav><ul><li><a href=/a>About us</a><li><a href=/b>Contact</a><li><a href=/c>Sites</a></ul>"


@pytest.mark.parametrize(
    "piece",
    [
        "<li><a href={n}>{title}</a> {day}",
        "<div><h3>{title}</h3><p>{prose}</p><a href={n}>Read more</a></div>",
        "<h2><a href={n}>{title}</a></h2><p>{prose}</p>",
        "<tr><td>{day}<td><a href={n}>{title}</a><td>Notice",
        "<div><span class=date>{day}</span><span class=title>{title}</span></div>",
        "<a href={n}><h3>{title}</h3><p>{prose}</p></a>",
        "<p><strong>{title}</strong></p><p>{prose}</p>",
    ],
)
def test_headlines_come_before_all_other_parts(piece):
    footer = "<footer><a href=/x>Privacy</a><a href=/y>Terms of use</a></footer>"
    html = f"{MENU}</nav><main>{repeat(piece)}</main>{footer}"
    assert groups(html)[0] == HEADLINES


def test_headlines_in_a_menu_come_after_those_of_the_page_but_are_not_ruled_out():
    piece = "<li><a href={n}>{title}</a>"
    menu = f"<nav><ul>{repeat(piece.replace('{title}', 'Other {title}'))}</ul></nav>"
    found = groups(f"{menu}<div><ul>{repeat(piece)}</ul></div>")
    assert found[:2] == [HEADLINES, [f"Other {title}" for title in HEADLINES]]


def test_headlines_with_classes_of_their_own_are_also_one_group():
    html = "".join(
        f"<li class={kind}><a href=x>{title}</a>"
        for kind, title in zip("abcd", HEADLINES, strict=True)
    )
    assert groups(html) == [HEADLINES]
    both = groups(html.replace("class=b", "class=a"))
    assert sorted(both, key=len) == [HEADLINES[:2], HEADLINES]


@pytest.mark.parametrize(
    "heading",
    [
        "<h3><b>No. {n}</b> <a href={n}>{title}</a></h3>",
        "<h3><a href={n}>{title}</a> <b>No. {n}</b></h3>",
    ],
)
def test_the_longest_part_of_a_heading_speaks_for_it(heading):
    html = "".join(heading.format(n=n, title=title) for n, title in enumerate(HEADLINES))
    assert groups(html)[0] == HEADLINES


@pytest.mark.parametrize(
    "html", ["", "<h1>News of the town</h1>", "<p>One here<div>Two here</div>"]
)
def test_what_stands_alone_is_no_group(html):
    assert groups(html) == []


def test_parts_of_a_few_letters_are_no_headlines_unless_their_letters_say_more():
    assert groups("<li>1<li>2<li>No") == []
    assert groups("<li>Yes<li>Nope") == []
    assert groups("<li>Hello<li>World") == [["Hello", "World"]]
    assert groups("<li>大桥<li>新闻发布") == [["大桥", "新闻发布"]]


def test_an_entry_grows_from_the_heading_around_its_headline():
    page = flatten("<h2><a href=x><b>Bridge</b></a></h2><p><a href=y>Library</a></p>")
    heads = [page.tag(anchor_of(part)) for part in split_parts(page).all]
    assert heads == ["h2", "a"]


@pytest.mark.parametrize(
    ("html", "figure", "expected"),
    [
        ("<li>One here<li>Two here", "linked", 0),
        ("<li><a href=1>One here</a><li><a href=2>Two here</a>", "linked", 1),
        ("<h2>One here</h2><h2>Two here</h2>", "heads", 1),
        ("<li>One here<li>Two here", "heads", 0),
        ("<li>One here<li>One here", "distinct", 0.5),
        ("<li class=title>One here<li class=title>Two here", "named", 1),
        ("<li class=byline>One here<li class=byline>Two here", "meta", 1),
        ("<li class=teaser>One here<li class=teaser>Two here", "prose_named", 1),
        ("<li>1 March 2024<li>2 March 2024", "dates", 1),
        ("<nav><li>One here<li>Two here", "nav", 1),
        ("<aside><li>One here<li>Two here", "aside", 1),
        ("<main><li>One here<li>Two here", "main", 1),
        ("<li>One here<li>Two here", "main", 0),
        ("<li>One of it<li>Two of it<li>3<li>4 of it of it of it", "many", 2 / 6),
    ],
)
def test_a_group_is_judged_by_how_its_parts_behave(html, figure, expected):
    assert evidence(html)[figure] == pytest.approx(expected)


def test_a_headline_may_have_a_hundred_and_sixty_letters():
    assert not evidence(f"<li>{'x' * 160}<li>{'y' * 160}")["long"]


@pytest.mark.parametrize(
    ("length", "figure"),
    [(7, "tiny"), (8, "short"), (15, "short"), (16, "shortish"), (161, "long")],
)
def test_the_length_of_its_texts_is_in_one_class_at_most(length, figure):
    found = evidence(f"<li>{'x' * length}<li>{'y' * length}")
    assert {name for name in ("tiny", "short", "shortish", "long") if found[name]} == {figure}
