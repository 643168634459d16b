"""The permissions of each key, for every operation in the document."""

import json
from typing import Any

import pytest

from functions.http.api.routes import ROUTES
from tests.openapi import operations
from tests.unit.support.api import call, with_scopes

DOCUMENT = json.loads(ROUTES.all.get_openapi_json_schema(title="Dropcast", version="1"))
OPERATIONS = operations(DOCUMENT)
# Routes for keys with any scope.
OPEN = ("/v1/console-links", "/v1/preflight")
# A key reads the plans that it made.
OWN = "GET /v1/plans/{plan_id}"
# The route that signs in Dropcast's name.
SIGNS = "/v1/webhook-endpoints/{endpoint_id}/deliveries/{event_id}/message"
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.route)


def refused(answer: tuple[int, dict[str, Any]]) -> bool:
    status, body = answer
    return status == 403 and body["error"]["code"] == "scope_missing"


def test_the_document_has_operations_of_every_kind():
    assert {one.method for one in OPERATIONS} >= {"GET", "POST", "DELETE"}
    assert len({one.route for one in OPERATIONS}) == len(OPERATIONS)


def test_every_operation_is_behind_the_authorizer():
    assert [one.route for one in OPERATIONS if not one.path.startswith("/v1/")] == []


@every_operation
@pytest.mark.parametrize("authorizer", [None, {}, {"scopes": ""}, {"scopes": "root"}, {"scopes": "rea,d"}])
def test_no_operation_answers_without_a_scope(cloud, operation, authorizer):
    assert refused(call(operation, authorizer))


@every_operation
def test_a_read_key_changes_nothing(cloud, operation):
    looks = operation.reads_only or operation.path in OPEN
    allowed = looks and not operation.path.startswith("/v1/keys") and not operation.route.endswith(SIGNS)

    assert refused(call(operation, with_scopes("read"))) != allowed


@every_operation
def test_a_publish_key_neither_reads_nor_sees_keys(cloud, operation):
    if (operation.reads_only and operation.route != OWN) or operation.path.startswith("/v1/keys"):
        assert refused(call(operation, with_scopes("publish")))


FOR_ADMINS = [one for one in OPERATIONS if "/v1/keys" in one.path or one.route.endswith(SIGNS)]


@pytest.mark.parametrize("operation", FOR_ADMINS, ids=lambda one: one.route)
def test_only_admins_manage_keys_and_let_the_api_sign(cloud, operation):
    assert refused(call(operation, with_scopes("read", "publish")))
    assert not refused(call(operation, with_scopes("admin")))
