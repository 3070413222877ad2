"""An explanation as a person reads it on a terminal: the whole of it in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scraper.parsers.explaining.explanation import (
    ConsideredList,
    Evidence,
    ExplainedLink,
    Explanation,
    FieldOrigin,
)

__all__ = ["print_explanation", "strongest"]

_LISTS, _PASSED, _ITEMS, _ORIGINS, _LINKS, _WARNINGS = 8, 3, 20, 40, 20, 8
_STRONGEST = 5
_HEADLINES = 2
_TITLE, _TEXT, _PATH = 72, 40, 60


def print_explanation(one: Explanation) -> str:
    """Return what *one* says in short: at most some hundred lines, none with control characters."""
    return "\n".join(
        line
        for section in (_head, _lists, _items, _links, _declared, _tail)
        for line in section(one)
    )


def strongest(evidence: Sequence[Evidence], count: int = _STRONGEST) -> list[Evidence]:
    """Return the *count* figures of *evidence* that move its sum most, the strongest first."""
    told = [one for one in evidence if one.contribution and one.name != "bias"]
    return sorted(told, key=lambda one: -abs(one.contribution))[:count]


def _head(one: Explanation) -> Iterator[str]:
    by = _READERS[one.reader]
    by = f"{by} {_clip(one.reader_name, _TEXT)}" if one.reader_name else by
    subject = _clip(one.url or "the page", 2 * _TITLE)
    yield f"{subject}: {_count(len(one.items), 'item')}, read by {by}"
    if one.no_items is not None:
        advice = f"; {one.no_items.advice}" if one.no_items.advice else ""
        yield f"  {one.no_items.category}: {_clip(one.no_items.message + advice, 4 * _TITLE)}"


_READERS = {
    "engine": "the engine",
    "declared data": "declared data:",
    "feed": "what it is, a feed",
    "selectors": "the selectors of its seed",
    "site parser": "the parser of its site,",
}


def _lists(one: Explanation) -> Iterator[str]:
    if not one.lists:
        return
    kept = sum(each.kept for each in one.lists)
    yield f"lists considered: {len(one.lists)}, kept {kept}"
    # Those that are kept are told however far down they are.
    told = [each for each in one.lists if each.kept][:_LISTS]
    told += [each for each in one.lists if not each.kept][: max(2, _LISTS - len(told))]
    for each in sorted(told, key=lambda each: each.number):
        yield from _list(each)
    yield from _more(len(one.lists) - len(told), "list")
    if one.passed:
        yield "repeats on the page, but looks too little like headlines to be considered:"
    for group in one.passed[:_PASSED]:
        texts = f'{group.members} × "{_clip(group.texts[0], _TEXT)}" …'
        yield f"       {group.score:6.2f}  {texts} {_tail_of(group.path, _PATH)}"


def _list(each: ConsideredList) -> Iterator[str]:
    state = "kept" if each.kept else each.reason or "not kept"
    entries = _count(each.entries, "entry")
    adopted = f", {each.adopted} of them like the others" if each.adopted else ""
    yield f"  {each.number:>3}. {each.score:6.2f}  {entries}{adopted}: {state}"
    yield f"       {_tail_of(each.path, _TITLE)}"
    headlines = ", ".join(f'"{_clip(text, _TEXT)}"' for text in each.headlines[:_HEADLINES])
    if headlines:
        yield f"       {headlines}"
    told = each.evidence if each.kept or not each.beside else each.beside
    yield "       " + ", ".join(f"{e.name} {e.contribution:+.2f}" for e in strongest(told))
    if each.date_order:
        yield f"       dates: {each.date_order}"


def _items(one: Explanation) -> Iterator[str]:
    if one.items:
        yield "items, and where their fields come from as far as it is not told above them:"
    told: set[str] = set()
    for each in one.items[:_ITEMS]:
        date, title = each.item.date or "undated", _clip(each.item.title, _TITLE)
        yield f"  {each.item.position:>3}. {date:<10}  {title}"
        for line in map(_origin, each.fields):
            if line not in told and len(told) < _ORIGINS:
                told.add(line)
                yield f"       {line}"
    yield from _more(len(one.items) - _ITEMS, "item")


def _origin(each: FieldOrigin) -> str:
    score = f" ({each.score:+.1f})" if each.score is not None else ""
    path = f": {_tail_of(each.path, _PATH)}" if each.path else ""
    return f"{each.field:<12} {_clip(each.because, _TITLE)}{path}{score}"


def _links(one: Explanation) -> Iterator[str]:
    if not one.links:
        return
    others = [each for each in one.links if not each.taken]
    taken = len(one.links) - len(others)
    yield f"links from the first entry to the last: {len(one.links)}, taken {taken}"
    for each in others[:_LINKS]:
        yield f"  {_link(each)}"
    if len(others) > _LINKS:
        rest = Counter(each.reason for each in others[_LINKS:])
        yield from _more(len(others) - _LINKS, "link")
        for reason, count in rest.most_common(5):
            yield f"      {count} × {reason}"


def _link(each: ExplainedLink) -> str:
    text = f'"{_clip(each.text, _TEXT)}"' if each.text else "a picture"
    return f"{text} → {_clip(each.url or each.href, _TITLE)}: {each.reason}"


def _declared(one: Explanation) -> Iterator[str]:
    for each in one.declared:
        entries = _count(each.entries, "entry")
        yield (
            f"declared as {each.kind}: {entries}, {len(each.items)} of the items among them; "
            f"same headline {each.same_title}, same day {each.same_date}, "
            f"filled {_count(each.filled, 'field')}"
        )


def _tail(one: Explanation) -> Iterator[str]:
    if one.next_page is not None:
        text = f' "{_clip(one.next_page.text, _TEXT)}"' if one.next_page.text else ""
        yield f"next page: {_clip(one.next_page.url, 2 * _TITLE)} ({one.next_page.because}{text})"
    for warning in one.warnings[:_WARNINGS]:
        yield f"warning: {_clip(warning, 2 * _TITLE)}"
    yield from _more(len(one.warnings) - _WARNINGS, "warning")
    if not one.complete:
        yield "something was cut off: the listing is not complete"


def _more(count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield f"  … {_count(count, noun)} more"


def _count(count: int, noun: str) -> str:
    """Return *count* with its *noun*.

    >>> _count(1, "entry"), _count(2, "entry"), _count(0, "item")
    ('1 entry', '2 entries', '0 items')
    """
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def _clip(text: str, longest: int) -> str:
    """Return *text* on one line of at most *longest* characters, without those of control."""
    shown = text[: 2 * longest]
    shown = "".join(c if c.isprintable() else " " for c in shown)
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def _tail_of(path: str, longest: int) -> str:
    """Return the end of a path, which says most."""
    path = "".join(c if c.isprintable() else " " for c in path)
    return path if len(path) <= longest else "…" + path[1 - longest :]
