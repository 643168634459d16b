"""Wrong input is refused with a message, at once or as a failed publish."""

import secrets

import httpx
import pytest

from tests.e2e.road import SMALL, posts, published, wait_for


@pytest.mark.parametrize(
    ("name", "sidecar", "body", "code"),
    [
        ("a.mp4", None, b"x" * 100, "privacy_required"),
        ("b.mp4", {"privacy_level": "EVERYBODY"}, b"x" * 100, "drop_options_invalid"),
        ("d.mp4", {"privacy_level": "SELF_ONLY"}, b"not a video at all", "not_a_video"),
        ("e.txt", {"privacy_level": "SELF_ONLY"}, b"x", "drop_key_invalid"),
    ],
)
def test_a_malformed_drop_becomes_a_failed_publish_with_the_reason(
    journey, account, stack, tmp_path, events, name, sidecar, body, code
):
    path = tmp_path / name
    path.write_bytes(body)

    journey.drop(account, path, name, sidecar)

    failed = wait_for(lambda: events.of("publish.failed", account))[0]
    assert failed["error"]["code"] == code
    assert failed["error"]["fix"]
    assert stack.client("s3").get_object(Bucket=stack.bucket, Key=f"drop/{account}/{name}")["Body"].read() == body


def test_a_drop_for_an_unknown_account_says_so(journey, stack, videos, events):
    path, _ = videos(SMALL)

    journey.drop("acc_nobody", path, "a.mp4", {"privacy_level": "SELF_ONLY"})

    (failed,) = wait_for(lambda: events.of("publish.failed", "acc_nobody"))
    assert failed["error"]["code"] == "account_not_found"


@pytest.mark.parametrize(
    ("creator", "options", "code"),
    [
        ({"private": False}, {}, "unaudited_client_can_only_post_to_private_accounts"),
        ({"private": True}, {"privacy_level": "PUBLIC_TO_EVERYONE"}, "privacy_level_not_available"),
        ({"private": True, "banned": True}, {}, "spam_risk_user_banned_from_posting"),
        ({"private": True, "comment_disabled": True}, {"allow_comment": True}, "interaction_switched_off"),
        ({"private": True, "max_video_post_duration_sec": 1}, {}, "longer_than_creator_may"),
    ],
)
def test_a_video_that_tiktok_refuses_fails_with_the_reason(journey, videos, creator, options, code):
    name = f"creator-{secrets.token_hex(4)}"
    account = journey.connect(name, user_id=name, **creator)

    shown = published(journey, account, videos(SMALL)[0], **options)

    assert (shown["state"], shown["error"]["code"]) == ("failed", code)
    assert shown["error"]["fix"]
    assert posts(journey, account) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/publishes", {}, 400, "invalid_request"),
        ("POST", "/v1/publishes", {"privacy_level": "SELF_ONLY", "nonsense": 1}, 400, "invalid_request"),
        ("POST", "/v1/connections", {"user_id": ""}, 400, "invalid_request"),
        ("POST", "/v1/connections", {"user_id": "u", "return_to": "https://evil.example/"}, 400, "return_to_refused"),
        ("GET", "/v1/publishes/pub_nothing", None, 404, "not_found"),
        ("GET", "/v1/accounts/acc_nothing", None, 404, "account_not_found"),
        ("GET", "/v1/nothing", None, 404, "not_found"),
    ],
)
def test_wrong_input_gets_a_code_a_message_and_a_fix(journey, method, path, body, status, code):
    answer = journey.api(method, path, json=body)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["message"]
    assert error["fix"]
    assert error["next"]
    assert error["request_id"]
    assert f"Error <code>{code}</code>" in httpx.get(error["doc_url"]).text


def test_a_json_body_is_accepted_with_any_content_type(journey):
    form = {"content-type": "application/x-www-form-urlencoded"}

    answer = journey.api("POST", "/v1/connections", content=b'{"user_id": "u"}', headers=form)

    assert answer.status_code == 201


def test_a_body_that_is_not_json_is_refused(journey):
    answer = journey.api("POST", "/v1/publishes", content=b"{nonsense", headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("key", ["-", "dk_x_y", "Bearer"])
def test_a_caller_without_a_key_is_refused(journey, key):
    answer = httpx.get(f"{journey.stack.base_url}/v1/accounts?user_id=x", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code in (401, 403)
