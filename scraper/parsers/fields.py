"""Which part of an entry is what: chosen by column, over all entries of a list at once.

Parts with one path are a *column*. What a column is, headline or teaser or date, is decided by how
it behaves in all entries (is it there, is it different each time, is it linked, how long is it);
an entry without a part in the best column takes its best part of the next.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from scraper.parsers.parts import Part, Parts, join_texts
from scraper.parsers.tree import Outline, read_attributes
from scraper.parsers.words import META_NAMES, PROSE_NAMES, TITLE_NAMES, is_label

__all__ = ["Column", "Row", "complete_rows", "read_rows"]


class Column:
    """How the parts of one path behave over the entries of a list."""

    __slots__ = (
        "count", "dates", "distinct", "entries", "heads", "labels", "length", "linked", "meta",
        "named", "order", "path", "prose", "repeats", "total",
    )  # fmt: skip

    def __init__(self, path: int, found: list[tuple[int, int, Part]], total: int, names: set[str]) -> None:
        self.path = path
        self.count = count = len(found)
        entries = {e for e, _, _ in found}
        self.entries = len(entries)
        self.total = total
        texts = {p.text for _, _, p in found}
        self.distinct = len(texts) / count
        self.length = sum(p.weight for _, _, p in found) / count
        self.linked = sum(1 for _, _, p in found if p.link >= 0) / count
        self.heads = sum(1 for _, _, p in found if p.head >= 0) / count
        self.order = sum(o for _, o, _ in found) / count
        self.repeats = count / self.entries
        sample = [p for _, _, p in found[:12]]
        self.dates = sum(1 for p in sample if p.is_date) / len(sample)
        self.labels = sum(1 for p in sample if p.is_label) / len(sample)
        self.prose = sum(1 for p in sample if _is_prose(p)) / len(sample)
        self.named = 1 if names & TITLE_NAMES else -1 if names & PROSE_NAMES else 0
        self.meta = bool(names & META_NAMES)

    @property
    def coverage(self) -> float:
        """The share of entries that have a part in this column."""
        return self.entries / self.total

    def as_title(self) -> float:
        """Return how much the column behaves like headlines."""
        score = 3 * self.coverage + 2.2 * self.heads + 1.3 * self.linked + 2.0 * self.distinct
        score += 1.4 if self.named > 0 else -0.8 if self.named < 0 else 0
        score -= 1.6 if self.meta and self.named <= 0 else 0
        score += _title_length(self.length)
        score -= 5 * self.dates + 5 * self.labels + 1.2 * self.prose
        score -= 0.12 * min(self.order, 10) + 0.7 * min(self.repeats - 1, 3)
        return score

    def as_teaser(self) -> float:
        """Return how much the column behaves like teasers."""
        score = min(self.length, 200) / 100 + 1.5 * self.prose + 1.0 * self.distinct
        score += 1.2 if self.named < 0 else -0.5 if self.named > 0 else 0
        score -= 1.5 if self.meta and self.named >= 0 else 0
        score -= 4 * self.dates + 4 * self.labels + 1.0 * self.linked + 2 * self.heads
        return score


def _title_length(length: float) -> float:
    if length < 6:
        return -3.0
    if length < 14:
        return -1.0
    if length < 22:
        return 0.3
    if length <= 140:
        return 1.5
    if length <= 220:
        return 0.0
    return -2.5


def _is_prose(part: Part) -> bool:
    if part.weight < 60:
        return False
    text = part.text
    return part.weight >= 140 or text[-1] in ".…。!?！？।»”\"')" or ". " in text or "。" in text or text.endswith("...")


class Row:
    """One entry while its fields are being chosen."""

    __slots__ = (
        "author", "category", "image", "link_text", "parts", "span", "target", "teaser", "title",
        "title_text",
    )  # fmt: skip

    def __init__(self, span: tuple[int, int], parts: list[Part]) -> None:
        self.span = span
        self.parts = parts
        self.title: Part | None = None
        self.title_text = ""
        self.target = -1
        self.link_text: str | None = None
        self.teaser: list[Part] = []
        self.image: str | None = None
        self.author: str | None = None
        self.category: str | None = None


def read_columns(page: Outline, rows: list[Row]) -> dict[int, Column]:
    """Return the columns of *rows* by path."""
    found: dict[int, list[tuple[int, int, Part]]] = {}
    for number, row in enumerate(rows):
        for order, part in enumerate(row.parts):
            found.setdefault(part.path, []).append((number, order, part))
    columns = {}
    for path, parts in found.items():
        columns[path] = Column(path, parts, len(rows), _names(page, parts[0][2]))
    return columns


def _names(page: Outline, part: Part) -> set[str]:
    """Return the words of the classes on the part's element and the inline or heading around it."""
    names: set[str] = set()
    node = part.node
    for _ in range(3):
        if node < 0:
            break
        for name in page.paths.names[page.path[node]]:
            names.add(name)
            names.update(name.split("-"))
        above = page.parent[node]
        # An element that holds nothing else is the same thing under another name.
        if above < 0 or page.last[above] - page.first[above] != page.last[node] - page.first[node]:
            break
        node = above
    return names


