"""What a run makes of a state: which entries are new, what changed, and each new one once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scraper.errors import ExportError
from scraper.models import Item, Result, Source
from scraper.report import RunReport
from scraper.state.base import HeldError, StateError, Store
from scraper.state.changes import ChangesFile
from scraper.state.evidence import Evidence, pack_page
from scraper.state.keys import source_key
from scraper.state.recording import Recording, Rules, listed_items
from scraper.state.validators import may_ask, recall_page

__all__ = ["Delivery", "Memory", "deliver_all"]

_ITEMS = re.compile(r"\b\d+ items?\b")

#: Writes the records, None where no source worked; returns what failed, and what was written.
Writer = Callable[[Sequence[Item] | None], tuple[list[ExportError], list[str] | None]]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What came of a run."""

    sources: Sequence[Source]
    #: Those of the run; a source that was held has a HeldError.
    results: list[Result]
    faults: list[ExportError]
    places: list[str] | None
    #: How many entries were new, for each result; None where nobody knows.
    new: list[int] | None
    #: What is to be told of sources that went well: their names, and what is strange about them.
    warnings: Sequence[tuple[str, str]] = ()

    def count_in(self, report: RunReport) -> RunReport:
        """Return *report*, of this run, with how many entries were new."""
        if self.new is None:
            return report
        counts = {id(one.source): new for one, new in zip(self.results, self.new, strict=True)}
        named = zip(self.sources, report.sources, strict=True)
        return msgspec.structs.replace(
            report,
            totals=msgspec.structs.replace(report.totals, new=self.all_new),
            sources=tuple(
                msgspec.structs.replace(one, new=counts.get(id(source))) for source, one in named
            ),
        )

    def count_on(self, line: str) -> str:
        """Return *line*, the closing one of this run, with how many entries were new."""
        return line if self.new is None else _ITEMS.sub(rf"\g<0> ({self.all_new} new)", line, 1)

    @property
    def held(self) -> list[HeldError]:
        """What is to be told of sources that were held."""
        return [one.error for one in self.results if isinstance(one.error, HeldError)]

    @property
    def worked(self) -> bool:
        """Tell whether any source did."""
        return any(one.error is None for one in self.results)

    @property
    def all_new(self) -> int | None:
        """How many entries were new in all."""
        return None if self.new is None else sum(self.new)


def deliver_all(sources: Sequence[Source], results: Sequence[Result], write: Writer) -> Delivery:
    """Have *write* write all that *results* list, of which nothing is remembered."""
    worked = any(one.error is None and one.listing for one in results)
    faults, places = write(
        [item for one in results for item in listed_items(one)] if worked else None
    )
    return Delivery(sources=sources, results=list(results), faults=faults, places=places, new=None)


class Memory:
    """Remembers, with a *store*, what runs deliver.

    With *only_new* that is what no run delivered before, and else everything, as without a memory.
    *accept* takes a source whose entries are suddenly nearly all new. *partial* says that listings
    were read in part on purpose, so that an entry that is not there is none that is gone.
    *conditional* has servers asked for what has changed since the last run, where up to *pages*
    pages of a listing are read whole and from the web. Below *evidence* the pages of sources that
    are held are put.
    """

    def __init__(
        self,
        store: Store,
        *,
        only_new: bool = False,
        accept: bool = False,
        partial: bool = False,
        changes: ChangesFile | None = None,
        conditional: bool = False,
        pages: int = 1,
        evidence: Path | None = None,
    ) -> None:
        self._store = store
        self._only_new = only_new
        self._changes = changes
        self._packed: dict[int, bytes] = {}
        self._rules = Rules(
            accept=accept,
            partial=partial,
            conditional=conditional,
            pages=pages,
            evidence=evidence,
            packed=self._packed,
        )

    def check(self) -> str | None:
        """Refuse, before any work, what cannot be used; return what people should know."""
        if self._changes is not None:
            self._changes.check()
        return self._store.check()

    def recall(self, sources: Sequence[Source]) -> list[Source]:
        """Return *sources* with what is known of their pages, or raise StateError."""
        if not (self._rules.conditional and any(map(may_ask, sources))):
            return list(sources)
        now = datetime.now(UTC)
        with self._store.exclusive(), self._store.transaction():
            known = [
                recall_page(self._store, one, pages=self._rules.pages, now=now) for one in sources
            ]
        return [
            one if page is None else msgspec.structs.replace(one, known=page)
            for one, page in zip(sources, known, strict=True)
        ]

    def keep_page(self, result: Result) -> None:
        """Keep the page of *result*, packed, until it is delivered."""
        packed = pack_page(result) if result.error is None else None
        if packed is not None:
            self._packed[id(result.source)] = packed

    def deliver(
        self, sources: Sequence[Source], results: Sequence[Result], write: Writer
    ) -> Delivery:
        """Have *write* write what is to be delivered: each new entry once, whenever a run may end.

        What is new is recorded first, in one transaction, and marked as delivered when all outputs
        are written. What a run recorded that ended in between is delivered with the next one's.
        """
        delivery = Delivery(sources=sources, results=list(results), faults=[], places=[], new=None)
        try:
            with self._store.exclusive():
                run = self._record(sources, results)
                faults = _keep_evidence(run.evidence)
                delivery = self._write(run, sources, write)
                if not delivery.faults and delivery.worked:
                    self._confirm(run)
            delivery.faults.extend(faults)
        except ExportError as error:
            delivery.faults.append(error)
        return delivery

    def _record(self, sources: Sequence[Source], results: Sequence[Result]) -> Recording:
        with self._store.transaction():
            run = Recording(self._store, self._rules)
            run.record(results)
            keys = list(dict.fromkeys(map(source_key, sources)))
            run.pending = list(self._store.pending(keys))
            if self._changes is not None:
                run.keep_changes()
                run.untold = list(self._store.pending_changes(keys))
        return run

    def _write(self, run: Recording, sources: Sequence[Source], write: Writer) -> Delivery:
        items, new = run.choose(only_new=self._only_new)
        worked = any(one.error is None and one.listing for one in run.results)
        faults, places = write(items if worked else None)
        return Delivery(
            sources=sources,
            results=run.results,
            faults=faults,
            places=places,
            new=new,
            warnings=run.warnings,
        )

    def _confirm(self, run: Recording) -> None:
        """Mark as delivered what was written: what is not marked comes again."""
        if self._changes is not None:
            self._changes.write(row for _, row in run.untold)
        written = {one.number for one in run.pending}
        with self._store.transaction():
            self._store.deliver(written if self._only_new else written & run.seen)
            self._store.forget_changes(number for number, _ in run.untold)
            self._store.end_run()


def _keep_evidence(evidence: Sequence[Evidence]) -> list[ExportError]:
    """Put the pages of sources that are held where people find them; return what failed."""
    faults: list[ExportError] = []
    for one in evidence:
        try:
            one.write()
        except OSError as error:
            fault = StateError(str(one.folder), "the pages cannot be kept there")
            fault.__cause__ = error
            faults.append(fault)
    return faults
