import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.dates import read_attribute
from scraper.errors import NoItems
from scraper.models import Item, Listing, Page, Source
from scraper.parsers.declared import ConfirmedParser, Declared, confirm, read_declared
from scraper.parsers.document import Document

URL = "https://city.example/news"
SOURCE = Source(name="a", url=URL)


def document(markup: str, *, url: str | None = URL) -> Document:
    return Document(
        Page(url=url, body=markup.encode(), fetched_at=datetime(2024, 4, 5, tzinfo=UTC))
    )


def ld(value: object) -> str:
    text = (
        value
        if isinstance(value, str)
        else json.dumps({"@context": "https://schema.org", "n": value})
    )
    text = text.replace('"n": ', '"@graph": ')
    return f'<script type="application/ld+json">{text}</script>'


def told(entry: Declared) -> dict[str, object]:
    """The fields that an entry has, its date as ISO."""
    fields = {
        name: getattr(entry, name) for name in entry.__struct_fields__ if name != "date_source"
    }
    if entry.date:
        date = entry.date
        fields["date"] = "-".join(f"{n:02d}" for n in (date.year, date.month, date.day) if n)
    return {name: value for name, value in fields.items() if value is not None}


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Tram &amp; bus",
    "url": "/a",
    "datePublished": "2024-03-05T10:00:00+01:00",
    "description": "A <b>teaser</b>.",
    "image": [{"@type": "ImageObject", "url": "/a.jpg"}],
    "author": [{"@type": "Person", "name": "Ann"}, {"@type": "Person", "name": "Bo"}],
    "articleSection": ["Traffic", "City"],
}
READ = {
    "title": "Tram & bus",
    "url": "https://city.example/a",
    "date": "2024-03-05",
    "summary": "A teaser.",
    "image": "https://city.example/a.jpg",
    "author": "Ann, Bo",
    "category": "Traffic",
}
A = {"url": "https://city.example/a"}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ([ARTICLE], [READ]),
        (ARTICLE, [READ]),
        ({"@type": "Blog", "blogPost": [ARTICLE]}, [READ]),
        (
            {
                "@type": "CollectionPage",
                "mainEntity": {"@type": "ItemList", "itemListElement": [ARTICLE]},
            },
            [READ],
        ),
        (
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ARTICLE}]},
            [READ],
        ),
        ({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": "/a"}]}, [A]),
        (
            {
                "@type": "ItemList",
                "itemListElement": [{"@type": "ListItem", "item": "/a", "name": "Tram"}],
            },
            [A | {"title": "Tram"}],
        ),
        (
            {"@type": "ItemList", "itemListElement": [{"@type": "Thing", "name": "Tram"}]},
            [{"title": "Tram"}],
        ),
        ({"@type": "Article", "mainEntityOfPage": {"@id": "https://city.example/a"}}, [A]),
        ({"@type": "Article", "@id": "https://city.example/a"}, [A]),
        ({"@type": "Article", "@id": "https://city.example/a#article"}, []),
        ({"@type": ["Report", "Thing"], "url": "/a", "author": "Ann"}, [A | {"author": "Ann"}]),
        (
            {"@type": "Article", "url": "/a", "author": {"@type": "Organization", "name": "City"}},
            [A],
        ),
        ({"@type": "https://schema.org/Article", "url": "/a", "datePublished": "soon"}, [A]),
        ({"@type": "WebSite", "url": "/", "name": "City"}, []),
        ({"@type": "Organization", "url": "/", "name": "City"}, []),
        (
            {
                "@type": "BreadcrumbList",
                "itemListElement": [{"@type": "ListItem", "name": "Home", "item": "/"}],
            },
            [],
        ),
        (
            {
                "@type": "ItemList",
                "itemListElement": [{"@type": "ListItem", "item": {"@type": "WPAdBlock"}}],
            },
            [],
        ),
        ([[], None, 1, "x", {"@type": 1}, {"@type": "Article", "url": 5, "headline": {}}], []),
    ],
)
def test_json_ld_declares_articles_and_lists_but_not_the_site(declared, expected):
    assert [told(entry) for entry in read_declared(document(ld(declared)))] == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": "schema.org", "@type": "Article", "url": "/a"};',
        '\n<!--\n{"@context": "schema.org", "@type": "Article", "url": "/a"}\n-->\n',
        '//<![CDATA[\n{"@context": "schema.org", "@type": "Article", "url": "/a"}\n//]]>',
        '{"@context": "schema.org", "@type": "Article", "url": "/a", "name": undefined}',
        '{"@context": "schema.org", "@type": "Article", "url": "/a", "x": "two\nlines"}',
        '{"@context": "schema.org", "@type": "Article", "url": "/a", "headline": "\\ud800"}',
    ],
)
def test_json_that_is_almost_right_is_read(text):
    [entry] = read_declared(document(ld(text)))
    assert told(entry) == A


