"""CloudFormation always gets an answer, and never a private key."""

import json
from typing import Any

import httpx
import pytest
import respx

from functions.deploy.keypair import handler as keypair
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

RESPONSE_URL = "https://cloudformation-custom-resource.s3.amazonaws.com/answer?X-Amz-Signature=canary-signature"


@pytest.fixture
def secret(cloud) -> str:
    return maker("secretsmanager").create_secret(Name="media", SecretString="a placeholder")["ARN"]


def event(kind: str, secret: str) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": RESPONSE_URL,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "KeyPair1",
        "ResourceProperties": {"SecretArn": secret},
    }


def answered(given: dict[str, Any]) -> dict[str, Any]:
    with respx.mock:
        route = respx.put(RESPONSE_URL)
        keypair.handler(given, context())
        [call] = route.calls
    assert call.request.headers["content-type"] == ""
    return json.loads(call.request.content)


def test_a_creation_returns_the_public_half_and_an_update_the_same(secret):
    created, updated = (answered(event(kind, secret)) for kind in ("Create", "Update"))

    assert created == updated
    assert (created["Status"], created["PhysicalResourceId"]) == ("SUCCESS", secret)
    assert created["Data"]["PublicKey"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "PRIVATE" not in json.dumps(created)


def test_a_deletion_changes_nothing(secret):
    answer = answered(event("Delete", secret))

    held = maker("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert (answer["Status"], "Data" in answer, held) == ("SUCCESS", False, "a placeholder")


def test_a_failure_is_reported_to_cloudformation(secret):
    answer = answered(event("Create", f"{secret}-another"))

    assert answer["Status"] == "FAILED"
    assert "log" in answer["Reason"]


def test_a_refused_answer_raises_without_its_address(secret):
    with respx.mock:
        respx.put(RESPONSE_URL).mock(httpx.Response(403))
        with pytest.raises(RuntimeError) as failed:
            keypair.handler(event("Create", secret), context())

    assert "canary-signature" not in str(failed.value)
