"""Which entries of a listing are old acquaintances: the rules of identity across runs.

An entry is known by its address. Where that is missing, or several entries share it, by its
headline and date. The rules, the surest first; each entry and each acquaintance is taken once:

1. the same address, headline and date (or without an address, headline and date);
2. an address that is nobody else's, whatever headline and date became: *retitled*, *re-dated*;
3. the same headline and date at another address, or at none: *moved*. A headline of a word or two
   may stand above many entries ("Order", "Notice"), so it must be a relayout that moved it, and one
   of a few words must be at an address that differs by more than its numbers;
4. without an address of its own, the same headline with a date that became more or less precise, or
   with the same teaser, or in the same place: *re-dated*; the same date with the same teaser, or
   with nearly the same headline in the same place: *retitled*.

All else is new. Where two rules would do, the one that calls an entry new is right: to deliver
twice is a nuisance, to miss an entry is a loss.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache

from scraper.models import Item
from scraper.state.base import Entry
from scraper.state.keys import entry_url_key, link_shape, title_key

__all__ = ["Sighting", "match_entries", "see_items"]

# Of the entries that share an address or a headline, so many of the newest are looked at.
_MOST_ALIKE = 200
# A headline of so many words (or characters, in scripts without blanks) names one entry.
_TELLING_WORDS = 3
_TELLING_LENGTH = 12
# ... and of so many, one entry even where its address differs by a number alone.
_UNIQUE_WORDS = 5
_UNIQUE_LENGTH = 20
# Between "Storm: 2 dead" and "Storm: 3 dead", and "Minutes of 3 May" and "Agenda of 3 May".
_NEARLY = 0.8

_DIGITS = re.compile(r"\d+")


@dataclass(eq=False, slots=True)
class Sighting:
    """An entry of a listing, and the acquaintance that it is."""

    item: Item
    #: Of the address; None without one of its own.
    url: str | None
    title: str
    rank: int
    #: Who it is; None for a new one.
    entry: Entry | None = None
    #: Acquaintances by address, by headline and date, by headline.
    by_url: list[Entry] = field(default_factory=list)
    by_text: list[Entry] = field(default_factory=list)
    by_title: list[Entry] = field(default_factory=list)

    @property
    def keys(self) -> list[bytes]:
        """The keys by which it will be known."""
        keys = [_digest("text", self.title, self.item.date or ""), _digest("title", self.title)]
        return keys if self.url is None else [_digest("url", self.url), *keys]


def _digest(*parts: str) -> bytes:
    # Among 10 million keys two are alike with a chance of one in 24 thousand million (n²/2·2⁻⁸⁰).
    text = "\n".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=10).digest()


def see_items(items: Iterable[Item]) -> list[Sighting]:
    """Return the entries that *items* are, in order, each once however often it is listed.

    >>> twice = [Item(title="Bridge reopens", url="https://a.example/7", position=n, id="7")
    ...     for n in (1, 2)]
    >>> len(see_items(twice))
    1
    """
    seen: dict[tuple[str | None, str], list[Sighting]] = defaultdict(list)
    sightings: list[Sighting] = []
    for item in items:
        url, title = _own_url(item), title_key(item.title)
        same = seen[url, title]
        if any(_same_or_unknown(item.date, other.item.date, url) for other in same):
            continue
        sightings.append(Sighting(item=item, url=url, title=title, rank=len(sightings) + 1))
        same.append(sightings[-1])
    return sightings


def _own_url(item: Item) -> str | None:
    """Return the key of the item's address; None where that is only the listing's own."""
    if item.url is None:
        return None
    key = entry_url_key(item.url)
    return None if item.page_url is not None and key == entry_url_key(item.page_url) else key


def _same_or_unknown(one: str | None, other: str | None, url: str | None) -> bool:
    return one == other if url is None else _may_be(one, other)


def _may_be(one: str | None, other: str | None) -> bool:
    """Tell whether two dates may be the same day, one of them told less precisely."""
    return not one or not other or one.startswith(other) or other.startswith(one)


def match_entries(
    sightings: Sequence[Sighting],
    *,
    find: Callable[[bytes, int], Sequence[Entry]],
    listed: Sequence[Entry],
) -> None:
    """Say of each sighting who it is, by the rules above.

    *find* returns the acquaintances with a key, at most so many; *listed* is the last listing.
    """
    _Matching(sightings, find, listed).run()


class _Matching:
    def __init__(
        self,
        sightings: Sequence[Sighting],
        find: Callable[[bytes, int], Sequence[Entry]],
        listed: Sequence[Entry],
    ) -> None:
        self._sightings = sightings
        self._taken: set[int] = set()
        self._order = {entry.number: place for place, entry in enumerate(listed)}
        self._listed = listed
        known: dict[int, Entry] = {entry.number: entry for entry in listed}

        @cache
        def one_each(key: bytes) -> list[Entry]:
            # The same acquaintance is the same object, by whatever key it is found.
            return [known.setdefault(one.number, one) for one in find(key, _MOST_ALIKE)]

        for sighting in sightings:
            *url_key, text_key, name_key = sighting.keys
            sighting.by_url = one_each(url_key[0]) if url_key else []
            sighting.by_title = one_each(name_key)
            sighting.by_text = one_each(text_key) if sighting.by_title else []
        self._urls = Counter(one.url for one in sightings)

    def run(self) -> None:
        self._match_exactly()
        self._match_addresses()
        relayout = self._is_relayout()
        self._match_moved(relayout=relayout)
        if relayout:
            self._match_moved_together()
        self._match_by_evidence()

    def _take(self, sighting: Sighting, entry: Entry) -> None:
        sighting.entry = entry
        self._taken.add(entry.number)

    def _open(self) -> list[Sighting]:
        return [one for one in self._sightings if one.entry is None]

    def _free(self, entries: Iterable[Entry]) -> list[Entry]:
        return [one for one in entries if one.number not in self._taken]

    def _match_exactly(self) -> None:
        for sighting in self._sightings:
            numbers = {one.number for one in sighting.by_url}
            same = [
                one
                for one in sighting.by_text
                # Of an address that very many share, only the newest are among those.
                if _own_url(one.item) == sighting.url or one.number in numbers
            ]
            if free := self._free(same):
                self._take(sighting, free[0])

    def _match_addresses(self) -> None:
        for sighting in self._open():
            if not self._is_shared(sighting) and (free := self._free(sighting.by_url)):
                self._take(sighting, free[0])

    def _is_shared(self, sighting: Sighting) -> bool:
        return self._urls[sighting.url] > 1 or len(sighting.by_url) > 1

    def _is_relayout(self) -> bool:
        """Tell whether all addresses are of another make than those of the last listing."""
        if any(one.entry for one in self._sightings if one.url):
            return False
        former = {link_shape(url) for one in self._listed if (url := _own_url(one.item))}
        return former.isdisjoint({link_shape(one.url) for one in self._sightings if one.url})

    def _match_moved(self, *, relayout: bool) -> None:
        texts = Counter((one.title, one.item.date) for one in self._open())
        for sighting in self._open():
            if sighting.by_url or texts[sighting.title, sighting.item.date] > 1:
                continue
            dated = sighting.by_text if sighting.item.date else []
            same = dated if len(dated) == 1 else self._undated(sighting)
            for entry in self._free(same):
                if relayout or _has_moved(entry, sighting):
                    self._take(sighting, entry)

    def _undated(self, sighting: Sighting) -> list[Entry]:
        """Return the one with its telling headline, listed last time, that may be of its day."""
        if len(sighting.by_title) != 1 or not _is_telling(sighting.title):
            return []
        (entry,) = sighting.by_title
        fits = entry.number in self._order and _may_be(entry.item.date, sighting.item.date)
        return [entry] if fits else []

    def _match_moved_together(self) -> None:
        """Take entries with a headline and date in common, in order, all addresses being new."""
        groups: dict[tuple[str, str | None], list[Sighting]] = defaultdict(list)
        for sighting in self._open():
            if sighting.item.date and not sighting.by_url:
                groups[sighting.title, sighting.item.date].append(sighting)
        for group in groups.values():
            free = sorted(self._free(group[0].by_text), key=lambda one: one.rank)
            if len(free) == len(group):
                for sighting, entry in zip(group, free, strict=True):
                    self._take(sighting, entry)

    def _match_by_evidence(self) -> None:
        """Take what is re-dated or retitled among those without an address of their own."""
        for sighting in self._open():
            if sighting.url is not None and not sighting.by_url:
                continue
            likely = [one for one in self._gone(sighting) if self._is_likely(sighting, one)]
            if len(likely) == 1:
                self._take(sighting, likely[0])

    def _gone(self, sighting: Sighting) -> list[Entry]:
        """Return those of the last listing with its address, or also with none, not seen yet."""
        if sighting.url is not None:
            listed = [one for one in sighting.by_url if one.number in self._order]
        else:
            listed = [one for one in self._listed if _own_url(one.item) is None]
        return self._free(listed)

    def _is_likely(self, sighting: Sighting, entry: Entry) -> bool:
        here, there = sighting.item, entry.item
        same_teaser = here.summary is not None and here.summary == there.summary
        title = title_key(there.title)
        if title == sighting.title:
            refined = _may_be(here.date, there.date) and _is_telling(title)
            return refined or same_teaser or self._same_place(sighting, entry, before=True)
        if here.date is None or here.date != there.date:
            return False
        if same_teaser and _is_telling(here.summary or ""):
            return True
        return _is_nearly(title, sighting.title) and self._same_place(sighting, entry, before=False)

    def _same_place(self, sighting: Sighting, entry: Entry, *, before: bool) -> bool:
        """Tell whether the same entry stands in front: at the top, everything is new one day."""
        place = self._order[entry.number]
        former = self._listed[place - 1].number if place else None
        ahead = self._sightings[sighting.rank - 2] if sighting.rank > 1 else None
        if ahead is None or former is None:
            return not before and ahead is None and former is None
        return ahead.entry is not None and ahead.entry.number == former


def _has_moved(entry: Entry, sighting: Sighting) -> bool:
    """Tell whether *entry*, of the same headline, may have become *sighting* elsewhere."""
    former = _own_url(entry.item)
    if former == sighting.url or not _is_telling(sighting.title):
        return False
    if former is None or sighting.url is None:
        return True
    renumbered = _DIGITS.sub("0", former) == _DIGITS.sub("0", sighting.url)
    return not renumbered or _is_telling(sighting.title, _UNIQUE_WORDS, _UNIQUE_LENGTH)


def _is_nearly(one: str, other: str) -> bool:
    # "Minutes of 3 May" are not those of 4 May.
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    return SequenceMatcher(None, one, other).ratio() >= _NEARLY


def _is_telling(text: str, words: int = _TELLING_WORDS, length: int = _TELLING_LENGTH) -> bool:
    """Tell whether *text* names one entry rather than a kind of them."""
    parts = text.split()
    # Scripts without blanks have a word in one or two characters.
    return len(parts) >= words or (not text.isascii() and len(text) >= length * len(parts))
