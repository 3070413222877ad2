"""Proxies that the environment names, for those who ask for them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.request import getproxies_environment, proxy_bypass

from scraper.errors import UsageError
from scraper.fetchers.web_address import WebAddress, read_address
from scraper.urls import is_address

__all__ = ["Proxy", "find_proxy"]


class Proxy(NamedTuple):
    """A proxy that speaks plain http; secure pages go through a tunnel."""

    host: str
    port: int
    authorization: str | None = None


def find_proxy(address: WebAddress) -> Proxy | None:
    """Return the proxy for *address*: ``http_proxy``, ``https_proxy``, ``all_proxy``, ``no_proxy``.

    ``HTTP_PROXY`` counts only outside of CGI, where it would be a visitor's header.
    """
    settings = getproxies_environment()
    value = settings.get(address.origin.scheme) or settings.get("all")
    if not value or proxy_bypass(address.authority):
        return None
    text = value if "://" in value else f"http://{value}"
    if not is_address(text) or not text.lower().startswith("http://"):
        name = f"{address.origin.scheme}_proxy"
        raise UsageError(name, "not the address of an http proxy", advice="it begins with http://")
    proxy = read_address(text, subject="proxy")
    return Proxy(*proxy.server, proxy.authorization)
