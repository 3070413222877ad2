"""Ways to get a page: the web, a saved page, standard input, a folder of fixtures."""

from scraper.fetchers.file import FileFetcher, StdinFetcher
from scraper.fetchers.http import HttpFetcher
from scraper.fetchers.replay import RecordingFetcher, ReplayFetcher
from scraper.fetchers.routing import RoutingFetcher
from scraper.fetchers.session import SessionFetcher

__all__ = [
    "FileFetcher",
    "HttpFetcher",
    "RecordingFetcher",
    "ReplayFetcher",
    "RoutingFetcher",
    "SessionFetcher",
    "StdinFetcher",
]
