"""Pages in letters: newsletters (``.eml``), and pages that a browser saved as one (``.mhtml``)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from datetime import UTC, datetime
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from scraper.errors import FetchError, IncompleteError, TooLargeError
from scraper.fetchers.limits import LONGEST_URL, read_body
from scraper.models import Page, Source
from scraper.urls import is_address, without_secrets

__all__ = ["MailFetcher", "is_mail"]

# Parts take up to 0.3 ms each, wanted or not.
_MOST_PARTS = 5_000
# What is read of a header. Some take quadratic time: 2 s for 64 KiB of parameters.
_LONGEST_HEADER = 2 * LONGEST_URL
_CUT_OFF = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
_BROKEN = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)


def is_mail(path: str) -> bool:
    """Tell whether a file of that name is a letter.

    >>> is_mail("News.EML"), is_mail("page.mht"), is_mail("page.html")
    (True, True, False)
    """
    return path.lower().endswith((".eml", ".mht", ".mhtml"))


class _Policy(email.policy.EmailPolicy):
    """Reads headers as far as any sensible one goes."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(list(sourcelines))
        return name, value[:_LONGEST_HEADER]


class MailFetcher:
    """Reads the page in a letter: its first part of HTML.

    Its address is what the letter says of that part, its time what it says of itself.
    """

    def fetch(self, source: Source) -> Page:
        """Return the page in the file that *source* names."""
        try:
            with Path(source.path or "").open("rb") as stream:
                content = read_body(stream, subject=source.name)
        except OSError as error:
            raise FetchError(source.name, "cannot be read") from error
        if content.count(b"\n--") > _MOST_PARTS:
            raise TooLargeError(source.name, f"more than {_MOST_PARTS:,} parts")
        try:
            return _read_page(content, source)
        except RecursionError:
            raise FetchError(source.name, "its parts are nested too deep") from None


def _read_page(content: bytes, source: Source) -> Page:
    letter = cast(EmailMessage, email.message_from_bytes(content, policy=_Policy()))
    part = letter.get_body(("html",))
    if not isinstance(part, EmailMessage):
        raise _without_page(letter, source.name)
    body = part.get_payload(decode=True)
    _check(letter, part, source.name)
    return Page(
        url=source.url or _address(letter, part),
        body=body if isinstance(body, bytes) else b"",
        fetched_at=_moment(letter),
        encoding=part.get_content_charset() or None,
    )


def _without_page(letter: EmailMessage, subject: str) -> FetchError:
    if any(isinstance(defect, _CUT_OFF) for part in letter.walk() for defect in part.defects):
        return IncompleteError(subject, "it ends before the page in it", advice="save it again")
    return FetchError(subject, "no HTML in it", advice="name a letter or a page saved as one")


def _check(letter: EmailMessage, part: EmailMessage, subject: str) -> None:
    """Raise IncompleteError where *part* is not whole; others may be as broken as they like."""
    if any(isinstance(defect, _BROKEN) for defect in part.defects):
        raise IncompleteError(subject, "the page in it is not whole base64", advice="save it again")
    # The end is missing: a part that another follows is whole all the same.
    *_, last = letter.walk()
    cut_off = any(isinstance(defect, _CUT_OFF) for one in letter.walk() for defect in one.defects)
    if cut_off and last is part:
        raise IncompleteError(subject, "it ends within the page in it", advice="save it again")


def _address(letter: EmailMessage, part: EmailMessage) -> str | None:
    for text in (part["Content-Location"], letter["Snapshot-Content-Location"]):
        # Long ones are folded, and the folds are no part of them.
        url = "".join(str(text or "").split())
        if is_address(url):
            return without_secrets(url)
    return None


def _moment(letter: EmailMessage) -> datetime | None:
    header = letter["Date"]
    moment: datetime | None = getattr(header, "datetime", None)
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
