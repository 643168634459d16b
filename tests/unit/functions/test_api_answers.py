from dropcast.errors.problem import problem
from functions.http.api import publishes
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context

BODY = {
    "account_id": "acc_1",
    "source": {"type": "s3", "bucket": "videos", "key": "a.mp4"},
    "privacy_level": "SELF_ONLY",
}


def answer_to(why, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://post.example.com")
    monkeypatch.setattr(publishes, "accept", lambda *_, **__: why)
    operation = Operation("POST", "POST /v1/publishes", "/v1/publishes", {}, BODY)
    return handler(event_of(operation, with_scopes("publish")), context())


def test_a_request_in_progress_says_when_to_retry(monkeypatch):
    answer = answer_to(problem("request_in_flight", retry_after=1), monkeypatch)

    assert answer["statusCode"] == 409
    assert answer["headers"]["Retry-After"] == "1"


def test_a_lasting_error_names_no_time(monkeypatch):
    answer = answer_to(problem("idempotency_conflict"), monkeypatch)

    assert answer["statusCode"] == 409
    assert "Retry-After" not in answer["headers"]
