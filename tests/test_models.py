"""Listings as data frames."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import polars
import pytest

from scraper.models import Item, Listing

MORNING = datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=9)))
FULL = Item(
    title="Bridge reopens",
    url="https://a.example/1",
    date="2024-03",
    published_at=MORNING,
    position=1,
    id="a1",
    fetched_at=datetime(2024, 3, 5, tzinfo=UTC),
)
LATER = Item(title="Later", published_at=datetime(2024, 3, 2, tzinfo=UTC), position=2, id="a2")
BARE = Item(title="Bare", position=2, id="a3")

LISTINGS = [
    pytest.param((), id="no-records"),
    pytest.param((BARE,), id="hardly-any-field"),
    pytest.param((FULL, LATER, BARE), id="two-offsets"),
]


@pytest.mark.parametrize("items", LISTINGS)
def test_a_pandas_frame_has_the_same_columns_and_types_for_every_listing(items):
    frame = Listing(items=items).to_pandas()
    assert tuple(frame.columns) == Item.__struct_fields__
    assert len(frame) == len(items)
    types = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert types.pop("position") == "int64"
    assert types.pop("published_at") == types.pop("fetched_at") == "datetime64[us, UTC]"
    assert set(types.values()) == {"string"}


@pytest.mark.parametrize("items", LISTINGS)
def test_a_polars_frame_has_the_same_columns_and_types_for_every_listing(items):
    frame = Listing(items=items).to_polars()
    assert tuple(frame.columns) == Item.__struct_fields__
    assert frame.height == len(items)
    types = dict(frame.schema)
    instant = polars.Datetime("us", "UTC")
    assert types.pop("position") == polars.Int64
    assert types.pop("published_at") == types.pop("fetched_at") == instant
    assert set(types.values()) == {polars.String}


def test_frames_hold_the_records():
    listing = Listing(items=(FULL, LATER, BARE))
    frame = listing.to_pandas()
    assert list(frame["title"]) == ["Bridge reopens", "Later", "Bare"]
    assert list(frame["published_at"].isna()) == [False, False, True]
    assert list(frame["url"].isna()) == [False, True, True]
    assert frame["published_at"][0] == MORNING
    table = listing.to_polars()
    assert table["title"].to_list() == ["Bridge reopens", "Later", "Bare"]
    assert table["published_at"].to_list() == [MORNING, LATER.published_at, None]


def test_dictionaries_hold_every_field():
    (record,) = Listing(items=(BARE,)).to_dicts()
    assert tuple(record) == Item.__struct_fields__
    assert record["title"] == "Bare"
    assert record["url"] is None
