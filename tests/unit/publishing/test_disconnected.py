"""What a disconnected account leaves behind: what waited is failed, what TikTok has begun goes on."""

import pytest

from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from dropcast.errors import problem
from dropcast.publishing import publish_store
from dropcast.publishing.disconnected import settle_waiting_of
from dropcast.publishing.intake import new_publish, submit
from dropcast.publishing.models import Publish
from dropcast.publishing.settle import fail_waiting
from dropcast.publishing.transitions import State
from tests.unit.publishing.conftest import options, outbox, stored, upload_object

WHY = problem("account_disconnected", account_id="acc_1")


@pytest.fixture
def queued(account: Account, begun):
    """Store a publish of the account, or of another one."""

    def make(account_id: str = account.account_id) -> Publish:
        publish = submit(new_publish(account_id, upload_object("in/a.mp4", b"x"), "api", options()))
        assert isinstance(publish, Publish)
        return publish

    return make


def moved(publish: Publish, *states: State) -> Publish:
    for state in states:
        after = publish_store.move(publish, state)
        assert after is not None
        publish = after
    return publish


@pytest.fixture
def disconnected(account: Account, monkeypatch):
    """Disconnect the account without asking TikTok."""
    monkeypatch.setattr("dropcast.accounts.disconnect._revoke", lambda _: True)
    return lambda: disconnect(account.account_id)


def test_what_waits_is_failed_with_its_event_and_the_rest_goes_on(account, queued, disconnected):
    waiting, held, started = queued(), moved(queued(), State.HELD), moved(queued(), State.STARTING)
    uploading = moved(queued(), State.STARTING, State.UPLOADING)
    disconnected()

    assert settle_waiting_of(account.account_id) == 2

    assert [stored(one).state for one in (waiting, held)] == [State.FAILED, State.FAILED]
    assert stored(held).error.code == "account_disconnected"
    assert [stored(one).state for one in (started, uploading)] == [State.STARTING, State.UPLOADING]
    assert outbox().count("publish.failed") == 2


def test_an_event_that_comes_twice_settles_once(account, queued, disconnected):
    queued()
    disconnected()

    assert (settle_waiting_of(account.account_id), settle_waiting_of(account.account_id)) == (1, 0)
    assert outbox().count("publish.failed") == 1


def test_other_accounts_publishes_are_left_alone(account, queued, disconnected):
    other = queued("acc_other")
    disconnected()

    assert settle_waiting_of(account.account_id) == 0
    assert stored(other).state is State.QUEUED


def test_an_account_that_is_connected_again_loses_nothing(account, queued):
    waiting = queued()

    assert settle_waiting_of(account.account_id) == 0
    assert stored(waiting).state is State.QUEUED


def test_an_unknown_account_has_nothing_to_settle(account):
    assert settle_waiting_of("acc_none") == 0


def test_a_publish_that_start_claims_at_that_moment_goes_on(queued, monkeypatch):
    publish = queued()
    move, seen = publish_store.move, []

    def claimed_first(found: Publish, to: State, **more):
        if not seen:
            seen.append(move(found, State.STARTING))
        return move(found, to, **more)

    monkeypatch.setattr(publish_store, "move", claimed_first)

    assert fail_waiting(publish.publish_id, WHY) is False
    assert stored(publish).state is State.STARTING
    assert "publish.failed" not in outbox()
