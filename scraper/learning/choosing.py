"""Which of the selectors on offer is taken: the one that is right most often, the shortest then.

Where no single one is right everywhere, up to three are united: what stands first in an entry is
then given, as CSS and XPath have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from scraper.learning.offers import Found, Offers

__all__ = ["Choice", "choose"]

# From this share on nothing else is tried; below that one it is not worth uniting.
_ENOUGH = 0.97
_HOPELESS = 0.1
_MOST_UNITED = 2
# What a wrong value costs beside one that is missing.
_WRONG = 0.5

#: Tells of an entry, by its number, whether what was found is what its record says.
Test = Callable[[int, Found], bool]


class Choice(NamedTuple):
    """A selector, the share of entries that it is right in, and what it costs."""

    selector: str
    right: float
    cost: float

    @property
    def worth(self) -> float:
        """One figure to compare choices by."""
        return self.right - 0.01 * self.cost


def choose(
    entries: Sequence[Offers], test: Test, *, wanted: Sequence[bool], least: float
) -> Choice | None:
    """Return the best selector on offer, None where none is right in a share of *least*.

    *wanted* tells of each entry whether its record says anything: a value in another is wrong.
    """
    total = sum(wanted)
    if not total:
        return None
    scores = _Scores(entries, test, wanted)
    best = max(scores.single, key=lambda one: one.worth, default=None)
    if best is None or best.right < _HOPELESS:
        return None
    if best.right < _ENOUGH:
        united = [scores.unite(one) for one in (best, scores.cleanest)]
        best = max(best, *united, key=lambda one: one.worth)
    return best if best.right >= least else None


class _Scores:
    def __init__(self, entries: Sequence[Offers], test: Test, wanted: Sequence[bool]) -> None:
        self.entries = entries
        self.total = sum(wanted)
        self._known: list[dict[Found, float]] = [{} for _ in entries]
        self._test = test
        self._wanted = wanted
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        costs: dict[str, float] = {}
        for number, offers in enumerate(entries):
            for selector, (found, cost) in offers.items():
                counts = right if self.score(number, found) > 0 else wrong
                counts[selector] += 1
                costs[selector] = cost
        self.single = [
            Choice(one, (right[one] - _WRONG * wrong[one]) / self.total, costs[one])
            for one in right
        ]
        #: The selector that is right as often as can be without being wrong.
        self.cleanest = max(
            self.single,
            key=lambda one: right[one.selector] - 5 * wrong[one.selector] - 0.05 * one.cost,
            default=Choice("", 0.0, 0.0),
        )

    def score(self, number: int, found: Found | None) -> float:
        """Return 1 for a right value in an entry, less than nothing for a wrong one."""
        if found is None:
            return 0.0
        known = self._known[number]
        if found not in known:
            right = self._wanted[number] and self._test(number, found)
            known[found] = 1.0 if right else -_WRONG
        return known[found]

    def unite(self, first: Choice) -> Choice:
        """Return *first* with others, for the entries that it gives nothing or a wrong value."""
        best = first
        given = [_found(offers, first.selector) for offers in self.entries]
        for _ in range(_MOST_UNITED):
            gains, costs = self._gains(first.selector, given)
            more = max(gains, key=lambda one: gains[one] - 0.05 * costs[one], default="")
            if gains.get(more, 0.0) < max(1.0, 0.02 * self.total):
                break
            base = sum(self.score(number, found) for number, found in enumerate(given))
            joint = " | " if _is_path(more) else ", "
            best = Choice(
                f"{best.selector}{joint}{more}",
                (base + gains[more]) / self.total,
                best.cost + costs[more] + 1,
            )
            given = [
                _sooner(found, _found(offers, more))
                for found, offers in zip(given, self.entries, strict=True)
            ]
        return best

    def _gains(
        self, first: str, given: Sequence[Found | None]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return what each selector would add beside those that have *given*, and what it costs."""
        gains: dict[str, float] = {}
        costs: dict[str, float] = {}
        if "::attr(" in first:
            return gains, costs
        for number, (offers, now) in enumerate(zip(self.entries, given, strict=True)):
            was = self.score(number, now)
            for selector, (found, cost) in offers.items():
                if _is_path(selector) == _is_path(first):
                    gain = self.score(number, _sooner(now, found)) - was
                    gains[selector] = gains.get(selector, 0.0) + gain
                    costs[selector] = cost
        return gains, costs


def _is_path(selector: str) -> bool:
    return selector.startswith("./")


def _found(offers: Offers, selector: str) -> Found | None:
    offer = offers.get(selector)
    return offer.found if offer is not None else None


def _sooner(one: Found | None, other: Found | None) -> Found | None:
    if one is None or other is None:
        return one or other
    return other if other.number < one.number else one
