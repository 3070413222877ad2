"""What is remembered of a source while its pages are fetched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from scraper.fetchers.addresses import IpAddress
from scraper.fetchers.cookies import SourceCookies
from scraper.fetchers.web_address import Origin, WebAddress
from scraper.models import Source

__all__ = ["Errand", "Errands"]

# Sources that are under way at once are fewer by far.
_MOST = 1_024


@dataclass(kw_only=True)
class Errand:
    """The user's word for one source, and what servers gave for it."""

    subject: str
    #: Host and port that the user typed; None allows nothing but the public internet.
    server: tuple[str, int] | None
    #: The host's addresses, looked up once: no later answer of a name server can replace them.
    pinned: tuple[IpAddress, ...] = ()
    #: What the user typed to be let in, and for whom.
    credentials: tuple[Origin, str] | None = None
    cookies: SourceCookies = field(default_factory=SourceCookies)
    #: Requests for the page at hand that met a connection which was no more.
    redials: int = 0
    #: For reports: requests sent, robots.txt included, and bytes that came.
    requests: int = 0
    received: int = 0

    def is_typed(self, address: WebAddress) -> bool:
        """Tell whether *address* is on the host and port that the user typed."""
        return address.server == self.server

    def authorization(self, address: WebAddress) -> str | None:
        """Return the Authorization header: the user's, for the very origin it was typed for."""
        if self.credentials is None or self.credentials[0] != address.origin:
            return None
        return self.credentials[1]


class Errands:
    """The errands under way, by source. For any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._errands: OrderedDict[tuple[str, str | None], Errand] = OrderedDict()

    def begin(self, source: Source, address: WebAddress) -> Errand:
        """Return the errand for *source*: a new one, or for a page found on another the same."""
        key = (source.name, source.origin or _server_text(address))
        with self._lock:
            known = self._errands.get(key)
            if known is None or source.origin is None:
                known = self._errands[key] = _make_errand(source, address)
            self._errands.move_to_end(key)
            while len(self._errands) > _MOST:
                self._errands.popitem(last=False)
            return known

    def known(self, source: Source) -> Errand | None:
        """Return the errand of *source*, if it is remembered."""
        with self._lock:
            found = [errand for key, errand in self._errands.items() if key[0] == source.name]
        return found[-1] if found else None


def _make_errand(source: Source, address: WebAddress) -> Errand:
    if source.origin is None:
        typed = address.authorization
        return Errand(
            subject=source.name,
            server=address.server,
            credentials=(address.origin, typed) if typed else None,
        )
    host, _, port = source.origin.rpartition(":")
    server = (host, int(port)) if port.isdecimal() else None
    return Errand(subject=source.name, server=server)


def _server_text(address: WebAddress) -> str:
    return f"{address.origin.host}:{address.origin.port}"
