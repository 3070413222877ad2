"""Whether a listing has lost what it always had: a site that half broke, or a page half read.

Nothing fails when a redesign takes the dates away, gives every entry the title "Read more", or
hides half of the list: it only gets worse in silence. So the shape of a listing is compared with
those of the last good runs of its source. What varied before may vary again: the worst of them is
the measure.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from scraper.models import Item, Result
from scraper.state.base import Store
from scraper.state.keys import link_shape
from scraper.state.matching import Sighting
from scraper.urls import page_key

__all__ = ["Drift", "Shape", "describe_shape", "find_drift", "keep_shape", "recall_shapes"]

_KIND = "shapes"
# So many shapes are remembered of a source, those that follow one another and are the same as one.
_MOST_SHAPES = 10
# With fewer good runs, nobody knows yet how much a listing varies.
_SEVERAL_RUNS = 3
# A share that falls to this part of its worst is a break, and to the smaller part after one or two
# runs. Measured by benchmarks/drift.py, where each entry has a date by chance alone, which is
# harder than life: 0.14 % of later runs are held for nothing, and 0.4 % of the second and third. Of
# pages with dates in a fifth of their entries instead of in all, 0.2 % pass, of the second run
# 24 %; at 0.33 and 0.15 8 % would, and at 0.7 and 0.5 up to 5 % of the second and third runs are
# held for nothing.
_HALF = 0.5
_QUARTER = 0.25
# So many entries must have lost the field: of 1 to 3 entries any may be without it. So many must
# have gone from a list: a short one is halved in a day.
_LEAST_WITHOUT = 4
_LEAST_GONE = 5
# New entries that lead where none led are another list where they are half of all, and few others
# are new; a site has new sections now and then. That so many of a run do must be unheard of.
_STRANGE = 0.5
_ALIKE = 0.8
_USUALLY_STRANGE = 0.2
# More kinds of addresses than that tell nothing.
_MOST_LINKS = 40

_HAS: dict[str, Callable[[Item], object]] = {
    "date": lambda item: item.date,
    "summary": lambda item: item.summary,
    "image": lambda item: item.image,
    "author": lambda item: item.author,
    "category": lambda item: item.category,
}
_OWN_TITLE = "title of its own"
_OWN_ADDRESS = "address of its own"
#: Without these an entry is half an entry; the loss of the others is told, and holds nothing up.
_GRAVE = (_OWN_TITLE, _OWN_ADDRESS, "date", "summary")


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing looked like, in numbers of entries."""

    #: Digest of what was asked for: a listing of five pages is no measure for one of one page.
    asked: str
    #: How many runs in a row had it.
    runs: int = 1
    count: int
    #: How many have each field; without the date where it could not be told for sure.
    having: dict[str, int]
    #: Digests of the hosts and the shapes of the paths that links have; empty for too many.
    links: tuple[str, ...] = ()
    #: New ones whose links were of none of the kinds of the runs before.
    strange: int = 0


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing has lost, in words: enough to hold it back, or worth a warning."""

    grave: tuple[str, ...] = ()
    slight: tuple[str, ...] = ()


def describe_shape(
    sightings: Sequence[Sighting], former: Sequence[Shape], result: Result, *, pages: int
) -> Shape:
    """Return the shape of *result*, up to *pages* pages, after the *former* ones."""
    source = result.source
    titles = Counter(one.title for one in sightings)
    addresses = Counter(one.url for one in sightings)
    having = {name: sum(map(bool, map(has, _items(sightings)))) for name, has in _HAS.items()}
    having[_OWN_TITLE] = sum(titles[one.title] == 1 for one in sightings)
    having[_OWN_ADDRESS] = sum(one.url is not None and addresses[one.url] == 1 for one in sightings)
    if _doubts_dates(result):
        del having["date"]
    kinds = {one.rank: _digest(link_shape(one.url)) for one in sightings if one.url is not None}
    known = {kind for shape in former for kind in shape.links}
    new = [one for one in sightings if one.entry is None]
    links = sorted(set(kinds.values()))
    asked = (page_key(source.url or ""), source.language, source.fields, source.hints, pages)
    return Shape(
        asked=_digest(repr(asked)),
        count=len(sightings),
        having=having,
        links=tuple(links) if len(links) <= _MOST_LINKS else (),
        strange=sum(one.rank in kinds and kinds[one.rank] not in known for one in new),
    )


def _doubts_dates(result: Result) -> bool:
    """Tell whether dates are there and may mean two days each.

    ``03/04/2024`` was clear while ``25/03/2024`` stood below it: nothing broke.
    """
    warnings = result.listing.warnings if result.listing else ()
    return any(one.startswith("dates: ") for one in warnings)


def _items(sightings: Sequence[Sighting]) -> list[Item]:
    return [one.item for one in sightings]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=5).hexdigest()


def find_drift(former: Sequence[Shape], now: Shape, *, new: int, complete: bool = True) -> Drift:
    """Return what the listing of shape *now* lost, of which *new* entries are new.

    Only *former* shapes of the same request count. A listing that is not *complete* may be short.
    """
    alike = [one for one in former if one.asked == now.asked]
    if not alike or not now.count:
        return Drift()
    # Where most entries are new, the list was turned over, and may well be shorter than the last.
    turned_over = 2 * new > now.count
    grave = [_lost(name, alike, now) for name in _GRAVE if name != _OWN_TITLE or not turned_over]
    if complete and not turned_over:
        grave.append(_shrunk(alike, now))
    grave.append(_strayed(alike, now, new))
    slight = [_lost(name, alike, now) for name in now.having if name not in _GRAVE]
    return Drift(grave=tuple(filter(None, grave)), slight=tuple(filter(None, slight)))


def _runs(shapes: Sequence[Shape]) -> int:
    return sum(one.runs for one in shapes)


def _part(shapes: Sequence[Shape]) -> float:
    return _HALF if _runs(shapes) >= _SEVERAL_RUNS else _QUARTER


def _lost(name: str, former: Sequence[Shape], now: Shape) -> str | None:
    """Tell of a field that far fewer entries have than in the worst of the *former* runs."""
    shares = [
        one.having[name] / one.count
        for one in former
        if one.count >= _LEAST_WITHOUT and name in one.having
    ]
    if not shares or name not in now.having:
        return None
    # Dockets have many entries of one title on some days: that must be nearly all of them.
    part = _QUARTER if name == _OWN_TITLE else _part(former)
    usual, have = min(shares) * now.count, now.having[name]
    if have > part * usual or usual - have < _LEAST_WITHOUT:
        return None
    article, has = "an" if name[0] in "ai" else "a", "has" if have <= 1 else "have"
    before = "all" if min(shares) == 1 else f"{min(shares):.0%} or more"
    told = f"{have or 'none'} of {now.count} entries {has} {article} {name}"
    return f"{told}, which {before} had {_before(former)}"


def _shrunk(former: Sequence[Shape], now: Shape) -> str | None:
    """Tell of a list that is far shorter than it ever was, more than it ever varied."""
    least, most = min(one.count for one in former), max(one.count for one in former)
    if least == 0 or least - now.count < _LEAST_GONE:
        return None
    if now.count > _part(former) * least * least / most:
        return None
    entries = "entry is" if now.count == 1 else "entries are"
    return f"{now.count} {entries} left, of {least} or more {_before(former)}"


def _strayed(former: Sequence[Shape], now: Shape, new: int) -> str | None:
    """Tell of new entries that all lead elsewhere: the list of something else."""
    if _runs(former) < _SEVERAL_RUNS or not all(one.links for one in former):
        return None
    if any(one.strange > _USUALLY_STRANGE * one.count for one in former[1:]):
        return None
    if now.strange < _LEAST_GONE or now.strange < max(_STRANGE * now.count, _ALIKE * new):
        return None
    return f"{now.strange} of {now.count} entries are new and lead where none led {_before(former)}"


def _before(former: Sequence[Shape]) -> str:
    runs = _runs(former)
    return "in the run before" if runs == 1 else f"in the last {runs} runs"


def recall_shapes(store: Store, key: str) -> list[Shape]:
    """Return the shapes of the last good runs, oldest first."""
    note = store.note(key, _KIND)
    return [] if note is None else msgspec.json.decode(note, type=list[Shape])


def keep_shape(store: Store, key: str, former: Sequence[Shape], now: Shape) -> None:
    """Note that a good run had the shape *now*, after the *former* ones that still count."""
    alike = [one for one in former if one.asked == now.asked]
    if alike and msgspec.structs.replace(alike[-1], runs=1, strange=0) == msgspec.structs.replace(
        now, strange=0
    ):
        alike[-1] = msgspec.structs.replace(alike[-1], runs=alike[-1].runs + 1)
    else:
        alike.append(now)
    store.keep_note(key, _KIND, msgspec.json.encode(alike[-_MOST_SHAPES:]))
