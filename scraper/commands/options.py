"""What the main command was asked for, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scraper.errors import UsageError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.archive import is_archive
from scraper.models import DateOrder
from scraper.paging_run import MOST_PAGES

__all__ = ["RunOptions", "refuse_conflicts"]


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What was asked for; the names are those of the options."""

    targets: tuple[str, ...]
    out: tuple[str, ...]
    replay: Path | None
    record: Path | None
    url: str | None
    seeds: Path
    within: str | None
    exclude: tuple[str, ...]
    url_pattern: str | None
    date_order: DateOrder | None
    language: str | None
    new: bool
    changes: Path | None
    state: str | None
    accept: bool
    webhook: str | None
    since: date | None
    pages: int | None
    jobs: int
    delay: float
    timeout: float
    contact: str
    user_agent: str | None
    proxy_from_env: bool
    render: bool
    follow: bool
    articles: int | None
    full_text: Path | None
    ignore_robots: bool
    insecure: bool
    report: Path | None
    allow_empty: bool
    raw_csv: bool
    no_progress: bool
    quiet: bool
    verbose: bool
    debug: bool
    #: Of a watch, to be used by all its runs; their closing lines say when they were.
    web: HttpFetcher | None = None

    @property
    def most_pages(self) -> int:
        """How many pages of a listing are read."""
        return self.pages or (1 if self.since is None else MOST_PAGES)

    @property
    def remembers(self) -> bool:
        """Whether something is kept for the next run."""
        return bool(self.new or self.changes or self.state)


def refuse_conflicts(options: RunOptions) -> None:
    """Raise UsageError, naming both, for options that cannot go together."""
    if options.replay is not None and options.record is not None:
        raise UsageError("--record", "cannot go with --replay", advice="leave one of them out")
    if options.quiet and options.verbose:
        raise UsageError("--quiet", "cannot go with --verbose", advice="leave one of them out")
    if options.render and options.replay is not None:
        raise UsageError("--render", "cannot go with --replay", advice="leave one of them out")
    if options.replay is not None and not _is_saved(options.replay):
        kind = "archive" if is_archive(options.replay.name) else "folder"
        raise UsageError(
            "--replay",
            f'there is no {kind} "{options.replay}"',
            advice="name targets before it: scrape TARGET --replay",
        )


def _is_saved(path: Path) -> bool:
    return path.is_file() if is_archive(path.name) else path.is_dir()
