"""The saved page as text and structure, with its entries and fields marked.

It is made of the outline, line by line: nothing of the page but its texts is in it, no element and
no attribute of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from scraper.inspecting.html_text import NOTHING, Markup, element, join, shown
from scraper.inspecting.marks import Entry, Field, Marks
from scraper.parsers.explaining import Explanation
from scraper.parsers.outline import Outline
from scraper.parsers.tree import ASIDE, HIDDEN, NAV

__all__ = ["show_page"]

# What nobody would scroll through; the page is told to go on.
_MOST_LINES = 6000
_MOST_TEXT = 1_500_000
# Longer runs of lines without any entry are folded.
_FOLDED = 12
_TEASER = 90

_KINDS = {
    **{f"h{n}": f"h{n}" for n in range(1, 7)},
    "li": "li",
    "dt": "dt",
    "dd": "dd",
    "pre": "pre",
    "td": "td",
    "th": "th",
    "blockquote": "quote",
}
_REGIONS = ((HIDDEN, "hidden"), (NAV, "navigation"), (ASIDE, "beside the content"))


class _Line(NamedTuple):
    """Tokens that stand on one line, all of them in one entry or in none."""

    start: int
    stop: int
    kind: str
    #: The ``tr`` that it is in, or -1.
    row: int
    region: str
    entry: Entry | None


def show_page(
    page: Outline, explanation: Explanation, marks: Marks
) -> tuple[Markup, frozenset[int]]:
    """Return the page with its entries and fields marked, and the positions of those entries."""
    view = _View(page, explanation, marks)
    lines = view.lines()
    blocks = [
        view.show_entry(entry, list(run)) if entry is not None else view.show_others(list(run))
        for entry, run in groupby(lines, key=lambda line: line.entry)
    ]
    if view.cut:
        blocks.append(element("p", "The page goes on; the rest is left out here.", class_="note"))
    if not lines:
        blocks.append(element("p", "The page has no text.", class_="note"))
    positions = frozenset(line.entry.position for line in lines if line.entry is not None)
    return join(*blocks), positions


class _View:
    """What is asked again and again of one page."""

    def __init__(self, page: Outline, explanation: Explanation, marks: Marks) -> None:
        self.page = page
        self.explanation = explanation
        self.marks = marks
        self.cut = False
        self.fields: dict[int, Field] = {}
        #: What is a part of a token that is another field's.
        self.inner: dict[int, Field] = {}
        for field in (*(field for entry in marks.entries for field in entry.fields), *marks.above):
            for token in range(field.start, field.stop):
                self._mark(token, field)
        self._kinds: dict[int, tuple[str, int]] = {}

    def _mark(self, token: int, field: Field) -> None:
        if field.text and field.text != self.page.texts[token]:
            self.inner.setdefault(token, field)
        else:
            self.fields.setdefault(token, field)

    def lines(self) -> list[_Line]:
        """Return the lines, up to as many as are shown."""
        lines: list[_Line] = []
        page, entries = self.page, iter(self.marks.entries)
        entry = next(entries, None)
        start, size = 0, 0
        total = len(page.texts)
        while start < total:
            while entry is not None and entry.stop <= start:
                entry = next(entries, None)
            inside = entry is not None and entry.start <= start
            edge = total if entry is None else entry.stop if inside else entry.start
            stop = start + 1
            size += len(page.texts[start])
            while stop < edge and page.line[stop] == page.line[start]:
                size += len(page.texts[stop])
                stop += 1
            if len(lines) >= _MOST_LINES or size > _MOST_TEXT:
                self.cut = True
                break
            lines.append(self._line(start, stop, entry if inside else None))
            start = stop
        return lines

    def _line(self, start: int, stop: int, entry: Entry | None) -> _Line:
        page = self.page
        node = page.owner[start]
        path = page.path[node] if node >= 0 else 0
        kind, levels = self._kind(path)
        row = -1
        if levels >= 0:
            row = node
            for _ in range(levels):
                row = page.parent[row]
        mark = page.paths.mark[path]
        region = next((name for flag, name in _REGIONS if mark & flag), "")
        return _Line(start, stop, kind, row, region, entry)

    def _kind(self, path: int) -> tuple[str, int]:
        """Return what a line at *path* looks like, and how many levels above it its ``tr`` is."""
        known = self._kinds.get(path)
        if known is None:
            paths, kind, levels, above = self.page.paths, "", 0, path
            row = -1
            while above > 0:
                tag = paths.tag[above]
                kind = kind or _KINDS.get(tag, "")
                if tag == "tr":
                    row = levels
                    break
                levels += 1
                above = paths.parent[above]
            known = self._kinds[path] = (kind or "p", row)
        return known

    def show_entry(self, entry: Entry, lines: list[_Line]) -> Markup:
        """Return an entry: a box with the number of its record."""
        number = element(
            "a", str(entry.position), class_="n", href=f"#r{entry.position}", title="its record"
        )
        return element(
            "section", number, *self._rows(lines), class_="entry", id=f"e{entry.position}"
        )

    def show_others(self, lines: list[_Line]) -> Markup:
        """Return what is in no entry; long runs of it can be unfolded."""
        blocks = []
        for region, run in groupby(lines, key=lambda line: line.region):
            several = list(run)
            inner = join(*self._rows(several))
            if len(several) <= (3 if region else _FOLDED):
                blocks.append(element("div", inner, class_=f"other {'aside' if region else ''}"))
                continue
            texts = " · ".join(self._text(line) for line in several[:6])
            teaser = texts if len(texts) <= _TEASER else f"{texts[:_TEASER]}…"
            label = element("b", f"{len(several)} lines{f', {region}' if region else ''}")
            head = element("summary", label, " ", element("bdi", teaser))
            blocks.append(element("details", head, inner, class_="other aside"))
        return join(*blocks)

    def _text(self, line: _Line) -> str:
        return self.page.text(line.start, line.stop)[: _TEASER + 1]

    def _rows(self, lines: list[_Line]) -> Iterator[Markup]:
        for row, run in groupby(lines, key=lambda line: line.row):
            cells = [self._show_line(line) for line in run]
            if row < 0:
                yield from cells
            else:
                yield element("div", *cells, class_="row")

    def _show_line(self, line: _Line) -> Markup:
        texts: list[str] = []
        for key, run in groupby(range(line.start, line.stop), key=self._key):
            tokens = list(run)
            text = join(*(join(" " if n else "", self._token(t)) for n, t in enumerate(tokens)))
            texts += [" " if texts else "", self._wrap(text, *key)]
        lost = self.marks.lost.get(line.start) if line.entry is None else None
        note = NOTHING
        if lost is not None:
            label = f"list {lost}"
            note = element("a", label, class_="lost", href=f"#l{lost}", title="a list not kept")
        return element("div", *texts, note, class_=line.kind, dir="auto")

    def _key(self, token: int) -> tuple[str, int]:
        field = self.fields.get(token)
        return field.name if field else "", self.marks.links.get(token, -1)

    def _token(self, token: int) -> Markup:
        text, inner = self.page.texts[token], self.inner.get(token)
        if inner is None or not inner.text or inner.text not in text:
            return join(text)
        before, _, after = text.partition(inner.text)
        mark = element("mark", inner.text, class_=inner.name, title=inner.name)
        return join(before, mark, after)

    def _wrap(self, text: Markup, field: str, link: int) -> Markup:
        if link >= 0:
            one = self.explanation.links[link]
            says = f"taken: {one.url}" if one.taken else f"not taken: {one.reason}"
            text = element("span", text, class_="taken" if one.taken else "link", title=shown(says))
        return element("mark", text, class_=field, title=field) if field else text
