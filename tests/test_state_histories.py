"""Scripted histories of listings: each real entry is delivered once, whatever becomes of it.

A history is one listing a run. An entry is written ``who title | address | day | teaser``, where
*who* is the real entry, which the code never sees; an empty part is null.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
import pytest

from scraper.models import Item, Listing, Result, Source
from scraper.state import HeldError, Memory, SqliteStore, Store
from scraper.state.postgres import PostgresStore

SITE = "https://a.example"
SOURCE = Source(name="news", url=f"{SITE}/news")


def read(line: str, position: int) -> tuple[str, Item]:
    who, _, rest = line.strip().partition(" ")
    title, url, day, teaser = (*(part.strip() or None for part in rest.split("|")), *[None] * 3)[:4]
    if url is not None and "//" not in url:
        url = SITE + url
    # What is not compared carries who it is.
    item = Item(
        title=title or "",
        url=url,
        date=day,
        summary=teaser,
        position=position,
        id=who,
        source="news",
        page_url=f"{SITE}/news",
        date_text=who,
    )
    return who, item


class QuickStore(SqliteStore):
    """Waits for no disk: what survives a loss of power is not told here."""

    def _open(self) -> sqlite3.Connection:
        connection = super()._open()
        connection.execute("PRAGMA synchronous = OFF")
        return connection


class Reader:
    """Runs a history, and remembers who was delivered."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.store.check()
        self.got: list[list[str]] = []

    def run(
        self,
        listing: str,
        *,
        accept: bool = False,
        complete: bool = True,
        fails: bool = False,
        source: Source = SOURCE,
        partial: bool = False,
        pages: int = 1,
        image: str | None = None,
    ) -> Result:
        lines = [line for line in listing.splitlines() if line.strip()]
        items = tuple(
            msgspec.structs.replace(read(line, place)[1], image=image)
            for place, line in enumerate(lines, 1)
        )
        taken: list[str] = []

        def write(items: Iterable[Item] | None) -> tuple[list, list[str]]:
            if fails:
                raise KeyboardInterrupt
            taken.extend(item.date_text or "" for item in items or ())
            return [], ["new.json"]

        memory = Memory(self.store, only_new=True, accept=accept, partial=partial, pages=pages)
        result = Result(source=source, listing=Listing(items=items, complete=complete))
        try:
            delivery = memory.deliver([source], [result], write)
        except KeyboardInterrupt:
            return result
        assert not delivery.faults
        self.got.append(taken)
        return delivery.results[0]


@pytest.fixture
def reader(tmp_path):
    return Reader(QuickStore(tmp_path / "state.db"))


@pytest.fixture(params=["sqlite", "postgres"])
def any_reader(request, tmp_path):
    """Read with each kind of state, where that says more than the same with one of them."""
    if request.param == "sqlite":
        return Reader(QuickStore(tmp_path / "state.db"))
    return Reader(PostgresStore(request.getfixturevalue("postgres")))


#: Filler that stays: entries of their own at the end of each listing of a history.
REST = """
r1 Museum shows early maps | /n/901 | 2024-01-05
r2 Pool closes for the winter | /n/902 | 2024-01-04
r3 New trees along the canal | /n/903 | 2024-01-03
r4 Market moves to the square | /n/904 | 2024-01-02
r5 Choir sings in the old church | /n/905 | 2024-01-01
"""

