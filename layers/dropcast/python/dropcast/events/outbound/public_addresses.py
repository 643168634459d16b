"""Decides which addresses a webhook may be sent to: only addresses on the public internet."""

import contextlib
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

Address = IPv4Address | IPv6Address

# IPv4: IANA's registries of special-purpose addresses, multicast, and reserved addresses (240/4, with broadcast).
_NOT_PUBLIC_V4 = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
# IPv6: only global unicast. This excludes loopback, mapped and translated IPv4 (::/8, 64:ff9b::/96), unique local,
# link-local and multicast. It includes Teredo and other protocol assignments (2001::/23), 6to4 and documentation
# addresses, which are excluded below.
_GLOBAL_V6 = ip_network("2000::/3")
_NOT_PUBLIC_V6 = [
    ip_network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


def is_public(address: Address) -> bool:
    """Whether `address` is a unicast address on the public internet that does not embed another address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def written_as_number(host: str) -> Address | None:
    """The address that `host` states, in any form that resolvers accept (127.1, 0x7f000001). None if `host` is
    a name.
    """
    with contextlib.suppress(ValueError):
        return ip_address(host)
    with contextlib.suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def addresses_of(host: str, seconds: float) -> list[Address] | None:
    """The addresses of `host`, best first. Empty if `host` does not resolve. None if the lookup takes too long."""
    # A lookup cannot be interrupted, so its thread keeps running.
    found: SimpleQueue[list[Address]] = SimpleQueue()
    Thread(target=lambda: found.put(_resolved(host)), daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except Empty:
        return None


def _resolved(host: str) -> list[Address]:
    try:
        # The name is passed as bytes: Python would convert a str with its own IDNA codec, which raises other errors.
        answers = socket.getaddrinfo(host.encode(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [ip_address(answer[4][0]) for answer in answers]
