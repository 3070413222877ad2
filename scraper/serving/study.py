"""What is done with a page in another process: it is read, learnt from, and made visible."""

from __future__ import annotations

import msgspec

from scraper.diagnosis import name_absence
from scraper.errors import NoItems
from scraper.inspecting.marks import find_marks
from scraper.inspecting.page_view import show_page
from scraper.inspecting.tables import show_records
from scraper.learning import Lesson, learn_lessons
from scraper.models import Listing, Page, Source
from scraper.parsers.explaining import explain_document

__all__ = ["Errand", "Study", "study"]


class Errand(Source, frozen=True, kw_only=True):
    """A page to be read, with what somebody says of it who sees it."""

    #: The headline of an entry of the list that is meant: its selectors are learnt then.
    title: str | None = None


class Study(Listing, frozen=True, kw_only=True):
    """What a page lists, to be looked at."""

    #: What the page calls itself.
    heading: str
    #: HTML: the page with its entries marked, and the records.
    view: str
    records: str
    #: Who read it.
    reader: str
    #: What was learnt, where something was to be.
    lesson: Lesson | None = None


def study(page: Page, *, source: Source) -> Study:
    """Return what *page* lists, and how it looks; of an :class:`Errand` with a title, learn first.

    Raises NoItems where the title is not on the page, or nothing can be learnt from it.
    """
    lesson = None
    title = source.title if isinstance(source, Errand) else None
    if title is not None:
        lesson = _learn(page, source, title)
        source = msgspec.structs.replace(source, fields=lesson.fields)
    document, explanation = explain_document(page, source=source)
    view, marked = show_page(document.outline, explanation, find_marks(document, explanation))
    items = tuple(one.item for one in explanation.items)
    absence = explanation.no_items
    no_items = None
    if not items:
        known = absence and NoItems(
            source.name, absence.message, category=absence.category, advice=absence.advice
        )
        no_items = name_absence(page, Listing(items=(), no_items=known or None), source=source)
    return Study(
        items=items,
        warnings=explanation.warnings,
        complete=explanation.complete,
        no_items=no_items,
        heading=document.outline.title,
        view=view,
        records=show_records(explanation.items, marked),
        reader=explanation.reader,
        lesson=lesson,
    )


def _learn(page: Page, source: Source, title: str) -> Lesson:
    learnt = learn_lessons(page, source=source, title=title)
    if not learnt.items:
        advice = "take the headline of an entry as the page has it"
        what = f'"{title}" is not on this page'
        raise NoItems(source.name, what, category="unrecognised", advice=advice)
    good = [one for one in learnt.lessons if one.agreement.is_close] or list(learnt.lessons)
    if not good:
        advice = "try another headline, or write the selectors yourself"
        what = "no selectors were found that give this list"
        raise NoItems(source.name, what, category="unrecognised", advice=advice)
    return good[0]