HISTORIES = {
    "nothing happens": ["a Bridge reopens | /n/1 | 2024-03-01"] * 5,
    "entries come one by one": [
        "a Bridge reopens | /n/1 | 2024-03-01",
        "b Tram approved | /n/2 | 2024-03-02\na Bridge reopens | /n/1 | 2024-03-01",
        "c Fair opens | /n/3 | 2024-03-03\nb Tram approved | /n/2 | 2024-03-02",
        "d Fair closes | /n/4 | 2024-03-04\nc Fair opens | /n/3 | 2024-03-03",
    ],
    "retitled": [
        "a Bridge reopens | /n/1 | 2024-03-01",
        "a Bridge reopens at last | /n/1 | 2024-03-01",
        "a All traffic back on the river crossing | /n/1 | 2024-03-01",
        "b Bridge reopens | /n/2 | 2024-03-04\na All traffic back | /n/1 | 2024-03-01",
    ],
    "re-dated": [
        "a Bridge reopens | /n/1 | 2024-03-01",
        "a Bridge reopens | /n/1 | 2024-03-02",
        "a Bridge reopens | /n/1 |",
        "a Bridge reopens | /n/1 | 2024-03",
        "a Bridge reopens, updated | /n/1 | 2024-04-01",
    ],
    "reordered": [
        "a Bridge reopens | /n/1\nb Tram approved | /n/2\nc Fair opens | /n/3",
        "c Fair opens | /n/3\na Bridge reopens | /n/1\nb Tram approved | /n/2",
        "b Tram approved | /n/2\nc Fair opens | /n/3\na Bridge reopens | /n/1",
        "a Bridge reopens | /n/1\nb Tram approved | /n/2\nc Fair opens | /n/3",
    ],
    "spelled otherwise": [
        "a Bridge reopens | http://a.example/n/1?x=1&y=2 | 2024-03-01",
        "a Bridge reopens | https://A.Example/n/1/?y=2&x=1&utm_source=home | 2024-03-01",
        "a Bridge reopens | https://a.example:443/n/1?x=1&y=2&fbclid=7 | 2024-03-01",
        "a BRIDGE REOPENS | https://a.example/n/1?x=1&y=2#:~:text=bridge | 2024-03-01",
    ],
    "moved": [
        "a Bridge reopens after long repairs | /n/1 | 2024-03-01",
        "a Bridge reopens after long repairs | /archive/2024/bridge | 2024-03-01",
        "a Bridge reopens after long repairs | https://old.example/1 | 2024-03-01",
        "a Bridge reopens after long repairs | /n/1 | 2024-03-01",
    ],
    "moved without a date": [
        "a Bridge reopens after long repairs | /n/1",
        "a Bridge reopens after long repairs | /archive/bridge",
        "a Bridge reopens after long repairs |",
        "a Bridge reopens after long repairs | /archive/bridge",
    ],
    "vanished and back": [
        "a Bridge reopens | /n/1 | 2024-03-01\nb Tram approved | /n/2 | 2024-03-01",
        "b Tram approved | /n/2 | 2024-03-01",
        "c Fair opens | /n/3 | 2024-03-03\nb Tram approved | /n/2 | 2024-03-01",
        "c Fair opens | /n/3 | 2024-03-03\na Bridge reopens | /n/1 | 2024-03-01",
    ],
    "vanished and back with another title": [
        "a Bridge reopens | /n/1 | 2024-03-01\nb Tram approved | /n/2",
        "b Tram approved | /n/2",
        "a River crossing open again | /n/1 | 2024-03-05\nb Tram approved | /n/2",
        "b Tram approved | /n/2",
        "a Bridge reopens | /n/1 | 2024-03-01\nb Tram approved | /n/2",
    ],
    "one address for all": [
        "a Minutes of January | /minutes | 2024-01-31",
        "b Minutes of February | /minutes | 2024-02-29\n"
        "a Minutes of January | /minutes | 2024-01-31",
        "c Minutes of March | /minutes | 2024-03-31\nb Minutes of February | /minutes | 2024-02-29",
        "d Minutes of April | /minutes | 2024-04-30\nc Minutes of March | /minutes | 2024-03-31",
        "e Minutes of May | /minutes | 2024-05-31\nd Minutes of April | /minutes | 2024-04-30\n"
        "a Minutes of January | /minutes | 2024-01-31",
    ],
    "one address and one headline for all": [
        "a Order | /docket | 2024-01-31",
        "b Order | /docket | 2024-02-29\na Order | /docket | 2024-01-31",
        "c Order | /docket | 2024-03-31\nb Order | /docket | 2024-02-29",
        "d Order | /docket | 2024-04-30\nc Order | /docket | 2024-03-31",
    ],
    "one headline for all": [
        "a Order | /o/1 | 2024-03-01",
        "b Order | /o/2 | 2024-03-01\na Order | /o/1 | 2024-03-01",
        "c Order | /o/3 | 2024-03-01\nb Order | /o/2 | 2024-03-01",
        "d Order | /o/4 | 2024-03-02",
        "e Order | /o/5 | 2024-03-02\nf Order | /o/6 | 2024-03-02",
    ],
    "one headline and one day, and the list is full": [
        "a Notice of hearing | /o/1 | 2024-03-01",
        "b Notice of hearing | /o/2 | 2024-03-01",
        "c Notice of hearing | /o/3 | 2024-03-01",
        "d Notice of hearing | /o/4 | 2024-03-01",
    ],
    "anchors of one page": [
        "a Bridge reopens | /list#1 | 2024-03-01",
        "b Tram approved | /list#2 | 2024-03-02",
        "c Fair opens | /list#3 | 2024-03-03\nb Tram approved | /list#2 | 2024-03-02",
        "c Fair opens soon | /list#3 | 2024-03-03",
    ],
    "no addresses": [
        "a Bridge reopens | | 2024-03-01",
        "b Tram approved | | 2024-03-02\na Bridge reopens | | 2024-03-01",
        "c Fair opens | | 2024-03-03\nb Tram  Approved | | 2024-03-02",
        "c Fair opens | | 2024-03-03\na Bridge reopens | | 2024-03-01",
    ],
    "no addresses and one headline": [
        "a Weekly digest | | 2024-03-01",
        "b Weekly digest | | 2024-03-08",
        "c Weekly digest | | 2024-03-15\nb Weekly digest | | 2024-03-08",
        "d Weekly digest | | 2024-03-22",
    ],
    "the address of the page itself": [
        "a Bridge reopens | /news | 2024-03-01",
        "b Tram approved | /news | 2024-03-02",
        "c Fair opens | /news#top | 2024-03-03\nb Tram approved | /news | 2024-03-02",
        "c Fair opens | /news#top | 2024-03-03\na Bridge reopens | /news | 2024-03-01",
    ],
    "no addresses and a date that becomes precise": [
        "a Bridge reopens after repairs | | 2024",
        "a Bridge reopens after repairs | | 2024-03",
        "a Bridge reopens after repairs | | 2024-03-01",
        "a Bridge reopens after repairs | |",
    ],
    "no addresses, re-dated and retitled beside the same teaser": [
        "a Bridge reopens | | 2024-03-01 | Traffic flows again after a year of repairs",
        "a Bridge reopens | | 2024-03-09 | Traffic flows again after a year of repairs",
        "a Crossing open | | 2024-03-09 | Traffic flows again after a year of repairs",
        "b Bridge reopens | | 2024-03-10 | Another bridge, another day of open roads",
    ],
    "listed twice": [
        "a Bridge reopens | /n/1 | 2024-03-01\na Bridge reopens | /n/1 |",
        "a Bridge reopens | /n/1?utm_source=top\na Bridge reopens | /n/1 | 2024-03-01",
        "b Tram approved | /n/2\na Bridge reopens | /n/1\nb Tram approved | /n/2",
        "b Tram approved | /n/2",
    ],
    "addresses appear": [
        "a Bridge reopens after repairs | | 2024-03-01",
        "a Bridge reopens after repairs | /n/1 | 2024-03-01",
        "b Tram line is approved | | 2024-03-02\n"
        "a Bridge reopens after repairs | /n/1 | 2024-03-01",
        "b Tram line is approved | /n/2 | 2024-03-02\na Bridge reopens | /n/1 | 2024-03-01",
    ],
    "a counter in the title": [
        "a Bridge reopens [3] | /n/1 | 2024-03-01",
        "a Bridge reopens [17] | /n/1 | 2024-03-01",
        "b Tram approved [1] | /n/2 | 2024-03-02\na Bridge reopens [20] | /n/1 | 2024-03-01",
        "b Tram approved [4] | /n/2 | 2024-03-02\na Bridge reopens [21] | /n/1 | 2024-03-01",
    ],
    "one headline each week": [
        "a Weekly report | /n/1 | 2024-03-01",
        "b Weekly report | /n/2 | 2024-03-08\na Weekly report | /n/1 | 2024-03-01",
        "c Weekly report | /n/3 | 2024-03-15\nb Weekly report | /n/2 | 2024-03-08",
        "d Weekly report | /n/4 | 2024-03-22\nc Weekly report | /n/3 | 2024-03-15",
        "e Weekly report | /n/5 | 2024-03-29\nd Weekly report | /n/4 | 2024-03-22",
    ],
    "a window that turns": [
        "a Bridge reopens | /n/1\nb Tram approved | /n/2",
        "b Tram approved | /n/2\nc Fair opens | /n/3",
        "c Fair opens | /n/3\na Bridge reopens | /n/1",
        "a Bridge reopens | /n/1\nb Tram approved | /n/2",
        "b Tram approved | /n/2\nc Fair opens | /n/3",
    ],
    "two swap their titles": [
        "a Bridge reopens | /n/1 | 2024-03-01\nb Tram approved | /n/2 | 2024-03-01",
        "a Tram approved | /n/1 | 2024-03-01\nb Bridge reopens | /n/2 | 2024-03-01",
        "a Bridge reopens | /n/1 | 2024-03-01\nb Tram approved | /n/2 | 2024-03-01",
        "b Tram approved | /n/2 | 2024-03-01\na Bridge reopens | /n/1 | 2024-03-01",
    ],
    "a date that comes and goes": [
        "a Bridge reopens | /n/1",
        "a Bridge reopens | /n/1 | 2024-03-01",
        "a Bridge reopens | /n/1 | 2024-03",
        "b Tram approved | /n/2 |\na Bridge reopens | /n/1",
        "b Tram approved | /n/2 | 2024-03-02\na Bridge reopens | /n/1 | 2024-03-01",
    ],
    "a teaser that is written anew": [
        "a Bridge reopens | /n/1 | 2024-03-01 | After a year of repairs",
        "a Bridge reopens | /n/1 | 2024-03-01 | Cars may use it from Monday",
        "a Bridge reopens | /n/1 | 2024-03-01 |",
        "b Tram approved | /n/2 | 2024-03-02 | After a year of repairs\n"
        "a Bridge reopens | /n/1 | 2024-03-01 | Lorries have to wait",
    ],
    "pinned and let go": [
        "a Rules of the board | /n/1 | 2023-01-01\nb Bridge reopens | /n/2 | 2024-03-01",
        "a Rules of the board | /n/1 | 2023-01-01\nc Tram approved | /n/3 | 2024-03-02\n"
        "b Bridge reopens | /n/2 | 2024-03-01",
        "c Tram approved | /n/3 | 2024-03-02\nb Bridge reopens | /n/2 | 2024-03-01\n"
        "a Rules of the board | /n/1 | 2023-01-01",
        "d Fair opens | /n/4 | 2024-03-03\nc Tram approved | /n/3 | 2024-03-02",
    ],
    "secure from now on": [
        "a Bridge reopens | http://a.example/n/1 | 2024-03-01",
        "a Bridge reopens | https://a.example/n/1 | 2024-03-01",
        "b Tram approved | https://A.example:443/n/2/ | 2024-03-02\n"
        "a Bridge reopens | https://a.example/n/1/ | 2024-03-01",
        "b Tram approved | http://a.example/n/2?utm_campaign=x | 2024-03-02",
    ],
}
# A listing that stays as it is, is read once more: five runs each.
HISTORIES = {
    name: [*history, *history[-1:] * (5 - len(history))] for name, history in HISTORIES.items()
}


