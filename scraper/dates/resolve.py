"""Turn the readings of a column into days, each in the light of all others.

A list is written by one hand: what is the day and what the month, which language a name is of and
which year is meant is decided once for all of it. What stays open is None and said in a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import get_args

from scraper.dates.calendars import FIRST_YEAR, LAST_YEAR, days_in_month, full_year
from scraper.dates.figures import arrange
from scraper.dates.finding import find_date
from scraper.dates.last_resort import read_unknown
from scraper.dates.reading import Clock, DateOrder, PartialDate, Reading
from scraper.dates.vocabulary import ORDERS

__all__ = ["read_date", "resolve_dates"]

#: How far ahead of the fetch a day may be and still be past: zones, tomorrow's issue.
_AHEAD = timedelta(days=2)
#: The year up to which two figures are this century's where no fetch says when now is.
_PIVOT = 2050
_JAPANESE = frozenset({"ja"})
# CLDR begins with the year there, but where the year stands last the day stands first; in some of
# them also where there is no year.
_DAY_FIRST = frozenset(("sv", "lv", "fo"))
_YEAR_LAST = _DAY_FIRST | {"lt", "hu", "eu"}


def read_date(
    text: str, *, fetched_at: datetime | None, order: DateOrder | None = None
) -> PartialDate | None:
    """Return the day that *text* names, or None where it names none.

    Listings date their entries for people: ``3 March 2024``, ``2 hours ago``, ``令和6年3月3日``.
    *fetched_at* is when the page was fetched, never the reader's clock, so that a stored
    page gives the same day next year. *order* is the day/month order of the whole column.

    No date is an ordinary answer and a wrong one is a bug, so text that could mean two
    days (``03/04/2024`` without *order*) gives None.

    >>> read_date("Posted 12 hours ago", fetched_at=datetime(2024, 3, 5, 9, 30)).isoformat()
    '2024-03-04'
    >>> read_date("03/04/2024", fetched_at=None, order="dmy").isoformat()
    '2024-04-03'
    """
    reading = find_date(text)
    if reading is None or reading.kind == "month":
        found = read_unknown(text)
        if found is not None:
            return PartialDate(year=found.year, month=found.month, day=found.day)
    if reading is None:
        return None
    if order is not None and order in reading.orders:
        reading = reading._replace(orders=(order,))
    elif len(reading.orders) > 1:
        return None
    return _Column([reading], [None], fetched_at, None).resolve()[0][0]


def resolve_dates(
    readings: Sequence[Reading | None],
    *,
    fetched_at: datetime | None,
    language: str | None = None,
    context: Sequence[Reading | None] | None = None,
    order: DateOrder | None = None,
) -> tuple[list[PartialDate | None], list[str]]:
    """Return the days of a column of a listing, and what a careful reader should know.

    *context* is per row what stands above it: the heading of its group or the date of the issue;
    it lends years, and months to bare days. *fetched_at* lends the year where no heading does, and
    is what ``2 hours ago`` counts from; without it those are None. *language* is the page's own
    (``en-GB``); plain ``en`` does not say whether the month comes first. *order* is what somebody
    knows who has seen the page: it is not found out then, and a warning tells of figures that it
    does not suit.

    Figures are put in the one order that suits the whole column: one above 12 settles it, else a
    weekday, else that the list then runs in one direction, else the language, else that nothing is
    then dated ahead or long ago. If none does, those rows are None and there is one warning.
    So long ago is as exact as its unit: two months ago is a month, two weeks ago a day.

    >>> column = [find_date(text) for text in ("05/03/2024", "28/02/2024")]
    >>> [day.isoformat() for day in resolve_dates(column, fetched_at=None)[0]]
    ['2024-03-05', '2024-02-28']
    """
    above: list[Reading | None] = [None] * len(readings)
    if context is not None:
        above = list(context)
    return _Column(list(readings), above, fetched_at, language, order).resolve()


class _Column:
    """A column while it is being resolved."""

    def __init__(
        self,
        readings: list[Reading | None],
        context: list[Reading | None],
        fetched_at: datetime | None,
        language: str | None,
        order: DateOrder | None = None,
    ) -> None:
        self.order = order
        self.readings = readings
        self.context = context
        self.fetched_at = fetched_at
        self.today = fetched_at.date() if fetched_at is not None else None
        self.language = (language or "").replace("-", "_")
        self.warnings: list[str] = []

    def resolve(self) -> tuple[list[PartialDate | None], list[str]]:
        self._settle_months()
        self._settle_orders()
        self._settle_short_years()
        self._settle_years()
        times_are_today = self._times_are_today()
        found: list[PartialDate | None] = []
        for reading, above in zip(self.readings, self.context, strict=True):
            if reading is None:
                found.append(None)
            elif reading.languages == _JAPANESE and self.language[:2] not in ("", "ja"):
                # ``R6.3.5`` is a version of something elsewhere.
                found.append(None)
            elif reading.kind == "relative":
                found.append(self._resolve_ago(reading))
            elif reading.kind == "time":
                found.append(self._resolve_time(reading, above, today=times_are_today))
            else:
                found.append(_as_date(_complete_day(reading, above)))
        return found, self.warnings

    # --- names of months -----------------------------------------------------------------------

    def _settle_months(self) -> None:
        """Choose among the months that one name means in several languages."""
        both = [*self.readings, *self.context]
        if not any(r is not None and r.months for r in both):
            return
        known: frozenset[str] | None = None
        for reading in both:
            if reading is not None and reading.languages:
                known = reading.languages if known is None else known & reading.languages
        own = self.language.partition("_")[0]
        for column in (self.readings, self.context):
            for index, reading in enumerate(column):
                if reading is not None and reading.months:
                    column[index] = self._with_month(reading, own, known or frozenset())

    def _with_month(self, reading: Reading, own: str, known: frozenset[str]) -> Reading | None:
        for languages in (frozenset({own}), known):
            months = {month for month, langs in reading.months if langs & languages}
            if len(months) == 1:
                month = months.pop()
                if reading.day is not None and reading.day > days_in_month(None, month):
                    return None
                return reading._replace(month=month, months=())
        message = "dates: a month's name means different months in different languages"
        if message not in self.warnings:
            self.warnings.append(f"{message}; give the page's language")
        return None

    # --- day and month in figures --------------------------------------------------------------

    def _settle_orders(self) -> None:
        """Put the figures of all rows in one order."""
        column = [r for r in self.readings if r is not None and r.figures]
        above = [r for r in self.context if r is not None and r.figures]
        column = column or list(dict.fromkeys(above))
        if not column:
            return
        dated = self._find_order([r for r in column if len(r.figures or ()) == 3])
        undated = self._find_order([r for r in column if len(r.figures or ()) == 2])
        orders = {3: dated, 2: undated or dated}
        if self.order is not None:
            self._check_order(self.order, column)
            orders = {3: self.order, 2: self.order if self.order != "ymd" else "mdy"}
        unsettled: Reading | None = None
        for rows in (self.readings, self.context):
            for index, reading in enumerate(rows):
                if reading is None or not reading.figures:
                    continue
                order = orders[len(reading.figures)]
                if order is not None and order in reading.orders:
                    chosen = order
                elif len(reading.orders) == 1 or reading.month is not None:
                    chosen = reading.orders[0]
                else:
                    unsettled = unsettled or reading
                    rows[index] = None
                    continue
                year, month, day = arrange(reading.figures, chosen)
                rows[index] = reading._replace(year=year, month=month, day=day)
        if unsettled is not None:
            self.warnings.append(_describe(unsettled))

    def _check_order(self, order: DateOrder, column: list[Reading]) -> None:
        """Warn of figures that are not in the *order* that they are said to be in."""
        other = next(
            (r for r in column if len(r.figures or ()) == 3 and order not in r.orders), None
        )
        if other is not None:
            figures = "/".join(map(str, other.figures or ()))
            advice = "correct --date-order, or date_order in the seed"
            self.warnings.append(f"date_order: {figures} cannot be {order}; {advice}")

    def _find_order(self, column: list[Reading]) -> DateOrder | None:
        """Return the one order that suits all figures, None if there is none or several."""
        orders = [o for o in get_args(DateOrder) if all(o in r.orders for r in column)]
        if not column or len(orders) < 2:
            return orders[0] if column and orders else None
        days = {order: self._days_in(column, order) for order in orders}
        orders = self._by_weekday(column, orders, days)
        orders = [o for o in orders if _is_monotonic(days[o])] or orders
        own = self._order_of_language(orders, with_year=len(column[0].figures or ()) == 3)
        if self.language == "en_US":
            # Software writes that where nobody chose; it has the last word only.
            orders = self._by_plausibility(orders, days)
            orders = [o for o in orders if o == own] or orders
        else:
            orders = [o for o in orders if o == own] or orders
            orders = self._by_plausibility(orders, days)
        return orders[0] if len(orders) == 1 else None

    def _order_of_language(self, orders: list[DateOrder], *, with_year: bool) -> str | None:
        """Return the order that the page's language writes; plain English has none."""
        primary = self.language.partition("_")[0]
        if primary == "en":
            return ORDERS.get(self.language) if self.language != "en" else None
        order = ORDERS.get(self.language) or ORDERS.get(primary)
        if order != "ymd" or "ymd" in orders:
            return order
        if primary in (_YEAR_LAST if with_year else _DAY_FIRST):
            return "dmy"
        return None if with_year else "mdy"

    def _days_in(self, column: list[Reading], order: DateOrder) -> list[date]:
        days = []
        for reading in column:
            if reading.figures is None:
                continue
            year, month, day = arrange(reading.figures, order)
            if month is None or day is None:
                continue
            if year is None:
                whole = reading._replace(month=month, day=day)
                last = _last_before(whole, self.today + _AHEAD) if self.today else None
                if last is not None:
                    days.append(last)
                continue
            if reading.short_year:
                year = full_year(year, latest=self._pivot())
            if day <= days_in_month(year, month):
                days.append(date(year, month, day))
        return days

    def _by_weekday(
        self, column: list[Reading], orders: list[DateOrder], days: dict[DateOrder, list[date]]
    ) -> list[DateOrder]:
        def agrees(order: DateOrder) -> bool:
            if len(days[order]) != len(column):
                return True
            return all(
                r.weekday is None or r.weekday == d.weekday()
                for r, d in zip(column, days[order], strict=True)
            )

        return [order for order in orders if agrees(order)] or orders

    def _by_plausibility(
        self, orders: list[DateOrder], days: dict[DateOrder, list[date]]
    ) -> list[DateOrder]:
        """Keep the orders with nothing ahead of the fetch, or the one whose newest is near it."""
        if self.today is None or len(orders) < 2 or not all(days[o] for o in orders):
            return orders
        limit = self.today + _AHEAD
        past = [o for o in orders if max(days[o]) <= limit]
        if len(past) != len(orders):
            return past or orders
        gaps = sorted(((self.today - max(days[o])).days, o) for o in orders)
        (near, order), (far, _) = gaps[0], gaps[1]
        # A list is fetched soon after its newest entry; one date alone must be very much nearer.
        least = 30 if len(days[order]) >= 3 else 180
        return [order] if far > 4 * max(near, 0) + least else orders

    # --- years ---------------------------------------------------------------------------------

    def _pivot(self) -> int:
        return self.today.year + 1 if self.today is not None else _PIVOT

    def _settle_short_years(self) -> None:
        for rows in (self.readings, self.context):
            for index, reading in enumerate(rows):
                if reading is not None and reading.short_year and reading.year is not None:
                    year = full_year(reading.year, latest=self._pivot())
                    rows[index] = reading._replace(year=year, short_year=False)

    def _settle_years(self) -> None:
        """Give days without a year that of their heading, else the one that the fetch implies."""
        lone: list[int] = []
        for index, (reading, above) in enumerate(zip(self.readings, self.context, strict=True)):
            if reading is None or reading.kind != "day":
                continue
            if above is not None and above.year is not None:
                year = _year_near(reading, above)
                self.readings[index] = reading._replace(kind="full", year=year)
            else:
                lone.append(index)
        if not lone or self.today is None:
            return
        years = self._years_by_fetch([self.readings[i] for i in lone])
        for index, guessed in zip(lone, years, strict=True):
            reading = self.readings[index]
            if reading is not None and guessed is not None:
                self.readings[index] = reading._replace(kind="full", year=guessed)

    def _years_by_fetch(self, column: list[Reading | None]) -> list[int | None]:
        """Return the years in which the days are past, or yet to come where the list says so."""
        today = self.today
        if today is None:
            return [None] * len(column)
        past = [_last_before(r, today + _AHEAD) for r in column]
        coming = [_first_after(r, today - _AHEAD) for r in column]
        ahead = [d for d in coming if d is not None]
        if (
            len(ahead) > 1
            and ahead == sorted(ahead)
            and ahead[0] < ahead[-1]
            and (ahead[0] - today).days <= 45
            and (ahead[-1] - today).days <= 330
            and any(d is not None and (today - d).days > 180 for d in past)
        ):
            return [d.year if d is not None else None for d in coming]
        years: list[int | None] = []
        for reading, before, after in zip(column, past, coming, strict=True):
            if reading is not None and reading.weekday is not None:
                years.append(_year_of_weekday(before, after, today))
                continue
            # A lone day of a year ago that comes again next month is as likely an announcement.
            doubtful = (
                len(column) == 1 and before is not None and after is not None
                and (today - before).days > 320 and (after - today).days > 2
            )  # fmt: skip
            years.append(None if before is None or doubtful else before.year)
        return years

    # --- distances and times -------------------------------------------------------------------

    def _resolve_ago(self, reading: Reading) -> PartialDate | None:
        if self.fetched_at is None or reading.ago is None:
            return None
        count, unit = reading.ago
        now = self.fetched_at
        if unit in ("month", "year"):
            months = now.year * 12 + now.month - 1 - count * (12 if unit == "year" else 1)
            if not FIRST_YEAR * 12 <= months <= LAST_YEAR * 12:
                return None
            year, month = divmod(months, 12)
            return PartialDate(year=year, month=month + 1 if unit == "month" else None)
        step = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}[unit]
        then = now - timedelta(seconds=count * step)
        if then.year < FIRST_YEAR:
            return None
        return PartialDate(year=then.year, month=then.month, day=then.day)

    def _times_are_today(self) -> bool:
        """Tell whether a bare time is of the day of the fetch: nothing newer is dated above it.

        Boards pin old notices to the top; below them come the times of today, then older days.
        """
        if any(c is not None for c in self.context):
            return False
        readings = [r for r in self.readings if r is not None]
        times = [i for i, reading in enumerate(readings) if reading.kind == "time"]
        if not times or len(times) <= times[-1] - times[0]:
            return False
        pinned, older = readings[: times[0]], readings[times[-1] + 1 :]
        return not pinned or (bool(older) and max(map(_by_day, pinned)) < _by_day(older[0]))

    def _resolve_time(
        self, reading: Reading, above: Reading | None, *, today: bool
    ) -> PartialDate | None:
        if above is not None:
            if above.kind != "full":
                return None
            return _as_date(above._replace(clock=_with_offset(reading.clock, above.clock)))
        if not today or self.today is None:
            return None
        return PartialDate(year=self.today.year, month=self.today.month, day=self.today.day)


