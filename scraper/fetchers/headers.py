"""Which headers of an answer a page keeps: not those that let somebody in, or tell who was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["SECRET_HEADERS", "public_headers"]

#: In lower case. Cookies are of RFC 6265, the others of RFC 9110, sections 11.6 and 11.7.
SECRET_HEADERS: Final = frozenset(
    {
        "authentication-info",
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "set-cookie2",
        "www-authenticate",
    }
)


def public_headers(headers: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Return *headers*, with names in lower case, that may be kept and shown.

    >>> public_headers([("ETag", '"7"'), ("Set-Cookie", "who=me")])
    {'etag': '"7"'}
    """
    return {
        name.lower(): str(value) for name, value in headers if name.lower() not in SECRET_HEADERS
    }
