"""Whom a host name means, and whether a stranger's word may lead there."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from queue import Empty, Queue

__all__ = ["IpAddress", "Resolver", "is_public", "resolve_host"]

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Host name and seconds in, all its addresses out; raises OSError.
Resolver = Callable[[str, float], Sequence[IpAddress]]

# IANA's special-purpose registries. ``is_global`` is no substitute: on Python 3.11 it takes
# multicast, NAT64, 6to4 and ``::127.0.0.1`` for public.
_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
# The only block that is in use for hosts of the public internet, and what it has set apart.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    map(
        ipaddress.IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
# Addresses of IPv4 in other clothes: networks without IPv4 reach all of it through NAT64.
_WRAPPED_4 = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))


def is_public(address: IpAddress) -> bool:
    """Tell whether *address* is one of the public internet's hosts.

    >>> [is_public(ipaddress.ip_address(text)) for text in ("8.8.8.8", "10.0.0.1", "2002:7f00:1::")]
    [True, False, False]
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if any(address in network for network in _WRAPPED_4):
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def resolve_host(host: str, timeout_s: float) -> Sequence[IpAddress]:
    """Return all addresses of *host*, the system's favourite first.

    The system's own lookup cannot be ended; one that takes longer than *timeout_s* is left behind
    and TimeoutError raised. A name that is not found is an OSError.
    """
    try:
        return (ipaddress.ip_address(host.strip("[]")),)
    except ValueError:
        pass
    answers: Queue[list[IpAddress] | OSError] = Queue()
    threading.Thread(target=_look_up, args=(host, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout_s, 0.001))
    except Empty:
        raise TimeoutError("the name was not found in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _look_up(host: str, answers: Queue[list[IpAddress] | OSError]) -> None:
    try:
        # As bytes: text would pass through a codec that fails on what it takes for no IDNA.
        found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
        unique = dict.fromkeys(str(entry[4][0]) for entry in found)
        answers.put([ipaddress.ip_address(text) for text in unique])
    except OSError as error:
        answers.put(error)
    except ValueError as error:
        answers.put(OSError(str(error)))
