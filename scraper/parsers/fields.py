"""Which part of an entry is what: chosen by column, over all entries of a list at once.

An entry without a part in the best column takes its best part of the next, so that one odd entry
does not shift the others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from scraper.parsers.columns import Column, Columns, Spans
from scraper.parsers.evidence import Scale
from scraper.parsers.parts import Part, Parts, join_texts
from scraper.parsers.tree import Outline, read_attributes
from scraper.parsers.weights import TEASER_WEIGHTS, TITLE_WEIGHTS
from scraper.parsers.words import is_label, is_service, word_set

__all__ = [
    "TEASER",
    "TITLE",
    "Reading",
    "Row",
    "bare_title",
    "complete_rows",
    "labelled_parts",
    "read_rows",
    "teaser_evidence",
    "title_evidence",
]

# What a link says of its file behind the headline: "(PDF, 210 KB)".
_FILE_NOTE = re.compile(
    r"\s*[(\[](?:(?:pdf|docx?|xlsx?|pptx?|odt|rtf|zip|epub)\b[^()\[\]\d]{1,4})?"
    r"[\d.,]+\s?(?:[kmg]i?b|кб|мб|ko|mo)[)\]]$",
    re.IGNORECASE,
)
# When it was, in front of the headlines of a ticker.
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[:.h][0-5]\d(?: ?(?:Uhr|h|Hrs?))?\s*[-–—|:]?\s+(?=\S)")
# What stands between a headline and the parts beside it.
_AROUND_TITLES = " -–—|•·»›:;,"
# The share of dates from which a column is one of dates.
_DATES = 0.3
# How much likelier the best column may be than the one an odd entry takes its headline from.
_TITLE_WITHIN = 4.0


class Row:
    """One entry while its fields are being chosen."""

    __slots__ = (
        "author", "category", "column", "first", "image", "link_text", "nodes", "parts", "target",
        "teaser", "title", "title_text",
    )  # fmt: skip

    def __init__(self, first: int, parts: list[Part], nodes: tuple[int, int]) -> None:
        #: Number of the first part.
        self.first = first
        self.parts = parts
        #: The first node of the entry and one past its last: pictures and links have no text.
        self.nodes = nodes
        self.title: Part | None = None
        self.title_text = ""
        #: The column of the headline.
        self.column: Column | None = None
        self.target = -1
        self.link_text: str | None = None
        self.teaser: list[Part] = []
        self.image: str | None = None
        self.author: str | None = None
        self.category: str | None = None


class Reading(NamedTuple):
    """Entries with headline and target chosen, and the columns that decided."""

    rows: list[Row]
    columns: Columns
    #: The column that most headlines are in, and how likely it is.
    main: Column
    score: float


#: Evidence that a column holds the headlines.
TITLE = Scale(
    (
        "coverage", "heads", "linked", "sole_link", "distinct", "named", "meta", "tiny", "short",
        "shortish", "fair", "long", "dates", "labels", "prose", "digits", "wordless", "order",
        "repeats",
    ),
    TITLE_WEIGHTS,
)  # fmt: skip


def title_evidence(column: Column, sole_link: Column | None) -> tuple[float, ...]:
    """Return the evidence of ``TITLE``; *sole_link* is the only linked column of the list."""
    named, meta, _ = column.named()
    length = column.length
    return (
        column.coverage,
        column.heads,
        column.linked,
        # A number that is linked leads to the document, and is no headline for that.
        column is sole_link and column.wordless < 0.5,
        column.distinct,
        named,
        meta and not named,
        length < 6,
        6 <= length < 14,
        14 <= length < 22,
        22 <= length <= 140,
        length > 220,
        column.dates,
        column.labels,
        column.prose,
        min(2 * column.digits, 1),
        column.wordless,
        min(column.order, 10) / 10,
        min(column.repeats - 1, 3) / 3,
    )


#: Evidence that a column holds the teasers.
TEASER = Scale(
    (
        "coverage", "heads", "distinct", "named", "prose_named", "length", "short", "shorter",
        "prose", "digits", "paragraph", "before", "repeats",
    ),
    TEASER_WEIGHTS,
)  # fmt: skip


def teaser_evidence(page: Outline, column: Column, title: Column) -> tuple[float, ...]:
    """Return the evidence of ``TEASER``; *title* is the column of the headlines."""
    named, _, prose_named = column.named()
    length = column.length
    return (
        column.coverage,
        column.heads,
        column.distinct,
        named,
        prose_named,
        min(length, 200) / 200,
        length < 40,
        length < title.length,
        column.prose,
        min(2 * column.digits, 1),
        page.tag(column.parts[0].node) in ("p", "dd", "blockquote"),
        column.order < title.order,
        min(column.repeats - 1, 3) / 3,
    )


def read_rows(page: Outline, parts: Parts, spans: Spans, tops: Sequence[int]) -> Reading:
    """Choose headline and target of every entry."""
    columns = Columns(page, parts, spans, tops)
    linked = [one for one in columns.all if one.linked > 0.5 and one.coverage > 0.5]
    sole_link = linked[0] if len(linked) == 1 else None
    scores = {column: TITLE.weigh(title_evidence(column, sole_link)) for column in columns.all}
    best = max(scores, key=scores.__getitem__)
    least = scores[best] - _TITLE_WITHIN
    if best.heads > 0.5:
        # Where headlines are headings, so is the odd one that is linked, or styled, by itself.
        for column in columns.all:
            if column.heads > 0.5 and scores[column] < scores[best] - 1:
                scores[column] = scores[best] - 1
    rows = [
        Row(start, parts.all[start:stop], _nodes_of(page, parts.all[start:stop], top))
        for (start, stop), top in zip(spans, tops, strict=True)
    ]
    for row in rows:
        _choose_title(page, row, columns, scores, least)
    for row, following in pairwise(rows):
        if row.title_text and row.title_text == following.title_text:
            # The text of a picture before an entry doubles its headline, not that of the one above.
            _choose_title(page, row, columns, scores, least, unlike=following.title_text)
    _cut_clocks(rows)
    counts: dict[Column, int] = {}
    for row in rows:
        if row.column is not None:
            counts[row.column] = counts.get(row.column, 0) + 1
    _choose_targets(page, rows)
    main = max(counts, key=counts.__getitem__) if counts else columns.all[0]
    return Reading(rows, columns, main, scores[main])


def _without_note(text: str) -> str:
    """Return a headline without what is said of its file, and what parts it from others."""
    return _FILE_NOTE.sub("", text).strip(_AROUND_TITLES) or text


def bare_title(text: str) -> str:
    """Return a headline without the time in front of it, and what is said of its file.

    >>> bare_title("09:30 Annual report (PDF, 210 KB)")
    'Annual report'
    """
    return _without_note(_CLOCK.sub("", text, count=1))


def _cut_clocks(rows: list[Row]) -> None:
    """Take the time of day off the headlines, where most begin with one."""
    cut = [
        _CLOCK.sub("", row.title_text, count=1) if _CLOCK.match(row.title_text) else ""
        for row in rows
    ]
    if sum(map(bool, cut)) * 2 > len(rows):
        for row, text in zip(rows, cut, strict=True):
            row.title_text = text or row.title_text


def _nodes_of(page: Outline, own: list[Part], top: int) -> tuple[int, int]:
    """Return the nodes of an entry: its root, and what else of the root's level it runs on over."""
    depth = page.paths.depth[page.path[top]]
    first, last = _at_depth(page, own[0].node, depth), _at_depth(page, own[-1].node, depth)
    low = min(top, first) if first >= 0 else top
    high = max(page.end[top], page.end[last]) if last >= 0 else page.end[top]
    return low, high


