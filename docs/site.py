"""What the pages of the site take from elsewhere, so that nothing is written twice.

A page asks for it in a comment: ``<!-- readme: heading -->`` is what the README says below that
heading, ``<!-- file: CHANGELOG.md -->`` a whole file, ``<!-- record -->`` the fields by the schema,
and ``<!-- commands -->`` the commands with their options, by their own help. MkDocs calls
``on_page_markdown``; what is asked for and not there ends the build.
"""

from __future__ import annotations

import inspect
import posixpath
import re
from pathlib import Path
from typing import Any

import click

from scraper.cli import COMMANDS
from scraper.commands.scrape import command
from scraper.models import DateSource
from scraper.schema import item_schema

__all__ = ["fill_page", "on_page_markdown"]

ROOT = Path(__file__).parent.parent
_ASKED = re.compile(r"^<!-- (readme|file|record|commands)(?:: (.+?))? -->$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#:]+)\)")
_COMMENT = re.compile(r"^<!--.*?-->\n+", re.MULTILINE)
# Where pages of the project are on the site; its folders are not there.
_PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "docs/dependencies.md": "dependencies.md",
    "scraper/item.schema.json": "reference/record.md",
}


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Return *markdown* filled; MkDocs calls this for every page."""
    return fill_page(markdown, place=page.file.src_uri)


def fill_page(markdown: str, *, place: str) -> str:
    """Return the text of the page at *place* with all that it asks for."""

    def fill(match: re.Match[str]) -> str:
        kind, name = match[1], match[2] or ""
        if kind == "record":
            return _describe_record()
        if kind == "commands":
            return _describe_commands()
        text = _read_section(name) if kind == "readme" else (ROOT / name).read_text("utf-8")
        return _relink(_COMMENT.sub("", text), place=place)

    return _ASKED.sub(fill, markdown)


def _read_section(heading: str) -> str:
    """Return what the README says below *heading*; without one, above the first."""
    text = (ROOT / "README.md").read_text("utf-8")
    title, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    if heading == "start":
        return title.partition("\n")[2].strip()
    for section in sections:
        name, _, body = section.partition("\n")
        if name == heading:
            return body.strip()
    raise LookupError(f"README.md: there is no heading {heading!r}")


def _relink(text: str, *, place: str) -> str:
    """Return *text* with links that lead somewhere on the site, or with none."""
    folder = posixpath.dirname(place) or "."

    def relink(match: re.Match[str]) -> str:
        target = _PLACES.get(match[2])
        label = match[1]
        if target is not None:
            return f"[{label}]({posixpath.relpath(target, folder)})"
        return label if "`" in label else f"`{match[2]}`"

    return _LINK.sub(relink, text)


def _describe_record() -> str:
    schema = item_schema()
    rows = [
        f"| `{name}` | {_type_of(field)} | {field['description']} |"
        for name, field in schema["properties"].items()
    ]
    sources = ", ".join(f"`{one}`" for one in DateSource.__args__)  # type: ignore[attr-defined]
    table = "\n".join(["| field | type | meaning |", "| --- | --- | --- |", *rows])
    return f"{table}\n\nA `date_source` is one of {sources}, or null."


def _type_of(field: dict[str, Any]) -> str:
    """Return the type of a field in words: "address or null"."""
    words = []
    for one in field.get("anyOf", [field]):
        kind = {"uri": "address", "date-time": "instant"}.get(one.get("format", ""))
        word = "word" if "enum" in one else "day" if "pattern" in one else one.get("type", "string")
        words.append(kind or word)
    return " or ".join("null" if word == "null" else word for word in words)


def _describe_commands() -> str:
    return "\n\n".join(
        _describe_command(one, "scrape" if one is command else f"scrape {one.name}")
        for one in (command, *COMMANDS)
    )


def _describe_command(one: click.Command, name: str) -> str:
    context = click.Context(one, info_name=name, help_option_names=["-h", "--help"])
    usage = " ".join(one.collect_usage_pieces(context))
    options = (param for param in one.get_params(context) if isinstance(param, click.Option))
    records = (option.get_help_record(context) for option in options)
    rows = [f"| `{_cell(record[0])}` | {_cell(record[1])} |" for record in records if record]
    return "\n".join(
        [
            f"## `{name}`",
            "",
            f"    {name} {usage}",
            "",
            _describe_help(inspect.cleandoc(one.help or "")),
            "",
            "| option | meaning |",
            "| --- | --- |",
            *rows,
        ]
    )


def _describe_help(text: str) -> str:
    """Return a help text as Markdown: what click leaves as it is stands as it is."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b\n"):
            lines = paragraph.removeprefix("\b\n").splitlines()
            paragraph = "\n".join([lines[0], "", *(f"  {line}" for line in lines[1:])])
        paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
