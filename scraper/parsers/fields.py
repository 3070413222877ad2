"""Which part of an entry is what: chosen by column, over all entries of a list at once.

An entry without a part in the best column takes its best part of the next, so that one odd entry
does not shift the others.
"""

from __future__ import annotations

from bisect import bisect_left

from scraper.parsers.blocks import Block
from scraper.parsers.columns import Column, Columns
from scraper.parsers.parts import Part, Parts, join_texts
from scraper.parsers.tree import Outline, read_attributes
from scraper.parsers.weights import TEASER_WEIGHTS, TITLE_WEIGHTS
from scraper.parsers.words import TITLE_NAMES, is_label

__all__ = ["Row", "complete_rows", "main_column", "read_rows", "teaser_evidence", "title_evidence"]


# What stands between a headline and the parts beside it.
_AROUND_TITLES = " -–—|•·»›:;,"
# The share of dates from which a column is one of dates.
_DATES = 0.3
# How much likelier the best column may be than the one an odd entry takes its headline from.
_TITLE_WITHIN = 4.0


class Row:
    """One entry while its fields are being chosen."""

    __slots__ = (
        "author", "category", "first", "image", "link_text", "parts", "target", "teaser", "title",
        "title_text",
    )  # fmt: skip

    def __init__(self, first: int, parts: list[Part]) -> None:
        #: Number of the first part.
        self.first = first
        self.parts = parts
        self.title: Part | None = None
        self.title_text = ""
        self.target = -1
        self.link_text: str | None = None
        self.teaser: list[Part] = []
        self.image: str | None = None
        self.author: str | None = None
        self.category: str | None = None


def title_evidence(column: Column, columns: Columns) -> dict[str, float]:
    """Return how much a column behaves like headlines, each figure about 0 to 1."""
    linked = [one for one in columns.all if one.linked * 2 > one.count and one.coverage > 0.5]
    named, meta, prose_named = column.named()
    dates, labels, prose = column.kinds
    length = column.length
    return {
        "coverage": column.coverage,
        "heads": column.heads / column.count,
        "linked": column.linked / column.count,
        "sole_link": linked == [column],
        "distinct": column.distinct,
        "named": named,
        "meta": meta and not named,
        "prose_named": prose_named and not named,
        "tiny": length < 6,
        "short": 6 <= length < 14,
        "shortish": 14 <= length < 22,
        "fair": 22 <= length <= 140,
        "long": length > 220,
        "dates": dates,
        "labels": labels,
        "prose": prose,
        "digits": min(2 * column.digits, 1),
        "order": min(column.order / column.count, 10) / 10,
        "repeats": min(column.repeats - 1, 3) / 3,
    }


def teaser_evidence(page: Outline, column: Column, title: Column) -> dict[str, float]:
    """Return how much a column behaves like the teasers under *title*, each figure 0 to 1."""
    named, meta, prose_named = column.named()
    dates, labels, prose = column.kinds
    length = column.length
    return {
        "coverage": column.coverage,
        "heads": column.heads / column.count,
        "linked": column.linked / column.count,
        "distinct": column.distinct,
        "named": named,
        "meta": meta and not prose_named,
        "prose_named": prose_named,
        "length": min(length, 200) / 200,
        "short": length < 40,
        "shorter": length < title.length,
        "dates": dates,
        "labels": labels,
        "prose": prose,
        "digits": min(2 * column.digits, 1),
        "paragraph": page.tag(column.parts[0].node) in ("p", "dd", "blockquote"),
        "before": column.order / column.count < title.order / title.count,
        "repeats": min(column.repeats - 1, 3) / 3,
    }


def weigh(evidence: dict[str, float], weights: dict[str, float]) -> float:
    """Return the log-odds that *evidence* amounts to."""
    return weights["bias"] + sum(weights[name] * value for name, value in evidence.items())


def read_rows(page: Outline, parts: Parts, block: Block) -> tuple[list[Row], Columns]:
    """Return a row per entry with headline and target chosen, and the columns that decided."""
    columns = Columns(page, parts, block)
    scores = {id(column): weigh(title_evidence(column, columns), TITLE_WEIGHTS) for column in columns.all}
    rows = [Row(start, parts.all[start:stop]) for start, stop in block.spans]
    for row in rows:
        _choose_title(page, row, columns, scores)
    _choose_targets(page, rows)
    return rows, columns


