"""Parquet and SQLite: typed tables, read back by what reads them elsewhere."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import msgspec
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import ExportError
from scraper.exporters import EXPORTERS, ParquetExporter, SqliteExporter, choose_outputs
from scraper.models import Item, Listing

FULL = Item(
    title='Brücke "Süd"; 橋が再開',
    url="https://a.example/1?a=1&b=2",
    date="2024-03",
    summary="Zwei Zeilen:\nhier",
    published_at=datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=9))),
    date_source="text",
    position=1,
    id="a1",
    source="city",
    fetched_at=datetime(2024, 3, 5, 10, 0, 0, 7, tzinfo=UTC),
)
BARE = Item(title="Bare", position=2, id="a2")
NASTY = Item(title="a\x00b\x1b[31m\ud800 '); DROP TABLE items; --", position=3, id="a\udfff")
CLEAN = "a\ufffdb\ufffd[31m\ufffd '); DROP TABLE items; --"
TEXT = st.text(st.characters() | st.sampled_from("\x00\x1b\ud800\udfff'\";"), min_size=1)
law = settings(deadline=None, max_examples=30)


def rows(path: Path, query: str = "SELECT * FROM items ORDER BY position") -> list[dict]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


# Parquet


@pytest.mark.parametrize("items", [(FULL, BARE), (BARE,), ()])
def test_parquet_has_the_types_of_a_data_frame_whatever_is_in_it(tmp_path, items):
    ParquetExporter().write(items, tmp_path / "items.parquet")
    read = pandas.read_parquet(tmp_path / "items.parquet")
    expected = Listing(items=items).to_pandas()
    assert list(read.columns) == list(Item.__struct_fields__)
    instants = ["published_at", "fetched_at"]
    assert (read[[*instants, "position"]].dtypes == expected[[*instants, "position"]].dtypes).all()
    pandas.testing.assert_frame_equal(read.astype(expected.dtypes), expected)


def test_duckdb_reads_parquet_typed(tmp_path):
    ParquetExporter().write((FULL, BARE), tmp_path / "items.parquet")
    table = duckdb.read_parquet(str(tmp_path / "items.parquet"))
    types = dict(zip(table.columns, map(str, table.types), strict=True))
    assert {name for name, kind in types.items() if kind != "VARCHAR"} == {
        "published_at",
        "position",
        "fetched_at",
    }
    assert types["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["position"] == "BIGINT"
    found = table.project("title, date, epoch_us(published_at), summary").fetchall()
    moment = int(FULL.published_at.timestamp() * 1_000_000)
    assert found == [(FULL.title, "2024-03", moment, FULL.summary), ("Bare", None, None, None)]


def test_the_same_records_make_the_same_parquet():
    first, second = (b"".join(ParquetExporter().encode((FULL, BARE))) for _ in range(2))
    assert first == second


@law
@given(st.lists(st.builds(Item, title=TEXT, id=TEXT, position=st.integers(1, 9)), max_size=3))
def test_no_text_breaks_a_table(items):
    frame = pandas.read_parquet(io.BytesIO(b"".join(ParquetExporter().encode(items))))
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(b"".join(SqliteExporter().encode(items)))
        titles = [row[0] for row in database.execute("SELECT title FROM items")]
    assert len(frame) == len(items)
    for text in (*frame["title"], *titles):
        assert not {"\x00", "\x1b", "\x9b"}.intersection(text)


def test_text_without_a_form_gets_the_replacement_character(tmp_path):
    for suffix in ("parquet", "sqlite"):
        (output,) = choose_outputs([str(tmp_path / f"items.{suffix}")])
        output.write((NASTY,))
    assert pandas.read_parquet(tmp_path / "items.parquet")["title"][0] == CLEAN
    assert [(row["title"], row["id"]) for row in rows(tmp_path / "items.sqlite")] == [
        (CLEAN, "a\ufffd")
    ]


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from scraper.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("name", ["items.parquet", "-.parquet"])
def test_without_pyarrow_one_line_says_what_to_install_before_any_work(tmp_path, name):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "https://nowhere.invalid/", "--out", name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6
    assert done.stderr.startswith(f"error: {name}: export: Parquet is written by pyarrow, which is")
    assert done.stderr.endswith("; pip install 'scraper[parquet]'\n")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# SQLite


def test_a_new_database_is_one_typed_table_with_indexes(tmp_path):
    path = tmp_path / "items.sqlite"
    SqliteExporter().write((FULL, BARE), path)
    full, bare = rows(path)
    assert full == msgspec.structs.asdict(FULL) | {
        "published_at": "2024-03-01T00:30:00.000000Z",
        "fetched_at": "2024-03-05T10:00:00.000007Z",
    }
    assert bare == msgspec.structs.asdict(BARE)
    (kinds,) = rows(path, "SELECT count(*) n FROM pragma_table_info('items') WHERE type = 'TEXT'")
    assert kinds["n"] == len(Item.__struct_fields__) - 1
    indexes = {row["name"] for row in rows(path, "SELECT name FROM pragma_index_list('items')")}
    assert {"items_date", "items_source", "items_url"} < indexes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.sqlite"]


def test_sqlite_reads_its_times(tmp_path):
    SqliteExporter().write((FULL,), tmp_path / "items.sqlite")
    query = "SELECT datetime(published_at) AS at FROM items"
    assert rows(tmp_path / "items.sqlite", query) == [{"at": "2024-03-01 00:30:00"}]


def test_a_second_run_replaces_by_id_and_adds(tmp_path):
    path = tmp_path / "items.sqlite"
    SqliteExporter().write((FULL, BARE), path)
    newer = msgspec.structs.replace(FULL, title="Brücke zu", summary=None)
    SqliteExporter().write((newer, Item(title="Third", position=3, id="a3")), path)
    assert [(row["id"], row["title"]) for row in rows(path)] == [
        ("a1", "Brücke zu"),
        ("a2", "Bare"),
        ("a3", "Third"),
    ]
    assert rows(path)[0]["summary"] is None


def test_no_records_are_an_empty_table_and_take_none_away(tmp_path):
    path = tmp_path / "items.sqlite"
    SqliteExporter().write((), path)
    assert rows(path) == []
    SqliteExporter().write((BARE,), path)
    SqliteExporter().write((), path)
    assert len(rows(path)) == 1


def test_an_empty_file_is_a_new_one(tmp_path):
    path = tmp_path / "items.sqlite"
    path.touch()
    SqliteExporter().write((BARE,), path)
    assert len(rows(path)) == 1


def test_other_tables_stay_and_missing_columns_come(tmp_path):
    path = tmp_path / "items.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE mine (a); INSERT INTO mine VALUES (7);"
            "CREATE TABLE items (id TEXT PRIMARY KEY, title TEXT, position INTEGER, note TEXT);"
            "INSERT INTO items VALUES ('a2', 'old', 1, 'kept');"
        )
    SqliteExporter().write((BARE,), path)
    assert rows(path, "SELECT a FROM mine") == [{"a": 7}]
    (row,) = rows(path)
    assert (row["title"], row["note"], row["author"]) == ("Bare", "kept", None)


def broken():
    yield BARE
    yield FULL
    raise KeyboardInterrupt


@pytest.mark.parametrize("there", [True, False])
def test_what_fails_midway_leaves_what_was_there(tmp_path, there):
    path = tmp_path / "items.sqlite"
    if there:
        SqliteExporter().write((BARE,), path)
    before = path.read_bytes() if there else None
    with pytest.raises(KeyboardInterrupt):
        SqliteExporter().write(broken(), path)
    assert (path.read_bytes() if there else None) == before
    assert [one.name for one in tmp_path.iterdir()] == (["items.sqlite"] if there else [])


def test_a_killed_run_leaves_what_was_there(tmp_path):
    path = tmp_path / "items.sqlite"
    SqliteExporter().write((BARE,), path)
    code = """
        import os, signal, sys
        from pathlib import Path
        from scraper.exporters import SqliteExporter
        from scraper.models import Item
        def items():
            # More than its cache holds, so that some of it is in the file already.
            for n in range(9000):
                yield Item(title="x" * 1000, position=n, id=str(n))
            os.kill(os.getpid(), signal.SIGKILL)
        SqliteExporter().write(items(), Path(sys.argv[1]))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(path)], check=False)
    assert done.returncode == -9
    assert [row["id"] for row in rows(path)] == ["a2"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (b"a note of mine, which is no database\n" * 99, "file is not a database; name another"),
        ("CREATE TABLE items (a, b)", 'its table "items" is another\'s: it has no key "id"; name'),
        ("CREATE VIEW items AS SELECT 1 AS id", 'its table "items" is another\'s'),
    ],
)
def test_what_is_no_table_of_records_stays_untouched(tmp_path, make, message):
    path = tmp_path / "items.sqlite"
    if isinstance(make, bytes):
        path.write_bytes(make)
    else:
        with closing(sqlite3.connect(path)) as database:
            database.execute(make)
    before = path.read_bytes()
    with pytest.raises(ExportError, match=message) as caught:
        SqliteExporter().write((BARE,), path)
    assert str(caught.value).startswith(f"{path}: ")
    assert path.read_bytes() == before


def test_a_file_that_another_program_writes_is_left_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr("scraper.exporters.sqlite_file._BUSY_S", 0.05)
    path = tmp_path / "items.sqlite"
    SqliteExporter().write((BARE,), path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ExportError, match="locked; another program is writing it: try again"):
            SqliteExporter().write((FULL,), path)
    assert len(rows(path)) == 1


@pytest.mark.parametrize(
    "exporter", [one for one in EXPORTERS if not isinstance(one, SqliteExporter)]
)
def test_every_other_format_leaves_the_old_file_where_it_fails(tmp_path, exporter):
    path = tmp_path / f"items{exporter.suffixes[0]}"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        exporter.write(broken(), path)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "refused"), [("-.parquet", True), ("-.sqlite", True), ("-", False)]
)
def test_a_terminal_is_shown_nothing_that_is_no_text(monkeypatch, name, refused):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    (output,) = choose_outputs([name])
    if refused:
        with pytest.raises(ExportError, match="is no text, and this is a terminal; name a file"):
            output.check()
    else:
        output.check()


def test_standard_output_is_a_database_too():
    (output,) = choose_outputs(["-.sqlite"])
    assert output.path is None
    assert b"".join(output.exporter.encode((BARE,))).startswith(b"SQLite format 3\0")
