"""``scrape learn``: it writes what works, and says why where it does not."""

from __future__ import annotations

import json
import tomllib

import pytest
from test_learning import CARD, LISTS, OTHERS, TITLES, URL, entries

from scraper.cli import main

PAGE = f"<html lang=en><title>News</title><main>{entries(CARD)}</main></html>"
OLDER = PAGE.replace("Council", "Board").replace('href="/', 'href="/older/')
REBUILT = PAGE.replace("class=head", "class=title").replace("class=text", "class=lead")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "older.html").write_text(OLDER)
    (tmp_path / "rebuilt.html").write_text(REBUILT)
    (tmp_path / "lists.html").write_text(LISTS)
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def save(folder, html: str) -> None:
    """Make *html* what the address answers in a replay."""
    place = folder / "fixtures" / "city"
    place.mkdir(parents=True, exist_ok=True)
    (place / "page.html").write_text(html)
    (place / "meta.toml").write_text(f'url = "{URL}"\n')


def test_a_seed_is_written_and_gives_the_records(folder, capsys):
    code, out, err = run(capsys, "learn", "page.html", "--url", URL, "--out", "seeds/city.toml")
    assert (code, out) == (0, "")
    assert err == "city: 4 of 4 entries → seeds/city.toml\n"
    save(folder, PAGE)
    code, out, err = run(capsys, "city", "--replay", "--out", "-")
    assert [one["title"] for one in json.loads(out)] == TITLES
    assert "warning" not in err


def test_where_a_learnt_seed_stops_matching_the_page_is_read_without_it(folder, capsys):
    run(capsys, "learn", "page.html", "--url", URL, "--out", "seeds/city.toml")
    save(folder, REBUILT)
    code, out, err = run(capsys, "city", "--replay", "--out", "-", "-v")
    assert code == 0
    assert [one["title"] for one in json.loads(out)] == TITLES
    assert 'fields.title: ".head" matches in no entry: the page was read without [fields]' in err
    seed = folder / "seeds" / "city.toml"
    seed.write_text(seed.read_text().replace("hint = true\n", ""))
    code, out, err = run(capsys, "city", "--replay", "--out", "-")
    assert code == 5
    assert 'fields.title: ".head" matches in no entry' in err


def test_without_a_file_the_seed_goes_to_standard_output(folder, capsys):
    code, out, err = run(capsys, "learn", "page.html", "--url", URL)
    assert code == 0
    table = tomllib.loads(out)
    assert (table["name"], table["url"]) == ("city.example-news", URL)
    assert table["fields"]["entry"] == ".card"
    assert err == "city.example-news: 4 of 4 entries → standard output\n"
    assert run(capsys, "learn", "page.html", "--url", URL, "-q")[2] == ""


def test_an_older_seed_stays_unless_it_is_said_otherwise(folder, capsys):
    seed = folder / "seeds" / "city.toml"
    seed.write_text("# mine\n")
    words = ("learn", "page.html", "--url", URL, "--out", "seeds/city.toml")
    code, _, err = run(capsys, *words)
    assert code == 2
    assert err == (
        "error: seeds/city.toml: usage: there is such a seed; name another file, or add --force\n"
    )
    assert seed.read_text() == "# mine\n"
    assert run(capsys, *words, "--force")[0] == 0
    assert "[fields]" in seed.read_text()


def test_a_headline_names_the_list(folder, capsys):
    words = ("learn", "lists.html", "--url", URL, "--title", OTHERS[0])
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert tomllib.loads(out)["fields"]["entry"] == ".side li"


def test_what_was_said_of_the_page_is_kept_in_the_seed(folder, capsys):
    words = (
        "--within",
        ".side",
        "--exclude",
        ".ad",
        "--language",
        "en-GB",
        "--url-pattern",
        r"/\d",
    )
    _, out, _ = run(capsys, "learn", "lists.html", "--url", URL, *words)
    table = tomllib.loads(out)
    assert (table["within"], table["exclude"]) == (".side", [".ad"])
    assert (table["language"], table["url_pattern"]) == ("en-GB", r"/\d")


def test_selectors_are_checked_on_other_pages(folder, capsys):
    words = ("learn", "page.html", "--url", URL, "--out", "seeds/city.toml")
    assert run(capsys, *words, "--like", "older.html")[0] == 0
    assert tomllib.loads((folder / "seeds" / "city.toml").read_text())["fields"]["entry"] == ".card"
    code, _, err = run(capsys, *words, "--force", "--like", "older.html", "--like", "lists.html")
    assert code == 0
    code, _, err = run(capsys, "learn", "lists.html", "--url", URL, "--title", OTHERS[0],
                       "--like", "page.html")  # fmt: skip
    assert code == 5
    assert "page.html: no-items: the selectors do not fit this page: they give 0 of 4" in err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("page.html",), 2, "page.html: usage: nobody knows the address of this page"),
        (("page.html", "--url", URL, "--out", "a.txt"), 2, "a.txt: usage: a seed is a TOML file"),
        (("page.html", "--url", URL, "--out", "no/a.toml"), 6, "no/a.toml: export: there is no"),
        (("page.html", "--url", URL, "--title", "Xyz"), 5, '--title: no-items: "Xyz" is not on'),
        (("empty.html", "--url", URL), 5, "no-items: a page without text"),
        (("months.html", "--url", URL), 5, "no short selectors give what the page lists: at best"),
        (("page.html", "--url", URL, "--within", "#x"), 5, 'within: "#x" matches nothing on'),
        (("page.html", "--url", URL, "--within", "#x", "--title", TITLES[0]), 5, "within: "),
        (("nope.html",), 2, "nope.html: usage: no such file or folder"),
        ((), 2, "target: usage: is missing"),
        (("page.html", "--within", "x >"), 2, '--within: usage: not a selector: "x >"'),
    ],
)
def test_nothing_is_written_where_nothing_can_be(folder, capsys, words, code, message):
    (folder / "empty.html").write_text(" ")
    # The day is in the entry, and the month above it: no selector has both.
    months = "".join(
        f"<h2>{month} 2024</h2><ul>"
        + "".join(f'<li><b>{n}</b> <a href="/{month}/{n}">{t}, {month}</a>'
                  for n, t in enumerate(TITLES, 1))
        + "</ul>"
        for month in ("March", "February")
    )  # fmt: skip
    (folder / "months.html").write_text(months)
    found, out, err = run(capsys, "learn", *words)
    assert (found, out) == (code, "")
    assert message.casefold() in err.casefold()
    assert len(err.splitlines()) == 1
    assert not list(folder.rglob("*.toml"))
