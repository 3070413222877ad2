"""What somebody does with a page: opens it, says what is wrong, tries a seed, saves it."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import msgspec

from scraper.errors import BugError, ScrapeError, UsageError
from scraper.exporters.atomic import write_whole
from scraper.learning.seed_file import seed_name, write_seed
from scraper.models import Page, Source
from scraper.pipeline import Fetcher
from scraper.seeds import parse_seed
from scraper.serving.study import Errand, Study
from scraper.urls import is_address, without_secrets
from scraper.workers import ParserPool

__all__ = ["Case", "Desk"]

# Pages that are kept in memory, the oldest going first.
_MOST_CASES = 8


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A page that is being looked at."""

    number: int
    source: Source
    page: Page
    study: Study
    #: The text of its seed, as it would be saved.
    seed: str
    #: What was done last, or what went wrong.
    note: str | None = None
    fault: str | None = None


class Desk:
    """Keeps the pages that are being looked at; safe in threads."""

    def __init__(self, fetcher: Fetcher, pool: ParserPool, *, seeds: Path) -> None:
        self._fetcher = fetcher
        self._pool = pool
        self._seeds = seeds
        self._cases: OrderedDict[int, Case] = OrderedDict()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def find(self, number: int) -> Case | None:
        """Return a page that is still kept."""
        with self._lock:
            return self._cases.get(number)

    def open_address(self, url: str) -> Case:
        """Fetch a page and read it, or raise a ScrapeError."""
        url = url.strip()
        if not is_address(url):
            advice = "addresses begin with https:// or http://"
            raise UsageError("address", f'not an address: "{without_secrets(url)}"', advice=advice)
        source = Source(name=seed_name(without_secrets(url)), url=url)
        return self._open(source, self._fetcher.fetch(source))

    def open_body(self, body: bytes, *, name: str, url: str | None = None) -> Case:
        """Read a saved page, or raise a ScrapeError; *url* is its address, where it is known."""
        url = (url or "").strip() or None
        if url is not None and not is_address(url):
            advice = "addresses begin with https:// or http://; leave it out if you do not know it"
            raise UsageError("address", f'not an address: "{without_secrets(url)}"', advice=advice)
        source = Source(name=seed_name(without_secrets(url or name)), url=url)
        return self._open(source, Page(url=url, body=body))

    def learn(self, case: Case, title: str) -> Case:
        """Return *case* with the list that has an entry called *title*."""
        title = " ".join(title.split())
        if not title:
            return self._failed(case, "click the headline of an entry first, or type it")
        known = {**_as_dict(case.source), "fields": None, "title": title}
        try:
            found = self._study(case.page, Errand(**known))
        except ScrapeError as error:
            return self._failed(case, error.explanation)
        lesson = found.lesson
        if lesson is None:
            raise BugError(case.source.name, "nothing was learnt and nobody said why")
        source = msgspec.structs.replace(case.source, fields=lesson.fields)
        note = f"Learnt: {lesson.agreement}."
        seed = write_seed(source, lesson)
        return self._keep(
            msgspec.structs.replace(
                case, source=source, study=found, seed=seed, note=note, fault=None
            )
        )

    def try_seed(self, case: Case, text: str) -> Case:
        """Return *case* as the seed *text* has it."""
        case = msgspec.structs.replace(case, seed=text)
        try:
            source = parse_seed(text, place="seed")
            page = case.page
            if page.url is None:
                page = msgspec.structs.replace(page, url=source.url)
            found = self._study(page, source)
        except ScrapeError as error:
            return self._failed(case, str(error))
        changed = msgspec.structs.replace(
            case, source=source, page=page, study=found, note="Read by this seed.", fault=None
        )
        return self._keep(changed)

    def save(self, case: Case, text: str, *, overwrite: bool) -> Case:
        """Return *case* after writing the seed *text* among the other seeds."""
        case = msgspec.structs.replace(case, seed=text)
        try:
            source = parse_seed(text, place="seed")
            path = self._seeds / f"{source.name}.toml"
            if path.exists() and not overwrite:
                advice = "change its name, or choose to write over it"
                raise UsageError(str(path), "there is such a seed", advice=advice)
            self._seeds.mkdir(exist_ok=True)
            write_whole(path, [text.encode()])
        except ScrapeError as error:
            return self._failed(case, str(error))
        except OSError as error:
            return self._failed(case, f"{self._seeds}: cannot be written: {error.strerror}")
        note = f"Saved as {path}. Run it: scrape {source.name} --out items.json"
        return self._keep(msgspec.structs.replace(case, note=note, fault=None))

    def _open(self, source: Source, page: Page) -> Case:
        found = self._study(page, source)
        number = next(self._numbers)
        seed = write_seed(source, None)
        return self._keep(Case(number=number, source=source, page=page, study=found, seed=seed))

    def _study(self, page: Page, source: Source) -> Study:
        found = self._pool.parse(page, source=source)
        if not isinstance(found, Study):
            raise BugError(source.name, "the page was read and not shown")
        return found

    def _failed(self, case: Case, fault: str) -> Case:
        return self._keep(msgspec.structs.replace(case, note=None, fault=fault))

    def _keep(self, case: Case) -> Case:
        with self._lock:
            self._cases[case.number] = case
            self._cases.move_to_end(case.number)
            while len(self._cases) > _MOST_CASES:
                self._cases.popitem(last=False)
        return case


def _as_dict(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in Source.__struct_fields__}
