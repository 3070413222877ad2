import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.models import Page
from scraper.parsers.document import Document
from scraper.parsers.paging import find_next_url
from scraper.urls import is_address

NEWS = "https://city.example/news"


def next_url(html, url=NEWS):
    return find_next_url(Document(Page(url=url, body=html.encode(), encoding="utf-8")))


def short(html, url=NEWS):
    """The answer without the host, to keep tables readable."""
    found = next_url(html, url)
    return found and found.removeprefix("https://city.example")


def pager(*links):
    """A row of ``number:address`` links; a number without an address is the current one."""
    items = []
    for link in links:
        label, _, href = link.partition(":")
        items.append(f'<li><a href="{href}">{label}</a></li>' if href else f"<li>{label}</li>")
    return f"<ul>{''.join(items)}</ul>"


LABELS = {
    "ar": ["الصفحة التالية", "التالي", "مقالات أقدم"],
    "bg": ["Следваща страница", "Следваща", "По-стари публикации"],
    "bn": ["পরের পাতা", "পরবর্তী", "পুরোনো পোস্ট"],
    "cs": ["Další stránka", "Další", "Starší příspěvky"],
    "da": ["Næste side", "Næste", "Ældre indlæg"],
    "de": ["Nächste Seite", "Nächste", "Ältere Beiträge"],
    "el": ["Επόμενη σελίδα", "Επόμενη", "Παλαιότερες αναρτήσεις"],
    "en": ["Next page", "NEXT", "Older posts"],
    "es": ["Página siguiente", "Siguiente", "Entradas antiguas"],
    "et": ["Järgmine leht", "Järgmine", "Vanemad postitused"],
    "fa": ["صفحه بعد", "بعدی", "نوشته‌های قدیمی‌تر"],
    "fi": ["Seuraava sivu", "Seuraava", "Vanhemmat artikkelit"],
    "fr": ["Page suivante", "Suivant", "Articles plus anciens"],
    "he": ["העמוד הבא", "הבא", "רשומות ישנות יותר"],
    "hi": ["अगला पृष्ठ", "अगला", "पुराने पोस्ट"],
    "hr": ["Sljedeća stranica", "Sljedeća", "Starije objave"],
    "hu": ["Következő oldal", "Következő", "Régebbi bejegyzések"],
    "id": ["Halaman berikutnya", "Selanjutnya", "Postingan lama"],
    "is": ["Næsta síða", "Næsta", "Eldri færslur"],
    "it": ["Pagina successiva", "Successivo", "Articoli più vecchi"],
    "ja": ["次のページ", "次へ", "過去の記事"],
    "ko": ["다음 페이지", "다음", "지난 글"],
    "lt": ["Kitas puslapis", "Kitas", "Senesni įrašai"],
    "lv": ["Nākamā lapa", "Nākamā", "Vecāki ieraksti"],
    "nb": ["Neste side", "Neste", "Eldre innlegg"],
    "nl": ["Volgende pagina", "Volgende", "Oudere berichten"],
    "pl": ["Następna strona", "Następna", "Starsze wpisy"],
    "pt": ["Próxima página", "Seguinte", "Mais antigas"],
    "ro": ["Pagina următoare", "Următoarea", "Articole mai vechi"],
    "ru": ["Следующая страница", "Следующая", "Старые записи"],
    "sk": ["Ďalšia strana", "Ďalšia", "Staršie príspevky"],
    "sl": ["Naslednja stran", "Naslednja", "Starejši prispevki"],
    "sr": ["Следећа страна", "Следећа", "Старији чланци"],
    "sv": ["Nästa sida", "Nästa", "Äldre inlägg"],
    "th": ["หน้าถัดไป", "ถัดไป", "เรื่องเก่ากว่า"],
    "tr": ["Sonraki sayfa", "Sonraki", "Eski yazılar"],
    "uk": ["Наступна сторінка", "Наступна", "Старіші записи"],
    "vi": ["Trang sau", "Tiếp theo", "Bài viết cũ hơn"],
    "zh-Hans": ["下一页", "下页", "较旧文章"],
    "zh-Hant": ["下一頁", "下頁", "舊文章"],
}


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("frame", ["{}", "{} »", "{} ›", "{}→", "[{}]", "{} >", "{} &gt;&gt;"])
def test_labels_lead_on_in_the_language_of_the_page(language, frame):
    for label in LABELS[language]:
        # An address that says nothing, so that the label alone decides.
        html = f'<p><a href="/news?before=8814">{frame.format(label)}</a></p>'
        assert short(html) == "/news?before=8814", label