@pytest.mark.parametrize(
    "markup",
    [
        ld("schema.org {"),
        ld("schema.org"),
        ld('{"@context": "schema.org", "@graph": ' + "[" * 100_000),
        ld('{"@context": "schema.org", "@graph": ' + "[" * 900 + "]" * 900 + "}"),
        ld('["schema.org", ' + "9" * 10_000 + "]"),
        ld(
            '{"@context": "schema.org", "@type": "Article", "url": "/a", "x": "'
            + "x" * 2**21
            + '"}'
        ),
        "schema.org <script type='application/ld+json'",
        "<p>schema.org application/ld+json</p>" * 100,
    ],
)
def test_json_that_is_none_or_too_much_declares_nothing(markup):
    assert read_declared(document(markup)) == []


MICRODATA = """
<article itemscope itemtype="http://schema.org/BlogPosting">
 <h2 itemprop="headline name"><a itemprop="url" href="/a">Tram &amp; bus</a></h2>
 <meta itemprop="datePublished" content="2024-03-05T10:00:00+01:00">
 <p itemprop="description">A <b>teaser</b>.</p>
 <span itemprop="author" itemscope itemtype="http://schema.org/Person">
  by <b itemprop="name">Ann</b> <a itemprop="url" href="/ann">profile</a></span>
 <div itemprop="image" itemscope itemtype="http://schema.org/ImageObject">
  <meta itemprop="url" content="/a.jpg"></div>
 <i itemprop="articleSection">Traffic</i>
</article>
<article itemscope itemtype="http://schema.org/BlogPosting" itemid="/b">
 <img itemprop="image" src="/b.jpg"><time itemprop="datePublished" datetime="2024-03">March</time>
 <span itemprop="author">Bo</span>
</article>
"""


def test_microdata_keeps_the_properties_of_nested_things_apart():
    first, second = map(told, read_declared(document(MICRODATA)))
    assert first == READ | {"author": "Ann", "date_text": "2024-03-05T10:00:00+01:00"}
    assert second == {
        "url": "https://city.example/b",
        "image": "https://city.example/b.jpg",
        "date": "2024-03",
        "date_text": "March",
        "author": "Bo",
    }


H_ENTRIES = """
<div class="h-feed"><h1 class="p-name">Blog</h1>
<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/a">Tram &amp; bus</a></h2>
 <time class="dt-published" datetime="2024-03-05T10:00:00+01:00">5 March</time>
 <p class="p-summary">A <b>teaser</b>.</p> <img class="u-photo" src="/a.jpg" alt="">
 <a class="p-author h-card" href="/ann"><b class="p-name">Ann</b> of the city</a>
 <a class="p-category" href="/t">Traffic</a></article>
<article class="h-entry">
 <p class="u-url">https://city.example/b</p><b class="p-author">Bo</b></article>
</div>
"""


def test_h_entries_keep_the_names_of_their_authors_apart():
    first, second = map(told, read_declared(document(H_ENTRIES)))
    assert first == READ | {"author": "Ann", "date_text": "5 March"}
    assert second == {"url": "https://city.example/b", "author": "Bo"}


