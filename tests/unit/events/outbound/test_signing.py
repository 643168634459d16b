"""Signatures, compared with the example of the Standard Webhooks specification and with the library's own verifier."""

import base64
import hashlib
import hmac

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from dropcast import clock
from dropcast.events.outbound.signing import new_secret, signed_headers

BODY = b'{"event": "publish.published", "title": "\xc3\xa9"}'


def test_the_example_of_the_reference_libraries_is_reproduced():
    secret = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = signed_headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_signature_is_the_hmac_of_id_time_and_body():
    secret = new_secret()
    key = base64.b64decode(secret.get_secret_value().removeprefix("whsec_"), validate=True)

    signature = signed_headers([secret], "evt_1", 5, BODY)["webhook-signature"]

    expected = hmac.digest(key, b"evt_1.5." + BODY, hashlib.sha256)
    assert signature == f"v1,{base64.b64encode(expected).decode()}"


def test_both_secrets_verify_during_a_rotation():
    old, new, other = new_secret(), new_secret(), new_secret()

    headers = signed_headers([new, old], "evt_1", clock.now(), BODY)

    for secret in (old, new):
        assert Webhook(secret.get_secret_value()).verify(BODY, headers) == {"event": "publish.published", "title": "é"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other.get_secret_value()).verify(BODY, headers)


@pytest.mark.parametrize(
    "changed", [{"webhook-id": "evt_2"}, {"webhook-timestamp": "1"}, {"webhook-signature": "v1,AAAA"}]
)
def test_a_changed_request_does_not_verify(changed):
    secret = new_secret()
    headers = signed_headers([secret], "evt_1", clock.now(), BODY)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret.get_secret_value()).verify(BODY, headers | changed)


def test_secrets_are_32_random_bytes_and_no_repr_shows_them():
    made = {new_secret().get_secret_value() for _ in range(20)}

    assert len(made) == 20
    assert all(len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32 for one in made)
    assert "whsec_" not in repr(new_secret())
