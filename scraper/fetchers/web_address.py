"""A web address in its parts, as browsers read it."""

from __future__ import annotations

import base64
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import ada_url
import msgspec

from scraper.errors import PolicyError
from scraper.fetchers.limits import LONGEST_URL
from scraper.urls import is_address, without_secrets

__all__ = ["Origin", "WebAddress", "read_address"]

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """What credentials, cookies and rules for robots belong to."""

    scheme: str
    host: str
    port: int


class WebAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request goes. Odd spellings of a host (``0x7f.1``, ``①②⑦.0.0.1``) are gone."""

    origin: Origin
    #: Host and, unless it is the usual one, port.
    authority: str
    #: Path and query.
    target: str
    #: With its ``#``, or empty.
    fragment: str = ""
    #: Value of an Authorization header, for a user name and password in the address.
    authorization: str | None = None

    @property
    def url(self) -> str:
        """The whole address, without user name and password."""
        return f"{self.asked}{self.fragment}"

    @property
    def asked(self) -> str:
        """The address as a server sees it, without fragment."""
        return f"{self.origin.scheme}://{self.authority}{self.target}"

    @property
    def server(self) -> tuple[str, int]:
        """Host and port."""
        return self.origin.host, self.origin.port

    def join(self, location: str, *, subject: str) -> WebAddress:
        """Return where a Location header leads from here; a stranger's credentials are left out.

        The fragment stays, unless there is another (RFC 9110, 10.2.2).
        """
        try:
            url = ada_url.URL(location, base=self.url)
        except ValueError:
            raise PolicyError(subject, "it leads to what is not an http(s) address") from None
        if url.protocol not in ("http:", "https:"):
            raise PolicyError(subject, "it leads to what is not an http(s) address")
        joined = _address_of(url)
        if len(joined.url) > LONGEST_URL:
            raise PolicyError(subject, f"it leads to an address longer than {LONGEST_URL:,}")
        fragment = joined.fragment or self.fragment
        return msgspec.structs.replace(joined, fragment=fragment, authorization=None)


def read_address(text: str, *, subject: str) -> WebAddress:
    """Return the http(s) address that *text* is, or raise PolicyError."""
    if not is_address(text):
        raise PolicyError(subject, f'not an http(s) address: "{without_secrets(text)[:200]}"')
    return _address_of(ada_url.URL(text))


def _address_of(url: ada_url.URL) -> WebAddress:
    scheme = url.protocol.removesuffix(":")
    return WebAddress(
        origin=Origin(scheme, url.hostname, int(url.port or _PORTS[scheme])),
        authority=url.host,
        target=url.pathname + url.search,
        fragment=url.hash,
        authorization=_authorization(url.username, url.password),
    )


def _authorization(name: str, password: str) -> str | None:
    """Return the header for a user name and password.

    >>> _authorization("ann", "p%40w")
    'Basic YW5uOnBAdw=='
    """
    if not name and not password:
        return None
    pair = unquote_to_bytes(name) + b":" + unquote_to_bytes(password)
    return f"Basic {base64.b64encode(pair).decode('ascii')}"
