#!/usr/bin/env python3
"""Fit the engine's tables of weights to labelled pages, and say how far they can be trusted.

    python benchmarks/fit.py DIR... [--write | --unseen]

DIR holds labelled pages in either layout (``labels``). Three questions are put to a logistic
regression each: is this group of parts the headlines (GROUP), is this list one more that the page
is there for (FURTHER), is this column the teaser (TEASER)? Two are choices among rivals, which
candidate is the list (LIST) and which column is the headline (TITLE), and are put to a conditional
logit model (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), which
chooses better than logistic regression (lists of unseen pages: 0.90 right instead of 0.87).

What is chosen among depends on the weights: fitting takes two rounds. Figures are cross-validated
by page: of pages that the weights were not fitted to. ``--write`` puts the weights, fitted to all
pages, into ``scraper/parsers/weights.py``. ``--unseen`` grades the records of every page by weights
that were fitted to the others, and tells the mean of each DIR. Needs the extra ``fit``.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from accuracy import FIGURES, predict
from labels import WORD, Grade, LabelledPage, address_key, grade_page, plain_text, read_pages
from scipy.optimize import minimize
from scipy.special import expit, softmax
from sklearn.model_selection import GroupKFold, KFold

from scraper.parsers import fields, groups, judging, ranking, weights
from scraper.parsers.blocks import divide
from scraper.parsers.columns import Column
from scraper.parsers.dating import date_rows
from scraper.parsers.document import Document
from scraper.parsers.labels import labelled_parts
from scraper.parsers.parts import Parts, join_texts, split_parts
from scraper.parsers.rows import Reading
from scraper.parsers.teasers import TEASER, teaser_evidence
from scraper.parsers.titles import TITLE, bare_title, title_evidence

#: Fixtures that are kept back, so that the weights are tried on pages they were not fitted to.
HELD_BACK = frozenset(
    (
        *("assembly.example", "heimatverein.example", "journals.example", "jyj.yunxi.example"),
        *("kunsthaus.example", "mail.harbourweek.example", "nadi.example", "radio.example"),
        *("recalls.example", "sahil.example", "www.shiomi.example", "zarechye.example"),
    )
)
#: How many groups of a page are divided while fitting.
GROUPS = 16
FOLDS = 5
ROUNDS = 2
#: Inverse strength of regularisation, by the log loss of unseen pages (tried: 0.03 to 30).
STRENGTHS = {"GROUP": 10.0, "FURTHER": 1.0, "TEASER": 5.0}
#: Questions of choice among rivals.
CHOICES = ("LIST", "TITLE")
#: Ridge penalty of a choice, by how right it is on unseen pages (tried: 0.001 to 0.1).
PENALTY = {"LIST": 0.006, "TITLE": 0.003}
#: Evidence that can speak only for the answer "yes", or only against it; a few pages may teach the
#: opposite by chance (that entries without headlines are the better list, say).
FOR = {
    "GROUP": "many distinct linked heads named main",
    "LIST": """
        many group uniform title_score title_words title_heads linked distinct_urls slugs numbers
        dated dated_once heads_inside prose share share_root main even
    """,
    "FURTHER": "same group title_score title_words title_heads slugs dated_once main",
    "TITLE": "coverage heads linked sole_link distinct named fair",
    "TEASER": "coverage distinct prose_named length prose paragraph",
}
AGAINST = {
    "GROUP": "tiny short shortish long meta prose_named dates nav aside",
    "LIST": """
        few split title_short title_long many_heads many_dates crowded urls_per repeats huge nav
        aside bare
    """,
    "FURTHER": """
        margin unlike less_dated less_prose abroad told title_short urls_per nav aside bare
    """,
    "TITLE": "meta tiny short long dates labels prose digits wordless repeats",
    "TEASER": "heads short shorter digits before",
}
SCALES = {
    "GROUP": groups.GROUP,
    "LIST": judging.LIST,
    "FURTHER": judging.FURTHER,
    "TITLE": TITLE,
    "TEASER": TEASER,
}


Bound = tuple[float | None, float | None]
Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Example(NamedTuple):
    """One row of evidence, how right it is (0 to 1), and what it counts."""

    table: str
    page: str
    evidence: tuple[float, ...]
    right: float
    weight: float = 1.0
    #: Name of the choice that it is one answer to.
    choice: str = ""


class Case:
    """A labelled page, opened."""

    def __init__(self, labelled: LabelledPage) -> None:
        self.labelled = labelled
        self.name = labelled.name
        self.document = Document(labelled.page)
        self.titles = {
            plain_text(title)
            for label in labelled.labels
            for title in (label.title, *label.title_also)
        }
        self.teasers = [_words(one.summary) for one in labelled.labels if one.summary]

    def share_of_titles(self, texts: list[str]) -> float:
        """Return which share of *texts* are headlines of entries."""
        return sum(plain_text(bare_title(text)) in self.titles for text in texts) / len(texts)

    def share_of_teasers(self, texts: list[str]) -> float:
        """Return which share of *texts* are teasers of entries, or a paragraph of one."""
        return sum(any(_is_part(text, one) for one in self.teasers) for text in texts) / len(texts)

    def records(self, parts: Parts, reading: Reading) -> list[dict[str, Any]]:
        """Return the entries of a list as records."""
        outline = self.document.outline
        fields.complete_rows(outline, reading)
        dates, _ = date_rows(self.document, parts, [reading])
        return [
            {
                "title": row.title_text,
                "url": self.document.absolute_url(outline.href(row.target))
                if row.target >= 0
                else None,
                "date": dates[id(row)].date.isoformat() if id(row) in dates else None,
                "summary": join_texts([part.text for part in row.teaser]) if row.teaser else None,
            }
            for row in reading.rows
            if row.title is not None
        ]

    def rightness(self, parts: Parts, reading: Reading) -> float:
        """Return how right a list is: its entries, and less so what is read of them.

        Two lists of a page can lead to the same entries, one with their dates and teasers.
        """
        if not self.labelled.labels:
            return 0.0
        grade = grade_page(self.labelled, self.records(parts, reading))
        return 0.6 * grade.item_f1 + 0.4 * grade.record_f1


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(plain_text(text)))


def _is_part(text: str, teaser: Counter[str]) -> bool:
    words = _words(text)
    return words.total() > 4 and (words & teaser).total() > 0.8 * words.total()


def examples(case: Case) -> Iterator[Example]:
    """Yield the examples of one page, which count one in all for every table."""
    page = case.document.outline
    parts = split_parts(page)
    found = groups.find_groups(page, parts)
    entries = len(case.labelled.labels)
    for group in found:
        right = case.share_of_titles([part.text for part in group.members]) * len(group.members)
        share = 2 * right / (len(group.members) + entries)
        yield Example("GROUP", case.name, group.evidence, min(1, 1.3 * share), 1 / len(found))
    whole = judging.Whole.of(parts)
    lists = []
    seen = set()
    for group in found[:GROUPS]:
        anchors = [groups.anchor_of(part) for part in group.members]
        for block in divide(page, parts, anchors):
            if block.spans not in seen:
                seen.add(block.spans)
                lists.append(judging.judge(page, parts, block, group, whole))
    lists.sort(key=lambda one: -one.score)
    read = [fields.read_rows(page, parts, one.block.spans, one.block.tops) for one in lists]
    rights = [case.rightness(parts, one) for one in read]
    for one, right in zip(lists, rights, strict=True):
        yield Example("LIST", case.name, one.evidence, right, 1.0, case.name)
    if rights and rights[0] >= 0.15:
        yield from further_examples(case, parts, lists)
    least = max(0.3, 0.9 * max(rights, default=0))
    good = [reading for reading, right in zip(read, rights, strict=True) if right >= least][:3]
    for number, reading in enumerate(good):
        yield from column_examples(case, reading, f"{case.name} {number}", 1 / len(good))


def column_examples(case: Case, reading: Reading, choice: str, weight: float) -> Iterator[Example]:
    """Yield which columns of a right list hold the headlines and the teasers."""
    columns = reading.columns.all
    linked = [one for one in columns if one.linked > 0.5 and one.coverage > 0.5]
    sole = linked[0] if len(linked) == 1 else None
    for column in columns:
        texts = [part.text for part in column.parts]
        right = case.share_of_titles(texts)
        evidence = title_evidence(column, sole)
        yield Example("TITLE", case.name, evidence, right * column.coverage, weight, choice)
        if right < 0.3 and not _is_labelled(case, reading, column):
            evidence = teaser_evidence(case.document.outline, column, reading.main)
            yield Example("TEASER", case.name, evidence, case.share_of_teasers(texts), weight)


def _is_labelled(case: Case, reading: Reading, column: Column) -> bool:
    """Tell whether a column holds values of labels, of which the engine makes no teaser."""
    values = labelled_parts(case.document.outline, reading.rows)
    return sum(part in values for part in column.parts) * 2 > column.count


def further_examples(case: Case, parts: Parts, lists: list[judging.Candidate]) -> Iterator[Example]:
    """Yield the lists that do not overlap the best one, and whether they belong to it."""
    page = case.document.outline
    best = lists[0]
    taken = {k for start, stop in best.block.spans for k in range(start, stop)}
    told = {address_key(record["url"]) for record in _read(case, parts, best)} - {""}
    for one in [*lists[1:], *ranking.lone_candidates(page, parts, taken)]:
        if taken.isdisjoint(k for start, stop in one.block.spans for k in range(start, stop)):
            records = _read(case, parts, one)
            # An entry that the best list has, too, is one too many.
            new = [record for record in records if address_key(record["url"]) not in told]
            grade = grade_page(case.labelled, new)
            counted = len(grade.pairs) + len(grade.wrong) + len(records) - len(new)
            if counted:
                evidence = judging.further_evidence(page, one, best)
                weight = min(1, counted / len(case.labelled.labels))
                right = len(grade.pairs) / counted
                yield Example("FURTHER", case.name, evidence, right, weight)


def _read(case: Case, parts: Parts, one: judging.Candidate) -> list[dict[str, Any]]:
    outline = case.document.outline
    return case.records(parts, fields.read_rows(outline, parts, one.block.spans, one.block.tops))


class Table(NamedTuple):
    """The examples of one question as arrays."""

    names: list[str]
    #: Evidence, each column divided by its spread, so that rare evidence is not learnt to weigh
    #: nothing (measured: lists chosen on unseen pages 0.93 right instead of 0.91).
    rows: np.ndarray
    spread: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    pages: np.ndarray
    choices: np.ndarray


def tabulate(chosen: list[Example]) -> Table:
    """Return *chosen* as arrays."""
    rows = np.array([one.evidence for one in chosen], dtype=float)
    spread = rows.std(axis=0)
    spread[spread == 0] = 1.0
    return Table(
        list(SCALES[chosen[0].table].names),
        rows / spread,
        spread,
        np.array([one.right for one in chosen]),
        np.array([one.weight for one in chosen]),
        np.array([one.page for one in chosen]),
        np.array([one.choice for one in chosen]),
    )


def signs(name: str) -> list[Bound]:
    """Return the bounds of the weights of a question, in the scale's order."""
    known: dict[str, Bound] = dict.fromkeys(FOR[name].split(), (0.0, None))
    known |= dict.fromkeys(AGAINST[name].split(), (None, 0.0))
    return [known.get(one, (None, None)) for one in SCALES[name].names]