def everybody(history: Iterable[str]) -> list[str]:
    lines = [line for listing in history for line in listing.splitlines() if line.strip()]
    return list(dict.fromkeys(line.split()[0] for line in lines))


@pytest.mark.parametrize("rest", ["", REST], ids=["alone", "among others"])
@pytest.mark.parametrize("name", HISTORIES)
def test_each_real_entry_is_delivered_once(name, rest, reader):
    history = [f"{listing}\n{rest}" for listing in HISTORIES[name]]
    for listing in history:
        reader.run(listing)
        assert reader.got[-1].count("r1") == (len(reader.got) == 1 and bool(rest))
    got = [who for run in reader.got for who in run]
    assert sorted(got) == sorted(everybody(history))


@pytest.mark.parametrize("name", HISTORIES)
def test_a_run_that_breaks_between_costs_and_repeats_nothing(name, any_reader):
    """Each listing is first read by a run that dies before it has written."""
    history = [f"{listing}\n{REST}" for listing in HISTORIES[name]]
    for listing in history:
        any_reader.run(listing, fails=True)
        any_reader.run(listing)
    got = [who for run in any_reader.got for who in run]
    assert sorted(got) == sorted(everybody(history))


@pytest.mark.parametrize("name", HISTORIES)
def test_what_only_broken_runs_saw_comes_with_the_next(name, reader):
    history = [f"{listing}\n{REST}" for listing in HISTORIES[name]]
    for listing in history:
        reader.run(listing, fails=True)
    reader.run(REST)
    (got,) = reader.got
    assert sorted(got) == sorted(everybody(history))


