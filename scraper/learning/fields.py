"""Which selectors have the fields of entries: by what they give, compared with the records."""

from __future__ import annotations

from collections.abc import Sequence

from scraper.dates import resolve_dates
from scraper.learning.choosing import Choice, choose
from scraper.learning.divisions import Division
from scraper.learning.ground import AROUND, Ground, fold
from scraper.learning.naming import Index
from scraper.learning.offers import Found, Offers, Row, offer, offer_attribute, offer_before
from scraper.learning.places import Place
from scraper.models import Selectors
from scraper.parsers.declared.markup import date_of, read_date_text
from scraper.parsers.declared.records import Declared

__all__ = ["learn_fields"]

# Entries that are looked at, spread over all of them; and texts of dates that stand before them.
_MOST_ENTRIES = 60
_MOST_DATES = 40
# The share of entries that a selector must give what their record says.
_LEAST = 0.5
# A headline in an attribute is for those that the page cuts; a date before the entries is for those
# without any of their own.
_NEARLY_ALL = 0.98
_MOST = 0.9
# Text that is shorter by a few words is the same teaser.
_SAME_TEASER = 0.85
# What may stand beside a date that has an element of its own: "Published on", a place. In longer
# text a date is what somebody tells.
_BESIDE_DATE = 20
_LONGEST_DATED = 300
_WHOLE_TITLES = ("title", "aria-label")


def learn_fields(ground: Ground, places: Sequence[Place], division: Division) -> Selectors:
    """Return selectors for the entries of *division* and for what their records say."""
    return _Fields(ground, places, division).selectors()