def _by_day(reading: Reading) -> tuple[int, int, int]:
    return reading.year or 0, reading.month or 0, reading.day or 0


def _with_offset(clock: Clock | None, other: Clock | None) -> Clock | None:
    if clock is not None and clock.offset_min is None and other is not None:
        return clock._replace(offset_min=other.offset_min)
    return clock


def _is_monotonic(days: list[date]) -> bool:
    """Tell whether *days* run in one direction, and are enough to say so."""
    if len(set(days)) < 3:
        return False
    ordered = sorted(days)
    return days in (ordered, ordered[::-1])


def _year_near(reading: Reading, above: Reading) -> int:
    """Return the year of a day below a heading; a full date above may be of the next year."""
    year = above.year or 0
    if above.kind != "full" or above.month is None or above.day is None or reading.month is None:
        return year
    issue = above.year, above.month
    distance = reading.month - issue[1]
    return year - 1 if distance > 6 else year + 1 if distance < -6 else year


def _year_of_weekday(before: date | None, after: date | None, today: date) -> int | None:
    """Return the year of the nearer of two days that fall on the weekday that is printed."""
    days = [day for day in (before, after) if day is not None]
    return min(days, key=lambda day: abs((day - today).days)).year if days else None


def _last_before(reading: Reading | None, limit: date) -> date | None:
    return _nearest(reading, limit, range(limit.year, limit.year - 9, -1), ahead=False)


