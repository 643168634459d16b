import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import clock
from dropcast.tiktok.webhooks import WebhookEvent, body_of, is_understood, parse, verify

BODY = (
    rb'{"client_key":"ck","event":"post.publish.complete","create_time":1615338610,"user_openid":"u1",'
    rb'"content":"{\"publish_id\":\"v_pub_file~v2-1.1\",\"publish_type\":\"DIRECT_POST\"}"}'
)
AT = 1_700_000_000
SIGNATURE = "06e784eea4ce82548ad783640699bced84d56ffb62c3208d45de85619d7aafb1"
HEADER = f"t={AT},s={SIGNATURE}"


def sign(secret, raw, at=AT):
    return f"t={at},s={hmac.new(secret.encode(), f'{at}.'.encode() + raw, hashlib.sha256).hexdigest()}"


def body(event="post.publish.complete", **content):
    return json.dumps({"event": event, "create_time": AT, "content": json.dumps(content)}).encode()


def test_the_protocols_example_is_valid_and_has_its_age():
    assert verify(["secret"], HEADER, BODY, AT + 12) == 12


def test_any_of_several_secrets_is_accepted():
    assert verify(["sandbox", "secret"], HEADER, BODY, AT) == 0
    assert verify(["secret", "sandbox"], HEADER, BODY, AT) == 0


def test_an_old_signature_is_valid_and_a_fast_clock_is_visible():
    assert verify(["secret"], HEADER, BODY, AT + 72 * 3600) == 72 * 3600
    assert verify(["secret"], HEADER, BODY, AT - 3) == -3


@pytest.mark.parametrize(
    "header",
    [f"s={SIGNATURE},t={AT}", f" t={AT} , s={SIGNATURE} ", f"s={SIGNATURE}, t={AT}", f"t={AT},\ts={SIGNATURE}"],
)
def test_order_and_spaces_do_not_matter(header):
    assert verify(["secret"], header, BODY, AT) == 0


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        f"t={AT}",
        f"s={SIGNATURE}",
        f"t={AT};s={SIGNATURE}",
        f"t={AT},s={SIGNATURE},",
        f"t={AT},t={AT},s={SIGNATURE}",
        f"t={AT},s={SIGNATURE},s={SIGNATURE}",
        f"t={AT},s={SIGNATURE},v=1",
        f"t= {AT},s={SIGNATURE}",
        f"t=+{AT},s={SIGNATURE}",
        f"t=-{AT},s={SIGNATURE}",
        f"t=0{AT},s={SIGNATURE}",
        f"t={AT}.0,s={SIGNATURE}",
        f"t=١٧٠٠٠٠٠٠٠٠,s={SIGNATURE}",
        f"t={'1' * 5000},s={SIGNATURE}",
        f"t={AT},s={SIGNATURE.upper()}",
        f"t={AT},s={SIGNATURE[:-1]}",
        f"t={AT},s=",
        f"T={AT},S={SIGNATURE}",
        f"t={AT},s={SIGNATURE}\n",
        f"t={AT}\ns={SIGNATURE}",
        f"s={SIGNATURE}\nt={AT}",
        SIGNATURE,
    ],
)
def test_any_other_header_is_refused(header):
    assert verify(["secret"], header, BODY, AT) is None


@pytest.mark.parametrize("secrets", [[], [""], ["Secret"], ["secret "]])
def test_another_secret_is_refused(secrets):
    assert verify(secrets, HEADER, BODY, AT) is None


def test_an_empty_secret_verifies_no_signature():
    assert verify([""], sign("", BODY), BODY, AT) is None


@given(st.text(min_size=1, max_size=40), st.binary(max_size=300), st.integers(0, 10**11))
def test_a_signed_webhook_is_valid(secret, raw, at):
    assert verify([secret], sign(secret, raw, at), raw, at + 5) == 5


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_refused(place, change):
    altered = bytearray(BODY)
    altered[place] ^= change

    assert verify(["secret"], HEADER, bytes(altered), AT) is None


@given(st.integers(0, len(HEADER) - 1), st.characters(codec="utf-8"))
def test_one_changed_character_of_the_header_is_refused(place, character):
    altered = HEADER[:place] + character + HEADER[place + 1 :]

    assert altered == HEADER or verify(["secret"], altered, BODY, AT) is None


@given(st.binary(max_size=60), st.booleans())
def test_bytes_appended_to_the_body_are_refused(more, before):
    raw = more + BODY if before else BODY + more

    assert not more or verify(["secret"], HEADER, raw, AT) is None


def test_the_examples_body_is_parsed():
    assert parse(BODY) == WebhookEvent(
        event="post.publish.complete",
        create_time=1615338610,
        open_id="u1",
        publish_id="v_pub_file~v2-1.1",
        post_id=None,
        reason=None,
        publish_type="DIRECT_POST",
    )


