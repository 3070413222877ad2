"""Which fetcher for which source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.fetchers.archive import ArchiveFetcher
from scraper.fetchers.browser import BrowserFetcher
from scraper.fetchers.file import FileFetcher, StdinFetcher
from scraper.fetchers.http import HttpFetcher
from scraper.fetchers.mail import MailFetcher, is_mail
from scraper.models import Page, Source

if TYPE_CHECKING:
    from scraper.pipeline import Fetcher

__all__ = ["RoutingFetcher"]


class RoutingFetcher:
    """Reads by itself what is at hand, and asks *web* for everything else.

    Pages that a browser must render are asked of *browser*; a *web* that is not the real one is
    believed to have them as they are when they are rendered.
    """

    def __init__(
        self,
        *,
        web: Fetcher | None = None,
        stdin: Fetcher | None = None,
        browser: Fetcher | None = None,
    ) -> None:
        self._web = web or HttpFetcher()
        real = isinstance(self._web, HttpFetcher)
        self._browser = browser or (BrowserFetcher(self._web) if real else self._web)
        self._stdin = stdin or StdinFetcher()
        self._files = FileFetcher()
        self._archives = ArchiveFetcher()
        self._mail = MailFetcher()

    def fetch(self, source: Source) -> Page:
        """Return the page of *source*, wherever it is."""
        return self._fetcher_of(source).fetch(source)

    def _fetcher_of(self, source: Source) -> Fetcher:
        if source.path is None:
            return self._browser if source.render else self._web
        if source.place is not None:
            return self._archives
        if source.path == "-":
            return self._stdin
        return self._mail if is_mail(source.path) else self._files
