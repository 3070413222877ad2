"""What is told beside the page: records, lists, links, dates, declared data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from scraper.inspecting.html_text import NOTHING, Markup, element, join, safe_address
from scraper.models import Item
from scraper.parsers.explaining import (
    ConsideredList,
    DeclaredData,
    Evidence,
    ExplainedItem,
    ExplainedLink,
    Explanation,
    FieldOrigin,
)
from scraper.parsers.explaining.explanation import PassedGroup

__all__ = [
    "count",
    "link_to",
    "show_dates",
    "show_declared",
    "show_links",
    "show_lists",
    "show_next",
    "show_passed",
    "show_records",
    "table",
]

_MOST_LINKS = 500
_MOST_DATES = 500
_STRONGEST = 6
#: Steps of a bar of evidence, and what the longest stands for.
_STEPS, _FULL = 10, 5.0


def count(number: int, one: str, many: str | None = None) -> str:
    """Return *number* with its noun.

    >>> count(1, "link"), count(2, "entry", "entries")
    ('1 link', '2 entries')
    """
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, class_: str) -> Markup:
    """Return a table; on a phone each cell has the head of its column before it."""
    head = element("tr", *(element("th", one, scope="col") for one in heads))
    body = [
        element("tr", *(element("td", cell, data_head=heads[n]) for n, cell in enumerate(row)))
        for row in rows
    ]
    whole = element("table", element("thead", head), element("tbody", *body), class_=class_)
    return element("div", whole, class_="scroll")


def link_to(url: str | None, text: str | None = None) -> Markup:
    """Return a link that tells nobody where it was followed from, or the bare text."""
    address = safe_address(url)
    if address is None:
        return element("bdi", text or url or "—")
    return element("a", element("bdi", text or address), href=address, rel="noreferrer noopener")


def show_records(items: Sequence[ExplainedItem], marked: frozenset[int]) -> Markup:
    """Return the records, each with where its fields come from; *marked* are on the page."""
    if not items:
        return element("p", "No records.", class_="note")
    cards = [_record(one, one.item.position in marked) for one in items]
    return element("ol", *cards, class_="records")


def _record(one: ExplainedItem, marked: bool) -> Markup:
    item = one.item
    place = element("span", str(item.position), class_="n off", title="not on the page")
    if marked:
        place = element(
            "a", str(item.position), class_="n", href=f"#e{item.position}", title="on the page"
        )
    lines = [
        element("div", link_to(item.url, item.title), class_="title", dir="auto"),
        element(
            "div",
            element("time", item.date or "no date", class_="date" if item.date else "none"),
            *(element("bdi", f" · {text}") for text in (item.author, item.category) if text),
            class_="meta",
        ),
    ]
    if item.summary:
        lines.append(element("div", item.summary, class_="summary", dir="auto"))
    values = msgspec.structs.asdict(item)
    fields = [join(*_field(field, values)) for field in one.fields]
    if fields:
        head = element("summary", f"why: {count(len(fields), 'field')}")
        lines.append(element("details", head, element("dl", *fields)))
    return element("li", place, element("div", *lines), id=f"r{item.position}")


def _field(one: FieldOrigin, values: dict[str, object]) -> tuple[Markup, Markup]:
    value = values.get(one.field)
    text = value.isoformat() if isinstance(value, datetime) else str(value or "—")
    score = f" ({one.score:+.1f})" if one.score is not None else ""
    read = join(" from “", element("bdi", one.text), "”") if one.text else NOTHING
    lines = [
        element("bdi", text[:300], class_="value"),
        element("span", one.because, score, read, class_="because"),
    ]
    if one.path:
        lines.append(element("code", one.path))
    return element("dt", one.field, class_=one.field), element("dd", *lines)


def show_lists(lists: Sequence[ConsideredList]) -> Markup:
    """Return the lists that were considered, and why those that lost did."""
    return element("div", *map(_list, lists), class_="cards")


def _list(one: ConsideredList) -> Markup:
    state = element("b", "kept", class_="kept") if one.kept else element("b", "not kept")
    adopted = f", {one.adopted} of them like the others" if one.adopted else ""
    told = one.evidence if one.kept or not one.beside else one.beside
    lines = [
        element("h3", f"List {one.number} · ", state, f" · score {one.score:.2f}"),
        element("p", f"{count(one.entries, 'entry', 'entries')}{adopted}"),
        element("p", one.reason, class_="reason") if one.reason and not one.kept else NOTHING,
        _headlines(one.headlines),
        element("code", one.path),
        element("p", one.date_order, class_="note") if one.date_order else NOTHING,
        _evidence(told, "beside the best list" if told is one.beside else ""),
    ]
    return element(
        "article", *lines, class_="card won" if one.kept else "card", id=f"l{one.number}"
    )


def _headlines(texts: Sequence[str]) -> Markup:
    return element("ul", *(element("li", element("bdi", text)) for text in texts))


def _evidence(evidence: Sequence[Evidence], where: str) -> Markup:
    told = [one for one in evidence if one.contribution and one.name != "bias"]
    told.sort(key=lambda one: -abs(one.contribution))
    rows = [
        element(
            "li",
            element("span", one.name.replace("_", " ")),
            element("i", class_=_bar(one.contribution)),
            element("span", f"{one.contribution:+.2f}", class_="figure"),
        )
        for one in told
    ]
    if not rows:
        return NOTHING
    shown = [element("ul", *rows[:_STRONGEST], class_="evidence")]
    if len(rows) > _STRONGEST:
        head = element("summary", f"{len(rows) - _STRONGEST} more figures")
        rest = element("ul", *rows[_STRONGEST:], class_="evidence")
        shown.append(element("details", head, rest))
    label = element("p", f"What spoke for it {where}".strip() + ":", class_="note")
    return join(label, *shown)


def _bar(contribution: float) -> str:
    steps = max(1, min(_STEPS, round(abs(contribution) / _FULL * _STEPS)))
    return f"bar {'for' if contribution > 0 else 'against'} w{steps}"


def show_passed(groups: Sequence[PassedGroup]) -> Markup:
    """Return what repeats and was not considered."""
    rows = [
        (
            f"{one.score:.2f}",
            str(one.members),
            element("bdi", " · ".join(one.texts[:3])),
            element("code", one.path),
        )
        for one in groups
    ]
    return table(("score", "texts", "such as", "where"), rows, class_="passed")


def show_links(links: Sequence[ExplainedLink]) -> Markup:
    """Return every link of the region, taken or why not."""
    rows = [_link(one) for one in links[:_MOST_LINKS]]
    shown = table(("", "link", "leads to", "because"), rows, class_="links")
    return join(shown, _more(len(links) - _MOST_LINKS))


def _link(one: ExplainedLink) -> tuple[str, ...]:
    record = NOTHING
    if one.item is not None:
        record = element("a", str(one.item), class_="n", href=f"#r{one.item}", title="its record")
    because = element("b", "taken", class_="kept") if one.taken else join(one.reason or "not taken")
    text = element("bdi", one.text) if one.text else element("i", "a picture")
    return record, text, link_to(one.url) if one.url else element("bdi", one.href), because


def show_dates(items: Sequence[ExplainedItem]) -> Markup:
    """Return the date of each record with its source."""
    rows = [_date(one) for one in items[:_MOST_DATES]]
    heads = ("", "date", "as printed", "source", "because")
    return join(table(heads, rows, class_="dates"), _more(len(items) - _MOST_DATES))


def _date(one: ExplainedItem) -> tuple[str, ...]:
    item: Item = one.item
    origin = next((field for field in one.fields if field.field == "date"), None)
    moment = item.published_at.isoformat() if item.published_at is not None else item.date
    because = origin.because if origin is not None else ""
    if origin is not None and origin.kind:
        because = f"{because}, {origin.kind}"
    return (
        element("a", str(item.position), class_="n", href=f"#r{item.position}"),
        moment or element("i", "none"),
        element("bdi", item.date_text or "—"),
        item.date_source or "—",
        because or "—",
    )


def show_declared(declared: Sequence[DeclaredData]) -> Markup:
    """Return what the page declares for machines."""
    rows = [
        (
            one.kind,
            str(one.entries),
            str(len(one.items)),
            str(one.same_title),
            str(one.same_date),
            str(one.filled),
        )
        for one in declared
    ]
    heads = ("kind", "entries", "of them records", "same headline", "same day", "fields filled")
    return table(heads, rows, class_="declared")


def _more(number: int) -> Markup:
    return element("p", f"… and {number} more", class_="note") if number > 0 else NOTHING


def show_next(explanation: Explanation) -> Markup:
    """Return the following page, and what says so."""
    one = explanation.next_page
    if one is None:
        return element("p", "None was found.", class_="note")
    text = join(", “", element("bdi", one.text), "”") if one.text else NOTHING
    path = join(" ", element("code", one.path)) if one.path else NOTHING
    return element("p", link_to(one.url), " — ", one.because, text, path)
