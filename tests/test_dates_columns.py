"""What a column decides that no single text can: order, years, languages, groups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.dates import PartialDate, find_date, read_attribute, read_date, resolve_dates

FETCHED = datetime(2024, 3, 15, 12, 0, tzinfo=UTC)


def column(
    *texts: str, above: list[str] | None = None, language: str | None = None, fetched_at=FETCHED
) -> list[str | None]:
    """Return the days of a column of texts."""
    dates, _ = resolve_dates(
        [find_date(text) for text in texts],
        fetched_at=fetched_at,
        language=language,
        context=[find_date(text) for text in above] if above is not None else None,
    )
    return [date.isoformat() if date else None for date in dates]


def test_a_number_above_twelve_settles_the_order_of_all():
    assert column("03/04/2023", "25/03/2023") == ["2023-04-03", "2023-03-25"]
    assert column("03/04/2023", "03/25/2023") == ["2023-03-04", "2023-03-25"]


def test_a_number_above_twelve_settles_days_without_years_too():
    assert column("05/03", "28/02") == ["2024-03-05", "2024-02-28"]


def test_a_list_in_order_settles_the_order():
    texts = ["01/05/2023", "12/04/2023", "10/04/2023", "02/04/2023"]
    assert column(*texts) == ["2023-05-01", "2023-04-12", "2023-04-10", "2023-04-02"]


def test_the_language_settles_the_order():
    assert column("03/04/2023", language="de") == ["2023-04-03"]
    assert column("03/04/2023", language="en-US") == ["2023-03-04"]
    assert column("03/04/2023", language="en-GB") == ["2023-04-03"]
    assert column("03/04/2023", language="fr-CA") == [None]


def test_plain_english_leaves_the_order_open():
    assert column("03/04/2023", language="en") == [None]


def test_a_region_that_cldr_does_not_tell_leaves_the_order_open():
    assert column("03/04/2023", language="en-XX") == [None]


def test_no_entry_is_from_long_after_the_fetch():
    assert column("05/03/2024", language="en") == ["2024-03-05"]
    assert column("03/05/2024", language="en") == ["2024-03-05"]


def test_the_newest_entry_is_near_the_fetch():
    texts = ["10/02/2024", "09/02/2024", "08/02/2024"]
    assert column(*texts, language="en") == ["2024-02-10", "2024-02-09", "2024-02-08"]


def test_a_weekday_settles_the_order():
    assert column("Monday 03/04/2023", language="en") == ["2023-04-03"]
    assert column("Saturday 03/04/2023", language="en") == ["2023-03-04"]


def test_what_stays_open_is_none_with_one_warning_that_names_an_example():
    readings = [find_date("03/04/2022"), find_date("5 March 2022"), find_date("05/06/2021")]
    dates, warnings = resolve_dates(readings, fetched_at=FETCHED, language="en")
    assert [d and d.isoformat() for d in dates] == [None, "2022-03-05", None]
    assert len(warnings) == 1
    assert "03/04/2022" in warnings[0]
    assert "en-GB" in warnings[0]


def test_a_settled_column_warns_of_nothing():
    assert resolve_dates([find_date("5 March 2024")], fetched_at=None)[1] == []


def test_a_day_that_reads_the_same_either_way_needs_no_order():
    assert column("03/03/2023", language="en", fetched_at=None) == ["2023-03-03"]


def test_two_orders_in_one_column_settle_only_what_is_sure():
    assert column("25/03/2023", "03/25/2023", "03/04/2022", language="en") == [
        "2023-03-25",
        "2023-03-25",
        None,
    ]


@pytest.mark.parametrize(
    ("language", "day"), [("hr", "2023-10-05"), ("pl", "2023-11-05"), ("cs", None), (None, None)]
)
def test_a_name_of_two_months_is_settled_by_the_language(language: str | None, day: str | None):
    assert column("5. listopada 2023", language=language) == [day]


def test_a_name_of_two_months_is_settled_by_the_other_names():
    assert column("5. srpnja 2023", "5. listopada 2023") == ["2023-07-05", "2023-10-05"]
    assert column("5 sierpnia 2023", "5 listopada 2023") == ["2023-08-05", "2023-11-05"]


def test_a_name_that_stays_open_warns():
    assert "language" in resolve_dates([find_date("5 listopada 2023")], fetched_at=None)[1][0]


@pytest.mark.parametrize(
    ("text", "above", "day"),
    [
        ("4", "March 2021", "2021-03-04"),
        ("Mon 4", "March 2021", "2021-03-04"),
        ("31", "February 2021", None),
        ("4 March", "2021", "2021-03-04"),
        ("4 March", "March 2021", "2021-03-04"),
        ("4 March", "5 March 2021", "2021-03-04"),
        ("28 December", "5 January 2021", "2020-12-28"),
        ("2 January", "28 December 2021", "2022-01-02"),
        ("29 February", "2021", None),
        ("05/03", "2021", "2021-03-05"),
        ("10:30", "5 March 2021", "2021-03-05"),
        ("10:30", "March 2021", None),
        ("4", "2021", None),
        ("5 May 2020", "March 2021", "2020-05-05"),
    ],
)
def test_what_a_row_lacks_comes_from_its_heading(text: str, above: str, day: str | None):
    assert column(text, above=[above], language="en-GB") == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14 March", "2024-03-14"),
        ("15 March", "2024-03-15"),
        ("16 March", "2024-03-16"),
        ("31 May", "2023-05-31"),
        ("28 December", "2023-12-28"),
        ("29 February", "2024-02-29"),
        ("20 March", None),
    ],
)
def test_a_day_without_a_year_is_the_last_before_the_fetch(text: str, day: str | None):
    assert column(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Thu 14 March", "2024-03-14"),
        ("Sat 20 April", "2024-04-20"),
        ("Tue 14 March", "2023-03-14"),
        ("Wed 20 March", "2024-03-20"),
    ],
)
def test_a_weekday_tells_the_year(text: str, day: str):
    assert column(text) == [day]


def test_days_without_years_go_back_over_new_year():
    texts = ["12 March", "2 January", "30 December", "1 April"]
    assert column(*texts) == ["2024-03-12", "2024-01-02", "2023-12-30", "2023-04-01"]


def test_a_list_of_coming_days_goes_on_over_new_year():
    assert column("20 March", "5 April", "10 January") == ["2024-03-20", "2024-04-05", "2025-01-10"]


def test_nothing_is_dated_without_the_fetch():
    texts = ["5 March", "2 hours ago", "yesterday", "10:30", "4"]
    assert column(*texts, fetched_at=None) == [None] * 5


def test_so_long_ago_counts_in_the_zone_of_the_fetch():
    tokyo = datetime(2024, 3, 15, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    assert column("2 hours ago", fetched_at=tokyo) == ["2024-03-14"]
    assert column("2 hours ago", fetched_at=tokyo.astimezone(UTC)) == ["2024-03-14"]
    assert column("today", fetched_at=tokyo) == ["2024-03-15"]


def test_times_alone_are_of_the_day_of_the_fetch():
    assert column("10:30", "09:15") == ["2024-03-15", "2024-03-15"]
    assert column("10:30", "14 March") == ["2024-03-15", "2024-03-14"]


def test_times_below_days_are_of_none():
    assert column("14 March", "10:30") == ["2024-03-14", None]


def test_two_figures_are_the_nearest_year_that_is_not_far_ahead():
    assert column("5 March '24", "5 March '99", "5 March '25", "5 March '26") == [
        "2024-03-05",
        "1999-03-05",
        "2025-03-05",
        "1926-03-05",
    ]


def test_a_bare_day_without_a_heading_is_no_date():
    assert column("4", "Mon 5") == [None, None]


def test_initials_of_eras_are_dates_on_japanese_pages_only():
    assert column("R6.3.5", language="ja") == ["2024-03-05"]
    assert column("R6.3.5") == ["2024-03-05"]
    assert column("R6.3.5", language="en") == [None]


def test_rows_without_a_reading_stay_none():
    dates, _ = resolve_dates([None, find_date("5 March 2024"), None], fetched_at=None)
    assert [d and d.isoformat() for d in dates] == [None, "2024-03-05", None]


def test_an_instant_needs_a_time_and_an_offset():
    texts = ["5 March 2024 10:30 GMT", "5 March 2024 10:30", "5 March 2024"]
    dates, _ = resolve_dates([find_date(text) for text in texts], fetched_at=None)
    assert [d.moment for d in dates if d] == [datetime(2024, 3, 5, 10, 30, tzinfo=UTC), None, None]


def test_a_partial_date_says_what_is_known():
    assert PartialDate(year=2024).isoformat() == "2024"
    assert PartialDate(year=2024, month=3).isoformat() == "2024-03"
    assert PartialDate(year=2024, month=3, day=5).isoformat() == "2024-03-05"


ATTRIBUTES = [
    line.split("\t")
    for line in """
