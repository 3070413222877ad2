"""Which fetcher for which source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.fetchers.file import FileFetcher, StdinFetcher
from scraper.fetchers.http import HttpFetcher
from scraper.models import Page, Source

if TYPE_CHECKING:
    from scraper.pipeline import Fetcher

__all__ = ["RoutingFetcher"]


class RoutingFetcher:
    """Reads saved pages and standard input by itself, and asks *web* for everything else."""

    def __init__(self, *, web: Fetcher | None = None, stdin: Fetcher | None = None) -> None:
        self._web = web or HttpFetcher()
        self._stdin = stdin or StdinFetcher()
        self._files = FileFetcher()

    def fetch(self, source: Source) -> Page:
        """Return the page of *source*, wherever it is."""
        return self._fetcher_of(source).fetch(source)

    def _fetcher_of(self, source: Source) -> Fetcher:
        if source.path is None:
            return self._web
        return self._stdin if source.path == "-" else self._files
