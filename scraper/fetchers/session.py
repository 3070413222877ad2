"""Pages through a session of the caller's own: logged in, cached, behind a gateway."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message

import requests

from scraper.errors import (
    FetchError,
    IncompleteError,
    PolicyError,
    TooSlowError,
    UnreachableError,
)
from scraper.fetchers.faults import status_fault
from scraper.fetchers.limits import CONNECT_S, IDLE_S, MOST_BYTES, WHOLE_S, too_large
from scraper.models import Page, Source
from scraper.urls import is_address, without_secrets

__all__ = ["SessionFetcher"]

_PIECE = 64 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class SessionFetcher:
    """Fetches pages with a `requests.Session` that the caller has set up.

    For what `HttpFetcher` rightly does not do: a login, a gateway, a cache, other certificates. The
    session's headers, cookies, adapters and redirects are its own, and so are politeness and trust:
    robots.txt is not asked and private addresses are not refused. Kept are the limits on size and
    on the whole time, the latter between two pieces of a body. Raises FetchError, or PolicyError
    for what is no http(s) address.

    >>> fetcher = SessionFetcher(requests.Session())
    >>> fetcher.fetch(Source(name="mail", url="mailto:ada@example.org"))
    Traceback (most recent call last):
    scraper.errors.PolicyError: mail: not an http(s) address: "mailto:ada@example.org"
    """

    def __init__(
        self,
        session: requests.Session,
        *,
        connect_s: float = CONNECT_S,
        idle_s: float = IDLE_S,
        whole_s: float = WHOLE_S,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._session = session
        self._timeouts = (connect_s, idle_s)
        self._whole_s = whole_s
        self._clock = clock

    def fetch(self, source: Source) -> Page:
        """Return the page at the address of *source*, after redirects."""
        url = source.url or ""
        if not is_address(url):
            raise PolicyError(source.name, f'not an http(s) address: "{without_secrets(url)}"')
        headers = {"Accept-Language": source.language} if source.language else {}
        deadline = time.monotonic() + self._whole_s
        with (
            _named_faults(source.name),
            self._session.get(
                url, headers=headers, timeout=self._timeouts, stream=True
            ) as response,
        ):
            if not 200 <= response.status_code < 300:
                raise status_fault(response.status_code, source.name)
            body = _read_pieces(response, source.name, deadline)
            return Page(
                url=without_secrets(response.url),
                body=body,
                fetched_at=self._clock().astimezone(UTC).replace(microsecond=0),
                encoding=_charset(response.headers.get("Content-Type", "")),
                status=response.status_code,
            )


def _read_pieces(response: requests.Response, subject: str, deadline: float) -> bytes:
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise too_large(subject)
        if time.monotonic() > deadline:
            raise TooSlowError(subject, "the body went on and on", advice="allow more time")
    return bytes(body)


def _charset(content_type: str) -> str | None:
    """Return the charset that a Content-Type header names.

    >>> _charset('text/html; Charset="ISO-8859-15"')
    'iso-8859-15'
    """
    message = Message()
    message["Content-Type"] = " ".join(content_type.split())
    return message.get_content_charset() or None


@contextmanager
def _named_faults(subject: str) -> Iterator[None]:
    """Turn what requests raises into this program's errors, without the addresses in its texts."""
    try:
        yield
    except requests.Timeout:
        raise TooSlowError(subject, "no answer in time", advice="try again later") from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        raise IncompleteError(subject, "the page ended before its announced end") from None
    except requests.TooManyRedirects:
        raise UnreachableError(subject, "redirected without end") from None
    except requests.exceptions.SSLError:
        raise UnreachableError(subject, "no secure connection") from None
    except requests.ConnectionError:
        advice = "check the address and the network"
        raise UnreachableError(subject, "no connection", advice=advice) from None
    except requests.RequestException as error:
        raise FetchError(subject, f"not fetched ({type(error).__name__})") from None
