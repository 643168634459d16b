import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens import refresh_under_lease
from dropcast.accounts.tokens.fresh_token import get_fresh_token, replace_rejected_token
from dropcast.accounts.tokens.lease_store import release_lease, take_lease
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S, PATIENCE_S
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.aws import clients
from dropcast.errors.problem import Problem
from tests.unit.support.accounts import NOW, event_names, items, plain

# A refresh with a lost answer is repeated once.
TRIES = 2


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


def code(outcome) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def until_all_asked(monkeypatch: pytest.MonkeyPatch, callers: int) -> Callable[[], None]:
    """Wait until `count` threads have asked for the lease."""
    asked: set[int] = set()
    changed = threading.Condition()

    def noted(open_id, seconds):
        lease = take_lease(open_id, seconds)
        with changed:
            asked.add(threading.get_ident())
            changed.notify_all()
        return lease

    def wait() -> None:
        with changed:
            assert changed.wait_for(lambda: len(asked) == callers, timeout=30)

    monkeypatch.setattr(refresh_under_lease, "take_lease", noted)
    monkeypatch.setattr(refresh_under_lease.clock, "sleep", lambda seconds: threading.Event().wait(0.01))
    return wait


def status(account: Account) -> str:
    found = get_account(account.account_id)
    assert found is not None
    return found.status


def test_a_token_that_lives_long_enough_costs_one_read_and_one_decrypt(account, tiktok, aws_calls):
    token = get_fresh_token(account.account_id, outlive_s=600)

    assert plain(token) == "act.canary-1"
    assert tiktok.refreshes == 0
    assert aws_calls == ["GetItem", "Decrypt"]


@pytest.mark.parametrize(("left_s", "refreshes"), [(601, 0), (600, 1), (1, 1), (-5, 1)])
def test_a_token_that_would_expire_during_the_call_is_refreshed(account, tiktok, held_clock, left_s, refreshes):
    held_clock.at = NOW + 7200 - left_s

    token = get_fresh_token(account.account_id, outlive_s=600)

    assert plain(token) == tiktok.live_access
    assert tiktok.refreshes == refreshes


def test_the_new_pair_is_stored_with_the_lifetimes_of_the_answer(account, tiktok, held_clock):
    held_clock.at = NOW + 8000
    tiktok.expires_in = 86_400

    get_fresh_token(account.account_id, outlive_s=60)

    stored = get_tokens(account.account_id)
    assert stored is not None
    assert (stored.version, plain(stored.access_token()), plain(stored.refresh_token())) == (
        2,
        tiktok.live_access,
        tiktok.live_refresh,
    )
    assert stored.access_expires_at == NOW + 8000 + 86_400
    assert NOW + 8000 < stored.due_at < stored.access_expires_at


@pytest.mark.long
def test_two_hundred_callers_cause_one_refresh_and_all_get_its_token(
    account, tiktok, held_clock, atomic_aws, monkeypatch
):
    held_clock.at = NOW + 7200
    tiktok.on_refresh = until_all_asked(monkeypatch, 200)

    with ThreadPoolExecutor(200) as pool:
        outcomes = list(pool.map(lambda _: get_fresh_token(account.account_id, outlive_s=60), range(200)))

    assert tiktok.refreshes == 1
    assert {plain(outcome) for outcome in outcomes} == {"act.canary-2"}
    assert [item for item in items("accounts") if item["sk"] == "lease"] == []


def test_callers_that_waited_for_a_failed_refresh_do_not_repeat_it_in_turn(
    account, tiktok, held_clock, atomic_aws, monkeypatch
):
    held_clock.at = NOW + 7200
    tiktok.on_refresh = until_all_asked(monkeypatch, 10)
    tiktok.plan = ["server_error"] * 10

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda _: get_fresh_token(account.account_id, outlive_s=60), range(10)))

    assert tiktok.refreshes == TRIES
    assert {code(outcome) for outcome in outcomes} == {"tiktok_unanswered"}


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [
        ("server_error", TRIES),
        ("not_connected", 1),
        ("refuse:rate_limit_exceeded", 1),
        ("refuse:invalid_client", 1),
    ],
)
def test_only_a_dead_refresh_token_disconnects(account, tiktok, held_clock, trouble, tries):
    held_clock.at = NOW + 7200
    tiktok.plan = [trouble] * tries

    first = get_fresh_token(account.account_id, outlive_s=60)
    second = get_fresh_token(account.account_id, outlive_s=60)

    assert isinstance(first, Problem)
    assert plain(second) == tiktok.live_access
    assert status(account) == "active"


