#!/usr/bin/env python3
"""Fit the engine's tables of weights to labelled pages, and say how far they can be trusted.

    python benchmarks/fit.py CASES_DIR [--write]

A case is a folder with ``page.html`` and ``case.json`` (url, items, tolerated). Three questions are
put to a logistic regression each: is this group of parts the headlines (GROUP), is this list one
more that the page is there for (FURTHER), is this column the teaser (TEASER)? Two are choices among
rivals, which candidate is the list (LIST) and which column is the headline (TITLE), and are put to
a conditional logit model (McFadden, "Conditional logit analysis of qualitative choice behavior",
1974): measured on unseen pages it chooses lists with an F1 of 0.90 where logistic regression
reaches 0.87 and the best candidates 0.92.

Figures are cross-validated by page: of pages that the weights were not fitted to. ``--write`` puts
the weights, fitted to all pages, into ``scraper/parsers/weights.py``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from scraper.models import Page
from scraper.parsers import fields, groups, ranking, weights
from scraper.parsers.blocks import divide
from scraper.parsers.dating import date_rows
from scraper.parsers.document import Document
from scraper.parsers.fields import Row
from scraper.parsers.parts import Parts, split_parts

#: How many groups of a page are divided while fitting.
GROUPS = 16
FOLDS = 5
#: Inverse strength of regularisation, by the log loss of unseen pages (tried: 1, 3, 10, 30, 100).
STRENGTHS = {"GROUP": 10.0, "FURTHER": 1.0, "TEASER": 5.0}
#: Questions of choice among rivals.
CHOICES = ("LIST", "TITLE")
#: Ridge penalty of a choice, by how right it is on unseen pages (tried: 0.002 to 0.05).
PENALTY = {"LIST": 0.006, "TITLE": 0.003}


class Example(NamedTuple):
    """One row of evidence, how right it is (0 to 1), and what it counts."""

    table: str
    page: str
    evidence: tuple[float, ...]
    right: float
    weight: float = 1.0
    #: Name of the choice that it is one answer to.
    choice: str = ""


def normal(text: object) -> str:
    """Return *text* as texts are compared."""
    return " ".join(unicodedata.normalize("NFKC", str(text or "")).casefold().split())


def address(url: object) -> str:
    """Return *url* as addresses are compared."""
    if not url:
        return ""
    parts = urlsplit(str(url).strip())
    query = f"?{unquote(parts.query)}" if parts.query else ""
    host = (parts.hostname or "").removeprefix("www.")
    return host + (unquote(parts.path).rstrip("/") or "/") + query


class Case:
    """A labelled page, opened."""

    def __init__(self, folder: Path) -> None:
        case = json.loads((folder / "case.json").read_text("utf-8"))
        captured = case.get("captured_on")
        fetched_at = datetime.fromisoformat(captured).replace(tzinfo=UTC) if captured else None
        self.name = folder.name
        page = Page(
            url=case["url"],
            body=(folder / "page.html").read_bytes(),
            fetched_at=fetched_at,
            encoding=case.get("encoding"),
        )
        self.document = Document(page)
        self.items = case["items"]
        self.titles = {
            normal(title)
            for item in case["items"]
            for title in (item["title"], *item.get("title_also", ()))
        }
        self.keys = {self.key(item.get("url"), item["title"]) for item in case["items"]}
        tolerated = case.get("tolerated", [])
        self.tolerated = {self.key(item.get("url"), item.get("title")) for item in tolerated}
        self.summaries = [Counter(words(i["summary"])) for i in case["items"] if i.get("summary")]

    @staticmethod
    def key(url: object, title: object) -> str:
        """Return what entries are told apart by."""
        return address(url) or normal(title)

    def row_key(self, row: Row) -> str:
        """Return the key of an entry that was read."""
        url = None
        if row.target >= 0:
            url = self.document.absolute_url(self.document.outline.href(row.target))
        return self.key(url, row.title_text)

    def agreement(self, rows: list[Row]) -> float:
        """Return the F1 of the entries in *rows* against the labels."""
        found = [self.row_key(row) for row in rows if row.title is not None]
        right = len(self.keys.intersection(found))
        counted = sum(key not in self.tolerated for key in found)
        return 2 * right / (max(counted, right) + len(self.keys)) if right else 0.0

    def rightness(self, parts: Parts, reading: fields.Reading) -> float:
        """Return how right a list is: its entries, and less so what is read of them.

        Two lists of a page can lead to the same entries, one with their dates and teasers.
        """
        found = self.agreement(reading.rows)
        if not found:
            return 0.0
        fields.complete_rows(self.document.outline, reading)
        dates, _ = date_rows(self.document, parts, [reading])
        by_key = {self.key(item.get("url"), item["title"]): item for item in self.items}
        share = 0.0
        for row in reading.rows:
            item = by_key.get(self.row_key(row)) if row.title is not None else None
            if item is not None:
                day = dates.get(id(row))
                share += self._fields_right(item, row, day.date.isoformat() if day else None)
        return found * (0.6 + 0.4 * share / len(reading.rows))

    @staticmethod
    def _fields_right(item: dict[str, Any], row: Row, day: str | None) -> float:
        titles = {normal(title) for title in (item["title"], *item.get("title_also", ()))}
        teaser = " ".join(part.text for part in row.teaser)
        wanted, got = Counter(words(item.get("summary") or "")), Counter(words(teaser))
        common = 2 * sum((wanted & got).values())
        return (
            (normal(row.title_text) in titles)
            + ((day or "")[: len(item.get("date") or "")] == (item.get("date") or ""))
            + (common >= 0.85 * (sum(wanted.values()) + sum(got.values())))
        ) / 3


def words(text: str) -> list[str]:
    """Return the words of *text*, single characters of scripts written without spaces."""
    return re.findall(r"[぀-ヿ㐀-鿿가-힯฀-๿]|\w+", normal(text))


def alike(text: str, wanted: list[Counter[str]]) -> bool:
    """Tell whether *text* is a good part of one of the teasers."""
    got = Counter(words(text))
    size = sum(got.values())
    return size > 4 and any(sum((got & one).values()) > 0.8 * size for one in wanted)


SCALES = {
    "GROUP": groups.GROUP,
    "LIST": ranking.LIST,
    "FURTHER": ranking.FURTHER,
    "TITLE": fields.TITLE,
    "TEASER": fields.TEASER,
}


def examples(case: Case) -> Iterator[Example]:
    """Yield the examples of one page, which count one in all for every table."""
    page = case.document.outline
    parts = split_parts(page)
    found = groups.find_groups(page, parts)
    for group in found:
        right = sum(normal(part.text) in case.titles for part in group.members)
        share = 2 * right / (len(group.members) + len(case.items))
        yield Example("GROUP", case.name, group.evidence, min(1, 1.3 * share), 1 / len(found))
    whole = ranking.Whole.of(parts)
    lists = []
    seen = set()
    for group in found[:GROUPS]:
        anchors = [groups.anchor_of(part) for part in group.members]
        for block in divide(page, parts, anchors):
            if block.spans not in seen:
                seen.add(block.spans)
                lists.append(ranking.judge(page, parts, block, group, whole))
    read = {
        id(one): fields.read_rows(page, parts, one.block.spans, one.block.tops) for one in lists
    }
    rights = {id(one): case.rightness(parts, read[id(one)]) for one in lists}
    for one in lists:
        yield Example("LIST", case.name, one.evidence, rights[id(one)], 1.0, case.name)
    lists.sort(key=lambda one: -one.score)
    if lists and rights[id(lists[0])] >= 0.15:
        yield from further_examples(case, lists)
    best = max(rights.values(), default=0)
    good = [read[id(one)] for one in lists if rights[id(one)] >= max(0.3, 0.9 * best)][:3]
    for number, reading in enumerate(good):
        yield from column_examples(case, reading, f"{case.name} {number}", 1 / len(good))


def column_examples(
    case: Case, reading: fields.Reading, choice: str, weight: float
) -> Iterator[Example]:
    """Yield which columns of a right list hold the headlines and the teasers."""
    columns = reading.columns.all
    linked = [one for one in columns if one.linked > 0.5 and one.coverage > 0.5]
    sole = linked[0] if len(linked) == 1 else None
    for column in columns:
        right = sum(normal(part.text) in case.titles for part in column.parts) / column.count
        evidence = fields.title_evidence(column, sole)
        yield Example("TITLE", case.name, evidence, right * column.coverage, weight, choice)
        if right < 0.3:
            right = sum(alike(part.text, case.summaries) for part in column.parts) / column.count
            evidence = fields.teaser_evidence(case.document.outline, column, reading.main)
            yield Example("TEASER", case.name, evidence, right, weight)


def further_examples(case: Case, lists: list[ranking.Candidate]) -> Iterator[Example]:
    """Yield the lists that do not overlap the best one, and whether they belong to it."""
    page = case.document.outline
    parts = split_parts(page)
    best = lists[0]
    taken = {k for start, stop in best.block.spans for k in range(start, stop)}
    for one in [*lists[1:], *ranking.lone_candidates(page, parts, taken)]:
        if taken.isdisjoint(k for start, stop in one.block.spans for k in range(start, stop)):
            reading = fields.read_rows(page, parts, one.block.spans, one.block.tops)
            keys = {case.row_key(row) for row in reading.rows if row.title is not None}
            counted = keys - case.tolerated
            if counted:
                right = len(counted & case.keys) / len(counted)
                evidence = ranking.further_evidence(page, one, best)
                weight = min(1, len(counted) / len(case.keys))
                yield Example("FURTHER", case.name, evidence, right, weight)


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


def fit_answers(table: Table, learn: np.ndarray, strength: float) -> np.ndarray:
    """Return intercept and weights of a logistic regression on the rows *learn*."""
    rows, right, weight = table.rows[learn], table.right[learn], table.weight[learn]
    # A row that is half right is one right row and one wrong row of half the weight.
    both = np.vstack([rows, rows])
    answer = np.concatenate([np.ones(len(rows)), np.zeros(len(rows))])
    counts = np.concatenate([weight * right, weight * (1 - right)])
    model = LogisticRegression(C=strength, max_iter=4000).fit(both, answer, counts)
    return np.concatenate([model.intercept_, model.coef_[0]])


def fit_choice(table: Table, learn: np.ndarray, penalty: float) -> np.ndarray:
    """Return a zero and the weights of a conditional logit model on the rows *learn*."""
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

    start = np.zeros(rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.concatenate([[0.0], found.x])


def fit(name: str, chosen: list[Example]) -> dict[str, float]:
    """Fit one table, print how well it does on unseen pages, and return its weights."""
    table = tabulate(chosen)
    everything = np.arange(len(table.rows))
    figures = []
    for learn, test in GroupKFold(FOLDS).split(table.rows, groups=table.pages):
        learnt = (
            fit_choice(table, learn, PENALTY[name])
            if name in CHOICES
            else fit_answers(table, learn, STRENGTHS[name])
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
        fit_choice(table, everything, PENALTY[name])
        if name in CHOICES
        else fit_answers(table, everything, STRENGTHS[name])
    )
    learnt[1:] /= table.spread
    return dict(zip(["bias", *table.names], map(float, learnt), strict=True))


def replace_table(source: str, table: str, fitted: dict[str, float]) -> str:
    """Return the module *source* with the weights of one table replaced, in their order."""
    old: dict[str, float] = getattr(weights, f"{table}_WEIGHTS")
    order = [name for name in old if name in fitted] + [n for n in fitted if n not in old]
    lines = "".join(f'    "{name}": {fitted[name]:.2f},\n' for name in order)
    pattern = rf"(\n{table}_WEIGHTS = \{{\n).*?(\}}\n)"
    return re.sub(pattern, lambda match: match[1] + lines + match[2], source, flags=re.DOTALL)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", help="regular expression on the names of pages to learn from")
    args = parser.parse_args()
    rows: list[Example] = []
    for path in sorted(args.cases.glob("*/case.json")):
        if not args.only or re.search(args.only, path.parent.name):
            rows += examples(Case(path.parent))
    path = Path(weights.__file__)
    source = path.read_text("utf-8")
    for table in SCALES:
        fitted = fit(table, [one for one in rows if one.table == table])
        source = replace_table(source, table, fitted)
    if args.write:
        path.write_text(source, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
