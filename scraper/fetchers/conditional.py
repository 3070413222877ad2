"""Asking for a page only if it is not the copy that is known (RFC 9110, section 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scraper.fetchers.web_address import WebAddress
from scraper.models import Known, Page

__all__ = ["conditions", "read_validators"]

# RFC 9110, 8.8.3, in ASCII; a longer one was not made to be sent back with each request.
_ETAG = re.compile(r'(?:W/)?"[!#-~]{1,500}"')
_DATE = re.compile(r"[A-Za-z0-9 ,:+-]{1,64}")
# A page may change twice in a second, and clocks of a cluster differ: so much older than the answer
# must a time of change be to tell one copy from the next (RFC 7232, 2.2.2).
_SURELY_PAST = timedelta(seconds=60)


def conditions(known: Known | None, address: WebAddress) -> dict[str, str]:
    """Return the headers that ask *address* for anything but the copy of *known*.

    They are empty where that copy came from another address, be it on the same host.
    """
    if known is None or known.url != address.url:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in headers.items() if value is not None}


def read_validators(page: Page) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified of *page*, each None where it proves nothing.

    >>> read_validators(Page(url=None, body=b"", headers={"etag": 'W/"7"'}))
    ('W/"7"', None)
    """
    etag = page.headers.get("etag", "").strip()
    return etag if _ETAG.fullmatch(etag) else None, _read_modified(page.headers)


def _read_modified(headers: Mapping[str, str]) -> str | None:
    modified = headers.get("last-modified", "").strip()
    changed, answered = _read_date(modified), _read_date(headers.get("date", ""))
    if changed is None or answered is None or answered - changed < _SURELY_PAST:
        return None
    return modified


def _read_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if _DATE.fullmatch(text.strip()) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
