"""``scrape``: from targets to records."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import click

from scraper.commands.hinting import hint_options
from scraper.commands.options import RunOptions
from scraper.commands.run import run
from scraper.commands.sourcing import seeds_option, url_option
from scraper.fetchers.limits import CONTACT, DELAY_S, WHOLE_S
from scraper.following import MOST_ARTICLES
from scraper.messages import SECRET
from scraper.outbox import TIME
from scraper.paging_run import MOST_PAGES
from scraper.state import STATE

__all__ = ["command"]

_HELP = """Turn pages that list news, posts, notices or decisions into one record an entry.

TARGET is an address, a saved page, an archive or a folder of them, the name of a seed, or - for
standard input; without one all seeds are run. Without --out the records are a table on a
terminal, and JSON elsewhere.

\b
Examples:
  scrape --out items.json                            all seeds
  scrape https://example.org/news --out items.csv
  scrape page.html --url https://example.org/news --out - | head
  scrape nato-weekly-digest --replay --out items.json --out items.csv
  scrape https://example.org/news --record fixtures && scrape check
  scrape https://example.org/news --since 2024-03-01 --out items.json
  scrape https://example.org/news --new --out 'new-{time}.json'
  scrape watch https://example.org/news --every 15m --out news.sqlite

\b
Commands:
  scrape watch [TARGET]...  run again and again, for what is new
  scrape check [DIR]  compare what saved pages list with what is expected
  scrape log [SOURCE] tell how remembered runs went
  scrape inspect TARGET  show why a page gives the records that it gives
  scrape learn TARGET  write a seed with selectors learnt from a page
  scrape serve        see pages in a browser, and steer how they are read
  (a saved page or a folder of that name is ./check, ./log and so on)

\b
Exit codes:
  0  every source worked             5  pages came, none lists anything
  1  a fault of this program         6  output or state not written
  2  the command or a seed is wrong  7  every page is forbidden
  3  some sources failed or were held, the rest is written
  4  all sources failed or were held 130, 143  interrupted, terminated

After 1, 2, 4, 5, 6 and 7 an older output is as it was; an interrupted run writes the sources
that were finished. A reader of standard output that leaves early (| head) is no failure.
"""


def _finite(_: click.Context, __: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter("not a number of seconds")
    return value


def _header(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None or (value.strip() and value.isascii() and value.isprintable()):
        return value
    raise click.BadParameter("cannot be sent as a header")


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f'not a day such as 2024-03-01: "{value}"') from None


@click.command("scrape", help=_HELP)
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option(
    "--out",
    metavar="FILE",
    multiple=True,
    help="Write the records to FILE, in the format of its suffix (.json, .jsonl, .csv, .parquet, "
    f".sqlite, .rss, .atom, .feed.json), {TIME} in its name being the time; - is standard output, "
    "as JSON, and -.csv as CSV. May be given several times.",
)
@click.option(
    "--replay",
    metavar="[DIR]",
    is_flag=False,
    flag_value="fixtures",
    type=click.Path(path_type=Path),
    help="Read addresses from the pages saved in DIR (fixtures), or in an archive such as "
    "run.warc.gz, never from the network.",
)
@click.option(
    "--record",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep what is fetched in DIR, to be replayed, or in an archive such as run.warc.gz.",
)
@url_option
@seeds_option
@hint_options
@click.option("--new", is_flag=True, help="Write only entries that no run with it wrote before.")
@click.option(
    "--changes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write what was added, changed, moved and removed since the last run to FILE, as JSON "
    "Lines or CSV.",
)
@click.option(
    "--state",
    metavar="STATE",
    help="Remember in STATE, a file or postgresql://user@host/database, what was seen and written; "
    f"with --new and --changes that is {STATE} unless named.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="Take sources that are held, as their entries are suddenly nearly all new or lack what "
    "they had, and begin anew where the state is damaged.",
)
@click.option(
    "--webhook",
    metavar="URL",
    help=f"Post what --new finds to URL as JSON, signed with the secret in {SECRET}.",
)
@click.option(
    "--since",
    metavar="DATE",
    callback=_day,
    help="Leave out entries older than DATE (2024-03-01), and read on for newer ones, "
    f"up to {MOST_PAGES} pages of a listing unless --pages says how many.",
)
@click.option(
    "--pages",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Read up to N pages of a listing (1).",
)
@click.option(
    "--jobs",
    metavar="N",
    default=8,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Work on N sources at once, with at most N requests in flight. One that keeps us waiting "
    "for more than 1.5 seconds lets another begin.",
)
@click.option(
    "--delay",
    metavar="S",
    default=DELAY_S,
    show_default=True,
    type=click.FloatRange(0, 3600),
    callback=_finite,
    help="Leave S seconds between two requests to a host; more where its robots.txt says so.",
)
@click.option(
    "--timeout",
    metavar="S",
    default=WHOLE_S,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    callback=_finite,
    help="Give up a request after S seconds in all.",
)
@click.option(
    "--contact",
    metavar="URL",
    default=CONTACT,
    callback=_header,
    help="Tell servers with each request where to ask about it: a page, or mailto: you.",
)
@click.option(
    "--user-agent",
    metavar="TEXT",
    callback=_header,
    help="Call this program TEXT to servers, and by its first word in robots.txt.",
)
@click.option(
    "--proxy-from-env", is_flag=True, help="Use the proxies that http_proxy and the like name."
)
@click.option(
    "--render",
    is_flag=True,
    help="Run the scripts of pages from the web, not of saved ones, in the Chromium that is "
    'installed, for up to as long again. Needs the extra "browser".',
)
@click.option(
    "--follow",
    is_flag=True,
    help="Read the entries' own pages, too, to fill dates, summaries and authors that the listing "
    'leaves open. Needs the extra "follow".',
)
@click.option(
    "--articles",
    metavar="N",
    type=click.IntRange(1, 5000),
    help=f"Follow up to N entries of a source ({MOST_ARTICLES}).",
)
@click.option(
    "--full-text",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the texts of the pages that were followed to FILE, as JSON Lines; their id is that "
    "of the record.",
)
@click.option(
    "--ignore-robots", is_flag=True, help="Fetch what robots.txt forbids, too, at your risk."
)
@click.option("--insecure", is_flag=True, help="Believe any server's certificate, at your risk.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write how each source went to FILE, as JSON.",
)
@click.option("--allow-empty", is_flag=True, help="Take a page that lists nothing for a success.")
@click.option("--raw-csv", is_flag=True, help="Leave cells that a spreadsheet would run in CSV.")
@click.option("--no-progress", is_flag=True, help="Show no progress bar.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more of each source.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(package_name="scraper", message="%(prog)s %(version)s")
def command(**options: Any) -> int:
    """Turn pages into records: the main command."""
    return run(RunOptions(**options))
