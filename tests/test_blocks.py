"""Where entries begin and end: wrappers, runs without any, and what belongs to no entry."""

from __future__ import annotations

import pytest

from scraper.parsers.blocks import Block, adopt_likes, divide
from scraper.parsers.parts import Parts, split_parts
from scraper.parsers.tree import Outline, flatten


def read(html: str, tag: str) -> tuple[Outline, Parts, list[Block]]:
    """Divide *html* by its elements *tag*."""
    page = flatten(html)
    parts = split_parts(page)
    anchors = [node for node in range(len(page.path)) if page.tag(node) == tag]
    return page, parts, list(divide(page, parts, anchors))


def show(parts: Parts, block: Block) -> list[str]:
    """Return the entries, their parts joined by a bar."""
    return ["|".join(part.text for part in parts.all[a:b]) for a, b in block.spans]


def divisions(html: str, tag: str) -> list[list[str]]:
    _, parts, blocks = read(html, tag)
    return [show(parts, block) for block in blocks]


def finest(html: str, tag: str) -> list[str]:
    return divisions(html, tag)[0]


# Entries with a wrapper


@pytest.mark.parametrize(
    ("tag", "html", "expected"),
    [
        ("a", "<ul><li><a href=1>A1</a> x<li><a href=2>B1</a> y</ul>z", ["A1|x", "B1|y"]),
        (
            "h2",
            "<div><div><h2>A1</h2></div><p>x</div><div><div><h2>B1</h2></div><p>y</div>z",
            ["A1|x", "B1|y"],
        ),
        ("h2", "<a><h2>A1</h2><p>x</p></a><a><h2>B1</h2><p>y</p></a>", ["A1|x", "B1|y"]),
        # of one element each, in families of their own
        ("h2", "<ul><li><h2>A1</h2>x</ul><ul><li><h2>B1</h2>y</ul>", ["A1|x", "B1|y"]),
        # an entry with two anchors is one all the same
        ("a", "<ul><li><a>A1</a><a>A2</a><li><a>B1</a><li><a>C1</a></ul>", ["A1|A2", "B1", "C1"]),
    ],
)
def test_entries_reach_as_far_as_no_element_holds_two_of_them(tag, html, expected):
    assert expected in divisions(html, tag)


def test_the_finest_division_comes_first_and_coarser_ones_follow():
    row = "<div class=row><p><a>{0}1</a><p><a>{0}2</a></div>"
    found = divisions("".join(map(row.format, "ABC")), "a")
    assert found[0] == ["A1", "A2", "B1", "B2", "C1", "C2"]
    assert ["A1|A2", "B1|B2", "C1|C2"] in found[1:]


@pytest.mark.parametrize("html", ["", "<h2>A1</h2>", "<div><h2>A1</h2><p>x</p></div>"])
def test_one_anchor_divides_nothing(html):
    assert divisions(html, "h2") == []


def test_entries_without_any_text_are_left_out():
    html = "<ul><li><a>A1</a><li><a></a><li><a>|</a><li><a>B1</a></ul>"
    assert finest(html, "a") == ["A1", "B1"]


# Runs without a wrapper