def _choose_title(page: Outline, row: Row, columns: Columns, scores: dict[int, float]) -> None:
    best, best_score = None, max(scores.values()) - _TITLE_WITHIN
    for number, part in enumerate(row.parts, row.first):
        column = columns.of[number]
        score = scores[id(column)]
        if part.weight < 4:
            score -= 2
        # `limnoria 2014.11.24` is the name of a release where its neighbours are no dates.
        dated = part.is_date and part.heading < 0 and column.kinds[0] > _DATES
        if score > best_score and not (part.is_label or dated):
            best, best_score = part, score
    if best is not None:
        row.title = best
        text = _whole_title(page, row, best, _title_text(page, row, best))
        row.title_text = text.strip(_AROUND_TITLES) or text


def _title_text(page: Outline, row: Row, best: Part) -> str:
    """Return the headline, whole where it is spread over the parts of one heading."""
    if best.heading < 0:
        return best.text
    same = [p for p in row.parts if p.heading == best.heading and not (p.is_date or p.is_label)]
    # `<h3>Case 7: <a>Smith v Jones</a></h3>` is one headline; a kicker of another kind is not.
    own = page.path[best.heading]
    same = [p for p in same if p is best or p.path in (best.path, own)]
    return join_texts([p.text for p in same]) if len(same) > 1 else best.text


def _whole_title(page: Outline, row: Row, part: Part, text: str) -> str:
    """Return the headline uncut, where the entry or the link's ``title`` has the whole of it."""
    stem = text.rstrip(".… \u200b")
    if len(stem) == len(text) or not text.endswith(("...", "…")):
        return text
    rivals = [p.text for p in row.parts if p is not part and (p.link >= 0 or p.heading >= 0)]
    if part.link >= 0:
        rivals.append(" ".join(page.attributes(part.link).get("title", "").split()))
    whole = [rival for rival in rivals if len(rival) > len(stem) and rival.startswith(stem)]
    return max(whole, key=len) if whole else text


def _choose_targets(page: Outline, rows: list[Row]) -> None:
    """Give each row its target: the headline's link, else the best column of links."""
    homeless = []
    for row in rows:
        title = row.title
        if title is None:
            continue
        if title.link >= 0 and leads_somewhere(page, title.link):
            row.target = title.link
            continue
        if title.heading >= 0:
            inside = [p.link for p in row.parts if p.heading == title.heading and p.link >= 0]
            inside = [k for k in inside if leads_somewhere(page, k)]
            if inside:
                row.target = inside[0]
                continue
        homeless.append(row)
    if homeless:
        _choose_link_column(page, rows, homeless)


def leads_somewhere(page: Outline, link: int) -> bool:
    """Tell whether the ``href`` of *link* can be the address of a page."""
    href = page.hrefs[link].strip()
    return bool(href) and not href.startswith(("#", "javascript:", "mailto:", "tel:", "data:"))


def links_between(page: Outline, start: int, stop: int) -> list[int]:
    """Return the links that begin among the tokens *start* to *stop*, pictures included."""
    key = page.first.__getitem__
    low = bisect_left(page.links, start, key=key)
    high = bisect_left(page.links, stop, key=key)
    return page.links[low:high]