def read_rows(
    page: Outline, parts: Parts, spans: Iterable[tuple[int, int]]
) -> tuple[list[Row], dict[int, Column]]:
    """Return a row per entry with headline and target chosen, and the columns that decided."""
    rows = [Row(span, parts.between(*span)) for span in spans]
    columns = read_columns(page, rows)
    scores = {path: column.as_title() for path, column in columns.items()}
    for row in rows:
        _choose_title(page, row, scores)
    _choose_targets(page, rows)
    return rows, columns


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
        if title.head >= 0:
            inside = [p.link for p in row.parts if p.head == title.head and p.link >= 0]
            inside = [k for k in inside if leads_somewhere(page, k)]
            if inside:
                row.target = inside[0]
                continue
        homeless.append(row)
    if homeless:
        _choose_link_column(page, rows, homeless)


def leads_somewhere(page: Outline, link: int) -> bool:
    """Tell whether the ``href`` of *link* can be the address of a page."""
    href = page.href(link).strip()
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
        for link in links_between(page, *row.span):
            if leads_somewhere(page, link):
                found.setdefault(page.path[link], []).append((number, link))
    scores: dict[int, float] = {}
    for path, links in found.items():
        entries = len({n for n, _ in links})
        hrefs = {page.href(k) for _, k in links}
        labels = [page.text(page.first[k], page.last[k]) for _, k in links[:8]]
        more = sum(1 for text in labels if text and is_label(text)) / len(labels)
        counters = sum(1 for _, k in links[:8] if "#" in page.href(k)) / len(labels)
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


def _choose_title(page: Outline, row: Row, scores: dict[int, float]) -> None:
    best, best_score = None, 0.0
    for part in row.parts:
        score = scores[part.path]
        if part.weight < 4:
            score -= 2
        if score > best_score and not (part.is_label or (part.is_date and part.head < 0)):
            best, best_score = part, score
    if best is None:
        return
    row.title = best
    row.title_text = _title_text(page, row, best, scores)


def _title_text(page: Outline, row: Row, best: Part, scores: dict[int, float]) -> str:
    """Return the headline, whole where it is spread over the parts of one heading."""
    if best.head < 0:
        same = [best]
    else:
        same = [
            p
            for p in row.parts
            if p.head == best.head and (p is best or (p.path == best.path and not p.is_date))
        ]
        # `<h3>Case 7: <a>Smith v Jones</a></h3>` is one headline
        lines = {p.line for p in same}
        same = [
            p for p in row.parts
            if p in same or (p.head == best.head and p.line in lines and not p.is_date and not p.is_label and p.path == page.path[best.head])
        ]
    text = join_texts([p.text for p in same]) if len(same) > 1 else best.text
    return text


