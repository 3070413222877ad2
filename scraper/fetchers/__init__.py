"""Ways to get a page: the web, a saved page, standard input, a folder of fixtures."""

from scraper.fetchers.file import FileFetcher, StdinFetcher
from scraper.fetchers.http import HttpFetcher
from scraper.fetchers.replay import RecordingFetcher, ReplayFetcher
from scraper.fetchers.routing import RoutingFetcher

__all__ = [
    "FileFetcher",
    "HttpFetcher",
    "RecordingFetcher",
    "ReplayFetcher",
    "RoutingFetcher",
    "StdinFetcher",
]
