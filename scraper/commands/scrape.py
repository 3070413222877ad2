"""``scrape``: from targets to records."""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import msgspec

from scraper.commands.following import follow_sources, make_texts, read_known
from scraper.commands.hinting import hint_options, with_hints
from scraper.errors import ExportError, NoItems, UsageError, run_exit_code
from scraper.exporters import EXPORTERS, RAW_EXPORTERS, CsvExporter, Output, choose_outputs
from scraper.exporters.atomic import resolve_target
from scraper.fetchers import HttpFetcher, RecordingFetcher, ReplayFetcher, RoutingFetcher
from scraper.fetchers.archive import ArchiveReplayFetcher, is_archive
from scraper.fetchers.archive_record import ArchiveRecorder
from scraper.fetchers.browser import BrowserFetcher, find_browser
from scraper.fetchers.limits import CONNECT_S, CONTACT, DELAY_S, IDLE_S, WHOLE_S
from scraper.following import MOST_ARTICLES
from scraper.messages import SECRET, read_secret
from scraper.models import DateOrder, Item, Result, Source
from scraper.outbox import TIME, Outbox, OutboxChanges, is_timed, with_outbox
from scraper.paging_run import MOST_PAGES
from scraper.pipeline import Fetcher, Run
from scraper.report import make_report, write_report
from scraper.reporting import Reporter, closing_line, moment
from scraper.sinks import Sinks
from scraper.state import (
    STATE,
    ChangesFile,
    Memory,
    deliver_all,
    evidence_root,
    is_database,
    make_folder,
    open_store,
    outbox_list,
)
from scraper.targets import resolve_targets
from scraper.webhook import Webhook

__all__ = ["command", "make_web", "run"]