@pytest.mark.parametrize(
    "label",
    [
        "Older notices",
        "Older press releases",
        "Ältere Meldungen",
        "Noticias anteriores",
        "Communiqués précédents",
        "Notizie meno recenti",
        "Next results",
        "OLDER ENTRIES",
    ],
)
def test_older_entries_of_any_kind_lead_on(label):
    assert short(f'<a href="/news?upto=7">{label}</a>') == "/news?upto=7"


@pytest.mark.parametrize(
    "label",
    [
        "Newer posts",
        "« Previous",
        "Previous page",
        "Neuere Beiträge",
        "上一页",
        "前へ",
        "Назад",
        "Last",
        "Older people",
        "Next meeting",
        "Next 7 days",
        "Google Cloud Next",
        "Next issue",
        "Next of kin policy",
        "More",
        "Archive",
        "Read more »",
    ],
)
def test_other_labels_do_not_lead_on(label):
    assert next_url(f'<p><a href="/news?upto=7">{label}</a></p>') is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link rel="next" href="/news/page/2/">', "/news/page/2/"),
        ("<link href=/news?page=2 rel=next>", "/news?page=2"),
        ('<LINK REL="Next" HREF="/news?page=2">', "/news?page=2"),
        ('<link rel="prefetch next" href="/news?page=2">', "/news?page=2"),
        (
            '<link rel="next" href="https://www.city.example/news?page=2">',
            "https://www.city.example/news?page=2",
        ),
        ('<link rel="next" href="https://press.city.example/p2">', "https://press.city.example/p2"),
        ('<link rel="next" href="https://elsewhere.example.org/p2">', None),
        ('<link rel="next" href="/news">', None),
        ('<link rel="next" href="/news#list">', None),
        (
            '<link rel="next" title="Mayor opens the bridge over our old river" href="/bridge">',
            None,
        ),
        ('<link rel="prev" href="/news?page=2">', None),
        ('<a rel="next" href="?page=2">Weitere Treffer anzeigen bitte</a>', "/news?page=2"),
        ('<a rel="next nofollow" href="/n?x=1"><img src="r.gif"></a>', "/n?x=1"),
        ('<a rel=next href="javascript:go(2)">Next</a>', None),
        ('<a rel="next" href="#">Next</a>', None),
        ('<a rel="next" href="https://elsewhere.example.org/p2">Next</a>', None),
    ],
)
def test_a_declared_next_page_is_followed_within_the_site(html, expected):
    assert short(html) == expected


@pytest.mark.parametrize(
    ("html", "url", "expected"),
    [
        # Which number is current: no link, marked, or the page's own.
        (pager("1", "2:?page=2", "3:?page=3"), NEWS, "?page=2"),
        (pager("1:?page=1", "2", "3:?page=3"), f"{NEWS}?page=2", "?page=3"),
        ('<b>1</b> <a href="/news/2">2</a> <a href="/news/3">3</a>', NEWS, "/2"),
        ('1 | <a href="?p=2">2</a> | <a href="?p=3">3</a>', NEWS, "?p=2"),
        ('<a href="?p=1">[1]</a> [2] <a href="?p=3">[3]</a> <a href="?p=4">[4]</a>', NEWS, "?p=3"),
        (
            '<a href="?page=1" class="active">1</a><a href="?page=2">2</a><a href="?page=3">3</a>',
            NEWS,
            "?page=2",
        ),
        (
            '<li><a href="?page=1">1</a></li><li class="is-active"><a href="?page=2">2</a></li>'
            '<li><a href="?page=3">3</a></li>',
            NEWS,
            "?page=3",
        ),
        (
            '<a href="?p=1">1</a><a href="?p=2" aria-current="true">2</a><a href="?p=3">3</a>',
            NEWS,
            "?p=3",
        ),
        (pager("1:?page=1", "2:?page=2", "3:?page=3"), f"{NEWS}?page=2", "?page=3"),
        (pager("1:?page=1", "2:?page=2", "3:?page=3"), NEWS, "?page=2"),
        (pager("1:?page=0", "2:?page=1", "3:?page=2"), f"{NEWS}?page=1", "?page=2"),
        (pager("1:/news", "2:/news/page/2", "3:/news/page/3"), f"{NEWS}/page/2", "/page/3"),
        (pager("1:#", "2:?pg=2", "3:?pg=3"), NEWS, "?pg=2"),
        # Gaps, ranges, offsets, other digits.
        (pager("1", "2:?page=2", "3:?page=3", "…", "17:?page=17"), NEWS, "?page=2"),
        (
            pager("1:?page=1", "…", "8:?page=8", "9", "10:?page=10", "…", "40:?page=40"),
            f"{NEWS}?page=9",
            "?page=10",
        ),
        (pager("1-20", "21-40:?start=20", "41-60:?start=40"), NEWS, "?start=20"),
        (pager("1:?start=0", "2", "3:?start=20"), f"{NEWS}?start=10", "?start=20"),
        (pager("১", "২:?page=2", "৩:?page=3"), NEWS, "?page=2"),
        (pager("१", "२:?page=2"), NEWS, "?page=2"),
        (pager("١", "٢:?page=2"), NEWS, "?page=2"),
        (pager("Page 1", "Page 2:?page=2", "Page 3:?page=3"), NEWS, "?page=2"),
        (
            pager("1", "2:/news/index_2.html", "3:/news/index_3.html"),
            f"{NEWS}/index.html",
            "/index_2.html",
        ),
        # The last page.
        (pager("1:?page=1", "2:?page=2", "3"), f"{NEWS}?page=3", None),
        (pager("1:?page=1", "2:?page=2", "3:?page=3"), f"{NEWS}?page=3", None),
        (pager("« Prev:?page=2", "1:?page=1", "2:?page=2", "3"), f"{NEWS}?page=3", None),
        (pager("1:?page=1", "2:?page=2", "3", "»:?page=3"), f"{NEWS}?page=3", None),
        # Ten at a time: the arrow behind the tenth leads on.
        (pager("8:?page=8", "9:?page=9", "10", "»:?page=11"), f"{NEWS}?page=10", "?page=11"),
        # "Next" means the next ten.
        (pager("1", "2:?page=2", "3:?page=3", "다음:?page=11"), NEWS, "?page=2"),
    ],
)
def test_a_numbered_pager_leads_from_its_current_page_to_the_next(html, url, expected):
    assert short(html, url) == (expected and "/news" + expected)