def fit_answers(name: str, table: Table, learn: np.ndarray) -> np.ndarray:
    """Return intercept and weights of a logistic regression on the rows *learn*."""
    rows = np.column_stack([np.ones(len(learn)), table.rows[learn]])
    right, weight = table.right[learn], table.weight[learn] * STRENGTHS[name]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ w
        total = right * np.logaddexp(0, -scores) + (1 - right) * np.logaddexp(0, scores)
        slope = rows.T @ (weight * (expit(scores) - right))
        slope[1:] += w[1:]
        return float(weight @ total + w[1:] @ w[1:] / 2), slope

    return find_least(loss, [(None, None), *signs(name)])


def find_least(loss: Loss, bounds: list[Bound]) -> np.ndarray:
    """Return where *loss* is least within *bounds*."""
    start, options = np.zeros(len(bounds)), {"maxiter": 4000}
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def fit_choice(name: str, table: Table, learn: np.ndarray) -> np.ndarray:
    """Return a zero and the weights of a conditional logit model on the rows *learn*."""
    penalty = PENALTY[name]
    rows, right, choices = table.rows[learn], table.right[learn], table.choices[learn]
    rivals = [np.flatnonzero(choices == choice) for choice in np.unique(choices)]
    rivals = [one for one in rivals if right[one].max() > 0.2]
    shares = [right[one] ** 4 / (right[one] ** 4).sum() for one in rivals]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ w
        total, slope = 0.0, np.zeros_like(w)
        for one, share in zip(rivals, shares, strict=True):
            chance = softmax(scores[one])
            total -= float(share @ np.log(chance + 1e-12))
            slope -= rows[one].T @ (share - chance)
        n = len(rivals)
        return total / n + penalty * float(w @ w), slope / n + 2 * penalty * w

    return np.concatenate([[0.0], find_least(loss, signs(name))])


