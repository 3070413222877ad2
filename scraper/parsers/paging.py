"""Where the listing goes on: the address of the next page.

Pages say it in four ways, and each of them lies on some: a link declares ``rel=next``, a label
reads "Older posts", a pager shows the number after its current one, an address is the page's own
with a number one higher. So the ways are weighed against each other. A pager whose current number
is its highest ends the listing, and so does one that leads back alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from scraper.parsers import page_words as words
from scraper.parsers.document import Document
from scraper.parsers.page_steps import BEHIND, FORWARD, NEXT, SAME, SECOND, UNKNOWN, Place
from scraper.parsers.tree import Outline, read_attributes

__all__ = ["find_next_url"]

# What a link adds up to before it counts as the next page, and what each sign adds.
_ENOUGH = 4
_REL_NEXT = 6
_IN_PAGER = 2
_NAMED_NEXT = 2
_BY_STEP = {NEXT: 4, SECOND: 3, FORWARD: 3, UNKNOWN: 0}

_LONGEST_LABEL = 40
_LONGEST_NUMBER = 16
_LONGEST_RELATION = 30
# What a pager's label begins or ends with, where the whole label is no known word.
_SIGNS = frozenset("»›→>▶►▸❯⟩≫«‹<…[")
_DIGITS = frozenset(
    "0123456789[]०१२३४५६७८९০১২৩৪৫৬৭৮৯٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９"
)
_ENDS = _SIGNS | _DIGITS
# A label of this grade on so many links stands below every teaser.
_REPEATED = 4

_REL = re.compile(r"""\brel\s*=\s*(?:"[^"]*\bnext\b|'[^']*\bnext\b|next\b)""", re.IGNORECASE)
_NAMES = re.compile(
    r"""\s(?:class|id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE
)
_SAID = re.compile(
    r"""\s(?:aria-label|title|alt)\s*=\s*(?:"([^"]{1,60})"|'([^']{1,60})')""", re.IGNORECASE
)
_NEXT_NAME = re.compile(
    r"(?<![a-z])(?:next|nxt|older)(?![a-z])|Next(?![a-z])|(?:pag\w{0,4}|nav)next|nextpage|nextlink",
    re.IGNORECASE,
)
# Class names and ids of what pages through something else than the listing.
_ELSEWHERE_NAME = re.compile(
    r"carousel|slick|swiper|slide|galler|lightbox|owl-|flickity|splide|glide|calendar(?!-list)|kalender|"
    r"datepicker|month|mini-?cal|ticker|playlist|post-?nav|entry-?nav|comment|"
    r"fc-(?:next|prev)",
    re.IGNORECASE,
)
_PAGER_NAME = re.compile(
    r"pagi|pager|paging|page-?(?:nav|num|link|item)|nav-?links|navigation|nav-(?:prev|next|below)|"
    r"(?<![a-z])pages?(?![a-z])|seiten|bl(?:ä|ae)tter|older|load-?more",
    re.IGNORECASE,
)
_PAGER, _NAMELESS, _ELSEWHERE = 1, 0, -1
# A block that holds more is no pager any more, but part of the page.
_PAGER_TOKENS = 70
_PAGER_LEVELS = 5
# Tokens that may stand between two numbers of one pager: a gap, a bar, a point.
_GAP = 4
# Numbers from here on are years.
_YEARS = 1_900


def find_next_url(document: Document) -> str | None:
    """Return the absolute address of the page that continues this listing, or None.

    None is the answer on the last page, on pages without paging, and where the page only leads to
    newer entries, to other articles, months or slides.

    >>> from scraper.models import Page
    >>> html = b'<ul><li>1</li><li><a href="?page=2">2</a></li></ul>'
    >>> find_next_url(Document(Page(url="https://city.example/news", body=html)))
    'https://city.example/news?page=2'
    """
    return _Search(document).run()


