"""``scrape serve``: see in a browser what a page lists, and steer it."""

from __future__ import annotations

import webbrowser
from importlib.util import find_spec
from pathlib import Path

import click

from scraper.commands.fetching import open_fetcher
from scraper.commands.sourcing import replay_option
from scraper.errors import UsageError
from scraper.reporting import say
from scraper.workers import ParserPool

__all__ = ["command"]

_HELP = """Show in a browser what a page lists, and let it be steered.

Paste an address or drop a file, see the page with its entries marked beside the records, click a
headline of the list that is meant, and save what was learnt as a seed.

It is for this computer alone: other computers cannot reach it, and the address has a secret. Needs
the extra "serve". Ctrl-C ends it.

\b
Exit codes:
  2  the command is wrong, or the extra is not installed
  130, 143  interrupted, terminated: the regular ends
"""

#: Learning from a long page takes up to a few seconds.
_STUDY_S = 60.0


@click.command("serve", help=_HELP)
@click.option(
    "--port",
    metavar="N",
    default=0,
    type=click.IntRange(0, 65535),
    help="Listen at port N; without it, at any that is free.",
)
@click.option(
    "--seeds",
    metavar="DIR",
    default="seeds",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Save seeds in DIR.",
)
@replay_option
@click.option("--open", "open_it", is_flag=True, help="Open it in a browser.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(*, port: int, seeds: Path, replay: Path | None, open_it: bool) -> int:
    """Serve until interrupted."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        advice = "pip install 'scraper[serve]'"
        raise UsageError("scrape serve", "the extra that serves is not installed", advice=advice)
    from scraper.serving.desk import Desk
    from scraper.serving.server import serve
    from scraper.serving.study import study

    def ready(address: str) -> None:
        say(f"serving at {address} (Ctrl-C ends it)")
        if open_it:
            webbrowser.open(address)

    with open_fetcher(replay) as fetcher, ParserPool(study, parse_s=_STUDY_S) as pool:
        pool.start()
        serve(Desk(fetcher, pool, seeds=seeds), port=port, ready=ready)
    return 0
