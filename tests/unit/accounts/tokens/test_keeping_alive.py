"""Which accounts the schedule keeps warm, what it tells of connections that end, and what the journal remembers."""

from contextlib import nullcontext

import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens import fresh_token, refresh_under_lease, token_store
from dropcast.accounts.tokens.fresh_token import get_fresh_token, keep_warm_until, refresh_if_due
from dropcast.accounts.tokens.refresh_log import KEPT
from dropcast.accounts.tokens.refresh_under_lease import CLOCKS_DIFFER_S, FIRST_TRY_S, LEASE_S
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens
from dropcast.aws import clients
from dropcast.aws.clients import ContendedError
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from dropcast.tiktok.oauth import AppCredentials
from tests.unit.support.accounts import NOW, event_names, items, plain

DAY = 24 * 3600


@pytest.fixture
def account(tiktok) -> str:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected.account_id


def stored(account: str) -> StoredTokens:
    found = get_tokens(account)
    assert found is not None
    return found


def index_of(account: str) -> int:
    [at] = [item["due_at"] for item in items("accounts") if item["sk"] == "account"]
    return at


def outcomes(account: str) -> list[str]:
    return [entry["outcome"] for entry in stored(account).journal]


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


@pytest.mark.parametrize(
    ("plan", "remembered"),
    [
        ([], ["refreshed"]),
        (["not_connected"], ["not_connected"]),
        (["refuse:invalid_client"], ["invalid_client"]),
        (["server_error"], ["server_error", "refreshed"]),
        (["server_error", "server_error"], ["server_error", "server_error"]),
        (["lost_answer"], ["timeout", "invalid_grant"]),
        (["refuse:invalid_grant"], ["invalid_grant"]),
    ],
)
def test_the_journal_tells_what_became_of_each_refresh(account, tiktok, held_clock, plan, remembered):
    held_clock.at = NOW + 7200
    tiktok.plan = plan

    get_fresh_token(account, outlive_s=60)

    assert outcomes(account) == remembered
    assert [entry["version"] for entry in stored(account).journal] == [1] * len(remembered)
    assert "canary" not in str(stored(account).journal)


def test_the_journal_carries_tiktoks_log_id_and_keeps_the_newest_entries(account, tiktok, held_clock):
    tiktok.plan = ["refuse:invalid_client"] * (KEPT + 5)

    for hour in range(KEPT + 5):
        held_clock.at = NOW + 7200 + hour * 3600
        get_fresh_token(account, outlive_s=60)

    journal = stored(account).journal
    assert len(journal) == KEPT
    assert journal[-1] == {"at": clock.now(), "version": 1, "outcome": "invalid_client", "log_id": "log-no"}


def test_a_refresh_whose_answer_is_lost_is_asked_for_once_more_and_survives_where_tiktok_did_not_rotate(
    account, tiktok, held_clock
):
    held_clock.at = NOW + 7200
    tiktok.plan = ["server_error"]

    token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert tiktok.refreshes == 2


def test_an_answer_lost_after_rotation_is_said_honestly_and_once(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["lost_answer"]

    first = get_fresh_token(account, outlive_s=60)
    second = get_fresh_token(account, outlive_s=60)

    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert first.code == second.code == "reconnect_needed"
    assert (first.details["reason"], first.log_id) == ("answer_lost", "log-no")
    assert tiktok.refreshes == 2
    [event] = [item["body"] for item in items("outbox") if item["name"] == "account.reconnect_needed"]
    assert '"reason": "answer_lost"' in event


def test_a_connection_that_its_owner_ended_is_not_called_a_lost_answer(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["server_error", ""]
    get_fresh_token(account, outlive_s=60)
    held_clock.at += 7200
    tiktok.live_refresh = "rft.revoked"

    outcome = get_fresh_token(account, outlive_s=60)

    assert isinstance(outcome, Problem)
    assert outcome.details["reason"] == "refused"


def test_an_account_given_up_too_early_is_active_again_and_says_so(account, tiktok, held_clock):
    """A refresh hangs for longer than its lease; another worker is refused; then the first one's answer comes."""
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


def test_a_refresh_does_not_begin_when_this_process_might_not_live_to_write_it(account, tiktok, held_clock):
    held_clock.at = NOW + 7200

    with clock.ending_in(34):
        short = get_fresh_token(account, outlive_s=60)
    with clock.ending_in(36):
        enough = get_fresh_token(account, outlive_s=60)

    assert isinstance(short, Problem)
    assert short.code == "tiktok_unanswered"
    assert plain(enough) == tiktok.live_access


@pytest.mark.parametrize(("slow_aws_s", "asked"), [(0, 1), (30, 1), (31, 0), (120, 0)])
def test_a_worker_whose_clock_is_ahead_does_not_take_a_lease_while_tiktok_is_asked(
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
def test_a_pair_that_was_given_outlives_trouble_in_aws_for_some_seconds(
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


def test_new_tokens_are_given_even_if_the_lease_cannot_be_given_back(account, tiktok, held_clock, monkeypatch):
    held_clock.at = NOW + 7200

    with monkeypatch.context() as trouble:
        trouble.setattr(clients.client("dynamodb"), "delete_item", throttled)
        token = get_fresh_token(account, outlive_s=60)

    assert plain(token) == tiktok.live_access
    held_clock.at += LEASE_S
    assert refresh_if_due(account, asked_at=clock.now()) is None


def test_another_tiktok_app_set_by_mistake_costs_no_connection(account, tiktok, held_clock, monkeypatch):
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
