"""``run.json``: what a run did, for machines; whole or absent like every output."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from scraper.errors import NoItems
from scraper.exporters.atomic import write_whole
from scraper.exporters.base import without_surrogates
from scraper.models import Result, Source
from scraper.urls import without_secrets

__all__ = ["RunReport", "SourceReport", "Totals", "make_report", "write_report"]

Status = Literal["ok", "failed", "unfinished"]


class SourceReport(msgspec.Struct, frozen=True, kw_only=True, rename={"kind": "class"}):
    """How one source went."""

    name: str
    #: Without what lets a stranger in.
    url: str | None
    #: ``unfinished`` where the run was interrupted before its end.
    status: Status
    #: The class of the error, as it is told on standard error; ``class`` in JSON.
    kind: str | None = None
    #: What a page that lists nothing is instead.
    category: str | None = None
    #: The error in words, with advice.
    message: str | None = None
    #: Requests, those that were tried again counted.
    tries: int = 0
    pages: int = 0
    #: Of the pages' bodies, decompressed.
    bytes: int = 0
    #: How long it took, waiting for other sources of the same host included.
    ms: int = 0
    items: int = 0
    #: Entries that were not delivered before; null where nobody keeps count.
    new: int | None = None
    #: True where the server said that the page is as it was in the last run.
    not_modified: bool = False
    #: False where anything was cut off.
    complete: bool = True
    warnings: tuple[str, ...] = ()


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The sums over all sources."""

    sources: int
    ok: int
    failed: int
    unfinished: int
    tries: int
    pages: int
    bytes: int
    items: int
    new: int | None
    warnings: int


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """A run; what is added later changes nothing that is there, else *version* goes up."""

    version: Literal[1] = 1
    started: datetime
    finished: datetime
    #: What the process ends with.
    exit_code: int
    #: The outputs that were written, as the user named them.
    outputs: tuple[str, ...]
    totals: Totals
    #: In the order in which they were named.
    sources: tuple[SourceReport, ...]


def make_report(
    sources: Sequence[Source],
    results: Sequence[Result],
    *,
    started: datetime,
    finished: datetime,
    exit_code: int,
    outputs: Sequence[str] = (),
) -> RunReport:
    """Return the report of a run over *sources*, of which *results* are finished."""
    ended = {id(result.source): result for result in results}
    entries = tuple(_describe(source, ended.get(id(source))) for source in sources)
    return RunReport(
        started=_to_seconds(started),
        finished=_to_seconds(finished),
        exit_code=exit_code,
        outputs=tuple(map(without_surrogates, outputs)),
        totals=_add_up(entries),
        sources=entries,
    )


def write_report(report: RunReport, path: Path) -> None:
    """Write *report* to *path*, or raise ExportError and leave what was there."""
    write_whole(path, [msgspec.json.format(msgspec.json.encode(report), indent=2), b"\n"])


def _describe(source: Source, result: Result | None) -> SourceReport:
    name, url = _said(source.name), _said(source.url) if source.url else None
    if result is None:
        return SourceReport(name=name, url=url, status="unfinished", complete=False)
    error, listing = result.error, result.listing
    worked = error is None and listing is not None
    return SourceReport(
        name=name,
        url=url,
        status="ok" if worked else "failed",
        kind=error.kind if error else None,
        category=error.category if isinstance(error, NoItems) else None,
        message=_said(error.explanation) if error else None,
        tries=result.tries,
        pages=result.pages,
        bytes=result.bytes,
        ms=round(result.took_s * 1000),
        items=len(listing.items) if worked and listing else 0,
        not_modified=result.not_modified,
        complete=listing.complete if listing else False,
        warnings=tuple(map(_said, listing.warnings)) if listing else (),
    )


def _said(text: str) -> str:
    return without_surrogates(without_secrets(text))


def _add_up(entries: Sequence[SourceReport]) -> Totals:
    statuses = [entry.status for entry in entries]
    return Totals(
        sources=len(entries),
        ok=statuses.count("ok"),
        failed=statuses.count("failed"),
        unfinished=statuses.count("unfinished"),
        tries=sum(entry.tries for entry in entries),
        pages=sum(entry.pages for entry in entries),
        bytes=sum(entry.bytes for entry in entries),
        items=sum(entry.items for entry in entries),
        new=None,
        warnings=sum(len(entry.warnings) for entry in entries),
    )


def _to_seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
