"""In any order of events, no connection that TikTok still accepts is lost, and no lost connection is shown as
active.
"""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect.confirmation_store import Confirmation, put_confirmation
from dropcast.accounts.connect.save_connection import confirm_connection, save_connection, save_unconfirmed
from dropcast.accounts.disconnect import disconnect, handle_removal
from dropcast.accounts.models import Account
from dropcast.accounts.tokens import refresh_under_lease
from dropcast.accounts.tokens.fresh_token import get_fresh_token, refresh_if_due, replace_rejected_token
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens
from dropcast.errors.problem import Problem
from dropcast.tiktok.webhooks import WebhookEvent
from tests.examples import examples
from tests.unit.support import accounts as support
from tests.unit.support.strict_tiktok import Crash, StrictTikTok

DAY = 24 * 3600
TROUBLES = ["not_connected", "server_error", "lost_answer", "refuse:rate_limit_exceeded", "refuse:invalid_client"]
ASKING = ["use", "sweep", "be_asked_to_refresh", "hear_that_the_token_is_invalid"]
ENDING = [
    "disconnect",
    "be_removed",
    "be_removed_and_hear_of_it",
    "hear_of_an_older_removal",
    "hear_of_a_removal_that_is_none",
]
JUMPS = [0, -3600, -60, 60, 3600]
WAITS = [0, 5400, 7200, 2 * DAY, 20 * DAY, 80 * DAY]


