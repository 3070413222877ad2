"""The part of a run that is one transaction: who is who, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scraper.exporters.base import without_surrogates
from scraper.models import Item, Result, Source
from scraper.state.base import Entry, HeldError, Memo, Store
from scraper.state.changes import Change, encode_change, find_changes, find_removed
from scraper.state.drift import Drift, describe_shape, find_drift, keep_shape, recall_shapes
from scraper.state.evidence import Evidence, evidence_folder
from scraper.state.keys import source_key
from scraper.state.matching import Sighting, match_entries, see_items
from scraper.state.validators import drop_validators, keep_validators

__all__ = ["Recording", "Rules", "listed_items"]

# PROMISES: more than four in five entries suddenly new are a relayout until somebody says they are
# not. Of fewer than five, all may well be new: a short list is turned over in a day.
_FLOOD = 0.8
_LEAST_FLOOD = 5
# A list that turns over between two runs does so again: so many more of its listings may.
_EXPECTED_FLOODS = 10
_GOOD_PAGE = "good page"


def listed_items(result: Result) -> Sequence[Item]:
    """Return the entries of a source that worked, and else none."""
    return result.listing.items if result.error is None and result.listing else ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a run is read."""

    #: Take what would be held.
    accept: bool = False
    #: Listings were read in part on purpose.
    partial: bool = False
    #: Servers are asked for what has changed.
    conditional: bool = False
    #: Up to so many pages of a listing are read.
    pages: int = 1
    #: Below it the pages of sources that are held are put; None for nowhere.
    evidence: Path | None = None
    #: The pages that came, packed, by the ``id`` of their sources.
    packed: Mapping[int, bytes] = field(default_factory=dict)


class Recording:
    """What a run keeps of its results, to be used inside one transaction of *store*."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._changes: list[tuple[str, Change]] = []
        #: For each result, the entries that it lists.
        self._entries: list[list[Entry]] = []
        #: What a source that is held listed when all was well, by the place of its result.
        self._former: dict[int, list[Item]] = {}
        self.results: list[Result] = []
        #: What is to be delivered, and what is to be told.
        self.pending: list[Entry] = []
        self.untold: list[tuple[int, bytes]] = []
        #: The names of sources with what is strange about them, and the pages of those held.
        self.warnings: list[tuple[str, str]] = []
        self.evidence: list[Evidence] = []

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
        held = self._judge(key, result, sightings, new)
        if held is not None:
            self._hold(key, result, held, listed)
            return msgspec.structs.replace(memo, outcome=HeldError.kind, **counts)
        changes = list(self._keep(result.source.name, key, sightings))
        if listing.complete and not self._rules.partial:
            changes += self._drop(result.source.name, key, listed)
        self._changes += [(key, change) for change in changes]
        for kind in ("changed", "moved", "removed"):
            counts[kind] = len({one.id for one in changes if one.change == kind})
        return msgspec.structs.replace(memo, **counts)

    def _judge(
        self, key: str, result: Result, sightings: Sequence[Sighting], new: int
    ) -> HeldError | None:
        """Return why *result* is held; where it is not, note what it is judged by next time."""
        # A page that is as it was has been judged, and what is noted of it still holds.
        if result.not_modified or result.listing is None:
            return None
        rules, complete = self._rules, result.listing.complete
        former = recall_shapes(self._store, key)
        shape = describe_shape(sightings, former, result, pages=rules.pages)
        drift = Drift()
        if not (rules.accept or rules.partial):
            drift = find_drift(former, shape, new=new, complete=complete)
        if drift.grave:
            return _drifted(result.source, drift, self._folder(result.source))
        if not self._may_pass(key, len(sightings), new):
            return _flooded(result, sightings, new)
        if complete and not rules.partial:
            keep_shape(self._store, key, [] if rules.accept else former, shape)
        self._keep_page(key, result)
        self._warn(drift.slight)
        return None

    def _may_pass(self, key: str, count: int, new: int) -> bool:
        """Tell whether so many new entries of *count* are no flood, or one that is usual."""
        is_flood = new >= _LEAST_FLOOD and new > _FLOOD * count and self._store.knows(key)
        left = self._store.floods_left(key)
        if not is_flood:
            if left:
                self._store.expect_floods(key, left - 1)
            return True
        if self._rules.accept or left:
            self._store.expect_floods(key, _EXPECTED_FLOODS)
            return True
        return False

    def _hold(self, key: str, result: Result, held: HeldError, listed: Sequence[Entry]) -> None:
        """Keep nothing of *result* but the page, to be compared with the last good one."""
        self.results[-1] = msgspec.structs.replace(result, error=held)
        former = [entry.item for entry in listed]
        self._former[len(self.results) - 1] = former
        folder = self._folder(result.source)
        if folder is not None and result.listing is not None:
            self.evidence.append(
                Evidence(
                    folder=folder,
                    good=self._store.note(key, _GOOD_PAGE),
                    now=self._rules.packed.get(id(result.source)),
                    good_items=tuple(former),
                    now_items=result.listing.items,
                )
            )

    def _folder(self, source: Source) -> Path | None:
        root = self._rules.evidence
        return None if root is None else evidence_folder(root, source)

    def _warn(self, told: Sequence[str]) -> None:
        """Add warnings to the last result."""
        result = self.results[-1]
        if not told or result.listing is None:
            return
        self.warnings += [(result.source.name, one) for one in told]
        listing = msgspec.structs.replace(
            result.listing, warnings=(*result.listing.warnings, *told)
        )
        self.results[-1] = msgspec.structs.replace(result, listing=listing)

    def _keep_page(self, key: str, result: Result) -> None:
        """Note the page of a good run, and how to ask whether it has changed."""
        self._store.keep_note(key, _GOOD_PAGE, self._rules.packed.get(id(result.source)))
        if self._rules.conditional:
            keep_validators(self._store, key, result)
        else:
            drop_validators(self._store, key)

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
        """Return what is to be written, and for each result how many entries are new.

        Among all entries, those of a source that is held are the ones of its last good run.
        """
        left = {entry.number: entry for entry in self.pending}
        chosen: dict[int, Item] = {}
        new: list[int] = []
        for entries in self._entries:
            fresh = {one.number: one.item for one in entries if one.number in left}
            new.append(len(fresh.keys() - chosen.keys()))
            chosen |= fresh
        if not only_new:
            listings = (
                self._former.get(place, listed_items(one)) for place, one in enumerate(self.results)
            )
            return [item for items in listings for item in items], new
        # What a broken run recorded and no page lists any more.
        for number, entry in left.items():
            if number not in chosen:
                chosen[number] = entry.item
                new[self._place(entry)] += 1
        return list(chosen.values()), new

    def _place(self, entry: Entry) -> int:
        names = [one.source.name for one in self.results]
        return names.index(entry.item.source) if entry.item.source in names else 0


def _drifted(source: Source, drift: Drift, folder: Path | None) -> HeldError:
    where = "look at it without --new" if folder is None else f"compare {folder}/now with /good"
    return HeldError(
        source.name,
        f"{', and '.join(drift.grave)}; none was delivered",
        advice=f"{where}, and take it with --accept",
    )


def _flooded(result: Result, sightings: Sequence[Sighting], new: int) -> HeldError:
    return HeldError(
        result.source.name,
        f"{new} of {len(sightings)} entries are suddenly new, as after a relayout; "
        "none was delivered",
        advice="look at them without --new, and take them with --accept",
    )
