"""What of an entry is headline, target, teaser and the rest; whole pages, read by the engine."""

from __future__ import annotations

import pytest

from scraper import Item, extract

URL = "https://city.example/news/"
STORIES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed for repairs until June",
    "Swimming pool raises its entrance fees",
]
PROSE = [
    "The works are to begin in spring and will take about two years, the council said.",
    "Readers had asked for it for years. Two librarians were found for the weekends.",
    "Cars are led over the old ferry. Cyclists may pass on Sundays, says the office.",
    "Heating costs twice as much as before. Children still pay nothing at all.",
]
NAMES = ["Ada Quist", "Hetty Brandt", "Jonas Falk", "Rosa Lind"]
TOPICS = ["Traffic", "Culture", "Traffic", "Sports"]


def items(piece: str, around: str = "<h1>News</h1>{}") -> tuple[Item, ...]:
    """Return what a page says of the four stories, each written as *piece* has it."""
    entries = "".join(
        piece.format(
            n=n,
            title=title,
            prose=PROSE[n],
            day=f"{n + 1} March 2024",
            name=NAMES[n],
            topic=TOPICS[n],
        )
        for n, title in enumerate(STORIES)
    )
    return extract(around.format(entries), url=URL).items


def field(name: str, piece: str, around: str = "<h1>News</h1>{}") -> list[object]:
    return [getattr(item, name) for item in items(piece, around)]


# Headline


@pytest.mark.parametrize(
    "piece",
    [
        # not the label of a link
        "<div><h3>{title}</h3><p>{prose}</p><a href=/s/{n}>Read more</a></div>",
        "<div><p>{title}</p><a href=/s/{n}>Read more</a></div>",
        "<li><a href=/s/{n}>Read more</a> <b>{title}</b>",
        # not a day, linked or in a heading
        "<li><a href=/s/{n}>{day}</a> <a href=/s/{n}>{title}</a>",
        "<div><h4>{day}</h4><h3><a href=/s/{n}>{title}</a></h3></div>",
        "<tr><td>{day}<td><a href=/s/{n}>{title}</a>",
        # not what it is filed under
        "<div><a class=category href=/t/{n}>{topic}</a><h3><a href=/s/{n}>{title}</a></h3></div>",
        "<h3><span class=kicker>{topic}</span> <a href=/s/{n}>{title}</a></h3><p>{prose}</p>",
        "<h3><a href=/s/{n}><span class=kicker>{topic}</span> {title}</a></h3><p>{prose}</p>",
        "<div><p>{topic}</p><p><a href=/s/{n}>{title}</a></p><p>{prose}</p></div>",
        # not a number of a case
        "<tr><td><a href=/s/{n}>No. 2024-{n}0{n}7</a><td>{title}<td>{day}",
        "<li>BK/{n}41/24 <a href=/s/{n}>{title}</a>",
        # not who wrote it
        "<div><h3><a href=/s/{n}>{title}</a></h3><p>By <a href=/a/{n}>{name}</a></p></div>",
        # not the teaser
        "<div><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>",
        "<div><p>{prose}</p><h3><a href=/s/{n}>{title}</a></h3></div>",
        "<p><b>{title}</b><br>{prose}<br><a href=/s/{n}>Read more</a></p>",
        "<a href=/s/{n}><h3>{title}</h3><p>{prose}</p></a>",
    ],
)
def test_the_headline_is_the_headline(piece):
    around = "<h1>News</h1><table>{}</table>" if piece.startswith("<tr") else "<h1>News</h1>{}"
    assert field("title", piece, around) == STORIES
    assert field("url", piece, around) == [f"https://city.example/s/{n}" for n in range(4)]


def test_a_headline_is_whole_where_a_heading_holds_several_links_or_none():
    piece = "<div><h3>Case {n}: <a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>"
    assert field("title", piece) == [f"Case {n}: {title}" for n, title in enumerate(STORIES)]


def test_the_marks_around_a_headline_are_no_part_of_it():
    assert field("title", "<li><a href=/s/{n}>» {title}</a>: {day}") == STORIES
    assert field("title", "<li>{day} - <a href=/s/{n}>– {title} –</a>") == STORIES


