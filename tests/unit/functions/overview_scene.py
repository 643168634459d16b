"""The content of the overview in its tests: accounts, publishes and an endpoint with problems, and daily counts."""

import re
from collections.abc import Callable

import pytest

from dropcast.accounts.models import Account
from dropcast.accounts.tokens.refresh_log_and_use_store import send_expiring_event
from dropcast.accounts.tokens.token_store import get_tokens, mark_reconnect_needed
from dropcast.aws import dynamo
from dropcast.events.daily_counts import count_writes
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_store import save_changes
from dropcast.publishing.model.states import State
from tests.unit.events.outbox.outcomes import body_of
from tests.unit.publishing.store.waiting import add
from tests.unit.support.accounts import NOW
from tests.unit.support.console import Shown
from tests.unit.support.named_accounts import connect_named

PAGE, PART = "/console", "/console/attention"
DAY = 24 * 3600
TODAY = "2027-01-15"

Connect = Callable[..., Account]


@pytest.fixture
def connect(tiktok) -> Connect:
    """Connect a TikTok account of a user by this name; return it."""

    return lambda name, user_id="ana": connect_named(tiktok, name, user_id)


@pytest.fixture
def troubled(connect: Connect, held_clock) -> dict[str, Account]:
    """Accounts and publishes of Ana with all kinds of problems, the same for Ben, and an endpoint that fails."""
    accounts = {}
    for name, user in (("Ana", "ana"), ("Ben", "ben")):
        accounts[name] = connect(name, user)
        accounts[f"{name} lost"] = lost(connect(f"{name} lost", user))
        accounts[f"{name} ending"] = connect(f"{name} ending", user)
        for state in (State.UNKNOWN, State.FAILED):
            reference = f"{name}-{state.value}"
            add(None, state, account_id=accounts[name].account_id, user_id=user, reference=reference)
    held_clock.at += 360 * DAY
    for name in ("Ana ending", "Ben ending"):
        ending(accounts[name])
    held_clock.at = NOW + 3600
    make_endpoint()
    return accounts


def lost(account: Account) -> Account:
    tokens = get_tokens(account.account_id)
    assert tokens
    assert mark_reconnect_needed(tokens)
    return account


def ending(account: Account) -> None:
    tokens = get_tokens(account.account_id)
    assert tokens
    send_expiring_event(tokens)


def make_endpoint(url: str = "https://hooks.example/secret-path") -> str:
    made = endpoints.create(url, ["*"], "")
    assert isinstance(made, tuple)
    save_changes(made[0], {"status": "disabled", "disabled_why": "failing", "failing_since": NOW - DAY})
    return made[0].endpoint_id


def count(*events: tuple[str, str | None, int], day: str = TODAY) -> None:
    told = [(f"publish.{state}", body_of(state, user, sent, day)) for state, user, sent in events]
    assert dynamo.write_all(count_writes(told))


def groups(shown: Shown) -> dict[str, str]:
    """The groups with their counts."""
    found = re.findall(r'<h3><span class="badge \w+">([^<]+)</span> ([^<]+)</h3>', shown.text)
    return {name: number for number, name in found}