@pytest.mark.parametrize(
    "html",
    [
        # Years, months, days.
        pager("2023:/news/2023", "2022:/news/2022", "2021:/news/2021"),
        pager("2021:/news/2021", "2022:/news/2022", "2023:/news/2023"),
        '<table class="calendar"><tr><td><a href="?month=5">»</a></td></tr></table>',
        '<div id="calendar"><a href="/news/2024/06" rel="next">June »</a></div>',
        "<table><tr><td>1<td><a href=?day=2>2</a><td>3<td>4<td><a href=?day=5>5</a><td>6</table>",
        # Slides.
        '<div class="carousel"><a class="carousel-control-next" href="?slide=2">Next</a></div>',
        '<a class="slick-next" href="/news?x=2">Next</a>',
        '<div class="swiper"><a class="swiper-button-next" href="/x">›</a></div>',
        '<a class="carousel-control-next" href="#hero">Next</a>',
        # Counters beside entries.
        '<p><a href="/a">Tram opens</a> <a href="/a#c">3</a></p>'
        '<p><a href="/b">Pool shuts</a> <a href="/b#c">4</a></p>',
        # Labels below every teaser.
        "".join(f'<p><a href="/story-{i}">weiter</a></p>' for i in range(9)),
        "".join(f'<p><a href="/story-{i}">»</a></p>' for i in range(9)),
        # The pages of every topic.
        '<p><a href="/topic?id=7">Tram</a> <a href="/topic?id=7&page=1">1</a> '
        '<a href="/topic?id=7&page=2">2</a> <a href="/topic?id=7&page=3">3</a></p>',
        # The article after this one.
        '<nav class="post-navigation"><a rel="next" href="/b">Pool shuts for repairs</a></nav>',
        '<a rel="next" href="/b">Pool shuts for repairs until the end of May</a>',
        # Letters.
        pager("A:/news?l=a", "B:/news?l=b", "C:/news?l=c"),
        # Nothing that leads anywhere.
        '<a href="javascript:next()">Next</a>',
        '<a href="mailto:next@city.example">Next</a>',
        '<a href="#page2">Next page</a>',
        '<a href="/news">Next</a>',
        '<a href="https://twitter.com/city?page=2">Next</a>',
        "",
        "<p>1 2 3 next",
    ],
)
def test_what_only_looks_like_a_pager_leads_nowhere(html):
    assert next_url(html) is None


@pytest.mark.parametrize(
    ("html", "url", "expected"),
    [
        ('<a href="?page=2" aria-label="Next page"><svg></svg></a>', NEWS, "/news?page=2"),
        ('<a href="/news?after=x" title="Page suivante"></a>', NEWS, "/news?after=x"),
        ('<a href="/news?after=x"><img alt="Siguiente" src="r.png"></a>', NEWS, "/news?after=x"),
        (
            '<a href="?page=2" class="pagination-next"><i class="icon"></i></a>',
            NEWS,
            "/news?page=2",
        ),
        (
            '<a class="next page-numbers" href="/news/page/2/">Zu den weiteren</a>',
            NEWS,
            "/news/page/2/",
        ),
        ('<div class="pagination"><a href="?page=2">›</a></div>', NEWS, "/news?page=2"),
        ('<a href="?page=2">&gt;</a>', NEWS, "/news?page=2"),
        (
            '<a href="?page=2"><span class="sr">Next page</span> <span>›</span></a>',
            NEWS,
            "/news?page=2",
        ),
    ],
)
def test_icons_say_in_an_attribute_that_they_lead_on(html, url, expected):
    assert short(html, url) == expected