def fit(name: str, chosen: list[Example]) -> dict[str, float]:
    """Fit one table, print how well it does on unseen pages, and return its weights."""
    table = tabulate(chosen)
    everything = np.arange(len(table.rows))
    figures = []
    for learn, test in GroupKFold(FOLDS).split(table.rows, groups=table.pages):
        learnt = (
            fit_choice(name, table, learn) if name in CHOICES else fit_answers(name, table, learn)
        )
        scores = learnt[0] + table.rows[test] @ learnt[1:]
        right, choices = table.right[test], table.choices[test]
        if name in CHOICES:
            figures += [
                right[choices == one][scores[choices == one].argmax()] for one in np.unique(choices)
            ]
        else:
            loss = right * np.logaddexp(0, -scores) + (1 - right) * np.logaddexp(0, scores)
            figures.append(float((table.weight[test] @ loss) / table.weight[test].sum()))
    measure = "rightness of the choice" if name in CHOICES else "log loss"
    print(f"{name:7s} {len(chosen):6d} rows  {measure} on unseen pages {np.mean(figures):.3f}")
    learnt = (
        fit_choice(name, table, everything)
        if name in CHOICES
        else fit_answers(name, table, everything)
    )
    learnt[1:] /= table.spread
    return dict(zip(["bias", *table.names], map(float, learnt), strict=True))


