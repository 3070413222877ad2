"""One run: from what was asked for to what was written, and what is told of it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scraper.commands.fetching import make_fetcher
from scraper.commands.following import follow_sources, make_texts, read_known
from scraper.commands.hinting import with_hints
from scraper.commands.options import RunOptions, refuse_conflicts
from scraper.commands.outputs import check_report, make_memory, make_webhook, outputs_of
from scraper.errors import ExportError, NoItems, UsageError, run_exit_code
from scraper.fetchers.browser import find_browser
from scraper.following import MOST_ARTICLES
from scraper.models import Item, Result, Source
from scraper.outbox import Outbox
from scraper.pipeline import Run
from scraper.report import make_report, write_report
from scraper.reporting import Reporter, closing_line, moment
from scraper.sinks import Sinks
from scraper.state import STATE, Delivery, Memory, deliver_all, is_database
from scraper.targets import resolve_targets

__all__ = ["run"]


def run(options: RunOptions) -> int:
    """Do what *options* ask for; return the exit code.

    Raises a ScrapeError for what keeps the run from beginning, and KeyboardInterrupt behind one
    that was interrupted, with what was finished written.
    """
    started = datetime.now(UTC)
    refuse_conflicts(options)
    outputs = outputs_of(options)
    check_report(options.report, outputs)
    sources = _sources_of(options)
    state = None if options.state is None or is_database(options.state) else options.state
    others = (options.report, options.changes, None if state is None else Path(state))
    texts = make_texts(options.full_text, outputs=outputs, others=others)
    reporter = _make_reporter(options, len(sources))
    outbox = Outbox()
    sinks = Sinks(
        outputs,
        outbox=outbox,
        texts=texts,
        webhook=make_webhook(options),
        deferred=options.remembers,
        only_new=options.new,
    )
    memory = make_memory(options, outputs, outbox)
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
    results, faults = delivery.results, delivery.faults
    code = _exit_code(results, faults, stopped)
    if options.report is not None:
        faults += _report(options.report, delivery, started, code)
        code = _exit_code(results, faults, stopped)
    _tell(options, reporter, delivery, stopped)
    if stopped is not None:
        raise stopped
    return code


def _tell(
    options: RunOptions,
    reporter: Reporter,
    delivery: Delivery,
    stopped: KeyboardInterrupt | None,
) -> None:
    """Say what came of the run, to its last line."""
    for name, warning in delivery.warnings:
        reporter.tell_line(f"warning: {name}: {warning}")
    for fault in (*delivery.held, *delivery.faults):
        reporter.tell_error(fault)
    reporter.tell_end(delivery.results)
    line = delivery.count_on(
        closing_line(delivery.results, total=len(delivery.sources), places=delivery.places)
    )
    line = f"interrupted: {line}" if stopped else line
    reporter.tell_line(f"{moment()} {line}" if options.web else line)


def _sources_of(options: RunOptions) -> list[Source]:
    """Return what is to be read, and how."""
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
    return follow_sources(
        sources, follow=options.follow, articles=options.articles, full_text=options.full_text
    )


def _report(path: Path, delivery: Delivery, started: datetime, code: int) -> list[ExportError]:
    """Write how the run went to *path*; return what kept it from that."""
    report = make_report(
        delivery.sources,
        delivery.results,
        started=started,
        finished=datetime.now(UTC),
        exit_code=code,
        outputs=delivery.places or (),
    )
    try:
        write_report(delivery.count_in(report), path)
    except ExportError as error:
        return [error]
    return []


def _gather(
    sources: Sequence[Source],
    options: RunOptions,
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

    pages = options.most_pages
    with ExitStack() as stack:
        fetcher = make_fetcher(options, stack)
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


def _make_reporter(options: RunOptions, total: int) -> Reporter:
    return Reporter(
        total,
        quiet=options.quiet,
        verbose=options.verbose,
        debug=options.debug,
        progress=not options.no_progress,
    )


def _rendered(sources: Sequence[Source]) -> list[Source]:
    """Return *sources*, those from the web to be rendered; UsageError where nothing can do it."""
    find_browser("--render")
    return [msgspec.structs.replace(one, render=one.path is None) for one in sources]


def _allow_empty(result: Result) -> Result:
    """Return *result* as a success with a warning, if its page lists nothing."""
    if not isinstance(result.error, NoItems) or result.listing is None:
        return result
    warnings = (*result.listing.warnings, result.error.explanation)
    listing = msgspec.structs.replace(result.listing, warnings=warnings)
    return msgspec.structs.replace(result, listing=listing, error=None)