def test_there_are_enough_histories():
    assert len(HISTORIES) >= 30
    assert all(len(history) >= 5 for history in HISTORIES.values())


# Relayouts


def numbered(first: int, last: int, *, path: str = "/n/", title: str = "Council decides on") -> str:
    return "\n".join(
        f"e{n} {title} matter {n} | {path}{n} | 2024-01-{n % 28 + 1:02}"
        for n in range(last, first, -1)
    )


def test_a_relayout_that_moves_all_is_no_news(any_reader):
    any_reader.run(numbered(0, 10))
    any_reader.run(numbered(1, 11, path="/en/stories/2024-"))
    any_reader.run(numbered(2, 12, path="/en/stories/2024-"))
    assert [len(run) for run in any_reader.got] == [10, 1, 1]


def test_a_relayout_moves_entries_of_one_headline_in_their_order(any_reader):
    orders = [f"o{n} Order | /o/{n} | 2024-03-01" for n in range(6)]
    moved = [f"o{n} Order | /dockets/2024/{n} | 2024-03-01" for n in range(6)]
    any_reader.run("\n".join(orders))
    any_reader.run("\n".join(moved))
    assert [len(run) for run in any_reader.got] == [6, 0]


def test_a_full_list_of_one_headline_and_day_is_news(reader):
    for first in (0, 3, 6):
        orders = [f"o{n} Order | /o/{n} | 2024-03-01" for n in range(first, first + 4)]
        reader.run("\n".join(orders))
    assert [len(run) for run in reader.got] == [4, 3, 3]