@pytest.mark.parametrize(
    "piece",
    [
        "<li><a href=/s/{n} title='{title}'>{cut}...</a> {day}",
        "<li><a href=/s/{n} title='{title}'>{cut} …</a> {day}",
        "<div><a href=/s/{n}>{title}</a><h3><a href=/s/{n}>{cut}…</a></h3><p>{prose}</p></div>",
    ],
)
def test_a_headline_that_is_cut_off_is_taken_from_where_it_is_whole(piece):
    assert field("title", piece.replace("{cut}", "{title:.20}")) == STORIES


@pytest.mark.parametrize(
    "title", ["Another text", "One that is very much longer", "", "{title:.10}"]
)
def test_a_headline_that_is_cut_off_stays_so_where_nothing_has_the_whole(title):
    piece = f"<li><a href=/s/{{n}} title='{title}'>{{title:.20}}…</a> {{day}}"
    assert field("title", piece) == [f"{one[:20].strip()}…" for one in STORIES]


def test_an_odd_entry_takes_its_headline_from_the_next_best_column():
    page = "".join(
        f"<div class=c><h3><a href=/s/{n}>{title}</a></h3><p>{PROSE[n]}</p></div>"
        if n != 1
        else f"<div class=c><h3>{title}</h3><p>{PROSE[n]}</p></div>"
        for n, title in enumerate(STORIES)
    )
    found = extract(f"<h1>News</h1>{page}", url=URL).items
    assert [item.title for item in found] == STORIES
    assert [item.url is None for item in found] == [False, True, False, False]


# Target


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("<div><h3>{title}</h3><p>{prose}</p><a href=/s/{n}>Read more</a></div>", "/s/{n}"),
        ("<div><a href=/s/{n}><img src=/i/{n}.jpg></a><h3>{title}</h3></div>", "/s/{n}"),
        (
            "<div><h3>{title}</h3><p>{prose}</p><a href=/s/{n}><img src=/i/{n}.jpg></a></div>",
            "/s/{n}",
        ),
        (
            "<div><h3>{title}</h3><p>{prose}</p><a href=/share?u={n}>Share</a>"
            "<a href=/s/{n}>Read more</a></div>",
            "/s/{n}",
        ),
        ("<a href=/s/{n}><h3>{title}</h3><p>{prose}</p></a>", "/s/{n}"),
        # not the writer's page, the topic's, the comments'
        (
            "<div><h3>{title}</h3><p>By <a class=by href=/author/x{n}>{name}</a></p>"
            "<a href=/s/{n}>Read more</a></div>",
            "/s/{n}",
        ),
        (
            "<div><a href=/tag/x{n}>{topic}</a><h3><a href=/s/{n}>{title}</a></h3></div>",
            "/s/{n}",
        ),
        (
            "<div><h3>{title}</h3><a class=c href=/s/{n}#comments>{n} comments</a>"
            "<a class=m href=/s/{n}>Read more</a></div>",
            "/s/{n}",
        ),
        # what leads nowhere
        (
            "<h3><a href=javascript:void(0)>{title}</a></h3><p>{prose}<a href=/s/{n}>Read more</a>",
            "/s/{n}",
        ),
        ("<div><h3><a href=#>{title}</a></h3><a href=/s/{n}>Read more</a></div>", "/s/{n}"),
        ("<h3><a href='javascript:open({n})'>{title}</a></h3><p>{day}<p>{prose}", None),
        ("<h3><a href='#s{n}'>{title}</a></h3><p>{day}<p>{prose}", None),
        ("<h3><a href=mailto:a@city.example>{title}</a></h3><p>{day}<p>{prose}", None),
        ("<h3>{title}</h3><p>{day}<p>{prose}", None),
        # however it is written
        ("<li><a href='  /s/{n}\n'>{title}</a> {day}", "/s/{n}"),
        ("<li><a href=s/{n}>{title}</a> {day}", "/news/s/{n}"),
        ("<li><a href='?id={n}&amp;a=b'>{title}</a> {day}", "/news/?id={n}&a=b"),
        ("<li><a href=../s/{n}#top>{title}</a> {day}", "/s/{n}#top"),
    ],
)
def test_the_target_is_where_the_entry_is_told_in_full(piece, expected):
    found = items(piece)
    assert [item.title for item in found] == STORIES
    assert [item.url for item in found] == [
        expected and f"https://city.example{expected.format(n=n)}" for n in range(4)
    ]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("<base href=/old/>", "https://city.example/old/s/0"),
        ("<base href='https://b.example/x/'>", "https://b.example/x/s/0"),
        ("<base target=_blank>", "https://city.example/news/s/0"),
        ("<base href='/a/'><base href='/b/'>", "https://city.example/a/s/0"),
    ],
)
def test_relative_targets_follow_the_base_of_the_page(base, expected):
    found = items("<li><a href=s/{n}>{title}</a> {day}", f"{base}<h1>News</h1><ul>{{}}</ul>")
    assert found[0].url == expected


