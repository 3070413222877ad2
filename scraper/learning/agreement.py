"""How far records agree with others of the same page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from scraper.learning.ground import AROUND, fold
from scraper.models import Item
from scraper.urls import page_key

__all__ = ["Agreement", "compare"]

# What selectors must give back of what the page lists. A page of forty entries may have two that
# nothing selects; teasers are often whole posts, cut where somebody pleases.
_LEAST_ENTRIES = 0.95
_LEAST = {"titles": 0.95, "dates": 0.9, "summaries": 0.75}
_SAME_TEASER = 0.85


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries two listings have in common, and how many of those agree in what."""

    wanted: int
    given: int
    common: int
    #: Of the entries in common, those with the same headline, date and teaser.
    titles: int
    dates: int
    summaries: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of entries."""
        total = self.wanted + self.given
        return 2 * self.common / total if total else 0.0

    @property
    def worth(self) -> float:
        """One figure to compare by: entries first, then what is right of them."""
        if not self.common:
            return 0.0
        right = 0.5 * self.titles + 0.3 * self.dates + 0.2 * self.summaries
        return self.f1 * (0.5 + 0.5 * right / self.common)

    @property
    def is_close(self) -> bool:
        """Whether the one may stand for the other."""
        return self.f1 >= _LEAST_ENTRIES and all(
            getattr(self, name) >= least * self.common for name, least in _LEAST.items()
        )

    def __str__(self) -> str:
        """Return it in words: "9 of 9 entries, with 8 of 9 dates"."""
        surplus = self.given - self.common
        more = f" and {surplus} more" if surplus else ""
        short = ", ".join(self._short())
        return f"{self.common} of {self.wanted} entries{more}{f', with {short}' if short else ''}"

    def _short(self) -> Iterator[str]:
        for name in _LEAST:
            if getattr(self, name) < self.common:
                yield f"{getattr(self, name)} of {self.common} {name}"


def compare(wanted: Sequence[Item], given: Sequence[Item]) -> Agreement:
    """Return how far *given* agrees with *wanted*: an entry is known by its address, else headline.

    >>> item = Item(title="A", url="https://a.example/", position=1, id="a")
    >>> str(compare([item], [item]))
    '1 of 1 entries'
    """
    free: dict[object, list[Item]] = {}
    for item in wanted:
        free.setdefault(_key(item), []).append(item)
    pairs: list[tuple[Item, Item]] = []
    for item in given:
        if rivals := free.get(_key(item)):
            same = next((one for one in rivals if _has_title(one, item)), rivals[0])
            rivals.remove(same)
            pairs.append((same, item))
    return Agreement(
        wanted=len(wanted),
        given=len(given),
        common=len(pairs),
        titles=sum(_has_title(one, other) for one, other in pairs),
        dates=sum(one.date == other.date for one, other in pairs),
        summaries=sum(_has_summary(one, other) for one, other in pairs),
    )


def _key(item: Item) -> object:
    return page_key(item.url) if item.url else fold(item.title)


def _has_title(item: Item, other: Item) -> bool:
    return fold(item.title).strip(AROUND) == fold(other.title).strip(AROUND)


def _has_summary(item: Item, other: Item) -> bool:
    one, two = fold(item.summary or ""), fold(other.summary or "")
    short, long = sorted((one, two), key=len)
    return one == two or (bool(short) and short in long and len(short) >= _SAME_TEASER * len(long))