@pytest.mark.parametrize(
    ("label", "href", "url", "expected"),
    [
        ("Load more", "?page=2", NEWS, "/news?page=2"),
        ("More news", "/news?offset=20", NEWS, "/news?offset=20"),
        ("More news", "/archive", NEWS, None),
        ("もっと見る", "/news/page/2", NEWS, "/news/page/2"),
        ("Weiter", "/news?seite=3", f"{NEWS}?seite=2", "/news?seite=3"),
        # In blogs "previous" are the older ones; the address tells.
        ("Previous", "/news/page/2/", NEWS, "/news/page/2/"),
        ("Previous", "/news/page/2/", f"{NEWS}/page/3/", None),
        ("Previous entries", "/news/page/2/", NEWS, "/news/page/2/"),
        # Back in disguise.
        ("Next", "?page=1", f"{NEWS}?page=2", None),
        ("Next", "/news/index.html", NEWS, None),
        ("Next", "?page=0", NEWS, None),
        # Front pages go on elsewhere.
        ("More", "/news?p=2", "https://city.example/", "/news?p=2"),
        ("More", "/news?p=2", f"{NEWS}?p=3", None),
        ("<<< Previous 10 Articles", "/start/700", NEWS, "/start/700"),
        # Months and issues are complete in themselves.
        ("Load more", "/news/2024/6", f"{NEWS}/2024/5", None),
        ("»", "/issues/707", "https://city.example/issues/706", None),
        # A pager that counts from 0.
        ("Next", "?page=1", NEWS, "/news?page=1"),
        ("Next", "/news/page/10", f"{NEWS}/page/9", "/news/page/10"),
        ("Next", "/news/story-2.html", f"{NEWS}/story.html", "/news/story-2.html"),
    ],
)
def test_addresses_decide_what_a_label_leaves_open(label, href, url, expected):
    assert short(f'<p><a href="{href}">{label}</a></p>', url) == expected


def test_newer_and_older_posts_lead_to_the_older_ones():
    html = (
        '<nav class="posts-nav"><div class="nav-previous"><a href="/page/4/">Older posts</a></div>'
        '<div class="nav-next"><a href="/page/2/">Newer posts</a></div></nav>'
    )
    assert short(html, "https://city.example/page/3/") == "/page/4/"


def test_only_newer_posts_end_the_listing():
    html = '<div class="nav-next"><a href="/page/2/">Newer posts</a></div>'
    assert next_url(html, "https://city.example/page/3/") is None


def test_the_next_page_is_preferred_to_the_last():
    html = '<a href="?page=2">›</a> <a href="?page=1877">»</a>'
    assert short(html) == "/news?page=2"


def test_the_pager_of_the_page_itself_is_preferred_to_that_of_another_list():
    events = pager("1", "2:/events?page=2", "3:/events?page=3")
    news = pager("1", "2:?page=2", "3:?page=3")
    assert short(news + events) == short(events + news) == "/news?page=2"


def test_links_are_relative_to_the_base_of_the_page():
    html = '<base href="/en/"><a href="list?page=2">Next page</a>'
    assert short(html) == "/en/list?page=2"


def test_a_page_of_unknown_address_has_a_next_page_where_that_is_absolute():
    html = '<a href="https://city.example/news?page=2">Next page</a><a href="/x">Older posts</a>'
    document = Document(Page(url=None, body=html.encode()))
    assert find_next_url(document) == "https://city.example/news?page=2"


PIECES = st.sampled_from(
    [
        '<a href="?page=2">',
        '<a href="/news">',
        '<a rel="next" href="?">',
        "</a>",
        "1",
        "2",
        "Next",
        "<li>",
        "</li>",
        '<a href="#">',
        '<link rel="next" href="',
        '">',
        "»",
        "<div class='pager'>",
        '<a href="?page=99999999999999999999">',
        "９",
        "²",
        "<img alt='next'>",
        "<table><tr><td>",
        '<a href="//[">',
        '<a href="http://%">',
        "\u200f",
        "&#0;",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_page_has_another_address_as_its_next_or_none(html):
    found = next_url(html)
    assert found is None or (is_address(found) and found.partition("#")[0] != NEWS)
