"""How often the guard against drift stops what is only chance, and what it lets pass.

    python benchmarks/drift.py

Listings are drawn at random: each entry has a date with the chance that is its site's, and the
number of entries varies from run to run. That is harder than real life, where most entries of a run
are those of the run before.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from scraper.state import drift
from scraper.state.drift import Shape, find_drift

_SITES = 4_000
_RUNS = 10


def shape(chance: random.Random, count: int, share: float) -> Shape:
    """Return a listing of so many entries, of which about that share has a date."""
    dated = sum(chance.random() < share for _ in range(count))
    own = dict.fromkeys(("title of its own", "address of its own"), count)
    return Shape(asked="", count=count, having={**own, "date": dated, "summary": count})


def false_alarms(seed: int, *, varies: float, runs: range) -> float:
    """Return in what part of runs a site is held that only varies as it always did."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    alarms = looked = 0
    for _ in range(_SITES):
        usual, share = chance.randint(4, 40), chance.random()
        listings = [
            shape(chance, max(1, round(usual * chance.uniform(1 - varies, 1 + varies))), share)
            for _ in range(_RUNS)
        ]
        for number in runs:
            alarms += bool(find_drift(listings[:number], listings[number], new=0).grave)
            looked += 1
    return alarms / looked


def passed(seed: int, broken: Callable[[random.Random, int], Shape], *, runs: int) -> float:
    """Return the part of broken listings that is not held, on sites that have it all."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    through = 0
    for _ in range(_SITES):
        count = chance.randint(10, 40)
        former = [shape(chance, count, 1) for _ in range(runs)]
        through += not find_drift(former, broken(chance, count), new=0).grave
    return through / _SITES


def main() -> None:
    """Print the figures for several thresholds."""
    for half, quarter in ((0.7, 0.5), (0.5, 0.25), (0.33, 0.15)):
        drift._HALF, drift._QUARTER = half, quarter
        print(f"thresholds {half} and {quarter}")
        for varies in (0.0, 0.25, 0.5):
            few = false_alarms(1, varies=varies, runs=range(1, 3))
            more = false_alarms(2, varies=varies, runs=range(3, _RUNS))
            print(f"  counts vary by {varies:.0%}: held {few:.3%} of runs 2-3, {more:.3%} of later")
        for left in (0.0, 0.2, 0.4, 0.5):
            told = [
                passed(3, lambda chance, count, left=left: shape(chance, count, left), runs=runs)
                for runs in (1, 5)
            ]
            print(f"  dates of {left:.0%} left: passed {told[0]:.1%} of runs 2, {told[1]:.1%} of 6")
        told = [passed(4, lambda c, count: shape(c, count // 2, 1), runs=runs) for runs in (1, 5)]
        print(f"  half the entries left: passed {told[0]:.1%} of runs 2, {told[1]:.1%} of 6")


if __name__ == "__main__":
    main()
