"""Labels and class words: what is one in any language, and what only looks like one."""

from __future__ import annotations

import pytest

from scraper.parsers.words import (
    META_NAMES,
    PROSE_NAMES,
    TITLE_NAMES,
    is_label,
    is_service,
    plain_label,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Read more »", "read more"),
        ("  [READ  MORE…]  ", "read more"),
        ("▶ Mehr", "mehr"),
        ("→", ""),
        ("Weiterlesen\u00a0…", "weiterlesen"),
        ("Q&A", "q&a"),
    ],
)
def test_a_label_is_compared_without_case_arrows_and_points(text, plain):
    assert plain_label(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        *("Read more", "READ MORE", "Read more >>", "[more]", "(PDF)", "…", "»", "", "Learn more."),
        *("Weiterlesen …", "Lire la suite", "Leer más", "Leia mais", "Leggi tutto", "Lees meer"),
        *(
            "Läs mer",
            "Czytaj więcej",
            "Číst více",
            "Tovább",
            "Citește mai mult",
            "Още",
            "Подробнее",
        ),
        *("Докладніше", "Опширније", "Περισσότερα", "Devamını oku", "Selengkapnya", "Xem thêm"),
        *("اقرأ المزيد", "ادامه مطلب", "קרא עוד", "और पढ़ें", "বিস্তারিত", "อ่านต่อ"),
        *(
            "続きを読む",
            "阅读更多",
            "閱讀更多",
            "더보기",
            "Lue lisää",
            "Loe edasi",
            "Skaityti daugiau",
        ),
        *(
            "Comments",
            "Leave a comment",
            "No comments",
            "3 comments",
            "Comments (3)",
            "0 Kommentare",
        ),
        *("12 views", "5 min read", "7 コメント"),
    ],
)
def test_labels_of_links_and_counters_are_known(text):
    assert is_label(text)


@pytest.mark.parametrize(
    "text",
    [
        *("View all press releases", "See all events", "All announcements"),
        *("Alle Meldungen anzeigen", "Voir toutes les actualités", "Ver todas las noticias"),
    ],
)
def test_a_link_to_all_of_anything_is_a_label(text):
    assert is_label(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "More houses for Leeds",
            "All schools reopen",
            "See all the winners",
            "Read more books, says the mayor",
            "Mehrere Verletzte",
            "Plus belle",
        ),
        *(
            "3 comments on the budget of the town",
            "12 views of Leeds",
            "Bridge reopens",
            "2024",
            "12",
        ),
        *("更多大桥重新开放", "Leer es vivir", "Opening"),
    ],
)
def test_headlines_that_begin_like_a_label_are_none(text):
    assert not is_label(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Unsubscribe", "UNSUBSCRIBE »", "View this email in your browser", "Privacy Policy"),
        *(
            "Im Browser ansehen",
            "Se désinscrire",
            "Darse de baja",
            "Отписаться",
            "配信停止",
            "退订",
        ),
    ],
)
def test_the_service_links_of_a_letter_are_known(text):
    assert is_service(text)


@pytest.mark.parametrize(
    "text", ["Privacy policy of the town is void", "Printing", "Read more", ""]
)
def test_other_links_are_no_service(text):
    assert not is_service(text)


def test_a_class_word_says_one_thing():
    assert not TITLE_NAMES & META_NAMES
    assert not META_NAMES & PROSE_NAMES
    assert not PROSE_NAMES & TITLE_NAMES
    assert all(word == word.casefold() for word in TITLE_NAMES | META_NAMES | PROSE_NAMES)