@pytest.mark.parametrize("post_id", [7123456789012345678, "7123456789012345678"])
def test_a_post_id_becomes_a_string_in_any_form(post_id):
    event = parse(body("post.publish.publicly_available", publish_id="p", post_id=post_id))

    assert event is not None
    assert event.post_id == "7123456789012345678"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"reason": 0}, "0"),
        ({"reason": 5}, "5"),
        ({"reason": "spam_risk"}, "spam_risk"),
        ({"fail_reason": "spam_risk"}, "spam_risk"),
        ({"reason": ""}, None),
        ({}, None),
    ],
)
def test_a_reason_becomes_a_string(content, reason):
    event = parse(body("authorization.removed", **content))

    assert event is not None
    assert event.reason == reason


@pytest.mark.parametrize("content", ["{}", "", '{"request_id": 1}'])
def test_an_event_without_a_post_is_still_an_event(content):
    raw = json.dumps({"event": "portability.download.ready", "create_time": AT, "content": content}).encode()

    assert parse(raw) == WebhookEvent("portability.download.ready", AT, None, None, None, None, None)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"[" * 100_000,
        b"\xff",
        b"{}",
        b'{"event":""}',
        b'{"event":7}',
        b'["post.publish.complete"]',
    ],
)
def test_a_body_without_an_event_gives_none(raw):
    assert parse(raw) is None


OBJECT = {"publish_id": "v_pub_file~1", "post_id": 7, "publish_type": "DIRECT_POST"}


@pytest.mark.parametrize(
    "content",
    [OBJECT, json.dumps(OBJECT), json.dumps(json.dumps(OBJECT)), [OBJECT], json.dumps([OBJECT]), OBJECT | {"new": []}],
    ids=["object", "text", "text in a text", "list of one", "text of a list", "with an unknown field"],
)
def test_the_content_is_read_in_any_form(content):
    raw = json.dumps({"event": "post.publish.publicly_available", "create_time": AT, "content": content, "more": {}})

    event = parse(raw.encode())

    assert event is not None
    assert (event.publish_id, event.post_id, event.publish_type) == ("v_pub_file~1", "7", "DIRECT_POST")
    assert is_understood(event)


@pytest.mark.parametrize("content", [None, "", "{", "null", "[]", [], [1, 2], 7, True, {}, "\\ud800", "[" * 50_000])
def test_unreadable_content_keeps_the_event(content):
    raw = json.dumps({"event": "post.publish.failed", "create_time": AT, "user_openid": "o", "content": content})

    event = parse(raw.encode())

    assert event == WebhookEvent("post.publish.failed", AT, "o", None, None, None, None)
    assert not is_understood(event)


@pytest.mark.parametrize("odd", [{}, [], True, 1.5, "x" * 300])
def test_a_field_of_another_type_does_not_affect_the_others(odd):
    content = {"publish_id": "v~1", "post_id": odd, "publish_type": odd}
    raw = json.dumps({"event": "post.publish.failed", "create_time": AT, "user_openid": odd, "content": content})

    event = parse(raw.encode())

    assert event is not None
    assert event.publish_id == "v~1"


def test_a_lone_surrogate_does_not_affect_other_fields():
    event = parse(body("post.publish.failed", publish_id="v~1", reason="\ud800", post_id="\ud800"))

    assert event is not None
    assert (event.publish_id, event.reason, event.post_id) == ("v~1", None, None)


@pytest.mark.parametrize("time", [{}, {"create_time": None}, {"create_time": "soon"}, {"create_time": 10**15}])
def test_a_webhook_without_a_time_gets_the_current_one(time, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)

    event = parse(json.dumps({"event": "post.publish.failed", "content": {"publish_id": "v~1"}, **time}).encode())

    assert event is not None
    assert event.create_time == AT


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("post.publish.completed", "post.publish.complete"),
        ("post.publish.publicaly_available", "post.publish.publicly_available"),
        ("post.publish.no_longer_publicly_available", "post.publish.no_longer_publicaly_available"),
    ],
)
def test_a_name_with_one_possible_meaning_is_accepted(name, means):
    event = parse(body(name, publish_id="v~1"))

    assert event is not None
    assert event.event == means
    assert is_understood(event)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("authorization.removed", {}), ("post.publish.complete", {}), ("post.publish.invented", OBJECT)],
)
def test_an_event_without_a_usable_name_is_not_understood(name, fields):
    event = parse(body(name, **fields))

    assert event is not None
    assert not is_understood(event)


@given(st.builds(WebhookEvent, st.just("post.publish.failed"), st.integers(0, 10**10), *[st.just("é1")] * 5))
def test_a_rewritten_body_reads_the_same(event):
    assert parse(body_of(event).encode()) == event


@given(st.binary(max_size=200))
def test_no_body_raises_an_exception(raw):
    assert parse(raw) is None