def _first_after(reading: Reading | None, limit: date) -> date | None:
    return _nearest(reading, limit, range(limit.year, limit.year + 9), ahead=True)


def _nearest(reading: Reading | None, limit: date, years: range, *, ahead: bool) -> date | None:
    """Return the day of *reading* in the first of *years* that is on the right side of *limit*."""
    if reading is None or reading.month is None or reading.day is None:
        return None
    for year in years:
        if reading.day <= days_in_month(year, reading.month):
            day = date(year, reading.month, reading.day)
            if reading.weekday is not None and reading.weekday != day.weekday():
                continue
            if (day >= limit) if ahead else (day <= limit):
                return day
    return None


def _complete_day(reading: Reading, above: Reading | None) -> Reading:
    """Return a bare day with the month of its heading."""
    if reading.kind != "day_only" or above is None or above.month is None or above.year is None:
        return reading
    return reading._replace(year=above.year, month=above.month)


def _as_date(reading: Reading) -> PartialDate | None:
    """Return the day of a reading that is settled, None of any other."""
    year, month, day = reading.year, reading.month, reading.day
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR or reading.short_year:
        return None
    if reading.kind in ("full", "day_only", "day"):
        if month is None or day is None or not 1 <= day <= days_in_month(year, month):
            return None
        return PartialDate(year=year, month=month, day=day, moment=_as_moment(reading))
    if reading.kind == "month" and month is None:
        return None
    return PartialDate(year=year, month=month)


def _as_moment(reading: Reading) -> datetime | None:
    clock = reading.clock
    if clock is None or clock.offset_min is None or clock.hour > 23:
        return None
    if reading.year is None or reading.month is None or reading.day is None:
        return None
    return datetime(
        reading.year, reading.month, reading.day, clock.hour, clock.minute, clock.second,
        tzinfo=timezone(timedelta(minutes=clock.offset_min)),
    )  # fmt: skip


def _describe(reading: Reading) -> str:
    """Return the warning for figures whose order nothing settles."""
    figures = "/".join(f"{f:02d}" for f in reading.figures or ())
    return (
        f"dates: {figures} can be read as day/month or as month/day; give the page's language "
        "with its region (such as en-GB)"
    )
