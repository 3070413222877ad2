"""The recipes for watching pages are such as can be followed."""

from __future__ import annotations

import base64
import doctest
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.cli import _make_context
from scraper.messages import make_messages
from scraper.models import Item

ROOT = Path(__file__).parent.parent
RECIPES = (ROOT / "docs" / "watching.md").read_text("utf-8")
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
COMMAND = re.compile(r"(?:[\s=]\S*/|^)scrape (?P<words>(?:watch|--|https:)[^\n#&|]*)", re.MULTILINE)


def systemd_version() -> int:
    """Return 0 where there is none."""
    if shutil.which("systemd-analyze") is None:
        return 0
    words = ["systemd-analyze", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return int(re.search(r"systemd (\d+)", done.stdout)[1])


needs_systemd = pytest.mark.skipif(systemd_version() < 250, reason="no systemd, or an old one")


def commands() -> list[str]:
    blocks = re.findall(r"^```(?:sh|cron)\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)
    texts = [*blocks, *(path.read_text("utf-8") for path in SERVICES)]
    return [match["words"].strip() for text in texts for match in COMMAND.finditer(text)]


def test_there_are_commands_to_look_at():
    assert len(commands()) == 4


@pytest.mark.parametrize("words", commands())
def test_every_command_is_one_that_exists(words):
    with _make_context(shlex.split(words)) as context:
        assert context.params["state"] is not None or "watch" in words
        assert all("{time}" in name for name in context.params["out"])


@pytest.fixture
def units(tmp_path):
    """The units, with a program that is there in place of one that is installed elsewhere."""
    program = tmp_path / "scrape"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in UNITS:
        text = path.read_text("utf-8").replace("/opt/scraper/.venv/bin/scrape", str(program))
        (tmp_path / path.name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_takes_the_units(units):
    paths = [units / path.name for path in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "scrape" in line]


@needs_systemd
@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_may_do_little_beside_its_work(units, path):
    words = ["security", "--offline=true", "--threshold=20", "--no-pager", units / path.name]
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]


def test_the_services_are_shut_in_alike():
    hardening = [path.read_text("utf-8").partition("EnvironmentFile=")[2] for path in SERVICES]
    assert len({text.partition("\n[Install]")[0].strip() for text in hardening}) == 1


def test_the_example_of_a_receiver_is_true():
    key = b"a secret of a good length"
    now = datetime.now(UTC)
    (message,) = make_messages(
        [Item(title="Council approves the new tram line", position=1, id="a")], now=now
    )
    names = {
        "secret": base64.b64encode(key).decode(),
        "headers": message.headers(secret=key, now=now),
        "body": message.body,
    }
    (example,) = re.findall(r"^```python\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, names, "watching.md", "watching.md", 0)
    told: list[str] = []
    assert doctest.DocTestRunner().run(test, out=told.append).failed == 0, "".join(told)
