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
from scraper.parsers import fields, ranking, weights
from scraper.parsers.blocks import divide
from scraper.parsers.document import Document
from scraper.parsers.fields import Row
from scraper.parsers.parts import split_parts

TABLES = ("GROUP", "LIST", "FURTHER", "TITLE", "TEASER")
#: How many groups of a page are divided while fitting.
GROUPS = 16
FOLDS = 5
#: Inverse strength of regularisation, by the log loss of unseen pages (tried: 1, 3, 10, 30, 100).
STRENGTHS = {"GROUP": 30.0, "FURTHER": 10.0, "TEASER": 3.0}
#: Questions of choice among rivals.
CHOICES = ("LIST", "TITLE")
#: Ridge penalty of a choice, by how right it is on unseen pages (tried: 0.002 to 0.05).
PENALTY = 0.003


class Example(NamedTuple):
    """One row of evidence, how right it is (0 to 1), and what it counts."""

    table: str
    page: str
    evidence: dict[str, float]
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


def words(text: str) -> list[str]:
    """Return the words of *text*, single characters of scripts written without spaces."""
    return re.findall(r"[぀-ヿ㐀-鿿가-힯฀-๿]|\w+", normal(text))


def alike(text: str, wanted: list[Counter[str]]) -> bool:
    """Tell whether *text* is a good part of one of the teasers."""
    got = Counter(words(text))
    size = sum(got.values())
    return size > 4 and any(sum((got & one).values()) > 0.8 * size for one in wanted)


def examples(case: Case) -> Iterator[Example]:
    """Yield the examples of one page, which count one in all for every table."""
    page = case.document.outline
    parts = split_parts(page)
    groups = ranking.find_groups(page, parts)
    for group in groups:
        right = sum(normal(part.text) in case.titles for part in group.members)
        share = 2 * right / (len(group.members) + len(case.items))
        yield Example("GROUP", case.name, group.evidence, min(1, 1.3 * share), 1 / len(groups))
    whole = ranking.Whole.of(parts)
    seen = set()
    found = []
    for group in groups[:GROUPS]:
        for block in divide(page, parts, [ranking.anchor_of(part) for part in group.members]):
            if block.spans in seen:
                continue
            seen.add(block.spans)
            rows, columns = fields.read_rows(page, parts, block)
            evidence = ranking.weigh_list(page, block, group, rows, columns, whole)
            found.append((evidence, case.agreement(rows), columns, rows, block))
    for evidence, right, *_ in found:
        yield Example("LIST", case.name, evidence, right, 1.0, case.name)
    yield from further_examples(case, found)
    best = max((right for _, right, *_ in found), default=0)
    good = [one for one in found if one[1] >= max(0.5, 0.9 * best)][:3]
    for number, (_, _, columns, rows, _) in enumerate(good):
        main = fields.main_column(rows, columns)
        choice = f"{case.name} {number}"
        for column in columns.all:
            count = column.count
            right = sum(normal(part.text) in case.titles for part in column.parts) / count
            evidence = fields.title_evidence(column, columns)
            share = right * column.coverage
            yield Example("TITLE", case.name, evidence, share, 1 / len(good), choice)
            if right < 0.3:
                right = sum(alike(part.text, case.summaries) for part in column.parts) / count
                evidence = fields.teaser_evidence(page, column, main)
                yield Example("TEASER", case.name, evidence, right, 1 / len(good))


def further_examples(case: Case, found: list[Any]) -> Iterator[Example]:
    """Yield the lists that do not overlap the best one, and whether they belong to it."""
    page = case.document.outline
    parts = split_parts(page)
    lists = [
        ranking.Candidate(block, rows, columns, evidence, fields.weigh(evidence, weights.LIST_WEIGHTS))
        for evidence, _, columns, rows, block in found
    ]
    lists.sort(key=lambda one: -one.score)
    if not lists or case.agreement(lists[0].rows) < 0.2:
        return
    taken = {k for start, stop in lists[0].block.spans for k in range(start, stop)}
    for block, group in ranking.lone_blocks(page, parts, taken):
        rows, columns = fields.read_rows(page, parts, block)
        evidence = ranking.weigh_list(page, block, group, rows, columns, ranking.Whole.of(parts))
        score = fields.weigh(evidence, weights.LIST_WEIGHTS)
        lists.append(ranking.Candidate(block, rows, columns, evidence, score))
    for one in lists[1:]:
        if taken.isdisjoint(k for start, stop in one.block.spans for k in range(start, stop)):
            keys = {case.row_key(row) for row in one.rows if row.title is not None}
            counted = keys - case.tolerated
            if counted:
                right = len(counted & case.keys) / len(counted)
                evidence = ranking.further_evidence(page, one, lists[0])
                weight = min(1, len(counted) / len(case.keys))
                yield Example("FURTHER", case.name, evidence, right, weight)


class Table(NamedTuple):
    """The examples of one question as arrays."""

    names: list[str]
    rows: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    pages: np.ndarray
    choices: np.ndarray


def tabulate(chosen: list[Example]) -> Table:
    """Return *chosen* as arrays."""
    names = list(chosen[0].evidence)
    return Table(
        names,
        np.array([[float(one.evidence[name]) for name in names] for one in chosen]),
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


def fit_choice(table: Table, learn: np.ndarray) -> np.ndarray:
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
        return total / n + PENALTY * float(w @ w), slope / n + 2 * PENALTY * w

    start = np.zeros(rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.concatenate([[0.0], found.x])


def fit(name: str, chosen: list[Example]) -> dict[str, float]:
    """Fit one table, print how well it does on unseen pages, and return its weights."""
    table = tabulate(chosen)
    everything = np.arange(len(table.rows))
    figures = []
    for learn, test in GroupKFold(FOLDS).split(table.rows, groups=table.pages):
        learnt = fit_choice(table, learn) if name in CHOICES else fit_answers(table, learn, STRENGTHS[name])
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
    learnt = fit_choice(table, everything) if name in CHOICES else fit_answers(table, everything, STRENGTHS[name])
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
    for table in TABLES:
        fitted = fit(table, [one for one in rows if one.table == table])
        source = replace_table(source, table, fitted)
    if args.write:
        path.write_text(source, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
