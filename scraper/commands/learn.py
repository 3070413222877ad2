"""``scrape learn``: write a seed with selectors that were learnt from a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from scraper.commands.fetching import open_fetcher
from scraper.commands.hinting import hint_options, with_hints
from scraper.commands.sourcing import replay_option, seeds_option, url_option
from scraper.diagnosis import name_absence
from scraper.errors import BugError, NoItems, UsageError
from scraper.exporters.atomic import resolve_target, write_stdout, write_whole
from scraper.learning import Checked, Lesson, Lessons, check_lesson, learn_lessons, write_seed
from scraper.learning.seed_file import seed_name
from scraper.models import Page, Source
from scraper.reporting import say
from scraper.seeds import is_seed_name
from scraper.targets import resolve_targets
from scraper.urls import is_address
from scraper.workers import ParserPool

__all__ = ["command"]

_HELP = """Write a seed with selectors that are learnt from a page and checked against it.

TARGET is an address, a saved page, the name of a seed, or - for standard input. The selectors give
the records that the page has without them; with --title, the list that has this headline. Nothing
is written where no short selectors do. Without --out the seed goes to standard output.

\b
Examples:
  scrape learn https://example.org/news --out seeds/example.toml
  scrape learn page.html --url https://example.org/news --title "Bridge reopens"
  scrape learn page.html --url https://example.org/news --like older-page.html

\b
Exit codes:
  0  written
  2  the command is wrong, or there is such a file already
  5  the page lists nothing, or no selectors give what it lists
  others as of scrape
"""

#: Trying selectors takes up to a few seconds on a long page.
_LEARN_S = 60.0


@click.command("learn", help=_HELP)
@click.argument("target", metavar="TARGET")
@click.option("--title", metavar="TEXT", help="Learn the list that has an entry called TEXT.")
@click.option(
    "--like",
    metavar="PAGE",
    multiple=True,
    help="Check the selectors on PAGE, too: another page, or an older copy, of the same listing. "
    "May be given several times.",
)
@click.option("--out", metavar="FILE", help="Write the seed to FILE (.toml); - is standard output.")
@click.option("--force", is_flag=True, help="Write over a seed that is there.")
@url_option
@replay_option
@seeds_option
@hint_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def command(
    target: str,
    *,
    title: str | None,
    like: Sequence[str],
    out: str | None,
    force: bool,
    url: str | None,
    replay: Path | None,
    seeds: Path,
    quiet: bool,
    **hints: Any,
) -> int:
    """Learn one seed."""
    path = _check_output(out, force=force)
    source = with_hints([_resolve(target, seeds, url)], **hints)[0]
    others = with_hints([_resolve(one, seeds, None) for one in like], **hints)
    with open_fetcher(replay) as fetcher:
        page = fetcher.fetch(source)
        source = _named(source, page, path)
        pages = [(one, _at(source.url, fetcher.fetch(one))) for one in others]
        lesson = _learn(page, source, title, pages)
    text = write_seed(source, lesson).encode()
    if path is None:
        write_stdout([text])
    else:
        write_whole(path, [text])
    if not quiet:
        say(f"{source.name}: {lesson.agreement} → {path or 'standard output'}")
    return 0


def _check_output(out: str | None, *, force: bool) -> Path | None:
    if out is None or out == "-":
        return None
    path = Path(out)
    if path.suffix != ".toml":
        raise UsageError(out or '""', "a seed is a TOML file", advice="end its name in .toml")
    if path.exists() and not force:
        raise UsageError(out, "there is such a seed", advice="name another file, or add --force")
    resolve_target(path)
    return path


def _resolve(target: str, seeds: Path, url: str | None) -> Source:
    sources = resolve_targets([target], seeds_folder=seeds, url=url)
    if len(sources) != 1:
        raise UsageError(target, f"holds {len(sources)} pages", advice="name one of them")
    return sources[0]


def _named(source: Source, page: Page, path: Path | None) -> Source:
    """Return *source* as a seed has it: with a name, and the address of its page."""
    url = source.url or page.url
    if url is None or not is_address(url):
        what = "nobody knows the address of this page, which a seed needs"
        raise UsageError(source.name, what, advice="name it with --url")
    name = source.name if source.path is None and is_seed_name(source.name) else None
    if path is not None and is_seed_name(path.stem):
        name = path.stem
    return msgspec.structs.replace(source, name=name or seed_name(url), url=url, path=None)


def _at(url: str | None, page: Page) -> Page:
    """Return *page*, at *url* where nobody knows its address: it is of the same listing."""
    return page if page.url is not None else msgspec.structs.replace(page, url=url)


def _learn(
    page: Page, source: Source, title: str | None, others: Sequence[tuple[Source, Page]]
) -> Lesson:
    """Return the first of the lessons that does well on all pages."""
    with ParserPool(partial(learn_lessons, title=title), parse_s=_LEARN_S) as pool:
        learnt = pool.parse(page, source=source)
    if not isinstance(learnt, Lessons):
        raise BugError(source.name, "the page was read and nothing was learnt")
    if not learnt.items:
        raise _nothing(page, learnt, source, title)
    good = [one for one in learnt.lessons if one.agreement.is_close]
    if not good:
        best = f": at best {learnt.lessons[0].agreement}" if learnt.lessons else ""
        raise _refusal(source.name, f"no short selectors give what the page lists{best}")
    with ParserPool(check_lesson, parse_s=_LEARN_S) as pool:
        faults = [next(_faults(pool, lesson, others), None) for lesson in good]
    for lesson, fault in zip(good, faults, strict=True):
        if fault is None:
            return lesson
    raise faults[0] or _refusal(source.name, "no selectors do well on all pages")


def _faults(
    pool: ParserPool, lesson: Lesson, others: Sequence[tuple[Source, Page]]
) -> Iterator[NoItems]:
    for source, page in others:
        with_fields = msgspec.structs.replace(source, fields=lesson.fields)
        checked = pool.parse(page, source=with_fields)
        if isinstance(checked, Checked) and not checked.agreement.is_close:
            what = f"the selectors do not fit this page: they give {checked.agreement}"
            yield _refusal(source.name, what)


def _nothing(page: Page, learnt: Lessons, source: Source, title: str | None) -> NoItems:
    if title is None:
        return name_absence(page, learnt, source=source)
    what = f'"{title}" is not on this page'
    advice = "copy the headline of an entry as the page has it"
    return NoItems("--title", what, category="unrecognised", advice=advice)


def _refusal(subject: str, message: str) -> NoItems:
    advice = "name the part with --within, or a headline with --title, or write the seed by hand"
    return NoItems(subject, message, category="unrecognised", advice=advice)
