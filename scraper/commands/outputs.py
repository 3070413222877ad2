"""Where the records of a run go, and what remembers it, as the options have it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from scraper.commands.options import RunOptions
from scraper.errors import UsageError
from scraper.exporters import EXPORTERS, RAW_EXPORTERS, CsvExporter, Output, choose_outputs
from scraper.exporters.atomic import resolve_target
from scraper.messages import read_secret
from scraper.outbox import Outbox, OutboxChanges, is_timed, with_outbox
from scraper.state import (
    STATE,
    ChangesFile,
    Memory,
    evidence_root,
    is_database,
    make_folder,
    open_store,
    outbox_list,
)
from scraper.webhook import Webhook

__all__ = ["check_report", "make_memory", "make_webhook", "outputs_of"]


def outputs_of(options: RunOptions) -> list[Output]:
    """Return where the records go; nowhere means that they are shown."""
    outputs = choose_outputs(options.out, RAW_EXPORTERS if options.raw_csv else EXPORTERS)
    if options.raw_csv and not any(isinstance(one.exporter, CsvExporter) for one in outputs):
        raise UsageError("--raw-csv", "no output is CSV", advice="add --out items.csv")
    for output in outputs:
        output.check()
    shown = sys.stdout is not None and sys.stdout.isatty()
    return outputs if outputs or shown or options.webhook else choose_outputs(["-"])


def check_report(path: Path | None, outputs: Sequence[Output]) -> None:
    """Refuse a report that cannot be written, before any page is read."""
    if path is None:
        return
    if str(path) == "-":
        raise UsageError("--report", "goes to a file", advice="name one: --report run.json")
    places = {os.path.realpath(output.path): output.name for output in outputs if output.path}
    if (place := os.path.realpath(path)) in places:
        raise UsageError("--report", f'"{places[place]}" and "{path}" are the same place')
    resolve_target(path)


def make_webhook(options: RunOptions) -> Webhook | None:
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


def make_memory(options: RunOptions, outputs: Sequence[Output], outbox: Outbox) -> Memory | None:
    """Return what remembers the run; None for one that remembers nothing."""
    if not options.remembers:
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
        pages=options.most_pages,
        evidence=evidence_root(state),
    )


def _make_changes(options: RunOptions, outbox: Outbox) -> ChangesFile | None:
    if options.changes is None:
        return None
    if is_timed(options.changes):
        return OutboxChanges(options.changes, outbox=outbox, raw=options.raw_csv)
    return ChangesFile(options.changes, raw=options.raw_csv)
