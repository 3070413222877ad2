"""The scan: what a page says and where, as lxml, BeautifulSoup and the HTML standard have it."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.fixtures import find_fixtures, load_fixture
from scraper.parsers.document import Document
from scraper.parsers.tree import ASIDE, HIDDEN, MAIN, NAV, Outline, flatten, read_attributes

ROOT = Path(__file__).parent.parent / "fixtures"
FIXTURES = {
    str(path.relative_to(ROOT)): Document(load_fixture(path).page) for path in find_fixtures(ROOT)
}
#: Elements that hold no text of the page, or none of a listing.
UNSEEN = [
    *("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"),
    *("template", "svg", "math", "object", "canvas", "select", "datalist", "audio", "video"),
]

own_fixtures = pytest.mark.parametrize("document", FIXTURES.values(), ids=FIXTURES)


def draw(html: str) -> str:
    """Return the elements and texts of *html*: ``ul(li(One) li(b(Two) more))``."""
    page = flatten(html)
    return " ".join(draw_inside(page, 0, len(page.parent), 0, len(page.texts)))


def draw_inside(page: Outline, node: int, stop: int, token: int, last: int) -> list[str]:
    out: list[str] = []
    while node < stop:
        out += page.texts[token : page.first[node]]
        inside = draw_inside(page, node + 1, page.end[node], page.first[node], page.last[node])
        out.append(f"{page.tag(node)}({' '.join(inside)})")
        token, node = page.last[node], page.end[node]
    return out + page.texts[token:last]


def lines(html: str) -> list[str]:
    """Return the visual lines of *html*, their tokens joined by a bar."""
    page = flatten(html)
    found: dict[int, list[str]] = {}
    for line, text in zip(page.line, page.texts, strict=True):
        found.setdefault(line, []).append(text)
    assert list(found) == sorted(found)
    return ["|".join(texts) for texts in found.values()]


def hrefs(page: Outline) -> list[str]:
    return [page.href(link) for link in page.links]


def link_texts(page: Outline) -> list[str]:
    return [squeeze("".join(page.texts[page.first[k] : page.last[k]])) for k in page.links]


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


# Against the parsers of others


@own_fixtures
def test_the_text_is_what_lxml_sees(document):
    tree = lxml.html.document_fromstring(document.text)
    for element in list(tree.iter(*UNSEEN)):
        element.drop_tree()
    assert squeeze("".join(document.outline.texts)) == squeeze(tree.text_content())


@own_fixtures
def test_the_text_is_what_beautiful_soup_sees(document):
    soup = BeautifulSoup(document.text, "html.parser")
    for element in soup(UNSEEN):
        element.decompose()
    assert squeeze("".join(document.outline.texts)) == squeeze(soup.get_text())


@own_fixtures
def test_the_links_are_those_of_lxml_with_their_texts(document):
    tree = lxml.html.document_fromstring(document.text)
    for element in list(tree.iter(*UNSEEN)):
        element.drop_tree()
    expected = [(a.get("href"), squeeze(a.text_content())) for a in tree.xpath("//a[@href]")]
    page = document.outline
    assert list(zip(hrefs(page), link_texts(page), strict=True)) == expected


@own_fixtures
def test_the_links_are_those_of_beautiful_soup(document):
    soup = BeautifulSoup(document.text, "html.parser")
    for element in soup(UNSEEN):
        element.decompose()
    assert hrefs(document.outline) == [a["href"] for a in soup("a", href=True)]


@own_fixtures
def test_pictures_title_and_times_are_those_of_lxml(document):
    tree = lxml.html.document_fromstring(document.text)
    title = " ".join(tree.findtext(".//title", "").split())
    for element in list(tree.iter(*UNSEEN)):
        element.drop_tree()
    page = document.outline
    assert page.title == title
    assert [read_attributes(image.head) for image in page.images] == [
        {name: value or "" for name, value in img.attrib.items()} for img in tree.iter("img")
    ]
    assert [page.attributes(node) for node in page.times] == [
        dict(t.attrib) for t in tree.iter("time")
    ]


# End tags that authors leave out


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>One<li>Two</ul>Then", "ul(li(One) li(Two)) Then"),
        ("<ul><li>One<ul><li>A<li>B</ul><li>Two</ul>", "ul(li(One ul(li(A) li(B))) li(Two))"),
        ("<ul><li><b>One<li><i>Two</ul>", "ul(li(b(One)) li(i(Two)))"),
        ("<ul><li><p>One<li><div>Two<li>Three</ul>", "ul(li(p(One)) li(div(Two)) li(Three))"),
        ("<dl><dt>A<dd>1<dd>2<dt>B<dd>3</dl>", "dl(dt(A) dd(1) dd(2) dt(B) dd(3))"),
        ("<dl><dt>A<dd><dl><dt>B<dd>1</dl><dt>C</dl>", "dl(dt(A) dd(dl(dt(B) dd(1))) dt(C))"),
        ("<p>One<p>Two<div>Three</div>", "p(One) p(Two) div(Three)"),
        ("<p>One<h2>Two</h2><ul><li>Three</ul>", "p(One) h2(Two) ul(li(Three))"),
        ("<p>One <b>bold<p>Two", "p(One b(bold)) p(Two)"),
        ("<p>One <span>two</span> <a href=x>three</a>", "p(One span(two) a(three))"),
        ("<div><p>One</div>Two", "div(p(One)) Two"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "table(tr(td(1) td(2)) tr(td(3)))"),
        ("<table><tr><th>1<td>2<tr><th>3<td>4</table>", "table(tr(th(1) td(2)) tr(th(3) td(4)))"),
        (
            "<table><thead><tr><th>A<tbody><tr><td>1<tfoot><tr><td>2</table>",
            "table(thead(tr(th(A))) tbody(tr(td(1))) tfoot(tr(td(2))))",
        ),
        (
            "<table><tr><td><table><tr><td>1<td>2</table><td>3</table>",
            "table(tr(td(table(tr(td(1) td(2)))) td(3)))",
        ),
        ("<table><tr><td><ul><li>1<td>2</table>", "table(tr(td(ul(li(1))) td(2)))"),
        ("<a href=1>One <a href=2>Two</a>", "a(One) a(Two)"),
        ("<a href=1>One <b>bold <a href=2>Two</a>", "a(One b(bold)) a(Two)"),
        ("<a href=1><div>One</div></a><a href=2>Two</a>", "a(div(One)) a(Two)"),
        ("<a name=top><h2>One</h2></a>", "a(h2(One))"),
        ("<h2>One<h3>Two</h3>", "h2(One) h3(Two)"),
        ("<h2>One</h3>Two", "h2(One) Two"),
    ],
)
def test_end_tags_that_are_left_out_are_supplied(html, expected):
    assert draw(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div>One</span>Two</div>", "div(One Two)"),
        ("<div>One</a></b></p>Two</div>Three", "div(One Two) Three"),
        ("</div></ul>One", "One"),
        ("<b><i>One</b>Two</i>", "b(i(One)) Two"),
        ("<a href=x><span>One</a>Two</span>", "a(span(One)) Two"),
        ("<ul><li><span>One</li><li>Two</span></li></ul>", "ul(li(span(One)) li(Two))"),
        ("<div><ul><li>One</div>Two", "div(ul(li(One))) Two"),
        # What is inside a table does not end what is around it.
        ("<div><table><tr><td>One</div>Two</table></div>3", "div(table(tr(td(One Two)))) 3"),
        ("<table><tr><td><div>One</td><td>Two</table>", "table(tr(td(div(One)) td(Two)))"),
        ("<div>One</br>Two</img></input></div>", "div(One Two)"),
        ("<html><body><div>One</body></html>Two</div>Three", "div(One Two) Three"),
        ("<div/>One</div>Two", "div(One) Two"),
    ],
)
def test_end_tags_that_close_nothing_are_passed_over(html, expected):
    assert draw(html) == expected


# Tags as they are written


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="/x" class="c">',
        "<a href='/x' class='c'>",
        "<a href=/x class=c>",
        "<A HREF=/x CLASS=c>",
        '<a class="c"\n\thref="/x">',
        '<a class=c href = "/x" >',
        '<a href="/x" title="1 > 0 < 2" class="c">',
        "<a title='it is \"<b>\"' href='/x' class=c>",
        "<a data-x='<div>' class=c href=\"/x\">",
        '<a href="/x"class="c">',
        '<a class="c"href="/x">',
        '<a href="/x" title="<< more" class="c">',
        '<a title="It\'s" href=/x class=c>',
        "<a title=it's href=/x class=c>",
        '<a href="/x" href="/y" class="c">',
        '<a data-href="/y" href="/x" class="c">',
        '<a class="c" title="href=/y" href="/x">',
    ],
)
def test_a_link_is_read_however_its_tag_is_written(tag):
    page = flatten(f"<p>A {tag}B</a> C")
    assert (hrefs(page), page.texts) == (["/x"], ["A", "B", "C"])
    link = page.links[0]
    assert page.paths.names[page.path[link]] == ("c",)
    assert page.attributes(link)["href"] == "/x"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/?a=1&amp;b=2">A</a>', ["/?a=1&b=2"]),
        ("<a href=''>A</a>", [""]),
        ("<a name=top>A</a><a>B</a>", []),
        (
            "<a href=/1>A</a><a href='/2' class=x>B</a><a class=x href=\"/3\">C</a>",
            ["/1", "/2", "/3"],
        ),
        ('<a href="/1" class="x">A</a><a href="/2" class="x">B</a>', ["/1", "/2"]),
        ("<area href=/1><link href=/2>", []),
        ('<a href="/?id=1&section=2">A</a>', ["/?id=1&section=2"]),
    ],
)
def test_links_lead_where_their_tags_say(html, expected):
    assert hrefs(flatten(html)) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('<a href="/1">', '<a href="/2">'),
        ('<a href="/1" title="one">', '<a href="/2" title="two">'),
        ("<a href='/1' class='sr-only'>", "<a href='/2'>"),
        ('<a href="/1">', '<a href="/2" title="1 > 0">'),
        ("<a href=\"/1\" class='sr-only'>", '<a href="/2">'),
    ],
)
def test_a_link_is_read_for_itself_whatever_link_was_read_before(first, second):
    page = flatten(f"{first}A</a> {second}B</a>")
    assert (hrefs(page), page.texts) == (["/1", "/2"], ["A", "B"])
    assert page.mark(page.links[1]) == 0


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("A &amp; B&nbsp;C", ["A & B C"]),
        ("caf&eacute; &#8211; &#x4e2d;&copy", ["café – 中©"]),
        ("AT&T &unknown; &", ["AT&T &unknown; &"]),
        ("&lt;b&gt;", ["<b>"]),
        ("a < b <3 c", ["a", "< b", "<3 c"]),
        ("  A\n\t B  <b> </b> ", ["A B"]),
        (f"A &#{'9' * 5000}; B", [f"A &#{'9' * 5000}; B"]),
    ],
)
def test_text_is_read_as_a_browser_shows_it(html, texts):
    assert flatten(html).texts == texts


@pytest.mark.parametrize(
    "unseen",
    [
        "<!-- <a href=/x>no</a> -->",
        "<!-- a > b -- c <p> -->",
        "<!-->",
        "<!--->",
        "<!-- no --!>",
        "<!DOCTYPE html>",
        "<?xml version='1.0'?>",
        "<script>if (a < b) document.write('<a href=/x>no</a>');</script>",
        '<script>var a = "</div><p>";</script>',
        "<SCRIPT>'<li>'</Script>",
        "<style>p > a { content: '<a href=/x>' }</style>",
        "<textarea><a href=/x>no</a></textarea>",
        "<noscript><a href=/x>no</a></noscript>",
        "<template><div><a href=/x>no</a></template>",
        "<svg><title>no</title><a href=/x>no</a></svg>",
        "<svg/>",
        "<svg viewBox='0 0 1 1'/>",
        "<select><option>no<option>no</select>",
        "<object><object>no</object>no</object>",
        "<canvas>no</canvas>",
    ],
)
def test_what_nobody_reads_is_no_text_and_no_link(unseen):
    page = flatten(f"<p>A {unseen} B <a href=/y>C</a></p>")
    assert (page.texts, hrefs(page)) == (["A", "B", "C"], ["/y"])


@pytest.mark.parametrize("name", ["noscript", "template", "svg", "object", "select", "video"])
def test_an_element_without_an_end_does_not_hide_the_rest(name):
    page = flatten(f"<p>A<{name}><p>B <a href=/x>C</a>")
    assert (page.texts, hrefs(page)) == (["A", "B", "C"], ["/x"])


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>News &amp; notices\n of the town</title>", "News & notices of the town"),
        ("<title>A <b> B</title>", "A <b> B"),
        ("<title>A</title><title>B</title>", "A"),
        ("<svg><title>Arrow</title></svg><title>News</title>", "News"),
        ("<p>A", ""),
    ],
)
def test_the_title_is_the_first_of_the_page(html, title):
    assert flatten(html).title == title


# Lines


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <b>two</b> <a href=x>three</a> four</p>", ["One|two|three|four"]),
        ("One<br>two<br/>three<hr>four", ["One", "two", "three", "four"]),
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div>One<div>Two</div>Three</div>", ["One", "Two", "Three"]),
        ("<table><tr><td>One<td>Two</table>", ["One", "Two"]),
        ("<span>One</span><span>Two</span>", ["One|Two"]),
        ("<a href=x><h2>One</h2><p>Two</p></a>", ["One", "Two"]),
        ("<ul><li>One<li>Two</ul>", ["One", "Two"]),
        ("One\ntwo", ["One two"]),
        (
            "<pre>One\ntwo  <a href=x>three</a>\n\nfour</pre>five",
            ["One", "two|three", "four", "five"],
        ),
        ("<pre><b>One\ntwo</b>\nthree</pre>", ["One", "two", "three"]),
        ("<PRE>One\r\ntwo</PRE>", ["One", "two"]),
    ],
)
def test_lines_end_where_a_browser_ends_them(html, expected):
    assert lines(html) == expected


# Paths and marks


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("<li class='post-1 post'>", "<li class='post-23 post'>", True),
        ("<li id=a1>", "<li id=a2>", True),
        ("<li class=first>", "<li>", True),
        ("<li class='item odd'>", "<li class='item even active'>", True),
        ("<li class=newsItem>", "<li class=news-item>", True),
        ("<li class='a b c d1'>", "<li class='a b c e'>", True),
        ("<li class=event>", "<li class=news>", False),
        ("<li class=item-first>", "<li class=item>", False),
        ("<div>", "<section>", False),
    ],
)
def test_a_path_names_the_kind_of_block_and_not_the_block(first, second, same):
    page = flatten(f"<main>{first}A</li></div>{second}B</main>")
    assert (page.path[1] == page.path[2]) is same


def test_paths_of_the_same_tags_share_a_shape_whatever_their_classes():
    page = flatten("<ul><li class=a><b>1</b></li><li class=b><b>2</b></li><li><i>3</i></li></ul>")
    shapes = {page.texts[page.first[k]]: page.paths.shape_of(page.path[k]) for k in (2, 4, 6)}
    assert shapes["1"] == shapes["2"] != shapes["3"]


@pytest.mark.parametrize(
    ("around", "mark"),
    [
        ("<nav>", NAV),
        ("<footer>", NAV),
        ("<div class=main-nav>", NAV | MAIN),
        ("<ul class=navbar>", NAV),
        ("<div id=menu>", NAV),
        ("<div class=siteFooter>", NAV),
        ("<div class=navy-blue>", 0),
        ("<div class=menus>", 0),
        ("<aside>", ASIDE),
        ("<div id='sidebar-1'>", ASIDE),
        ("<div class='related_posts'>", ASIDE),
        ("<main>", MAIN),
        ("<div id=content>", MAIN),
        ("<div>", 0),
        ("<body class='main nav'>", 0),
        ("<span class=menu>", 0),
        ("<a class=nav>", 0),
        ("<span class='menu sr-only'>", HIDDEN),
        ("<aside><main>", MAIN),
        ("<main><aside>", MAIN | ASIDE),
        ("<div class=sr-only>", HIDDEN),
        ("<span class=visually-hidden>", HIDDEN),
        ("<span class='u-screen-reader-text'>", HIDDEN),
        ("<span class=hidden>", 0),
    ],
)
def test_what_stands_inside_bears_the_marks_of_what_is_around(around, mark):
    page = flatten(f"{around}<section><b>A</b></section>")
    assert page.mark(page.owner[0]) == mark


def test_marks_end_with_their_element():
    page = flatten("<nav>A</nav><div>B</div>")
    assert [page.mark(node) for node in page.owner] == [NAV, 0]


@pytest.mark.parametrize(
    ("html", "link", "heading"),
    [
        ("<h2><a href=x>A</a></h2>", "a", "h2"),
        ("<a href=x><h3><span>A</span></h3></a>", "a", "h3"),
        ("<a name=x><b>A</b></a>", None, None),
        ("<h2>A</h2>", None, "h2"),
        ("<a href=x></a>A", None, None),
    ],
)
def test_a_node_knows_the_link_and_the_heading_around_it(html, link, heading):
    page = flatten(html)
    node = page.owner[0]
    link_node, heading_node = (page.link_of(node), page.heading_of(node)) if node >= 0 else (-1, -1)
    assert (link_node >= 0 and page.tag(link_node)) == (link or False)
    assert (heading_node >= 0 and page.tag(heading_node)) == (heading or False)


def test_pictures_breaks_and_declarations_are_kept_with_their_places():
    page = flatten("<base href=/b><p>A<img src=1><br>B</p><img src=2 alt=two><meta name=x>")
    assert [(image.token, image.head) for image in page.images] == [
        (1, "img src=1"),
        (2, "img src=2 alt=two"),
    ]
    assert page.breaks == [(1, 0)]
    assert page.declared == ["base href=/b", "meta name=x"]


# Laws


@pytest.mark.parametrize("piece", ["<div>", "<div class=a><span>", "<b><i>", "<ul><li>"])
def test_no_page_is_nested_deeper_than_the_limit_and_no_text_is_lost(piece):
    page = flatten("".join(f"{piece}<a href={k}>word{k}</a>" for k in range(600)))
    assert max(page.paths.depth) <= 201
    assert page.texts == [f"word{k}" for k in range(600)]
    assert hrefs(page) == [str(k) for k in range(600)]


def test_a_heap_of_like_elements_adds_nothing_beyond_its_first():
    page = flatten("<div>" * 1000 + "<p>A</p>" + "<div class=x>B")
    assert len(page.parent) < 80
    assert page.texts == ["A", "B"]


TOKENS = [
    *(
        "<a href=/1>",
        "</a>",
        "<b>",
        "</b>",
        "<br>",
        "<div>",
        "</div>",
        "<div class=x>",
        "<h2>",
        "</h2>",
    ),
    *("<dl>", "<dt>", "<dd>", "<li>", "</li>", "<ul>", "</ul>", "<p>", "</p>", "<pre>", "</pre>"),
    *(
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<svg>",
        "</svg>",
        "<!--",
        "-->",
        "a\nb",
        "word",
    ),
    *("<script>", "</script>", "<title>", "</title>", "<", ">", '"', "'", '<a href="', "&amp;"),
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_any_markup_gives_a_sound_outline(html):
    page = flatten(html)
    count, tokens = len(page.parent), len(page.texts)
    for node in range(count):
        above = page.parent[node]
        assert -1 <= above < node < page.end[node] <= (page.end[above] if above >= 0 else count)
        assert 0 <= page.first[node] <= page.last[node] <= tokens
        assert (
            above < 0
            or page.first[above] <= page.first[node] <= page.last[node] <= page.last[above]
        )
    for token, node in enumerate(page.owner):
        assert node < 0 or page.first[node] <= token < page.last[node]
    assert page.line == sorted(page.line)
    assert page.links == sorted(page.hrefs)
    assert all(text and text == " ".join(text.split()) for text in page.texts)


trees = st.recursive(
    st.sampled_from(["one", "two & three", "a < b", "“four”"]),
    lambda inside: st.tuples(
        st.sampled_from(["div", "section", "article", "ul", "blockquote"]),
        st.sampled_from(["", "a", "b-c", "x y"]),
        st.lists(inside, max_size=4),
    ),
    max_leaves=25,
)


def write(tree: object) -> str:
    if isinstance(tree, str):
        return tree.replace("&", "&amp;").replace("<", "&lt;") + "<br>"
    name, classes, inside = tree
    return f'<{name} class="{classes}" title="a > b">{"".join(map(write, inside))}</{name}>'


def sketch(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    return f"{tree[0]}({' '.join(map(sketch, tree[2]))})"


@settings(deadline=None, max_examples=60)
@given(trees)
def test_well_formed_markup_is_read_as_it_was_written(tree):
    assert draw(write(tree)) == sketch(tree)
