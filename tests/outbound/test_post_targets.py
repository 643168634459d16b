"""The addresses to which the outbound client connects, and what it sends. Sockets and TLS are real."""

import pytest

from dropcast.events.outbound.outbound_post import ReceiverAnswer
from dropcast.settings import settings
from tests.outbound.conftest import NAME, PRIVATE, PUBLIC
from tests.outbound.posting import BODY, reason, sent, status
from tests.outbound.receiver import (
    Receiver,
    answering,
)


def test_a_receiver_gets_the_intended_request(receiver):
    answer = sent(receiver.url("/in?token=t%20t"))

    [request] = receiver.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert isinstance(answer, ReceiverAnswer)
    assert (answer.status, answer.text, answer.retry_after) == (200, "ok", None)
    assert lines[0] == "POST /in?token=t%20t HTTP/1.1"
    assert f"Host: {NAME}:{receiver.port}" in lines
    assert {"webhook-id: evt_1", "Content-Type: application/json", "Connection: close"} <= set(lines)
    assert body == BODY
    assert receiver.names == [NAME]


def test_the_connection_is_closed_after_the_answer(receiver):
    sent(receiver.url())

    assert receiver.cut_off.wait(10)


# forbidden targets


def test_a_name_with_a_private_address_is_not_contacted(receiver, inside, names):
    names.answers[NAME] = [[PRIVATE]]

    assert reason(sent(receiver.url())) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


@pytest.mark.parametrize(
    "address", ["::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::1", "fd00:ec2::254", "::"]
)
def test_a_name_with_a_private_ipv6_address_is_not_contacted(receiver, inside, names, address):
    names.answers[NAME] = [[address]]

    assert reason(sent(receiver.url())) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


def test_only_the_public_address_of_a_mixed_name_is_contacted(receiver, inside, names):
    names.answers[NAME] = [[PRIVATE, PUBLIC, PRIVATE]]

    assert status(sent(receiver.url())) == 200
    assert (inside.connections, receiver.connections) == (0, 1)


def test_a_name_that_changes_after_its_check_is_called_at_the_checked_address(receiver, inside, names):
    names.answers[NAME] = [[PUBLIC], [PRIVATE]]

    first, second = sent(receiver.url()), sent(receiver.url())

    assert (status(first), reason(second)) == (200, "refused_address")
    assert (inside.connections, receiver.connections, names.asked) == (0, 1, [NAME, NAME])


@pytest.mark.parametrize("host", [PRIVATE, "127.1", "2130706433", "0x7f000001", "0", "169.254.169.254"])
def test_a_private_address_is_refused_in_every_notation(receiver, inside, host):
    assert reason(sent(receiver.url(host=host))) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_counts_as_an_answer_and_is_not_followed(receiver, inside, code):
    place = f"Location: https://{PRIVATE}:{inside.port}/\r\n".encode()
    receiver.behaviour = answering(b"HTTP/1.1 %d Go\r\n%sContent-Length: 0\r\n\r\n" % (code, place))

    assert status(sent(receiver.url())) == code
    assert (inside.connections, receiver.connections) == (0, 1)


def test_no_proxy_of_the_environment_is_used(receiver, inside, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://{PRIVATE}:{inside.port}")

    assert status(sent(receiver.url())) == 200
    assert (inside.connections, receiver.connections) == (0, 1)


def test_no_cookie_is_sent_back(receiver):
    receiver.behaviour = answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")

    sent(receiver.url()), sent(receiver.url())

    assert len(receiver.requests) == 2
    assert not any(b"cookie" in request.lower() for request in receiver.requests)


def test_only_an_exactly_allowed_origin_may_be_private_and_without_tls(monkeypatch):
    with Receiver(PRIVATE, None) as allowed, Receiver(PRIVATE, None) as other:
        monkeypatch.setenv("OUTBOUND_ALLOWED_ORIGINS", f"http://{PRIVATE}:{allowed.port}")
        settings.cache_clear()

        good = sent(f"http://{PRIVATE}:{allowed.port}/in")
        bad = [sent(f"http://{host}:{other.port}/in") for host in (PRIVATE, "localhost")]

        assert status(good) == 200
        assert [reason(one) for one in bad] == ["refused_address"] * 2
        assert (allowed.connections, other.connections) == (1, 0)
