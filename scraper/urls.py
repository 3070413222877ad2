"""Addresses: which are any, which are the same, and what must not be shown of them."""

from __future__ import annotations

import re
from functools import lru_cache

import ada_url
from w3lib.url import canonicalize_url

__all__ = ["is_address", "page_key", "without_secrets"]

_USERINFO = re.compile(r"(?<=//)[^/?#\\\s\"'<>]*@")
# What services put into a query to let a request in, by name or by the end of a name.
_SECRET_PARAMETER = re.compile(
    r"([?&;])(?:[\w.-]*(?:token|secret|passw(?:or)?d|signature|credential|api[_-]?key)|sig|auth"
    r"|key|pwd|jwt)=[^&;#\s\"'<>]*",
    re.IGNORECASE,
)
# PROMISES: the longest address that is followed.
_LONGEST = 2_083


def is_address(text: str) -> bool:
    """Tell whether *text* is the http(s) address of a host.

    >>> [is_address(text) for text in ("https://example.org/news", "htps://example.org", "/news")]
    [True, False, False]
    """
    if not re.match(r"https?://[^/?#\\]", text, re.IGNORECASE) or len(text) > _LONGEST:
        return False
    try:
        return bool(ada_url.URL(text).hostname)
    except ValueError:
        return False


def without_secrets(text: str) -> str:
    """Return *text*, an address or a message with some, without what lets a stranger in.

    User names and passwords go, and the values of parameters such as ``token`` and ``api_key``.
    The rest stays byte for byte.

    >>> without_secrets("https://ann:pw@example.org/news?page=2&token=s3cret")
    'https://example.org/news?page=2&token='
    """
    if "@" in text:
        text = _USERINFO.sub("", text)
    if "=" in text:
        text = _SECRET_PARAMETER.sub(_emptied, text)
    return text


def _emptied(match: re.Match[str]) -> str:
    return match[0][: match[0].index("=") + 1]


@lru_cache(maxsize=4_096)
def page_key(url: str) -> str:
    """Return what all spellings of a page's address have in common, secrets left out.

    >>> page_key("HTTPS://Example.org:443?b=2&a=1#top") == page_key("https://example.org/?a=1&b=2")
    True
    """
    bare = without_secrets(url.strip())
    try:
        bare = ada_url.URL(bare).href
    except ValueError:
        return bare
    return str(canonicalize_url(bare))
