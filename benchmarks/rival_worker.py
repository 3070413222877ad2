"""Other people's extractors, each asked in its own environment.

    <python of the rival> benchmarks/rival_worker.py NAME

reads pages from standard input, a JSON object a line, and answers each with a line: ``records``,
``seconds`` and, where the rival raised, ``error``. Needs nothing but the rival: it is run where
this project is not installed.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NamedTuple
from urllib.parse import urljoin

__all__ = ["RIVALS", "Rival"]

Records = list[dict[str, Any]]


class Rival(NamedTuple):
    """An extractor that can be installed, and how it is asked."""

    #: Of its distribution.
    name: str
    #: What it is told other than the page, and what it is.
    note: str
    #: Takes the page: ``html`` (text), ``url`` and two right ``answers``.
    read: Callable[[dict[str, Any]], Records]
    #: What has to be installed with it, and it does not say.
    needs: tuple[str, ...] = ()


def read_newsworker(page: dict[str, Any]) -> Records:
    """Ask its date-driven extractor."""
    from newsworker.extractor import FeedExtractor

    feed, _ = FeedExtractor(debug=False).get_feed(page["url"], data=page["html"])
    return [
        {
            "title": item.get("title"),
            "url": item.get("link"),
            "date": item["pubdate"].date().isoformat() if item.get("pubdate") else None,
            # It repeats the title where it finds no description.
            "summary": item["description"] if item["description"] != item["title"] else None,
        }
        for item in feed["items"]
    ]


def read_newsatlas(page: dict[str, Any]) -> Records:
    """Ask its reader of list pages."""
    from newsatlas import NewsAtlas

    items = NewsAtlas().parse_list(page["html"], base_url=page["url"])
    return [
        {"title": item.title, "url": item.url, "date": (item.publish_time or "")[:10] or None}
        for item in items
    ]


def read_gerapy(page: dict[str, Any]) -> Records:
    """Ask its list extractor."""
    from gerapy_auto_extractor import extract_list

    items = extract_list(page["html"], base_url=page["url"]) or []
    return [{"title": item["title"], "url": item["url"]} for item in items]


def read_newspaper(page: dict[str, Any]) -> Records:
    """Ask its filter of addresses for every link of the page."""
    from lxml import html
    from newspaper.urls import valid_url

    records: dict[str, str] = {}
    root = html.fromstring(page["html"].encode(), parser=html.HTMLParser(encoding="utf-8"))
    for link in root.iter("a"):
        url = urljoin(page["url"], link.get("href") or "")
        text = " ".join(link.text_content().split())
        # A picture and a headline often share an address.
        if valid_url(url) and len(text) >= len(records.get(url, "")):
            records[url] = text
    return [{"title": title, "url": url} for url, title in records.items()]


def read_autoscraper(page: dict[str, Any]) -> Records:
    """Have it learn from two answers, and read the rest of the same page."""
    from autoscraper import AutoScraper

    wanted = {key: [one[key] for one in page["answers"]] for key in ("title", "url")}
    learner = AutoScraper()
    learner.build(html=page["html"], url=page["url"], wanted_dict=wanted)
    found = learner.get_result_similar(
        html=page["html"], url=page["url"], group_by_alias=True, keep_order=True, unique=True
    )
    titles, urls = found.get("title", []), found.get("url", [])
    # It gives columns; they are of the same entries only where they are as long.
    paired = titles if len(titles) == len(urls) else [None] * len(urls)
    return [
        {"title": title, "url": urljoin(page["url"], url)}
        for title, url in zip(paired, urls, strict=True)
    ]


RIVALS = (
    Rival("newsworker", "", read_newsworker),
    # lxml gave its cleaner away in 5.2.
    Rival("NewsAtlas", "", read_newsatlas, ("lxml_html_clean",)),
    Rival("gerapy-auto-extractor", "", read_gerapy),
    Rival("newspaper4k", "its filter of addresses, over all links", read_newspaper),
    Rival(
        "autoscraper",
        "told two right answers of each page",
        read_autoscraper,
        # From 4.13 on an empty class no longer matches a missing one, and no rule finds anything.
        ("beautifulsoup4<4.13",),
    ),
)


def answer(rival: Rival, page: dict[str, Any]) -> dict[str, Any]:
    """Return what *rival* says of *page*, and how long it takes."""
    begun = time.perf_counter()
    error = None
    try:
        records = rival.read(page)
    except Exception as problem:  # its faults are its answers
        records, error = [], re.sub(r"\s+", " ", f"{type(problem).__name__}: {problem}")[:200]
    return {"records": records, "seconds": time.perf_counter() - begun, "error": error}


def main() -> None:
    """Answer until the input ends."""
    (rival,) = (one for one in RIVALS if one.name == sys.argv[1])
    # What a rival prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps({"version": version(rival.name)}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(rival, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
