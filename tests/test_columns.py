"""Which parts of the entries are one column, and how it behaves."""

from __future__ import annotations

import pytest

from scraper.parsers.columns import Column, Columns
from scraper.parsers.parts import split_parts
from scraper.parsers.tree import flatten

PROSE = "The council met on Monday to speak about the crane. It was closed for repairs."


def read(html: str, tag: str = "li") -> Columns:
    """Return the columns of *html*, whose entries are its elements *tag* (or of these tags)."""
    page = flatten(html)
    parts = split_parts(page)
    tops = [node for node in range(len(page.path)) if page.tag(node) in tag.split()]
    spans = [(parts.at[page.first[top]], parts.at[page.last[top]]) for top in tops]
    return Columns(page, parts, spans, tops)


def show(html: str, tag: str = "li") -> list[str]:
    """Return the columns, their parts joined by a bar."""
    return ["|".join(part.text for part in column.parts) for column in read(html, tag).all]


def column(html: str, text: str, tag: str = "li") -> Column:
    """Return the column that holds *text*."""
    return next(one for one in read(html, tag).all if any(p.text == text for p in one.parts))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # by tag and class
        ("<li><h3>A1</h3><p>x1<li><h3>B1</h3><p>x2", ["A1|B1", "x1|x2"]),
        ("<li><p class=d>A1<p class=t>x1<li><p class=d>B1<p class=t>x2", ["A1|B1", "x1|x2"]),
        ("<li><p class=d>A1<p class=t>x1<li><p class=t>x2<p class=d>B2", ["A1|B2", "x1|x2"]),
        ("<li><b>A1</b><li><b class=x>B1</b>", ["A1", "B1"]),
        ("<li><p class=n-1>A1<li><p class=n-2>B1", ["A1|B1"]),
        ("<li><div><p>A1</div><li><p>B1", ["A1", "B1"]),
        # the classes of the entry itself tell no columns apart
        ("<li class=lead><p>A1<li class=news><p>B1", ["A1|B1"]),
        ("<li class=lead>A1<li class=news>B1", ["A1|B1"]),
        # by order, where every entry has as many
        ("<li><p>A1<p>x1<p>y1<li><p>B1<p>x2<p>y2", ["A1|B1", "x1|x2", "y1|y2"]),
        ("<li><p>A1<p>x1<li><p>B1<p>x2<p>y2", ["A1|x1|B1|x2|y2"]),
        ("<li><p>A1<p>x1<p>y1<li><p>B1", ["A1|x1|y1|B1"]),
        ("<li><p>A1<li><p>B1", ["A1|B1"]),
        (f"<li>{'<p>A1' * 9}<li>{'<p>B1' * 9}", ["|".join(["A1"] * 9 + ["B1"] * 9)]),
    ],
)
def test_a_column_is_what_stands_at_one_place_of_the_entries(html, expected):
    assert show(f"<ul>{html}</ul>") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<tr><td>A1<td>x1<tr><td>B1<td>x2", ["A1|B1", "x1|x2"]),
        ("<tr><td>A1<td><td>y1<tr><td>B1<td>x2<td>y2", ["A1|B1", "y1|y2", "x2"]),
        ("<tr><td><b>A1</b><td><b>x1</b><tr><td><td><b>x2</b>", ["A1", "x1|x2"]),
        ("<tr><td>A1<br>x1<td>y1<tr><td>B1<br>x2<td>y2", ["A1|B1", "x1|x2", "y1|y2"]),
        ("<tr><th>A1<td>x1<tr><th>B1<td>x2", ["A1|B1", "x1|x2"]),
    ],
)
def test_the_cells_of_a_table_are_columns_whatever_is_missing(html, expected):
    assert show(f"<table>{html}</table>", "tr") == expected


def test_entries_at_unlike_depths_share_columns_where_all_their_tags_are_the_same():
    html = (
        "<ul><li class=a><h3>A1</h3><li class=b><h3>B1</h3></ul><div><ul><li><h3>C1</h3></ul></div>"
    )
    assert show(html) == ["A1|B1", "C1"]


def test_a_part_knows_its_column():
    columns = read("<ul><li><h3>A1</h3><p>x1<li><h3>B1</h3><p>x2</ul>")
    first, second = columns.all
    assert columns.of == {0: first, 1: second, 2: first, 3: second}


