import re
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import SeedError, SelectorError
from scraper.models import Selectors, Source
from scraper.seeds import load_seeds

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    return Path("seeds")


@pytest.fixture
def bad_seed(folder):
    """Return the error of one seed file."""

    def load(text: str) -> SeedError:
        (folder / "news.toml").write_text(text, "utf-8")
        with pytest.raises(SeedError) as caught:
            load_seeds(folder)
        return caught.value

    return load


def test_the_seeds_that_come_with_the_project_load():
    languages = {source.language for source in load_seeds(SEEDS)}
    assert len(languages) >= 4


def test_a_file_is_one_source_or_several(folder):
    (folder / "b.toml").write_text(
        'name = "c"\nurl = "https://c.example/"\n[fields]\nentry = "li"\ntitle = "a"\n'
    )
    (folder / "a.toml").write_text(
        '[[source]]\nname = "a"\nurl = "https://a.example/"\nlanguage = "pt-BR"\n'
        '[[source]]\nname = "b"\nurl = "https://b.example/"\n'
    )
    assert load_seeds(folder) == [
        Source(name="a", url="https://a.example/", language="pt-BR"),
        Source(name="b", url="https://b.example/"),
        Source(name="c", url="https://c.example/", fields=Selectors(entry="li", title="a")),
    ]


def test_a_folder_without_seeds_has_no_sources(folder):
    assert load_seeds(folder) == []
    assert load_seeds(folder / "none") == []


NAMED = 'name = "a"\nurl = "https://a.example/"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "a"\nurl = \n', "seeds/news.toml:2: invalid value"),
        ('name = "a"\nurl = "https://a', "seeds/news.toml:2: unterminated string"),
        ("", 'seeds/news.toml:1: no source in it; write name = "…" and url = "…"'),
        ('name = "a"\n', 'seeds/news.toml:1: the key "url" is missing'),
        (
            'name = "a"\nurl = "htps://a.example/"\n',
            'seeds/news.toml:2: not an address: "htps://a.example/"; '
            "addresses begin with https:// or http://",
        ),
        (
            'name = "a"\nurl = "htps://ann:pw@a.example/"\n',
            'seeds/news.toml:2: not an address: "htps://a.example/"; '
            "addresses begin with https:// or http://",
        ),
        (NAMED + 'lang = "de"\n', 'seeds/news.toml:3: no such key: "lang"; did you mean'),
        (
            NAMED + "colour = 3\n",
            'seeds/news.toml:3: no such key: "colour"; the keys are name, url, language, fields',
        ),
        (NAMED + 'language = "German"\n', 'seeds/news.toml:3: not a language: "German"'),
        (NAMED + "language = 3\n", 'seeds/news.toml:3: "language" must be text'),
        (NAMED + 'fields = "li"\n', 'seeds/news.toml:3: "fields" must be a table'),
        (NAMED + "[fields]\ntitle = 'a'\n", 'seeds/news.toml:3: the key "entry" is missing'),
        (NAMED + "[fields]\nentry = 'a'\nurl = 3\n", 'seeds/news.toml:5: "url" must be text'),
        (
            NAMED + "fields = { entry = 'a', titel = 'b' }\n",
            'seeds/news.toml:3: no such key: "titel"; did you mean "title"?',
        ),
        ('name = "a b"\nurl = "https://a.example/"\n', 'seeds/news.toml:1: not a name: "a b"'),
        (
            f"[[source]]\n{NAMED}\n\n[[source]]\nname = 'b'\nurl = 'b.example'\n",
            'seeds/news.toml:8: not an address: "b.example"',
        ),
        (
            f"[[source]]\n{NAMED}\n[[source]]\n{NAMED}",
            'seeds/news.toml:6: the name "a" is taken; the other one is seeds/news.toml:2',
        ),
        (f"{NAMED}[[source]]\n{NAMED}", 'seeds/news.toml:1: "name" stands outside of [[source]]'),
        (f"[source]\n{NAMED}", 'seeds/news.toml:1: "source" must be [[source]] tables'),
    ],
)
def test_a_broken_seed_is_named_with_its_line(bad_seed, text, said):
    assert str(bad_seed(text)).startswith(said)
    assert "\n" not in str(bad_seed(text))


PIECES = [*"\n\n[]={}'\"#. a1", "[[source]]\n", "[fields]\n", "name", "url", NAMED]


@given(st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"])).map("".join))
def test_any_text_is_a_seed_or_a_named_fault(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "a.toml").write_text(text, "utf-8", newline="")
    fault = None
    try:
        assert load_seeds(folder)
    except SeedError as error:
        fault = error
    if fault is not None:
        assert re.fullmatch(rf"{re.escape(str(folder))}/a\.toml:\d+", fault.subject)
        assert "\n" not in str(fault)


def test_names_are_unique_across_files(folder):
    (folder / "a.toml").write_text(NAMED)
    (folder / "b.toml").write_text("# again\n" + NAMED)
    with pytest.raises(SeedError, match=r"^seeds/b.toml:2: .* the other one is seeds/a.toml:1$"):
        load_seeds(folder)


def test_a_file_that_is_not_utf_8_is_named_with_its_line(folder):
    (folder / "a.toml").write_bytes(b"# caf\xc3\xa9\n# caf\xe9\n")
    with pytest.raises(SeedError, match=r"^seeds/a.toml:2: not UTF-8: .*; save it as UTF-8$"):
        load_seeds(folder)


def test_a_wrong_selector_is_named_with_its_line(bad_seed, monkeypatch):
    def refuse(fields):
        raise SelectorError(fields.title, "unexpected end", advice="close the bracket")

    name = "scraper.parsers.selectors"
    module = module_from_spec(ModuleSpec(name, None))
    module.check_selectors = refuse
    monkeypatch.setitem(sys.modules, name, module)
    error = bad_seed(f"[[source]]\n{NAMED}[source.fields]\nentry = 'li'\ntitle = 'a['\n")
    assert str(error) == (
        'seeds/news.toml:6: not a selector: "a[": unexpected end; close the bracket'
    )
