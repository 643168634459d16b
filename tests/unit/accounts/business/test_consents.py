"""Concurrent consents to TikTok API for Business: for one account, for one advertiser, or during a disconnect."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from dropcast.accounts.business import connection_store, fresh_token
from dropcast.accounts.business.connection_store import (
    BusinessConsent,
    active_connections,
    all_business,
    connection_of_account,
    get_business,
    save_business,
    save_business_disconnection,
)
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.business.fresh_token import get_business_token, refresh_business_if_due
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.errors.problem import Problem
from dropcast.tiktok.business.oauth import AdvertiserGrant, HolderGrant
from tests.unit.support.accounts import NOW, plain

DAY = 24 * 3600


def holder(who: str) -> HolderGrant:
    return HolderGrant(
        access_token=SecretStr(f"canary-a-{who}"),
        refresh_token=SecretStr(f"canary-r-{who}"),
        expires_in=DAY,
        refresh_expires_in=100 * DAY,
        open_id=who,
        scopes=frozenset({"comment.list"}),
    )


def advertiser(*ids: str) -> AdvertiserGrant:
    return AdvertiserGrant(access_token=SecretStr(f"canary-{'-'.join(ids)}"), advertiser_ids=ids)


def saved(grant: HolderGrant | AdvertiserGrant, *, account_id: str | None = None, at: int = NOW) -> BusinessConnection:
    outcome = save_business(BusinessConsent("user-1", "7000", at, account_id), grant)
    assert isinstance(outcome, BusinessConnection), outcome
    return outcome


def serving(account_id: str) -> list[str | None]:
    return [one.business_id for one in active_connections("account") if one.account_id == account_id]


@pytest.fixture
def account(tiktok, business) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


def test_one_of_two_concurrent_consents_for_an_account_serves_it(account, cloud):
    find = connection_store.connection_of_account

    def after_the_other(account_id):
        cloud.setattr(connection_store, "connection_of_account", find)
        found = find(account_id)
        saved(holder("theirs-2"), account_id=account)
        return found

    cloud.setattr(connection_store, "connection_of_account", after_the_other)

    saved(holder("theirs-1"), account_id=account)

    served = connection_of_account(account)
    assert served is not None
    assert serving(account) == [served.business_id] == ["theirs-1"]


def test_one_of_many_concurrent_consents_for_an_account_serves_it(account, atomic_aws):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: saved(holder(f"theirs-{number}"), account_id=account), range(4)))

    served = connection_of_account(account)
    assert served is not None
    assert serving(account) == [served.business_id]


def test_disconnecting_an_account_ends_every_connection_made_for_it(account):
    for who in ("theirs-1", "theirs-2", "theirs-3"):
        saved(holder(who), account_id=account)
    elsewhere = saved(holder("theirs-4"))

    disconnect(account)

    assert [one.connection_id for one in active_connections("account")] == [elsewhere.connection_id]


def test_disconnecting_again_ends_connections_that_a_crash_left(account, monkeypatch):
    from dropcast.accounts import disconnect as room

    saved(holder("theirs-1"), account_id=account)
    with monkeypatch.context() as patch:
        patch.setattr(room, "connections_for", lambda _: [])
        disconnect(account)

    disconnect(account)

    assert active_connections("account") == []


def test_a_consent_during_its_accounts_disconnect_makes_no_connection(account, cloud):
    find = connection_store.connection_of_account

    def after_the_end(account_id):
        cloud.setattr(connection_store, "connection_of_account", find)
        disconnect(account)
        return find(account_id)

    cloud.setattr(connection_store, "connection_of_account", after_the_end)

    outcome = save_business(BusinessConsent("user-1", "7000", NOW, account), holder("theirs-1"))

    assert isinstance(outcome, Problem)
    assert outcome.code == "account_disconnected"
    assert all_business() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["900"], ["1000", "900"]),
        (["900"], ["900", "7100000000000000123"]),
        (["900", "1000"], ["1000"]),
        (["900", "1000"], ["900"]),
        (["5", "900", "1000"], ["900", "6"]),
    ],
)
def test_a_changed_set_of_advertisers_makes_no_second_connection(business, before, after):
    first = saved(advertiser(*before))

    again = saved(advertiser(*after), at=NOW + 1)

    assert again.connection_id == first.connection_id
    assert [one.advertiser_ids for one in all_business()] == [tuple(after)]
    assert plain(get_business_token(again.connection_id, outlive_s=60)) == f"canary-{'-'.join(after)}"


def test_consents_without_a_common_advertiser_make_two_connections(business):
    saved(advertiser("900", "1000"))
    saved(advertiser("1000"), at=NOW + 1)

    saved(advertiser("900"), at=NOW + 2)

    assert sorted(one.advertiser_ids for one in all_business()) == [("1000",), ("900",)]


def test_a_consent_renews_the_connection_with_most_common_advertisers(business):
    saved(advertiser("1"))
    most = saved(advertiser("2", "3"), at=NOW + 1)

    again = saved(advertiser("1", "2", "3"), at=NOW + 2)

    assert again.connection_id == most.connection_id


def test_a_consent_after_the_end_keeps_the_connection(business):
    first = saved(advertiser("900"))
    disconnect_business(first.connection_id)

    again = saved(advertiser("1000", "900"), at=NOW + 1)

    assert (again.connection_id, again.status) == (first.connection_id, "active")


def test_two_concurrent_advertiser_consents_make_one_connection(business, atomic_aws):
    sets = [("900",), ("1000", "900"), ("900", "2000"), ("900", "1000")]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda ids: saved(advertiser(*ids)), sets))

    assert len({one.connection_id for one in made}) == 1
    assert len(all_business()) == 1


def test_a_late_disconnect_keeps_a_consent_of_the_same_second(business):
    first = saved(holder("theirs-1"))
    saved(holder("theirs-1"))

    assert save_business_disconnection(first, revoked=True) is None
    assert [one.status for one in all_business()] == ["active"]


@pytest.mark.parametrize("ended", [True, False])
def test_a_refused_refresh_of_the_old_pair_keeps_the_new_one(business, held_clock, ended):
    connection = saved(holder("biz-open-1"))

    def consent_meanwhile() -> None:
        business.on_refresh = lambda: None
        if ended:
            disconnect_business(connection.connection_id)
        saved(holder("biz-open-1"), at=int(held_clock.at))

    held_clock.at += DAY
    business.on_refresh = consent_meanwhile

    assert refresh_business_if_due(connection.connection_id) is None
    renewed = get_business(connection.connection_id)
    assert renewed is not None
    assert renewed.status == "active"


def test_a_successful_refresh_of_the_old_pair_does_not_overwrite_the_new_one(business, held_clock):
    connection = saved(holder("biz-open-1"))
    held_clock.at += DAY
    business.live_refresh = "canary-r-biz-open-1"
    old = fresh_token.get_business_tokens(connection.connection_id)
    assert old is not None
    disconnect_business(connection.connection_id)
    saved(holder("biz-open-1"), at=int(held_clock.at))

    renewal = fresh_token.HolderRenewal(access_token=SecretStr("canary-late"), expires_in=DAY)

    assert not fresh_token.save_renewed_tokens(old, renewal, asked_at=int(held_clock.at))
    assert plain(get_business_token(connection.connection_id, outlive_s=60)) == "canary-a-biz-open-1"


def test_no_encryption_context_is_used_for_two_secrets(business, held_clock):
    contexts: list[str] = []
    clients.client("kms").meta.events.register(
        "provide-client-params.kms.Encrypt",
        lambda params, **_: contexts.append(str(sorted(params["EncryptionContext"].items()))),
    )
    for _ in range(3):
        connection = saved(holder("biz-open-1"), at=int(held_clock.at))
        business.live_refresh = "canary-r-biz-open-1"
        old = fresh_token.get_business_tokens(connection.connection_id)
        assert old is not None
        disconnect_business(connection.connection_id)
        renewal = fresh_token.HolderRenewal(
            access_token=SecretStr("canary-late"), expires_in=DAY, refresh_token=SecretStr("canary-later")
        )
        assert not fresh_token.save_renewed_tokens(old, renewal, asked_at=int(held_clock.at))
        saved(advertiser("900"), at=int(held_clock.at))
        held_clock.at += 1

    assert len(contexts) == len(set(contexts)) == 15