def complete_rows(page: Outline, rows: list[Row], columns: dict[int, Column]) -> None:
    """Choose everything but headline, target and date: teaser, label, picture, author, category."""
    teasers = _teaser_columns(rows, columns)
    by_name = _named_columns(page, rows)
    for row in rows:
        if row.title is None:
            continue
        row.teaser = _choose_teaser(row, columns, teasers)
        row.link_text = _link_label(page, row)
        row.image = _first_image(page, row)
        taken = {id(row.title), *(id(p) for p in row.teaser)}
        for part in row.parts:
            role = by_name.get(part.path)
            if role and id(part) not in taken and not part.is_date and not part.is_label and len(part.text) <= 80:
                if role == "author" and row.author is None:
                    row.author = _strip_by(part.text)
                elif role == "category" and row.category is None:
                    row.category = part.text


def _teaser_columns(rows: list[Row], columns: dict[int, Column]) -> dict[int, float]:
    """Return the columns that hold teasers, with their scores."""
    titles = {row.title.path for row in rows if row.title}
    scores = {}
    for path, column in columns.items():
        if path in titles or column.dates > 0.5 or column.labels > 0.5:
            continue
        if _is_metadata(path, rows, column):
            continue
        score = column.as_teaser()
        if score >= 1.6 and column.length >= 40:
            scores[path] = score + column.coverage
    return scores


def _is_metadata(path: int, rows: list[Row], column: Column) -> bool:
    """Tell whether a column holds ``Label: value`` lines, the label the same in most entries."""
    if column.count < 2:
        return False
    heads: dict[str, int] = {}
    for row in rows:
        for part in row.parts:
            if part.path == path:
                head, colon, _ = part.text.partition(":")
                if not colon:
                    head, colon, _ = part.text.partition("：")
                if colon and len(head) <= 30:
                    heads[head] = heads.get(head, 0) + 1
    return bool(heads) and sum(v for v in heads.values() if v > 1) * 2 > column.count


def _choose_teaser(row: Row, columns: dict[int, Column], scores: dict[int, float]) -> list[Part]:
    title = row.title
    assert title is not None  # noqa: S101 - rows without a headline do not come here
    usable = [
        p
        for p in row.parts
        if p is not title
        and not (title.head >= 0 and p.head == title.head)
        and not p.is_label
        and p.text != row.title_text
    ]
    best, best_score = None, 0.0
    for part in usable:
        score = scores.get(part.path, 0.0)
        if not score or part.is_date:
            continue
        if part.weight < 25:
            score -= 1.0
        if part.start < title.start:
            score -= 0.8
        if score > best_score:
            best, best_score = part, score
    if best is None:
        prose = [p for p in usable if p.start > title.start and _is_prose(p) and p.head < 0 and p.link in (-1, row.target)]
        prose = [p for p in prose if not _is_metadata(p.path, [row], columns[p.path])]
        if not prose:
            return []
        best = prose[0]
    return [p for p in usable if p.path == best.path and not (p.is_date and p.weight < 30)]


def _link_label(page: Outline, row: Row) -> str | None:
    """Return the label of the link to the target, where it is not the headline itself."""
    if row.target < 0 or row.title is None:
        return None
    href = page.href(row.target)
    for part in row.parts:
        if part.link >= 0 and part.link != row.title.link and part.is_label:
            if page.href(part.link) == href:
                return part.text
    if row.target != row.title.link:
        text = page.text(page.first[row.target], page.last[row.target])
        if text and len(text) <= 60 and text != row.title_text:
            return text
    return None


def _first_image(page: Outline, row: Row) -> str | None:
    for image in page.images:
        if row.span[0] <= image.token < row.span[1]:
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


def _named_columns(page: Outline, rows: list[Row]) -> dict[int, str]:
    """Return the columns whose class says that they hold an author or a category."""
    roles: dict[int, str] = {}
    seen: set[int] = set()
    for row in rows:
        for part in row.parts:
            if part.path in seen:
                continue
            seen.add(part.path)
            names = _names(page, part)
            for role, words in _ROLE_NAMES.items():
                if names & words and not names & TITLE_NAMES:
                    roles[part.path] = role
                    break
    return roles


def _strip_by(text: str) -> str:
    for word in ("by ", "von ", "par ", "por ", "di ", "door "):
        if text.casefold().startswith(word):
            return text[len(word) :].strip()
    return text
