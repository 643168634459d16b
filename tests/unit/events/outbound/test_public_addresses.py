"""The public addresses, compared with ipaddress' own lists and with networks that must never be reached."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.events.outbound.public_addresses import is_public, written_as_number

NEVER = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "5f00::/16",
    "fc00::/7",
    "fd00:ec2::254/128",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "2600:1f18::1",
    "2001:4860:4860::8888",
]


def in_network(text: str) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    network = ip_network(text)
    last = network.num_addresses - 1
    return st.integers(0, last).map(lambda number: network[number])


@given(st.sampled_from(NEVER).flatmap(in_network))
@example(ip_address("169.254.169.254"))
@example(ip_address("255.255.255.255"))
def test_no_address_of_a_private_network_is_public(address):
    assert not is_public(address)


@given(st.one_of(st.ip_addresses(), st.sampled_from(PUBLIC).map(ip_address)))
def test_a_public_address_is_also_global_for_ipaddress(address):
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_unspecified, address.is_loopback))


@given(st.ip_addresses(v=4))
def test_no_ipv6_notation_of_an_ipv4_address_is_public(address):
    number = int(address)
    low_words = f"{number >> 16:x}:{number & 0xFFFF:x}"

    for text in (f"::{low_words}", f"::ffff:{low_words}", f"64:ff9b::{low_words}", f"2002:{low_words}::1"):
        assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_every_global_address_except_multicast_and_relays_is_public(address):
    relays = [ip_network(one) for one in ("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24")]
    relays.append(ip_network("192.88.99.0/24"))

    if address.is_global and not address.is_multicast and not any(address in relay for relay in relays):
        assert is_public(address)


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_of_the_internet_are_public(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1"])
def test_every_notation_of_loopback_is_recognised(host):
    assert written_as_number(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["localhost", "hooks.example", "1.2.3.4.example", "256.1.1.1.1", "a..b", "x" * 300])
def test_a_name_is_not_an_address(host):
    assert written_as_number(host) is None
