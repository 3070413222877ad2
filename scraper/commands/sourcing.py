"""Options that say where pages come from, the same for every command that has them."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["replay_option", "seeds_option", "url_option"]

url_option = click.option("--url", metavar="URL", help="Address of the saved page that is named.")

replay_option = click.option(
    "--replay",
    metavar="[DIR]",
    is_flag=False,
    flag_value="fixtures",
    type=click.Path(path_type=Path),
    help="Read addresses from the pages saved in DIR (fixtures), never from the network.",
)

seeds_option = click.option(
    "--seeds",
    metavar="DIR",
    default="seeds",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Look for seeds in DIR.",
)
