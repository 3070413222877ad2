"""Bombs: they are stopped, they cost little, and nothing is read from the stump."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from faults import FaultServer
from faults.bombs import BOMBS, make_bomb
from faults.server import answer

from scraper.errors import ScrapeError, TooLargeError
from scraper.fetchers import HttpFetcher
from scraper.models import Source

#: PROMISES: peak memory over idle.
MOST_MIB = 100
# What these end with instead of "larger than".
OTHER_ENDS = {
    "zstd-window": "IncompleteError",
    "chain-of-three": "FetchError",
    "empty-members": "",
}

# A process of its own for each, whose peak is nobody else's. Writing 5 resets the peak.
_FETCH = """
import json, sys
from pathlib import Path
from scraper.errors import ScrapeError
from scraper.fetchers import HttpFetcher
from scraper.models import Source

def kib(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

ends = {}
idle = kib("VmRSS:")
for url in sys.argv[1:]:
    fetcher = HttpFetcher(delay_s=0, sleep=lambda s: None)
    Path("/proc/self/clear_refs").write_text("5")
    try:
        fetcher.fetch(Source(name="bomb", url=url))
        end = ""
    except ScrapeError as error:
        end = type(error).__name__
    ends[url] = end, (kib("VmHWM:") - idle) / 1024
print(json.dumps(ends))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux to measure")
def test_no_bomb_takes_much_memory():
    paths = {f"/{name}": make_bomb(name) for name in BOMBS}
    with FaultServer(paths) as server:
        urls = [server.url + path for path in paths]
        command = [sys.executable, "-c", _FETCH, *urls]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        ends = {url.rpartition("/")[2]: end for url, end in json.loads(done.stdout).items()}
    print(ends)  # noqa: T201 - the figures of the report
    for name, (end, mib) in ends.items():
        assert end == OTHER_ENDS.get(name, "TooLargeError"), name
        assert mib <= MOST_MIB, name


def fault(url: str) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        HttpFetcher(delay_s=0).fetch(Source(name="a", url=url))
    return caught.value


def test_a_bomb_in_the_body_of_a_redirect_is_not_looked_at():
    redirect = {"Location": "/list", "Content-Encoding": "gzip", "Content-Length": "1000000"}
    with FaultServer(
        {"/": answer(b"", status=302, headers=redirect), "/list": answer(b"news")}
    ) as server:
        page = HttpFetcher(delay_s=0).fetch(Source(name="a", url=server.url + "/"))
    assert page.body == b"news"


@pytest.mark.parametrize("name", ["gzip", "br-gzip", "wire"])
def test_a_bomb_for_a_robots_txt_is_read_up_to_its_500_kib(name):
    with FaultServer({"/robots.txt": make_bomb(name), "/list": answer(b"news")}) as server:
        page = HttpFetcher(delay_s=0).fetch(Source(name="a", url=server.url + "/list"))
    assert page.body == b"news"


def test_a_large_page_is_named_so():
    with FaultServer({"/gzip": make_bomb("gzip"), "/wire": make_bomb("wire")}) as server:
        decoded, wire = fault(server.url + "/gzip"), fault(server.url + "/wire")
        assert server.hits("/gzip") == 1
    assert isinstance(decoded, TooLargeError)
    assert "larger than 32 MiB" in str(decoded)
    assert "larger than 10 MiB" in str(wire)