def item(**fields: object) -> Item:
    given = {"title": "Tram and bus", "url": "https://city.example/a", "position": 1, "id": "1"}
    return Item(**{**given, **fields})


def entry(**fields: object) -> Declared:
    return Declared(**{"url": "https://city.example/a", **fields})


DAY = read_attribute("2024-03-05T10:00:00+01:00")
MOMENT = datetime.fromisoformat("2024-03-05T10:00:00+01:00")
TEASER = "The council has approved what it had refused for ten years."


def filled(shown: list[Item], declared: list[Declared]) -> list[dict[str, object]]:
    """What each item has afterwards that it had not before, or has otherwise."""
    listing = confirm(Listing(items=tuple(shown)), declared, document(""))
    assert len(listing.items) == len(shown)
    return [
        {
            name: getattr(after, name)
            for name in after.__struct_fields__
            if getattr(after, name) != getattr(before, name)
        }
        for before, after in zip(shown, listing.items, strict=True)
    ]


DATED = {"date": "2024-03-05", "date_source": "structured", "published_at": MOMENT}


@pytest.mark.parametrize(
    ("shown", "declared", "expected"),
    [
        (
            {},
            {"date": DAY, "author": "Ann", "category": "City"},
            DATED | {"author": "Ann", "category": "City"},
        ),
        ({}, {"date": read_attribute("2024-03")}, {"date": "2024-03", "date_source": "structured"}),
        ({"author": "Bo", "category": "X"}, {"author": "Ann", "category": "City"}, {}),
        ({"date": "2024-03-04", "date_source": "text"}, {"date": DAY}, {}),
        ({"date": "2024-03-05", "date_source": "text"}, {"date": DAY}, {"published_at": MOMENT}),
        ({"date": "2024-03", "date_source": "text"}, {"date": DAY}, {"published_at": MOMENT}),
        ({}, {"image": "https://city.example/a.jpg"}, {"image": "https://city.example/a.jpg"}),
        ({}, {"summary": TEASER}, {"summary": TEASER}),
        ({"summary": "Shown."}, {"summary": TEASER}, {}),
        ({}, {"summary": "Too short."}, {}),
        ({}, {"summary": TEASER * 20}, {}),
        ({}, {"summary": f"Tram and bus: {TEASER}"}, {}),
        ({}, {"title": "Another title"}, {}),
        ({}, {"url": "https://city.example/A", "author": "Ann"}, {}),
        ({"url": None}, {"author": "Ann"}, {}),
        (
            {"url": "https://city.example/a?y=1&x=2#top"},
            {"url": "https://CITY.example/a?x=2&y=1", "author": "Ann"},
            {"author": "Ann"},
        ),
        ({"url": URL}, {"url": URL, "author": "Ann"}, {}),
    ],
)
def test_what_the_page_does_not_show_is_filled_and_nothing_is_replaced(shown, declared, expected):
    assert filled([item(**shown)], [entry(**declared)]) == [expected]


def test_declarations_of_one_address_that_differ_say_nothing():
    other = read_attribute("2024-03-06")
    declared = [entry(date=DAY, author="Ann"), entry(date=other, author="Ann", category="City")]
    assert filled([item()], declared) == [{"author": "Ann", "category": "City"}]


def test_an_address_that_the_listing_has_twice_is_nobodys():
    assert filled([item(), item(title="Another", position=2)], [entry(author="Ann")]) == [{}, {}]


def test_a_text_or_picture_that_all_have_is_the_sites():
    picture = "https://city.example/logo.png"
    declared = [entry(url=f"{URL}/{n}", summary=TEASER, image=picture, author="Ann") for n in "12"]
    shown = [item(url=f"{URL}/{n}") for n in "12"]
    assert filled(shown, declared) == [{"author": "Ann"}] * 2


