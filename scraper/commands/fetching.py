"""Where a command that reads a few pages has them from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from scraper.fetchers import HttpFetcher, ReplayFetcher, RoutingFetcher
from scraper.pipeline import Fetcher

__all__ = ["open_fetcher"]


@contextmanager
def open_fetcher(replay: Path | None) -> Iterator[Fetcher]:
    """Yield what fetches: from the web, or from the pages saved in the folder *replay*."""
    if replay is not None:
        yield RoutingFetcher(web=ReplayFetcher(replay))
        return
    with closing(HttpFetcher()) as web:
        yield RoutingFetcher(web=web)
