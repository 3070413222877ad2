"""``scrape watch``: the main command again and again, for what is new."""

from __future__ import annotations

import os
import random
import re
import select
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import click

from scraper.commands.fetching import make_web
from scraper.commands.options import RunOptions
from scraper.commands.run import run
from scraper.commands.scrape import command as scrape
from scraper.errors import ScrapeError, UsageError
from scraper.exporters import JsonlExporter, Output, SqliteExporter, choose_outputs
from scraper.models import Source
from scraper.nursery import bug_of
from scraper.outbox import TIME, is_timed
from scraper.reporting import counted, error_line, moment, say, say_traceback

__all__ = ["Timetable", "command", "read_duration"]

_HELP = """Run again and again, and write what is new each time.

TARGET and the options below --times are those of scrape; --new is always on. What one run wrote
the next must not replace, so an output is

\b
  new-{time}.json     a file for each run that finds something, in any format
  news.sqlite         a table that grows
  -.jsonl             standard output, a record a line, as without --out
  --webhook URL       a server

\b
Examples:
  scrape watch https://example.org/news --every 15m --out 'new-{time}.json'
  scrape watch --every 1h --jitter 5m --out news.sqlite    all seeds
  scrape watch https://example.org/news --every 2h | jq .title

A run that fails does not end the watch, and what it could not write comes with the next one's.
Where a run takes longer than T, those that were due meanwhile are skipped, in one line.

\b
Exit codes:
  130, 143  interrupted, terminated: what was finished is written
  2, 6      the first run could not begin: the command is wrong, or an
            output or the state cannot be used
  After N runs it is that of the last one; 0 where nobody reads standard
  output any more.
"""

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST_S = 366 * 86_400


def read_duration(text: str) -> float:
    """Return how many seconds *text* means, or raise ValueError.

    >>> [read_duration(text) for text in ("30s", "15m", "2h", "1d", "0.5s")]
    [30.0, 900.0, 7200.0, 86400.0, 0.5]
    """
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?([smhd])", text.strip().lower())
    if match is None:
        raise ValueError("not a time")
    return min(float(match[1]) * _UNITS[match[2]], _LONGEST_S)


def _duration(_: click.Context, __: click.Parameter, value: str | None) -> float:
    try:
        return 0.0 if value is None else read_duration(value)
    except ValueError:
        raise click.BadParameter(f'not a time such as 30s, 15m, 2h or 1d: "{value}"') from None


@click.command("watch", help=_HELP)
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--every",
    metavar="T",
    default="15m",
    show_default=True,
    callback=_duration,
    help="Begin a run each T (30s, 15m, 2h, 1d), the first at once.",
)
@click.option(
    "--jitter",
    metavar="T",
    callback=_duration,
    help="Begin each run up to T later, at random, so that not all come at the full hour.",
)
@click.option("--times", metavar="N", type=click.IntRange(1), help="End after N runs.")
def command(*, every: float, jitter: float, times: int | None, **options: Any) -> int:
    """Watch pages."""
    outputs = _choose_outputs(options)
    _refuse(every, jitter, options, outputs)
    options |= {"new": True, "out": tuple(one.name for one in outputs)}
    reader = _Reader() if any(one.path is None for one in outputs) else None
    # One for all runs: it knows each robots.txt for a day, and whom it has asked a moment ago.
    with closing(make_web(RunOptions(**options))) as web:
        return _repeat(options | {"web": web}, Timetable(every), jitter, times, reader)


def _repeat(
    options: dict[str, Any],
    timetable: Timetable,
    jitter_s: float,
    times: int | None,
    reader: _Reader | None,
) -> int:
    for number in count(1):
        code = _run(options, first=number == 1)
        if number == times:
            return code
        # What is there now, and not whatever will be.
        options["accept"] = False
        wait_s, skipped = timetable.next()
        if skipped and not options["quiet"]:
            when = "when it was" if skipped == 1 else "when they were"
            runs = counted(skipped, "run")
            say(f"{moment()} {runs} skipped: the last one was still at work {when} due")
        wait_s = max(wait_s + random.uniform(0, jitter_s), options["delay"])  # noqa: S311
        if _wait(wait_s, reader):
            break
    return 0


_OWN = frozenset(("targets", "new", "version"))
command.params += [one for one in scrape.params if one.name not in _OWN]
command.params.append(click.Option(["--new"], is_flag=True, hidden=True, expose_value=False))


