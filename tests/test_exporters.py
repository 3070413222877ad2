"""What every format promises of the records it holds."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import msgspec
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import ExportError, UsageError
from scraper.exporters import EXPORTERS, RAW_EXPORTERS, choose_outputs
from scraper.exporters.csv_file import CsvExporter
from scraper.exporters.json_file import JsonExporter
from scraper.exporters.jsonl_file import JsonlExporter
from scraper.models import Item

FIELDS = (
    "title,url,date,summary,published_at,date_text,date_source,link_text,image,author,category,"
    "section,position,id,source,page_url,fetched_at"
)
FULL = Item(
    title='Brücke "Süd", wieder offen',
    url="https://a.example/1?a=1&b=2",
    date="2024-03-01",
    summary="Zwei Zeilen:\nhier, und\r\ndort; 橋が再開",
    published_at=datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=9))),
    date_text="1. März",
    date_source="text",
    position=1,
    id="a1",
    source="city",
    page_url="https://a.example/",
    fetched_at=datetime(2024, 3, 5, 10, 0, tzinfo=UTC),
)
#: The others have tests of their own.
TEXTS = [one for one in EXPORTERS if not one.binary]
BARE = Item(title="Bare", position=2, id="a2")
ITEMS = (FULL, BARE)


def encode(exporter, *items: Item) -> bytes:
    return b"".join(exporter.encode(items))


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def titled(*titles: str) -> list[Item]:
    return [Item(title=title, position=n, id=str(n)) for n, title in enumerate(titles, 1)]


# What the files look like


def test_json_is_an_array_with_one_field_a_line():
    text = encode(JsonExporter(), *ITEMS).decode()
    assert text.startswith('[\n  {\n    "title": "Brücke \\"Süd\\", wieder offen",\n    "url": ')
    assert text.endswith('    "fetched_at": null\n  }\n]\n')


def test_jsonl_is_a_record_a_line():
    first, second, end = encode(JsonlExporter(), *ITEMS).split(b"\n")
    assert json.loads(first)["title"] == FULL.title
    assert json.loads(second)["title"] == "Bare"
    assert end == b""


def test_csv_begins_with_the_fields_and_without_a_byte_order_mark():
    lines = encode(CsvExporter(), BARE).split(b"\r\n")
    assert lines == [FIELDS.encode(), b"Bare,,,,,,,,,,,,2,a2,,,", b""]


@pytest.mark.parametrize("exporter", [JsonExporter(), JsonlExporter()])
def test_every_field_is_there_and_null_where_unknown(exporter):
    record = json.loads(encode(exporter, BARE).decode().strip("[]\n"))
    assert ",".join(record) == FIELDS
    assert {name for name, value in record.items() if value is not None} == {
        "title",
        "position",
        "id",
    }


@pytest.mark.parametrize(
    ("exporter", "expected"),
    [(JsonExporter(), b"[]\n"), (JsonlExporter(), b""), (CsvExporter(), f"{FIELDS}\r\n".encode())],
)
def test_no_records_are_a_valid_file(exporter, expected):
    assert encode(exporter) == expected


def test_times_are_written_alike_in_json_and_csv():
    (row,) = read_csv(encode(CsvExporter(), FULL))
    (record,) = json.loads(encode(JsonExporter(), FULL))
    assert row["published_at"] == record["published_at"] == "2024-03-01T09:30:00+09:00"
    assert row["fetched_at"] == record["fetched_at"] == "2024-03-05T10:00:00Z"


# What other programs read


@pytest.mark.parametrize("items", [ITEMS, (), (BARE,)])
def test_duckdb_reads_csv(tmp_path, items):
    CsvExporter().write(items, tmp_path / "items.csv")
    table = duckdb.read_csv(str(tmp_path / "items.csv"), all_varchar=True)
    assert table.columns == FIELDS.split(",")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    assert [row["title"] for row in rows] == [item.title for item in items]
    assert [row["summary"] for row in rows] == [item.summary for item in items]


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_duckdb_reads_json(tmp_path, suffix):
    (output,) = choose_outputs([str(tmp_path / f"items.{suffix}")])
    output.write(ITEMS)
    table = duckdb.read_json(output.name)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    assert [row["summary"] for row in rows] == [FULL.summary, None]


@pytest.mark.parametrize("items", [ITEMS, (), (BARE,)])
def test_pandas_reads_csv(tmp_path, items):
    CsvExporter().write(items, tmp_path / "items.csv")
    frame = pandas.read_csv(tmp_path / "items.csv")
    assert list(frame.columns) == FIELDS.split(",")
    assert list(frame["title"]) == [item.title for item in items]
    assert list(frame["summary"].dropna()) == [item.summary for item in items if item.summary]


@pytest.mark.parametrize(("suffix", "lines"), [("json", False), ("jsonl", True)])
def test_pandas_reads_json(tmp_path, suffix, lines):
    (output,) = choose_outputs([str(tmp_path / f"items.{suffix}")])
    output.write(ITEMS)
    frame = pandas.read_json(output.name, lines=lines)
    assert list(frame["title"]) == [FULL.title, "Bare"]


# Laws

# A busy machine is no broken law.
law = settings(deadline=None)

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),
    max_value=datetime(2100, 1, 1),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def records(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[list[Item]]:
    text = st.text(alphabet, min_size=1, max_size=20)
    item = st.builds(
        Item,
        title=text,
        url=st.none() | text,
        summary=st.none() | text,
        author=st.none() | text,
        section=st.none() | text,
        published_at=st.none() | MOMENTS,
        position=st.integers(1, 5000),
        id=text,
    )
    return st.lists(item, max_size=4)


WRITABLE = st.characters(exclude_categories=["Cs"])
#: Also what CSV has no way to write.
PRINTABLE = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r")
NASTY = st.sampled_from(list("\x00\x07\x1b\x7f\x85\x9b\u2028\ufeff\ud800\udfff\t\r\n=+-@＝'\",; "))


@law
@given(records(WRITABLE))
def test_json_read_back_is_what_was_written(items):
    loose = msgspec.json.Decoder(list[dict])
    written = loose.decode(encode(JsonExporter(), *items))
    assert written == [msgspec.to_builtins(item) for item in items]


@law
@given(records(WRITABLE))
def test_jsonl_read_back_is_what_was_written(items):
    # By splitlines, the reader that stumbles over most.
    lines = encode(JsonlExporter(), *items).decode().splitlines()
    assert [json.loads(line) for line in lines] == [msgspec.to_builtins(item) for item in items]


@law
@given(records(PRINTABLE))
def test_raw_csv_read_back_is_what_was_written(items):
    rows = read_csv(encode(CsvExporter(raw=True), *items))
    expected = [
        {name: "" if value is None else str(value) for name, value in record.items()}
        for record in map(msgspec.to_builtins, items)
    ]
    assert rows == expected


@law
@given(records(NASTY | WRITABLE))
def test_no_text_breaks_any_format(items):
    titles = len(items)
    assert len(json.loads(encode(JsonExporter(), *items))) == titles
    assert len(encode(JsonlExporter(), *items).decode().splitlines()) == titles
    for exporter in (CsvExporter(), CsvExporter(raw=True)):
        assert len(read_csv(encode(exporter, *items))) == titles


@law
@given(records(NASTY | WRITABLE))
def test_nothing_that_a_terminal_obeys_is_in_any_format(items):
    for exporter in TEXTS:
        text = encode(exporter, *items).decode()
        assert not {"\x00", "\x07", "\x1b", "\x7f", "\x9b"}.intersection(text)


@law
@given(records(NASTY))
def test_no_cell_of_a_csv_begins_like_a_formula(items):
    for row in read_csv(encode(CsvExporter(), *items)):
        for cell in row.values():
            assert cell.lstrip(" \ufeff\u2028")[:1] not in tuple("=+-@＝\t\r\n")


@pytest.mark.parametrize(
    "title",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " \t1",
        " =1",
        "\xa0=1",
        "\u3000=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠A",
        "﹦1",
        "−1",
        '=HYPERLINK("https://evil.example","more")',
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_inert(title):
    (row,) = read_csv(encode(CsvExporter(), *titled(title)))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize("title", ["1 = 1", "– a dash", "a@b.example", "'=1", "2024-03-01", "5%"])
def test_other_cells_stay_as_they_are(title):
    (row,) = read_csv(encode(CsvExporter(), *titled(title)))
    assert row["title"] == title


def test_raw_csv_leaves_formulas():
    (row,) = read_csv(encode(CsvExporter(raw=True), *titled("=1+1")))
    assert row["title"] == "=1+1"


@pytest.mark.parametrize("exporter", TEXTS)
def test_halves_of_a_pair_become_the_replacement_character(exporter):
    (item,) = titled("a\ud800b")
    assert "a\ufffdb" in encode(exporter, item).decode()


def test_two_halves_that_belong_together_become_one_character():
    assert "\U0001f600" in encode(JsonExporter(), *titled("\ud83d\ude00")).decode()


# What a name asks for


@pytest.mark.parametrize(
    ("name", "kind", "stdout"),
    [
        ("items.json", JsonExporter, False),
        ("ITEMS.JSON", JsonExporter, False),
        ("a/b.jsonl", JsonlExporter, False),
        ("b.ndjson", JsonlExporter, False),
        ("b.csv", CsvExporter, False),
        ("-", JsonExporter, True),
        ("-.json", JsonExporter, True),
        ("-.jsonl", JsonlExporter, True),
        ("-.csv", CsvExporter, True),
        ("./-.csv", CsvExporter, False),
    ],
)
def test_the_suffix_is_the_format(name, kind, stdout):
    (output,) = choose_outputs([name])
    assert type(output.exporter) is kind
    assert (output.path is None) == stdout


@pytest.mark.parametrize("name", ["items.xml", "items", "", "/dev/null", "json"])
def test_an_unknown_suffix_is_told_the_known_ones(name):
    with pytest.raises(UsageError) as caught:
        choose_outputs([name])
    assert str(caught.value) == (
        f"{name or chr(34) * 2}: no such format; end its name in .json, .jsonl, .ndjson, .csv, "
        ".parquet, .sqlite, .rss, .atom or .feed.json, or write - for standard output"
    )


@pytest.mark.parametrize(
    "names", [["a.json", "./a.json"], ["-", "-.csv"], ["a.json", "b.csv", "x/../a.json"]]
)
def test_two_outputs_cannot_be_the_same_place(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"^--out: .* are the same place$"):
        choose_outputs(names)


def test_raw_exporters_are_the_same_formats():
    assert [type(one) for one in EXPORTERS] == [type(one) for one in RAW_EXPORTERS]
    assert [one.raw for one in RAW_EXPORTERS if isinstance(one, CsvExporter)] == [True]


def test_an_output_that_cannot_be_is_known_before_any_work(tmp_path):
    (output,) = choose_outputs([str(tmp_path / "none" / "items.json")])
    with pytest.raises(ExportError, match=r"there is no folder .*none; make it first$"):
        output.check()
