"""What is one part of a line and what is cut, and what a part knows of itself."""

from __future__ import annotations

import pytest

from scraper.parsers.parts import Part, join_texts, split_parts, weigh
from scraper.parsers.tree import flatten

PROSE = "The council met on Monday to speak about the old crane and what is to become of it"


def cut(html: str) -> list[str]:
    """Return the parts of *html*, those that are links in brackets, in headings behind a hash."""
    shown = []
    for part in split_parts(flatten(html)).all:
        text = f"[{part.text}]" if part.link >= 0 else part.text
        shown.append(f"#{text}" if part.heading >= 0 else text)
    return shown


def only(text: str) -> Part:
    (part,) = split_parts(flatten(f"<p>{text}</p>")).all
    return part


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # a link and what stands beside it
        ("<p><a href=1>Bridge reopens</a> 3 March 2024", ["[Bridge reopens]", "3 March 2024"]),
        ("<p>3 March 2024: <a href=1>Bridge reopens</a>", ["3 March 2024:", "[Bridge reopens]"]),
        ("<p><a href=1>One here</a> | <a href=2>Two here</a>", ["[One here]", "[Two here]"]),
        ("<p><a href=1>One here</a><a href=2>Two here</a>", ["[One here]", "[Two here]"]),
        (
            "<p>By <a href=1>Ada Quist</a> in <a href=2>Sport</a>",
            ["By", "[Ada Quist]", "in", "[Sport]"],
        ),
        # what is of one kind
        ("<p><a href=1>Bridge <em>reopens</em> today</a>", ["[Bridge reopens today]"]),
        ("<p>Bridge <b>reopens</b> <i>today</i>", ["Bridge reopens", "today"]),
        ("<h2>Case 7: <a href=1>Smith v Jones</a></h2>", ["#Case 7:", "#[Smith v Jones]"]),
        ("<h3><span>Sport</span> Bridge reopens</h3>", ["#Sport Bridge reopens"]),
        ("<span>Sport</span><span>Bridge reopens</span>", ["Sport", "Bridge reopens"]),
        # lines are parts of their own
        ("<h2>Bridge<br>reopens</h2>", ["#Bridge", "#reopens"]),
        ("<a href=1><h2>Bridge</h2><p>It reopens</p></a>", ["#[Bridge]", "[It reopens]"]),
    ],
)
def test_a_line_is_cut_where_its_kind_changes(html, expected):
    assert cut(html) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<span class=kicker>Sport</span> Bridge reopens", ["Sport", "Bridge reopens"]),
        ("Bridge reopens <span class=news-category>Sport</span>", ["Bridge reopens", "Sport"]),
        ("<span class=big>Sport</span> Bridge reopens", ["Sport", "Bridge reopens"]),
        ("<em class=big>Sport</em> builds bridges", ["Sport builds bridges"]),
        ("<span>Title:</span> Bridge reopens", ["Title:", "Bridge reopens"]),
        ("<span>标题：</span> 大桥在维修后重新开放通车", ["标题：", "大桥在维修后重新开放通车"]),
        ("<span class=label>Sport</span> No", ["Sport No"]),
        ("<span class=label>Sport</span> Football", ["Sport", "Football"]),
        (
            "<span class=label>All the sport of this week</span> Bridge reopens",
            ["All the sport of this week Bridge reopens"],
        ),
        ("<span>3 March 2024</span> Bridge reopens", ["3 March 2024", "Bridge reopens"]),
        ("Bridge reopens <time>3 March 2024</time>", ["Bridge reopens", "3 March 2024"]),
        ("Bridge reopens on <i>3 March</i>", ["Bridge reopens on", "3 March"]),
        ("Bridge <i>number 3</i> reopens", ["Bridge number 3 reopens"]),
        (
            "<b>Bridge reopens today.</b> It was closed.",
            ["Bridge reopens today.", "It was closed."],
        ),
        ("<b>Bridge</b> reopens today.", ["Bridge reopens today."]),
        ("It was closed. <b>Bridge reopens today.</b>", ["It was closed. Bridge reopens today."]),
    ],
)
def test_what_is_marked_as_a_thing_of_its_own_is_cut_off(inside, expected):
    assert cut(f"<p>{inside}</p>") == expected
    linked = [f"[{text}]" for text in expected]
    assert cut(f"<p><a href=1>{inside}</a></p>") == linked


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            f"<p>{PROSE} in <a href=1>Leeds</a> and <a href=2>York</a>.",
            [f"{PROSE} in Leeds and York."],
        ),
        (f"<p>{PROSE}. <a href=1>Read more</a>", [f"{PROSE}.", "[Read more]"]),
        (f"<p>{PROSE}. <a href=1>Read <b>more</b></a>", [f"{PROSE}.", "[Read more]"]),
        (f"<p><b>Bridge reopens.</b> {PROSE}", ["Bridge reopens.", PROSE]),
        (f"<p><span>3 March 2024</span> {PROSE}", ["3 March 2024", PROSE]),
        (f"<p><a href=1>Leeds</a>. {PROSE}", [f"Leeds. {PROSE}"]),
        (f"<p>{PROSE} <a href=1>{PROSE}</a>", [PROSE, f"[{PROSE}]"]),
        (
            "<li>Public hearing on the land use plan of the upper town - <a href=1>PDF</a> (12 kB)",
            ["Public hearing on the land use plan of the upper town -", "[PDF]", "(12 kB)"],
        ),
        (
            "<li><a href=1>SC20</a> – <em>Landowners of the Quill v. Planning Commission of</em>",
            ["[SC20]", "Landowners of the Quill v. Planning Commission of"],
        ),
        ("<p>They met in <a href=1>Leeds</a> on it", ["They met in", "[Leeds]", "on it"]),
    ],
)
def test_prose_is_one_part_with_the_links_in_it(html, expected):
    assert cut(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><a href=1>Read on <span class=sr-only>about it</span></a>", ["[Read on]"]),
        ("<p><span class=sr-only>Date:</span> 3 March 2024", ["3 March 2024"]),
        ("<p class=visually-hidden>You are here", []),
        ("<h2 class=element-invisible>Menu <b>main</b></h2>", []),
    ],
)
def test_text_for_screen_readers_alone_is_dropped(html, expected):
    assert cut(html) == expected