class _Fields:
    def __init__(self, ground: Ground, places: Sequence[Place], division: Division) -> None:
        self.ground = ground
        self.division = division
        entries = [
            (Row(node, last, division.run), places[record].item)
            for node, last, record in zip(
                division.nodes, division.lasts, division.records, strict=True
            )
            if record >= 0
        ][:: max(1, len(places) // _MOST_ENTRIES)]
        self.rows = [row for row, _ in entries]
        self.items = [item for _, item in entries]
        self.texts = [offer(ground, row, self.has_text) for row in self.rows]
        self._dates: dict[Found, Declared] = {}

    def selectors(self) -> Selectors:
        """Return the selectors; a field that the usual look-up finds has none."""
        title, date, summary = self.title(), self.date(), self.summary()
        return Selectors(
            entry=self.division.css,
            title=title.selector if title else None,
            url=self.url(title),
            date=date.selector if date else None,
            summary=summary.selector if summary else None,
            run=self.division.run,
        )

    def has_text(self, found: Found) -> bool:
        number = found.number
        return self.ground.has_text(number) or bool(self.ground.elements[number].get("alt"))

    # --- headline and teaser -------------------------------------------------------------------

    def title(self) -> Choice | None:
        wanted = [True] * len(self.items)
        choice = choose(self.texts, self.is_title, wanted=wanted, least=_LEAST)
        if choice is not None and choice.right > _NEARLY_ALL:
            return choice
        choices = [choice] if choice is not None else []
        for attribute in _WHOLE_TITLES:
            entries = [offer_attribute(self.ground, offers, attribute) for offers in self.texts]
            choice = choose(entries, self.is_title, wanted=wanted, least=_LEAST)
            choices += [choice] if choice is not None else []
        return max(choices, key=lambda one: one.right, default=None)

    def is_title(self, number: int, found: Found) -> bool:
        title = fold(self.items[number].title)
        if found.text is not None:
            return fold(found.text).strip(AROUND) == title.strip(AROUND)
        return self.ground.says(found.number, title)

    def summary(self) -> Choice | None:
        wanted = [item.summary is not None for item in self.items]
        return choose(self.texts, self.is_summary, wanted=wanted, least=_LEAST)

    def is_summary(self, number: int, found: Found) -> bool:
        wanted = fold(self.items[number].summary or "")
        if found.text is not None:
            text = fold(found.text)
        else:
            start, stop = self.ground.start[found.number], self.ground.stop[found.number]
            if stop - start > 2 * len(wanted):
                return False
            text = self.ground.text[start:stop]
        short, long = sorted((text, wanted), key=len)
        return bool(short) and short in long and len(short) >= _SAME_TEASER * len(long)

    # --- address -------------------------------------------------------------------------------

    def url(self, title: Choice | None) -> str | None:
        wanted = [item.url is not None for item in self.items]
        if not any(wanted):
            return None
        right = sum(
            self.usual_target(number, title) == item.url for number, item in enumerate(self.items)
        )
        if right >= _NEARLY_ALL * len(self.items):
            return None
        entries = [offer(self.ground, row, self.is_link) for row in self.rows]
        choice = choose(entries, self.is_target, wanted=wanted, least=_LEAST)
        return choice.selector if choice else None

    def is_link(self, found: Found) -> bool:
        return found.text is None and self.target(found.number) is not None

    def is_target(self, number: int, found: Found) -> bool:
        return self.target(found.number) == self.items[number].url

    def target(self, number: int) -> str | None:
        return self.ground.document.absolute_url(self.ground.elements[number].get("href"))

    def usual_target(self, number: int, title: Choice | None) -> str | None:
        """Return where an entry leads whose address nobody selects (``SelectorParser``)."""
        row, ground = self.rows[number], self.ground
        numbers: list[int] = []
        offers = self.texts[number]
        if title is not None and title.selector in offers:
            found = offers[title.selector].found
            if found.text is None:
                inside = range(found.number, ground.end[found.number])
                numbers = [found.number, *ground.above(found.number), *inside]
        numbers += [*range(row.node, ground.end[row.last]), *ground.above(row.node)]
        links = (one for one in numbers if ground.elements[one].tag == "a")
        return next((url for one in links if (url := self.target(one)) is not None), None)

    # --- date ----------------------------------------------------------------------------------

    def date(self) -> Choice | None:
        wanted = [item.date is not None for item in self.items]
        if not any(wanted):
            return None
        dated = [offer(self.ground, row, self.has_date) for row in self.rows]
        choices = [choose(dated, self.is_date_alone, wanted=wanted, least=_LEAST)]
        if choices[0] is None or choices[0].right < _MOST:
            choices.append(choose(dated, self.is_date, wanted=wanted, least=_LEAST))
            choices.append(choose(self.before(), self.is_date, wanted=wanted, least=_LEAST))
        found = [one for one in choices if one is not None]
        # In the order tried, unless a later one is clearly better.
        return max(found, key=lambda one: one.right - 0.05 * found.index(one), default=None)

    def before(self) -> list[Offers]:
        texts = dict.fromkeys(fold(item.date_text) for item in self.items if item.date_text)
        index = Index(self.ground.elements)
        return offer_before(self.ground, index, self.rows, list(texts)[:_MOST_DATES])

    def declared(self, found: Found) -> Declared:
        """Return the date of what was found, with nothing else."""
        known = self._dates.get(found)
        if known is None:
            ground, number = self.ground, found.number
            if found.text is not None:
                known = read_date_text(found.text)
            elif ground.stop[number] - ground.start[number] > _LONGEST_DATED:
                known = Declared()
            else:
                known = date_of(ground.elements[number])
            self._dates[found] = known
        return known

    def has_date(self, found: Found) -> bool:
        return self.declared(found).date is not None

    def is_date_alone(self, number: int, found: Found) -> bool:
        start, stop = self.ground.start[found.number], self.ground.stop[found.number]
        most = 2 * len(fold(self.items[number].date_text or "")) + _BESIDE_DATE
        is_alone = found.text is not None or stop - start <= most
        return is_alone and self.is_date(number, found)

    def is_date(self, number: int, found: Found) -> bool:
        item, declared = self.items[number], self.declared(found)
        if declared.date is None:
            return False
        if declared.date_text and item.date_text:
            own, text = fold(declared.date_text), fold(item.date_text)
            if own in text or text in own:
                return True
        document = self.ground.document
        (date,), _ = resolve_dates(
            [declared.date],
            fetched_at=document.page.fetched_at,
            language=document.language,
            order=document.date_order,
        )
        return date is not None and date.isoformat() == item.date
