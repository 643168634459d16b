"""Kills the process at each AWS call of a refresh, before the call or right after it took effect. Other callers
wait.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.fresh_token import get_fresh_token
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S, PATIENCE_S
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.aws import clients
from dropcast.errors.problem import Problem
from tests.unit.support.accounts import NOW, event_names, plain

pytestmark = pytest.mark.long

# The calls of one refresh, in order: read, lease, read, decrypt, journal, TikTok, encrypt, encrypt, write, release,
# decrypt.
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

# Between TikTok's answer and the write, as many callers wait as possible. Elsewhere a few suffice.
CALLERS = {(7, "before"): 200}
FEW = 5

# Refreshes whose answer is lost or is a refusal: TikTok's behaviour, the AWS calls, and the calls after which TikTok
# has rotated.
ROADS = {
    "asked again": (
        ["server_error"],
        [*CALLS[:5], "GetItem", "UpdateItem", *CALLS[5:]],
        {(7, "before"), (7, "after"), (8, "before"), (8, "after"), (9, "before")},
    ),
    "refused": (
        ["refuse:invalid_grant"] * 2,
        [*CALLS[:5], "GetItem", "TransactWriteItems", "GetItem", "DeleteItem"],
        set(),
    ),
}


class Died(BaseException):
    pass


class Mortal:
    """A thread that dies at its AWS call number `at`. After its death none of its calls reaches AWS."""

    def __init__(self, at: int, when: str) -> None:
        self.at, self.when = at, when
        self.calls = 0
        self.dead = False
        self.holds_lease = threading.Event()
        self.thread = 0

    def run(self, account_id: str) -> None:
        self.thread = threading.get_ident()
        try:
            with pytest.raises(Died):
                get_fresh_token(account_id, outlive_s=60)
        finally:
            self.thread = 0  # a later thread may get the same number
            self.holds_lease.set()

    def before(self, **_) -> None:
        if threading.get_ident() != self.thread:
            return
        if self.dead:
            raise Died
        self.calls += 1
        if self.calls - 1 == self.at and self.when == "before":
            self.die()

    def after(self, model, **_) -> None:
        if threading.get_ident() != self.thread:
            return
        if self.calls - 1 == self.at and self.when == "after":
            self.die()
        if model.name == "PutItem":
            self.holds_lease.set()

    def die(self) -> None:
        self.dead = True
        raise Died

    def hook(self) -> None:
        for service in ("dynamodb", "kms"):
            events = clients.client(service).meta.events
            events.register(f"before-call.{service}", self.before)
            events.register(f"after-call.{service}", self.after)


@pytest.fixture
def account(tiktok, held_clock) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    held_clock.at = NOW + 7200
    # A process reads the app's secret once and not for each refresh.
    from dropcast.accounts.tiktok_app import app_credentials

    app_credentials()
    return connected


def test_a_refresh_makes_exactly_the_calls_that_these_tests_cover(account, aws_calls):
    get_fresh_token(account.account_id, outlive_s=60)

    assert aws_calls == CALLS


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(len(CALLS)))
def test_an_account_survives_or_reports_its_loss(account, tiktok, held_clock, atomic_aws, monkeypatch, at, when):
    callers = CALLERS.get((at, when), FEW)
    waiting: set[int] = set()
    monkeypatch.setattr(clock, "sleep", lambda seconds: waiting.add(threading.get_ident()) or time.sleep(0.005))
    mortal = Mortal(at, when)
    mortal.hook()
    stale = tiktok.live_access

    with ThreadPoolExecutor(1 + callers) as pool:
        death = pool.submit(mortal.run, account.account_id)
        assert mortal.holds_lease.wait(30)
        meanwhile = [pool.submit(get_fresh_token, account.account_id, outlive_s=60) for _ in range(callers)]
        death.result(30)
        while not all(one.done() for one in meanwhile) and len(waiting) < callers:
            time.sleep(0.005)
        held_clock.at += PATIENCE_S
        first = [one.result(30) for one in meanwhile]
    held_clock.at += LEASE_S - PATIENCE_S
    with ThreadPoolExecutor(FEW) as pool:
        second = list(pool.map(lambda _: get_fresh_token(account.account_id, outlive_s=60), range(FEW)))

    found = get_account(account.account_id)
    assert found is not None
    assert {said(one) for one in first} <= {"tiktok_unanswered", tiktok.live_access}
    assert tiktok.refreshes_at_once == 1
    if (at, when) in ROTATED_UNWRITTEN:
        assert ({said(one) for one in second}, found.status) == ({"reconnect_needed"}, "reconnect_needed")
        assert {one.details.get("reason") for one in second if isinstance(one, Problem)} >= {"answer_lost"}
        assert tiktok.refreshes == 2
    else:
        assert ({said(one) for one in second}, found.status) == ({tiktok.live_access}, "active")
        assert tiktok.live_access != stale
        assert tiktok.refreshes == 1
        stored = get_tokens(account.account_id)
        assert stored is not None
        assert plain(stored.refresh_token()) == tiktok.live_refresh


@pytest.mark.parametrize("road", ROADS)
def test_the_other_cases_make_exactly_the_calls_that_these_tests_cover(account, tiktok, aws_calls, road):
    plan, calls, _ = ROADS[road]
    tiktok.plan = list(plan)

    get_fresh_token(account.account_id, outlive_s=60)

    assert aws_calls == calls


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("road", "at"), [(road, at) for road in ROADS for at in range(len(ROADS[road][1]))])
def test_an_account_survives_a_death_in_the_other_cases_or_reports_its_loss_once(
    account, tiktok, held_clock, road, at, when
):
    plan, _, rotated_unwritten = ROADS[road]
    tiktok.plan = list(plan)
    mortal = Mortal(at, when)
    mortal.hook()
    mortal.run(account.account_id)
    held_clock.at += LEASE_S

    after = [said(get_fresh_token(account.account_id, outlive_s=60)) for _ in range(2)]

    found = get_account(account.account_id)
    assert found is not None
    assert tiktok.refreshes_at_once == 1
    if road == "refused" or (at, when) in rotated_unwritten:
        assert (set(after), found.status) == ({"reconnect_needed"}, "reconnect_needed")
        assert event_names().count("account.reconnect_needed") == 1
    else:
        assert (set(after), found.status) == ({tiktok.live_access}, "active")


def said(outcome) -> str:
    return outcome.code if isinstance(outcome, Problem) else plain(outcome)
