"""Every refusal of the API becomes an exception of its kind, with all the values of the answer."""

from typing import Any

import httpx
import pytest

from dropcast.errors.problem import CATALOGUE, http_status, problem
from dropcast_client import (
    ConflictError,
    InvalidRequestError,
    KeyRefusedError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    TikTokFailedError,
    UnansweredError,
    UnavailableError,
    UnexpectedAnswerError,
)
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import BASE, answer

KINDS = {
    400: InvalidRequestError,
    401: KeyRefusedError,
    403: KeyRefusedError,
    404: NotFoundError,
    405: InvalidRequestError,
    409: ConflictError,
    410: ConflictError,
    422: InvalidRequestError,
    429: RateLimitedError,
    500: UnavailableError,
    502: TikTokFailedError,
    503: UnavailableError,
}


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_code_is_raised_as_its_kind_with_all_its_fields(calls: Calls, code):
    told = problem(code, log_id="20270131ABC", account_id="acc_1", retry_after=3600)
    status = http_status(code)
    more = {"doc_url": f"https://a.example/errors/{code}", "request_id": "req-1"}
    body = {"error": told.model_dump(mode="json") | more}
    calls.answer = lambda _: httpx.Response(status, json=body, headers={"Retry-After": "3600"})

    with pytest.raises(RefusedError) as raised:
        calls.run("show_account", "acc_1")

    error = raised.value
    assert type(error) is KINDS[status]
    assert (error.status, error.code, error.message, error.fix, error.next) == (
        status,
        code,
        told.message,
        told.fix,
        told.next,
    )
    assert (error.details, error.log_id, error.request_id) == (told.details, "20270131ABC", "req-1")
    assert error.retry_after == 3600
    assert error.doc_url == more["doc_url"]
    assert (str(error), error.__notes__) == (f"{code}: {told.message}", [told.fix, error.doc_url])


@pytest.mark.parametrize(("status", "kind"), [(401, KeyRefusedError), (403, KeyRefusedError), (404, NotFoundError)])
def test_a_refusal_of_the_gateway_has_its_message_and_no_code(calls: Calls, status, kind):
    calls.plan(httpx.Response(status, json={"message": "Forbidden"}, headers={"Apigw-Requestid": "gw-1"}))

    with pytest.raises(kind, match="Forbidden") as raised:
        calls.run("show_account", "acc_1")

    assert (raised.value.code, raised.value.next, raised.value.request_id) == (None, None, "gw-1")
    assert raised.value.doc_url is None


ODD = {
    "a page": {"status_code": 200, "html": "<html>Sign in</html>"},
    "a list": {"status_code": 200, "json": []},
    "null": {"status_code": 200, "json": None},
    "nothing": {"status_code": 204},
    "a number": {"status_code": 200, "json": 7},
    "a text": {"status_code": 200, "json": "items"},
    "no UTF-8": {"status_code": 200, "content": b"\xff\xfe\x00"},
    "a deep nest": {"status_code": 200, "content": b"[" * 100_000},
    "an empty object": {"status_code": 200, "json": {}},
    "an object of another kind": {"status_code": 200, "json": {"data": {"items": []}}},
    "a page with an error": {"status_code": 404, "html": "<html>404</html>"},
    "an error that is a text": {"status_code": 400, "json": {"error": "invalid_request"}},
    "an error that is a list": {"status_code": 400, "json": {"error": [1]}},
    "an error without words": {"status_code": 400, "json": {"error": {}}},
    "a refusing list": {"status_code": 403, "json": ["message"]},
    "a refusing null": {"status_code": 404, "json": None},
    "a login page elsewhere": {"status_code": 302, "headers": {"location": "https://login.example"}},
    "broken gzip": {
        "status_code": 200,
        "headers": {"content-encoding": "gzip"},
        "stream": httpx.ByteStream(b"no gzip"),
    },
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_answer_of_another_server_is_explained(calls: Calls, odd: dict[str, Any]):
    calls.plan(httpx.Response(**odd))

    with pytest.raises(UnexpectedAnswerError, match="not Dropcast's API") as raised:
        calls.run("list_accounts")

    assert raised.value.fix


def test_a_wrong_field_of_an_answer_is_named(calls: Calls):
    calls.plan(answer("PublishView", bytes_sent="many"))

    with pytest.raises(UnexpectedAnswerError, match="bytes_sent"):
        calls.run("show_publish", "pub_1")


def test_a_server_that_does_not_answer_is_named_without_the_path(calls: Calls):
    calls.plan(*[httpx.ConnectError("no") for _ in range(4)])

    with pytest.raises(UnansweredError, match=f"{BASE}/ does not answer") as raised:
        calls.run("show_publish", "pub_1")

    assert not raised.value.sent
