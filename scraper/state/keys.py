"""What all spellings of an entry's address, or of its headline, have in common."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from scraper.exporters.base import without_surrogates
from scraper.models import Source
from scraper.urls import page_key, without_secrets

__all__ = ["entry_url_key", "link_shape", "source_key", "title_key"]

# What mailings, campaigns and sessions add to an address: the page behind it is the same. From the
# documents of Google Analytics, Matomo, Adobe, AT Internet, HubSpot, Mailchimp and of the browsers
# that take them away. "ref" and "source" are not here: registers number their entries with them.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)|hsa_\w+|oly_\w+|at_(?:medium|campaign"
    r"|custom\d)|(?:fb|g|gbra|wbra|d|y|ms|tt|tw|li_fat_)cl(?:id|kid|sid)|gbraid|wbraid|li_fat_id"
    r"|igshid|igsh|mc_[ce]id|_ga|_gl|_hs(?:enc|mi)|__hs\w+|mkt_tok|xtor|wt[._]mc(?:_id|_o)?|spm|cmpid"
    r"|ncid|s_cid|vero_id|trk|ref_src|jsessionid|phpsessid|sessionid|session_id|aspsessionid\w*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_LAST_STEP = re.compile(r"/[^/]*$")
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_MARKS = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_SPELLINGS = (
    ("'", "\u2018\u2019"),
    ('"', "\u201c\u201d\u201e\u00ab\u00bb"),
    ("-", "\u2010-\u2015"),
)
_LIKE = tuple((re.compile(f"[{odd}]"), plain) for plain, odd in _SPELLINGS)


@lru_cache(maxsize=8_192)
def entry_url_key(url: str) -> str:
    """Return what all addresses of the page behind *url* have in common.

    Scheme, case of the host, default port, order of the query, a slash at the end, and parameters
    that count visits or let visitors in make no other page. A fragment does: a page of notices has
    one for each.

    >>> entry_url_key("http://Example.org:80/a/?b=2&a=1&utm_source=x") == entry_url_key(
    ...     "https://example.org/a?a=1&b=2")
    True
    >>> entry_url_key("https://example.org/a#1") == entry_url_key("https://example.org/a#2")
    False
    """
    bare, _, fragment = _SESSION.sub("", url).partition("#")
    parts = urlsplit(page_key(bare))
    host = parts.netloc.removesuffix(":80" if parts.scheme == "http" else ":443")
    query = urlencode(
        [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.fullmatch(name)
        ]
    )
    key = host + parts.path.rstrip("/") + (f"?{query}" if query else "")
    # Text fragments and counters in the place of an anchor point at no part of the page.
    anchor = "" if fragment.startswith(":~:") or "=" in fragment else fragment
    return f"{key}#{anchor}" if anchor else key


def link_shape(key: str) -> str:
    """Return what the addresses of one kind of entries have in common; *key* is that of one.

    >>> link_shape("a.example/2024/03/bridge?id=7")
    'a.example/0/0/?id'
    """
    path, _, query = key.partition("?")
    names = "&".join(part.partition("=")[0] for part in query.split("&"))
    return f"{_DIGITS.sub('0', _LAST_STEP.sub('/', path))}?{names}"


def title_key(title: str) -> str:
    """Return what *title* has in common with its other spellings: case, blanks, quotes, dashes.

    >>> title_key("Bridge  reopens – “at last”") == title_key('bridge reopens - "At last"')
    True
    """
    text = title.casefold()
    for odd, plain in _LIKE:
        text = odd.sub(plain, text)
    return _MARKS.sub(" ", text).strip(" .\u2026")


def source_key(source: Source) -> str:
    """Return what *source* is remembered by: a seed's name, else its address, else its file.

    >>> source_key(Source(name="http://a.example", url="http://a.example")) == source_key(
    ...     Source(name="monday.html", path="monday.html", url="http://A.example/"))
    True
    """
    is_seed = source.path is None and source.name != without_secrets(source.url or "")
    if source.url is None or is_seed:
        return without_surrogates(f"name {source.name}")
    return without_surrogates(f"page {page_key(source.url)}")
