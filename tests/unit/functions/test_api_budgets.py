"""GET /v1/accounts/{account_id}/budgets."""

from typing import Any

import pytest

from dropcast import clock
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.budgets.budget_use import get_budget_use
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.publish_queue import leave, take_turn
from dropcast.budgets.spend_or_block_now import block_budget, spend_now
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, with_scopes

VIDEO = ("creator_info", "video_init", "direct_posts")


@pytest.fixture
def who(tiktok) -> BudgetOwner:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return BudgetOwner(connected.account_id, connected.open_id)


def shown(account_id: str, key: str = "read") -> tuple[int, dict[str, Any]]:
    path = f"/v1/accounts/{account_id}/budgets"
    return call(Operation("GET", path, path, {}, None), with_scopes(key))


def budget(who: BudgetOwner, name: str) -> dict[str, Any]:
    _, body = shown(who.account_id)
    return next(item for item in body["items"] if item["budget"] == name)


def test_an_unused_account_has_all_of_its_budgets(who):
    status, body = shown(who.account_id)

    assert status == 200
    assert {item["budget"]: (item["limit"], item["window_seconds"]) for item in body["items"]} == {
        "creator_info": (20, 60),
        "video_init": (6, 60),
        "inbox_init": (6, 60),
        "content_init": (6, 60),
        "status": (30, 60),
        "direct_posts": (15, 86400),
        "pending_drafts": (5, 86400),
        "looks": (8, 60),
        "comments": (40, 60),
    }
    assert {(item["used"], item["reserved"], item["next_free_at"]) for item in body["items"]} == {
        (0, 0, clock.iso(NOW))
    }


def test_used_and_waiting_publishes_are_counted(who):
    for number in range(6):
        take_turn(who, f"a{number}", VIDEO)
        leave(who, f"a{number}", dict.fromkeys(VIDEO, NOW))
    for number in range(7):
        take_turn(who, f"b{number}", VIDEO)
    spend_now(who, "status")

    assert budget(who, "video_init") == {
        "budget": "video_init",
        "used": 6,
        "reserved": 7,
        "limit": 6,
        "window_seconds": 60,
        "next_free_at": clock.iso(NOW + 2 * 62),
        "blocked_until": None,
        "blocked_why": None,
    }
    assert budget(who, "status")["used"] == 1


def test_tiktoks_own_refusal_is_shown(who):
    block_budget(who, "direct_posts", "spam_risk_too_many_posts")

    posts = budget(who, "direct_posts")

    assert (posts["blocked_until"], posts["blocked_why"]) == (clock.iso(NOW + 3600), "spam_risk_too_many_posts")
    assert posts["next_free_at"] == posts["blocked_until"]


def test_all_budgets_of_an_account_cost_two_calls(who):
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    shown(who.account_id)

    assert calls == ["GetItem", "BatchGetItem"]


def test_every_budget_has_a_description(who):
    assert all(use.what for use in get_budget_use(who.open_id))


def test_an_unknown_account_has_no_budgets(who):
    status, body = shown("acc_none")

    assert (status, body["error"]["code"]) == (404, "account_not_found")