def _at_depth(page: Outline, node: int, depth: int) -> int:
    """Return the element at *depth* that *node* is or stands in, or -1."""
    while node >= 0 and page.paths.depth[page.path[node]] > depth:
        node = page.parent[node]
    return node if node >= 0 and page.paths.depth[page.path[node]] == depth else -1


def _choose_title(
    page: Outline,
    row: Row,
    columns: Columns,
    scores: dict[Column, float],
    least: float,
    unlike: str | None = None,
) -> None:
    best, best_score, best_column = None, least, None
    of = columns.of
    for number, part in enumerate(row.parts, row.first):
        column = of[number]
        score = scores[column]
        if score <= best_score or (part.weight < 4 and score - 2 <= best_score):
            continue
        # `limnoria 2014.11.24` is the name of a release where its neighbours are no dates.
        if (
            part.text == unlike
            or part.is_label
            or (part.heading < 0 and column.dates > _DATES and part.is_date)
        ):
            continue
        best, best_score, best_column = part, score - 2 if part.weight < 4 else score, column
    if best is not None:
        row.title, row.column = best, best_column
        text = _title_text(page, row, best)
        if text.endswith(("...", "…")):
            text = _whole_title(page, row, best, text)
        row.title_text = _without_note(text)


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


def links_within(page: Outline, nodes: tuple[int, int]) -> list[int]:
    """Return the links among *nodes*, pictures included."""
    return page.links[bisect_left(page.links, nodes[0]) : bisect_left(page.links, nodes[1])]


