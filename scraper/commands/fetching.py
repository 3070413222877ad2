"""Where the commands have pages from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from scraper.commands.options import RunOptions
from scraper.fetchers import HttpFetcher, RecordingFetcher, ReplayFetcher, RoutingFetcher
from scraper.fetchers.archive import ArchiveReplayFetcher, is_archive
from scraper.fetchers.archive_record import ArchiveRecorder
from scraper.fetchers.browser import BrowserFetcher
from scraper.fetchers.limits import CONNECT_S, IDLE_S
from scraper.pipeline import Fetcher

__all__ = ["make_fetcher", "make_web", "open_fetcher"]


@contextmanager
def open_fetcher(replay: Path | None) -> Iterator[Fetcher]:
    """Yield what fetches: from the web, or from the pages saved in the folder *replay*."""
    if replay is not None:
        yield RoutingFetcher(web=ReplayFetcher(replay))
        return
    with closing(HttpFetcher()) as web:
        yield RoutingFetcher(web=web)


def make_fetcher(options: RunOptions, stack: ExitStack) -> Fetcher:
    """Return the fetcher, to be closed with *stack*, which ends what is under way."""
    if options.replay is not None:
        return RoutingFetcher(web=_make_replay(options.replay))
    whole_s = options.timeout
    web = options.web or stack.enter_context(closing(make_web(options)))
    browser = BrowserFetcher(
        web,
        connect_s=min(CONNECT_S, whole_s),
        idle_s=min(IDLE_S, whole_s),
        whole_s=whole_s,
        insecure=options.insecure,
        user_agent=options.user_agent,
        contact=options.contact,
    )
    fetcher = RoutingFetcher(web=web, browser=browser)
    return _make_recorder(fetcher, options.record) if options.record is not None else fetcher


def make_web(options: RunOptions) -> HttpFetcher:
    """Return what asks servers in the way that *options* ask for, to be closed."""
    whole_s = options.timeout
    return HttpFetcher(
        most_at_once=options.jobs,
        contact=options.contact,
        user_agent=options.user_agent,
        trust_env=options.proxy_from_env,
        connect_s=min(CONNECT_S, whole_s),
        idle_s=min(IDLE_S, whole_s),
        whole_s=whole_s,
        delay_s=options.delay,
        ignore_robots=options.ignore_robots,
        insecure=options.insecure,
    )


def _make_replay(path: Path) -> Fetcher:
    return ArchiveReplayFetcher(path) if is_archive(path.name) else ReplayFetcher(path)


def _make_recorder(fetcher: Fetcher, path: Path) -> Fetcher:
    if is_archive(path.name):
        return ArchiveRecorder(fetcher, path)
    return RecordingFetcher(fetcher, path)
