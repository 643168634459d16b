"""The routes of connections to TikTok API for Business."""

from typing import Any

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.tiktok.business.oauth import HolderGrant
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, with_scopes

ALL = "/v1/business-connections"


@pytest.fixture
def connection(business) -> str:
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    made = save_business(BusinessConsent("user-1", "7000", NOW), grant)
    assert isinstance(made, BusinessConnection)
    return made.connection_id


def ask(method: str, path: str, body: Any = None, key: str = "admin") -> tuple[int, dict[str, Any]]:
    return call(Operation(method, path, path, {}, body), with_scopes(key))


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


@pytest.mark.parametrize("kind", ["advertiser", "account"])
def test_a_link_is_made_for_each_kind(business, kind):
    status, link = ask("POST", ALL, {"kind": kind, "user_id": "user-1", "return_to": "https://app.example/x"})

    assert status == 201
    assert link["connect_url"].startswith("https://dropcast.example/oauth/business/start?c=")
    assert link["expires_at"] == "2027-01-15T08:10:00Z"


def test_only_admins_make_links(business):
    assert code(ask("POST", ALL, {"kind": "account", "user_id": "u"}, key="publish")) == (403, "scope_missing")


def test_without_an_app_there_is_no_link(cloud):
    assert code(ask("POST", ALL, {"kind": "advertiser", "user_id": "u"})) == (409, "business_not_set")


def test_an_unknown_kind_is_refused(business):
    assert code(ask("POST", ALL, {"kind": "personal", "user_id": "u"})) == (400, "invalid_request")


def test_a_connection_is_shown_without_its_tokens(connection):
    status, shown = ask("GET", f"{ALL}/{connection}", key="read")

    assert status == 200
    assert shown == {
        "connection_id": connection,
        "kind": "account",
        "user_id": "user-1",
        "status": "active",
        "account_id": None,
        "business_id": "biz-open-1",
        "advertiser_ids": [],
        "scopes": ["comment.list", "comment.list.manage"],
        "connected_at": "2027-01-15T08:00:00Z",
        "ended_at": None,
        "revoked_at_tiktok": None,
    }
    assert ask("GET", ALL, key="read") == (200, {"items": [shown], "next": None})


def test_only_admins_end_a_connection_and_it_stays_listed(connection):
    refused = ask("DELETE", f"{ALL}/{connection}", key="publish")

    status, ended = ask("DELETE", f"{ALL}/{connection}")

    assert code(refused) == (403, "scope_missing")
    assert (status, ended["status"], ended["revoked_at_tiktok"]) == (200, "disconnected", True)
    assert ask("GET", ALL, key="read")[1]["items"] == [ended]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_connection_is_not_found(business, method):
    assert code(ask(method, f"{ALL}/biz_nobody")) == (404, "not_found")
