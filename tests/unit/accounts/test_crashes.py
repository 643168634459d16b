"""The process dies at each AWS call of a refresh, before it or right after it took effect."""

import pytest
from pydantic import SecretStr

from dropcast import aws
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connected_store import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.token_store import get_tokens
from dropcast.accounts.tokens import LEASE_S, fresh_access_token
from dropcast.errors import Problem
from tests.unit.support.accounts import NOW, plain

# The calls of one refresh, in order: read, lease, read, open, journal; TikTok; seal, seal, write; release, open.
CALLS = [
    "GetItem",
    "PutItem",
    "GetItem",
    "Decrypt",
    "UpdateItem",
    "Encrypt",
    "Encrypt",
    "TransactWriteItems",
    "DeleteItem",
    "Decrypt",
]
ROTATED_UNWRITTEN = {(5, "before"), (5, "after"), (6, "before"), (6, "after"), (7, "before")}


class Died(BaseException):
    pass


class Mortal:
    """Dies at the `at`-th AWS call; once dead, nothing it does reaches AWS any more."""

    def __init__(self, at: int, when: str) -> None:
        self.at, self.when = at, when
        self.calls: list[str] = []
        self.dead = False

    def before(self, model, **_) -> None:
        if self.dead:
            raise Died
        self.calls.append(model.name)
        if len(self.calls) - 1 == self.at and self.when == "before":
            self.die()

    def after(self, **_) -> None:
        if len(self.calls) - 1 == self.at and self.when == "after":
            self.die()

    def die(self) -> None:
        self.dead = True
        raise Died

    def hook(self, put: bool) -> None:
        for service in ("dynamodb", "kms"):
            events = aws.client(service).meta.events
            for name, action in ((f"before-call.{service}", self.before), (f"after-call.{service}", self.after)):
                (events.register if put else events.unregister)(name, action)


@pytest.fixture
def account(tiktok, held_clock) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    held_clock.at = NOW + 7200
    # The app's secret is asked for once by a process, not by each refresh.
    from dropcast.accounts.app import app_credentials

    app_credentials()
    return connected


def test_a_refresh_makes_the_calls_whose_deaths_are_tried_here(account, aws_calls):
    fresh_access_token(account.account_id, outlive_s=60)

    assert aws_calls == CALLS


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(len(CALLS)))
def test_an_account_survives_or_says_that_it_did_not(account, tiktok, held_clock, at, when):
    mortal = Mortal(at, when)
    mortal.hook(True)
    with pytest.raises(Died):
        fresh_access_token(account.account_id, outlive_s=60)
    mortal.hook(False)

    held_clock.at += LEASE_S
    outcome = fresh_access_token(account.account_id, outlive_s=60)

    found = get_account(account.account_id)
    assert found is not None
    if (at, when) in ROTATED_UNWRITTEN:
        assert isinstance(outcome, Problem)
        assert (outcome.code, found.status) == ("reconnect_needed", "reconnect_needed")
        assert outcome.details["reason"] == "answer_lost"
    else:
        assert isinstance(outcome, SecretStr)
        assert (plain(outcome), found.status) == (tiktok.live_access, "active")
        stored = get_tokens(account.account_id)
        assert stored is not None
        assert plain(stored.refresh_token()) == tiktok.live_refresh
