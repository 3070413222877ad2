"""The report: one page that needs nothing else, asks nobody, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import msgspec

from scraper.diagnosis import name_absence
from scraper.errors import NoItems
from scraper.inspecting.html_text import NOTHING, Markup, element, join
from scraper.inspecting.marks import find_marks
from scraper.inspecting.page_view import show_page
from scraper.inspecting.tables import (
    count,
    link_to,
    show_dates,
    show_declared,
    show_links,
    show_lists,
    show_next,
    show_passed,
    show_records,
)
from scraper.models import Listing, Page, Source
from scraper.parsers.document import Document
from scraper.parsers.explaining import Absence, Explanation, explain_document
from scraper.urls import without_secrets

__all__ = ["Inspection", "inspect_page", "legend", "make_report"]

_STYLE = Markup(Path(__file__).with_name("report.css").read_text("utf-8"))
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: Nothing but this very style is let in: no script, no picture, no request, no form.
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
_LEGEND = ("title", "date", "summary", "link_text", "author", "category")


class Inspection(Listing, frozen=True, kw_only=True):
    """What a page lists, and why: for a terminal and as a page."""

    summary: str
    report: str


def inspect_page(page: Page, *, source: Source) -> Inspection:
    """Return what *page* lists, and why, for a person to read."""
    document, explanation = explain_document(page, source=source)
    items = tuple(one.item for one in explanation.items)
    no_items = None
    if not items:
        no_items = name_absence(
            page, Listing(items=(), no_items=_reason(explanation, source)), source=source
        )
        absence = Absence(
            category=no_items.category, message=no_items.message, advice=no_items.advice
        )
        explanation = msgspec.structs.replace(explanation, no_items=absence)
    return Inspection(
        items=items,
        next_url=explanation.next_page.url if explanation.next_page else None,
        warnings=explanation.warnings,
        complete=explanation.complete,
        no_items=no_items,
        summary=str(explanation),
        report=make_report(document, explanation),
    )


def _reason(explanation: Explanation, source: Source) -> NoItems | None:
    one = explanation.no_items
    if one is None:
        return None
    return NoItems(source.name, one.message, category=one.category, advice=one.advice)


def make_report(document: Document, explanation: Explanation) -> str:
    """Return a page that shows *document* with its entries marked, and all of *explanation*.

    It is one file that needs no other. Its policy lets nothing in but its own style, so that
    nothing runs and nothing is fetched, whatever the page says; links are followed by hand alone.
    """
    marks = find_marks(document, explanation)
    page_view, marked = show_page(document.outline, explanation, marks)
    title = document.outline.title or without_secrets(explanation.url or "a page")
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"Why these entries: {title}"),
        element("style", _STYLE),
    ]
    body = [
        _header(explanation, title),
        _notes(explanation),
        element(
            "div",
            _section(
                "page",
                "The page",
                legend(),
                element("div", page_view, class_="page"),
            ),
            _section("records", "The records", show_records(explanation.items, marked)),
            class_="sides",
        ),
        *_details(explanation),
    ]
    body.insert(1, _contents(explanation))
    html = element(
        "html",
        element("head", *head),
        element("body", element("main", *body)),
        lang="en",
    )
    return f"<!doctype html>\n{html}\n"


def _header(one: Explanation, title: str) -> Markup:
    url = without_secrets(one.url) if one.url else None
    kept = sum(each.kept for each in one.lists)
    taken = sum(each.taken for each in one.links)
    by = f"{one.reader} {one.reader_name}" if one.reader_name else one.reader
    facts = [count(len(one.items), "record"), f"read by {'' if one.reader_name else 'the '}{by}"]
    if one.lists:
        facts.append(f"{kept} of {count(len(one.lists), 'list')} kept")
    if one.links:
        facts.append(f"{taken} of {count(len(one.links), 'link')} taken")
    if one.fetched_at is not None:
        facts.append(f"fetched {one.fetched_at:%Y-%m-%d %H:%M} UTC")
    return element(
        "header",
        element("p", "Why these entries", class_="kicker"),
        element("h1", element("bdi", title)),
        element("p", link_to(url, url or "address not known"), class_="address"),
        element("ul", *(element("li", fact) for fact in facts), class_="facts"),
    )


def _contents(one: Explanation) -> Markup:
    """Return links to the parts of the report, which is long on a phone."""
    names = [("page", "page", True), ("records", "records", True), ("lists", "lists", one.lists)]
    names += [("links", "links", one.links), ("dates", "dates", one.items)]
    names += [("next", "next page", True)]
    links = [element("a", name, href=f"#{place}") for place, name, there in names if there]
    return element("nav", *(join(link, " ") for link in links))


def _notes(one: Explanation) -> Markup:
    notes = []
    if one.no_items is not None:
        advice = f"; {one.no_items.advice}" if one.no_items.advice else ""
        text = f"{one.no_items.category}: {one.no_items.message}{advice}"
        notes.append(element("li", element("b", "No entries. "), text))
    if not one.complete:
        notes.append(element("li", element("b", "Not complete: "), "something was cut off."))
    notes += [element("li", element("b", "Warning: "), text) for text in one.warnings]
    return element("ul", *notes, class_="warnings") if notes else NOTHING


def legend() -> Markup:
    """Return what the marks on a page mean."""
    marks = [element("mark", name.replace("_", " "), class_=name) for name in _LEGEND]
    return element(
        "p",
        *(join(mark, " ") for mark in marks),
        element("span", "link taken", class_="taken"),
        " ",
        element("span", "link not taken", class_="link"),
        class_="legend",
    )


def _details(one: Explanation) -> list[Markup]:
    sections = []
    if one.lists:
        sections.append(_section("lists", "Lists considered", show_lists(one.lists)))
    if one.passed:
        name = "Repeats, but looks too little like headlines"
        sections.append(_section("passed", name, show_passed(one.passed)))
    if one.links:
        name = "Links from the first entry to the last"
        sections.append(_section("links", name, show_links(one.links)))
    if one.items:
        sections.append(_section("dates", "Dates", show_dates(one.items)))
    if one.declared:
        sections.append(_section("declared", "Declared for machines", show_declared(one.declared)))
    sections.append(_section("next", "The next page", show_next(one)))
    return sections


def _section(name: str, title: str, *children: str) -> Markup:
    return element("section", element("h2", title), *children, class_=f"part {name}", id=name)
