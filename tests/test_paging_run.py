"""Listings over several pages, and the traps on the way."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from scraper.errors import NoItems, PolicyError, StatusError
from scraper.fetchers import HttpFetcher
from scraper.models import Item, Listing, Page, Source
from scraper.paging_run import Step, follow_pages

HOME = "https://a.example/news"
SOURCE = Source(name="a", url=HOME, language="de")


def item(number: int, position: int = 1, **fields) -> Item:
    return Item(title=f"Entry {number}", position=position, id=str(number), **fields)


class Site:
    """Pages by the end of their address: numbers of entries, and the end of the next address."""

    def __init__(self, **pages) -> None:
        self._pages = pages
        self.asked: list[Source] = []

    def __call__(self, source: Source) -> Step:
        self.asked.append(source)
        found = self._pages[source.url.partition("?p=")[2] or "first"]
        if isinstance(found, Exception):
            raise found
        entries, following, *more = found
        items = [
            one if isinstance(one, Item) else item(one, place)
            for place, one in enumerate(entries, 1)
        ]
        no_items = None if items else NoItems("a", "a page without text", category="empty")
        listing = Listing(
            items=tuple(items),
            next_url=following and f"{HOME}?p={following}",
            no_items=no_items,
            **(more[0] if more else {}),
        )
        return Step(Page(url=source.url, body=b""), listing)


def follow(site, pages=20, **options) -> Listing:
    return follow_pages(SOURCE, site, pages=pages, **options)


def ids(listing: Listing) -> list[str]:
    return [item.id for item in listing.items]


def test_one_page_is_read_unless_more_are_asked_for():
    site = Site(first=([1, 2], "b"))
    listing = follow_pages(SOURCE, site)
    assert (ids(listing), listing.warnings, listing.complete) == (["1", "2"], (), True)
    assert listing.next_url == f"{HOME}?p=b"
    assert site.asked == [SOURCE]


def test_positions_run_on_to_the_last_page():
    site = Site(first=([1, 2], "b"), b=([3, 4], "c"), c=([5], None))
    listing = follow(site)
    assert [(item.id, item.position) for item in listing.items] == [
        *(("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 5))
    ]
    assert (listing.next_url, listing.warnings, listing.complete) == (None, (), True)


def test_a_next_address_is_content_and_not_the_users_word():
    site = Site(first=([1], "b"), b=([2], None))
    follow(site)
    assert [(one.origin, one.name, one.language) for one in site.asked] == [
        (None, "a", "de"),
        ("a.example:443", "a", "de"),
    ]


def test_what_a_page_of_unknown_address_links_to_is_nobodys_word():
    private = "http://127.0.0.1:9/list"
    asked: list[Source] = []

    def read(source: Source) -> Step:
        asked.append(source)
        if source.url is not None:
            HttpFetcher().fetch(source)
        return Step(Page(url=None, body=b""), Listing(items=(item(1),), next_url=private))

    listing = follow_pages(Source(name="a"), read, pages=2)
    assert [one.origin for one in asked] == [None, "-"]
    assert "policy: it leads to 127.0.0.1:9, which is not on the public" in listing.warnings[-1]


def test_an_entry_on_two_pages_is_one_with_what_both_tell():
    later = item(2, summary="More", date="2024-03-01", date_text="1 March")
    site = Site(
        first=([1, item(2, 2, date="2024-03", date_text="March")], "b"), b=([later, 3], None)
    )
    listing = follow(site)
    assert ids(listing) == ["1", "2", "3"]
    second = listing.items[1]
    assert (second.position, second.summary, second.date) == (2, "More", "2024-03")
    assert second.date_text == "March"


def test_entries_of_one_page_that_share_an_address_stay_apart():
    listing = follow(Site(first=([1], "b"), b=([2, 2], None)))
    assert ids(listing) == ["1", "2", "2"]


@pytest.mark.parametrize(
    ("site", "found", "warning"),
    [
        (Site(first=([1], "b"), b=([2], "b")), "12", "page 2 leads back to page 2"),
        (
            Site(first=([1], "b"), b=([2], "c"), c=([3], "b")),
            "123",
            "page 3 leads back to page 2",
        ),
        (
            Site(first=([1, 2], "b"), b=([2, 1], "c")),
            "12",
            "page 2 lists what page 1 lists, so no more were asked for",
        ),
        (
            Site(first=([1, 2], "b"), b=([2], "c")),
            "12",
            "page 2 lists nothing new, so no more were asked for",
        ),
    ],
)
def test_traps_end_with_a_warning_and_keep_the_entries(site, found, warning):
    listing = follow(site)
    assert ids(listing) == list(found)
    assert (listing.warnings, listing.complete) == ((warning,), True)


def test_other_spellings_of_an_address_are_the_same_page():
    site = Site(first=([1], "b"), b=([2], "b#top"))
    assert follow(site).warnings == ("page 2 leads back to page 2",)


def test_endless_pages_end_at_the_cap_and_are_said_to_be_incomplete():
    class Endless(Site):
        def __call__(self, source: Source) -> Step:
            number = len(self.asked) + 1
            self._pages = {"first": ([1], 2), str(number): ([number], number + 1)}
            return super().__call__(source)

    site = Endless()
    listing = follow(site, pages=5)
    assert ids(listing) == ["1", "2", "3", "4", "5"]
    assert len(site.asked) == 5
    assert listing.warnings == ("only the first 5 pages were read, and the listing goes on",)
    assert (listing.complete, listing.next_url) == (False, f"{HOME}?p=6")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (StatusError("a", "the server answered 500"), "status: the server answered 500"),
        (PolicyError("a", "a private address"), "policy: a private address"),
        (([], None), "no-items: a page without text"),
    ],
)
def test_a_later_page_that_fails_costs_what_is_behind_it(answer, said):
    listing = follow(Site(first=([1], "b"), b=([2], "c"), c=answer))
    assert ids(listing) == ["1", "2"]
    assert listing.complete is False
    assert listing.no_items is None
    assert listing.warnings == (
        f"page 3 is missing, with all that follow: https://a.example/news?p=c: {said}",
    )


def test_a_first_page_that_fails_is_an_error():
    with pytest.raises(StatusError):
        follow(Site(first=StatusError("a", "the server answered 500")))


def test_a_first_page_without_entries_is_not_followed():
    listing = follow(Site(first=([], "b")))
    assert listing.no_items is not None
    assert listing.warnings == ()


def test_warnings_name_their_page_and_are_told_once():
    odd = {"warnings": ("odd",)}
    listing = follow(
        Site(first=([1], "b", odd), b=([2], "c", odd), c=([3], None, {"warnings": ("new",)}))
    )
    assert listing.warnings == ("odd", "page 3: new")


def test_one_page_that_was_cut_off_makes_the_listing_incomplete():
    assert follow(Site(first=([1], "b"), b=([2], None, {"complete": False}))).complete is False


def test_a_saved_page_is_not_followed_into_the_web():
    source = Source(name="a", url=HOME, path="a.html")
    listing = follow_pages(source, Site(first=([1], "b")), pages=2)
    assert (ids(listing), listing.complete) == (["1"], False)
    assert "only the page that was saved is read" in listing.warnings[0]


# Only what is new enough

DAYS = count(1)
SINCE = date(2024, 3, 15)


def dated(*days: str | None) -> list[Item]:
    return [item(next(DAYS), date=day) for day in days]


def kept(listing: Listing) -> list[str | None]:
    return [item.date for item in listing.items]


def test_older_entries_are_left_out_and_those_without_a_date_kept():
    site = Site(first=(dated("2024-03-20", "2024-03-14", None, "2024-03", "2023"), None))
    listing = follow(site, since=SINCE)
    assert kept(listing) == ["2024-03-20", None, "2024-03"]
    assert [item.position for item in listing.items] == [1, 1, 1]  # as they were


def test_a_page_of_older_entries_is_the_last_one():
    site = Site(
        first=(dated("2024-03-20", "2024-03-01"), "b"),
        b=(dated("2024-02-20", "2024-03-16"), "c"),
        c=(dated("2024-02-20", "2024-02-01"), "d"),
    )
    listing = follow(site, since=SINCE)
    assert kept(listing) == ["2024-03-20", "2024-03-16"]
    assert (len(site.asked), listing.warnings, listing.complete) == (3, (), True)


def test_a_cap_that_is_reached_with_older_entries_is_none():
    site = Site(first=(dated("2024-03-20"), "b"), b=(dated("2024-02-20"), "c"))
    assert follow(site, pages=2, since=SINCE).complete is True


def test_a_listing_of_older_entries_alone_says_so():
    listing = follow(Site(first=(dated("2023-01-01", "2022-01-01"), "b")), since=SINCE)
    assert (listing.items, listing.no_items) == ((), None)
    assert listing.warnings == ("all 2 entries are older than 2024-03-15",)
