"""``scrape``: from targets to records."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from scraper.errors import ExportError, NoItems, UsageError, run_exit_code
from scraper.exporters import EXPORTERS, RAW_EXPORTERS, CsvExporter, Output, choose_outputs
from scraper.fetchers import HttpFetcher, RecordingFetcher, ReplayFetcher, RoutingFetcher
from scraper.fetchers.limits import CONNECT_S, IDLE_S, WHOLE_S
from scraper.models import Item, Result
from scraper.pipeline import Fetcher, scrape
from scraper.reporting import Reporter, closing_line, show_table
from scraper.targets import resolve_targets

__all__ = ["command"]

_HELP = """Turn pages that list news, posts, notices or decisions into one record an entry.

TARGET is an address, a saved page, a folder of them, the name of a seed, or - for standard
input; without one all seeds are run. Without --out the records are a table on a terminal, and
JSON elsewhere.

\b
Examples:
  scrape --out items.json                            all seeds
  scrape https://example.org/news --out items.csv
  scrape page.html --url https://example.org/news --out - | head
  scrape nato-weekly-digest --replay --out items.json --out items.csv
  scrape https://example.org/news --record fixtures && scrape check

\b
Commands:
  scrape check [DIR]  compare what saved pages list with what is expected
  (a saved page or a folder of that name is ./check)

\b
Exit codes:
  0  every source worked             5  pages came, none lists anything
  1  a fault of this program         6  the output could not be written
  2  the command or a seed is wrong  7  every page is forbidden
  3  some sources failed, the rest is written
  4  every source failed             130, 143  interrupted, terminated

After 1, 2, 4, 5, 6 and 7 an older output is as it was; an interrupted run writes the sources
that were finished. A reader of standard output that leaves early (| head) is no failure.
"""


@dataclass(frozen=True, kw_only=True)
class _Options:
    """What was asked for; the names are those of the options."""

    targets: tuple[str, ...]
    out: tuple[str, ...]
    replay: Path | None
    record: Path | None
    url: str | None
    seeds: Path
    timeout: float
    allow_empty: bool
    raw_csv: bool
    no_progress: bool
    quiet: bool
    verbose: bool
    debug: bool


def _finite(_: click.Context, __: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter("not a number of seconds")
    return value


@click.command("scrape", help=_HELP)
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--out",
    metavar="FILE",
    multiple=True,
    help="Write the records to FILE, as JSON, JSON Lines or CSV by its suffix (.json, .jsonl, "
    ".csv); - is standard output, as JSON, and -.csv as CSV. May be given several times.",
)
@click.option(
    "--replay",
    metavar="[DIR]",
    is_flag=False,
    flag_value="fixtures",
    type=click.Path(path_type=Path),
    help="Read addresses from the pages saved in DIR (fixtures), never from the network.",
)
@click.option(
    "--record",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep what is fetched in DIR, to be replayed.",
)
@click.option("--url", metavar="URL", help="Address of the one saved page that is named.")
@click.option(
    "--seeds",
    metavar="DIR",
    default="seeds",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Look for seeds in DIR.",
)
@click.option(
    "--timeout",
    metavar="S",
    default=WHOLE_S,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    callback=_finite,
    help="Give up a request after S seconds in all.",
)
@click.option("--allow-empty", is_flag=True, help="Take a page that lists nothing for a success.")
@click.option("--raw-csv", is_flag=True, help="Leave cells that a spreadsheet would run in CSV.")
@click.option("--no-progress", is_flag=True, help="Show no progress bar.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more of each source.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(package_name="scraper", message="%(prog)s %(version)s")
def command(**options: Any) -> int:
    """Turn pages into records: the main command."""
    return _run(_Options(**options))


def _run(options: _Options) -> int:
    _refuse_conflicts(options)
    outputs = _choose_outputs(options)
    sources = resolve_targets(options.targets, seeds_folder=options.seeds, url=options.url)
    results: list[Result] = []
    stopped = None
    with _make_reporter(options, len(sources)) as reporter:
        try:
            for result in scrape(sources, fetcher=_make_fetcher(options)):
                results.append(_allow_empty(result) if options.allow_empty else result)
                reporter.tell(results[-1])
        except KeyboardInterrupt as stop:
            stopped = stop
    faults, places = _deliver(results, outputs)
    for fault in faults:
        reporter.tell_error(fault)
    line = closing_line(results, total=len(sources), places=places)
    reporter.tell_line(f"interrupted: {line}" if stopped else line)
    if stopped is not None:
        raise stopped
    return ExportError.exit_code if faults else run_exit_code([one.error for one in results])


def _choose_outputs(options: _Options) -> list[Output]:
    """Return where the records go; nowhere means that they are shown."""
    outputs = choose_outputs(options.out, RAW_EXPORTERS if options.raw_csv else EXPORTERS)
    if options.raw_csv and not any(isinstance(one.exporter, CsvExporter) for one in outputs):
        raise UsageError("--raw-csv", "no output is CSV", advice="add --out items.csv")
    for output in outputs:
        output.check()
    shown = sys.stdout is not None and sys.stdout.isatty()
    return outputs if outputs or shown else choose_outputs(["-"])


def _make_reporter(options: _Options, total: int) -> Reporter:
    return Reporter(
        total,
        quiet=options.quiet,
        verbose=options.verbose,
        debug=options.debug,
        progress=not options.no_progress,
    )


def _refuse_conflicts(options: _Options) -> None:
    if options.replay is not None and options.record is not None:
        raise UsageError("--record", "cannot go with --replay", advice="leave one of them out")
    if options.quiet and options.verbose:
        raise UsageError("--quiet", "cannot go with --verbose", advice="leave one of them out")
    if options.replay is not None and not options.replay.is_dir():
        raise UsageError(
            "--replay",
            f'there is no folder "{options.replay}"',
            advice="name targets before it: scrape TARGET --replay",
        )


def _make_fetcher(options: _Options) -> Fetcher:
    if options.replay is not None:
        return RoutingFetcher(web=ReplayFetcher(options.replay))
    whole_s = options.timeout
    web = HttpFetcher(
        connect_s=min(CONNECT_S, whole_s), idle_s=min(IDLE_S, whole_s), whole_s=whole_s
    )
    fetcher = RoutingFetcher(web=web)
    return RecordingFetcher(fetcher, options.record) if options.record is not None else fetcher


def _allow_empty(result: Result) -> Result:
    """Return *result* as a success with a warning, if its page lists nothing."""
    if not isinstance(result.error, NoItems) or result.listing is None:
        return result
    warnings = (*result.listing.warnings, result.error.explanation)
    listing = msgspec.structs.replace(result.listing, warnings=warnings)
    return msgspec.structs.replace(result, listing=listing, error=None)


def _deliver(
    results: Sequence[Result], outputs: Sequence[Output]
) -> tuple[list[ExportError], list[str] | None]:
    """Write the entries of the sources that worked; return what failed and what was written."""
    worked = [result.listing for result in results if result.error is None and result.listing]
    items: list[Item] = [item for listing in worked for item in listing.items]
    faults: list[ExportError] = []
    places: list[str] = []
    if not worked:
        return faults, places
    if not outputs:
        show_table(items)
        return faults, None
    for output in outputs:
        try:
            output.write(items)
        except ExportError as error:
            faults.append(error)
        else:
            places.append("standard output" if output.path is None else output.name)
    return faults, places
