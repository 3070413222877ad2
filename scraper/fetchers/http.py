"""Pages from the web."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from importlib.metadata import version

import requests
import urllib3

from scraper.errors import (
    FetchError,
    IncompleteError,
    PolicyError,
    StatusError,
    TooSlowError,
    UnreachableError,
)
from scraper.fetchers.limits import (
    CONNECT_S,
    IDLE_S,
    MOST_BYTES,
    MOST_REDIRECTS,
    WHOLE_S,
    too_large,
)
from scraper.models import Page, Source
from scraper.urls import is_address, without_secrets

__all__ = ["HttpFetcher"]

_PIECE = 64 * 1024
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# Headers that let somebody in, or tell who was.
_SECRET_HEADERS = frozenset(
    {"set-cookie", "set-cookie2", "authorization", "www-authenticate", "authentication-info"}
)
_ADVICE = {
    401: "save the page from a browser and name the file",
    403: "the site turns programs away: save the page from a browser and name the file",
    404: "look up the page's address again",
    410: "look up the page's address again",
    429: "wait, and ask less often",
}


def _now() -> datetime:
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches pages over http and https, honest about what it is.

    *clock* tells when a page was fetched (UTC; kept to the second).
    """

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        idle_s: float = IDLE_S,
        whole_s: float = WHOLE_S,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._timeouts = (connect_s, idle_s)
        self._whole_s = whole_s
        self._clock = clock

    def fetch(self, source: Source) -> Page:
        """Return the page at the address of *source*, after redirects."""
        subject = source.name
        url = source.url or ""
        if not is_address(url):
            raise PolicyError(subject, f'not an http(s) address: "{without_secrets(url)}"')
        deadline = time.monotonic() + self._whole_s
        with (
            _named_faults(subject),
            _open_session() as session,
            session.get(
                url, headers=_headers(source), timeout=self._timeouts, stream=True
            ) as response,
        ):
            _check_status(response, subject)
            body = _read_pieces(response, subject, deadline)
            return self._make_page(response, body)

    def _make_page(self, response: requests.Response, body: bytes) -> Page:
        return Page(
            url=without_secrets(response.url),
            body=body,
            fetched_at=self._clock().astimezone(UTC).replace(microsecond=0),
            encoding=_charset(response.headers.get("Content-Type")),
            status=response.status_code,
            headers=_public_headers(response.headers),
        )


def _open_session() -> requests.Session:
    session = requests.Session()
    session.max_redirects = MOST_REDIRECTS
    return session


def _headers(source: Source) -> dict[str, str]:
    headers = {"User-Agent": f"scraper/{version('scraper')}", "Accept": _ACCEPT}
    if source.language:
        headers["Accept-Language"] = source.language
    return headers


def _check_status(response: requests.Response, subject: str) -> None:
    code = response.status_code
    if 200 <= code < 300:
        return
    try:
        phrase = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        phrase = str(code)
    advice = _ADVICE.get(code) or ("try again later" if code >= 500 else None)
    raise StatusError(subject, f"the server answered {phrase}", advice=advice)


def _read_pieces(response: requests.Response, subject: str, deadline: float) -> bytes:
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise too_large(subject)
        if time.monotonic() > deadline:
            raise TooSlowError(subject, "the body went on and on", advice="raise --timeout")
    return bytes(body)


def _charset(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type header names.

    >>> _charset('text/html; Charset="ISO-8859-15"')
    'iso-8859-15'
    """
    message = Message()
    message["Content-Type"] = " ".join((content_type or "").split())
    return message.get_content_charset() or None


def _public_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() not in _SECRET_HEADERS
    }


@contextmanager
def _named_faults(subject: str) -> Iterator[None]:
    """Turn what requests and urllib3 raise into this program's errors: here and nowhere else.

    Their own texts hold whole addresses, so the cause that is kept is the innermost one, the
    operating system's.
    """
    try:
        yield
    # UnicodeError: a host name in a Location header that IDNA does not allow.
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        OSError,
        UnicodeError,
    ) as error:
        raise _fault(subject, error) from _innermost(error)


def _fault(subject: str, error: Exception) -> FetchError | PolicyError:
    chain = list(_causes(error))
    if any(isinstance(one, requests.TooManyRedirects) for one in chain):
        return UnreachableError(subject, f"more than {MOST_REDIRECTS} redirects")
    if any(isinstance(one, _FORBIDDEN) for one in chain):
        return PolicyError(subject, "it leads to what is not an http(s) address")
    if any(isinstance(one, _SLOW) and not isinstance(one, _REFUSED) for one in chain):
        return TooSlowError(subject, "no answer in time", advice="try again later")
    if any(isinstance(one, _SHORT) for one in chain):
        return IncompleteError(
            subject, "the page ended before its announced end", advice="try again later"
        )
    if any(isinstance(one, requests.exceptions.SSLError) for one in chain):
        return UnreachableError(
            subject, "no secure connection", advice="--insecure does without, at your risk"
        )
    return UnreachableError(subject, "no connection", advice="check the address and the network")


_FORBIDDEN = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidURL,
    UnicodeError,
)
# urllib3 derives a refused connection from one that timed out.
_REFUSED = urllib3.exceptions.NewConnectionError
_SLOW = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_SHORT = (
    urllib3.exceptions.IncompleteRead,
    urllib3.exceptions.DecodeError,
    urllib3.exceptions.InvalidChunkLength,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was made of, outermost first; urllib3 hides some in arguments."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), error)


def _innermost(error: BaseException) -> BaseException | None:
    last = list(_causes(error))[-1]
    plain = isinstance(last, OSError) and not isinstance(last, requests.RequestException)
    return last if plain or isinstance(last, urllib3.exceptions.IncompleteRead) else None