2024-03-05	2024-03-05	-
2024-03	2024-03	-
2024	2024	-
20240305	2024-03-05	-
2024/03/05	2024-03-05	-
2024-03-05T10:00	2024-03-05	-
2024-03-05T10:00:00	2024-03-05	-
2024-03-05 10:00:00	2024-03-05	-
2024-03-05T10:00:00Z	2024-03-05	2024-03-05T10:00:00+00:00
2024-03-05T10:00:00.123Z	2024-03-05	2024-03-05T10:00:00+00:00
2024-03-05T10:00:00.123456+01:00	2024-03-05	2024-03-05T10:00:00+01:00
2024-03-05T10:00:00+0100	2024-03-05	2024-03-05T10:00:00+01:00
2024-03-05T10:00:00+01	2024-03-05	2024-03-05T10:00:00+01:00
2024-03-05T10:00+05:30	2024-03-05	2024-03-05T10:00:00+05:30
2024-03-05T10:00:00-08:00	2024-03-05	2024-03-05T10:00:00-08:00
2024-03-05T10:00:00+01:00[Europe/Berlin]	2024-03-05	2024-03-05T10:00:00+01:00
2024-03-05 10:00:00 UTC	2024-03-05	2024-03-05T10:00:00+00:00
2024-03-05 10:00:00 +0000	2024-03-05	2024-03-05T10:00:00+00:00
20240305T100000Z	2024-03-05	2024-03-05T10:00:00+00:00
2024-W10-2	2024-03-05	-
2024-065	2024-03-05	-
 2024-03-05 	2024-03-05	-