@pytest.mark.parametrize(
    ("tag", "html", "expected"),
    [
        ("h2", "<h2>A1</h2><p>x<p>y<h2>B1</h2><p>x<h2>C1</h2><p>z", ["A1|x|y", "B1|x", "C1|z"]),
        ("dd", "<dl><dt>1 A<dd>A1<dt>2 B<dd>B1<dt>3 C<dd>C1</dl>", ["1 A|A1", "2 B|B1", "3 C|C1"]),
        ("dt", "<dl><dt>A1<dd>x<dd>y<dt>B1<dd>z</dl>", ["A1|x|y", "B1|z"]),
        (
            "a",
            "<table><tr><td>1 A<td><a>A1</a><tr><td>xx<tr><td>2 B<td><a>B1</a><tr><td>yy</table>",
            ["1 A|A1|xx", "2 B|B1|yy"],
        ),
        (
            "b",
            "<p><b>A1</b><br>xx<br>yy<br><b>B1</b><br>xx<br><b>C1</b><br>zz",
            ["A1|xx|yy", "B1|xx", "C1|zz"],
        ),
        (
            "a",
            "1 A <a href=1>A1</a><br>2 B <a href=2>B1</a><br>3 C <a href=3>C1</a>",
            ["1 A|A1", "2 B|B1", "3 C|C1"],
        ),
    ],
)
def test_what_stands_between_entries_belongs_to_one_of_them(tag, html, expected):
    assert finest(html, tag) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # The line before each headline leads it.
        ("<p>1 A<h3>A1</h3><p>2 B<h3>B1</h3><p>3 C<h3>C1</h3>", ["1 A|A1", "2 B|B1", "3 C|C1"]),
        # What precedes all but the first ends the entry before.
        ("<h3>A1</h3><p>1 A<h3>B1</h3><p>2 B<h3>C1</h3><p>3 C", ["A1|1 A", "B1|2 B", "C1|3 C"]),
        # Both: date above, teaser below.
        (
            "<b class=d>1 A</b><h3>A1</h3><p>x</p><b class=d>2 B</b><h3>B1</h3><p>y</p>"
            "<b class=d>3 C</b><h3>C1</h3><p>z</p>",
            ["1 A|A1|x", "2 B|B1|y", "3 C|C1|z"],
        ),
        # An entry without its lead takes none of another.
        (
            "<b>1 A</b><h3>A1</h3><b>2 B</b><h3>B1</h3><h3>C1</h3><b>4 D</b><h3>D1</h3>"
            "<b>5 E</b><h3>E1</h3><b>6 F</b><h3>F1</h3>",
            ["1 A|A1", "2 B|B1", "C1", "4 D|D1", "5 E|E1", "6 F|F1"],
        ),
    ],
)
def test_a_line_that_precedes_every_entry_leads_it(html, expected):
    assert finest(html, "h3") == expected


def test_what_follows_the_last_entry_is_its_own_only_where_the_others_have_the_like():
    run = "<h3>A1</h3><p>x<h3>B1</h3><p>y<h3>C1</h3><p>z"
    assert finest(f"{run}<div>About us</div>", "h3")[-1] == "C1|z"
    assert finest(f"{run}<p>About us<p>Imprint", "h3")[-1] == "C1|z"
    assert finest(f"<div>{run}</div><p>About us", "h3")[-1] == "C1|z"


def groups_of(size: int) -> str:
    def group(month: str, names: str) -> str:
        return f"<h2>{month}</h2>" + "".join(f"<h3>{name}1</h3><p>{name}2" for name in names)

    return group("March", "ABCD"[:size]) + group("April", "EFGH"[:size])


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_heading_of_the_next_group_ends_an_entry(size):
    found = finest(groups_of(size), "h3")
    assert len(found) == 2 * size
    assert found == [f"{entry[0]}1|{entry[0]}2" for entry in found]


def test_a_run_is_also_offered_without_what_is_between():
    html = "<h3>A1</h3><p>x<h3>B1</h3><p>y"
    assert divisions(html, "h3")[:2] == [["A1|x", "B1|y"], ["A1", "B1"]]
    assert [block.dealt for block in read(html, "h3")[2][:2]] == [True, False]


def test_a_term_is_not_offered_without_its_description():
    assert divisions("<dl><dt>A1<dd>x<dt>B1<dd>y</dl>", "dt") == [["A1|x", "B1|y"]]


def test_gaps_are_dealt_where_one_entry_in_three_has_one():
    html = "<h3>A1</h3><p>x<h3>B1</h3><h3>C1</h3><h3>D1</h3>"
    assert finest(html, "h3") == ["A1|x", "B1", "C1", "D1"]


def test_gaps_that_few_entries_have_are_dealt_to_none():
    html = "<h3>A1</h3><h3>B1</h3><p>x</p><h3>C1</h3><h3>D1</h3><h3>E1</h3>"
    assert divisions(html, "h3")[0] == ["A1", "B1", "C1", "D1", "E1"]


# Neighbours that lead to one address


def test_neighbours_that_lead_to_one_address_are_one_entry():
    row = "<tr><td><a href={0}>{0}1</a><tr><td><a href={0}>Read more</a>"
    for names in ("AB", "ABC"):
        found = divisions(f"<table>{''.join(map(row.format, names))}</table>", "a")
        assert [f"{name}1|Read more" for name in names] in found


def test_a_bare_fragment_joins_nothing():
    row = "<tr><td><a href=#>{0}1</a><tr><td><a href=#>{0}2</a>"
    found = divisions(f"<table>{''.join(map(row.format, 'ABC'))}</table>", "a")
    assert found == [["A1", "A2", "B1", "B2", "C1", "C2"]]


