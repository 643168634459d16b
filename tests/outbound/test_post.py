"""What is sent, to whom, and what comes of receivers that mean no good. Sockets, TLS and clocks are real."""

import itertools
import logging
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer, post
from dropcast.settings import settings
from tests.outbound.conftest import NAME, PRIVATE, PUBLIC
from tests.outbound.receiver import (
    OK,
    Receiver,
    answering,
    deaf,
    mute,
    resetting,
    silent,
    trickling,
)

HEADERS = {"webhook-id": "evt_1", "webhook-signature": "v1,canary-signature"}
BODY = b'{"event": "publish.published"}'
# The receivers here would go on until the test ends; whatever is cut off at the deadline is back long before that.
SOON_MS = 8000


def sent(url: str, *, seconds: float = 20, body: bytes = BODY) -> ReceiverAnswer | NoAnswer:
    return post(url, HEADERS, body, seconds=seconds)


def reason(answer: ReceiverAnswer | NoAnswer) -> str:
    assert isinstance(answer, NoAnswer), answer
    assert answer.took_ms < SOON_MS
    return answer.reason


def status(answer: ReceiverAnswer | NoAnswer) -> int:
    assert isinstance(answer, ReceiverAnswer), answer
    return answer.status


def test_a_receiver_gets_the_request_as_it_was_meant(receiver):
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


def test_the_connection_is_over_with_the_answer(receiver):
    sent(receiver.url())

    assert receiver.cut_off.wait(10)


# where it must not go


def test_a_name_that_leads_inside_is_not_even_connected_to(receiver, inside, names):
    names.answers[NAME] = [[PRIVATE]]

    assert reason(sent(receiver.url())) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


@pytest.mark.parametrize(
    "address", ["::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::1", "fd00:ec2::254", "::"]
)
def test_neither_does_one_that_leads_there_by_ipv6(receiver, inside, names, address):
    names.answers[NAME] = [[address]]

    assert reason(sent(receiver.url())) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


def test_of_a_name_that_leads_to_both_only_the_public_one_is_called(receiver, inside, names):
    names.answers[NAME] = [[PRIVATE, PUBLIC, PRIVATE]]

    assert status(sent(receiver.url())) == 200
    assert (inside.connections, receiver.connections) == (0, 1)


def test_a_name_that_changes_after_it_was_checked_is_called_where_it_was_checked(receiver, inside, names):
    names.answers[NAME] = [[PUBLIC], [PRIVATE]]

    first, second = sent(receiver.url()), sent(receiver.url())

    assert (status(first), reason(second)) == (200, "refused_address")
    assert (inside.connections, receiver.connections, names.asked) == (0, 1, [NAME, NAME])


@pytest.mark.parametrize("host", [PRIVATE, "127.1", "2130706433", "0x7f000001", "0", "169.254.169.254"])
def test_an_address_inside_is_not_called_however_it_is_written(receiver, inside, host):
    assert reason(sent(receiver.url(host=host))) == "refused_address"
    assert (inside.connections, receiver.connections) == (0, 0)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(receiver, inside, code):
    place = f"Location: https://{PRIVATE}:{inside.port}/\r\n".encode()
    receiver.behaviour = answering(b"HTTP/1.1 %d Go\r\n%sContent-Length: 0\r\n\r\n" % (code, place))

    assert status(sent(receiver.url())) == code
    assert (inside.connections, receiver.connections) == (0, 1)


