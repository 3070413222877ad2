"""How it looks: pages of HTML, put together so that nothing of a page read can be markup."""

from __future__ import annotations

from html import escape

from scraper.errors import ScrapeError
from scraper.inspecting.html_text import NOTHING, Markup, element, join
from scraper.inspecting.report import legend
from scraper.inspecting.tables import count, link_to
from scraper.serving.desk import Case
from scraper.urls import without_secrets

__all__ = ["show_case", "show_start"]

#: Of a page about a page, which is long on a phone.
_PARTS = ("page", "seed", "records")


def show_start(base: str, *, error: ScrapeError | None = None, url: str = "") -> str:
    """Return the page where a page is named; *base* is the path that all addresses begin with."""
    body = [
        element("h1", "See what a page lists, and steer it"),
        _fault(str(error)) if error is not None else NOTHING,
        _address_form(base, url),
        _file_form(base),
    ]
    return _page(base, "scrape", element("div", *body, class_="start"))


def show_case(base: str, case: Case) -> str:
    """Return the page about a page: its text with the entries marked, records, and the seed."""
    study = case.study
    heading = study.heading or case.source.name
    facts = [count(len(study.items), "record"), f"read by the {study.reader}"]
    body = [
        element(
            "header",
            element("p", element("a", "scrape", href=f"{base}/"), " · a page", class_="kicker"),
            element("h1", element("bdi", heading)),
            element("p", _address(case), class_="address"),
            element("ul", *(element("li", fact) for fact in facts), class_="facts"),
        ),
        _notes(case),
        element("nav", *(join(element("a", one, href=f"#{one}"), " ") for one in _PARTS)),
        element("div", _page_part(base, case), _side(base, case), class_="sides"),
    ]
    return _page(base, heading, *body)


def _page(base: str, title: str, *body: Markup) -> str:
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="stylesheet", href=f"{base}/report.css"),
        element("link", rel="stylesheet", href=f"{base}/serve.css"),
        element("script", src=f"{base}/serve.js", defer=True),
    ]
    html = element(
        "html",
        element("head", *head),
        element("body", element("main", *body), data_base=base),
        lang="en",
    )
    return f"<!doctype html>\n{html}\n"


def _address_form(base: str, url: str) -> Markup:
    return element(
        "form",
        element("label", "Address of a page", for_="url"),
        element(
            "div",
            element(
                "input", id="url", name="url", type="url", value=url, required=True,
                placeholder="https://example.org/news", autocomplete="off", autofocus=True,
            ),
            element("button", "Read it"),
            class_="line",
        ),
        method="post", action=f"{base}/open", class_="part",
    )  # fmt: skip


def _file_form(base: str) -> Markup:
    note = "Drop an HTML file or a feed here, or choose one. It stays on this computer."
    return element(
        "form",
        element("label", "Or a saved page", for_="file"),
        element("p", note, class_="note"),
        element("input", id="file", type="file", accept=".html,.htm,.xhtml,.xml,.rss,.atom,.json"),
        element("label", "Its address, if you know it: links are relative to it", for_="from"),
        element("input", id="from", type="url", placeholder="https://example.org/news"),
        element("p", "", id="file-fault", class_="fault", role="alert", hidden=True),
        action=f"{base}/file", id="drop", class_="part",
    )  # fmt: skip


def _address(case: Case) -> Markup:
    url = case.page.url
    if url is None:
        return element("span", "address not known: write it into the seed")
    return link_to(without_secrets(url))


def _fault(text: str) -> Markup:
    return element("p", text, class_="fault", role="alert")


def _notes(case: Case) -> Markup:
    study = case.study
    lines = []
    if case.fault is not None:
        lines.append(_fault(case.fault))
    if case.note is not None:
        lines.append(element("p", case.note, class_="done", role="status"))
    if study.no_items is not None:
        lines.append(_fault(f"No entries: {study.no_items.explanation}"))
    if not study.complete:
        lines.append(element("p", "Not complete: something was cut off.", class_="note"))
    lines += [element("p", f"Warning: {text}", class_="note") for text in study.warnings]
    return element("div", *lines, class_="notes") if lines else NOTHING


def _page_part(base: str, case: Case) -> Markup:
    return element(
        "section",
        element("h2", "The page"),
        element(
            "form",
            element(
                "label", "Another list is meant? Click the headline of one of its entries.",
                for_="title",
            ),
            element(
                "div",
                element("input", id="title", name="title", autocomplete="off", required=True,
                        placeholder="or type it"),
                element("button", "Learn that list"),
                class_="line",
            ),
            method="post", action=f"{base}/case/{case.number}/learn", class_="pick",
        ),
        legend(),
        element("div", Markup(case.study.view), class_="page"),
        id="page", class_="part page",
    )  # fmt: skip


def _side(base: str, case: Case) -> Markup:
    records = element(
        "section",
        element("h2", "The records"),
        Markup(case.study.records),
        class_="part records",
        id="records",
    )
    return element("div", _seed_part(base, case), records, class_="side")


def _seed_part(base: str, case: Case) -> Markup:
    place = f"{base}/case/{case.number}"
    rows = min(max(case.seed.count("\n") + 1, 6), 24)
    return element(
        "details",
        element("summary", element("h2", "The seed")),
        element(
            "form",
            element("label", "What to read, and how. Edit it, and try it on this page.",
                    for_="text"),
            # Whole, whatever its length; the first line end is not part of it.
            element("textarea", Markup(f"\n{escape(case.seed)}"), id="text", name="seed", rows=rows,
                    spellcheck="false", wrap="off"),
            element(
                "div",
                element("button", "Try it", formaction=f"{place}/try"),
                element("button", "Save it", formaction=f"{place}/save", class_="second"),
                element("label", element("input", type="checkbox", name="overwrite", value="yes"),
                        " write over an older one"),
                class_="line",
            ),
            method="post", action=f"{place}/try",
        ),
        class_="part seed", id="seed", open=case.note is not None or case.fault is not None,
    )  # fmt: skip
