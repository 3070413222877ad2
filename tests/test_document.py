"""A page made readable: its address, its language, its tree, whatever its bytes."""

from __future__ import annotations

import pytest

from scraper.models import Page
from scraper.parsers.document import Document

URL = "https://city.example/news/list.html?page=2"


def read(html: str | bytes, url: str | None = URL, **known: object) -> Document:
    body = html.encode() if isinstance(html, str) else html
    return Document(Page(**{"url": url, "body": body, "encoding": "utf-8"} | known))


# Addresses


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a", "https://city.example/a"),
        ("a", "https://city.example/news/a"),
        ("../a", "https://city.example/a"),
        ("?page=3", "https://city.example/news/list.html?page=3"),
        ("//b.example/a", "https://b.example/a"),
        ("http://b.example", "http://b.example/"),
        ("  /a\n", "https://city.example/a"),
        ("/a b", "https://city.example/a%20b"),
        ("/ä", "https://city.example/%C3%A4"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("/a#b", "https://city.example/a#b"),
        ("HTTPS://B.example/A", "https://b.example/A"),
        ("https://user:secret@b.example/a", "https://b.example/a"),
        ("https://user@b.example/a", "https://b.example/a"),
        ("/a@b", "https://city.example/a@b"),
        (f"/{'a' * 2082}", f"https://city.example/{'a' * 2082}"),
        # what is no address of a page
        ("", None),
        ("   ", None),
        ("#", None),
        (None, None),
        ("javascript:void(0)", None),
        ("mailto:a@b.example", None),
        ("data:text/html,a", None),
        ("tel:123", None),
        ("file:///etc/passwd", None),
        ("ftp://b.example/a", None),
        ("https://[", None),
        (f"/{'a' * 2083}", None),
    ],
)
def test_a_link_leads_to_an_http_address_or_nowhere(href, expected):
    assert read("").absolute_url(href) == expected


@pytest.mark.parametrize(
    ("html", "base"),
    [
        ("", URL),
        ("<base href=/a/>", "https://city.example/a/"),
        ("<BASE HREF='https://b.example/'>", "https://b.example/"),
        ("<base target=_top><base href=/b/>", "https://city.example/b/"),
        ("<base href=/a/><base href=/b/>", "https://city.example/a/"),
        ("<base href=''>", URL),
        ("<base href='javascript:x'>", URL),
        ("<base href='https://['>", URL),
        ("<!-- <base href=/a/> -->", URL),
    ],
)
def test_links_are_relative_to_the_first_base_that_leads_somewhere(html, base):
    assert read(html).base_url == base


def test_without_an_address_relative_links_lead_nowhere():
    document = read("<p>A", None)
    assert document.base_url is None
    assert document.absolute_url("/a") is None
    assert document.absolute_url("https://b.example/a") == "https://b.example/a"


def test_without_an_address_a_whole_base_still_counts():
    assert read("<base href='https://b.example/x/'>", None).absolute_url("a") == (
        "https://b.example/x/a"
    )
    assert read("<base href='/x/'>", None).absolute_url("a") is None


# Language


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=de>", "de"),
        ("<!DOCTYPE html>\n<HTML LANG='en-GB'>", "en-GB"),
        ("<html lang='pt_BR'>", "pt-BR"),
        ("<html lang=' fr '>", "fr"),
        ("<html xml:lang=sv>", "sv"),
        ("<html lang='' xml:lang=sv>", "sv"),
        ("<html>", None),
        ("<html lang=''>", None),
        ("<p lang=de>A", None),
        ("", None),
    ],
)
def test_the_language_is_what_the_page_says_of_itself(html, language):
    assert read(html).language == language


# Bytes and text


def test_text_is_decoded_by_what_the_server_says():
    assert read("Новости".encode("cp1251"), encoding="cp1251").text == "Новости"
    assert read("<meta charset=cp1251>Новости".encode("cp1251"), encoding=None).text.endswith(
        "Новости"
    )


def test_a_page_that_was_cut_off_says_so():
    assert read("<p>A").warnings == []
    document = read("<p>A", complete=False)
    assert document.warnings == ["the page was cut off before its end"]
    assert not document.complete


def test_characters_that_had_to_be_replaced_are_told():
    document = read("Ä中".encode() * 50 + b"\xff")
    assert document.text == "Ä中" * 50 + "\ufffd"
    assert len(document.warnings) == 1


# The tree


@pytest.mark.parametrize("body", [b"", b"  \n\t "])
def test_a_page_without_any_element_has_no_tree(body):
    assert read(body).root is None


def words(document: Document) -> list[str]:
    return [text for one in document.root.iter() for text in (one.text, one.tail) if text]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>A<p>B", ["A", "B"]),
        ("<p>A<!-- no --><?no no?>B", ["AB"]),
        ("<p>Ä 中", ["Ä 中"]),
        # The bytes that a declared charset cannot hold end nothing.
        ("<meta charset=ascii><p>Ä<p>B", ["Ä", "B"]),
        ("A", ["A"]),
    ],
)
def test_the_tree_holds_all_the_text(html, expected):
    assert words(read(html)) == expected


def test_a_page_nested_beyond_the_limits_of_the_fast_parser_loses_nothing():
    html = "<div>" * 3000 + "<a href=/x>A</a>\x0b<b 1=2 c=d>B</b><x:y>C</x:y>" + "<p>D"
    root = read(html).root
    assert "".join(root.itertext()).split() == ["A", "BCD"]
    assert [a.get("href") for a in root.iter("a")] == ["/x"]
    depth, node = 0, next(root.iter("a"))
    while (node := node.getparent()) is not None:
        depth += 1
    assert depth <= 200


@pytest.mark.parametrize("view", ["root", "outline", "language", "base_url"])
def test_a_view_is_made_once(view):
    document = read("<html lang=de><p>A")
    assert getattr(document, view) is getattr(document, view)