def test_no_proxy_of_the_environment_is_asked(receiver, inside, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://{PRIVATE}:{inside.port}")

    assert status(sent(receiver.url())) == 200
    assert (inside.connections, receiver.connections) == (0, 1)


def test_no_cookie_is_brought_back(receiver):
    receiver.behaviour = answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")

    sent(receiver.url()), sent(receiver.url())

    assert len(receiver.requests) == 2
    assert not any(b"cookie" in request.lower() for request in receiver.requests)


def test_only_the_very_origin_that_is_allowed_may_be_plain_and_inside(monkeypatch):
    with Receiver(PRIVATE, None) as allowed, Receiver(PRIVATE, None) as other:
        monkeypatch.setenv("OUTBOUND_ALLOWED_ORIGINS", f"http://{PRIVATE}:{allowed.port}")
        settings.cache_clear()

        good = sent(f"http://{PRIVATE}:{allowed.port}/in")
        bad = [sent(f"http://{host}:{other.port}/in") for host in (PRIVATE, "localhost")]

        assert status(good) == 200
        assert [reason(one) for one in bad] == ["refused_address"] * 2
        assert (allowed.connections, other.connections) == (1, 0)


# who cannot be trusted


def test_a_certificate_for_another_name_ends_it_before_anything_is_said(receiver, authority):
    receiver.context = authority.context("other.example")

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_so_does_one_that_is_over(receiver, authority):
    receiver.context = authority.context(NAME, days=-1)

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_so_does_one_by_an_authority_that_nobody_knows(receiver, tmp_path):
    from tests.outbound.certificates import Authority

    receiver.context = Authority(tmp_path).context(NAME)

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_so_does_a_server_that_speaks_no_tls(receiver):
    receiver.behaviour = lambda _, connection: connection.sendall(OK)

    assert reason(sent(receiver.url())) == "tls"


# who takes his time


@pytest.mark.parametrize(
    "behaviour",
    [
        silent,
        mute(b""),
        mute(b"HTTP/1.1 200 OK\r\n"),
        trickling(b"", itertools.repeat(b"H")),
        trickling(b"HTTP/1.1 200 OK\r\n", itertools.cycle([b"x", b":", b" ", b"y", b"\r\n"])),
        trickling(b"", itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n")),
    ],
    ids=["no TLS", "nothing", "half a head", "trickled status", "trickled headers", "hints without end"],
)
def test_whoever_does_not_get_to_a_status_in_time_is_left(receiver, behaviour):
    receiver.behaviour = behaviour

    assert reason(sent(receiver.url(), seconds=0.5)) in ("timeout", "broken")
    assert receiver.cut_off.wait(10)


def test_a_request_that_is_not_read_is_given_up(receiver):
    receiver.behaviour = deaf

    assert reason(sent(receiver.url(), seconds=0.5, body=b"x" * 30_000_000)) == "timeout"


def test_a_lookup_that_hangs_is_left_behind(receiver, names):
    over = threading.Event()
    names.before = lambda: over.wait(60)

    assert reason(sent(receiver.url(), seconds=0.3)) == "timeout"
    over.set()
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "behaviour",
    [
        mute(b"HTTP/1.1 204 No Content\r\nContent-Length: 1000\r\n\r\n"),
        mute(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello"),
        trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", itertools.repeat(b"x")),
        trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", itertools.repeat(b"1\r\nx\r\n")),
    ],
    ids=["no body", "half a body", "trickled body", "trickled chunks"],
)
def test_a_status_counts_though_its_body_never_ends(receiver, behaviour):
    receiver.behaviour = behaviour

    answer = sent(receiver.url(), seconds=2)

    assert status(answer) in (200, 204)
    assert answer.took_ms < SOON_MS
    assert receiver.cut_off.wait(10)


def test_of_a_gigabyte_next_to_nothing_is_read(receiver):
    part = b"x" * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    receiver.behaviour = trickling(head, itertools.repeat(part, 1000), 0)

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert answer.text == "x" * 500
    assert receiver.cut_off.wait(10)
    assert receiver.sent < 20_000_000  # what the buffers of two sockets hold


def test_a_head_without_end_is_given_up(receiver):
    receiver.behaviour = trickling(b"HTTP/1.1 200 OK\r\nx: ", itertools.repeat(b"y" * 10_000, 100_000), 0)

    assert reason(sent(receiver.url())) == "broken"
    assert receiver.sent < 20_000_000


# who fails


def test_a_connection_that_is_reset_is_broken(receiver):
    receiver.behaviour = resetting

    assert reason(sent(receiver.url())) == "broken"
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("answer", [b"", b"220 mail.example ESMTP\r\n\r\n", b"\x00\xff\r\n\r\n"])
def test_so_is_one_without_an_answer_in_http(receiver, answer):
    receiver.behaviour = answering(answer)

    assert reason(sent(receiver.url())) == "broken"


def test_where_nobody_listens_it_is_unreachable(receiver):
    port = receiver.port
    receiver.__exit__()

    assert reason(sent(f"https://{NAME}:{port}/")) == "unreachable"


def test_the_next_address_is_tried_where_the_first_does_not_take_the_call(receiver, names, monkeypatch):
    from dropcast.events.outbound import pinned_connection

    monkeypatch.setattr(pinned_connection, "is_public", lambda _: True)
    names.answers[NAME] = [["127.0.0.3", "127.0.0.4", PUBLIC]]

    assert status(sent(receiver.url())) == 200


def test_a_name_that_does_not_exist_is_unresolved(receiver, names):
    names.answers[NAME] = [[]]

    assert reason(sent(receiver.url())) == "unresolved"


# what is kept


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120),
        (b"0", 0),
        (b"-5", None),
        (b"soon", None),
        (b"9" * 400, None),
        (b"Mon, 01 Jan 0001 00:00:00 GMT", 0),
        (b"Mon, 01 Jan 2001 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_where_it_is_one(receiver, value, seconds):
    receiver.behaviour = answering(b"HTTP/1.1 503 No\r\nRetry-After: " + value + b"\r\nContent-Length: 0\r\n\r\n")

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert (answer.status, answer.retry_after) == (503, seconds)


def test_retry_after_may_be_a_date(receiver):
    at = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True).encode()
    receiver.behaviour = answering(b"HTTP/1.1 429 No\r\nRetry-After: " + at + b"\r\nContent-Length: 0\r\n\r\n")

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert answer.retry_after is not None
    assert 3500 <= answer.retry_after <= 3600


def test_an_answer_of_any_bytes_becomes_text(receiver):
    receiver.behaviour = answering(b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00a")

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert answer.text == "\ufffd\ufffd\x00a"


def test_nothing_of_url_or_signature_is_logged(receiver, caplog):
    caplog.set_level(logging.DEBUG)

    answers = [sent(receiver.url("/canary-path?canary-query")), sent(f"https://{PRIVATE}/canary-path")]

    assert "canary" not in caplog.text
    assert "canary" not in repr(answers)
