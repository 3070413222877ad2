from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import NoItems, UsageError
from scraper.fixtures import (
    Meta,
    expected_records,
    find_fixtures,
    fixture_folder,
    load_fixture,
    read_meta,
    save_fixture,
    save_page,
)
from scraper.models import Item, Listing, Page

PAGE = Page(
    url="https://a.example/news",
    body=b"\xff\r\n\0",
    fetched_at=datetime(2024, 3, 5, 10, 0, tzinfo=UTC),
    encoding="cp1251",
)
ITEM = Item(
    title="Мост “открыт” \\ снова",
    date="2024-03-05",
    published_at=datetime(2024, 3, 5, 12, 0, tzinfo=timezone(timedelta(hours=3))),
    position=1,
    id="a1",
    source="a",
    page_url="https://a.example/news",
    fetched_at=PAGE.fetched_at,
)


def test_a_fixture_is_read_as_it_was_written(tmp_path):
    listing = Listing(items=(ITEM,), next_url="https://a.example/news?page=2")
    save_fixture(tmp_path / "a" / "b", PAGE, listing, note='Two "columns"\nand a tab\t.')
    fixture = load_fixture(tmp_path / "a" / "b")
    assert fixture.page == PAGE
    assert fixture.records == tuple(expected_records(listing))
    assert fixture.meta == Meta(
        url=PAGE.url,
        fetched_at=PAGE.fetched_at,
        encoding="cp1251",
        note='Two "columns"\nand a tab\t.',
        next_url="https://a.example/news?page=2",
    )
    assert find_fixtures(tmp_path) == [tmp_path / "a" / "b"]


def test_records_hold_what_the_page_says_and_nothing_of_the_run():
    assert expected_records(Listing(items=(ITEM,))) == [
        {
            "title": "Мост “открыт” \\ снова",
            "date": "2024-03-05",
            "published_at": "2024-03-05T12:00:00+03:00",
        }
    ]


def test_a_page_that_lists_nothing_is_kept_with_its_category(tmp_path):
    none = NoItems("a", "an article", category="article")
    save_fixture(tmp_path, PAGE, Listing(items=(), no_items=none))
    fixture = load_fixture(tmp_path)
    assert (fixture.records, fixture.meta.no_items) == ((), "article")


def test_a_page_without_records_has_none(tmp_path):
    save_page(tmp_path, PAGE)
    assert load_fixture(tmp_path).records is None


def test_a_fixture_is_unchecked_until_somebody_says_so(tmp_path):
    save_fixture(tmp_path, PAGE, Listing(items=()))
    assert "checked = false\n" in (tmp_path / "meta.toml").read_text()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-05T10:00:00Z", datetime(2024, 3, 5, 10, tzinfo=UTC)),
        ("2024-03-05T12:00:00+02:00", datetime(2024, 3, 5, 10, tzinfo=UTC)),
        ("2024-03-05T10:00:00", datetime(2024, 3, 5, 10, tzinfo=UTC)),
    ],
)
def test_times_are_utc(tmp_path, written, expected):
    (tmp_path / "meta.toml").write_text(f"fetched_at = {written}\n")
    moment = read_meta(tmp_path / "meta.toml").fetched_at
    assert moment == expected
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("status = 200\nchecked = 1\n", 'meta.toml:2: "checked" must be true or false'),
        ('fetched_at = "yesterday"\n', "meta.toml:1: "),
        ('url = "file:///x"\n', 'meta.toml: not an address: "file:///x"'),
        ("url = \n", "meta.toml:1: invalid value"),
    ],
)
def test_a_broken_meta_is_named_with_its_line(tmp_path, text, said):
    (tmp_path / "meta.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_meta(tmp_path / "meta.toml")
    assert str(caught.value).startswith(f"{tmp_path}/{said}")


def test_broken_records_are_named(tmp_path):
    save_page(tmp_path, PAGE)
    (tmp_path / "items.json").write_text("{}")
    with pytest.raises(UsageError, match=r"items.json: not an array of records: "):
        load_fixture(tmp_path)


@given(note=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_note_survives(tmp_path_factory, note):
    folder = tmp_path_factory.mktemp("fixture")
    save_page(folder, PAGE, note=note)
    assert read_meta(folder / "meta.toml").note == note


@given(st.text())
def test_any_address_has_a_folder_below_the_root(tmp_path_factory, rest):
    root = tmp_path_factory.getbasetemp() / "none"
    folder = fixture_folder(root, f"https://a.example/{rest}")
    assert folder.parent.parent == root
    assert folder.name not in ("", ".", "..")
    assert len(folder.name.encode()) <= 255


def test_every_kept_field_is_a_field_of_an_item():
    fields = set(msgspec.structs.asdict(ITEM))
    assert set(expected_records(Listing(items=(ITEM,)))[0]) <= fields