def test_a_missing_answer_of_tiktok_is_reported_and_can_be_retried(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["server_error"] * TRIES

    outcome = get_fresh_token(account.account_id, outlive_s=60)

    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.next) == ("tiktok_unanswered", "retry")


def test_a_dead_refresh_token_marks_the_account_and_is_announced_once(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.live_refresh = "rft.somebody-else-has-it"

    outcomes = [get_fresh_token(account.account_id, outlive_s=60) for _ in range(3)]

    assert {code(outcome) for outcome in outcomes} == {"reconnect_needed"}
    assert tiktok.refreshes == 1
    assert status(account) == "reconnect_needed"
    assert event_names() == ["account.connected", "account.reconnect_needed"]
    assert not [item for item in items("accounts") if "due_shard" in item]


def test_a_dead_refresh_token_that_was_replaced_is_ignored(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.on_refresh = lambda: save_connection("user-1", tiktok.grant())

    token = get_fresh_token(account.account_id, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert status(account) == "active"


def test_tokens_of_another_account_are_never_stored(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.open_id = "open-of-a-stranger"

    with pytest.raises(RuntimeError, match="another account"):
        get_fresh_token(account.account_id, outlive_s=60)

    stored = get_tokens(account.account_id)
    assert stored is not None
    assert (stored.version, stored.open_id) == (1, "open-1")


def test_a_lease_of_another_holder_is_waited_for_only_for_a_limited_time(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    assert take_lease("open-1", LEASE_S * 10)

    outcome = get_fresh_token(account.account_id, outlive_s=60)

    assert code(outcome) == "tiktok_unanswered"
    assert tiktok.refreshes == 0
    assert PATIENCE_S <= held_clock.at - (NOW + 7200) <= PATIENCE_S + 1


@pytest.mark.parametrize(("left_s", "waits_s"), [(900, PATIENCE_S), (60, 25), (20, 5)])
def test_a_function_near_its_end_stops_waiting_when_its_own_refresh_could_not_begin(
    account, tiktok, held_clock, left_s, waits_s
):
    held_clock.at = NOW + 7200
    assert take_lease("open-1", LEASE_S * 10)

    with clock.ending_in(left_s):
        outcome = get_fresh_token(account.account_id, outlive_s=60)

    assert code(outcome) == "tiktok_unanswered"
    assert waits_s <= held_clock.at - (NOW + 7200) <= waits_s + 1


def test_a_lease_whose_owner_died_is_taken_over(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    assert take_lease("open-1", 10)

    token = get_fresh_token(account.account_id, outlive_s=60)

    assert plain(token) == tiktok.live_access
    assert tiktok.refreshes == 1


def test_a_late_owner_does_not_release_the_lease_of_the_next(cloud, held_clock):
    late = take_lease("open-1", 10)
    held_clock.at += 11
    assert take_lease("open-1", 10)

    assert late is not None
    release_lease(late)

    assert take_lease("open-1", 10) is None


def test_a_rejected_token_is_replaced_by_one_refresh(account, tiktok):
    rejected = get_fresh_token(account.account_id, outlive_s=60)
    assert isinstance(rejected, SecretStr)

    first = replace_rejected_token(account.account_id, rejected)
    second = replace_rejected_token(account.account_id, rejected)

    assert plain(first) == plain(second) == tiktok.live_access
    assert tiktok.refreshes == 1


def test_an_unknown_account_is_not_found(tiktok):
    assert code(get_fresh_token("acc_nobody", outlive_s=60)) == "account_not_found"


def test_an_account_without_tokens_must_reconnect(account, tiktok):
    clients.client("dynamodb").delete_item(
        TableName="accounts", Key={"pk": {"S": f"account#{account.account_id}"}, "sk": {"S": "tokens"}}
    )

    assert code(get_fresh_token(account.account_id, outlive_s=60)) == "reconnect_needed"
