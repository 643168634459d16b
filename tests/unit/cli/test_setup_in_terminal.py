"""`dropcast setup --stack local` in a real terminal."""

from typing import Any

import pytest

from cli.setup import local_stack_step, sample_step
from dropcast import clock
from dropcast.accounts.connect import link_and_state_store
from dropcast.accounts.connect.link_and_state_store import Attempt, Link, Outcome
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.publishing.model.states import State
from tests.unit.support.deployed import PUBLIC, Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.publishes import put_publish
from tests.unit.support.terminal import terminal

SETUP = ("setup", "--stack", "local")
VARIABLES = {"DROPCAST_STAGE": "dev", "DROPCAST_URL": PUBLIC, "DROPCAST_API_KEY": "dk_local", "LOG": "/tmp/a.log"}


@pytest.fixture(autouse=True)
def local(deployed: Deployed, tiktok: Any, internet: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A local stack that starts when the command starts it. Publishing takes no time."""
    running: list[str] = []
    monkeypatch.setattr(local_stack_step, "local_variables", lambda name: VARIABLES if running else None)
    monkeypatch.setattr(local_stack_step, "_start", lambda name: running.append(name) or True)

    def publish(account_id: str) -> int:
        put_publish(account_id, State.PUBLISHED, user_id="me", reference=sample_step.REFERENCE)
        return 0

    monkeypatch.setattr(sample_step, "publish_command", publish)
    return tiktok


def connect(tiktok: Any, user_id: str = "me") -> Account:
    account = save_connection(user_id, tiktok.grant())
    assert isinstance(account, Account)
    return account


def test_three_answers_lead_to_a_published_sample(local):
    connect(local)

    with terminal(SETUP) as screen:
        for question in ("on this machine?", "Use it (answer no", "SELF_ONLY"):
            screen.expect(question)
            screen.answer()
        assert screen.end() == 0

    states = [line.split()[0] for line in screen.lines]
    assert (states.count("done"), states.count("stop")) == (7, 0)
    assert any("Published the sample video: pub_" in line for line in screen.lines)


def test_ctrl_c_stops_it_and_the_next_run_continues_there(local):
    connect(local)

    with terminal(SETUP, SETUP) as screen:
        screen.expect("on this machine?")
        screen.answer("y")
        screen.expect("Use it (answer no")
        screen.interrupt()
        screen.expect("it continues here", "Dropcast runs at", "Use it (answer no")
        screen.answer()
        screen.expect("SELF_ONLY")
        screen.answer("n")
        assert screen.end() == 0

    assert sum("on this machine?" in line for line in screen.lines) == 1


def test_a_wrong_secret_is_asked_again(local):
    connect(local)
    local.plan = ["refuse:invalid_client"] * 3  # the stored pair, the first answer, and the stored pair again

    with terminal(SETUP) as screen:
        screen.expect("on this machine?")
        screen.answer()
        screen.expect("does not know this pair", "Client key")
        screen.answer("key-2")
        screen.expect("Client secret")
        screen.answer_hidden("canary-wrong")
        screen.expect("does not know this pair", "Client key")
        screen.answer("key-2")
        screen.expect("Client secret")
        screen.answer_hidden("canary-right")
        screen.expect("They are stored")
        screen.interrupt()
        assert screen.end() == 130

    assert not any("canary" in line for line in screen.lines)


def test_a_refused_consent_is_explained_and_asked_again(local, monkeypatch):
    endings = [refuse_at_tiktok, lambda: connect(local)]
    sleep = clock.sleep

    def sleep_while_the_person_decides(seconds: float) -> None:
        sleep(seconds)
        endings.pop(0)()

    monkeypatch.setattr(clock, "sleep", sleep_while_the_person_decides)

    with terminal(SETUP) as screen:
        screen.expect("on this machine?")
        screen.answer()
        screen.expect("Press Enter when both are registered")
        screen.answer()
        screen.expect("Connect your TikTok account now?")
        screen.answer()
        screen.expect("/oauth/tiktok/start?c=", "consent was refused", "Connect your TikTok account now?")
        screen.answer()
        screen.expect("is connected.")
        screen.interrupt()
        screen.end()


def refuse_at_tiktok() -> None:
    """A person presses the link's button, and refuses on TikTok's page."""
    link = Link("me", None, ("user.info.basic",))
    link_and_state_store.put_link("link", link, clock.now() + 60)
    attempt = Attempt("state", "browser", clock.now() + 60)
    assert link_and_state_store.begin_attempt("link", link, attempt)
    assert link_and_state_store.spend_state("state")
    link_and_state_store.put_outcome("state", Outcome(error="access_denied"), clock.now() + 60)


def test_a_stack_that_does_not_start_ends_it_with_the_reason(local, monkeypatch):
    monkeypatch.setattr(local_stack_step, "_start", lambda name: False)

    with terminal(SETUP) as screen:
        screen.expect("on this machine?")
        screen.answer()
        assert screen.end() == 1

    assert any("did not start" in line for line in screen.lines)
