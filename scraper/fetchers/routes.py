"""Whether an address may be asked, and whom to dial for it."""

from __future__ import annotations

from scraper.errors import PolicyError
from scraper.fetchers.addresses import Resolver, is_public
from scraper.fetchers.connections import Route
from scraper.fetchers.errands import Errand
from scraper.fetchers.proxies import Proxy, find_proxy
from scraper.fetchers.web_address import WebAddress

__all__ = ["Router"]


class Router:
    """Judges addresses by what their names mean now, and dials nothing else."""

    def __init__(self, *, resolve: Resolver, trust_env: bool) -> None:
        self._resolve = resolve
        self._trust_env = trust_env

    def route(self, errand: Errand, address: WebAddress, *, timeout_s: float) -> Route:
        """Return the route to *address*, or raise PolicyError; OSError for a name without one.

        What the user typed may be any host; what pages and servers name must be public, or the
        host and port that the user typed, at the addresses which that had in the beginning.
        """
        proxy = find_proxy(address) if self._trust_env else None
        if proxy is not None:
            return self._proxied(errand, address, proxy, timeout_s)
        if errand.is_typed(address):
            errand.pinned = errand.pinned or tuple(self._resolve(address.origin.host, timeout_s))
            return Route(errand.pinned, address.origin.port)
        found = tuple(self._resolve(address.origin.host, timeout_s))
        if not all(map(is_public, found)):
            raise _refused(errand, address)
        return Route(found, address.origin.port)

    def _proxied(
        self, errand: Errand, address: WebAddress, proxy: Proxy, timeout_s: float
    ) -> Route:
        # The proxy looks names up for itself, perhaps such as only it knows.
        if not errand.is_typed(address):
            try:
                found = self._resolve(address.origin.host, timeout_s)
            except OSError:
                found = ()
            if not all(map(is_public, found)):
                raise _refused(errand, address)
        return Route(tuple(self._resolve(proxy.host, timeout_s)), proxy.port, proxy)


def _refused(errand: Errand, address: WebAddress) -> PolicyError:
    return PolicyError(
        errand.subject,
        f"it leads to {address.authority[:100]}, which is not on the public internet",
        advice="if you trust it, name that address yourself",
    )
