"""How right the records are: the ruler itself, and the floors that are never passed below.

The floors are over the project's own fixtures, and over a corpus of labelled pages where one lies
beside the project; that one is not part of it.
"""

from __future__ import annotations

import doctest
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import accuracy
import labels
import pytest
import speed
from accuracy import below_floors, grade_folder, group_figures, raise_floors, read_floors
from hypothesis import given
from hypothesis import strategies as st
from labels import Label, LabelledPage, grade_page, read_pages

from scraper.models import Page

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
FOLDERS = [
    pytest.param(ROOT / "fixtures", id="fixtures"),
    pytest.param(
        CORPUS / "dev",
        id="dev",
        marks=pytest.mark.skipif(not (CORPUS / "dev").is_dir(), reason="no corpus beside"),
    ),
]

TRAM = {"title": "Tram line approved", "url": "https://a.example/1", "date": "2024-03-05"}
TEASER = "The council has agreed to build a tram line from the harbour to the new hospital."
PIER = {"title": "Pier opens", "url": "https://a.example/2", "date": "2024-03", "summary": TEASER}
NAMED = {"title": "Notice without a link", "date": "2024"}


def page_of(*records: dict[str, object], tolerated: tuple[dict[str, object], ...] = ()):
    return LabelledPage(
        name="a",
        kind="listing",
        language="en",
        page=Page(url="https://a.example/", body=b""),
        labels=[Label.of(record) for record in records],
        tolerated=tolerated,
    )


# Floors


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_floor_is_passed_below(folder):
    assert below_floors(read_floors(), group_figures(list(grade_folder(folder)))) == []


def test_every_kind_and_language_of_the_fixtures_has_a_floor():
    pages = list(grade_folder(ROOT / "fixtures", predict=lambda page: []))
    lacking = {name for one in pages for name in one.groups} - set(read_floors())
    assert not lacking, "run: python benchmarks/accuracy.py fixtures --raise"


figures = st.dictionaries(
    st.sampled_from(["a", "a.kind.b", "c"]),
    st.dictionaries(st.sampled_from(accuracy.FIGURES), st.floats(0, 1), min_size=1),
)


@given(figures, figures)
def test_floors_are_only_ever_lifted_and_never_above_what_is_reached(floors, reached):
    lifted = raise_floors(floors, reached)
    for group, figures in floors.items():
        assert all(lifted[group][name] >= floor for name, floor in figures.items())
    assert below_floors(raise_floors({}, reached), reached) == []


def test_floors_are_read_as_they_were_written(tmp_path):
    floors = {"a": {"title": 0.5}, "a.kind.search-results": {"item_f1": 1.0}}
    accuracy.write_floors(floors, tmp_path / "floors.toml")
    assert read_floors(tmp_path / "floors.toml") == floors


def test_a_floor_that_is_missed_is_told_and_ends_the_command_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(accuracy, "read_floors", lambda: {"fixtures": {"perfect": 1.1}})
    assert accuracy.main([str(ROOT / "fixtures")]) == 1
    assert "is below its floor of 1.100" in capsys.readouterr().err


# The ruler


@pytest.mark.parametrize("folder", FOLDERS)
def test_labels_graded_by_themselves_are_perfect(folder):
    for page in read_pages(folder):
        records = [
            {"title": one.title, "url": one.url, "date": one.date, "summary": one.summary}
            for one in page.labels
        ]
        assert grade_page(page, records).perfect == 1, page.name


@pytest.mark.parametrize(
    ("records", "item_f1", "record_f1"),
    [
        ([TRAM, PIER, NAMED], 1, 1),
        ([], 0, 0),
        ([TRAM], 0.5, 0.5),
        ([TRAM, TRAM], 0.4, 0.4),  # the second is a duplicate
        ([TRAM | {"date": None}], 0.5, 0),
        ([TRAM | {"summary": "Read more"}], 0.5, 0),
        ([TRAM | {"title": "Read more"}], 0.5, 0),
        ([TRAM | {"url": "https://b.example/1"}], 0, 0),
        ([NAMED | {"url": "https://a.example/page"}], 0.5, 0.5),
        ([PIER | {"date": "2024-03-09"}], 0.5, 0.5),  # finer than the page says
        ([PIER | {"date": "2024-04-09"}], 0.5, 0),
        ([PIER | {"summary": TEASER[:-15]}], 0.5, 0.5),
        ([PIER | {"summary": TEASER[:30]}], 0.5, 0),
        ([PIER | {"url": "http://www.a.example/2/?utm_source=mail"}], 0.5, 0.5),
    ],
)
def test_records_are_right_in_all_fields_or_not_at_all(records, item_f1, record_f1):
    grade = grade_page(page_of(TRAM, PIER, NAMED), records)
    assert (grade.item_f1, grade.record_f1) == (item_f1, record_f1)