# Teaser


@pytest.mark.parametrize(
    "piece",
    [
        "<div><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>",
        "<div><p>{prose}</p><h3><a href=/s/{n}>{title}</a></h3></div>",
        "<div><h3><a href=/s/{n}>{title}</a></h3><p class=byline>By {name}</p><p>{prose}</p></div>",
        "<div><h3><a href=/s/{n}>{title}</a></h3><p>{day}</p><p>{prose}</p></div>",
        "<h3><a href=/s/{n}>{title}</a></h3><p>{prose} <a href=/s/{n}>Read more</a>",
        "<p class=caption>{title}</p><h3><a href=/s/{n}>{title}</a></h3><p>{prose}",
        "<h3><a href=/s/{n}>{title}</a></h3><p>Docket: 24-{n}1<p>Judge: {name}<p>{prose}",
        "<h3><a href=/s/{n}>{title}</a></h3><p>{prose}<ul><li><a href=/t/{n}>{topic}</a></ul>",
        "<a href=/s/{n}><h3>{title}</h3><p>{prose}</p></a>",
        "<dt><a href=/s/{n}>{title}</a><dd>{prose}",
    ],
)
def test_the_teaser_is_the_prose_of_the_entry(piece):
    assert field("summary", piece) == PROSE


@pytest.mark.parametrize(
    "piece",
    [
        "<li><a href=/s/{n}>{title}</a> {day}",
        "<div><h3><a href=/s/{n}>{title}</a></h3><p class=byline>By {name}</p></div>",
        "<h3><a href=/s/{n}>{title}</a></h3><p>Docket: 24-{n}1<p>Judge: {name}<p>Filed: {day}",
        "<div><h3><a href=/s/{n}>{title}</a></h3><a href=/s/{n}>Read more</a></div>",
        "<div><a href=/s/{n}>{title}</a><h3><a href=/s/{n}>{title}</a></h3><p>{day}</p></div>",
        "<div><h3><a href=/s/{n}>{title}</a></h3><p>{title}</p></div>",
    ],
)
def test_what_is_no_prose_is_no_teaser(piece):
    assert field("title", piece) == STORIES
    assert field("summary", piece) == [None] * 4


def test_a_teaser_of_several_parts_is_one():
    page = "".join(
        f"<div><h3><a href=/s/{n}>{title}</a></h3><p>{PROSE[n]}{'<br>It is so.' * n}</div>"
        for n, title in enumerate(STORIES)
    )
    found = extract(f"<h1>News</h1>{page}", url=URL).items
    assert [item.summary for item in found] == [
        PROSE[n] + " It is so." * n for n in range(len(STORIES))
    ]


def test_an_entry_without_a_teaser_takes_none_of_its_neighbours():
    page = "".join(
        f"<h3><a href=/s/{n}>{title}</a></h3>{f'<p>{PROSE[n]}</p>' if n != 1 else ''}"
        for n, title in enumerate(STORIES)
    )
    found = extract(f"<h1>News</h1>{page}", url=URL).items
    assert [item.summary for item in found] == [PROSE[0], None, PROSE[2], PROSE[3]]


