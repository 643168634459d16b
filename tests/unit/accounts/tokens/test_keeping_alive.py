"""Which accounts the schedule keeps warm, what it tells of connections that end, and what the journal remembers."""

from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.tokens import token_store
from dropcast.accounts.tokens.fresh_token import get_fresh_token, keep_warm_until, refresh_if_due
from dropcast.settings import settings
from tests.unit.accounts.tokens.conftest import index_of, stored
from tests.unit.support.accounts import NOW, event_names, items, plain

DAY = 24 * 3600


def test_an_account_in_use_stays_warm_and_becomes_idle_when_nobody_uses_it(cloud, tiktok, held_clock):
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


def test_an_idle_account_that_is_used_again_is_warm_again(account, tiktok, held_clock):
    held_clock.at = NOW + 20 * DAY
    refresh_if_due(account)
    assert index_of(account) == stored(account).due_at >= NOW + 65 * DAY
    held_clock.at = NOW + 30 * DAY

    token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert index_of(account) == stored(account).due_at <= NOW + 30 * DAY + 7200 * 0.75


def test_using_an_account_is_written_down_at_most_once_a_day(account, held_clock, aws_calls, tiktok):
    tiktok.expires_in = 30 * DAY
    held_clock.at = NOW + 7200
    get_fresh_token(account, outlive_s=60)
    aws_calls.clear()

    for _ in range(30):
        held_clock.at += 7200
        get_fresh_token(account, outlive_s=60)

    assert aws_calls.count("GetItem") == 30
    assert aws_calls.count("UpdateItem") == 2


def test_the_schedule_itself_is_no_use_of_the_account(account, held_clock):
    before = stored(account).in_use_until
    held_clock.at = NOW + 5 * DAY

    refresh_if_due(account)

    assert stored(account).in_use_until == before


def test_looking_at_an_account_is_no_use_of_it(account, held_clock):
    before = stored(account).in_use_until
    held_clock.at = NOW + 5 * DAY

    get_fresh_token(account, outlive_s=60, read_only=True)

    assert stored(account).in_use_until == before


def test_a_token_is_given_even_if_its_use_cannot_be_noted(account, tiktok, held_clock, monkeypatch):
    tiktok.expires_in = 3 * DAY
    held_clock.at = NOW + 7200
    refresh_if_due(account)
    held_clock.at = NOW + 2 * DAY

    with monkeypatch.context() as trouble:
        trouble.setattr(token_store.dynamo, "write_if", throttled)
        token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access


def test_an_account_with_something_scheduled_stays_warm_until_then(account, held_clock):
    keep_warm_until(account, NOW + 60 * DAY)

    held_clock.at = NOW + 59 * DAY
    refresh_if_due(account)
    warm = index_of(account) - clock.now()
    held_clock.at = NOW + 61 * DAY
    refresh_if_due(account)

    assert warm <= 7200 * 0.75
    assert index_of(account) - clock.now() >= 45 * DAY


def test_reconnecting_keeps_what_is_known_of_use_and_journal(account, tiktok, held_clock):
    held_clock.at = NOW + 3 * DAY
    get_fresh_token(account, outlive_s=60)
    before = stored(account)

    save_connection("user-1", tiktok.grant())

    assert stored(account).version == before.version + 1
    assert (stored(account).in_use_until, stored(account).journal) == (before.in_use_until, before.journal)


def test_tokens_that_are_not_due_are_left_alone(account, tiktok, held_clock):
    assert refresh_if_due(account) is None
    assert tiktok.refreshes == 0

    held_clock.at = NOW + 5400
    assert refresh_if_due(account) is None

    assert tiktok.refreshes == 1


def test_a_person_may_have_tokens_refreshed_that_are_not_due_once_for_each_wish(account, tiktok, held_clock):
    held_clock.at = NOW + 60

    refresh_if_due(account, asked_at=NOW + 30)
    refresh_if_due(account, asked_at=NOW + 30)

    assert tiktok.refreshes == 1


def test_a_connection_that_cannot_be_renewed_is_told_of_once_14_days_before_its_end(account, tiktok, held_clock):
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


def test_a_connection_whose_end_tiktok_does_not_move_is_told_of_once(account, tiktok, held_clock):
    end = stored(account).refresh_expires_at

    for days in (60, 15, 13.9, 10, 5):
        held_clock.at = end - days * DAY
        tiktok.refresh_expires_in = int(days * DAY)
        refresh_if_due(account)

    assert stored(account).refresh_expires_at == end
    assert event_names().count("account.expiring") == 1


def test_a_connection_that_was_renewed_and_ends_again_is_told_of_again(account, tiktok, held_clock):
    for life in (10 * DAY, 180 * DAY, 10 * DAY):
        held_clock.at = stored(account).due_at
        tiktok.refresh_expires_in = life
        refresh_if_due(account)

    assert event_names().count("account.expiring") == 2


def test_an_account_is_looked_at_before_it_starts_expiring(account, tiktok, held_clock, cloud):
    tiktok.refresh_expires_in = 20 * DAY
    cloud.setenv("REFRESH_IDLE_SHARE", "0.8")
    settings.cache_clear()
    held_clock.at = NOW + 20 * DAY

    refresh_if_due(account)

    assert index_of(account) <= clock.now() + 6 * DAY


def throttled(*_: object, **__: object) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Any")
