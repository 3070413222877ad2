#!/usr/bin/env python3
"""Scrapy on the hosts of loopback.py; started by fetch.py in an environment that has Scrapy.

    rival_spider.py ADDRESSES OUT [--extract] [--robots]

ADDRESSES is a file with one a line. Without --extract pages are only fetched. The selectors are
those that somebody who knows these very pages would write.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response


class NewsSpider(scrapy.Spider):
    """Asks for every address, and reads the entries where it is told to."""

    name = "news"
    addresses: list[str]
    extract: bool

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for every address."""
        for address in self.addresses:
            yield scrapy.Request(address)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield the entries of a page."""
        if not self.extract:
            return
        for entry in response.css(".entry"):
            link = entry.css("h2 a, h3 a, td.title a")
            yield {
                "title": link.css("::text").get(),
                "url": response.urljoin(link.attrib["href"]),
                "date": entry.css("time::text, .date::text, .card-date::text").get(),
                "summary": entry.css("p.teaser__text::text, p.card-text::text, p::text").get(),
                "category": entry.css(
                    ".teaser__kicker::text, .type::text, .kind::text, .badge::text"
                ).get(),
                "page_url": response.url,
            }


def main() -> None:
    """Run the spider to its end."""
    addresses, out, *options = sys.argv[1:]
    settings: dict[str, Any] = {
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": "--robots" in options,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }
    if "--extract" in options:
        settings["FEEDS"] = {out: {"format": "json", "overwrite": True}}
    process = CrawlerProcess(settings)
    lines = Path(addresses).read_text("ascii").split()
    process.crawl(NewsSpider, addresses=lines, extract="--extract" in options)
    process.start()


if __name__ == "__main__":
    main()