def _choose_outputs(options: dict[str, Any]) -> list[Output]:
    shown = sys.stdout is not None and sys.stdout.isatty()
    if not options["out"] and not options["webhook"] and not shown:
        return choose_outputs(["-.jsonl"])
    return choose_outputs(options["out"])


def _refuse(
    every_s: float, jitter_s: float, options: dict[str, Any], outputs: Sequence[Output]
) -> None:
    """Raise UsageError for what cannot be done again and again."""
    if not every_s or every_s < options["delay"]:
        advice = "leave the hosts more time, or lower --delay"
        raise UsageError("--every", "shorter than --delay", advice=advice)
    if jitter_s > every_s:
        raise UsageError("--jitter", "longer than --every", advice="make it shorter")
    if "-" in options["targets"]:
        raise UsageError("-", "standard input can be read once", advice="name a file or an address")
    for output in outputs:
        fits = JsonlExporter if output.path is None else SqliteExporter
        if not (isinstance(output.exporter, fits) or is_timed(output.path)):
            raise _unfit(output)
    changes = options["changes"]
    if changes is not None and not is_timed(changes):
        advice = f"have a file each: {_timed(changes)}"
        raise UsageError("--changes", _REPLACED, advice=advice)


_REPLACED = "each run would replace what the last one wrote"


def _unfit(output: Output) -> UsageError:
    if output.path is None:
        advice = "write -.jsonl, a record a line"
        return UsageError(output.name, "no format to be written run by run", advice=advice)
    growing = output.path.with_name(output.path.name.partition(".")[0] + ".sqlite")
    advice = f"have a file each, {_timed(output.path)}, or a table that grows, {growing}"
    return UsageError(output.name, _REPLACED, advice=advice)


def _timed(path: Path) -> Path:
    stem, dot, suffixes = path.name.partition(".")
    return path.with_name(f"{stem}-{TIME}{dot}{suffixes}")


def _run(options: dict[str, Any], *, first: bool) -> int:
    """Return how a run ended; raise what keeps the first one from beginning."""
    try:
        return run(RunOptions(**options))
    except Exception as error:  # a bug must be seen, and must not end the watch
        if first:
            raise
        fault = error if isinstance(error, ScrapeError) else bug_of(Source(name="watch"), error)
    say(error_line(fault))
    if options["debug"]:
        say_traceback(fault)
    return fault.exit_code


class Timetable:
    """Moments that are *every_s* apart, from now on, by a clock that nobody sets."""

    def __init__(self, every_s: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._monotonic = monotonic
        self._began = monotonic()
        self._turn = 0

    def next(self) -> tuple[float, int]:
        """Return the seconds until the next moment, and how many have passed since the last one.

        >>> seconds = iter([0.0, 4.0, 35.0])
        >>> timetable = Timetable(10, monotonic=lambda: next(seconds))
        >>> timetable.next(), timetable.next()
        ((6.0, 0), (5.0, 2))
        """
        passed_s = self._monotonic() - self._began
        turn = int(passed_s / self._every_s) + 1
        skipped, self._turn = turn - self._turn - 1, turn
        return turn * self._every_s - passed_s, skipped


class _Reader:
    """Whoever reads standard output."""

    def __init__(self) -> None:
        self._whom = self._look()

    def has_left(self, within_s: float) -> bool:
        """Tell whether nobody reads any more; wait for that, if need be, *within_s*."""
        if self._whom is None:  # there never was anybody
            time.sleep(within_s)
            return False
        # A write that met nobody has put another file in its place.
        if self._look() != self._whom:
            return True
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return bool(poll.poll(within_s * 1_000))

    def _look(self) -> tuple[int, int] | None:
        try:
            status = os.fstat(sys.stdout.fileno())
        except (OSError, ValueError, AttributeError):
            return None
        return status.st_dev, status.st_ino


# Longer than the system lets one wait for a reader.
_LONGEST_POLL_S = 3_600.0


def _wait(seconds: float, reader: _Reader | None) -> bool:
    """Wait; return early, and True, where nobody reads what is written."""
    if reader is None:
        time.sleep(seconds)
        return False
    deadline = time.monotonic() + seconds
    while True:
        left_s = max(deadline - time.monotonic(), 0.0)
        if reader.has_left(min(left_s, _LONGEST_POLL_S)):
            return True
        if left_s <= _LONGEST_POLL_S:
            return False