def _choose_link_column(page: Outline, rows: list[Row], homeless: list[Row]) -> None:
    """Choose, for rows whose headline is no link, the links of one path that differ by entry."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for link in links_within(page, row.nodes):
            if leads_somewhere(page, link):
                found.setdefault(page.path[link], []).append((number, link))
    scores = {path: _score_links(page, links, len(rows)) for path, links in found.items()}
    for row in homeless:
        number = rows.index(row)
        for path in sorted(scores, key=lambda k: -scores[k]):
            own = [link for entry, link in found[path] if entry == number]
            if own and scores[path] > _LEAST_LINKS:
                row.target = _likeliest_link(page, own)
                break


def _likeliest_link(page: Outline, links: list[int]) -> int:
    """Return the first of *links* that leads to the entry, not to a service such as "Share"."""
    useful = (
        link for link in links if not is_service(page.text(page.first[link], page.last[link]))
    )
    return next(useful, links[0])


# Half of the entries have such a link, and half of those lead elsewhere each.
_LEAST_LINKS = 1.5
# Addresses of what an entry belongs to, not of the entry.
_ABOUT = re.compile(r"author|/user|/profile|/people/|/tags?/|/topics?/|/categor(?:y|ies)/|[?&]cat=")


def _score_links(page: Outline, links: list[tuple[int, int]], total: int) -> float:
    """Return how much links of one path, by entry, behave like the targets of the entries."""
    first: dict[int, int] = {}
    for number, link in links:
        first.setdefault(number, link)
    hrefs = [page.hrefs[link] for link in first.values()]
    sample = list(first.values())[:8]
    n = len(sample)
    labels = [page.text(page.first[link], page.last[link]) for link in sample]
    return float(
        2.0 * len(first) / total
        + 2.0 * len(set(hrefs)) / len(hrefs)
        + 1.2 * sum(bool(text) and is_label(text) for text in labels) / n
        - 1.5 * sum("#" in href for href in hrefs[:8]) / n
        - 1.0 * sum(_ABOUT.search(href) is not None for href in hrefs[:8]) / n
        - 0.2 * min(len(links) / len(first) - 1, 5)
    )


def complete_rows(page: Outline, reading: Reading) -> None:
    """Choose everything but headline, target and date: teaser, label, picture, author, category."""
    columns = reading.columns
    metadata = {column for column in columns.all if _is_metadata(column)}
    teasers = _teaser_columns(page, reading, metadata)
    roles = {column: role for column in columns.all if (role := _role(column)) is not None}
    titles = {row.title_text for row in reading.rows}
    labels = _repeated_labels(page, reading.rows)
    for row in reading.rows:
        if row.title is None:
            continue
        row.teaser = _choose_teaser(page, row, columns, teasers, titles, labels)
        row.link_text = _link_label(page, row)
        row.image = _first_image(page, row)
        if roles:
            _choose_roles(row, columns, roles)
        if row.author is None:
            row.author = _declared(page, row, _REL_AUTHOR) or _labelled_author(row, labels)
        if row.category is None:
            row.category = _declared(page, row, _REL_CATEGORY)


def _choose_roles(row: Row, columns: Columns, roles: dict[Column, str]) -> None:
    for number, part in enumerate(row.parts, row.first):
        role = roles.get(columns.of[number])
        if (
            role is None
            or part is row.title
            or part in row.teaser
            or len(part.text) > 80
            or part.text[-1] in ":："
            or part.is_date
        ):
            continue
        if role == "author" and row.author is None:
            # `<span class="author">By <a>Ada Quist</a></span>`
            name = _strip_by(part.text) or _text_behind(row, part)
            row.author = name if name and len(name) <= _LONGEST_ROLE else None
        elif role == "category" and row.category is None:
            row.category = part.text


def _declared(page: Outline, row: Row, rel: re.Pattern[str]) -> str | None:
    """Return the text of a link that says what it is: ``rel="author"``, ``rel="category tag"``."""
    for part in row.parts:
        if part.link >= 0 and part is not row.title and rel.search(page.head[part.link]):
            return part.text if len(part.text) <= _LONGEST_ROLE else None
    return None


_REL_AUTHOR = re.compile(r"""\srel\s*=\s*["']?(?:[\w ]* )?author\b""", re.IGNORECASE)
_REL_CATEGORY = re.compile(r"""\srel\s*=\s*["']?(?:[\w ]* )?category\b""", re.IGNORECASE)


