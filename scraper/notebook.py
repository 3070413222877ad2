"""A listing as notebooks show it."""

from __future__ import annotations

from scraper.inspecting.html_text import NOTHING, Markup, element, join, safe_address
from scraper.models import Item, Listing

__all__ = ["MOST_ROWS", "show_listing"]

#: Longer listings are cut, so that a cell stays a cell.
MOST_ROWS = 20
_LONGEST_SUMMARY = 240

# Each element has its own style, since a style sheet would reach all of the notebook. Colours are
# shades of the text's own, so that they do on light and on dark paper.
_LINE = "border:0;border-top:1px solid rgba(128,128,128,.3)"
_CELL = f"{_LINE};padding:.45em .9em .45em 0;text-align:start;vertical-align:top"
_DAY = f"{_CELL};white-space:nowrap;font-variant-numeric:tabular-nums"
_WORDS = f"{_CELL};white-space:normal;line-height:1.4"
_TABLE = "border-collapse:collapse;margin:.4em 0;max-width:60em"
_FAINT = "opacity:.68"
_SMALL = f"{_FAINT};font-size:.9em"


def show_listing(listing: Listing) -> str:
    """Return *listing* as HTML that asks for nothing and runs nothing, whatever the page said.

    >>> "nothing listed" in show_listing(Listing(items=()))
    True
    """
    items = listing.items[:MOST_ROWS]
    sections = [item.section for item in items]
    # A section is named where it begins, like a heading.
    begins = [one != before for before, one in zip([None, *sections], sections, strict=False)]
    rows = [_show_item(item, named=named) for item, named in zip(items, begins, strict=True)]
    table = element("table", element("tbody", *rows), style=_TABLE) if rows else NOTHING
    more = len(listing.items) - len(rows)
    return element(
        "div",
        _show_head(listing),
        table,
        _line(f"… and {more} more") if more else NOTHING,
        _show_next(listing),
        *(_line(f"⚠ {warning}") for warning in listing.warnings),
        style="margin:.3em 0",
    )


def _show_head(listing: Listing) -> Markup:
    count = len(listing.items)
    parts: list[str] = [element("b", "1 entry" if count == 1 else f"{count} entries")]
    if not count:
        reason = f": {listing.no_items.explanation}" if listing.no_items else ""
        parts = [element("b", "nothing listed"), reason]
    first = listing.items[0] if listing.items else None
    if first is not None and first.page_url:
        parts += [" of ", _link(first.page_url, first.page_url)]
    if first is not None and first.fetched_at:
        parts.append(f", fetched {first.fetched_at:%Y-%m-%d %H:%M %Z}")
    if not listing.complete:
        parts.append(", not complete")
    return element("div", *parts)


def _show_item(item: Item, *, named: bool) -> Markup:
    title = element("span", _link(item.url, item.title), style="font-weight:600", dir="auto")
    kinds = " · ".join(filter(None, (item.section if named else None, item.category, item.author)))
    lines = [element("div", title)]
    if item.summary:
        lines.append(element("div", _cut(item.summary), style=_FAINT, dir="auto"))
    if kinds:
        lines.append(element("div", kinds, style=_SMALL, dir="auto"))
    day = item.date or element("span", "no date", style=_FAINT)
    return element("tr", element("td", day, style=_DAY), element("td", *lines, style=_WORDS))


def _show_next(listing: Listing) -> Markup:
    if listing.next_url is None:
        return NOTHING
    return _line("goes on at ", _link(listing.next_url, listing.next_url))


def _line(*children: str) -> Markup:
    return element("div", *children, style=_SMALL)


def _link(url: str | None, text: str) -> Markup:
    address = safe_address(url)
    if address is None:
        return join(text)
    return element("a", text, href=address, target="_blank", rel="noopener noreferrer")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SUMMARY else f"{text[:_LONGEST_SUMMARY].rstrip()}…"
