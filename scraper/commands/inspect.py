"""``scrape inspect``: why a page gives the records that it gives."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Any

import click

from scraper.commands.fetching import open_fetcher
from scraper.commands.hinting import hint_options, with_hints
from scraper.commands.sourcing import replay_option, seeds_option, url_option
from scraper.errors import BugError, UsageError
from scraper.exporters.atomic import resolve_target, write_stdout, write_whole
from scraper.inspecting import Inspection, inspect_page
from scraper.models import Source
from scraper.reporting import counted, error_line, printable, say
from scraper.targets import resolve_targets
from scraper.urls import without_secrets
from scraper.workers import ParserPool

__all__ = ["command"]

_HELP = """Show why a page gives the records that it gives.

TARGET is one address, saved page, or name of a seed, or - for standard input. Without --out a
summary goes to standard output. With it, FILE is a page that needs nothing else and runs nothing:
the saved page with its entries and fields marked, beside the records; the lists that were
considered and why they lost; every link among the entries, taken or why not; where the dates come
from.

\b
Examples:
  scrape inspect page.html --url https://example.org/news
  scrape inspect https://example.org/news --out report.html --open

\b
Exit codes:
  0  done      5  done, and the page lists nothing
  others as of scrape
"""

#: Reading a page with notes takes a few times as long as reading it.
_INSPECT_S = 20.0


@click.command("inspect", help=_HELP)
@click.argument("target", metavar="TARGET")
@url_option
@click.option(
    "--out", metavar="FILE", help="Write the report to FILE (.html); - is standard output."
)
@click.option("--open", "open_it", is_flag=True, help="Open the report in a browser.")
@replay_option
@seeds_option
@hint_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(
    target: str,
    *,
    url: str | None,
    out: str | None,
    open_it: bool,
    replay: Path | None,
    seeds: Path,
    quiet: bool,
    **hints: Any,
) -> int:
    """Explain one page."""
    _check_output(out, open_it=open_it)
    (source,) = with_hints([_resolve(target, seeds, url)], **hints)
    inspection = _inspect(source, replay)
    if out is None:
        lines = inspection.summary.splitlines()
        write_stdout(f"{_shown(line)}\n".encode() for line in lines)
    elif out == "-":
        write_stdout([inspection.report.encode()])
    else:
        write_whole(Path(out), [inspection.report.encode()])
        if not quiet:
            say(f"{counted(len(inspection.items), 'item')} → {out}")
        if open_it:
            webbrowser.open(Path(out).resolve().as_uri())
    if inspection.no_items is None:
        return 0
    say(error_line(inspection.no_items))
    return inspection.no_items.exit_code


def _check_output(out: str | None, *, open_it: bool) -> None:
    if open_it and out in (None, "-"):
        raise UsageError("--open", "there is no report to open", advice="add --out report.html")
    if out is None or out == "-":
        return
    if not out.lower().endswith((".html", ".htm")):
        raise UsageError(out or '""', "a report is a page", advice="end its name in .html")
    resolve_target(Path(out))


def _resolve(target: str, seeds: Path, url: str | None) -> Source:
    sources = resolve_targets([target], seeds_folder=seeds, url=url)
    if len(sources) != 1:
        raise UsageError(target, f"holds {len(sources)} pages", advice="name one of them")
    return sources[0]


def _inspect(source: Source, replay: Path | None) -> Inspection:
    with open_fetcher(replay) as fetcher, ParserPool(inspect_page, parse_s=_INSPECT_S) as pool:
        pool.start()
        inspection = pool.parse(fetcher.fetch(source), source=source)
    if not isinstance(inspection, Inspection):
        raise BugError(source.name, "the page was read and not explained")
    return inspection


def _shown(line: str) -> str:
    """Return *line* as a terminal may have it, its indent kept."""
    return " " * (len(line) - len(line.lstrip())) + printable(without_secrets(line))
