"""``scrape log``: how the runs went that a state remembers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import click
import msgspec
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from scraper.errors import UsageError
from scraper.exporters.atomic import write_stdout
from scraper.exporters.json_file import escape_harmful
from scraper.reporting import printable
from scraper.state import STATE, Memo, open_store
from scraper.urls import without_secrets

__all__ = ["command"]

_HELP = """Tell how the runs went that a state remembers: a line for each source of each.

SOURCE is the name of a seed, or what was typed in its place; without one all are told. Runs that
remember are those with --new, --changes or --state.

\b
Exit codes:
  0  told      2  no such source      6  the state could not be read
"""

_NUMBERS = ("items", "new", "changed", "moved", "removed")


@click.command("log", help=_HELP)
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option(
    "--state",
    metavar="STATE",
    default=str(STATE),
    show_default=True,
    help="The state that remembers: a file, or postgresql://user@host/database.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(source: str | None, *, state: str, as_json: bool) -> int:
    """Tell how runs went."""
    store = open_store(state)
    store.read()
    with contextlib.closing(store):
        memos = store.history()
    if source is not None:
        names = {memo.source for memo in memos}
        memos = [memo for memo in memos if memo.source == source]
        if not memos:
            known = ", ".join(sorted(names)[:5]) or "none at all"
            raise UsageError(
                source, f"no run of it in {without_secrets(state)}", advice=f"there are: {known}"
            )
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(memos), indent=2)
        write_stdout([escape_harmful(text), b"\n"])
    else:
        _show(memos)
    return 0


def _outcome(memo: Memo) -> str:
    if memo.outcome != "ok":
        return memo.outcome
    if not memo.delivered:
        return "not delivered"
    return "not modified" if memo.not_modified else "ok"


def _show(memos: Sequence[Memo]) -> None:
    """Print *memos* on standard output for people to read."""
    # Whoever looks for a run looks for its time: names may be folded, it may not.
    at = Column("at (UTC)", no_wrap=True)
    outcome = Column("outcome", min_width=len("delivered"))
    table = Table("run", at, "source", outcome, box=None, pad_edge=False)
    for name in _NUMBERS:
        table.add_column(name, justify="right")
    for memo in memos:
        table.add_row(
            str(memo.run),
            f"{memo.at:%Y-%m-%d %H:%M:%S}",
            Text(printable(memo.source), overflow="fold"),
            _outcome(memo),
            *(str(getattr(memo, name)) for name in _NUMBERS),
        )
    Console(highlight=False).print(table)
