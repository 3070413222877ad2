"""Selectors that are learnt from a page: short ones, that will match its next edition as well.

::

    records ──places──▶ where they stand ──entries──▶ what divides the page into them
       ▲                                                        │
       └──────────── parse ◀── Selectors ◀──choosing── fields ◀─┘

What the selectors are to give is what the engine finds, or the list of an example (``examples``).
Whatever is learnt is tried: the records that it gives are compared with those it was to give.
"""

from scraper.learning.agreement import Agreement, compare
from scraper.learning.lesson import Checked, Lesson, Lessons, check_lesson, learn, learn_lessons
from scraper.learning.seed_file import write_seed

__all__ = [
    "Agreement",
    "Checked",
    "Lesson",
    "Lessons",
    "check_lesson",
    "compare",
    "learn",
    "learn_lessons",
    "write_seed",
]
