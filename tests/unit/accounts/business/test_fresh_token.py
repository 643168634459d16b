"""Tokens of TikTok API for Business stay valid after any single failure. Only TikTok's refusal ends a connection."""

import json

import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast.accounts import partner_secrets
from dropcast.accounts.business.connection_store import BusinessConsent, get_business, save_business
from dropcast.accounts.business.fresh_token import call_with_business_token, get_business_token, refresh_business_if_due
from dropcast.accounts.business.token_store import get_business_tokens
from dropcast.accounts.tokens.refresh_queue import parse_message, queue_due
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S
from dropcast.aws import clients, vault
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import AdvertiserGrant, BusinessApp, HolderGrant
from dropcast.tiktok.client import Refused
from tests.unit.accounts.business.conftest import code, made
from tests.unit.support.accounts import NOW, items, plain
from tests.unit.support.business import APP, FakeBusiness

DAY = 86_400


@pytest.fixture
def advertiser(business: FakeBusiness) -> str:
    return made(
        AdvertiserGrant.model_validate({"access_token": business.live_advertiser, "advertiser_ids": ["7100"]})
    ).connection_id


def status(connection_id: str) -> str:
    found = get_business(connection_id)
    assert found is not None
    return found.status


def stored(connection_id: str):
    found = get_business_tokens(connection_id)
    assert found is not None
    return found


def test_its_tokens_have_another_encryption_context_than_an_accounts(connection):
    row = next(item for item in items("accounts") if item["pk"] == "business")
    named = {"account": connection, "version": str(row["version"])}

    opened = [
        vault.unseal(bytes(row[kind]), named | {"kind": f"business_{kind}"})
        for kind in ("access_token", "refresh_token")
    ]

    assert [one.get_secret_value() for one in opened] == ["act.canary-1", "rft.canary-1"]


def test_a_token_that_lives_long_enough_is_returned_without_a_call(connection, business):
    assert plain(get_business_token(connection, outlive_s=60)) == business.live_access
    assert business.refreshes == 0


def test_a_token_that_would_expire_during_its_call_is_refreshed_first(connection, business, held_clock):
    held_clock.at = NOW + DAY - 60

    token = get_business_token(connection, outlive_s=60)

    assert plain(token) == business.live_access == "act.canary-2"
    assert stored(connection).version == 2
    assert stored(connection).access_expires_at == NOW + DAY - 60 + DAY


def test_a_refresh_without_a_new_refresh_token_keeps_the_old_one(connection, business, held_clock):
    business.rotates = False
    for day in (1, 2):
        held_clock.at = NOW + day * DAY
        assert plain(get_business_token(connection, outlive_s=60)) == business.live_access

    assert plain(stored(connection).refresh_token()) == "rft.canary-1"
    assert stored(connection).refresh_expires_at == NOW + 31_536_000
    assert get_business(connection).scopes == {"comment.list", "comment.list.manage"}


@pytest.mark.parametrize("trouble", ["not_connected", "server_error", "refuse:40100", "refuse:40001", "refuse:50000"])
def test_no_transient_failure_loses_a_connection(connection, business, held_clock, trouble):
    held_clock.at = NOW + DAY
    business.plan = [trouble, trouble]

    failed = get_business_token(connection, outlive_s=60)
    business.plan = []
    held_clock.at += LEASE_S
    later = get_business_token(connection, outlive_s=60)

    assert isinstance(failed, Problem)
    assert plain(later) == business.live_access
    assert status(connection) == "active"


def test_a_lost_answer_is_requested_once_more(connection, business, held_clock):
    held_clock.at = NOW + DAY
    business.rotates = False
    business.plan = ["lost_answer"]

    assert plain(get_business_token(connection, outlive_s=60)) == business.live_access
    assert business.refreshes == 2


def test_rotated_tokens_with_a_lost_answer_end_the_connection(connection, business, held_clock):
    held_clock.at = NOW + DAY
    business.plan = ["lost_answer"]

    outcome = get_business_token(connection, outlive_s=60)

    assert code(outcome) == "business_reconnect_needed"
    assert isinstance(outcome, Problem)
    assert outcome.log_id == "req-no"
    assert status(connection) == "reconnect_needed"


def test_a_lost_connection_leaves_the_schedule_and_makes_no_more_calls(connection, business, held_clock):
    held_clock.at = NOW + DAY
    business.plan = ["refuse:40105"]
    get_business_token(connection, outlive_s=60)
    asked = len(business.asked)

    assert code(get_business_token(connection, outlive_s=60)) == "business_reconnect_needed"
    assert queue_due() == 0
    assert len(business.asked) == asked


