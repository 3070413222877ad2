"""What names mean."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetchers.addresses import is_public, resolve_host


@pytest.mark.parametrize("text", ["127.0.0.1", "[::1]", "::1"])
def test_a_number_is_its_own_address(text):
    assert resolve_host(text, 1) == (ipaddress.ip_address(text.strip("[]")),)


def test_a_name_has_all_its_addresses_once(monkeypatch):
    found = [(2, 1, 6, "", (text, 0)) for text in ("127.0.0.1", "127.0.0.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert [str(one) for one in resolve_host("a.example", 1)] == ["127.0.0.1", "10.0.0.1"]


def test_a_name_that_is_not_found_is_an_error_of_the_system(monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(socket.gaierror):
        resolve_host("a.example", 1)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_in_ipv6_as_in_ipv4(address):
    for prefix in ("::ffff:", "64:ff9b::"):
        assert is_public(ipaddress.ip_address(f"{prefix}{address}")) == is_public(address)


@given(st.ip_addresses())
def test_what_python_takes_for_private_is_not_public(address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        # But for the clothes of a public address of IPv4.
        inner = getattr(address, "ipv4_mapped", None)
        assert not is_public(address) or (inner is not None and inner.is_global)
