"""Evidence and its weight: a row of figures, a table of weights, a sum.

Each question that the engine puts has a fixed row of evidence, about 0 to 1 each. Weighing happens
tens of times a page, so a row is a plain tuple; its names are looked up when somebody asks why.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

__all__ = ["Scale"]


class Scale:
    """The weights of one question, for evidence in the order of *names*.

    >>> scale = Scale(("linked", "long"), {"bias": -1.0, "linked": 2.0, "long": -0.5})
    >>> scale.weigh((1.0, 1.0)), scale.explain((1.0, 0.0))
    (0.5, {'linked': 1.0, 'long': 0.0})
    """

    __slots__ = ("bias", "names", "weights")

    def __init__(self, names: Sequence[str], table: dict[str, float]) -> None:
        self.names = tuple(names)
        self.load(table)

    def load(self, table: dict[str, float]) -> None:
        """Take the weights from *table*; what it does not name weighs nothing."""
        self.bias = table.get("bias", 0.0)
        self.weights = tuple(table.get(name, 0.0) for name in self.names)

    def weigh(self, evidence: Sequence[float]) -> float:
        """Return the log-odds that *evidence* amounts to."""
        return float(self.bias + sum(map(mul, self.weights, evidence)))

    def explain(self, evidence: Sequence[float]) -> dict[str, float]:
        """Return *evidence* by name."""
        return dict(zip(self.names, map(float, evidence), strict=True))
