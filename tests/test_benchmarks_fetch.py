"""The hosts that fetching is measured on, and what is run on them."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from loopback import FAULTS, Loopback, listing_page, run_metered
from mixed import run_sources, spread_faults

from scraper import extract

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")


@pytest.mark.parametrize("number", range(8))
def test_a_page_lists_what_it_says_in_forty_kilobytes(number):
    page = listing_page(number)
    assert 30_000 < len(page) < 50_000
    items = extract(page, url=f"http://a.example/news/{number}").items
    assert len(items) == 20 + number
    assert all(item.url and item.date and item.summary for item in items)


def test_faults_are_spread_among_good_pages_the_same_way_each_time():
    paths = spread_faults(20, {"hang": 3, "500": 2})
    assert paths == spread_faults(20, {"hang": 3, "500": 2})
    assert paths[:5] != ["hang", "hang", "hang", "500", "500"]
    assert Counter(path.partition("/")[0] for path in paths) == {"news": 15, "hang": 3, "500": 2}


def test_each_fault_ends_as_what_it_is_and_good_pages_come():
    ends = {
        "hang": "too-slow",
        "drip": "too-slow",
        "bomb": "too-large",
        "empty": "no-items",
        "news": None,
    }
    # The others are tried again, which takes seconds, and are known from elsewhere.
    assert set(ends) < {*FAULTS, "news"}
    paths = spread_faults(12, {fault: 1 for fault in ends if fault != "news"})
    with Loopback(hosts=12, latency_s=0.01) as server:
        took, sources = run_sources(server, paths, "--timeout", "2", "--delay", "0")
    assert took.exit_code == 3
    assert 2 < took.wall_s < 20
    assert took.peak_mb > 20
    kinds = [path.partition("/")[0] for path in paths]
    assert [source["class"] for source in sources] == [ends[kind] for kind in kinds]


def test_a_command_that_takes_too_long_is_ended():
    took = run_metered([sys.executable, "-c", "import time; time.sleep(60)"], most_s=0.3)
    assert took.exit_code != 0
    assert took.wall_s < 10