class Engine:
    """An engine that answers what it is told to."""

    def __init__(self, *items: Item, category: str | None = None) -> None:
        no_items = NoItems("a", "nothing", category=category) if category else None
        self._listing = Listing(items=items, no_items=no_items)

    def parse(self, document: Document, source: Source) -> Listing | None:
        return self._listing


def run(engine: Engine, markup: str) -> Listing:
    listing = ConfirmedParser(engine).parse(document(markup), SOURCE)
    assert listing is not None
    return listing


POSTS = [
    {"title": f"Council approves tram line {n}", "url": f"/{n}", "publishedAt": f"2024-03-0{n}"}
    for n in (3, 2, 1)
]
EXPECTED = [
    (f"Council approves tram line {n}", f"https://city.example/{n}", f"2024-03-0{n}")
    for n in (3, 2, 1)
]


def next_data(value: object) -> str:
    text = json.dumps({"props": {"pageProps": value}})
    return (
        f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{text}</script>'
    )


def nuxt_data(table: object) -> str:
    return f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(table)}</script>'


def records(listing: Listing) -> list[tuple[str, str | None, str | None]]:
    return [(item.title, item.url, item.date) for item in listing.items]


NUXT = [
    ["ShallowReactive", 1], {"data": 2}, ["Reactive", 3], {"news": 4, "menu": 14}, [5, 8, 11],
    {"title": 6, "path": 7, "date": 17}, "Council approves tram line 3", "/3",
    {"title": 9, "path": 10, "date": 18}, "Council approves tram line 2", "/2",
    {"title": 12, "path": 13, "date": 19}, "Council approves tram line 1", "/1",
    [15, 15, 15], {"title": 16, "path": 7}, "Home",
    "2024-03-03", ["Date", "2024-03-02T00:00:00.000Z"], "2024-03-01",
]  # fmt: skip


@pytest.mark.parametrize(
    "markup",
    [
        next_data({"posts": POSTS}),
        next_data({"menu": [{"title": w, "url": f"/{w}"} for w in "abcdef"], "posts": POSTS}),
        next_data(
            {"related": [p | {"title": f"{p['title']} again"} for p in POSTS], "posts": POSTS}
        ),
        next_data({"data": {"edges": [{"node": post} for post in POSTS]}}),
        next_data([{"fields": post} for post in POSTS]),
        next_data(
            [{**p, "title": {"rendered": p["title"]}, "url": None, "link": p["url"]} for p in POSTS]
        ),
        nuxt_data(NUXT),
        f"<script>window.__NUXT__={json.dumps({'data': [{'list': POSTS}]})};</script>",
        f"<script>window.__INITIAL_STATE__ = {json.dumps({'x': POSTS})};start()</script>",
        f"<script>__PRELOADED_STATE__ = JSON.parse({json.dumps(json.dumps(POSTS))})</script>",
        ld(
            [
                {
                    "@type": "BlogPosting",
                    "headline": p["title"],
                    "url": p["url"],
                    "datePublished": p["publishedAt"],
                }
                for p in POSTS
            ]
        ),
    ],
)
@pytest.mark.parametrize("category", ["app-shell", "unrecognised", "empty", None])
def test_a_list_that_is_only_declared_is_the_listing(markup, category):
    listing = run(Engine(category=category), markup)
    assert records(listing) == EXPECTED
    assert listing.no_items is None
    assert {item.date_source for item in listing.items} == {"structured"}


@pytest.mark.parametrize("category", ["article", "consent", "error-page", "login"])
def test_what_is_no_listing_for_a_better_reason_is_left_alone(category):
    assert run(Engine(category=category), next_data(POSTS)).items == ()


