"""What the pages of the site take from elsewhere is all there, and leads somewhere."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from test_docs import COMMANDS, command, options_of

from scraper.models import Item

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SITE = load(DOCS / "site.py")


def page(place: str) -> str:
    return SITE.fill_page((DOCS / place).read_text("utf-8"), place=place)


def test_the_record_page_has_every_field_in_order():
    rows = re.findall(r"^\| `(\w+)` \|", page("reference/record.md"), re.MULTILINE)
    assert tuple(rows) == Item.__struct_fields__


@pytest.mark.parametrize("one", [command, *COMMANDS], ids=lambda one: one.name)
def test_the_command_page_has_every_option_of(one):
    name = "scrape" if one is command else f"scrape {one.name}"
    _, _, section = page("reference/commands.md").partition(f"## `{name}`\n")
    rows = re.findall(r"^\| `(-.+?)` \|", section.partition("\n## ")[0], re.MULTILINE)
    hidden = {
        word for param in one.params if getattr(param, "hidden", False) for word in param.opts
    }
    assert options_of(one) - hidden <= {
        word for row in rows for word in re.findall(r"--?[a-z-]+", row)
    }


def test_every_section_of_the_readme_is_on_the_site():
    readme = (ROOT / "README.md").read_text("utf-8")
    headings = set(re.findall(r"^## (.+)$", readme, re.MULTILINE)) - {"The record"}
    asked = {
        name
        for path in PAGES
        for name in re.findall(r"<!-- readme: (.+?) -->", (DOCS / path).read_text("utf-8"))
    }
    assert asked == headings | {"start"}


def test_a_section_that_is_not_there_ends_the_build():
    with pytest.raises(LookupError, match="there is no heading 'Nowhere'"):
        SITE.fill_page("<!-- readme: Nowhere -->", place="index.md")


@pytest.mark.parametrize("place", PAGES)
def test_links_of_a_page_lead_to_pages(place):
    links = re.findall(r"\]\(([^)#:]+)[^):]*\)", page(place))
    folder = (DOCS / place).parent
    assert not [link for link in links if not (folder / link).resolve().is_relative_to(DOCS)]
    assert not [link for link in links if not (folder / link).is_file()]


@pytest.mark.parametrize("place", PAGES)
def test_every_page_is_in_the_navigation_and_filled(place):
    assert re.search(rf"^ +- (Start: )?{place}$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert "<!--" not in page(place)


def test_the_site_has_an_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert any(one.startswith("mkdocs>=") for one in project["optional-dependencies"]["docs"])
