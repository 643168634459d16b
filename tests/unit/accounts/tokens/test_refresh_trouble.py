"""A refresh survives lost answers, slow processes, wrong clocks, AWS errors and a changed app."""

from contextlib import nullcontext

import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.tokens import fresh_token, refresh_under_lease, token_store
from dropcast.accounts.tokens.fresh_token import get_fresh_token, refresh_if_due
from dropcast.accounts.tokens.refresh_under_lease import CLOCKS_DIFFER_S, FIRST_TRY_S, LEASE_S
from dropcast.aws import clients
from dropcast.aws.clients import ContendedError
from dropcast.errors.problem import Problem
from dropcast.tiktok.oauth import AppCredentials
from tests.unit.accounts.tokens.conftest import index_of, stored
from tests.unit.support.accounts import NOW, event_names, plain


def test_a_lost_answer_is_requested_once_more_and_succeeds_if_tiktok_did_not_rotate(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["server_error"]

    token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert tiktok.refreshes == 2


def test_an_account_that_was_given_up_too_early_becomes_active_again_and_is_announced(account, tiktok, held_clock):
    """A refresh takes longer than its lease.

    TikTok refuses the refresh of another worker. Then the answer to the first refresh arrives.
    """
    held_clock.at = NOW + 7200
    second: list[object] = []

    def overtaken() -> None:
        if tiktok.refreshes == 1:
            held_clock.at += 91
            tiktok.plan = ["refuse:invalid_grant"]
            second.append(get_fresh_token(account, outlive_s=60))

    tiktok.on_refresh = overtaken

    first = get_fresh_token(account, outlive_s=60)

    found = get_account(account)
    assert found is not None
    assert isinstance(second[0], Problem)
    assert (plain(first), found.status) == (tiktok.live_access, "active")
    assert index_of(account) == stored(account).due_at
    assert event_names() == ["account.connected", "account.connected", "account.reconnect_needed"]


def test_a_refresh_does_not_begin_without_time_to_store_its_result(account, tiktok, held_clock):
    held_clock.at = NOW + 7200

    with clock.ending_in(34):
        short = get_fresh_token(account, outlive_s=60)
    with clock.ending_in(36):
        enough = get_fresh_token(account, outlive_s=60)

    assert isinstance(short, Problem)
    assert short.code == "tiktok_unanswered"
    assert plain(enough) == tiktok.live_access


@pytest.mark.parametrize(("slow_aws_s", "asked"), [(0, 1), (30, 1), (31, 0), (120, 0)])
def test_a_worker_with_a_fast_clock_does_not_take_a_lease_in_use(
    account, tiktok, held_clock, monkeypatch, slow_aws_s, asked
):
    held_clock.at = NOW + 7200
    taken: list[object] = []
    take = refresh_under_lease.take_lease

    def taking_then_slow(open_id, seconds):
        lease = take(open_id, seconds)
        held_clock.at += slow_aws_s
        return lease

    def another_looks() -> None:
        held_clock.at += FIRST_TRY_S
        with monkeypatch.context() as skewed:
            skewed.setattr(clock, "now", lambda: int(held_clock.at) + CLOCKS_DIFFER_S - 1)
            taken.append(take("open-1", LEASE_S))

    monkeypatch.setattr(refresh_under_lease, "take_lease", taking_then_slow)
    tiktok.on_refresh = another_looks

    get_fresh_token(account, outlive_s=60)

    assert taken == [None] * asked


@pytest.mark.parametrize(("service", "operation"), [("kms", "encrypt"), ("dynamodb", "transact_write_items")])
@pytest.mark.parametrize(("seconds", "kept"), [(1, True), (20, True), (26, False)])
def test_a_granted_pair_survives_some_seconds_of_aws_errors(
    account, tiktok, held_clock, monkeypatch, service, operation, seconds, kept
):
    held_clock.at = NOW + 7200
    client = clients.client(service)
    really = getattr(client, operation)
    began: list[float] = []

    def troubled(**request):
        began.append(held_clock.at)
        return throttled() if held_clock.at - began[0] < seconds else really(**request)

    with monkeypatch.context() as trouble:
        trouble.setattr(client, operation, troubled)
        with nullcontext() if kept else pytest.raises(ContendedError):
            get_fresh_token(account, outlive_s=60)

    after = get_fresh_token(account, outlive_s=60)
    assert tiktok.refreshes == (1 if kept else 2)
    if kept:
        assert plain(after) == tiktok.live_access
    else:
        assert isinstance(after, Problem)
        assert after.details["reason"] == "answer_lost"


def test_new_tokens_are_returned_even_if_the_lease_cannot_be_released(account, tiktok, held_clock, monkeypatch):
    held_clock.at = NOW + 7200

    with monkeypatch.context() as trouble:
        trouble.setattr(clients.client("dynamodb"), "delete_item", throttled)
        token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    held_clock.at += LEASE_S
    assert refresh_if_due(account, asked_at=clock.now()) is None


def test_setting_another_tiktok_app_by_mistake_ends_no_connection(account, tiktok, held_clock, monkeypatch):
    held_clock.at = NOW + 5400
    other = AppCredentials("key-of-the-sandbox", SecretStr("canary-other-secret"))

    with monkeypatch.context() as mistake:
        for room in (fresh_token.tiktok_app, token_store):
            mistake.setattr(room, "app_credentials", lambda: other)
        while_good = get_fresh_token(account, outlive_s=60)
        due_now = refresh_if_due(account)
    after = refresh_if_due(account)

    assert plain(while_good) == "act.canary-1"
    assert isinstance(due_now, Problem)
    assert (due_now.code, due_now.next) == ("app_changed", "reconnect")
    assert after is None
    assert tiktok.refreshes == 1
    assert event_names() == ["account.connected"]


def throttled(*_: object, **__: object) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Any")