@pytest.mark.parametrize(
    "markup",
    [
        "<div id=app></div>",
        next_data(POSTS[:2]),
        next_data([{"title": word, "url": f"/{word}"} for word in ("Home", "News", "Contact")]),
        next_data(
            {"menuItems": [{"title": f"Everything about our {w}", "url": f"/{w}"} for w in "abc"]}
        ),
        next_data([{"name": w, "slug": w} for w in "abcdef"]),
        next_data([{"title": "The same headline for each", "date": "2024-03-01"}] * 4),
        next_data([{"id": n, "date": "2024-03-01"} for n in range(5)]),
        next_data(
            [{"title": f"Council approves tram line {n}", "views": 1_700_000_000} for n in range(5)]
        ),
        "<script>window.__NUXT__=(function(a){return {list:[a,a,a]}}(1))</script>",
        "<script>window.__INITIAL_STATE__ = " + '{"a":' * 50_000,
        nuxt_data([[0, 0, 0], [1, 1, 1], {"a": 2}, {"title": 3}, [3, 3, 3], ["Ref", 5]]),
    ],
)
def test_what_is_not_like_a_listing_is_none(markup):
    listing = run(Engine(category="app-shell"), markup)
    assert listing.items == ()
    assert listing.no_items.category == "app-shell"


def test_a_slug_is_an_address_only_if_it_is_an_absolute_path():
    posts = [
        {"headline": f"Council approves tram line {n}", "slug": s, "date": "2024-03-01"}
        for n, s in enumerate(("a", "/b", "https://x.example/c"))
    ]
    listing = run(Engine(category="app-shell"), next_data(posts))
    assert [item.url for item in listing.items] == [
        None,
        "https://city.example/b",
        "https://x.example/c",
    ]


def test_state_dates_a_listing_in_which_no_entry_has_a_day():
    shown = item(url="https://city.example/3")
    [found] = run(Engine(shown), next_data(POSTS)).items
    assert (found.date, found.date_source) == ("2024-03-03", "structured")
    listing = run(Engine(shown, item(date="2024-03-09")), next_data(POSTS))
    assert [i.date for i in listing.items] == [None, "2024-03-09"]


KEYS = """
    @type @graph @id url name title headline item itemListElement author image date node fields
    mainEntityOfPage datePublished articleSection slug description
"""
WORDS = "ItemList 2024-03-01 headline <b>&amp; https://x.example/a Ref Date /a http://[ Article"
NUMBERS = (0, 1, 5, -1, 1.5, 1e300, 1_709_300_000, None, True, "", "\ud800")
VALUES = st.recursive(
    st.sampled_from([*WORDS.split(), *NUMBERS]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(VALUES, st.sampled_from([ld, next_data, nuxt_data]))
def test_any_json_gives_a_listing(value, embed):
    assert isinstance(run(Engine(category="app-shell"), embed(value) * 3), Listing)
    assert isinstance(run(Engine(item()), embed(value)), Listing)


SELF = dict.fromkeys(map(str, range(300)), 1)


@pytest.mark.parametrize(
    "markup",
    [
        nuxt_data([[1] * 10_000, SELF, *[[1, 1, 1]] * 10_000]),
        next_data([{"title": str(n), "a": [{}] * 5} for n in range(30_000)]),
        "schema.org application/ld+json application/json __A__={" * 50_000,
        ld([{"@type": "Article", "url": f"/{n}"} for n in range(30_000)]),
        "<script type=application/json>[1" * 50_000,
        '<p itemscope itemtype="http://schema.org/Article" class="h-entry p-name">' * 5_000,
    ],
    ids=range(6),
)
def test_hostile_data_costs_no_more_than_its_page(markup):
    started = time.perf_counter()
    assert isinstance(run(Engine(item(date="2024-03-01")), markup), Listing)
    assert isinstance(run(Engine(category="app-shell"), markup), Listing)
    assert time.perf_counter() - started < 5


def test_what_declares_nothing_costs_next_to_nothing():
    page = document("<p class=a>Nothing is declared in here, and that is soon seen.</p>\n" * 1000)
    assert page.outline.title == ""
    times = []
    for _ in range(20):
        started = time.perf_counter()
        assert read_declared(page) == []
        times.append(time.perf_counter() - started)
    # 15 µs where this was written; a scan of the page by a loop takes a hundred times as long.
    assert min(times) < 0.0005