def test_a_flood_of_new_entries_is_held_until_it_is_accepted(any_reader):
    any_reader.run(numbered(0, 10))
    for _ in range(2):
        result = any_reader.run(numbered(0, 10, path="/x/", title="The council has spoken of"))
        assert isinstance(result.error, HeldError)
    any_reader.run(numbered(1, 11))
    any_reader.run(numbered(0, 10, path="/x/", title="The council has spoken of"), accept=True)
    assert [len(run) for run in any_reader.got] == [10, 0, 0, 1, 10]


@pytest.mark.parametrize(("new", "held"), [(8, False), (9, True)])
def test_more_than_four_in_five_are_a_flood(new, held, reader):
    reader.run(numbered(0, 10))
    result = reader.run(numbered(new, 10 + new))
    assert (result.error is not None) == held


def test_four_entries_may_all_be_new(reader):
    reader.run(numbered(0, 4))
    assert reader.run(numbered(4, 8)).error is None


def test_a_list_that_turns_over_is_expected_to_do_so_again(any_reader):
    any_reader.run(numbered(0, 10))
    assert any_reader.run(numbered(10, 20)).error
    assert any_reader.run(numbered(20, 30), accept=True).error is None
    assert any_reader.run(numbered(30, 40)).error is None


def test_the_first_listing_is_no_flood_even_after_an_empty_one(any_reader):
    assert any_reader.run("").error is None
    assert any_reader.run(numbered(0, 10)).error is None


@pytest.mark.parametrize("address", ["/docket", "", "/o/{}"])
def test_hundreds_of_entries_of_one_headline_are_told_apart(address, any_reader):
    def orders(first: int, last: int) -> str:
        return "\n".join(
            f"o{n} Order | {address.format(n)} | {date(2000, 1, 1) + timedelta(days=n)}"
            for n in range(last, first, -1)
        )

    any_reader.run(orders(0, 600))
    any_reader.run(orders(5, 603))
    assert any_reader.got[1] == ["o603", "o602", "o601"]


# Drift


def listing(first: int, last: int, *, without: str = "", of: int = 1, title: str = "") -> str:
    """Write entries *last* to *first*; each one *of* so many lacks *without*."""
    lines = []
    for n in range(last, first, -1):
        part = {
            "title": title or f"Council decides on matter {n}",
            "url": f"/n/{n}",
            "date": f"2024-{1 + n // 28 % 12:02}-{n % 28 + 1:02}",
            "summary": f"All that was said about {n}",
        }
        if without and n % of == 0:
            part[without] = title if without == "title" else ""
        lines.append(f"e{n} " + " | ".join(part.values()))
    return "\n".join(lines)


GOOD = [listing(n, 20 + n) for n in range(4)]