def test_a_refusal_of_tokens_that_were_replaced_is_ignored(connection, business, held_clock):
    held_clock.at = NOW + DAY
    business.plan = ["refuse:40105"]
    fresh = HolderGrant.model_validate(business._new_tokens(rotated=True))

    def another_consent(*_: object, **__: object) -> None:
        business.plan.clear()
        save_business(BusinessConsent("user-1", "7000", int(held_clock.at)), fresh)

    answer = business.answer
    business.answer = lambda request: (answer(request), another_consent())[0]
    client = partner_secrets.business_within(1)
    client.http._transport.handler = business.answer

    assert plain(get_business_token(connection, outlive_s=60)) == fresh.access_token.get_secret_value()
    assert status(connection) == "active"


def test_tokens_of_another_account_are_never_stored(connection, business, held_clock):
    held_clock.at = NOW + DAY
    business.open_id = "biz-open-of-a-stranger"

    with pytest.raises(RuntimeError):
        get_business_token(connection, outlive_s=60)

    assert stored(connection).version == 1


def test_another_app_is_not_called(connection, business, held_clock):
    held_clock.at = NOW + DAY
    partner_secrets.store_business_app(BusinessApp("8000", APP.secret))
    partner_secrets._partners.cache_clear()

    assert code(get_business_token(connection, outlive_s=60)) == "business_app_changed"
    assert business.refreshes == 0
    assert status(connection) == "active"


def test_granted_tokens_survive_aws_errors(connection, business, held_clock, monkeypatch):
    held_clock.at = NOW + DAY
    client = clients.client("dynamodb")
    update, troubles = client.update_item, iter(range(2))

    def throttled(**request):
        if next(troubles, None) is not None:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
        return update(**request)

    monkeypatch.setattr(client, "update_item", throttled)

    assert plain(get_business_token(connection, outlive_s=60)) == business.live_access
    assert business.refreshes == 1


def test_the_same_schedule_and_queue_refresh_business_connections(connection, business, held_clock):
    held_clock.at = NOW + DAY

    queued, again = queue_due(), queue_due()

    [message] = clients.client("sqs").receive_message(QueueUrl=settings().refresh_queue_url)["Messages"]
    assert (queued, again) == (1, 0)
    assert json.loads(message["Body"]) == {"connection_id": connection}
    assert parse_message(message["Body"]).connection_id == connection


def test_a_connection_is_due_before_its_token_expires(connection):
    assert NOW + 0.6 * DAY <= stored(connection).due_at <= NOW + 0.75 * DAY


def test_only_due_connections_are_refreshed(connection, business, held_clock):
    held_clock.at = NOW + DAY // 2
    early = refresh_business_if_due(connection)
    held_clock.at = NOW + 3 * DAY // 4

    due = refresh_business_if_due(connection)

    assert (early, due) == (None, None)
    assert business.refreshes == 1


def test_an_advertisers_token_is_never_due_and_never_refreshed(advertiser, business, held_clock):
    held_clock.at = NOW + 1000 * DAY

    assert queue_due() == 0
    assert refresh_business_if_due(advertiser) is None
    assert plain(get_business_token(advertiser, outlive_s=60)) == business.live_advertiser


def test_a_call_with_a_rejected_token_is_repeated_once_with_a_newer_one(connection, business):
    seen: list[str] = []

    def call(token: SecretStr) -> str | Refused:
        seen.append(plain(token))
        return "done" if len(seen) == 2 else Refused("40105", "dead", None, 200)

    assert call_with_business_token(connection, call) == "done"
    assert seen == ["act.canary-1", "act.canary-2"]


def test_a_call_refused_for_another_reason_is_made_once(connection, business):
    refusal = Refused("40001", "no", None, 200)

    assert call_with_business_token(connection, lambda _: refusal) == refusal
    assert business.refreshes == 0


def test_a_rejected_advertiser_token_ends_its_connection(advertiser):
    outcome = call_with_business_token(advertiser, lambda _: Refused("40105", "dead", None, 200))

    assert code(outcome) == "business_reconnect_needed"
    assert status(advertiser) == "reconnect_needed"


def test_an_unknown_connection_has_no_token(cloud):
    assert code(get_business_token("biz_nobody", outlive_s=60)) == "not_found"