def _choose_link_column(page: Outline, rows: list[Row], homeless: list[Row]) -> None:
    """Choose, for rows whose headline is no link, the links of one path that differ by entry."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for link in links_between(page, row.parts[0].start, row.parts[-1].stop):
            if leads_somewhere(page, link):
                found.setdefault(page.path[link], []).append((number, link))
    scores: dict[int, float] = {}
    for path, links in found.items():
        entries = len({n for n, _ in links})
        hrefs = {page.hrefs[k] for _, k in links}
        labels = [page.text(page.first[k], page.last[k]) for _, k in links[:8]]
        more = sum(1 for text in labels if text and is_label(text)) / len(labels)
        counters = sum(1 for _, k in links[:8] if "#" in page.hrefs[k]) / len(labels)
        scores[path] = (
            2.0 * entries / len(rows) + 2.0 * len(hrefs) / len(links)
            + 1.2 * more - 1.5 * counters - 0.4 * (len(links) / entries - 1)
        )  # fmt: skip
    wanted = {id(row) for row in homeless}
    for path in sorted(scores, key=lambda k: -scores[k]):
        for number, link in found[path]:
            row = rows[number]
            if row.target < 0 and id(row) in wanted and scores[path] > 1.5:
                row.target = link


def complete_rows(page: Outline, rows: list[Row], columns: Columns) -> None:
    """Choose everything but headline, target and date: teaser, label, picture, author, category."""
    teasers = _teaser_columns(page, rows, columns)
    roles = {id(column): _role(column) for column in columns.all}
    for row in rows:
        if row.title is None:
            continue
        row.teaser = _choose_teaser(row, columns, teasers)
        row.link_text = _link_label(page, row)
        row.image = _first_image(page, row)
        taken = {id(row.title), *(id(p) for p in row.teaser)}
        for number, part in enumerate(row.parts, row.first):
            role = roles[id(columns.of[number])]
            if (
                role
                and id(part) not in taken
                and not part.is_date
                and not part.is_label
                and len(part.text) <= 80
            ):
                if role == "author" and row.author is None:
                    row.author = _strip_by(part.text)
                elif role == "category" and row.category is None:
                    row.category = part.text


def main_column(rows: list[Row], columns: Columns) -> Column:
    """Return the column that most headlines are in."""
    counts: dict[int, int] = {}
    for row in rows:
        for number, part in enumerate(row.parts, row.first):
            if part is row.title:
                key = id(columns.of[number])
                counts[key] = counts.get(key, 0) + 1
    return max(columns.all, key=lambda column: counts.get(id(column), 0))


def _teaser_columns(page: Outline, rows: list[Row], columns: Columns) -> dict[int, float]:
    """Return the columns that hold teasers, with their scores."""
    main = main_column(rows, columns)
    scores = {}
    for column in columns.all:
        if column is main or column.kinds[0] > 0.5 or column.kinds[1] > 0.5:
            continue
        if _is_metadata(column):
            continue
        score = weigh(teaser_evidence(page, column, main), TEASER_WEIGHTS)
        if score > 0:
            scores[id(column)] = score
    return scores


def _is_metadata(column: Column) -> bool:
    """Tell whether a column holds ``Label: value`` lines, the label the same in most entries."""
    if column.count < 2:
        return False
    heads: dict[str, int] = {}
    for part in column.parts:
        head, colon, _ = part.text.partition(":")
        if not colon:
            head, colon, _ = part.text.partition("：")
        if colon and len(head) <= 30:
            heads[head] = heads.get(head, 0) + 1
    return bool(heads) and sum(v for v in heads.values() if v > 1) * 2 > column.count


def _choose_teaser(row: Row, columns: Columns, scores: dict[int, float]) -> list[Part]:
    title = row.title
    assert title is not None  # noqa: S101 - rows without a headline do not come here
    usable = [
        (p, columns.of[number])
        for number, p in enumerate(row.parts, row.first)
        if p is not title
        and not (title.heading >= 0 and p.heading == title.heading)
        and not p.is_label
        and p.text != row.title_text
    ]
    best, best_score = None, 0.0
    for part, column in usable:
        score = scores.get(id(column), 0.0)
        if not score or part.is_date:
            continue
        if part.weight < 25:
            score -= 1.0
        if part.start < title.start:
            score -= 0.8
        if score > best_score:
            best, best_score = column, score
    if best is None:
        for part, column in usable:
            if (
                part.start > title.start
                and part.is_prose
                and part.heading < 0
                and part.link in (-1, row.target)
                and not _is_metadata(column)
            ):
                best = column
                break
    return [p for p, column in usable if column is best and not (p.is_date and p.weight < 30)]


def _link_label(page: Outline, row: Row) -> str | None:
    """Return the label of the link to the target, where it is not the headline itself."""
    if row.target < 0 or row.title is None:
        return None
    href = page.hrefs[row.target]
    for part in row.parts:
        if (
            part.link >= 0
            and part.link != row.title.link
            and page.hrefs[part.link] == href
            and part.is_label
        ):
            return part.text
    if row.target != row.title.link:
        text = page.text(page.first[row.target], page.last[row.target])
        if text and len(text) <= 60 and text != row.title_text:
            return text
    return None


def _first_image(page: Outline, row: Row) -> str | None:
    images = page.images
    start = bisect_left(images, row.parts[0].start, key=lambda image: image.token)
    for image in images[start:]:
        if image.token > row.parts[-1].stop:
            return None
        attributes = read_attributes(image.head)
        for name in ("data-src", "data-lazy-src", "data-original", "src"):
            value = attributes.get(name)
            if value and not value.strip().startswith("data:"):
                return value
    return None


_ROLE_NAMES = {
    "author": frozenset("author byline writer autor auteur autore".split()),
    "category": frozenset("category cat kicker eyebrow overline section rubric tag badge topic".split()),
}


def _role(column: Column) -> str | None:
    """Return whether the classes of a column say that it holds an author or a category."""
    if column.names & TITLE_NAMES:
        return None
    return next((role for role, words in _ROLE_NAMES.items() if column.names & words), None)


def _strip_by(text: str) -> str:
    for word in ("by ", "von ", "par ", "por ", "di ", "door "):
        if text.casefold().startswith(word):
            return text[len(word) :].strip()
    return text
