"""Sources in, results out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import msgspec

from scraper.crew import Crew
from scraper.diagnosis import name_absence
from scraper.errors import ScrapeError
from scraper.fetchers import HttpFetcher, RecordingFetcher, RoutingFetcher
from scraper.following import MOST_ARTICLES, Followed, check_follow, follow_entries
from scraper.models import Article, Item, Listing, Page, Result, Source
from scraper.nursery import bug_of
from scraper.paging_run import Step, follow_pages, is_older
from scraper.parsers import parse
from scraper.workers import ParserPool

if TYPE_CHECKING:
    from scraper.articles import ArticlePage

__all__ = ["Fetcher", "Run", "scrape"]


class Fetcher(Protocol):
    """Something that can get the page of a source; offline work is just another fetcher.

    With several jobs it is called from several threads.
    """

    def fetch(self, source: Source) -> Page:
        """Return the page, or raise a ScrapeError."""
        ...


def scrape(
    sources: Iterable[Source],
    *,
    fetcher: Fetcher | None = None,
    jobs: int = 1,
    pages: int = 1,
    since: date | None = None,
    articles: int = MOST_ARTICLES,
    full_text: bool = False,
    known: Callable[[Source], Iterable[Item]] | None = None,
) -> Iterator[Result]:
    """Fetch and read each source; yield the results in the order of the sources.

    Without a *fetcher*, addresses come from the web, saved pages from their files and ``-`` from
    standard input; one that is given is left open in the end. With one job a source is read when it
    is asked for; with more, up to *jobs* are worked on at once, ahead of those asked for, and
    *fetcher* is called from threads. Parsing is done in processes of its own, which are ended where
    a page takes too long or too much.

    A listing is followed over up to *pages* pages. Entries older than *since* are left out, and
    pages with nothing but older ones end the listing; entries without a date are kept.

    The entries of a source that is to be followed (``follow``) are filled from their own pages, up
    to the first *articles* of them (:func:`scraper.following.follow_entries`); with *full_text* all
    entries are followed, not only those that lack something. *known* tells which entries of a
    source were followed before; it is called from threads. ``articles`` of the result has what the
    pages say.

    A source that fails is a result like any other, with an ``error``; one that fails in a way
    nobody foresaw has a BugError, and the others go on all the same.
    """
    depth = _Depth(pages, since, articles, full_text, known)
    if jobs == 1:
        with ExitStack() as stack:
            fetcher = fetcher or _make_fetcher(stack, jobs)
            pool = stack.enter_context(ParserPool(read_page))
            for source in sources:
                yield _Visit(source, fetcher, pool).make(depth)
        return
    with Run(sources, fetcher=fetcher, jobs=jobs, **depth._asdict()) as run:
        yield from run


def _make_fetcher(stack: ExitStack, jobs: int) -> Fetcher:
    return RoutingFetcher(web=stack.enter_context(closing(HttpFetcher(most_at_once=jobs))))


class _Depth(NamedTuple):
    """How far a source is read; the names are those of :func:`scrape`."""

    pages: int
    since: date | None
    articles: int
    full_text: bool
    known: Callable[[Source], Iterable[Item]] | None


class Run:
    """A run of :func:`scrape` that can be interrupted without losing what is finished.

    Processes are started at once, while this one may not have any threads yet.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        fetcher: Fetcher | None = None,
        jobs: int,
        pages: int = 1,
        since: date | None = None,
        articles: int = MOST_ARTICLES,
        full_text: bool = False,
        known: Callable[[Source], Iterable[Item]] | None = None,
    ) -> None:
        depth = _Depth(pages, since, articles, full_text, known)
        self._stack = ExitStack()
        worker = fetcher or _make_fetcher(self._stack, jobs)
        self._pool = self._stack.enter_context(ParserPool(read_page))
        self._pool.start()
        self._crew = Crew(
            sources,
            lambda source: _Visit(source, worker, self._pool).make(depth),
            jobs=jobs,
        )

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self._crew.stop()
        self._stack.close()

    def __iter__(self) -> Iterator[Result]:
        """Yield the results, in the order of the sources."""
        return self._crew

    def finished(self) -> list[Result]:
        """End the run; return what is finished and was not yielded, as others go before it."""
        self._crew.stop()
        return self._crew.finished()


def read_page(page: Page, *, source: Source) -> Listing:
    """Return what *page* lists, or why it lists nothing: what is done in another process.

    Of the page of an entry that is what it says of itself.
    """
    if source.article:
        # Its libraries take a third of a second to load, and are an extra.
        from scraper.articles import read_article

        return read_article(page, source=source)
    listing = parse(page, source=source)
    if listing.items:
        return listing
    reason = name_absence(page, listing, source=source)
    return msgspec.structs.replace(listing, no_items=reason)