class Connections(RuleBasedStateMachine):
    """One TikTok account with its owner, its user, our schedule, TikTok's webhooks, a clock that jumps, and faults."""

    @initialize(expires_in=st.sampled_from([7200, 86_400, 30]))
    def set_up(self, expires_in: int) -> None:
        self.patch = pytest.MonkeyPatch()
        self.until_end = ExitStack()
        self.until_end.callback(self.patch.undo)
        self.held = support.hold_clock(self.patch)
        self.until_end.enter_context(support.deployment(self.patch))
        self.patch.setattr(refresh_under_lease, "_LOOK_AGAIN_S", 5)
        self.tiktok = StrictTikTok(self.held, expires_in=expires_in)
        support.put_in_tiktoks_place(self.tiktok, self.patch)
        tiktok_app.app_credentials()
        # Whether TikTok may have granted tokens whose answer or whose write was lost.
        self.lost = False
        self.account_id = ""
        self.code = ""
        self.connect()

    def teardown(self) -> None:
        if hasattr(self, "until_end"):
            self.until_end.close()

    def is_active(self) -> bool:
        account = get_account(self.account_id)
        return account is not None and account.status == "active"

    def connect(self) -> None:
        account = save_connection("user-1", self.tiktok.grant())
        assert isinstance(account, Account)
        assert self.account_id in ("", account.account_id)
        self.account_id = account.account_id
        self.lost = False

    def use(self) -> None:
        self._check(get_fresh_token(self.account_id, outlive_s=60))

    def sweep(self) -> None:
        refresh_if_due(self.account_id)

    def be_asked_to_refresh(self) -> None:
        refresh_if_due(self.account_id, asked_at=clock.now() + 1)

    def hear_that_the_token_is_invalid(self) -> None:
        stored = get_tokens(self.account_id)
        if stored and not stored.dead:
            self._check(replace_rejected_token(self.account_id, stored.access_token()))

    def disconnect(self) -> None:
        disconnect(self.account_id)

    def be_removed(self) -> None:
        self.tiktok.revoke()

    def be_removed_and_hear_of_it(self) -> None:
        self.tiktok.revoke()
        self._webhook("1", clock.now())

    def hear_of_an_older_removal(self) -> None:
        self._webhook("0", clock.now() - 3 * DAY)

    def hear_of_a_removal_that_is_none(self) -> None:
        self._webhook("1", clock.now())

    @precondition(lambda self: not self.is_active())
    @rule()
    def it_is_connected_again(self) -> None:
        self.connect()

    @precondition(lambda self: not self.is_active())
    @rule()
    def it_is_connected_again_and_waits_to_be_confirmed(self) -> None:
        grant = self.tiktok.grant()
        account = save_unconfirmed("user-1", grant)
        assert isinstance(account, Account)
        assert (account.account_id, account.status) == (self.account_id, "unconfirmed")
        self.code = ids.new_secret()
        waiting = Confirmation("user-1", account.account_id, grant, clock.now())
        put_confirmation(self.code, waiting, clock.now() + 3600)
        self.lost = False

    @precondition(lambda self: self.code)
    @rule()
    def what_waited_is_confirmed(self) -> None:
        """Confirm a waiting connection. After an hour its tokens are gone."""
        outcome = confirm_connection(self.code, "user-1")
        if isinstance(outcome, Problem):
            assert outcome.code == "confirmation_expired"
        self.code = ""

    @rule(seconds=st.sampled_from(JUMPS))
    def our_clock_jumps(self, seconds: int) -> None:
        self.held.wrong = seconds

    @rule(what=st.sampled_from(ASKING), after=st.sampled_from(WAITS))
    def something_is_asked_of_it(self, what: str, after: int) -> None:
        self.held.at += after
        getattr(self, what)()

    @rule(what=st.sampled_from(ENDING))
    def it_may_be_ended(self, what: str) -> None:
        getattr(self, what)()

    @rule(trouble=st.lists(st.sampled_from(TROUBLES), max_size=3))
    def tiktok_has_trouble(self, trouble: list[str]) -> None:
        self.tiktok.plan = trouble

    @precondition(lambda self: self.is_active())
    @rule(at=st.integers(0, 12), when=st.sampled_from(["before", "after"]), what=st.sampled_from([*ASKING, "connect"]))
    def the_process_dies(self, at: int, when: str, what: str) -> None:
        self.held.at += 7200
        before = self.tiktok.made
        with Crash(at, when) as crash:
            getattr(self, what)()
        if crash.happened and self.tiktok.made > before:
            self.lost = True

    @precondition(lambda self: self.is_active())
    @rule(
        what=st.sampled_from(["use", "be_asked_to_refresh"]),
        meanwhile=st.sampled_from([*ASKING, "connect", "disconnect", "be_removed"]),
        seconds=st.sampled_from([0, LEASE_S + 1]),
    )
    def something_else_happens_while_tiktok_is_asked(self, what: str, meanwhile: str, seconds: int) -> None:
        """Let something happen while TikTok is asked.

        TikTok takes `seconds`. If that is longer than a lease, a second refresh may run too.
        """

        def once() -> None:
            self.tiktok.on_refresh = lambda: None
            self.held.at += seconds
            getattr(self, meanwhile)()

        self.held.at += 7200
        self.tiktok.on_refresh = once
        getattr(self, what)()
        self.tiktok.on_refresh = lambda: None

    def _webhook(self, reason: str, at: int) -> None:
        handle_removal(WebhookEvent("authorization.removed", at, "open-1", None, None, reason, None))

    def _check(self, outcome: SecretStr | Problem) -> None:
        """Check that a returned token is the stored token. If TikTok accepts the stored pair, the token must be
        valid.
        """
        if isinstance(outcome, Problem):
            assert outcome.code != "internal_error"
            return
        stored = get_tokens(self.account_id)
        assert stored is not None
        assert outcome == stored.access_token()
        if self._is_honoured(stored):
            assert outcome.get_secret_value() == self.tiktok.live_access

    def _is_honoured(self, stored: StoredTokens | None) -> bool:
        honoured = self.tiktok.honoured()
        return bool(stored and honoured and stored.refresh_token().get_secret_value() == honoured)

    @invariant()
    def what_tiktok_honours_is_kept_and_active(self) -> None:
        if not getattr(self, "account_id", ""):
            return
        account, stored = get_account(self.account_id), get_tokens(self.account_id)
        self.lost = self.lost or bool(stored and stored.loss_reason() == "answer_lost")
        assert account is not None
        if account.status == "disconnected":
            assert stored is None
            return
        if account.status == "unconfirmed":
            assert stored is None or stored.dead
            return
        assert stored is not None
        assert (account.status == "active") == (not stored.dead)
        if self._is_honoured(stored):
            assert account.status == "active"
        elif self.tiktok.honoured():
            assert self.lost, "TikTok honours a pair that is not stored"

    @rule()
    def in_the_end_it_works_or_says_that_it_must_reconnect(self) -> None:
        self.tiktok.plan = []
        # A process may have taken a lease while our clock was ahead.
        self.held.at += LEASE_S + max(JUMPS) - min(JUMPS)
        outcome = refresh_if_due(self.account_id, asked_at=clock.now() + 1)
        account = get_account(self.account_id)
        assert account is not None
        if account.status == "active":
            assert outcome is None
            assert self._is_honoured(get_tokens(self.account_id))
        else:
            assert outcome is not None
            assert outcome.code == "reconnect_needed"


TestConnections = Connections.TestCase
# The sequences are the same each time, without shrinking, so that a failure can be repeated and is fast.
TestConnections.settings = settings(
    max_examples=examples(10),
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