def _labelled_author(row: Row, labels: set[str]) -> str | None:
    """Return what stands on the line behind "Authors:", where lines begin with labels."""
    for place, part in enumerate(row.parts):
        head = _label_of(part.text)
        if head in labels and head.casefold().strip() in _ROLE_NAMES["author"]:
            behind = [p.text for p in row.parts[place + 1 :] if p.line == part.line]
            name = ", ".join(behind) or part.text[len(head) + 1 :].strip()
            return name if name and len(name) <= _LONGEST_NAMES else None
    return None


def _teaser_columns(page: Outline, reading: Reading, metadata: set[Column]) -> dict[Column, float]:
    """Return the columns that hold teasers, with their scores."""
    scores = {}
    for column in reading.columns.all:
        if column is reading.main or column.dates > 0.5 or column.labels > 0.5:
            continue
        if column in metadata:
            continue
        score = TEASER.weigh(teaser_evidence(page, column, reading.main))
        if score > 0:
            scores[column] = score
    return scores


def _label_of(text: str) -> str:
    """Return what stands before the value of a line ``Label: value``, empty where it is none."""
    head, colon, _ = text.partition(":")
    if not colon:
        head, colon, _ = text.partition("：")
    return head if colon and len(head) <= _LONGEST_HEAD else ""


def _term_of(page: Outline, part: Part) -> str:
    """Return what a part names: before its colon, or all of it in ``<dt>``; empty for nothing."""
    if part.weight <= _LONGEST_HEAD and page.tag(part.node) == "dt":
        return part.text.rstrip(" :：")
    return _label_of(part.text)


def _is_metadata(column: Column) -> bool:
    """Tell whether a column holds ``Label: value`` lines, the label the same in most entries."""
    if column.count < 2:
        return False
    heads: dict[str, int] = {}
    for part in column.parts:
        if head := _label_of(part.text):
            heads[head] = heads.get(head, 0) + 1
    return bool(heads) and sum(v for v in heads.values() if v > 1) * 2 > column.count


def _repeated_labels(page: Outline, rows: list[Row]) -> set[str]:
    """Return the labels that stand in a third of the entries, wherever in them."""
    counts: dict[str, int] = {}
    for row in rows:
        for head in {_term_of(page, part) for part in row.parts}:
            counts[head] = counts.get(head, 0) + 1
    counts.pop("", None)
    return {head for head, count in counts.items() if count > 1 and count * 3 >= len(rows)}


