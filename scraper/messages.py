"""Messages that tell a server of new entries, signed as the Standard Webhooks convention has it.

A message is JSON: ``{"type": "entries.new", "timestamp": …, "data": {"items": […]}}``, with records
as in every other output. Its signature is an HMAC-SHA256 over id, moment and body, with a dot
between them. See https://www.standardwebhooks.com.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from scraper.errors import UsageError
from scraper.exporters.json_file import encode_record
from scraper.models import Item

__all__ = ["SECRET", "Message", "make_messages", "read_secret"]

#: Where the secret is: an option would stand in every list of processes.
SECRET = "SCRAPE_WEBHOOK_SECRET"  # noqa: S105 - its name
_PREFIX = "whsec_"
# The convention's bounds.
_LEAST_SECRET_BYTES = 24
_MOST_SECRET_BYTES = 64

# What one message holds at most; an entry that is larger goes alone.
_MOST_ITEMS = 500
_MOST_BYTES = 1024 * 1024


def read_secret(environment: Mapping[str, str]) -> bytes:
    """Return the secret in *environment*, or raise UsageError, which does not tell it.

    >>> read_secret({SECRET: "whsec_" + "c2VjcmV0" * 4}) == b"secret" * 4
    True
    """
    advice = 'make one: echo "whsec_$(openssl rand -base64 32)"'
    text = environment.get(SECRET, "").strip()
    if not text:
        raise UsageError("--webhook", f"no secret to sign with in {SECRET}", advice=advice)
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UsageError("--webhook", f"what {SECRET} holds is no base64", advice=advice) from None
    if not _LEAST_SECRET_BYTES <= len(secret) <= _MOST_SECRET_BYTES:
        bounds = f"{_LEAST_SECRET_BYTES} to {_MOST_SECRET_BYTES}"
        what = f"what {SECRET} holds is not {bounds} bytes long"
        raise UsageError("--webhook", what, advice=advice)
    return secret


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """New entries for a server."""

    #: Made of the entries, so that a receiver knows a message that is repeated.
    id: str
    body: bytes

    def headers(self, *, secret: bytes, now: datetime) -> dict[str, str]:
        """Return what goes with the message in the try that is made *now*.

        >>> noon = datetime.fromisoformat("2024-03-05T12:00:00Z")
        >>> headers = Message(id="msg_1", body=b"{}").headers(secret=b"s" * 24, now=noon)
        >>> headers["webhook-timestamp"], headers["webhook-signature"][:3]
        ('1709640000', 'v1,')
        """
        moment = str(int(now.timestamp()))
        signed = f"{self.id}.{moment}.".encode() + self.body
        digest = hmac.digest(secret, signed, hashlib.sha256)
        return {
            "webhook-id": self.id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
        }


def make_messages(items: Sequence[Item], *, now: datetime) -> Iterator[Message]:
    """Yield the messages that tell of *items*, in order, each of moderate size."""
    moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    head = f'{{"type":"entries.new","timestamp":"{moment}","data":{{"items":['.encode()
    for some in _portions(items):
        records = b",".join(record for _, record in some)
        yield Message(id=_make_id([item for item, _ in some]), body=head + records + b"]}}\n")


def _portions(items: Sequence[Item]) -> Iterator[list[tuple[Item, bytes]]]:
    portion: list[tuple[Item, bytes]] = []
    size = 0
    for item in items:
        record = encode_record(item)
        if portion and (len(portion) == _MOST_ITEMS or size + len(record) > _MOST_BYTES):
            yield portion
            portion, size = [], 0
        portion.append((item, record))
        size += len(record)
    if portion:
        yield portion


def _make_id(items: Sequence[Item]) -> str:
    """Return the id of a message about *items*: the same whenever, and in whatever order.

    Only what an entry is known by counts: its teaser and its place may be others in the next run,
    and the moment at which it was fetched is.

    >>> one, other = (Item(title=title, position=1, id=title) for title in "ab")
    >>> _make_id([one, other]) == _make_id([other, one]) != _make_id([one])
    True
    """
    known = sorted(repr((one.source, one.id, one.url, one.title, one.date)) for one in items)
    digest = hashlib.sha256("\n".join(known).encode("utf-8", "surrogatepass"))
    return f"msg_{digest.hexdigest()[:32]}"