@pytest.mark.parametrize("text", ["|", "»", "•", "-", "››", "\u200b"])
def test_what_only_separates_is_no_part(text):
    assert cut(f"<p>One here <b>{text}</b></p><p>{text}</p><p>{text} Two</p>") == [
        "One here",
        f"{text} Two",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Bridge", "reopens"], "Bridge reopens"),
        (["Water", "(", "salt", ")", ", more"], "Water (salt), more"),
        (["“", "Bridge", "”", "reopens", "!"], "“Bridge” reopens!"),
        (["No. #", "7"], "No. #7"),
        (["大桥", "。", "重新"], "大桥。 重新"),
        (["alone ("], "alone ("),
    ],
)
def test_texts_are_joined_without_a_blank_at_the_marks_that_bind(texts, expected):
    assert join_texts(texts) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("CO<sub>2</sub> emissions fall", "CO2 emissions fall"),
        ("<span>B</span>ridge reopens", "Bridge reopens"),
        ("On the 1<sup>st</sup> of May", "On the 1st of May"),
    ],
)
def test_a_word_is_one_whatever_letter_of_it_is_marked(inside, expected):
    assert cut(f"<h3>{inside}</h3>") == [f"#{expected}"]


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("Bridge", 6),
        ("Brücke", 6),
        ("Новости дня", 11),
        ("Ειδήσεις", 8),
        ("أخبار", 5),
        ("新闻发布", 12),
        ("お知らせ", 12),
        ("소식", 6),
        ("ข่าว", 12),
        ("Bridge 新闻", 9),
    ],
)
def test_characters_weigh_what_they_say(text, weight):
    assert weigh(text) == weight


def test_a_part_bears_the_weight_of_its_text():
    assert [only("Bridge").weight, only("新闻发布").weight] == [6, 12]


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("3 March 2024", True),
        ("Posted 3 March 2024", True),
        ("(3 March 2024)", True),
        ("yesterday", True),
        ("2024年3月3日", True),
        ("Leeds, 3 March 2024, 14:30", True),
        ("March 2024", True),
        ("12", False),
        ("Bridge reopens on 3 March 2024 after repairs", False),
        ("Bridge reopens", False),
        (f"3 March 2024 {PROSE} {PROSE}", False),
    ],
)
def test_a_date_is_a_part_with_a_day_and_little_else(text, is_date):
    assert only(text).is_date is is_date


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        (f"{PROSE}.", True),
        (f"{PROSE}. And more", True),
        (PROSE, False),
        ("They met. It was Monday.", False),
        (f"{PROSE} and {PROSE}", True),
        ("大桥在维修三个月之后今天重新开放通车，市民们表示非常欢迎。", True),
    ],
)
def test_prose_is_long_and_made_of_sentences(text, is_prose):
    assert only(text).is_prose is is_prose


def test_a_long_text_is_no_label_and_holds_no_date():
    assert only("Read more").is_label
    assert not only(f"Read more {'»' * 40}").is_label
    assert only(f"3 March 2024 {PROSE}").reading is not None
    assert only("令和六年三月三日に町の広報課から発表されたお知らせ").reading is not None
    assert only(f"3 March 2024 {PROSE} {PROSE}").reading is None


@pytest.mark.parametrize(
    ("inside", "text"), [("<i>One</i> here", "One here"), ("<i>One</i> <i>here</i> now", "now")]
)
def test_a_part_stands_at_the_element_that_holds_all_of_it(inside, text):
    page = flatten(f"<ul><li>{inside}</li></ul>")
    part = next(part for part in split_parts(page).all if part.text.endswith(text))
    assert page.tag(part.node) == "li"
    assert page.text(part.start, part.stop) == part.text


def test_the_parts_of_any_range_of_tokens_are_found():
    page = flatten("<p>|<p>One here<p>»<p>Two <b>of</b> it<p>•<p>-")
    parts = split_parts(page)
    assert page.texts == ["|", "One here", "»", "Two", "of", "it", "•", "-"]
    assert [part.text for part in parts.all] == ["One here", "Two of it"]
    assert parts.at == [0, 0, 1, 1, 2, 2, 2, 2, 2]
