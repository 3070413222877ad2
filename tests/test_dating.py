"""When entries are from: their own date, the one above their group, the issue's, or none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper import Listing, extract

STORIES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed for repairs until June",
    "Swimming pool raises its entrance fees",
]
PROSE = "The works will take a year, it is said."
FETCHED_AT = datetime(2024, 4, 1, 12, tzinfo=UTC)
MARCH = [f"2024-03-0{day}" for day in (1, 2, 3, 4)]
NONE = [None] * 4


def write(piece: str, stories: list[str] = STORIES, start: int = 1) -> str:
    """Return *piece* for each story: ``{d}`` counts from *start*, ``{link}`` is its headline."""
    return "".join(
        piece.format(d=d, title=title, link=f"<a href=/s/{d}>{title}</a>", prose=PROSE)
        for d, title in enumerate(stories, start)
    )


def read(html: str, fetched_at: datetime | None = FETCHED_AT, language: str = "") -> Listing:
    return extract(
        f"<html lang='{language}'><title>News</title>{html}",
        url="https://city.example/news",
        fetched_at=fetched_at,
    )


def dates(
    html: str, fetched_at: datetime | None = FETCHED_AT, language: str = ""
) -> list[str | None]:
    listing = read(html, fetched_at, language)
    assert listing.items, "no entries at all"
    return [item.date for item in listing.items]


def sources(html: str) -> set[tuple[str | None, str | None]]:
    return {(item.date_source, item.date_text) for item in read(html).items}


# Dates of their own


@pytest.mark.parametrize(
    "piece",
    [
        "<li>{link} {d} March 2024",
        "<li>{d} March 2024: {link}",
        "<li>{link} (2024-03-0{d})",
        "<div><p>Posted on {d} March 2024</p><h3>{link}</h3></div>",
        "<div><h3>{link}</h3><p>{prose}</p><p>{d} March 2024</p></div>",
        "<div><h3>{link}</h3><p>{d} March 2024, 14:30</p></div>",
        "<p>{d} March 2024</p><h3>{link}</h3><p>{prose}</p>",
        "<dt>{d} March 2024<dd>{link}",
        # at the end of the headline
        "<li><a href=/s/{d}>{title} ({d} March 2024)</a>",
        "<li><a href=/s/{d}>{title}, {d} March 2024</a>",
        # in boxes
        "<div><span>{d}</span><span>Mar</span><span>2024</span><h3>{link}</h3></div>",
        "<div><p>{d}</p><p>Mar</p><p>2024</p><h3>{link}</h3></div>",
        "<div><b>{d}</b><i>March</i><h3>{link}</h3></div>",
        "<tr><td>{d}<br>Mar<br>2024<td>{link}",
        # without a year
        "<li>{link} {d} March",
        # in an attribute
        "<div><time datetime=2024-03-0{d}>{d} March</time><h3>{link}</h3></div>",
        "<div><time datetime='2024-03-0{d}T23:30:00-05:00'></time><h3>{link}</h3></div>",
        "<div><h3>{link}</h3><p>{prose}</p><time datetime=2024-03-0{d}></time></div>",
    ],
)
def test_an_entry_is_from_the_day_it_names(piece):
    around = "<table>{}</table>" if piece.startswith("<tr") else "<h1>News</h1>{}"
    assert dates(around.format(write(piece))) == MARCH


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("<li>{link} {d} March 2024", {("text", f"{d} March 2024") for d in (1, 2, 3, 4)}),
        ("<li>{link} <time datetime=2024-03-01>today</time>", {("attribute", "today")}),
        ("<li><time datetime=2024-03-01></time> {link}", {("attribute", "2024-03-01")}),
        ("<li><a href=/2024/03/01/{d}>{title}</a>", {("url", None)}),
        ("<li>{link}", {(None, None)}),
    ],
)
def test_where_a_day_was_found_and_how_it_is_printed_is_kept(piece, expected):
    assert sources(f"<h1>News</h1>{write(piece)}") == expected


def test_an_instant_is_kept_only_with_its_offset():
    page = write("<li>{link} <time datetime=2024-03-0{d}T10:00:00{{zone}}>x</time>")
    with_zone = read(page.replace("{zone}", "+02:00")).items[0].published_at
    assert with_zone is not None
    assert with_zone.isoformat() == "2024-03-01T10:00:00+02:00"
    assert [item.published_at for item in read(page.replace("{zone}", "")).items] == NONE


def test_days_without_a_year_and_ages_are_counted_from_when_the_page_was_fetched():
    ages = write("<li>{link} <span>{d} days ago</span>")
    assert dates(ages) == ["2024-03-31", "2024-03-30", "2024-03-29", "2024-03-28"]
    assert dates(ages, None) == NONE
    december = write("<li>{link} <span>{d} December</span>")
    assert dates(december) == [f"2023-12-0{d}" for d in (1, 2, 3, 4)]
    assert dates(december, None) == NONE


def test_the_order_of_day_and_month_is_that_of_the_whole_list():
    page = write("<li>{link} <span>0{d}/03/2024</span>")
    assert dates(page.replace("04/03", "24/03")) == [*MARCH[:3], "2024-03-24"]
    assert dates(page.replace("04/03", "03/24")) == [
        *("2024-01-03", "2024-02-03", "2024-03-03", "2024-03-24")
    ]
    assert dates(page, language="en-GB") == MARCH


def test_days_that_can_be_read_two_ways_are_left_out_with_a_warning():
    listing = read(write("<li>{link} <span>0{d}/03/2024</span>"))
    assert [item.date for item in listing.items] == [None, None, "2024-03-03", None]
    assert len(listing.warnings) == 1
    assert "01/03/2024 can be read as" in listing.warnings[0]


# Of several dates


@pytest.mark.parametrize(
    "piece",
    [
        "<h3>{link}</h3><p class=published>{d} March 2024<p class=updated>2{d} March 2024",
        "<h3>{link}</h3><p class=updated>2{d} March 2024<p class=published>{d} March 2024",
        "<h3>{link}</h3><p class=deadline>2{d} May 2024</p><p class=date>{d} March 2024",
        "<div><p>{d} March 2024</p><h3>{link}</h3><p>Deadline: 2{d} May 2024</p></div>",
        "<div><h3>{link}</h3><p>{d} March 2024</p><p>Updated: 2{d} March 2024</p></div>",
        "<div><h3>{link}</h3><time class=modified datetime=2024-03-2{d}>x</time>"
        "<time class=published datetime=2024-03-0{d}>y</time></div>",
        "<li>{link} {d} March 2024 <span>2022</span>",
        "<li><a href=/2024/01/0{d}/s>{title}</a> {d} March 2024",
    ],
)
def test_the_day_of_publication_goes_before_all_others(piece):
    assert dates(f"<h1>News</h1>{write(piece)}") == MARCH


@pytest.mark.parametrize("label", ["Deadline:", "Updated:", "Expires"])
def test_a_date_that_says_to_be_another_does_not_go_first_because_it_stands_first(label):
    piece = f"<div><p>{label} 2{{d}} May 2023</p><h3>{{link}}</h3><p>{{d}} March 2024</p></div>"
    assert dates(f"<h1>News</h1>{write(piece)}") == MARCH


def test_a_date_that_one_entry_has_beside_that_of_all_decides_nothing():
    page = write("<div><h3>{link}</h3><p>{d} March 2024</p></div>")
    first, rest = page.split("<h3>", 1)
    assert dates(f"<h1>News</h1>{first}<i>9 May 2020</i><h3>{rest}") == MARCH


# What is no date of an entry


@pytest.mark.parametrize(
    "piece",
    [
        # counts
        "<li>{link} <span>1{d}</span>",
        "<li>{link} <span>1{d} comments</span>",
        "<li>{link} <b>{d}</b> <i>views</i>",
        # what somebody talks about
        "<div><h3>{link}</h3><p>The council met on {d} March 2024 to speak about the old crane and "
        "of what is to become of it, it was said in the evening.</p></div>",
        "<li><a href=/s/{d}>{title} of 1 May 2023 is put off to the summer</a>",
        # years and times alone
        "<li>{link} <span>10:3{d}</span>",
        "<li><a href=/archive/2024/{d}>{title}</a>",
        "<li><a href=/2024/13/0{d}/x>{title}</a>",
        "<li><a href=/id/12024030{d}>{title}</a>",
    ],
)
def test_a_number_or_a_day_in_prose_is_no_date(piece):
    assert dates(f"<h1>News</h1>{write(piece)}") == NONE


@pytest.mark.parametrize(
    "around",
    [
        "{}<footer>Last changed on 12 March 2024</footer>",
        "<aside><p>12 March 2024</p></aside>{}",
        "<nav><p>12 March 2024</p></nav>{}",
        "<p><a href=/x>12 March 2024</a></p>{}",
        "<p>Founded in 1954</p>{}",
        "<p>1954</p>{}",
        "<p>12:30</p>{}",
        "<p>The town has stood here since the great fire of 12 March 1824, they say.</p>{}",
    ],
)
def test_a_date_elsewhere_on_the_page_is_not_that_of_its_entries(around):
    assert dates(around.format(write("<div><h3>{link}</h3><p>{prose}</p></div>"))) == NONE


# Headings


def test_the_day_above_a_group_is_that_of_its_entries():
    item = "<li>{link}</li>"
    page = (
        f"<h2>9 March 2024</h2><ul>{write(item, STORIES[:1])}</ul>"
        f"<h2>8 March 2024</h2><ul>{write(item, STORIES[1:], 2)}</ul>"
    )
    assert dates(page) == ["2024-03-09", *["2024-03-08"] * 3]
    assert sources(page) == {("heading", "9 March 2024"), ("heading", "8 March 2024")}


@pytest.mark.parametrize("heading", ["<h3>{}</h3>", "<p class=day>{}</p>", "<div><b>{}</b></div>"])
def test_what_heads_a_group_need_be_no_heading(heading):
    item = "<div class=c><h4>{link}</h4><p>{prose}</p></div>"
    page = (
        f"<h1>News</h1>{heading.format('9 March 2024')}{write(item, STORIES[:2])}"
        f"{heading.format('8 March 2024')}{write(item, STORIES[2:], 3)}"
    )
    assert dates(page) == ["2024-03-09"] * 2 + ["2024-03-08"] * 2
    assert {source for source, _ in sources(page)} == {"heading"}


def test_a_line_that_heads_groups_may_say_more_than_the_day():
    item = "<div class=c><h4>{link}</h4><p>{prose}</p></div>"
    line = "<p class=j>As it stood in the Journal of the town on {} March 2024:</p>"
    first, second = write(item, STORIES[:2]), write(item, STORIES[2:], 3)
    page = f"<h1>News</h1>{line.format(9)}{first}{line.format(8)}{second}"
    assert dates(page) == ["2024-03-09"] * 2 + ["2024-03-08"] * 2
    assert dates(f"<h1>News</h1>{line.format(9)}{first}{second}") == NONE


def test_a_bare_number_below_a_month_is_its_day():
    item = "<li><b>1{d}</b> {link}</li>"
    page = (
        f"<h2>March 2024</h2><ul>{write(item, STORIES[:2])}</ul>"
        f"<h2>February 2024</h2><ul>{write(item, STORIES[2:], 3)}</ul>"
    )
    assert dates(page) == ["2024-03-11", "2024-03-12", "2024-02-13", "2024-02-14"]
    assert (
        dates(page.replace("<h2>March 2024</h2>", "").replace("<h2>February 2024</h2>", "")) == NONE
    )


def test_below_a_month_an_entry_without_a_day_is_of_that_month():
    assert dates(f"<h2>March 2024</h2><ul>{write('<li>{link}')}</ul>") == ["2024-03"] * 4


def test_a_year_above_completes_the_days_below():
    page = f"<h2>2021</h2><ul>{write('<li>{link} {d} March')}</ul>"
    assert dates(page) == [f"2021-03-0{d}" for d in (1, 2, 3, 4)]


# The issue


def test_the_date_of_an_issue_is_that_of_all_its_entries():
    page = f"<h1>Letter</h1><p>12 March 2024</p>{write('<div><h3>{link}</h3><p>{prose}</p></div>')}"
    assert dates(page) == ["2024-03-12"] * 4
    assert sources(page) == {("page", "12 March 2024")}


@pytest.mark.parametrize(
    ("heading", "date"),
    [
        ("Volume 12, Issue 4, December 2023", "2023-12"),
        ("Heft 4 der Zeitschrift, Dezember 2023", "2023-12"),
        ("European elections, 9 June 2024", None),
        ("The town remembers the flood of 9 June 1953", None),
    ],
)
def test_a_heading_dates_what_is_below_it_only_as_that_of_an_issue(heading, date):
    page = f"<h1>{heading}</h1>" + write("<div><h3>{link}</h3><p>{prose}</p></div>")
    assert set(dates(page)) == {date}


def test_the_date_of_an_issue_may_stand_under_its_name_above_a_preface():
    preface = "<p>Dear readers of it,</p>" * 20
    entries = write("<div><h3>{link}</h3><p>{prose}</p></div>")
    assert dates(f"<h1>Letter</h1><p>12 March 2024</p>{preface}{entries}") == ["2024-03-12"] * 4
    assert dates(f"<p>Letter</p><p>12 March 2024</p>{preface}{entries}") == NONE


def test_an_entry_without_a_date_among_dated_ones_does_not_take_that_of_the_page():
    entries = write("<div><h3>{link}</h3><p>{d} March 2024</p></div>")
    entries = entries.replace("<p>2 March 2024</p>", "")
    expected = [MARCH[0], None, *MARCH[2:]]
    assert dates(f"<h1>News</h1><p>31 March 2024</p>{entries}") == expected


# The address


@pytest.mark.parametrize(
    "href",
    [
        *(
            "/2024/03/0{d}/story",
            "/2024-03-0{d}/story",
            "/2024030{d}/story",
            "/n/2024-03-0{d}-x.html",
        ),
        *("/2024/03/0{d}", "/n/2024030{d}_story.pdf", "https://city.example/2024/03/0{d}/?a=b"),
    ],
)
def test_a_day_in_the_address_is_that_of_an_entry_without_any(href):
    assert dates(f"<h1>News</h1>{write(f'<li><a href={href}>{{title}}</a>')}") == MARCH
