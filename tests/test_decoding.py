import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.decoding import decode

RUSSIAN = "<p>Правительство утвердило новую программу развития северных портов</p>" * 5
JAPANESE = "<p>環境省は本日、大気汚染に関する新しい報告書を公表しました。</p>" * 5
CHINESE = "<p>生态环境部今日发布关于加强水污染防治工作的通知</p>" * 5
FRENCH = "<p>Le Conseil d’État a rejeté les requêtes dirigées contre le décret</p>" * 5
META = '<html><head><meta charset="{}"></head>'


@pytest.mark.parametrize(
    ("body", "header", "encoding"),
    [
        (FRENCH.encode(), None, "utf-8"),
        (FRENCH.encode(), "utf-8", "utf-8"),
        (FRENCH.encode(), "ISO-8859-1", "utf-8"),
        (FRENCH.encode("cp1252"), "ISO-8859-1", "cp1252"),
        (FRENCH.encode("cp1252"), " 'Latin1' ", "cp1252"),
        ((META.format("windows-1251") + RUSSIAN).encode("cp1251"), None, "cp1251"),
        ((META.format("utf-8") + RUSSIAN).encode("cp1251"), "windows-1251", "cp1251"),
        ((META.format("Shift_JIS") + JAPANESE).encode("cp932"), None, "cp932"),
        ((META.format("x-sjis") + JAPANESE).encode("cp932"), None, "cp932"),
        ((META.format("windows-1251") + RUSSIAN).encode("cp1251"), "utf-8", "cp1251"),
        (JAPANESE.encode("euc_jp"), "x-euc-jp", "euc_jp"),
        ((META.format("gb2312") + CHINESE).encode("gb18030"), None, "gb18030"),
        ((META.format("iso-2022-jp") + JAPANESE).encode("iso2022_jp"), None, "iso2022_jp"),
        (RUSSIAN.encode("utf-16-le"), "utf-16", "utf-16-le"),
        (("<html>" + " " * 60 + RUSSIAN).encode("utf-16-be"), None, "utf-16-be"),
        (codecs.BOM_UTF8 + FRENCH.encode(), "windows-1251", "utf-8"),
        (codecs.BOM_UTF16_LE + JAPANESE.encode("utf-16-le"), "utf-8", "utf-16-le"),
        (codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be"), None, "utf-16-be"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(body, header, encoding):
    decoded = decode(body, encoding=header)
    assert decoded.encoding == encoding
    assert decoded.warnings == ()
    assert decoded.text.endswith(("décret</p>", "портов</p>", "しました。</p>", "通知</p>"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "cp1251"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gb18030")],
)
@pytest.mark.parametrize("claim", ["", META.format("utf-8")])
def test_a_page_that_says_nothing_or_wrong_is_detected(text, encoding, claim):
    decoded = decode((claim + text).encode(encoding), encoding=None)
    assert decoded.text == claim + text
    assert decoded.warnings == ()


@pytest.mark.parametrize(
    "label",
    ["utf-7", "zlib", "base64", "rot13", "unicode_escape", "punycode", "undefined", "klingon"],
)
def test_labels_that_no_browser_knows_are_not_believed(label):
    assert decode(b"+ADw-script", encoding=label).text == "+ADw-script"
    assert decode(META.format(label).encode() + b"\\u003c", encoding=None).text.endswith("\\u003c")


def test_few_utf_8_looking_bytes_do_not_overrule_a_declared_legacy_encoding():
    body = "联通".encode("gbk")
    assert body.decode("utf-8", "replace") != "联通"
    assert decode(body, encoding="gbk").text == "联通"


def test_a_damaged_byte_in_utf_8_costs_one_character_and_a_warning():
    decoded = decode(RUSSIAN.encode() + b"\xff" + RUSSIAN.encode(), encoding=None)
    assert decoded.text == RUSSIAN + "\ufffd" + RUSSIAN
    assert decoded.warnings == ("1 character could not be read as utf-8: shown as \ufffd",)


def test_replacement_characters_of_the_page_itself_are_told_apart():
    decoded = decode("<p>Prague \ufffd a plan</p>".encode(), encoding=None)
    assert decoded.warnings == (
        "1 character had been lost before the page was made: shown as \ufffd",
    )


def test_nuls_are_dropped():
    assert decode(b"<p>a\0b</p>\0", encoding=None).text == "<p>ab</p>"


def test_a_declaration_after_a_long_comment_still_counts():
    body = b"<!--" + b"-" * 3000 + b'--><meta charset="windows-1251">' + RUSSIAN.encode("cp1251")
    assert decode(body, encoding=None).encoding == "cp1251"


def test_detection_looks_at_a_bounded_sample():
    body = ("<p>" + RUSSIAN + "</p>").encode("cp1251") * 10_000
    started = time.perf_counter()
    assert decode(body, encoding=None).encoding == "cp1251"
    assert time.perf_counter() - started < 2


@given(
    st.binary(max_size=200), st.sampled_from([None, "utf-8", "utf-16", "gbk", "big5", "x", "sjis"])
)
def test_any_bytes_have_a_text(body, encoding):
    decoded = decode(body, encoding=encoding)
    assert "\0" not in decoded.text
    assert bool(decoded.warnings) == ("\ufffd" in decoded.text)
    decoded.text.encode()