_HELP = """Turn pages that list news, posts, notices or decisions into one record an entry.

TARGET is an address, a saved page, an archive or a folder of them, the name of a seed, or - for
standard input; without one all seeds are run. Without --out the records are a table on a
terminal, and JSON elsewhere.

\b
Examples:
  scrape --out items.json                            all seeds
  scrape https://example.org/news --out items.csv
  scrape page.html --url https://example.org/news --out - | head
  scrape nato-weekly-digest --replay --out items.json --out items.csv
  scrape https://example.org/news --record fixtures && scrape check
  scrape https://example.org/news --since 2024-03-01 --out items.json
  scrape https://example.org/news --new --out 'new-{time}.json'
  scrape watch https://example.org/news --every 15m --out news.sqlite

\b
Commands:
  scrape watch [TARGET]...  run again and again, for what is new
  scrape check [DIR]  compare what saved pages list with what is expected
  scrape log [SOURCE] tell how remembered runs went
  scrape inspect TARGET  show why a page gives the records that it gives
  scrape learn TARGET  write a seed with selectors learnt from a page
  scrape serve        see pages in a browser, and steer how they are read
  (a saved page or a folder of that name is ./check, ./log and so on)

\b
Exit codes:
  0  every source worked             5  pages came, none lists anything
  1  a fault of this program         6  output or state not written
  2  the command or a seed is wrong  7  every page is forbidden
  3  some sources failed or were held, the rest is written
  4  all sources failed or were held 130, 143  interrupted, terminated

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


def _finite(_: click.Context, __: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter("not a number of seconds")
    return value


def _header(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None or (value.strip() and value.isascii() and value.isprintable()):
        return value
    raise click.BadParameter("cannot be sent as a header")


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f'not a day such as 2024-03-01: "{value}"') from None


@click.command("scrape", help=_HELP)
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--out",
    metavar="FILE",
    multiple=True,
    help="Write the records to FILE, in the format of its suffix (.json, .jsonl, .csv, .parquet, "
    f".sqlite, .rss, .atom, .feed.json), {TIME} in its name being the time; - is standard output, "
    "as JSON, and -.csv as CSV. May be given several times.",
)
@click.option(
    "--replay",
    metavar="[DIR]",
    is_flag=False,
    flag_value="fixtures",
    type=click.Path(path_type=Path),
    help="Read addresses from the pages saved in DIR (fixtures), or in an archive such as "
    "run.warc.gz, never from the network.",
)
@click.option(
    "--record",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep what is fetched in DIR, to be replayed, or in an archive such as run.warc.gz.",
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
@hint_options
@click.option("--new", is_flag=True, help="Write only entries that no run with it wrote before.")
@click.option(
    "--changes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write what was added, changed, moved and removed since the last run to FILE, as JSON "
    "Lines or CSV.",
)
@click.option(
    "--state",
    metavar="STATE",
    help="Remember in STATE, a file or postgresql://user@host/database, what was seen and written; "
    f"with --new and --changes that is {STATE} unless named.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="Take sources that are held, as their entries are suddenly nearly all new or lack what "
    "they had, and begin anew where the state is damaged.",
)
@click.option(
    "--webhook",
    metavar="URL",
    help=f"Post what --new finds to URL as JSON, signed with the secret in {SECRET}.",
)
@click.option(
    "--since",
    metavar="DATE",
    callback=_day,
    help="Leave out entries older than DATE (2024-03-01), and read on for newer ones, "
    f"up to {MOST_PAGES} pages of a listing unless --pages says how many.",
)
@click.option(
    "--pages",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Read up to N pages of a listing (1).",
)
@click.option(
    "--jobs",
    metavar="N",
    default=8,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Work on N sources at once, with at most N requests in flight. One that keeps us waiting "
    "for more than 1.5 seconds lets another begin.",
)
@click.option(
    "--delay",
    metavar="S",
    default=DELAY_S,
    show_default=True,
    type=click.FloatRange(0, 3600),
    callback=_finite,
    help="Leave S seconds between two requests to a host; more where its robots.txt says so.",
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
@click.option(
    "--contact",
    metavar="URL",
    default=CONTACT,
    callback=_header,
    help="Tell servers with each request where to ask about it: a page, or mailto: you.",
)
@click.option(
    "--user-agent",
    metavar="TEXT",
    callback=_header,
    help="Call this program TEXT to servers, and by its first word in robots.txt.",
)
@click.option(
    "--proxy-from-env", is_flag=True, help="Use the proxies that http_proxy and the like name."
)
@click.option(
    "--render",
    is_flag=True,
    help="Run the scripts of pages from the web, not of saved ones, in the Chromium that is "
    'installed, for up to as long again. Needs the extra "browser".',
)
@click.option(
    "--follow",
    is_flag=True,
    help="Read the entries' own pages, too, to fill dates, summaries and authors that the listing "
    'leaves open. Needs the extra "follow".',
)
@click.option(
    "--articles",
    metavar="N",
    type=click.IntRange(1, 5000),
    help=f"Follow up to N entries of a source ({MOST_ARTICLES}).",
)
@click.option(
    "--full-text",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the texts of the pages that were followed to FILE, as JSON Lines; their id is that "
    "of the record.",
)
@click.option(
    "--ignore-robots", is_flag=True, help="Fetch what robots.txt forbids, too, at your risk."
)
@click.option("--insecure", is_flag=True, help="Believe any server's certificate, at your risk.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write how each source went to FILE, as JSON.",
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
    return run(**options)


def run(**options: Any) -> int:
    """Do what *options* of these names ask for; return the exit code.

    Raises a ScrapeError for what keeps the run from beginning, and KeyboardInterrupt behind one
    that was interrupted, with what was finished written.
    """
    return _run(_Options(**options))


def make_web(**options: Any) -> HttpFetcher:
    """Return what asks servers in the way that *options* of these names ask for, to be closed."""
    return _make_web(_Options(**options))


def _run(options: _Options) -> int:
    started = datetime.now(UTC)
    _refuse_conflicts(options)
    outputs = _choose_outputs(options)
    _check_report(options.report, outputs)
    sources = resolve_targets(options.targets, seeds_folder=options.seeds, url=options.url)
    sources = with_hints(
        sources,
        within=options.within,
        exclude=options.exclude,
        url_pattern=options.url_pattern,
        date_order=options.date_order,
        language=options.language,
    )
    if options.render:
        sources = _rendered(sources)
    if options.proxy_from_env and any(one.render for one in sources):
        what = "cannot go with pages that are rendered"
        raise UsageError("--proxy-from-env", what, advice="leave one of them out")
    sources = follow_sources(
        sources, follow=options.follow, articles=options.articles, full_text=options.full_text
    )
    state = None if options.state is None or is_database(options.state) else options.state
    others = (options.report, options.changes, None if state is None else Path(state))
    texts = make_texts(options.full_text, outputs=outputs, others=others)
    reporter = _make_reporter(options, len(sources))
    outbox = Outbox()
    sinks = Sinks(
        outputs,
        outbox=outbox,
        texts=texts,
        webhook=_make_webhook(options),
        deferred=_remembers(options),
        only_new=options.new,
    )
    memory = _make_memory(options, outputs, outbox)
    if memory is not None and (told := memory.check()) is not None:
        reporter.tell_line(told)
    # With all texts asked for, those of known entries are, too, unless only new ones are written.
    asks_again = memory is None or (options.full_text is not None and not options.new)
    known = read_known(None if asks_again else options.state or str(STATE), sources)
    if memory is not None:
        sources = memory.recall(sources)
    results, stopped = _gather(sources, options, reporter, memory, known)
    deliver = deliver_all if memory is None else memory.deliver
    sinks.articles = [article for result in results for article in result.articles]
    if stopped is not None:
        sinks.hurry()
    delivery = deliver(sources, results, sinks.write)
    results, faults, places = delivery.results, delivery.faults, delivery.places
    code = _exit_code(results, faults, stopped)
    if options.report is not None:
        report = make_report(
            sources,
            results,
            started=started,
            finished=datetime.now(UTC),
            exit_code=code,
            outputs=places or (),
        )
        try:
            write_report(delivery.count_in(report), options.report)
        except ExportError as error:
            faults.append(error)
            code = _exit_code(results, faults, stopped)
    for name, warning in delivery.warnings:
        reporter.tell_line(f"warning: {name}: {warning}")
    for fault in (*delivery.held, *faults):
        reporter.tell_error(fault)
    reporter.tell_end(results)
    line = delivery.count_on(closing_line(results, total=len(sources), places=places))
    line = f"interrupted: {line}" if stopped else line
    reporter.tell_line(f"{moment()} {line}" if options.web else line)
    if stopped is not None:
        raise stopped
    return code


def _gather(
    sources: Sequence[Source],
    options: _Options,
    reporter: Reporter,
    memory: Memory | None,
    known: Callable[[Source], Sequence[Item]],
) -> tuple[list[Result], KeyboardInterrupt | None]:
    """Return the results, as far as the run was not interrupted, and what interrupted it."""
    results: list[Result] = []

    def take(result: Result) -> None:
        if memory is not None:
            memory.keep_page(result)
        results.append(_without_body(_allow_empty(result) if options.allow_empty else result))
        reporter.tell(results[-1])

    pages = _most_pages(options)
    with ExitStack() as stack:
        fetcher = _make_fetcher(options, stack)
        # The processes are started before the bar, which is a thread.
        run = stack.enter_context(
            Run(
                sources,
                fetcher=fetcher,
                jobs=options.jobs,
                pages=pages,
                since=options.since,
                articles=options.articles or MOST_ARTICLES,
                full_text=options.full_text is not None,
                known=known,
            )
        )
        stack.enter_context(reporter)
        try:
            for result in run:
                take(result)
        except KeyboardInterrupt as stop:
            for result in run.finished():
                take(result)
            return results, stop
    return results, None


def _most_pages(options: _Options) -> int:
    return options.pages or (1 if options.since is None else MOST_PAGES)


def _without_body(result: Result) -> Result:
    """Return *result* without the bytes of its page, which nobody needs any more."""
    if result.page is None:
        return result
    return msgspec.structs.replace(result, page=msgspec.structs.replace(result.page, body=b""))


def _exit_code(
    results: Sequence[Result], faults: Sequence[ExportError], stopped: KeyboardInterrupt | None
) -> int:
    if stopped is not None:
        return int(getattr(stopped, "exit_code", 128 + signal.SIGINT))
    return ExportError.exit_code if faults else run_exit_code([one.error for one in results])


def _check_report(path: Path | None, outputs: Sequence[Output]) -> None:
    """Refuse a report that cannot be written, before any page is read."""
    if path is None:
        return
    if str(path) == "-":
        raise UsageError("--report", "goes to a file", advice="name one: --report run.json")
    places = {os.path.realpath(output.path): output.name for output in outputs if output.path}
    if (place := os.path.realpath(path)) in places:
        raise UsageError("--report", f'"{places[place]}" and "{path}" are the same place')
    resolve_target(path)


def _choose_outputs(options: _Options) -> list[Output]:
    """Return where the records go; nowhere means that they are shown."""
    outputs = choose_outputs(options.out, RAW_EXPORTERS if options.raw_csv else EXPORTERS)
    if options.raw_csv and not any(isinstance(one.exporter, CsvExporter) for one in outputs):
        raise UsageError("--raw-csv", "no output is CSV", advice="add --out items.csv")
    for output in outputs:
        output.check()
    shown = sys.stdout is not None and sys.stdout.isatty()
    return outputs if outputs or shown or options.webhook else choose_outputs(["-"])


def _make_webhook(options: _Options) -> Webhook | None:
    """Return the server that new entries are posted to, if there is one."""
    if options.webhook is None:
        return None
    if not options.new:
        raise UsageError("--webhook", "tells of what is new", advice="add --new")
    agent = options.user_agent or f"scraper/{version('scraper')} (+{options.contact})"
    return Webhook(
        options.webhook,
        secret=read_secret(os.environ),
        user_agent=agent,
        insecure=options.insecure,
        trust_env=options.proxy_from_env,
        whole_s=options.timeout,
    )


def _remembers(options: _Options) -> bool:
    return bool(options.new or options.changes or options.state)


def _make_memory(options: _Options, outputs: Sequence[Output], outbox: Outbox) -> Memory | None:
    """Return what remembers the run; None for one that remembers nothing."""
    if not _remembers(options):
        if options.accept:
            raise UsageError("--accept", "there is nothing to accept", advice="add --new")
        return None
    state = options.state or str(STATE)
    places = {os.path.realpath(output.path): output.name for output in outputs if output.path}
    for option, one in (
        ("--report", options.report),
        ("--changes", options.changes),
        ("--state", None if is_database(state) else state),
    ):
        if one is not None and (place := os.path.realpath(one)) in places:
            raise UsageError(option, f'"{places[place]}" and "{one}" are the same place')
        if one is not None:
            places[place] = str(one)
    if options.state is None:
        make_folder(STATE.parent)
    store = open_store(state, renew=options.accept)
    return Memory(
        with_outbox(store, outbox, listed_in=outbox_list(state)),
        only_new=options.new,
        accept=options.accept,
        partial=options.since is not None,
        changes=_make_changes(options, outbox),
        # A recording is of whole pages, and a replay of what is saved.
        conditional=options.since is None and options.record is None and options.replay is None,
        pages=_most_pages(options),
        evidence=evidence_root(state),
    )


def _make_changes(options: _Options, outbox: Outbox) -> ChangesFile | None:
    if options.changes is None:
        return None
    if is_timed(options.changes):
        return OutboxChanges(options.changes, outbox=outbox, raw=options.raw_csv)
    return ChangesFile(options.changes, raw=options.raw_csv)


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


def _rendered(sources: Sequence[Source]) -> list[Source]:
    """Return *sources*, those from the web to be rendered; UsageError where nothing can do it."""
    find_browser("--render")
    return [msgspec.structs.replace(one, render=one.path is None) for one in sources]


def _make_fetcher(options: _Options, stack: ExitStack) -> Fetcher:
    """Return the fetcher, to be closed with *stack*, which ends what is under way."""
    if options.replay is not None:
        return RoutingFetcher(web=_make_replay(options.replay))
    whole_s = options.timeout
    web = options.web or stack.enter_context(closing(_make_web(options)))
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


def _make_web(options: _Options) -> HttpFetcher:
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


def _allow_empty(result: Result) -> Result:
    """Return *result* as a success with a warning, if its page lists nothing."""
    if not isinstance(result.error, NoItems) or result.listing is None:
        return result
    warnings = (*result.listing.warnings, result.error.explanation)
    listing = msgspec.structs.replace(result.listing, warnings=warnings)
    return msgspec.structs.replace(result, listing=listing, error=None)
