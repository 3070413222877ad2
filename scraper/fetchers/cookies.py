"""Cookies of one source, which nobody else gets to see."""

from __future__ import annotations

from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.request import Request

from urllib3.response import HTTPResponse

from scraper.fetchers.web_address import WebAddress

__all__ = ["SourceCookies"]

_ORIGIN = "origin"


class SourceCookies:
    """What servers set while one source is fetched."""

    def __init__(self) -> None:
        self._jar = CookieJar(_Policy())

    def header(self, address: WebAddress) -> str | None:
        """Return the Cookie header for *address*, None where there is none to send."""
        if not len(self._jar):
            return None
        request = _request(address)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")

    def keep(self, address: WebAddress, response: HTTPResponse) -> None:
        """Remember what *response* sets."""
        lines = response.headers.getlist("Set-Cookie")
        if lines:
            message = _Lines()
            for line in lines:
                message["Set-Cookie"] = line
            self._jar.extract_cookies(message, _request(address))  # type: ignore[arg-type]


class _Lines(Message):
    """Headers as http.cookiejar asks an answer for them."""

    def info(self) -> Message:
        return self


class _Policy(DefaultCookiePolicy):
    """A cookie goes back to its scheme, host and port, unless it was set for a whole domain."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        cookie.set_nonstandard_attr(_ORIGIN, _origin(request))
        return super().set_ok(cookie, request)

    def return_ok(self, cookie: Cookie, request: Request) -> bool:
        own = cookie.get_nonstandard_attr(_ORIGIN) == _origin(request)
        return (own or cookie.domain_specified) and super().return_ok(cookie, request)


def _request(address: WebAddress) -> Request:
    return Request(address.url)  # noqa: S310 - nobody opens it


def _origin(request: Request) -> str:
    return f"{request.type}://{request.host}"
