"""What can go wrong, as one tree.

::

    ScrapeError
    ├── UsageError            the command, a seed or a selector is wrong        exit 2
    │   ├── SeedError
    │   └── SelectorError
    ├── FetchError            the page could not be had                         exit 4
    │   ├── UnreachableError
    │   ├── StatusError
    │   ├── TooSlowError
    │   ├── TooLargeError
    │   ├── IncompleteError
    │   ├── DeferredError
    │   └── NotSavedError
    ├── PolicyError           the page may not be had                           exit 7
    ├── ParseError            the page came and could not be read               exit 4
    ├── NoItems               the page came and lists nothing                   exit 5
    ├── ExportError           the output could not be written                   exit 6
    │   └── StateError        what earlier runs delivered cannot be read        exit 6
    ├── HeldError             a source is suddenly nearly all new, or half gone exit 4
    └── BugError              the program itself is at fault                    exit 1

``exit_code`` is what a run that met nothing but this error ends with. ``StateError`` and
``HeldError`` are at home in :mod:`scraper.state`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

__all__ = [
    "BugError",
    "DeferredError",
    "ExportError",
    "FetchError",
    "IncompleteError",
    "NoItems",
    "NotSavedError",
    "ParseError",
    "PolicyError",
    "ScrapeError",
    "SeedError",
    "SelectorError",
    "StatusError",
    "TooLargeError",
    "TooSlowError",
    "UnreachableError",
    "UsageError",
    "run_exit_code",
]


class ScrapeError(Exception):
    """The root of the tree: *subject* is the thing in the user's hands.

    Printed as ``<subject>: <message>: <cause>; <what to try>``, where the cause is the exception
    this one was raised from.

    >>> str(ScrapeError("news.html", "not a saved page", advice="name an .html file"))
    'news.html: not a saved page; name an .html file'
    """

    exit_code: ClassVar[int] = 1
    #: One word for logs and reports.
    kind: ClassVar[str] = "error"
    #: How often the page was asked for before this was the end.
    tries: int = 1

    def __init__(self, subject: str, message: str, *, advice: str | None = None) -> None:
        super().__init__(subject, message, advice)
        self.subject = subject
        self.message = message
        self.advice = advice

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling of exceptions.
        return (_rebuild, (type(self), self.__dict__.copy()))

    def __str__(self) -> str:
        """Return the one line that a user reads."""
        return f"{self.subject}: {self.explanation}"

    @property
    def explanation(self) -> str:
        """The message with its cause and advice, without the subject."""
        parts = [self.message]
        if self.__cause__ is not None and str(self.__cause__):
            parts.append(self._cause_text(self.__cause__).splitlines()[0])
        text = ": ".join(parts)
        return f"{text}; {self.advice}" if self.advice else text

    def _cause_text(self, cause: BaseException) -> str:
        return str(cause)


def _rebuild(cls: type[ScrapeError], state: dict[str, object]) -> ScrapeError:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.args = (state["subject"], state["message"], state["advice"])
    return error


class UsageError(ScrapeError):
    """The command or its configuration is wrong; nothing was fetched."""

    exit_code = 2
    kind = "usage"


class SeedError(UsageError):
    """A seed file cannot be read; the subject is ``file:line``."""

    kind = "seed"


class SelectorError(UsageError):
    """A CSS or XPath selector is invalid, or selects what cannot be an entry."""

    kind = "selector"


class FetchError(ScrapeError):
    """The page could not be had."""

    exit_code = 4
    kind = "fetch"


class UnreachableError(FetchError):
    """No connection: name not found, refused, reset, TLS."""

    kind = "unreachable"


class StatusError(FetchError):
    """The server answered with a status that carries no page."""

    kind = "status"


class TooSlowError(FetchError):
    """A time limit passed."""

    kind = "too-slow"


class TooLargeError(FetchError):
    """A size limit passed; nothing is read from the stump."""

    kind = "too-large"


class IncompleteError(FetchError):
    """The body ended before its announced end."""

    kind = "incomplete"


class DeferredError(FetchError):
    """The server asks to be left alone, longer than a run waits; *until* (UTC) is when to ask."""

    kind = "deferred"

    def __init__(
        self, subject: str, message: str, *, until: datetime, advice: str | None = None
    ) -> None:
        moment = f"{until:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(subject, message, advice=advice or f"ask again after {moment}")
        self.until = until


class NotSavedError(FetchError):
    """A replay was asked for a page that the folder does not hold."""

    kind = "not-saved"


class PolicyError(ScrapeError):
    """The page may not be fetched: an address, a scheme or a rule forbids it."""

    exit_code = 7
    kind = "policy"


class ParseError(ScrapeError):
    """The page came and could not be read."""

    exit_code = 4
    kind = "parse"


class NoItems(ScrapeError):  # noqa: N818 - it is an answer as much as an error
    """The page came and lists nothing; *category* says what it is instead.

    Categories: ``empty`` (no text), ``article``, ``consent``, ``login``, ``challenge`` (proof is
    asked for that a person reads, or access denied), ``app-shell`` (the list is built by script),
    ``error-page``, ``moved`` (the listing is elsewhere now), ``unwanted`` (entries, and none that
    leads where those lead that are asked for), ``unrecognised``.
    """

    exit_code = 5
    kind = "no-items"

    def __init__(
        self, subject: str, message: str, *, category: str, advice: str | None = None
    ) -> None:
        super().__init__(subject, message, advice=advice)
        self.category = category


class ExportError(ScrapeError):
    """The output could not be written; what was there before is untouched."""

    exit_code = 6
    kind = "export"

    def _cause_text(self, cause: BaseException) -> str:
        # Without the system's number, and its name of a file that nobody has heard of.
        return (isinstance(cause, OSError) and cause.strerror) or str(cause)


class BugError(ScrapeError):
    """Something happened that nobody foresaw; its cause has the traceback."""

    exit_code = 1
    kind = "bug"


def run_exit_code(errors: Sequence[ScrapeError | None]) -> int:
    """Return the exit code of a run whose sources ended with *errors*, None for those that worked.

    One that worked makes the others "some sources failed". Where none did, they share a code or it
    is that of a page that could not be had; but a bug is never hidden behind another failure.

    >>> run_exit_code([None, NoItems("a", "no entries", category="empty")])
    3
    """
    codes = {0 if error is None else error.exit_code for error in errors}
    if len(codes) <= 1:
        return next(iter(codes), 0)
    if 0 in codes:
        return 3
    return BugError.exit_code if BugError.exit_code in codes else FetchError.exit_code
