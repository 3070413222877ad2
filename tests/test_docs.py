"""What is written for people: it is complete, and it is true."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import itertools
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

import scraper
from scraper.cli import COMMANDS
from scraper.commands.scrape import command
from scraper.models import Item
from scraper.seeds import load_seeds

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
#: The pages of the site that are written by hand; what they take from the README is not here, and
#: what watches without an end is tried in test_watching.
PAGES = [
    path.read_text("utf-8")
    for path in sorted((ROOT / "docs").rglob("*.md"))
    if path.name != "watching.md"
]
FENCED = [
    (match[1], match[2])
    for text in (README, *PAGES)
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
]


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


PROSE = without_blocks(README)


def blocks(language: str) -> list[str]:
    return [text for name, text in FENCED if name == language]


LINES = [line for text in blocks("sh") for line in text.splitlines()]

# Options

OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def options_of(one: click.Command) -> set[str]:
    context = click.Context(one, help_option_names=["-h", "--help"])
    return {word for param in one.get_params(context) for word in param.opts if word[0] == "-"}


OPTIONS = options_of(command).union(*map(options_of, COMMANDS))


@pytest.mark.parametrize("option", sorted(OPTIONS))
def test_every_option_is_in_the_table(option):
    rows = [line for line in PROSE.splitlines() if line.startswith(("| `-", "| `--"))]
    assert any(option in OPTION.findall(row.split("|")[1]) for row in rows)


def test_every_option_that_is_named_exists():
    tools = [*(ROOT / "benchmarks").glob("*.py")]
    theirs = {word for path in tools for word in re.findall(r'"(--[a-z-]+)"', path.read_text())}
    prose = "\n".join(map(without_blocks, (README, *PAGES)))
    spans = [*re.findall(r"`([^`\n]+)`", prose), *LINES]
    named = {word for span in spans if "pytest" not in span for word in OPTION.findall(span)}
    # Of python, pip, mkdocs, head and the like.
    assert named <= OPTIONS | theirs | {"-m", "-e", "-c", "--strict"}


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.name)
def test_every_command_is_named(one):
    assert f"`scrape {one.name} " in PROSE


def test_every_exit_code_of_the_help_is_in_the_table():
    told = set(re.findall(r"(?<!\S)(\d{1,3})(?:  |, (?=\d))", command.help.partition("codes:")[2]))
    codes = {
        code
        for line in PROSE.splitlines()
        if re.match(r"\| \d", line)
        for code in re.findall(r"\d+", line.split("|")[1])
    }
    assert told <= codes
    assert {"0", "1", "2", "3", "4", "5", "6", "7"} <= codes


def test_every_field_of_a_record_is_in_the_table_in_order():
    rows = re.findall(r"^\| `(\w+)` \|", PROSE, re.MULTILINE)
    assert tuple(rows[: len(Item.__struct_fields__)]) == Item.__struct_fields__


# Commands

#: Stands for the network: what is saved is what the web would answer.
OFFLINE = """
from scraper.fetchers.http import HttpFetcher
from scraper.fetchers.replay import ReplayFetcher
HttpFetcher.fetch = lambda self, source: ReplayFetcher("fixtures").fetch(source)
"""
#: Not run: they run this test, or take another's environment. The first is what CI does.
UNRUN = (".ci/run", "pytest", "ruff", "mypy")
# A floor that is missed is told by another test.
UNCOPIED = shutil.ignore_patterns("__pycache__", "floors.toml")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A copy of what the commands need, with the programs where an environment has them."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("fixtures", "seeds", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=UNCOPIED)
    (folder / "output").mkdir()
    bin_ = folder / ".venv" / "bin"
    bin_.mkdir(parents=True)
    for name, words in (("python", ""), ("scrape", "-m scraper ")):
        (bin_ / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words}"$@"\n')
        (bin_ / name).chmod(0o755)
    (folder / "sitecustomize.py").write_text(
        OFFLINE.replace('"fixtures"', "__import__('pathlib').Path('fixtures')")
    )
    return folder


def run(line: str, place: Path) -> subprocess.CompletedProcess[str]:
    paths = [str(place), str(Path(scraper.__file__).parent.parent)]
    path = os.pathsep.join([str(place / ".venv" / "bin"), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=place,
        env=os.environ | {"PATH": path, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )


def steps(line: str) -> list[str]:
    """Return the parts of *line* that are run here: neither installed nor tested."""
    parts = line.split(" && ")
    return [
        part
        for part in parts
        if "-m venv" not in part
        and "pip install" not in part
        and Path(shlex.split(part)[0]).name not in {Path(name).name for name in UNRUN}
    ]


@pytest.mark.parametrize("line", LINES)
def test_every_command_works_offline(line, place):
    for step in steps(line):
        done = run(step, place)
        assert done.returncode == 0, f"{step}\n{done.stdout}"


@pytest.mark.parametrize(
    ("line", "output"),
    [
        pytest.param(text.splitlines()[-1], output, id=text.splitlines()[-1])
        for (language, text), (following, output) in itertools.pairwise(FENCED)
        if (language, following) == ("sh", "text")
    ],
)
def test_the_output_that_is_shown_is_true(line, output, place):
    (step,) = steps(line)
    assert run(step, place).stdout == output


def test_the_first_two_commands_do_all_the_set_up():
    first, second = LINES[:2]
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/scrape ")
    assert second == ".venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
    assert blocks("sh")[:2] == [f"{first}\n", f"{second}\n"]


def test_the_extras_that_are_named_exist():
    named = re.findall(r"\.\[([\w,]+)\]", README) + re.findall(r"extra `(\w+)`", README)
    assert {extra for group in named for extra in group.split(",")} <= set(EXTRAS)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_checks_are_a_script_that_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


# Examples


def test_python_examples_are_true(monkeypatch):
    monkeypatch.chdir(ROOT)
    examples = "\n".join(blocks("python"))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README.md", "README.md", 0)
    told: list[str] = []
    assert test.examples
    assert doctest.DocTestRunner().run(test, out=told.append).failed == 0, "".join(told)


@pytest.mark.parametrize("text", blocks("toml"))
def test_seeds_that_are_shown_can_be_loaded(text, tmp_path):
    (tmp_path / "seed.toml").write_text(text)
    assert load_seeds(tmp_path)


# Links and lists

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    lost = [one for one in targets if "://" not in one and not (path.parent / one).exists()]
    assert not lost


def test_the_changelog_has_the_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## \[(.+?)\] - (\d{4}-\d\d-\d\d|unreleased)$", text, re.MULTILINE)
    assert headings[0][0] == PROJECT["version"]


def test_every_dependency_has_its_reason():
    rows = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    asked = [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    names = {re.match(r"[\w.-]+", one)[0] for one in asked}
    assert not [name for name in names if not re.search(rf"[| ]{name}[ ,]", rows)]
    floor = re.compile(r"[\w.-]+>=[\d.]+(; python_version < '[\d.]+')?")
    assert all(map(floor.fullmatch, asked)), "a floor and no ceiling"


def test_every_package_that_is_imported_is_depended_on():
    sources = [path.read_text("utf-8") for path in (ROOT / "scraper").rglob("*.py")]
    imported = {
        match[1]
        for text in sources
        for match in re.finditer(r"^ *(?:import|from) ([\w.]+)", text, re.MULTILINE)
    }
    tops = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"scraper"}
    # Namespaces, and what Python itself has from 3.14 on.
    tops -= {"backports", "compression", "_typeshed"}
    extras = [
        one
        for name in ("pandas", "polars", "browser", "scrapy", "follow", "postgres", "serve")
        for one in EXTRAS[name]
    ]
    asked = " ".join([*PROJECT["dependencies"], *extras]).lower()
    packages = importlib.metadata.packages_distributions()
    assert not [top for top in tops if not any(p.lower() in asked for p in packages[top])]


# What can be imported

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(scraper.__path__, "scraper.")
    if not name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["scraper", *MODULES])
def test_all_is_what_can_be_imported(name):
    module: Any = importlib.import_module(name)
    if not hasattr(module, "__all__"):
        return  # it has nothing for others
    assert list(module.__all__) == list(dict.fromkeys(module.__all__))
    assert not [one for one in module.__all__ if not hasattr(module, one)]


def test_the_package_offers_what_the_readme_imports():
    named = re.findall(r"from scraper import ([\w, ]+)", README)
    assert {one for line in named for one in line.split(", ")} <= set(scraper.__all__)


def test_public_fields_are_explained():
    schema = msgspec.json.decode((ROOT / "scraper" / "item.schema.json").read_bytes())
    assert all(one.get("description") for one in schema["properties"].values())