# How a column behaves

ENTRIES = f"""<ul>
<li><h3><a href=1>Bridge reopens</a></h3><p class=date>1 March 2024<p class=lead>{PROSE}<div>More
</div>
<li><h3><a href=2>Pool closes</a></h3><p class=date>2 March 2024<div>More</div>
<li><h3>Library opens</h3><p class=date>2 March 2024<p class=lead>{PROSE}
<li><h3><a href=4>Pool closes</a></h3><p class=date>No day<p class=lead>A short one
</ul>"""


@pytest.mark.parametrize(
    ("text", "figure", "expected"),
    [
        ("Bridge reopens", "count", 3),
        ("Bridge reopens", "linked", 1),
        ("Library opens", "linked", 0),
        ("Bridge reopens", "heads", 1),
        ("1 March 2024", "heads", 0),
        ("Bridge reopens", "distinct", 2 / 3),
        ("Bridge reopens", "coverage", 3 / 4),
        ("1 March 2024", "coverage", 1),
        ("1 March 2024", "dates", 3 / 4),
        ("1 March 2024", "distinct", 3 / 4),
        ("1 March 2024", "order", 1),
        ("1 March 2024", "digits", 15 / 42),
        ("More", "labels", 1),
        ("Bridge reopens", "labels", 0),
        ("A short one", "prose", 2 / 3),
        ("A short one", "length", (2 * len(PROSE) + 11) / 3),
        ("A short one", "repeats", 1),
        ("Bridge reopens", "wordless", 0),
    ],
)
def test_a_column_tells_how_its_parts_behave(text, figure, expected):
    assert getattr(column(ENTRIES, text), figure) == pytest.approx(expected)


def test_a_column_with_several_parts_an_entry_tells_how_many():
    one = column("<ul><li><p>A1<p>A2<p>A3<li><p>B1</ul>", "A1")
    assert (one.count, one.entries, one.coverage, one.repeats) == (4, 2, 1, 2)


@pytest.mark.parametrize(
    ("text", "wordless"),
    [("2 CA-CR 2013-0296", 1), ("大桥", 0), ("No. 7", 1), ("Smith v Jones", 0)],
)
def test_numbers_of_cases_are_texts_without_a_word(text, wordless):
    assert column(f"<ul><li>{text}<li>{text}</ul>", text).wordless == wordless


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<p class=headline>xx", (True, False, False)),
        ("<p class=post-title>xx", (True, False, False)),
        ("<p class=entry-date>xx", (False, True, False)),
        ("<p class=teaserText>xx", (False, False, True)),
        ("<p class=title-date>xx", (True, True, False)),
        ("<p class=subtitles>xx", (False, False, False)),
        # of those around it that hold nothing else
        ("<div class=title><p><span>xx</span></p></div>", (True, False, False)),
        ("<div class=title><p>xx</p><p>yy</p></div>", (False, False, False)),
        ("<p>xx", (False, False, False)),
    ],
)
def test_classes_say_what_a_column_holds(inside, named):
    assert column(f"<ul><li>{inside}<li>{inside}</ul>", "xx").named() == named


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        ("<tr><th>Date<th>Title", "xx", {"title"}),
        ("<thead><tr><th>Date<th>Short Title of it</thead>", "xx", {"short", "title", "of", "it"}),
        ("<tr><th>Date<th><a href=x>Title</a>", "xx", {"title"}),
        ("<tr><th>Date", "xx", set()),
        ("<tr><td>Date<td>Title", "xx", set()),
        ("", "xx", set()),
    ],
)
def test_the_head_of_a_table_names_the_cells_below_it(table, text, words):
    rows = "<tr class=r><td>1 March 2024<td>xx<tr class=r><td>2 March 2024<td>yy"
    page = flatten(f"<table>{table}{rows}</table>")
    parts = split_parts(page)
    tops = [k for k in range(len(page.path)) if page.paths.names[page.path[k]] == ("r",)]
    spans = [(parts.at[page.first[top]], parts.at[page.last[top]]) for top in tops]
    columns = Columns(page, parts, spans, tops).all
    assert next(one for one in columns if one.parts[0].text == text).names == words
