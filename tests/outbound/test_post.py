"""How the outbound client handles broken, slow and untrusted receivers. Sockets, TLS and clocks are real."""

import itertools
import logging
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dropcast.events.outbound.outbound_post import ReceiverAnswer
from tests.outbound.conftest import NAME, PRIVATE, PUBLIC
from tests.outbound.posting import SOON_MS, reason, sent, status
from tests.outbound.receiver import (
    OK,
    answering,
    deaf,
    mute,
    resetting,
    silent,
    trickling,
)

# untrusted servers


def test_a_certificate_for_another_name_ends_the_connection_before_any_request(receiver, authority):
    receiver.context = authority.context("other.example")

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_an_expired_certificate_is_refused(receiver, authority):
    receiver.context = authority.context(NAME, days=-1)

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_an_unknown_authority_is_refused(receiver, tmp_path):
    from tests.outbound.certificates import Authority

    receiver.context = Authority(tmp_path).context(NAME)

    assert reason(sent(receiver.url())) == "tls"
    assert receiver.requests == []


def test_a_server_without_tls_is_refused(receiver):
    receiver.behaviour = lambda _, connection: connection.sendall(OK)

    assert reason(sent(receiver.url())) == "tls"


# slow servers


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
def test_a_server_without_a_status_in_time_is_abandoned(receiver, behaviour):
    receiver.behaviour = behaviour

    assert reason(sent(receiver.url(), seconds=0.5)) in ("timeout", "broken")
    assert receiver.cut_off.wait(10)


def test_an_unread_request_is_abandoned(receiver):
    receiver.behaviour = deaf

    assert reason(sent(receiver.url(), seconds=0.5, body=b"x" * 30_000_000)) == "timeout"


def test_a_hanging_lookup_is_abandoned(receiver, names):
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
def test_a_status_counts_even_if_its_body_never_ends(receiver, behaviour):
    receiver.behaviour = behaviour

    answer = sent(receiver.url(), seconds=2)

    assert status(answer) in (200, 204)
    assert answer.took_ms < SOON_MS
    assert receiver.cut_off.wait(10)


def test_only_a_little_of_a_gigabyte_is_read(receiver):
    part = b"x" * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    receiver.behaviour = trickling(head, itertools.repeat(part, 1000), 0)

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert answer.text == "x" * 500
    assert receiver.cut_off.wait(10)
    assert receiver.sent < 20_000_000  # the size of both sockets' buffers


def test_an_endless_head_is_abandoned(receiver):
    receiver.behaviour = trickling(b"HTTP/1.1 200 OK\r\nx: ", itertools.repeat(b"y" * 10_000, 100_000), 0)

    assert reason(sent(receiver.url())) == "broken"
    assert receiver.sent < 20_000_000


# failing servers


def test_a_reset_connection_counts_as_broken(receiver):
    receiver.behaviour = resetting

    assert reason(sent(receiver.url())) == "broken"
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("answer", [b"", b"220 mail.example ESMTP\r\n\r\n", b"\x00\xff\r\n\r\n"])
def test_an_answer_that_is_not_http_counts_as_broken(receiver, answer):
    receiver.behaviour = answering(answer)

    assert reason(sent(receiver.url())) == "broken"


def test_a_closed_port_counts_as_unreachable(receiver):
    port = receiver.port
    receiver.__exit__()

    assert reason(sent(f"https://{NAME}:{port}/")) == "unreachable"


def test_the_next_address_is_tried_if_the_first_refuses_the_connection(receiver, names, monkeypatch):
    from dropcast.events.outbound import pinned_connection

    monkeypatch.setattr(pinned_connection, "is_public", lambda _: True)
    names.answers[NAME] = [["127.0.0.3", "127.0.0.4", PUBLIC]]

    assert status(sent(receiver.url())) == 200


def test_an_unknown_name_counts_as_unresolved(receiver, names):
    names.answers[NAME] = [[]]

    assert reason(sent(receiver.url())) == "unresolved"


# what the result contains


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
def test_a_valid_retry_after_is_read(receiver, value, seconds):
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


def test_an_answer_of_arbitrary_bytes_becomes_text(receiver):
    receiver.behaviour = answering(b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00a")

    answer = sent(receiver.url())

    assert isinstance(answer, ReceiverAnswer)
    assert answer.text == "\ufffd\ufffd\x00a"


def test_neither_url_nor_signature_is_logged(receiver, caplog):
    caplog.set_level(logging.DEBUG)

    answers = [sent(receiver.url("/canary-path?canary-query")), sent(f"https://{PRIVATE}/canary-path")]

    assert "canary" not in caplog.text
    assert "canary" not in repr(answers)