def _choose_teaser(
    page: Outline,
    row: Row,
    columns: Columns,
    scores: dict[Column, float],
    titles: set[str],
    labels: set[str],
) -> list[Part]:
    title = row.title
    assert title is not None  # noqa: S101 - rows without a headline do not come here
    best, best_score = None, 0.0
    prose: Column | None = None
    usable = []
    for number, part in enumerate(row.parts, row.first):
        if part is title or (title.heading >= 0 and part.heading == title.heading):
            continue
        # The text of a picture doubles a headline, its own or that of the entry after it.
        if part.text in titles or (part.weight < 60 and part.is_label):
            continue
        if labels and _is_labelled(page, row, number, labels):
            continue
        column = columns.of[number]
        usable.append((part, column))
        score = scores.get(column, 0.0)
        if score:
            score -= (1.0 if part.weight < 25 else 0.0) + (0.8 if part.start < title.start else 0.0)
            if score > best_score and not part.is_date:
                best, best_score = column, score
        elif (
            prose is None
            and part.start > title.start
            and part.heading < 0
            and part.link in (-1, row.target)
            and part.is_sentence
        ):
            prose = column
    best = best or prose
    if best is None:
        return []
    return [p for p, column in usable if column is best and not (p.weight < 30 and p.is_date)]


def labelled_parts(page: Outline, rows: list[Row]) -> set[Part]:
    """Return the labels that entries have in common, and their values."""
    labels = _repeated_labels(page, rows)
    return {
        part
        for row in rows
        for number, part in enumerate(row.parts, row.first)
        if labels and _is_labelled(page, row, number, labels)
    }


def _is_labelled(page: Outline, row: Row, number: int, labels: set[str]) -> bool:
    """Tell whether a part is a line ``Label: value``, or the value on the line of a label."""
    place = number - row.first
    part, before = row.parts[place], row.parts[place - 1] if place else None
    if _term_of(page, part) in labels:
        return True
    return (
        before is not None
        and (before.line == part.line or page.tag(before.node) == "dt")
        and _term_of(page, before) in labels
    )


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
    low, high = row.nodes
    images = page.images
    for image in images[bisect_left(images, page.first[low], key=lambda one: one.token) :]:
        if image.token > page.last[low] and image.node >= high:
            return None
        if low <= image.node < high:
            attributes = read_attributes(image.head)
            for name in ("data-src", "data-lazy-src", "data-original", "src"):
                value = attributes.get(name)
                if value and not value.strip().startswith("data:"):
                    return value
    return None


# The longest label of a line, "Versions affected: …".
_LONGEST_HEAD = 30
_ROLE_NAMES = {
    "author": word_set(
        "author authors byline writer autor auteur autore verfasser автор 글쓴이 작성자 作者 投稿者"
    ),
    "category": word_set(
        "category categories cat kicker eyebrow overline section rubric rubrique rubrik tag badge "
        "topic "
        "type label kategorie categoria catégorie"
    ),
}
_NO_ROLES = word_set("title headline heading date time published posted comments more count")
_LONGEST_ROLE, _LONGEST_NAMES = 60, 200


def _role(column: Column) -> str | None:
    """Return whether the classes of a column say that it holds an author or a category."""
    if column.dates > _DATES or column.labels > 0.5 or not column.names.isdisjoint(_NO_ROLES):
        return None
    for role, words in _ROLE_NAMES.items():
        if not column.names.isdisjoint(words) and column.length <= _LONGEST_ROLE:
            return role
    return None


def _text_behind(row: Row, part: Part) -> str | None:
    """Return the text of the part behind *part* on its line."""
    place = row.parts.index(part) + 1
    following = row.parts[place] if place < len(row.parts) else None
    return following.text if following is not None and following.line == part.line else None


_BY = word_set("by von par por di door de av af przez автор autor auteur author")


def _strip_by(text: str) -> str:
    """Return a byline without the word before the name, empty where there is no more to it.

    >>> _strip_by("By Ada Quist"), _strip_by("von"), _strip_by("Hetty")
    ('Ada Quist', '', 'Hetty')
    """
    first, _, rest = text.partition(" ")
    return rest.strip() if first.casefold().rstrip(":") in _BY else text