# The rest


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<p class=author>{name}</p>", True),
        ("<p class=byline>By {name}</p>", True),
        ("<p class=byline>By: {name}</p>", True),
        ("<p class=autor>von <a href=/a/{n}>{name}</a></p>", True),
        ("<span class=post-author>par <a href=/a/{n}>{name}</a></span>", True),
        ("<p class=published>{name}</p>", False),
        ("<p>{name}</p>", False),
    ],
)
def test_the_author_is_who_the_classes_say(byline, expected):
    piece = f"<div><h3><a href=/s/{{n}}>{{title}}</a></h3><p>{{prose}}</p>{byline}</div>"
    assert field("author", piece) == (NAMES if expected else [None] * 4)


@pytest.mark.parametrize(
    ("kicker", "expected"),
    [
        ("<span class=category>{topic}</span>", True),
        ("<div class=eyebrow><a href=/t/{topic}>{topic}</a></div>", True),
        ("<span class='tag is-small'>{topic}</span>", True),
        ("<span class=date>{day}</span>", False),
        ("<span>{topic}</span>", False),
    ],
)
def test_the_category_is_what_the_classes_say(kicker, expected):
    piece = f"<div>{kicker}<h3><a href=/s/{{n}}>{{title}}</a></h3><p>{{prose}}</p></div>"
    assert field("category", piece) == (TOPICS if expected else [None] * 4)


def test_the_first_of_several_categories_counts():
    piece = (
        "<div><p class=category>{topic}</p><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p>"
        "<p class=tag>Town</p></div>"
    )
    assert field("category", piece) == TOPICS


@pytest.mark.parametrize(
    ("img", "expected"),
    [
        ("<img src=/i/{n}.jpg>", True),
        ("<img data-src=/i/{n}.jpg src=/blank.gif>", True),
        ("<img src='data:image/gif;base64,R0lGOD' data-lazy-src=/i/{n}.jpg>", True),
        ("<img src='data:image/gif;base64,R0lGOD'>", False),
        ("<img alt='no source'>", False),
        ("<img src=/i/{n}.jpg><img src=/icon.png>", True),
        ("", False),
    ],
)
@pytest.mark.parametrize(
    "piece",
    [
        "<div>{img}<h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>",
        "<div><h3><a href=/s/{n}>{title}</a></h3>{img}<p>{prose}</p></div>",
        "<div><a href=/s/{n}>{img}</a><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>",
    ],
)
def test_the_picture_is_the_first_of_the_entry(img, expected, piece):
    found = field("image", piece.replace("{img}", img))
    assert found == [f"https://city.example/i/{n}.jpg" if expected else None for n in range(4)]


@pytest.mark.parametrize(
    "piece",
    [
        "<div>{title}<p>{prose}</p>{img}</div>",
        "<div><p>{day}</p>{img}{title}<p>{prose}</p></div>",
        "<div>{img}{title}<p>{prose}</p></div>",
    ],
)
def test_an_entry_without_a_picture_takes_none_of_its_neighbours(piece):
    page = "".join(
        piece.format(
            img=f"<img src=/i/{n}.jpg>" if n % 2 else "",
            title=f"<h3><a href=/s/{n}>{title}</a></h3>",
            prose=PROSE[n],
            day=f"{n + 1} March 2024",
        )
        for n, title in enumerate(STORIES)
    )
    found = extract(f"<h1>News</h1>{page}", url=URL).items
    assert [item.image and item.image[-5] for item in found] == [None, "1", None, "3"]


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("<div><h3>{title}</h3><p>{prose}</p><a href=/s/{n}>Read more</a></div>", "Read more"),
        (
            "<div><h3>{title}</h3><p>{prose}</p><a href=/s/{n}>Watch the film</a></div>",
            "Watch the film",
        ),
        (
            "<h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p><a href=/s/{n}>Weiterlesen …</a>",
            "Weiterlesen …",
        ),
        (
            "<div><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p><a href=/p/{n}>PDF</a></div>",
            None,
        ),
        ("<div><h3><a href=/s/{n}>{title}</a></h3><p>{prose}</p></div>", None),
    ],
)
def test_the_label_of_the_target_is_kept(piece, expected):
    assert field("link_text", piece) == [expected] * 4