#: The last listing is held, with these words.
BREAKS = {
    "the dates are gone": (
        [*GOOD, listing(4, 24, without="date")],
        "none of 20 entries has a date, which all had in the last 4 runs",
    ),
    "most dates are gone": (
        [*GOOD, "\n".join([listing(19, 24), listing(4, 19, without="date")])],
        "5 of 20 entries have a date, which all had in the last 4 runs",
    ),
    "the dates are gone in the second run": (
        [GOOD[0], listing(1, 21, without="date")],
        "none of 20 entries has a date, which all had in the run before",
    ),
    "the teasers are gone": (
        [*GOOD, listing(4, 24, without="summary")],
        "none of 20 entries has a summary, which all had in the last 4 runs",
    ),
    "the addresses are gone": (
        [*GOOD, listing(4, 24, without="url")],
        "none of 20 entries has an address of its own, which all had in the last 4 runs",
    ),
    "all lead to one address": (
        [*GOOD, listing(4, 24).replace("/n/", "/login#").replace("#", "?next=#:~:text=")],
        "none of 20 entries has an address of its own, which all had in the last 4 runs",
    ),
    "all titles are one": (
        [*GOOD, listing(4, 24, without="title", title="Read more")],
        "none of 20 entries has a title of its own, which all had in the last 4 runs",
    ),
    "dates and teasers are gone": (
        [*GOOD, listing(4, 24, without="date").replace("| All that", "| |")],
        "none of 20 entries has a date, which all had in the last 4 runs, and none of 20 entries "
        "has a summary",
    ),
    "every second entry is gone": (
        [*GOOD, "\n".join(listing(4, 24).splitlines()[::2])],
        "10 entries are left, of 20 or more in the last 4 runs",
    ),
    "half the entries are gone for good": (
        [*GOOD, listing(14, 24)],
        "10 entries are left, of 20 or more in the last 4 runs",
    ),
    "but one entry is left": (
        [*GOOD, listing(22, 23)],
        "1 entry is left, of 20 or more in the last 4 runs",
    ),
    "nearly all are gone in the second run": (
        [GOOD[0], listing(16, 20)],
        "4 entries are left, of 20 or more in the run before",
    ),
    "half of a list that varies": (
        [listing(0, 30), listing(12, 30), listing(8, 30), listing(25, 30)],
        "5 entries are left, of 18 or more in the last 3 runs",
    ),
    "another list beside it": (
        [*GOOD[:3], f"{listing(100, 112).replace('/n/', '/imprint/')}\n{listing(14, 22)}"],
        "12 of 20 entries are new and lead where none led in the last 3 runs",
    ),
    "a part of a list where some lack the date": (
        [
            *(listing(n, 20 + n, without="date", of=3) for n in range(4)),
            listing(4, 24, without="date"),
        ],
        "none of 20 entries has a date, which 65% or more had in the last 4 runs",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_half_broke_is_held(name, any_reader):
    history, told = BREAKS[name]
    for one in history[:-1]:
        assert any_reader.run(one).error is None
    for _ in range(2):
        result = any_reader.run(history[-1])
        assert isinstance(result.error, HeldError)
        assert told in str(result.error)
    assert any_reader.got[-1] == []
    # What was good is good again, and all that is new comes then.
    assert any_reader.run(history[-2]).error is None


@pytest.mark.parametrize("name", BREAKS)
def test_what_half_broke_is_taken_when_that_is_accepted(name, reader):
    history, _ = BREAKS[name]
    for one in history[:-1]:
        reader.run(one)
    assert reader.run(history[-1]).error
    for accept in (True, False, False):
        assert reader.run(history[-1], accept=accept).error is None
    got = [who for run in reader.got for who in run]
    assert len(got) == len(set(got))


CHANCE = random.Random(7)  # noqa: S311

#: No listing is held.
VARIETY = {
    "never any dates": [listing(n, 20 + n, without="date") for n in range(5)],
    "never any addresses": [listing(n, 20 + n, without="url") for n in range(5)],
    "one address for all": [listing(n, 20 + n).replace("/n/", "/list?utm_id=") for n in range(5)],
    "one title for all": [
        listing(0, 20, title="Order"),
        listing(1, 21, title="Order"),
        listing(5, 25, title="Order"),
    ],
    "dates that appear": [listing(0, 20, without="date"), *GOOD],
    "one entry": [listing(n, n + 1) for n in range(5)] + [listing(5, 6, without="date")],
    "three entries": [listing(n, n + 3) for n in range(4)] + [listing(4, 7, without="date")],
    "five entries and then one": [*(listing(n, n + 5) for n in range(4)), listing(8, 9)],
    "five entries that lose two dates": [
        *(listing(n, n + 5) for n in range(4)),
        "\n".join([listing(7, 9), listing(4, 7, without="date")]),
    ],
    "a day with half the entries": [listing(n, n + size) for n, size in enumerate((20, 12, 19, 9))],
    "half the entries after one run": [GOOD[0], listing(10, 20)],
    "a little more than half": [*GOOD, listing(13, 24)],
    "a list that is turned over": [
        listing(first, last) for first, last in ((0, 20), (15, 35), (30, 50), (48, 56))
    ],
    "a new year": [*GOOD, "y1 Council meets in the new year | /n/2025/1 | 2025-01-02 | At noon"],
    "a third without a date, now and then": [
        listing(n, 20 + n, without="date", of=of) for n, of in enumerate((3, 9, 2, 5, 2, 7))
    ],
    "teasers for the newest alone": [
        "\n".join([listing(17 + n, 20 + n), listing(n, 17 + n, without="summary")])
        for n in range(5)
    ],
    "a list that grows": [listing(0, 10 + 5 * n) for n in range(5)],
    "a relayout that moves all": [*GOOD, listing(4, 24).replace("/n/", "/en/stories/2024-")],
    "another site": [*GOOD, listing(4, 24).replace("/n/", "https://new.example/n/")],
    "some of another kind": [
        *GOOD,
        f"{listing(100, 104).replace('/n/', '/videos/')}\n{listing(8, 24)}",
    ],
    "a new section": [
        *GOOD,
        f"{listing(100, 106).replace('/n/', '/culture/')}\n{listing(14, 26)}",
        f"{listing(100, 108).replace('/n/', '/culture/')}\n{listing(18, 30)}",
    ],
    "links to everywhere": [
        "\n".join(
            line.replace("| /n/", f"| https://site{CHANCE.randint(1, 999)}.example/")
            for line in listing(6 * n, 20 + 6 * n).splitlines()
        )
        for n in range(6)
    ],
    "docket days of one title": [
        "\n".join([listing(10, 20), listing(0, 10)]),
        "\n".join([listing(24, 30, title="Order"), listing(10, 24)]),
        "\n".join([listing(31, 41, title="Order"), listing(24, 30, title="Order")]),
    ],
    "slowly fewer": [listing(n, 20) for n in range(0, 18, 3)],
}


@pytest.mark.parametrize("name", VARIETY)
def test_what_only_varies_is_not_held(name, reader):
    for one in VARIETY[name]:
        assert reader.run(one).error is None


def test_there_are_enough_kinds_of_variety():
    assert len(VARIETY) >= 8


def test_a_listing_that_was_cut_off_may_be_short_and_is_no_measure(reader):
    for one in GOOD:
        reader.run(one)
    for _ in range(3):
        assert reader.run(listing(21, 24), complete=False).error is None
    assert reader.run(listing(14, 24)).error


def test_a_listing_read_since_a_day_may_be_short(reader):
    for one in GOOD:
        reader.run(one)
    assert reader.run(listing(21, 24), partial=True).error is None


def test_fewer_pages_are_another_measure(reader):
    for one in GOOD:
        reader.run(one, pages=5)
    assert reader.run(listing(20, 24), pages=1).error is None
    assert reader.run(listing(10, 24), pages=5).error is None


def test_another_address_of_a_seed_is_another_measure(reader):
    seed = msgspec.structs.replace(SOURCE, name="seed", url=f"{SITE}/list")
    for one in GOOD:
        reader.run(one, source=seed)
    moved = msgspec.structs.replace(seed, url=f"{SITE}/archive")
    assert reader.run(listing(14, 24, without="date"), source=moved).error is None


def test_the_loss_of_what_is_an_ornament_is_told_and_holds_nothing_up(reader):
    for one in GOOD[:2]:
        reader.run(one, image="https://a.example/picture.png")
    result = reader.run(GOOD[2])
    assert result.error is None
    assert result.listing.warnings == (
        "none of 20 entries has an image, which all had in the last 2 runs",
    )
    assert reader.run(GOOD[3]).listing.warnings == ()


def test_what_is_held_is_not_seen_and_comes_when_all_is_well(reader):
    for one in GOOD:
        reader.run(one)
    reader.run(listing(4, 24, without="date"))
    reader.run(listing(5, 25))
    assert reader.got[-2:] == [[], ["e25", "e24"]]


# Sources


def test_an_entry_that_two_sources_list_is_one_of_each(any_reader):
    other = msgspec.structs.replace(SOURCE, name="other", url=f"{SITE}/other")
    for source in (SOURCE, other, SOURCE, other):
        any_reader.run("a Bridge reopens | /n/1", source=source)
    assert any_reader.got == [["a"], ["a"], [], []]


def test_what_is_pending_of_another_source_is_left_to_it(any_reader):
    other = msgspec.structs.replace(SOURCE, name="other", url=f"{SITE}/other")
    any_reader.run("a Bridge reopens | /n/1", fails=True)
    any_reader.run("b Tram approved | /n/2", source=other)
    any_reader.run("")
    assert any_reader.got == [["b"], ["a"]]


def test_an_entry_of_a_broken_run_is_delivered_as_it_is_now(any_reader):
    any_reader.run("old Bridge reopens | /n/1", fails=True)
    any_reader.run("now Bridge reopens at last | /n/1")
    assert any_reader.got == [["now"]]


# At random


WORDS = "bridge tram fair pool choir market museum library council budget river school".split()  # noqa: SIM905
WAYS = ("retitle", "re-date", "move", "vanish", "return", "reorder", "spell", "add", "undate")


class Site:
    """A listing that changes at random, one thing an entry a step."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.count = 0
        self.listed: list[dict[str, str]] = []
        self.gone: list[dict[str, str]] = []
        #: How this site addresses its entries.
        self.style = self.chance.choice(["number", "slug", "shared", "none", "anchor"])
        for _ in range(10):
            self.add()

    def title(self) -> str:
        return " ".join(self.chance.sample(WORDS, 4)).capitalize()

    def add(self) -> None:
        self.count += 1
        address = {
            "number": f"/n/{self.count}",
            "slug": f"/news/story-of-{self.count}",
            "shared": "/minutes.html",
            "none": "",
            "anchor": f"/list#n{self.count}",
        }[self.style]
        day = f"2024-{1 + self.count // 28 % 12:02}-{self.count % 28 + 1:02}"
        entry = {"who": f"e{self.count}", "title": self.title(), "url": address, "day": day}
        self.listed.insert(0, entry)

    def step(self) -> None:
        untouched = list(self.listed)
        for _ in range(self.chance.randint(1, 5)):
            way = self.chance.choice(WAYS)
            if way == "add":
                self.add()
            elif way == "reorder":
                self.chance.shuffle(self.listed)
            elif way == "return" and self.gone:
                self.listed.insert(
                    self.chance.randrange(len(self.listed)),
                    self.gone.pop(self.chance.randrange(len(self.gone))),
                )
            elif untouched:
                entry = untouched.pop(self.chance.randrange(len(untouched)))
                self.change(entry, way)

    def change(self, entry: dict[str, str], way: str) -> None:
        own = self.style not in ("shared", "none")
        if way == "vanish" and len(self.listed) > 5:
            self.listed.remove(entry)
            self.gone.append(entry)
        elif way == "retitle" and own:
            entry["title"] = self.title()
        elif way == "re-date" and own:
            entry["day"] = f"2025-01-{self.chance.randint(1, 28):02}"
        elif way == "undate" and own:
            entry["day"] = ""
        elif way == "move" and own and entry["day"] and "old" not in entry["url"]:
            entry["url"] = f"/old/{entry['url'].strip('/')}"
        elif way == "spell" and self.style in ("number", "slug"):
            entry["url"] = entry["url"].split("?")[0] + f"?utm_source={self.chance.random()}"

    def __str__(self) -> str:
        return "\n".join(f"{e['who']} {e['title']} | {e['url']} | {e['day']}" for e in self.listed)


@pytest.mark.parametrize("seed", range(40))
def test_sites_that_change_at_random_are_delivered_once(seed, reader):
    site = Site(seed)
    listed: list[str] = []
    for _ in range(6):
        assert reader.run(str(site), fails=site.chance.random() < 0.3).error is None
        listed += everybody([str(site)])
        site.step()
    reader.run(str(site))
    listed += everybody([str(site)])
    got = [who for run in reader.got for who in run]
    assert sorted(got) == sorted(dict.fromkeys(listed))


def test_two_visits_of_a_page_in_one_run_deliver_each_entry_once(reader):
    visits = [
        Result(source=SOURCE, listing=Listing(items=tuple(read(line, 1)[1] for line in lines)))
        for lines in (["a Bridge | /n/1"], ["b Tram | /n/2", "a Bridge | /n/1"])
    ]
    taken: list[str] = []

    def write(items: Iterable[Item] | None) -> tuple[list, list[str]]:
        taken.extend(item.title for item in items or ())
        return [], []

    delivery = Memory(reader.store, only_new=True).deliver([SOURCE], visits, write)
    assert (sorted(taken), delivery.new) == (["Bridge", "Tram"], [1, 1])
