"""The refresh log shows the outcome of each refresh."""

import pytest

from dropcast import clock
from dropcast.accounts.tokens.fresh_token import get_fresh_token
from dropcast.accounts.tokens.refresh_log import KEPT
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S
from dropcast.errors.problem import Problem
from tests.unit.accounts.tokens.conftest import stored
from tests.unit.support.accounts import NOW, items


def outcomes(account: str) -> list[str]:
    return [entry["outcome"] for entry in stored(account).journal]


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
def test_the_log_shows_the_outcome_of_each_refresh(account, tiktok, held_clock, plan, remembered):
    held_clock.at = NOW + 7200
    tiktok.plan = plan

    get_fresh_token(account, outlive_s=60)

    assert outcomes(account) == remembered
    assert [entry["version"] for entry in stored(account).journal] == [1] * len(remembered)
    assert "canary" not in str(stored(account).journal)


def test_the_log_contains_tiktoks_log_id_and_keeps_the_newest_entries(account, tiktok, held_clock):
    tiktok.plan = ["refuse:invalid_client"] * (KEPT + 5)

    for hour in range(KEPT + 5):
        held_clock.at = NOW + 7200 + hour * 3600
        get_fresh_token(account, outlive_s=60)

    journal = stored(account).journal
    assert len(journal) == KEPT
    assert journal[-1] == {
        "id": journal[-1]["id"],
        "at": clock.now(),
        "version": 1,
        "outcome": "invalid_client",
        "log_id": "log-no",
    }


def test_an_answer_lost_after_rotation_is_reported_once(account, tiktok, held_clock):
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


@pytest.mark.parametrize("plan", [["lost_answer", "", "not_connected"], ["lost_answer", "refuse:invalid_client"]])
def test_a_slower_refresh_keeps_the_reason_of_the_loss(account, tiktok, held_clock, plan):
    held_clock.at = NOW + 7200
    tiktok.plan = plan

    def let_another_refresh_lose_the_answer() -> None:
        tiktok.on_refresh = lambda: None
        held_clock.at += LEASE_S + 1
        get_fresh_token(account, outlive_s=60)

    tiktok.on_refresh = let_another_refresh_lose_the_answer

    get_fresh_token(account, outlive_s=60)

    assert stored(account).dead
    assert stored(account).loss_reason() == "answer_lost"


def test_a_slower_refresh_that_fails_keeps_the_lost_answer_of_a_faster_one(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["lost_answer", "refuse:invalid_client", "refuse:rate_limit_exceeded"]

    def let_another_refresh_lose_the_answer() -> None:
        tiktok.on_refresh = lambda: None
        held_clock.at += LEASE_S + 1
        get_fresh_token(account, outlive_s=60)

    tiktok.on_refresh = let_another_refresh_lose_the_answer
    get_fresh_token(account, outlive_s=60)
    assert sorted(outcomes(account)) == ["invalid_client", "rate_limit_exceeded", "timeout"]

    outcome = get_fresh_token(account, outlive_s=60)

    assert isinstance(outcome, Problem)
    assert outcome.details["reason"] == "answer_lost"


def test_a_connection_that_its_owner_ended_is_not_reported_as_a_lost_answer(account, tiktok, held_clock):
    held_clock.at = NOW + 7200
    tiktok.plan = ["server_error", ""]
    get_fresh_token(account, outlive_s=60)
    held_clock.at += 7200
    tiktok.live_refresh = "rft.revoked"

    outcome = get_fresh_token(account, outlive_s=60)

    assert isinstance(outcome, Problem)
    assert outcome.details["reason"] == "refused"
