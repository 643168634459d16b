"""Counts attempts to sign in to the console, and refuses attempts above the limits per minute.

A secret has 256 random bits, so it cannot be guessed. The limits keep the cost of guesses low: a refused attempt costs
one write, and reads neither a key nor a link. All attempts of a minute are counted in one row, so that strangers cannot
fill the table.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address

from dropcast import clock
from dropcast.access.pepper import keyed_hash
from dropcast.aws.tables import CONSOLE
from dropcast.errors.problem import Problem, problem

SOURCE_LIMIT = 10
"""The attempts per minute that one address may make.

They suffice for a person who pastes a wrong key, and for an office behind a NAT.
"""
TOTAL_LIMIT = 100
"""The attempts per minute that all addresses together may make.

This limits the size of the row, and the work that many addresses can cause.
"""

_MINUTE_S = 60
_KEPT_S = 600
# The part of an IPv6 address that identifies one household or server.
_IPV6_NETWORK = 64


def count_attempt(address: str) -> Problem | None:
    """Count an attempt from `address` (IPv4 or IPv6).

    Problem: `too_many_attempts`. The attempt is then not counted.
    """
    now = clock.now()
    minute = now - now % _MINUTE_S
    update = "SET #total = if_not_exists(#total, :none) + :one, #source = if_not_exists(#source, :none) + :one"
    total_left = "(attribute_not_exists(#total) OR #total < :total_limit)"
    source_left = "(attribute_not_exists(#source) OR #source < :source_limit)"
    counted = CONSOLE.update_if(
        {"pk": f"attempts#{minute}"},
        f"{update}, expires_at = :expires_at",
        f"{total_left} AND {source_left}",
        {
            "none": 0,
            "one": 1,
            "total_limit": TOTAL_LIMIT,
            "source_limit": SOURCE_LIMIT,
            "expires_at": minute + _KEPT_S,
        },
        {"source": _attribute_of(address)},
    )
    return None if counted else problem("too_many_attempts", retry_after=minute + _MINUTE_S - now)


def _attribute_of(address: str) -> str:
    """The name of the attribute that counts the attempts from `address`. The name does not reveal the address."""
    return f"from_{keyed_hash(f'attempts#{_source(address)}').hex()[:16]}"


def _source(address: str) -> str:
    """An IPv4 address itself, or the network of an IPv6 address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip), _IPV6_NETWORK), strict=False))
