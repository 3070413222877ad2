"""What a run tells people, on standard error; data never passes here."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from scraper.errors import NoItems, ScrapeError
from scraper.models import Item, Result
from scraper.urls import without_secrets

__all__ = [
    "Reporter",
    "closing_line",
    "counted",
    "error_line",
    "moment",
    "printable",
    "say",
    "say_traceback",
    "show_sources",
    "show_table",
]

# Up to so many sources have a line each at the end; of more, only those that want a look do.
_MOST_LINES = 40

# What a terminal obeys (C0, C1), what turns text around, and what it cannot encode.
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """Return *text* on one line, without anything that a terminal obeys.

    >>> printable("a title  with " + chr(27) + "]0;evil" + chr(7))
    'a title with �]0;evil�'
    """
    return _OBEYED.sub("\ufffd", " ".join(text.split()))


def counted(number: int, noun: str) -> str:
    """Return *number* and *noun*, which takes an s but for one.

    >>> counted(1, "item"), counted(214, "item")
    ('1 item', '214 items')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def moment() -> str:
    """Return what time it is, for lines that may be read much later: ``2024-03-01T09:30:00Z``."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def error_line(error: ScrapeError) -> str:
    """Return the one line that tells of *error*: ``error: <source>: <class>: <what>; <try>``."""
    # Part by part: the value of a parameter would end only at the next blank.
    subject, explanation = map(without_secrets, (error.subject, error.explanation))
    return f"error: {subject}: {error.kind}: {explanation}"


def closing_line(results: Sequence[Result], *, total: int, places: Sequence[str] | None) -> str:
    """Return the line that a run of *total* sources ends with.

    *places* are the outputs that were written; None where the records went to the screen.

    >>> closing_line([], total=2, places=[])
    '0 of 2 sources, 0 items, nothing written'
    """
    worked = [result.listing for result in results if result.error is None and result.listing]
    items = sum(len(listing.items) for listing in worked)
    line = f"{len(worked)} of {counted(total, 'source')}, {counted(items, 'item')}"
    if places is None:
        return line
    return f"{line} → {', '.join(places)}" if places else f"{line}, nothing written"


def say(line: str, *, console: Console | None = None) -> None:
    """Print *line* on standard error, its first word coloured where it is a warning or an error."""
    text = printable(line)
    word, colon, rest = text.partition(":")
    colour = {"error": "red", "warning": "yellow"}.get(word)
    if console is not None:
        console.print(Text.assemble((word, colour or ""), colon, rest), soft_wrap=True)
    elif colour and "NO_COLOR" not in os.environ:
        _echo(click.style(word, fg=colour) + colon + rest)
    else:
        _echo(text)


def say_traceback(error: BaseException) -> None:
    """Print where *error* came from, line by line."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        _echo(_OBEYED.sub("\ufffd", without_secrets(line)))


def _echo(line: str) -> None:
    if sys.stderr is None:  # closed by whoever started the program
        return
    try:
        click.echo(line, err=True)
    except OSError:
        # Nobody listens any more, which is no reason to leave the work half done.
        with contextlib.suppress(OSError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stderr.fileno())
            os.close(nowhere)


class Reporter:
    """Tells how the sources of a run end, while they do.

    On a terminal that is a bar, in a log a line for each of several sources; errors are told in any
    case, and *quiet* leaves nothing else.
    """

    def __init__(
        self,
        total: int,
        *,
        quiet: bool = False,
        verbose: bool = False,
        debug: bool = False,
        progress: bool = True,
    ) -> None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._quiet = quiet
        self._debug = debug
        self._each = verbose or (total > 1 and not terminal and not quiet)
        self._verbose = verbose
        self._terminal = terminal
        self._bar = _make_bar(total) if terminal and progress and not quiet else None

    def __enter__(self) -> Reporter:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def tell(self, result: Result) -> None:
        """Tell how one source ended."""
        if result.error is not None:
            self.tell_error(result.error)
        if result.listing is not None:
            for warning in result.listing.warnings:
                self.tell_line(f"warning: {result.source.name}: {without_secrets(warning)}")
        if self._each and result.error is None:
            self.tell_line(_source_line(result, verbose=self._verbose))
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], advance=1, source=printable(result.source.name))

    def tell_end(self, results: Sequence[Result]) -> None:
        """Tell on a terminal how each of several sources went."""
        if self._terminal and not self._quiet and not self._each and len(results) > 1:
            show_sources(results)

    def tell_error(self, error: ScrapeError) -> None:
        """Tell of *error*, with its traceback if that was asked for."""
        say(error_line(error), console=self._bar.console if self._bar else None)
        if self._debug:
            say_traceback(error)

    def tell_line(self, line: str) -> None:
        """Tell what is no error."""
        if not self._quiet:
            say(line, console=self._bar.console if self._bar else None)


def _make_bar(total: int) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[source]}", markup=False))
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    bar = Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    bar.add_task("", total=total, source="")
    return bar


def _source_line(result: Result, *, verbose: bool) -> str:
    items = result.listing.items if result.listing else ()
    line = f"{result.source.name}: {counted(len(items), 'item')}"
    if not verbose or result.page is None:
        return line
    where = f" of {result.page.url}" if result.page.url not in (None, result.source.name) else ""
    pages = f" on {counted(result.pages, 'page')}" if result.pages > 1 else ""
    same = ", not modified" if result.not_modified else ""
    return f"{line}{pages}{same}, {result.bytes / 1000:.1f} kB{where}, {result.took_s:.2f} s"


def show_sources(results: Sequence[Result]) -> None:
    """Print on standard error how each source went: a table for people to read."""
    table = Table("source", box=None, pad_edge=False, header_style="bold")
    table.add_column("outcome")
    for name in ("items", "pages", "s"):
        table.add_column(name, justify="right")
    shown = (
        results if len(results) <= _MOST_LINES else [one for one in results if not _is_fine(one)]
    )
    for result in shown[:_MOST_LINES]:
        items = len(result.listing.items) if result.error is None and result.listing else 0
        table.add_row(
            Text(printable(result.source.name), overflow="ellipsis", no_wrap=True),
            _outcome(result),
            str(items),
            str(result.pages),
            f"{result.took_s:.1f}",
        )
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    # A terminal that went away takes nothing with it.
    with contextlib.suppress(OSError):
        if table.row_count:
            console.print(table)
        if (left := len(results) - table.row_count) > 0:
            console.print(f"and {counted(left, 'source')} more")


def _is_fine(result: Result) -> bool:
    return result.error is None and result.listing is not None and not result.listing.warnings


def _outcome(result: Result) -> Text:
    if isinstance(result.error, NoItems):
        return Text(f"{result.error.kind} ({result.error.category})", style="red")
    if result.error is not None:
        return Text(result.error.kind, style="red")
    if result.listing is not None and not result.listing.complete:
        return Text("incomplete", style="yellow")
    return Text("ok") if _is_fine(result) else Text("ok, with warnings", style="yellow")


def show_table(items: Sequence[Item]) -> None:
    """Print *items* on standard output for people to read."""
    table = Table("date", "title", "address", box=None, pad_edge=False, header_style="bold")
    for item in items:
        cells = (item.date or "", item.title, item.url or "")
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in cells))
    Console(highlight=False).print(table)
