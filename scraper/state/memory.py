"""What a run makes of a state: which entries are new, what changed, and each new one once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from scraper.errors import ExportError
from scraper.exporters.base import without_surrogates
from scraper.models import Item, Result, Source
from scraper.report import RunReport
from scraper.state.base import Entry, HeldError, Memo, Store
from scraper.state.changes import Change, ChangesFile, encode_change, find_changes, find_removed
from scraper.state.keys import source_key
from scraper.state.matching import Sighting, match_entries, see_items

__all__ = ["Delivery", "Memory", "deliver_all"]

# PROMISES: more than four in five entries suddenly new are a relayout until somebody says they are
# not. Of fewer than five, all may well be new: a short list is turned over in a day.
_FLOOD = 0.8
_LEAST_FLOOD = 5
# A list that turns over between two runs does so again: so many more of its listings may.
_EXPECTED_FLOODS = 10

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
    faults, places = write([item for one in results for item in _items(one)] if worked else None)
    return Delivery(sources=sources, results=list(results), faults=faults, places=places, new=None)


class Memory:
    """Remembers, with a *store*, what runs deliver.

    With *only_new* that is what no run delivered before, and else everything, as without a memory.
    *accept* takes a source whose entries are suddenly nearly all new. *partial* says that listings
    were read in part on purpose, so that an entry that is not there is none that is gone.
    """

    def __init__(
        self,
        store: Store,
        *,
        only_new: bool = False,
        accept: bool = False,
        partial: bool = False,
        changes: ChangesFile | None = None,
    ) -> None:
        self._store = store
        self._only_new = only_new
        self._accept = accept
        self._partial = partial
        self._changes = changes

    def check(self) -> str | None:
        """Refuse, before any work, what cannot be used; return what people should know."""
        if self._changes is not None:
            self._changes.check()
        return self._store.check()

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
                delivery = self._write(run, sources, write)
                if not delivery.faults and delivery.worked:
                    self._confirm(run)
        except ExportError as error:
            delivery.faults.append(error)
        return delivery

    def _record(self, sources: Sequence[Source], results: Sequence[Result]) -> _Recording:
        with self._store.transaction():
            run = _Recording(self._store, accept=self._accept, partial=self._partial)
            run.record(results)
            keys = list(dict.fromkeys(map(source_key, sources)))
            run.pending = list(self._store.pending(keys))
            if self._changes is not None:
                run.keep_changes()
                run.untold = list(self._store.pending_changes(keys))
        return run

    def _write(self, run: _Recording, sources: Sequence[Source], write: Writer) -> Delivery:
        items, new = run.choose(only_new=self._only_new)
        worked = any(one.error is None and one.listing for one in run.results)
        faults, places = write(items if worked else None)
        return Delivery(sources=sources, results=run.results, faults=faults, places=places, new=new)

    def _confirm(self, run: _Recording) -> None:
        """Mark as delivered what was written: what is not marked comes again."""
        if self._changes is not None:
            self._changes.write(row for _, row in run.untold)
        written = {one.number for one in run.pending}
        with self._store.transaction():
            self._store.deliver(written if self._only_new else written & run.seen)
            self._store.forget_changes(number for number, _ in run.untold)
            self._store.end_run()


class _Recording:
    """The part of a run that is one transaction: who is who, and what became of them."""

    def __init__(self, store: Store, *, accept: bool, partial: bool) -> None:
        self._store = store
        self._accept = accept
        self._partial = partial
        self._changes: list[tuple[str, Change]] = []
        #: For each result, the entries that it lists.
        self._entries: list[list[Entry]] = []
        self.results: list[Result] = []
        #: What is to be delivered, and what is to be told.
        self.pending: list[Entry] = []
        self.untold: list[tuple[int, bytes]] = []

    @property
    def seen(self) -> set[int]:
        """The numbers of all entries that are listed."""
        return {entry.number for entries in self._entries for entry in entries}

    def record(self, results: Sequence[Result]) -> None:
        """Keep what *results* list, and how they went."""
        self._store.begin_run()
        self._store.keep_memos([self._record(result) for result in results])

    def _record(self, result: Result) -> Memo:
        key, listing = source_key(result.source), result.listing
        memo = Memo(
            at=datetime.now(UTC).replace(microsecond=0),
            source=without_surrogates(result.source.name),
            outcome=result.error.kind if result.error else "ok",
        )
        self.results.append(result)
        self._entries.append([])
        if result.error is not None or listing is None:
            return memo
        listed = self._store.listed(key)
        sightings = see_items(listing.items)
        match_entries(
            sightings, find=lambda one, most: self._store.find(key, one, limit=most), listed=listed
        )
        new = sum(one.entry is None for one in sightings)
        counts = {"items": len(listing.items), "new": new}
        if not self._may_pass(key, len(sightings), new):
            self.results[-1] = msgspec.structs.replace(result, error=_held(result, sightings, new))
            return msgspec.structs.replace(memo, outcome=HeldError.kind, **counts)
        changes = list(self._keep(result.source.name, key, sightings))
        if listing.complete and not self._partial:
            changes += self._drop(result.source.name, key, listed)
        self._changes += [(key, change) for change in changes]
        for kind in ("changed", "moved", "removed"):
            counts[kind] = len({one.id for one in changes if one.change == kind})
        return msgspec.structs.replace(memo, **counts)

    def _may_pass(self, key: str, count: int, new: int) -> bool:
        """Tell whether so many new entries of *count* are no flood, or one that is usual."""
        is_flood = new >= _LEAST_FLOOD and new > _FLOOD * count and self._store.knows(key)
        left = self._store.floods_left(key)
        if not is_flood:
            if left:
                self._store.expect_floods(key, left - 1)
            return True
        if self._accept or left:
            self._store.expect_floods(key, _EXPECTED_FLOODS)
            return True
        return False

    def _keep(self, source: str, key: str, sightings: Sequence[Sighting]) -> Iterator[Change]:
        for one in sightings:
            yield from find_changes(source, one.entry, one.item)
            number = one.entry.number if one.entry else 0
            entry = Entry(number=number, item=one.item, rank=one.rank)
            self._store.keep(key, entry, one.keys)
            self._entries[-1].append(entry)

    def _drop(self, source: str, key: str, listed: Sequence[Entry]) -> Iterator[Change]:
        still = {entry.number for entry in self._entries[-1]}
        for entry in listed:
            if entry.number not in still:
                gone = msgspec.structs.replace(entry, listed=False)
                self._store.keep(key, gone, ())
        yield from find_removed(source, listed, still)

    def keep_changes(self) -> None:
        """Keep what changed until it was told."""
        for key, change in self._changes:
            self._store.keep_changes(key, [encode_change(change)])

    def choose(self, *, only_new: bool) -> tuple[list[Item], list[int]]:
        """Return what is to be written, and for each result how many entries are new."""
        left = {entry.number: entry for entry in self.pending}
        chosen: dict[int, Item] = {}
        new: list[int] = []
        for entries in self._entries:
            fresh = {one.number: one.item for one in entries if one.number in left}
            new.append(len(fresh.keys() - chosen.keys()))
            chosen |= fresh
        if not only_new:
            return [item for one in self.results for item in _items(one)], new
        # What a broken run recorded and no page lists any more.
        for number, entry in left.items():
            if number not in chosen:
                chosen[number] = entry.item
                new[self._place(entry)] += 1
        return list(chosen.values()), new

    def _place(self, entry: Entry) -> int:
        names = [one.source.name for one in self.results]
        return names.index(entry.item.source) if entry.item.source in names else 0


def _items(result: Result) -> Sequence[Item]:
    return result.listing.items if result.error is None and result.listing else ()


def _held(result: Result, sightings: Sequence[Sighting], new: int) -> HeldError:
    return HeldError(
        result.source.name,
        f"{new} of {len(sightings)} entries are suddenly new, as after a relayout; "
        "none was delivered",
        advice="look at them without --new, and take them with --accept",
    )
