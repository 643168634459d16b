"""POST /v1/publishes for several accounts, through the API."""

import json
from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.publishing.execution import state_machine
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import BUCKET
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker


@pytest.fixture
def account_id(tiktok, monkeypatch) -> str:
    monkeypatch.setattr(state_machine, "start", lambda *_: None)
    maker("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=b"video")
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    return account.account_id


def body_for(account_ids: list[str], **changes: Any) -> dict[str, Any]:
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    return {"account_ids": account_ids, "source": source, "privacy_level": "SELF_ONLY", **changes}


def answered(path: str, body: dict[str, Any], key: str | None = None, scope: str = "publish") -> dict[str, Any]:
    event = event_of(Operation("POST", f"POST {path}", path, {}, body), with_scopes(scope))
    if key is not None:
        event["headers"]["idempotency-key"] = key
    return handler(event, context())


def asked(path: str, body: dict[str, Any], key: str | None = None) -> tuple[int, dict[str, Any]]:
    answer = answered(path, body, key)
    return answer["statusCode"], json.loads(answer["body"])


def test_each_account_has_an_item_with_its_publish_or_its_error(account_id):
    status, body = asked("/v1/publishes", body_for([account_id, "acc_none"]), "order-42")

    first, second = body["items"]
    assert (status, list(body)) == (202, ["items"])
    assert (first["account_id"], first["error"], first["publish_id"][:4]) == (account_id, None, "pub_")
    assert (second["account_id"], second["publish_id"], second["error"]["code"]) == (
        "acc_none",
        None,
        "account_not_found",
    )
    assert asked("/v1/publishes", body_for([account_id, "acc_none"]), "order-42") == (status, body)


def test_a_repeat_without_new_publishes_is_marked_as_a_replay(account_id):
    first = answered("/v1/publishes", body_for([account_id]), "order-42")
    again = answered("/v1/publishes", body_for([account_id]), "order-42")
    partly = [answered("/v1/publishes", body_for([account_id, "acc_none"]), "order-43") for _ in range(2)]

    said = [str(one).count("Idempotency-Replayed") for one in (first, again, *partly)]
    assert said == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("changes", "key", "field"),
    [({}, None, None), ({"dry_run": True}, "k", "dry_run"), ({"account_id": "acc_1"}, "k", "account_id")],
)
def test_it_needs_an_idempotency_key_and_allows_no_dry_run(account_id, changes, key, field):
    status, body = asked("/v1/publishes", body_for([account_id], **changes), key)

    assert (status, body["error"]["code"]) == (400, "idempotency_key_needed" if field is None else "invalid_request")
    assert [one["field"] for one in body["error"]["details"].get("fields", [])] == ([field] if field else [])


def test_a_preflight_accepts_only_one_account(account_id):
    operation = Operation("POST", "POST", "/v1/preflight", {}, body_for([account_id]))

    status, body = call(operation, with_scopes("read"))

    assert (status, body["error"]["details"]["fields"][0]["field"]) == (400, "account_ids")


def test_a_draft_key_cannot_post_directly_and_its_idempotency_key_stays_free(account_id):
    refused = answered("/v1/publishes", body_for([account_id]), "order-42", scope="draft")
    draft = body_for([account_id], mode="draft") | {"privacy_level": None}
    taken = answered("/v1/publishes", draft, "order-42", scope="draft")

    assert (refused["statusCode"], json.loads(refused["body"])["error"]["code"]) == (403, "scope_missing")
    assert taken["statusCode"] == 202
    assert json.loads(taken["body"])["items"][0]["error"] is None
