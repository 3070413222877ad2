"""The command line: words in, exit status out."""

from __future__ import annotations

import contextlib
import difflib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import click

from scraper.commands.check import command as check
from scraper.commands.inspect import command as inspect
from scraper.commands.learn import command as learn
from scraper.commands.log import command as log
from scraper.commands.scrape import command as scrape
from scraper.commands.serve import command as serve
from scraper.commands.watch import command as watch
from scraper.errors import BugError, ScrapeError, UsageError
from scraper.exporters.atomic import silence_stdout
from scraper.reporting import error_line, say, say_traceback

__all__ = ["COMMANDS", "main"]

#: What the first word may name, other than a target; each returns the exit code of the run.
COMMANDS: tuple[click.Command, ...] = (watch, check, log, inspect, learn, serve)


_INTERRUPTED = 128 + signal.SIGINT


class _Terminated(KeyboardInterrupt):
    """SIGTERM came: like Ctrl-C, but for the exit code."""

    exit_code = 128 + signal.SIGTERM


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that *arguments* (those of the process) ask for, and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _guard(words)
    if code in (_INTERRUPTED, _Terminated.exit_code):
        _leave_at_once(code)
    sys.exit(code)


def _leave_at_once(code: int) -> NoReturn:
    """End the process without its threads, which may hang, and hold what the interpreter needs."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def _guard(words: list[str]) -> int:
    """Return the exit code, whatever happens: one line for people and no traceback."""
    try:
        with _terminable(), _make_context(words) as context:
            return int(context.command.invoke(context))
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        silence_stdout()
        return 0
    except KeyboardInterrupt as stop:
        return int(getattr(stop, "exit_code", _INTERRUPTED))
    except Exception as error:  # a bug is one line, too
        return _tell(_as_scrape_error(error), debug="--debug" in words)


def _make_context(words: list[str]) -> click.Context:
    """Return *words* as read by the command that the first of them names, or by ``scrape``."""
    named = {one.name: one for one in COMMANDS}
    settings: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
    if words and words[0] in named:
        return named[words[0]].make_context(f"scrape {words[0]}", words[1:], **settings)
    return scrape.make_context("scrape", words, **settings)


def _tell(error: ScrapeError, *, debug: bool) -> int:
    say(error_line(error))
    if debug:
        say_traceback(error)
    return error.exit_code


def _as_scrape_error(error: Exception) -> ScrapeError:
    if isinstance(error, ScrapeError):
        return error
    if isinstance(error, click.ClickException):
        return _as_usage_error(error)
    bug = BugError(
        "scrape", f"unexpected {type(error).__name__}", advice="report it with what --debug shows"
    )
    bug.__cause__ = error
    return bug


def _as_usage_error(error: click.ClickException) -> UsageError:
    """Return what click says of the command in one line, without the usage in front."""
    if isinstance(error, click.NoSuchOption):
        near = difflib.get_close_matches(error.option_name, error.possibilities or (), n=1)
        advice = f"did you mean {near[0]}?" if near else "see: scrape --help"
        return UsageError(error.option_name, "no such option", advice=advice)
    option = error.option_name if isinstance(error, click.BadOptionUsage) else None
    if isinstance(error, click.BadParameter) and error.param is not None:
        option = error.param.opts[-1]
    said = error.message or "is missing"
    message = said[:1].lower() + said[1:].rstrip(".")
    return UsageError(option or "scrape", message)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Have SIGTERM raised like Ctrl-C, so that a half-written file goes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
