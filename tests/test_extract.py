"""The function that everything else is built around."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper import extract

URL = "https://city.example/news"
PAGE = """<h1>News</h1><ul>
<li><a href="/a">Council approves the new tram line</a> 2 hours ago</li>
<li><a href="/b">Library opens on Sundays from April</a> yesterday</li></ul>"""


@pytest.mark.parametrize("zone", [None, UTC])
def test_a_moment_without_a_zone_is_utc(zone):
    moment = datetime(2024, 3, 5, 9, 30, tzinfo=zone)
    items = extract(PAGE, url=URL, fetched_at=moment).items
    assert [item.date for item in items] == ["2024-03-05", "2024-03-04"]
    assert {item.fetched_at for item in items} == {datetime(2024, 3, 5, 9, 30, tzinfo=UTC)}


def test_text_and_its_bytes_give_the_same_records():
    assert extract(PAGE, url=URL) == extract(PAGE.encode(), url=URL)


def test_distance_in_time_is_no_date_without_the_moment_it_counts_from():
    assert [item.date for item in extract(PAGE, url=URL).items] == [None, None]
