"""The part of a run that is one transaction: who is who, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from scraper.exporters.base import without_surrogates
from scraper.models import Item, Result
from scraper.state.base import Entry, HeldError, Memo, Store
from scraper.state.changes import Change, encode_change, find_changes, find_removed
from scraper.state.keys import source_key
from scraper.state.matching import Sighting, match_entries, see_items
from scraper.state.validators import drop_validators, keep_validators

__all__ = ["Recording", "listed_items"]

# PROMISES: more than four in five entries suddenly new are a relayout until somebody says they are
# not. Of fewer than five, all may well be new: a short list is turned over in a day.
_FLOOD = 0.8
_LEAST_FLOOD = 5
# A list that turns over between two runs does so again: so many more of its listings may.
_EXPECTED_FLOODS = 10


def listed_items(result: Result) -> Sequence[Item]:
    """Return the entries of a source that worked, and else none."""
    return result.listing.items if result.error is None and result.listing else ()


class Recording:
    """What a run keeps of its results, to be used inside one transaction of *store*."""

    def __init__(self, store: Store, *, accept: bool, partial: bool, conditional: bool) -> None:
        self._store = store
        self._accept = accept
        self._partial = partial
        self._conditional = conditional
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
            not_modified=result.not_modified,
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
        if not (result.not_modified or self._may_pass(key, len(sightings), new)):
            self.results[-1] = msgspec.structs.replace(result, error=_held(result, sightings, new))
            return msgspec.structs.replace(memo, outcome=HeldError.kind, **counts)
        changes = list(self._keep(result.source.name, key, sightings))
        if listing.complete and not self._partial:
            changes += self._drop(result.source.name, key, listed)
        self._changes += [(key, change) for change in changes]
        if not result.not_modified:
            self._keep_validators(key, result)
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

    def _keep_validators(self, key: str, result: Result) -> None:
        # Those of an older listing go in any case.
        if self._conditional:
            keep_validators(self._store, key, result)
        else:
            drop_validators(self._store, key)

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
            return [item for one in self.results for item in listed_items(one)], new
        # What a broken run recorded and no page lists any more.
        for number, entry in left.items():
            if number not in chosen:
                chosen[number] = entry.item
                new[self._place(entry)] += 1
        return list(chosen.values()), new

    def _place(self, entry: Entry) -> int:
        names = [one.source.name for one in self.results]
        return names.index(entry.item.source) if entry.item.source in names else 0


def _held(result: Result, sightings: Sequence[Sighting], new: int) -> HeldError:
    return HeldError(
        result.source.name,
        f"{new} of {len(sightings)} entries are suddenly new, as after a relayout; "
        "none was delivered",
        advice="look at them without --new, and take them with --accept",
    )