def part_from_nothing(chosen: list[Example], fitted: dict[str, float]) -> float:
    """Return the bias by which the lists of pages are above 0, and what lists nothing is below."""
    best: dict[str, tuple[float, float]] = {}
    for one in chosen:
        row = zip(SCALES["LIST"].names, one.evidence, strict=True)
        score = sum(fitted[name] * value for name, value in row)
        best[one.page] = max(best.get(one.page, (-99.0, 0.0)), (score, one.right))
    nothing = [score for score, right in best.values() if not right]
    listed = [score for score, right in best.values() if right > 0.5]
    lowest, highest = min(listed), max((n for n in nothing if n < min(listed)), default=0.0)
    print(f"        lists from {lowest:.2f}, nothing up to {highest:.2f}")
    return -(lowest + highest) / 2


def replace_table(source: str, table: str, fitted: dict[str, float]) -> str:
    """Return the module *source* with the weights of one table replaced, in the scale's order."""
    names = ["bias", *SCALES[table].names]
    lines = "".join(f'    "{name}": {fitted[name]:.2f},\n' for name in names)
    pattern = rf"(\n{table}_WEIGHTS = \{{\n).*?(\}}\n)"
    return re.sub(pattern, lambda match: match[1] + lines + match[2], source, flags=re.DOTALL)


def fit_all(cases: list[Case]) -> dict[str, dict[str, float]]:
    """Fit every table once, and let the engine use it from now on."""
    rows = [example for case in cases for example in examples(case)]
    fitted = {}
    for table, scale in SCALES.items():
        chosen = [one for one in rows if one.table == table]
        fitted[table] = fit(table, chosen)
        if table == "LIST":
            fitted[table]["bias"] = part_from_nothing(chosen, fitted[table])
        scale.load(fitted[table])
    return fitted


def fit_rounds(cases: list[Case]) -> dict[str, dict[str, float]]:
    """Fit every table, from the weights in use on."""
    for _ in range(ROUNDS):
        fitted = fit_all(cases)
    return fitted


def grade_unseen(cases: list[Case]) -> dict[str, Grade]:
    """Return the grades of *cases* by name, each read by weights that were fitted to others.

    The engine is left with the weights that it had.
    """
    kept = {table: getattr(weights, f"{table}_WEIGHTS") for table in SCALES}
    grades = {}
    for learn, test in KFold(FOLDS, shuffle=True, random_state=0).split(cases):
        with contextlib.redirect_stdout(None):
            fit_rounds([cases[number] for number in learn])
        for number in test:
            page = cases[number].labelled
            grades[page.name] = grade_page(page, predict(page))
        for table, scale in SCALES.items():
            scale.load(kept[table])
    return grades


def tell_mean(grades: list[Grade]) -> str:
    """Return the mean figures of *grades* on a line."""
    means = {name: statistics.fmean(getattr(one, name) for one in grades) for name in FIGURES}
    return "  ".join(f"{name} {value:.3f}" for name, value in means.items())


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    purpose = parser.add_mutually_exclusive_group()
    purpose.add_argument("--write", action="store_true")
    purpose.add_argument("--unseen", action="store_true")
    args = parser.parse_args()
    pages = {
        folder: [page for page in read_pages(folder) if page.name.split("/")[0] not in HELD_BACK]
        for folder in args.folders
    }
    cases = [Case(page) for own in pages.values() for page in own]
    if args.unseen:
        grades = grade_unseen(cases)
        for folder, own in pages.items():
            print(f"{folder.name:10s}", tell_mean([grades[page.name] for page in own]))
        return 0
    fitted = fit_rounds(cases)
    if args.write:
        path = Path(weights.__file__)
        source = path.read_text("utf-8")
        for table, values in fitted.items():
            source = replace_table(source, table, values)
        path.write_text(source, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
