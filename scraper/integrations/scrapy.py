"""Listings in Scrapy (extra ``scraper[scrapy]``): a spider, and records that its pipelines know."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, NoReturn

import ada_url
import msgspec
from itemadapter import ItemAdapter
from itemadapter.adapter import AdapterInterface
from scrapy import Request, Spider
from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from scraper.errors import ScrapeError, UsageError
from scraper.models import Item, Page, Source
from scraper.paging_run import Step, Trail, is_older
from scraper.parsers import extract
from scraper.urls import without_secrets

__all__ = ["ListingSpider", "RecordAdapter", "register_records"]

# Feed exports write a time as text without its offset, unless a field says how it is written.
_FIELD_META: MappingProxyType[str, Any] = MappingProxyType({"serializer": msgspec.to_builtins})


class RecordAdapter(AdapterInterface):
    """Lets `itemadapter.ItemAdapter` read an `Item`: every field is there, null ones are None.

    A record is frozen, so that a pipeline that changes one returns another:
    ``msgspec.structs.replace(item, category="news")``. Setting a field raises TypeError.
    """

    item: Item

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        """Tell whether *item_class* is that of records."""
        return issubclass(item_class, Item)

    @classmethod
    def get_field_meta_from_class(
        cls,
        item_class: type,  # noqa: ARG003 - there is one
        field_name: str,
    ) -> MappingProxyType[str, Any]:
        """Return how a field is written in a feed: as everywhere else in this package."""
        if field_name not in Item.__struct_fields__:
            raise KeyError(field_name)
        return _FIELD_META

    @classmethod
    def get_field_names_from_class(
        cls,
        item_class: type,  # noqa: ARG003 - there is one
    ) -> list[str]:
        """Return the fields of a record, in order."""
        return list(Item.__struct_fields__)

    def __getitem__(self, field_name: str) -> Any:
        if field_name not in Item.__struct_fields__:
            raise KeyError(field_name)
        return getattr(self.item, field_name)

    def __setitem__(self, field_name: str, value: Any) -> NoReturn:
        raise TypeError("a record is frozen: return msgspec.structs.replace(item, …) instead")

    def __delitem__(self, field_name: str) -> NoReturn:
        raise TypeError("a record is frozen: return msgspec.structs.replace(item, …) instead")

    def __iter__(self) -> Iterator[str]:
        return iter(Item.__struct_fields__)

    def __len__(self) -> int:
        return len(Item.__struct_fields__)


def register_records() -> None:
    """Have Scrapy take an `Item` for an item; once or often.

    `ListingSpider` calls it. A spider of your own that yields what `extract` returns does so before
    it yields any.

    >>> register_records()
    >>> ItemAdapter(Item(title="Bridge reopens", position=1, id="a1"))["title"]
    'Bridge reopens'
    """
    if RecordAdapter not in ItemAdapter.ADAPTER_CLASSES:
        ItemAdapter.ADAPTER_CLASSES = deque((RecordAdapter, *ItemAdapter.ADAPTER_CLASSES))


class ListingSpider(Spider):
    """Yields a record for each entry of the listings at ``start_urls``.

    ::

        class CityNews(ListingSpider):
            name = "city-news"
            start_urls = ["https://city.example/news"]
            pages = 3

    A listing is followed over up to *pages* pages of the same host, by the rules of
    :func:`scraper.scrape`; entries older than *since* are left out. Both can be arguments of the
    spider (``-a pages=3``), and so can *url*, another address to start from. Requests are Scrapy's:
    its robots.txt, delays and retries hold.

    Nothing that goes wrong with a page ends the crawl. It is logged, and counted as
    ``listing/errors/<class>``: ``no-items``, ``parse``, or ``fetch`` where no page came. Pages and
    warnings are counted as ``listing/pages`` and ``listing/warnings``.
    """

    name = "listings"
    #: Up to so many pages of each listing.
    pages: int = 1
    #: The first day that counts.
    since: date | None = None

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        url = arguments.pop("url", None)
        super().__init__(name, **arguments)
        if url is not None:
            self.start_urls = [*self.start_urls, url]
        self.pages = _count(self.pages)
        self.since = _day(self.since)
        register_records()

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for the first page of each listing."""
        for url in self.start_urls:
            yield Request(url, dont_filter=True, errback=self.miss)

    def parse(self, response: Response, trail: Trail | None = None) -> Iterator[Item | Request]:
        """Yield the records of a page, and the request for the next one.

        *trail* is what the pages before it listed. A subclass that wants other items makes them of
        what this yields.
        """
        told = 0 if trail is None else len(trail.warnings)
        try:
            step = self._read(response)
        except ScrapeError as error:
            self._tell_error(error.kind, str(error))
            return
        if trail is not None:
            trail.add(step)
        else:
            trail = Trail(Source(name=self.name, url=response.url), step)
            if (reason := step.listing.no_items) is not None:
                self._tell_error(reason.kind, str(reason))
        yield from (item for item in trail.new_items if not self._is_too_old(item))
        goes_on = trail.goes_on(self.pages, self.since)
        for warning in trail.warnings[told:]:
            self._tell_warning(response.url, warning)
        if goes_on and trail.next_url is not None:
            yield from self._follow(response, trail, trail.next_url)

    def miss(self, failure: Any) -> None:
        """Tell that no page came for the request of *failure* (Twisted's)."""
        request: Request = failure.request
        self._tell_error("fetch", f"{request.url}: no page: {failure.getErrorMessage()}")
        if "trail" in request.cb_kwargs:
            self._tell_warning(request.url, "the listing is cut off before this page")

    def _read(self, response: Response) -> Step:
        fetched_at = _fetched_at(response)
        encoding = http_content_type_encoding(
            (response.headers.get("Content-Type") or b"").decode("latin-1")
        )
        listing = extract(response.body, url=response.url, fetched_at=fetched_at, encoding=encoding)
        items = tuple(msgspec.structs.replace(one, source=self.name) for one in listing.items)
        page = Page(url=response.url, body=b"", fetched_at=fetched_at, encoding=encoding)
        self._count("pages")
        return Step(page, msgspec.structs.replace(listing, items=items))

    def _follow(self, response: Response, trail: Trail, url: str) -> Iterator[Request]:
        # A feed may say that its next page is at a host that only we can reach.
        if _host(url) != _host(response.url):
            self._tell_warning(response.url, f"the next page is on another host: {url}")
            return
        yield Request(
            url,
            callback=self.parse,
            errback=self.miss,
            cb_kwargs={"trail": trail},
            dont_filter=True,
        )

    def _is_too_old(self, item: Item) -> bool:
        return self.since is not None and is_older(item, self.since)

    def _tell_error(self, kind: str, message: str) -> None:
        self._count(f"errors/{kind}")
        self.logger.error("%s", without_secrets(message))

    def _tell_warning(self, url: str, warning: str) -> None:
        self._count("warnings")
        self.logger.warning("%s", without_secrets(f"{url}: {warning}"))

    def _count(self, what: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"listing/{what}")


def _fetched_at(response: Response) -> datetime | None:
    """Return when the page came: for one out of Scrapy's cache, when its server sent it."""
    if "cached" not in response.flags:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        sent = parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1"))
    except ValueError:
        return None
    return sent.astimezone(UTC) if sent.tzinfo else sent.replace(tzinfo=UTC)


def _host(url: str) -> str:
    """Return the host, with its port where that is not the usual one.

    >>> _host("http://www.city.example/news") == _host("https://city.example:443/")
    True
    """
    return str(ada_url.URL(url).host).removeprefix("www.")


def _count(pages: Any) -> int:
    try:
        count = int(pages)
    except ValueError:
        count = 0
    if count < 1:
        raise UsageError("pages", f'not a number of pages: "{pages}"', advice="write pages=3")
    return count


def _day(since: Any) -> date | None:
    try:
        return since if since is None or isinstance(since, date) else date.fromisoformat(since)
    except ValueError:
        raise UsageError("since", f'not a day such as 2024-03-01: "{since}"') from None
