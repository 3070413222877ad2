"""From a page to selectors that give its records."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scraper.learning.agreement import Agreement, compare
from scraper.learning.entries import find_divisions
from scraper.learning.examples import find_records, has_title
from scraper.learning.fields import learn_fields
from scraper.learning.ground import Ground
from scraper.learning.places import find_places
from scraper.models import Item, Listing, Page, Selectors, Source
from scraper.parsers import parse
from scraper.parsers.overruling import open_document

__all__ = ["Checked", "Lesson", "Lessons", "check_lesson", "learn", "learn_lessons"]

# Divisions of the page into entries that fields are learnt for.
_MOST_LESSONS = 8


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """Selectors, and how well they do on the page that they were learnt from."""

    fields: Selectors
    #: What they give, and how far that is what they were to give.
    given: tuple[Item, ...]
    agreement: Agreement


class Lessons(Listing, frozen=True, kw_only=True):
    """What selectors are to give, as a listing, and selectors that do, the best first."""

    lessons: tuple[Lesson, ...] = ()


class Checked(Listing, frozen=True, kw_only=True):
    """What a page lists, and how far selectors give the same."""

    agreement: Agreement


def learn_lessons(page: Page, *, source: Source, title: str | None = None) -> Lessons:
    """Return selectors for *page*; none where no selectors give any of its records.

    They are to give what the page lists, by all that is known of *source* but its selectors.
    *title* is the headline of one entry of the list that is meant; nothing is listed where it is
    not on the page. Raises NoItems where the hints of *source* leave nothing of the page.
    """
    source = msgspec.structs.replace(source, fields=None)
    if title is None:
        listing = parse(page, source=source)
    else:
        listing = Listing(items=find_records(page, source=source, title=title))
    lessons = learn(page, listing.items, source=source)
    if title is not None:
        # Those that have not even the example come last.
        lessons.sort(key=lambda one: not has_title(one.given, title))
    known = msgspec.structs.asdict(listing)
    return Lessons(**known, lessons=tuple(lessons))


def learn(page: Page, wanted: Sequence[Item], *, source: Source) -> list[Lesson]:
    """Return selectors that give the records *wanted* of *page*, the best first.

    >>> from scraper import extract
    >>> html = '''<ul class=news><li><a href=/a>Council approves the tram</a> <i>3 March 2024</i>
    ... <li><a href=/b>Library opens on Sundays</a> <i>1 March 2024</i></ul>'''
    >>> page = Page(url="https://city.example/", body=html.encode())
    >>> wanted = extract(html, url="https://city.example/").items
    >>> fields = learn(page, wanted, source=Source(name="city"))[0].fields
    >>> fields.entry, fields.title, fields.date
    ('.news li', 'a', 'i')
    """
    if not wanted:
        return []
    # Of links that lead elsewhere the names are worth knowing, too.
    hints = msgspec.structs.replace(source.hints, url_pattern=None)
    document = open_document(page, source=msgspec.structs.replace(source, hints=hints))
    ground = Ground(document)
    places = find_places(ground, wanted)
    if not places:
        return []
    divisions = find_divisions(ground, places)[:_MOST_LESSONS]
    lessons = [_try(page, source, learn_fields(ground, places, one), wanted) for one in divisions]
    # They come in the order of their length, which decides among those that do as well.
    return sorted(lessons, key=lambda one: -round(one.agreement.worth, 2))


def _try(page: Page, source: Source, fields: Selectors, wanted: Sequence[Item]) -> Lesson:
    given = parse(page, source=msgspec.structs.replace(source, fields=fields)).items
    return Lesson(fields=fields, given=given, agreement=compare(wanted, given))


def check_lesson(page: Page, *, source: Source) -> Checked:
    """Return what *page* lists without the selectors of *source*, and how far they agree."""
    listing = parse(page, source=msgspec.structs.replace(source, fields=None))
    given = parse(page, source=source).items
    known = msgspec.structs.asdict(listing)
    return Checked(**known, agreement=compare(listing.items, given))