class _Link(NamedTuple):
    """A link that may belong to a pager."""

    node: int
    grade: int
    number: int
    #: What it says, to tell what is repeated.
    label: str = ""


class _Labelled(NamedTuple):
    """A link that is labelled as leading to the next page."""

    score: int
    url: str
    step: int


class _Pager(NamedTuple):
    """What a row of page numbers says."""

    weight: int
    #: The page after the current one; None where that is the last.
    url: str | None


class _Search:
    """One search; it keeps the addresses that were resolved."""

    __slots__ = ("document", "page", "pictures", "place", "resolved")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.page: Outline = document.outline
        self.place = Place(document)
        self.resolved: dict[int, str | None] = {}
        #: Per node, the tag of a picture in it; made when an icon is met.
        self.pictures: dict[int, str] | None = None

    def run(self) -> str | None:
        declared = self.find_declared()
        if declared is not None:
            return declared
        links, silent = self.collect()
        pager = self.read_pagers([link for link in links if link.number >= 0])
        labelled = self.weigh_labels([link for link in links if link.number < 0])
        if pager is None:
            found = labelled or self.weigh_labels(self.find_hints(silent))
            return found.url if found else None
        if labelled is None:
            return pager.url
        if pager.url is None:
            # Pagers show ten numbers at a time; "next" behind the tenth leads to the eleventh.
            sure = labelled.step == NEXT or labelled.score >= _REL_NEXT + _IN_PAGER
            return labelled.url if sure else None
        if labelled.step == NEXT:
            return labelled.url
        # Some pagers mean the next ten numbers by "next".
        step = self.place.step_to(pager.url)
        surer = labelled.score >= _REL_NEXT and step != NEXT and labelled.step != FORWARD
        return labelled.url if surer else pager.url

    def find_declared(self) -> str | None:
        """Return the target of ``<link rel=next>``."""
        for head in self.page.declared:
            if "ext" in head and head[:4].lower() == "link" and _REL.search(head):
                attributes = read_attributes(head)
                if len(attributes.get("title", "")) > _LONGEST_LABEL:
                    continue  # the article after this one
                url = self.resolve(attributes.get("href"), declared=True)
                if url and self.place.step_to(url) not in (SAME, BEHIND):
                    return url
        return None

    def resolve(self, href: str | None, *, declared: bool = False) -> str | None:
        """Return where *href* leads, unless that is no other page of this site."""
        if not href or href.lstrip()[:1] == "#":
            return None
        url = self.document.absolute_url(href)
        if url is None or not self.place.holds(url, declared=declared):
            return None
        return None if self.place.is_same(url) else url

    def target(self, node: int) -> str | None:
        """Return where a link leads, unless that is no other page of this site."""
        if node not in self.resolved:
            self.resolved[node] = self.resolve(self.page.href(node))
        return self.resolved[node]

    def collect(self) -> tuple[list[_Link], list[int]]:
        """Return the links that may belong to a pager, by cheap tests, and those without text."""
        page = self.page
        first, last, texts = page.first, page.last, page.texts
        likely, openings = words.LIKELY_LABELS, words.OPENINGS
        signs, digits, ends = _SIGNS, _DIGITS, _ENDS
        found = []
        silent = []
        for node in page.links:
            start = first[node]
            size = last[node] - start
            if size == 1:
                text = texts[start]
                length = len(text)
                if (
                    length > _LONGEST_LABEL
                    or not (
                        text in likely
                        or (
                            text[-1] in ends
                            and (
                                text[-1] not in digits
                                # "3", "[3]", "21-30", "Page 3"; not "B52".
                                or (length < _LONGEST_NUMBER and (text[0] in digits or " " in text))
                            )
                        )
                        or text[0] in signs
                        or text[:5] in openings
                    )
                ):
                    continue
            elif not size:
                silent.append(node)
                continue
            else:
                if size > 4:
                    continue
                text = texts[start + size - 1]
                if text not in likely and len(text) > 3 and texts[start] not in likely:
                    continue
            if link := self.read_label(node, start, size):
                found.append(link)
        return found, silent

    def read_label(self, node: int, start: int, size: int) -> _Link | None:
        """Read what a link says; screen readers are often told more than is shown."""
        texts = self.page.texts
        label = texts[start] if size == 1 else self.page.text(start, start + size)
        number = words.read_number(label)
        if number is None and size > 1 and words.names_page(label):
            bare = [text for text in texts[start : start + size] if text.isdecimal()]
            number = words.read_number(bare[0]) if len(bare) == 1 else None
        if number is not None:
            return _Link(node, 0, number)
        grade = words.label_grade(label)
        if size > 1 and not grade:
            grade = max(map(words.label_grade, texts[start : start + size]), key=abs)
            if grade == words.ARROW:
                grade = 0  # a headline with an ornament
        return _Link(node, grade, -1, label) if grade else None

    # Labels

    def weigh_labels(self, links: list[_Link]) -> _Labelled | None:
        """Return the link that is most surely labelled as leading to the next page."""
        repeated = Counter(link.label for link in links)
        targets: dict[str, set[str]] = {}
        found: list[tuple[_Labelled, str]] = []
        for link in links:
            label = link.label
            if link.grade == words.LAST or (repeated[label] > _REPEATED and label):
                continue
            url = self.target(link.node)
            if url is None:
                continue
            targets.setdefault(label, set()).add(url)
            step = self.place.step_to(url)
            score = self.weigh(link, url, step)
            if score >= _ENOUGH:
                found.append((_Labelled(score, url, step), label))
        # One label that leads to many places leads to articles.
        sure = [one for one, label in found if one.step == NEXT or len(targets[label]) <= 2]
        return max(sure, key=lambda one: one.score, default=None)

    def weigh(self, link: _Link, url: str, step: int) -> int:
        """Return what speaks for a labelled link; nothing does where its address leads back."""
        if step in (SAME, BEHIND):
            return 0
        head, grade = self.page.head[link.node], link.grade
        if grade < 0:
            return _BY_STEP[NEXT] if step == NEXT else 0
        rel = "ext" in head and _REL.search(head) is not None
        if rel:
            # A headline behind the relation is that of the article after this one.
            headline = not grade and self.length(link.node) > _LONGEST_RELATION
            grade = _NAMED_NEXT if headline else _REL_NEXT
        elif not grade:
            # An icon: what it says to screen readers, or the name of its class.
            grade = max(self.read_said(link.node), 0)
        elif step == FORWARD and grade == words.ARROW:
            grade -= _IN_PAGER  # to the last page, perhaps
        if "ext" in head and _NEXT_NAME.search(_names(head)):
            grade += _NAMED_NEXT
        score = grade + _BY_STEP[step]
        if grade == words.WEAK and step == UNKNOWN and self.place.is_second(url):
            score += _BY_STEP[SECOND]
        if score + _IN_PAGER < _ENOUGH:
            return 0
        context = self.context(link.node)
        if context == _ELSEWHERE and not (step == NEXT and grade >= words.PLAIN):
            return 0
        return score + _IN_PAGER * (context == _PAGER)

    def length(self, node: int) -> int:
        """Return how many characters a link shows."""
        return sum(map(len, self.page.texts[self.page.first[node] : self.page.last[node]]))

    def read_said(self, node: int) -> int:
        """Return the grade of what a link without text says by attributes, or by its picture."""
        page = self.page
        if self.pictures is None:
            self.pictures = {image.node: image.head for image in page.images}
        said = [page.head[node]]
        said += [self.pictures[i] for i in range(node, page.end[node]) if i in self.pictures]
        grades = [
            words.label_grade(double or single)
            for head in said
            for double, single in _SAID.findall(head)
        ]
        return max(grades, key=abs, default=0)

    def context(self, node: int) -> int:
        """Return what the blocks around a link are named: a pager, or a pager of something else."""
        page = self.page
        parent, first, last, heads = page.parent, page.first, page.last, page.head
        if "carousel" in heads[node]:
            return _ELSEWHERE
        kind = _kind_of_names(_names(heads[node]))
        if kind == _ELSEWHERE:
            return kind
        for _ in range(_PAGER_LEVELS):
            node = parent[node]
            if node < 0 or last[node] - first[node] > _PAGER_TOKENS:
                break
            head = heads[node]
            if "=" in head:
                above = _kind_of_names(_names(head))
                if above:
                    return above
        return kind

    # Numbers

    def read_pagers(self, links: list[_Link]) -> _Pager | None:
        """Return what the surest row of page numbers says; of two alike, the one further down."""
        surest = None
        for row in self.rows(links):
            pager = self.read_pager(row)
            if pager and (surest is None or pager.weight >= surest.weight):
                surest = pager
        return surest

    def rows(self, links: list[_Link]) -> Iterator[list[_Link]]:
        """Split links into rows of rising numbers that stand together."""
        page = self.page
        row: list[_Link] = []
        for link in links:
            if row and (
                page.first[link.node] - page.last[row[-1].node] > _GAP
                or link.number <= row[-1].number
            ):
                yield row
                row = []
            row.append(link)
        if row:
            yield row

    def read_pager(self, row: list[_Link]) -> _Pager | None:
        if row[0].number >= _YEARS:
            return None
        plain = self.plain_numbers(row)
        if self.is_calendar(row, plain):
            return None
        linked = {link.number: link.node for link in row}
        current = self.current(row, plain)
        if len(row) == 1 and current is None and row[0].number != 2:
            return None
        context = self.context(row[-1].node)
        if context == _ELSEWHERE:
            return None
        if current is None:
            current = self.current_by_address(linked)
            if current is None:
                return None
        following = None
        steps = []
        if current + 1 in linked:
            following = self.target(linked[current + 1])
            if following is None:
                return None
            steps.append(self.place.step_to(following))
            if steps[0] in (SAME, BEHIND):
                return None
        elif current < row[-1].number:
            return None
        else:
            url = self.target(row[-1].node)
            steps.append(self.place.step_to(url) if url else UNKNOWN)
        in_step, known = self.in_step(row), steps[0] != UNKNOWN
        if not (in_step or known or (context == _PAGER and len(row) + len(plain) > 1)):
            return None
        near = following is not None and self.place.shares_path(following)
        return _Pager((context == _PAGER) + in_step + known + near, following)

    def in_step(self, row: list[_Link]) -> bool:
        """Tell whether addresses differ in one number that rises with the number of the page."""
        if len(row) < 2:
            return False
        low, high = row[-2:]
        one, other = self.target(low.node), self.target(high.node)
        if not one or not other:
            return False
        rise = _difference(one, other)
        return rise is not None and rise > 0 and rise % (high.number - low.number) == 0

    def plain_numbers(self, row: list[_Link]) -> list[tuple[int, int]]:
        """Return the numbers in and beside a row that are no links of it, with their tokens."""
        page = self.page
        texts, owner = page.texts, page.owner
        start, stop = page.first[row[0].node] - 3, page.last[row[-1].node] + 3
        found = []
        for token in range(max(start, 0), min(stop, len(texts))):
            text = texts[token]
            if len(text) < 16:
                number = words.read_number(text)
                if number is not None and page.link_of(owner[token]) < 0:
                    found.append((token, number))
        return found

    def is_calendar(self, row: list[_Link], plain: list[tuple[int, int]]) -> bool:
        """Tell whether numbers are those of days: many are no links, or they fill a table."""
        page = self.page
        start, stop = page.first[row[0].node], page.last[row[-1].node]
        if sum(start < token < stop for token, _ in plain) > 1:
            return True
        if len(row) < 3 or row[-1].number > 31:
            return False
        table_rows = set()
        for link in row[0], row[len(row) // 2], row[-1]:
            node = page.parent[link.node]
            while node >= 0 and page.tag(node) in ("td", "span", "div", "b", "strong"):
                node = page.parent[node]
            if node >= 0 and page.tag(node) == "tr":
                table_rows.add(node)
        return len(table_rows) > 1

    def current(self, row: list[_Link], plain: list[tuple[int, int]]) -> int | None:
        """Return the number of the page that is shown, as its markup tells it."""
        page = self.page
        linked = {link.number for link in row}
        for token, number in plain:
            if number in linked or not {number - 1, number + 1} & linked:
                continue
            before = max((x.number for x in row if page.first[x.node] < token), default=0)
            after = min((x.number for x in row if page.first[x.node] > token), default=number + 1)
            if before < number < after:
                return number
        marked = [link.number for link in row if self.is_marked(link.node)]
        return marked[0] if len(marked) == 1 else None

    def current_by_address(self, linked: dict[int, int]) -> int | None:
        """Return the number of the page that is shown, as its own address tells it."""
        steps = {}
        for number, node in linked.items():
            url = self.target(node)
            steps[number] = SAME if url is None else self.place.step_to(url)
        if steps.get(2) == SECOND:
            return 1  # the pager counts from 0
        for number, step in steps.items():
            if step == NEXT:
                return number - 1
        same = [number for number, step in steps.items() if step == SAME]
        if len(same) == 1:
            return same[0]
        # A pager that marks no number is that of a first page; of another page, as forums show one
        # beside every topic, where its addresses have nothing to do with this one.
        return 1 if min(linked) <= 2 and steps.get(2) in (SECOND, FORWARD) else None

    def is_marked(self, node: int) -> bool:
        """Tell whether a link, or the item around it, is marked as current."""
        page = self.page
        if _is_current(page.head[node]):
            return True
        parent = page.parent[node]
        size = page.last[node] - page.first[node]
        return (
            parent >= 0
            and page.last[parent] - page.first[parent] == size
            and _is_current(page.head[parent])
        )

    # Hints

    def find_hints(self, silent: list[int]) -> list[_Link]:
        """Return links that say in an attribute that they lead on; *silent* have no text."""
        page = self.page
        path, heads = page.path, page.head
        named = [node for node in page.links if "next" in heads[node] or "Next" in heads[node]]
        found = [_Link(node, 0, -1) for node in named if self.is_hinted(node)]
        # Entries have links without text too, and more of them.
        kinds = Counter([path[node] for node in silent])
        found += (
            _Link(node, grade, -1)
            for node in silent
            if kinds[path[node]] <= _REPEATED and (grade := self.read_said(node)) > 0
        )
        return found

    def is_hinted(self, node: int) -> bool:
        """Tell whether a link names itself the next one, in a relation or in a class."""
        page = self.page
        head = page.head[node]
        if _REL.search(head):
            return True
        return page.last[node] - page.first[node] < 4 and bool(_NEXT_NAME.search(_names(head)))


def _names(head: str) -> str:
    return " ".join(["".join(found) for found in _NAMES.findall(head)])


@lru_cache(maxsize=4_096)
def _kind_of_names(names: str) -> int:
    if _ELSEWHERE_NAME.search(names):
        return _ELSEWHERE
    return _PAGER if _PAGER_NAME.search(names) else _NAMELESS


def _is_current(head: str) -> bool:
    return "=" in head and (
        "aria-current" in head or words.CURRENT.search(_names(head)) is not None
    )


def _difference(one: str, other: str) -> int | None:
    """Return by how much *other* is higher, where the two differ in one number alone."""
    parts = zip(re.split(r"(\d+)", one), re.split(r"(\d+)", other), strict=False)
    differing = [(a, b) for a, b in parts if a != b]
    if len(differing) != 1 or one.count("/") != other.count("/"):
        return None
    low, high = differing[0]
    if not (low.isdecimal() and high.isdecimal() and len(high) < 10):
        return None
    return int(high) - int(low)
