"""Pages that build their list by script: a browser runs that, and the page is what it has made."""

from __future__ import annotations

import shutil
import threading
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from scraper.errors import UsageError
from scraper.fetchers.addresses import Resolver, resolve_host
from scraper.fetchers.limits import CONNECT_S, CONTACT, IDLE_S, WHOLE_S
from scraper.fetchers.routes import Router
from scraper.models import Page, Source

if TYPE_CHECKING:
    from scraper.pipeline import Fetcher

__all__ = ["BrowserFetcher", "RenderingRules", "find_browser"]

#: What a Chromium may be called, the first that is there taken.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Browsers at once: each takes some 300 MB and most of a processor.
_MOST_BROWSERS = 2


class RenderingRules(NamedTuple):
    """What every rendering keeps to."""

    #: Who asks, for the User-Agent.
    agent: str
    #: Judges addresses.
    router: Router
    connect_s: float
    idle_s: float
    whole_s: float
    insecure: bool


def find_browser(subject: str) -> str:
    """Return the path of the Chromium that is installed; UsageError says what to install."""
    if find_spec("playwright") is None:
        advice = "pip install 'scraper[browser]'"
        raise UsageError(subject, "the extra that renders is not installed", advice=advice)
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        advice = "install one, such as: apt-get install chromium"
        raise UsageError(subject, "no Chromium is installed", advice=advice)
    return found


class BrowserFetcher:
    """Renders what another fetcher gets. For any number of threads; a few browsers run at once.

    The page itself comes from *web*, with all its rules, and a browser of its own runs it for up to
    *whole_s* more. What the page asks for is judged like a redirect: it must be public, or on the
    host and port that the user typed. Pictures, films and fonts are not loaded; there are no
    downloads, dialogs, service workers or other windows, and nothing is kept from one page to the
    next. A page that does not come to rest is taken as it is then, and is not *complete*.
    """

    def __init__(
        self,
        web: Fetcher,
        *,
        connect_s: float = CONNECT_S,
        idle_s: float = IDLE_S,
        whole_s: float = WHOLE_S,
        insecure: bool = False,
        user_agent: str | None = None,
        contact: str = CONTACT,
        resolve: Resolver = resolve_host,
    ) -> None:
        self._web = web
        self._rules = RenderingRules(
            agent=user_agent or f"scraper/{version('scraper')}; +{contact}",
            router=Router(resolve=resolve, trust_env=False),
            connect_s=connect_s,
            idle_s=idle_s,
            whole_s=whole_s,
            insecure=insecure,
        )
        self._turns = threading.BoundedSemaphore(_MOST_BROWSERS)

    def fetch(self, source: Source) -> Page:
        """Return the page at the address of *source*, as its scripts make it."""
        executable = find_browser(source.name)
        page = self._web.fetch(source)
        if page.url is None or not _is_html(page):
            return page
        # It takes a while to load what only this needs.
        from scraper.fetchers.rendering import render

        with self._turns:
            return render(page, source, executable=executable, rules=self._rules)


def _is_html(page: Page) -> bool:
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("", "text/html", "application/xhtml+xml")