class _Visit:
    """All that is done for one source."""

    def __init__(self, source: Source, fetcher: Fetcher, pool: ParserPool) -> None:
        self._source = source
        self._fetcher = fetcher
        self._pool = pool
        self._first: Page | None = None
        self._pages = 0
        self._bytes = 0
        self._tries = 0
        self._not_modified = False

    def make(self, depth: _Depth) -> Result:
        """Return how it went."""
        began = time.monotonic()
        listing: Listing | None = None
        articles: tuple[Article, ...] = ()
        error: ScrapeError | None
        try:
            listing = follow_pages(self._source, self._read, pages=depth.pages, since=depth.since)
            error = listing.no_items
            if self._source.follow and listing.items:
                listing, articles = self._follow(listing, depth)
        except ScrapeError as fault:
            error = fault
        return Result(
            source=self._source,
            listing=listing,
            error=error,
            page=self._first,
            articles=articles,
            pages=self._pages,
            bytes=self._bytes,
            tries=self._tries,
            took_s=time.monotonic() - began,
            not_modified=self._not_modified,
        )

    def _follow(self, listing: Listing, depth: _Depth) -> Followed:
        """Return *listing* filled from the pages of its entries, and these."""
        check_follow(self._source.name)
        followed = follow_entries(
            listing,
            self._source,
            self._read_article,
            articles=depth.articles,
            full_text=depth.full_text,
            known=depth.known(self._source) if depth.known else (),
        )
        if depth.since is None:
            return followed
        # Only now it is known how old some of them are.
        items = [item for item in followed.listing.items if not is_older(item, depth.since)]
        return followed._replace(
            listing=msgspec.structs.replace(followed.listing, items=tuple(items))
        )

    def _read_article(self, source: Source) -> tuple[Page, ArticlePage]:
        """Return the page of an entry with what it says, or raise a ScrapeError."""
        with _named_bugs(source):
            page = self._fetch(source)
            return page, cast("ArticlePage", self._pool.parse(page, source=source))

    def _read(self, source: Source) -> Step:
        """Return a page with what it lists, or raise a ScrapeError."""
        with _named_bugs(source):
            page = self._fetch(source)
            self._first = self._first or page
            self._pages += 1
            if source.known is not None:
                if page.status == 304:
                    self._not_modified = True
                    return Step(page, source.known.listing)
                # What is known of it would but be carried to the process that reads the page.
                source = msgspec.structs.replace(source, known=None)
            listing = _complete(self._pool.parse(page, source=source), source, page)
            if isinstance(self._fetcher, RecordingFetcher):
                self._fetcher.keep(source, page, listing)
            return Step(page, listing)

    def _fetch(self, source: Source) -> Page:
        try:
            page = self._fetcher.fetch(source)
        except ScrapeError as error:
            self._tries += getattr(error, "tries", 1)
            raise
        self._bytes += len(page.body)
        self._tries += page.tries
        return page


@contextmanager
def _named_bugs(source: Source) -> Iterator[None]:
    """Turn what nobody foresaw into an error of *source*: seen, and not the end of the run."""
    try:
        yield
    except ScrapeError:
        raise
    except Exception as error:
        raise bug_of(source, error) from error


def _complete(listing: Listing, source: Source, page: Page) -> Listing:
    """Return *listing* with all that the run knows and a parser need not."""
    return msgspec.structs.replace(
        listing,
        items=tuple(_attribute(item, source, page) for item in listing.items),
        warnings=listing.warnings + _address_warnings(listing, page),
    )


def _attribute(item: Item, source: Source, page: Page) -> Item:
    """Return *item* with where and when it came from, as far as the parser left that open."""
    if (item.source, item.page_url, item.fetched_at) == (source.name, page.url, page.fetched_at):
        return item
    return msgspec.structs.replace(
        item,
        source=item.source or source.name,
        page_url=item.page_url or page.url,
        fetched_at=item.fetched_at or page.fetched_at,
    )


def _address_warnings(listing: Listing, page: Page) -> tuple[str, ...]:
    """Tell once that links were lost because nobody knows where the page is from."""
    lost = sum(item.url is None for item in listing.items)
    if page.url is not None or not lost:
        return ()
    entries = "1 entry has" if lost == 1 else f"{lost} entries have"
    return (f"{entries} no address, as that of the page is not known: name it with --url",)
