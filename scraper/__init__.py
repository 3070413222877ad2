"""Turn any page that lists news, press releases, posts, notices or decisions into records."""

from scraper.errors import NoItems, ScrapeError
from scraper.models import Article, Hints, Item, Listing, Page, Result, Selectors, Source
from scraper.parsers import extract
from scraper.parsers.explaining import Explanation, explain
from scraper.pipeline import scrape

__all__ = [
    "Article",
    "Explanation",
    "Hints",
    "Item",
    "Listing",
    "NoItems",
    "Page",
    "Result",
    "ScrapeError",
    "Selectors",
    "Source",
    "explain",
    "extract",
    "scrape",
]
