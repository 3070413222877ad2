import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import is_address, page_key, without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org", True),
        ("HTTP://example.org:8080/a?b#c", True),
        ("http://[::1]:80/", True),
        ("https://日本.example/", True),
        ("htps://example.org", False),
        ("https:///news", False),
        ("https:example.org", False),
        ("https://", False),
        ("https://a b/", False),
        ("https://example.org:99999/", False),
        ("//example.org/", False),
        ("example.org/news", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://example.org/" + "a" * 3000, False),
    ],
)
def test_addresses_are_http_and_have_a_host(text, expected):
    assert is_address(text) is expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:pw@example.org/", "https://example.org/"),
        ("https://ann@example.org/@home", "https://example.org/@home"),
        ("https://a:b@c@example.org/", "https://example.org/"),
        ("https://example.org/?api_key=1&q=2", "https://example.org/?api_key=&q=2"),
        ("https://example.org/?X-Amz-Signature=1", "https://example.org/?X-Amz-Signature="),
        ("https://example.org/?keyword=tax", "https://example.org/?keyword=tax"),
        ("https://example.org/a@b?c=d", "https://example.org/a@b?c=d"),
        ('no route to "http://ann:pw@h/x" now', 'no route to "http://h/x" now'),
    ],
)
def test_secrets_do_not_show(text, shown):
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://EXAMPLE.org/news?a=1&b=2",
        "https://example.org:443/news?b=2&a=1#top",
        "https://ann:pw@example.org/news?a=1&b=2",
        "https://example.org/./x/../news?a=1&b=2",
    ],
)
def test_spellings_of_one_address_share_a_key(url):
    assert page_key(url) == page_key("https://example.org/news?a=1&b=2")


def test_different_pages_have_different_keys():
    urls = ["https://a.example/", "http://a.example/", "https://a.example/?page=2"]
    assert len({page_key(url) for url in urls}) == 3


@given(st.text())
def test_any_text_can_be_asked_about(text):
    assert isinstance(page_key(text), str)
    assert without_secrets(without_secrets(text)) == without_secrets(text)
    is_address(text)