def test_a_list_with_one_entry_twice_is_not_joined():
    rows = "".join(f"<li><a href={name}>{name}1</a>" for name in "ABBCDEFGH")
    assert divisions(f"<ul>{rows}</ul>", "a") == [[f"{name}1" for name in "ABBCDEFGH"]]


# Entries that are unlike the others


CARDS = "".join(f"<li class=c><h3><a href={k}>{name}1</a></h3>" for k, name in enumerate("ABC"))


TWO = "<li class=c><a href=8>Stories of the week</a> <a href=9>Stories of the month</a>"


def divide_cards(html: str) -> tuple[Outline, Parts, Block]:
    """Divide by the links in ``h3``."""
    page = flatten(html)
    parts = split_parts(page)
    anchors = [node for node in range(len(page.path)) if page.tag(node) == "h3"]
    return page, parts, next(divide(page, parts, anchors))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # A lead story is a card like the others, its headline of another kind.
        (
            f"<ul><li class=c><a href=9>Lead story of the day</a>{CARDS}</ul>",
            ["Lead story of the day", "A1", "B1", "C1"],
        ),
        (
            f"<ul>{CARDS}<li class=c><h2><a href=9>Last story of the day</a></h2></ul>",
            ["A1", "B1", "C1", "Last story of the day"],
        ),
        # of another kind, elsewhere, without a link, with a label alone, leading to two addresses
        (f"<ul><li class=x><a href=9>Lead story of the day</a>{CARDS}</ul>", ["A1", "B1", "C1"]),
        (
            f"<ul><li class=c><a href=9>Lead story of the day</a></ul><ul>{CARDS}</ul>",
            ["A1", "B1", "C1"],
        ),
        (f"<ul><li class=c>Lead story of the day{CARDS}</ul>", ["A1", "B1", "C1"]),
        (f"<ul>{CARDS}<li class=c><a href=9>All press releases</a></ul>", ["A1", "B1", "C1"]),
        (
            f"<ul>{CARDS}{TWO}</ul>",
            ["A1", "B1", "C1"],
        ),
    ],
)
def test_an_element_like_the_entries_is_one_whatever_its_headline_is(html, expected):
    page, parts, block = divide_cards(html)
    assert show(parts, adopt_likes(page, parts, block, set())) == expected


def test_what_belongs_to_another_list_is_not_adopted():
    page, parts, block = divide_cards(
        f"<ul><li class=c><a href=9>Lead story of the day</a>{CARDS}</ul>"
    )
    assert adopt_likes(page, parts, block, {0}) == block


@pytest.mark.parametrize(
    ("title", "count"), [("Sixteen letters.", 4), ("Fifteen letters", 3), ("", 3)]
)
def test_what_is_adopted_has_a_headline(title, count):
    page, parts, block = divide_cards(f"<ul>{CARDS}<li class=c><a href=9>{title}</a> xx</ul>")
    assert len(adopt_likes(page, parts, block, set()).spans) == count


@pytest.mark.parametrize(("kinds", "count"), [("ccc", 4), ("ccxc", 5), ("cxxc", 4)])
def test_most_entries_must_be_of_one_kind_for_others_to_be_adopted(kinds, count):
    cards = "".join(
        f"<li class={kind}><h3><a href={k}>{k} or so</a></h3>" for k, kind in enumerate(kinds)
    )
    page, parts, block = divide_cards(
        f"<ul>{cards}<li class=c><a href=9>Lead story of the day</a></ul>"
    )
    assert len(adopt_likes(page, parts, block, set()).spans) == count


def test_two_entries_adopt_nothing():
    cards = CARDS.partition("<li class=c><h3><a href=2>")[0]
    page, parts, block = divide_cards(
        f"<ul><li class=c><a href=9>Lead story of the day</a>{cards}</ul>"
    )
    assert adopt_likes(page, parts, block, set()) == block


def test_a_list_is_not_outnumbered_by_what_it_adopts():
    leads = "".join(f"<li class=c><a href=9{k}>Lead story number {k} of it</a>" for k in range(2))
    page, parts, block = divide_cards(f"<ul>{leads}{CARDS}</ul>")
    assert adopt_likes(page, parts, block, set()) == block