@pytest.mark.parametrize(
    ("more", "change", "is_right"),
    [
        ({"title_also": ["No. 7: Tram line approved"]}, {"title": "No. 7: Tram line approved"}, 1),
        ({"date_relative": True}, {"date": "1999-01-01"}, 1),
        ({"date_from_url": True}, {"date": None}, 1),
        ({"date_from_url": True}, {"date": "2024-03-06"}, 0),
        ({"summary": TEASER, "summary_optional": True}, {"summary": None}, 1),
        ({"summary": TEASER, "summary_optional": True}, {"summary": TEASER[:30] + "…"}, 1),
        ({"summary": TEASER, "summary_optional": True}, {"summary": "Something else"}, 0),
    ],
)
def test_labels_say_where_more_than_one_answer_is_right(more, change, is_right):
    assert grade_page(page_of(TRAM | more), [TRAM | change]).perfect == is_right


def test_tolerated_entries_count_neither_way():
    page = page_of(TRAM, tolerated=({"title": "Most read", "url": "https://a.example/9"},))
    grade = grade_page(page, [TRAM, {"title": "x", "url": "https://a.example/9"}])
    assert grade.perfect == 1


def test_entries_that_share_an_address_are_told_apart_by_title_and_date():
    other = TRAM | {"title": "Tram line opened", "date": "2025-01-02"}
    assert grade_page(page_of(TRAM, other), [other, TRAM]).perfect == 1


def test_a_page_that_lists_nothing_is_perfect_without_records():
    assert grade_page(page_of(), []).title == grade_page(page_of(), []).record_f1 == 1
    assert grade_page(page_of(), [TRAM]).item_f1 == 0


@pytest.fixture(scope="module")
def predictions():
    """The pages of the corpus, as they are labelled and as they are read."""
    pages = list(read_pages(CORPUS / "dev"))
    cases = [(CORPUS / "dev" / page.name / "case.json").read_text("utf-8") for page in pages]
    return [
        (page, json.loads(case), accuracy.predict(page))
        for page, case in zip(pages, cases, strict=True)
    ]


@pytest.mark.skipif(not (CORPUS / "score.py").is_file(), reason="no corpus beside")
@pytest.mark.parametrize("spoil", ["nothing", "titles", "dates", "summaries", "half", "twice"])
def test_the_ruler_agrees_with_that_of_the_corpus(spoil, predictions):
    other = load(CORPUS / "score.py")
    for page, case, predicted in predictions:
        records = SPOILERS[spoil](predicted)
        theirs, grade = other.score_page(case, records), grade_page(page, records)
        ours = {name: getattr(grade, name) for name in accuracy.FIGURES[:5]}
        assert ours == pytest.approx({name: theirs[name] for name in ours}), page.name


SPOILERS = {
    "nothing": lambda records: records,
    "titles": lambda records: [one | {"title": one["title"][2:]} for one in records],
    "dates": lambda records: [one | {"date": (one["date"] or "2024")[:7]} for one in records],
    "summaries": lambda records: [
        one | {"summary": (one["summary"] or "none")[:90]} for one in records
    ],
    "half": lambda records: records[::2],
    "twice": lambda records: records + [one | {"url": None} for one in records],
}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The commands


@pytest.mark.parametrize("module", [accuracy, labels])
def test_the_examples_of_the_ruler_hold(module):
    assert doctest.testmod(module).failed == 0


def test_predictions_of_anything_are_graded(tmp_path, capsys):
    name = "city.example/cards"
    records = (ROOT / "fixtures" / name / "items.json").read_bytes()
    (tmp_path / "city.example").mkdir()
    (tmp_path / f"{name}.json").write_bytes(records)
    words = ["--predictions", str(tmp_path), "--only", f"^{name}$", "--json"]
    assert accuracy.main([str(ROOT / "fixtures"), *words]) == 0
    assert json.loads(capsys.readouterr().out)["means"]["fixtures"]["perfect"] == 1


def test_a_page_that_raises_is_named_and_has_no_records(capsys):
    def fail(page):
        raise ZeroDivisionError("nothing")

    (one,) = grade_folder(ROOT / "fixtures", predict=fail, only="^city.example/cards$")
    assert one.grade.item_f1 == 0
    assert capsys.readouterr().err == "city.example/cards: ZeroDivisionError: nothing\n"


def test_the_tables_name_every_page(tmp_path, capsys):
    assert accuracy.main([str(ROOT / "fixtures"), "--pages", str(tmp_path / "p.md")]) in (0, 1)
    text = (tmp_path / "p.md").read_text("utf-8")
    assert all(f"| {page.name} |" in text for page in read_pages(ROOT / "fixtures"))


def test_speed_is_told_as_multiples_of_the_parse(tmp_path, capsys):
    folder = tmp_path / "city.example" / "cards"
    folder.mkdir(parents=True)
    for name in ("page.html", "meta.toml", "items.json"):
        (folder / name).write_bytes((ROOT / "fixtures/city.example/cards" / name).read_bytes())
    assert speed.main([str(tmp_path), "--rounds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pages"] == 1
    assert set(told["growth"]) == {"25", "100", "400", "1600"}


def test_a_folder_without_labelled_pages_is_told(tmp_path, capsys):
    assert accuracy.main([str(tmp_path)]) == speed.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == "no labelled pages there\n" * 2
