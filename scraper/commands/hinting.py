"""Options that say what somebody knows of a page; each goes before the seed's key of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args

import click
import msgspec

from scraper.errors import SelectorError, UsageError
from scraper.models import DateOrder, Hints, Source
from scraper.seeds import is_language

__all__ = ["hint_options", "with_hints"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--within", metavar="SELECTOR", help="Read only the part of the page that SELECTOR selects."
    ),
    click.option(
        "--exclude",
        metavar="SELECTOR",
        multiple=True,
        help="Leave out what SELECTOR selects. May be given several times.",
    ),
    click.option(
        "--url-pattern",
        metavar="REGEX",
        help="Keep only entries in whose address REGEX is found.",
    ),
    click.option(
        "--date-order",
        metavar="ORDER",
        type=click.Choice(get_args(DateOrder)),
        help="Read 03/04/2024 as dmy (3 April) or mdy (4 March), and 24-03-04 as ymd.",
    ),
    click.option(
        "--language",
        metavar="TAG",
        help="Read dates as TAG (de, pt-BR) has them, and ask servers for it.",
    ),
)


def hint_options(command: _Command) -> _Command:
    """Give *command* the options; their values go to :func:`with_hints`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def with_hints(
    sources: Sequence[Source],
    *,
    within: str | None = None,
    exclude: Sequence[str] = (),
    url_pattern: str | None = None,
    date_order: DateOrder | None = None,
    language: str | None = None,
) -> list[Source]:
    """Return *sources* with what was given; what was not is left as their seeds have it.

    Raises UsageError, named after the option, for what is no selector, expression or tag.
    """
    if language is not None and not is_language(language):
        advice = 'write a tag such as "de" or "pt-BR"'
        raise UsageError("--language", f'not a language: "{language}"', advice=advice)
    given: dict[str, Any] = {
        "within": within,
        "exclude": tuple(exclude) or None,
        "url_pattern": url_pattern,
        "date_order": date_order,
    }
    given = {key: value for key, value in given.items() if value is not None}
    _check(Hints(**given))
    return [
        msgspec.structs.replace(
            one,
            hints=msgspec.structs.replace(one.hints, **given),
            language=language or one.language,
        )
        for one in sources
    ]


def _check(hints: Hints) -> None:
    if hints == Hints():
        return  # the parsers need not be loaded for this
    from scraper.parsers.overruling import check_hints

    try:
        check_hints(hints)
    except SelectorError as error:
        option = f"--{error.subject.replace('_', '-')}"
        raise UsageError(option, error.message, advice=error.advice) from None
