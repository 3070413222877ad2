"""What requests end with when they do not end with a page."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

from scraper.errors import (
    FetchError,
    IncompleteError,
    PolicyError,
    ScrapeError,
    StatusError,
    TooSlowError,
    UnreachableError,
)
from scraper.fetchers.encodings import BrokenEncodingError

__all__ = ["TransientError", "named_faults", "status_fault"]

_ADVICE = {
    304: "nobody asked whether it was: try again, or without the cache in between",
    401: "save the page from a browser and name the file",
    403: "the site turns programs away: save the page from a browser and name the file",
    404: "look up the page's address again",
    410: "look up the page's address again",
    429: "wait, and ask less often",
}


class TransientError(Exception):
    """A fault that another request may not meet; *error* is what it is if that meets it too."""

    def __init__(self, error: ScrapeError, *, retry_after: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        #: The header, as it came.
        self.retry_after = retry_after


def status_fault(code: int, subject: str) -> StatusError:
    """Return the error for an answer of status *code*, which carries no page."""
    try:
        phrase = f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        phrase = str(code)
    advice = _ADVICE.get(code) or ("try again later" if code >= 500 else None)
    return StatusError(subject, f"the server answered {phrase}", advice=advice)


@contextmanager
def named_faults(subject: str) -> Iterator[None]:
    """Turn what the system, ssl, http.client and urllib3 raise into errors: here, nowhere else.

    Theirs may hold whole addresses, so the cause that is kept is the innermost one, the operating
    system's.
    """
    try:
        yield
    except (ScrapeError, TransientError):
        raise
    except (
        OSError,
        http.client.HTTPException,
        urllib3.exceptions.HTTPError,
        BrokenEncodingError,
    ) as error:
        chain = list(_causes(error))
        fault = _fault(subject, chain)
        cause = _innermost(chain)
        if isinstance(fault, TransientError):
            fault.error.__cause__ = cause
            raise fault from None
        raise fault from cause


def _fault(subject: str, chain: list[BaseException]) -> ScrapeError | TransientError:
    def met(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in chain)

    if met(*_SHORT):
        text = "the page ended before its announced end"
        return TransientError(IncompleteError(subject, text, advice="try again later"))
    if met(ssl.SSLCertVerificationError):
        text = "its certificate is not to be trusted"
        advice = "--insecure does without, at your risk"
        return PolicyError(subject, text, advice=advice)
    if met(ssl.SSLError) and not met(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return UnreachableError(subject, "no secure connection", advice="check the address")
    if met(TimeoutError):
        return TooSlowError(subject, "no answer in time", advice="try again later")
    if met(http.client.BadStatusLine, http.client.HTTPException) and not met(ConnectionError):
        return FetchError(subject, "no answer in HTTP", advice="check the address")
    error = UnreachableError(subject, "no connection", advice="check the address and the network")
    if met(socket.gaierror) and not _may_be_found_later(chain):
        return error
    return TransientError(error)


# What breaks in the middle of a body.
_SHORT = (
    BrokenEncodingError,
    http.client.IncompleteRead,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.DecodeError,
)


def _may_be_found_later(chain: list[BaseException]) -> bool:
    found = [one for one in chain if isinstance(one, socket.gaierror)]
    return any(one.errno == socket.EAI_AGAIN for one in found)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was made of, outermost first; urllib3 hides some in arguments."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), error)


def _innermost(chain: list[BaseException]) -> BaseException | None:
    last = chain[-1]
    plain = isinstance(last, OSError) and not isinstance(last, http.client.HTTPException)
    return last if plain else None
