"""Private addresses: no stranger's word leads to one, however it is spelled."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
from faults import FaultServer
from faults.server import answer

from scraper.errors import PolicyError, ScrapeError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.addresses import is_public
from scraper.models import Source

# With {} for the port of a server that must not be reached.
FORMS = """
http://127.0.0.1:{}/
http://127.0.0.1.:{}/
http://127.0.0.2:{}/
http://127.1:{}/
http://127.0.1:{}/
http://127.255.255.254:{}/
http://0177.0.0.1:{}/
http://0177.0.0.01:{}/
http://017700000001:{}/
http://2130706433:{}/
http://0x7f000001:{}/
http://0x7f.0.0.1:{}/
http://0x7f.1:{}/
http://0X7F.0x0.0x0.0x1:{}/
http://①②⑦.0.0.1:{}/
http://１２７.0.0.1:{}/
http://127。0。0。1:{}/
http://%31%32%37.0.0.1:{}/
http://127.0.0.%31:{}/
http://user:pw@127.0.0.1:{}/
http://news.example@127.0.0.1:{}/
http://news.example%40@127.0.0.1:{}/
https:127.0.0.1:{}/
http:\\\\127.0.0.1:{}\\
//127.0.0.1:{}/
\\\\127.0.0.1:{}/
h\tttp://127.0.0.1:{}/
https://127.0.0.1:{}/
http://0.0.0.0:{}/
http://0:{}/
http://0.1.2.3:{}/
http://localhost:{}/
http://LOCALHOST:{}/
http://localhost.:{}/
http://ⓛocalhost:{}/
http://private.example:{}/
http://mixed.example:{}/
http://six.example:{}/
http://[::1]:{}/
http://[0:0:0:0:0:0:0:1]:{}/
http://[::]:{}/
http://[::127.0.0.1]:{}/
http://[::ffff:127.0.0.1]:{}/
http://[::ffff:7f00:1]:{}/
http://[::ffff:0:127.0.0.1]:{}/
http://[64:ff9b::127.0.0.1]:{}/
http://[64:ff9b::10.0.0.1]:{}/
http://[64:ff9b:1::7f00:1]:{}/
http://[2002:7f00:1::]:{}/
http://[2002:c0a8:101::1]:{}/
http://[2001:0:7f00:1::]:{}/
http://[2001:db8::1]:{}/
http://[fe80::1]:{}/
http://[fe80::1%25lo]:{}/
http://[fc00::1]:{}/
http://[fd12:3456::1]:{}/
http://[fec0::1]:{}/
http://[ff02::1]:{}/
http://[100::1]:{}/
http://10.0.0.1:{}/
http://172.16.0.1:{}/
http://172.31.255.255:{}/
http://192.168.0.1:{}/
http://100.64.0.1:{}/
http://169.254.169.254:{}/latest/meta-data/
http://0xA9FEA9FE:{}/
http://192.0.0.8:{}/
http://192.0.2.1:{}/
http://198.18.0.1:{}/
http://203.0.113.1:{}/
http://224.0.0.1:{}/
http://239.255.255.250:{}/
http://240.0.0.1:{}/
http://255.255.255.255:{}/
""".strip().split("\n")

NAMES = {
    "news.example": ["127.0.0.1"],
    "public.example": ["93.184.216.34"],
    "private.example": ["10.1.2.3"],
    # One address that is in order does not excuse the other.
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
    "six.example": ["::ffff:192.168.0.1"],
}


def resolve(host: str, _: float) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    name = host.removesuffix(".")
    if name in ("localhost", *NAMES):
        return [ipaddress.ip_address(text) for text in NAMES.get(name, ["127.0.0.1", "::1"])]
    try:
        return [ipaddress.ip_address(host.strip("[]"))]
    except ValueError:
        raise socket.gaierror(-2, "Name or service not known") from None


@pytest.fixture(scope="module")
def victim() -> Iterator[FaultServer]:
    # On all addresses of this machine, those of IPv6 as well where it has any.
    with FaultServer({"/": answer(b"secret")}, host="") as server:
        yield server


@pytest.fixture(scope="module")
def seed() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture(params=[False, True], ids=["robots", "no-robots"])
def fetcher(request) -> HttpFetcher:
    return HttpFetcher(delay_s=0, resolve=resolve, tries=1, ignore_robots=request.param)


def fault(fetcher: HttpFetcher, source: Source) -> ScrapeError:
    with pytest.raises(ScrapeError) as caught:
        fetcher.fetch(source)
    return caught.value


def test_there_are_more_forms_than_promised():
    assert len(set(FORMS)) == len(FORMS) >= 45


@pytest.mark.parametrize("form", FORMS)
def test_no_redirect_leads_to_a_private_address(fetcher, seed, victim, form):
    location = form.format(victim.port)
    seed.paths["/list"] = answer(status=302, headers={"Location": location})
    error = fault(fetcher, Source(name="news", url=seed.url + "/list"))
    assert isinstance(error, PolicyError)
    assert error.exit_code == 7
    assert victim.connections == 0


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith("http")])
def test_no_next_link_leads_to_a_private_address(fetcher, seed, victim, form):
    linked = Source(name="news", url=form.format(victim.port), origin=f"127.0.0.1:{seed.port}")
    assert isinstance(fault(fetcher, linked), PolicyError)
    assert victim.connections == 0


def test_no_robots_txt_leads_to_a_private_address(seed, victim):
    seed.paths |= {
        "/list": answer(b"news"),
        "/robots.txt": answer(status=301, headers={"Location": f"http://127.0.0.1:{victim.port}/"}),
    }
    fetcher = HttpFetcher(delay_s=0)
    error = fault(fetcher, Source(name="news", url=seed.url + "/list"))
    del seed.paths["/robots.txt"]
    assert isinstance(error, PolicyError)
    assert victim.connections == 0


def test_what_the_user_typed_may_be_private_and_lead_to_its_own_host_and_port(fetcher, seed):
    seed.paths |= {
        "/list": answer(status=302, headers={"Location": "/inside"}),
        "/inside": answer(b"news"),
    }
    assert fetcher.fetch(Source(name="news", url=seed.url + "/list")).body == b"news"
    linked = Source(name="news", url=seed.url + "/inside", origin=f"127.0.0.1:{seed.port}")
    assert fetcher.fetch(linked).body == b"news"


def test_another_port_of_a_typed_host_is_another_matter(fetcher, seed, victim):
    typed = f"http://news.example:{seed.port}/list"
    location = f"http://news.example:{victim.port}/"
    seed.paths["/list"] = answer(status=302, headers={"Location": location})
    error = fault(fetcher, Source(name="news", url=typed))
    assert "which is not on the public internet" in str(error)
    assert victim.connections == 0


def test_a_source_is_not_trusted_for_what_another_one_may(fetcher, seed):
    seed.paths["/list"] = answer(b"news")
    fetcher.fetch(Source(name="a", url=seed.url + "/list"))
    linked = Source(name="b", url=seed.url + "/list", origin="public.example:80")
    assert isinstance(fault(fetcher, linked), PolicyError)


def test_a_name_that_changes_its_mind_is_dialled_as_it_was_judged(seed, victim, monkeypatch):
    """Rebinding: the first answer is public, the second is not, and nobody asks for a second."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    dialled: list[str] = []

    def rebind(host: str, timeout_s: float):
        if host == "rebind.example":
            return [ipaddress.ip_address(text) for text in next(answers)]
        return resolve(host, timeout_s)

    def dial(address, port, timeout_s):
        if str(address) != "127.0.0.1" or port != seed.port:
            dialled.append(str(address))
            raise ConnectionRefusedError(111, "Connection refused")
        return socket.create_connection((str(address), port))

    monkeypatch.setattr("scraper.fetchers.connections._connect", dial)
    fetcher = HttpFetcher(delay_s=0, tries=1, resolve=rebind, ignore_robots=True)
    seed.paths["/list"] = answer(
        status=302, headers={"Location": f"http://rebind.example:{victim.port}/"}
    )
    error = fault(fetcher, Source(name="news", url=seed.url + "/list"))
    assert "refused" in str(error)
    assert dialled == ["93.184.216.34"]
    # A typed name stays with what it meant at first: for its robots.txt, other tries, its pages.
    typed = HttpFetcher(delay_s=0, sleep=lambda _: None, resolve=rebind)
    answers = iter([["93.184.216.34"], ["127.0.0.1"]] * 3)
    url = f"http://rebind.example:{victim.port}/"
    fault(typed, Source(name="news", url=url))
    fault(typed, Source(name="news", url=url, origin=f"rebind.example:{victim.port}"))
    assert set(dialled) == {"93.184.216.34"}
    assert victim.connections == 0


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"],
)
def test_the_public_internet_is_open(text):
    assert is_public(ipaddress.ip_address(text))
