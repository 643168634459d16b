"""The accounts whose tokens the schedule keeps valid, the event before a connection ends, and the refresh log."""

from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.tokens import token_store
from dropcast.accounts.tokens.fresh_token import get_fresh_token, keep_warm_until, refresh_if_due
from dropcast.settings import settings
from tests.unit.accounts.tokens.conftest import index_of, stored
from tests.unit.support.accounts import NOW, event_names, items, plain

DAY = 24 * 3600


def test_a_used_account_stays_warm_and_an_unused_one_becomes_idle(cloud, tiktok, held_clock):
    cloud.setenv("IN_USE_DAYS", "2")
    settings.cache_clear()
    save_connection("user-1", tiktok.grant())
    [account] = [item["account_id"] for item in items("accounts") if item["sk"] == "account"]

    gaps = []
    while clock.now() < NOW + 2 * DAY:
        held_clock.at = index_of(account)
        refresh_if_due(account)
        gaps.append(index_of(account) - clock.now())

    assert all(gap <= 7200 * 0.75 for gap in gaps[:-1])
    assert gaps[-1] >= 45 * DAY


def test_a_used_idle_account_becomes_warm_again(account, tiktok, held_clock):
    held_clock.at = NOW + 20 * DAY
    refresh_if_due(account)
    assert index_of(account) == stored(account).due_at >= NOW + 65 * DAY
    held_clock.at = NOW + 30 * DAY

    token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert index_of(account) == stored(account).due_at <= NOW + 30 * DAY + 7200 * 0.75


def test_the_use_of_an_account_is_stored_at_most_once_a_day(account, held_clock, aws_calls, tiktok):
    tiktok.expires_in = 30 * DAY
    held_clock.at = NOW + 7200
    get_fresh_token(account, outlive_s=60)
    aws_calls.clear()

    for _ in range(30):
        held_clock.at += 7200
        get_fresh_token(account, outlive_s=60)

    assert aws_calls.count("GetItem") == 30
    assert aws_calls.count("UpdateItem") == 2


def test_the_schedules_refresh_does_not_count_as_a_use(account, held_clock):
    before = stored(account).in_use_until
    held_clock.at = NOW + 5 * DAY

    refresh_if_due(account)

    assert stored(account).in_use_until == before


def test_a_check_of_an_account_does_not_count_as_a_use(account, held_clock):
    before = stored(account).in_use_until
    held_clock.at = NOW + 5 * DAY

    get_fresh_token(account, outlive_s=60, read_only=True)

    assert stored(account).in_use_until == before


def test_a_token_is_returned_even_if_its_use_cannot_be_stored(account, tiktok, held_clock, monkeypatch):
    tiktok.expires_in = 3 * DAY
    held_clock.at = NOW + 7200
    refresh_if_due(account)
    held_clock.at = NOW + 2 * DAY

    with monkeypatch.context() as trouble:
        trouble.setattr(token_store.dynamo, "write_if", throttled)
        token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access


def test_an_account_with_a_scheduled_publish_stays_warm_until_then(account, held_clock):
    keep_warm_until(account, NOW + 60 * DAY)

    held_clock.at = NOW + 59 * DAY
    refresh_if_due(account)
    warm = index_of(account) - clock.now()
    held_clock.at = NOW + 61 * DAY
    refresh_if_due(account)

    assert warm <= 7200 * 0.75
    assert index_of(account) - clock.now() >= 45 * DAY


def test_reconnecting_keeps_the_time_of_use_and_the_refresh_log(account, tiktok, held_clock):
    held_clock.at = NOW + 3 * DAY
    get_fresh_token(account, outlive_s=60)
    before = stored(account)

    save_connection("user-1", tiktok.grant())

    assert stored(account).version == before.version + 1
    assert (stored(account).in_use_until, stored(account).journal) == (before.in_use_until, before.journal)


def test_tokens_that_are_not_due_are_not_refreshed(account, tiktok, held_clock):
    assert refresh_if_due(account) is None
    assert tiktok.refreshes == 0

    held_clock.at = NOW + 5400
    assert refresh_if_due(account) is None

    assert tiktok.refreshes == 1


def test_a_person_can_request_a_refresh_that_is_not_due_once_per_request(account, tiktok, held_clock):
    held_clock.at = NOW + 60

    refresh_if_due(account, asked_at=NOW + 30)
    refresh_if_due(account, asked_at=NOW + 30)

    assert tiktok.refreshes == 1


def test_the_end_of_a_connection_that_cannot_be_renewed_is_announced_once_14_days_before(account, tiktok, held_clock):
    tiktok.plan = ["refuse:invalid_client"] * 100
    end = stored(account).refresh_expires_at

    held_clock.at = end - 14 * DAY - 1
    refresh_if_due(account)
    assert "account.expiring" not in event_names()
    for days in (14, 13, 1):
        held_clock.at = end - days * DAY
        refresh_if_due(account)

    assert event_names().count("account.expiring") == 1
    [event] = [item["body"] for item in items("outbox") if item["name"] == "account.expiring"]
    assert account in event
    assert clock.iso(end) in event


def test_a_connection_end_that_tiktok_does_not_extend_is_announced_once(account, tiktok, held_clock):
    end = stored(account).refresh_expires_at

    for days in (60, 15, 13.9, 10, 5):
        held_clock.at = end - days * DAY
        tiktok.refresh_expires_in = int(days * DAY)
        refresh_if_due(account)

    assert stored(account).refresh_expires_at == end
    assert event_names().count("account.expiring") == 1


def test_a_renewed_connection_is_announced_again_before_its_next_end(account, tiktok, held_clock):
    for life in (10 * DAY, 180 * DAY, 10 * DAY):
        held_clock.at = stored(account).due_at
        tiktok.refresh_expires_in = life
        refresh_if_due(account)

    assert event_names().count("account.expiring") == 2


def test_an_account_is_checked_before_its_end_is_announced(account, tiktok, held_clock, cloud):
    tiktok.refresh_expires_in = 20 * DAY
    cloud.setenv("REFRESH_IDLE_SHARE", "0.8")
    settings.cache_clear()
    held_clock.at = NOW + 20 * DAY

    refresh_if_due(account)

    assert index_of(account) <= clock.now() + 6 * DAY


def throttled(*_: object, **__: object) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Any")