Tue, 05 Mar 2024 10:00:00 GMT	2024-03-05	2024-03-05T10:00:00+00:00
Tue, 05 Mar 2024 10:00:00 +0100	2024-03-05	2024-03-05T10:00:00+01:00
5 Mar 2024 10:00:00 -0500	2024-03-05	2024-03-05T10:00:00-05:00
1709632800	2024-03-05	2024-03-05T10:00:00+00:00
1709632800000	2024-03-05	2024-03-05T10:00:00+00:00
March 5, 2024	2024-03-05	-
5. März 2024	2024-03-05	-
""".strip("\n").split("\n")
]


@pytest.mark.parametrize(("value", "day", "moment"), ATTRIBUTES)
def test_attributes_are_read(value: str, day: str, moment: str):
    date = resolve_dates([read_attribute(value)], fetched_at=None)[0][0]
    assert date is not None
    assert date.isoformat() == day
    assert (date.moment.isoformat() if date.moment else "-") == moment


@pytest.mark.parametrize(
    "value",
    ["", " ", "PT5M", "P3D", "2024-13-01", "2024-02-30", "0000-00-00", "0001-01-01T00:00:00",
     "202403", "12", "123456", "10:30", "2 hours ago", "yesterday", "P1Y", "4.0.6",
     "999999999999999", "true", "2024-03-05 and more", "x" * 500, "2023-366", "2024-W54-1"],
)  # fmt: skip
def test_attributes_that_are_no_date_are_none(value: str):
    assert read_attribute(value) is None


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2024", None, None),
        ("03/04/2024", "dmy", "2024-04-03"),
        ("03/04/2024", "mdy", "2024-03-04"),
        ("25/04/2024", None, "2024-04-25"),
        ("24/03/05", "ymd", "2024-03-05"),
        ("Posted 12 hours ago", None, "2024-03-15"),
        ("令和6年3月3日", None, "2024-03-03"),
        ("Room 12", None, None),
        # In Kinyarwanda, which only the last resort knows.
        ("5 Werurwe 2024", None, "2024-03-05"),
        ("Law 12/2024", None, None),
    ],
)
def test_a_single_text_is_read(text: str, order, day: str | None):
    date = read_date(text, fetched_at=FETCHED, order=order)
    assert (date.isoformat() if date else None) == day
