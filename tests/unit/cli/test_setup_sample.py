"""The step of `dropcast setup` that publishes the sample video."""

from pathlib import Path
from typing import Any

import pytest

from cli.setup import sample_step
from cli.setup.found import Done, Failed, NeedsAnswer, Setup
from cli.setup.sample_step import REFERENCE, publish_sample
from dropcast.publishing.model.states import State
from tests.unit.support.publishes import put_publish

ACCOUNT = "acc_1"

pytestmark = pytest.mark.usefixtures("cloud")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The accounts to which the command published the sample. The command exits with 1 unless a test says otherwise."""
    calls: list[str] = []
    monkeypatch.setattr(sample_step, "publish_command", lambda account_id: calls.append(account_id) or 1)
    return calls


def new_setup(**answers: str) -> Setup:
    return Setup("dev", answers, {"account_id": ACCOUNT, "user_id": "me"})


def put_sample(state: State, **fields: Any) -> str:
    return put_publish(ACCOUNT, state, user_id="me", **({"reference": REFERENCE} | fields)).publish_id


def test_it_is_published_only_if_the_person_wishes(published):
    assert isinstance(publish_sample(new_setup()), NeedsAnswer)
    assert isinstance(publish_sample(new_setup(sample="no")), Done)
    assert published == []


def test_a_sample_of_an_earlier_run_is_not_published_again(published):
    publish_id, setup = put_sample(State.PUBLISHED), new_setup(sample="yes")

    found = publish_sample(setup)

    assert isinstance(found, Done)
    assert (setup.facts["publish_id"], published) == (publish_id, [])


@pytest.mark.parametrize("state", [State.HELD, State.PROCESSING, State.UNKNOWN])
def test_a_sample_that_may_still_be_posted_is_not_sent_again(published, state):
    put_sample(state)

    found = publish_sample(new_setup(sample="yes"))

    assert isinstance(found, Done)
    assert state.value in found.words
    assert published == []


def test_a_published_sample_counts_although_a_later_one_failed(published):
    publish_id, setup = put_sample(State.PUBLISHED), new_setup(sample="yes")
    put_sample(State.FAILED)

    publish_sample(setup)

    assert (setup.facts["publish_id"], published) == (publish_id, [])


@pytest.mark.parametrize("fields", [{"state": State.FAILED}, {"state": State.PUBLISHED, "reference": "of-ours"}])
def test_an_earlier_failure_or_another_publish_does_not_count(published, fields):
    put_sample(**fields)

    assert isinstance(publish_sample(new_setup(sample="yes")), Failed)
    assert published == [ACCOUNT]


def test_a_publish_that_is_held_is_no_failure(published, monkeypatch):
    monkeypatch.setattr(sample_step, "publish_command", lambda account_id: 0)

    found = publish_sample(new_setup(sample="yes"))

    assert isinstance(found, Done)
    assert "not published the sample yet" in found.words


def test_without_an_account_nothing_is_asked(published):
    assert isinstance(publish_sample(Setup("dev", {})), Done)


def test_without_a_checkout_there_is_no_sample(published, monkeypatch):
    monkeypatch.setattr(sample_step, "SAMPLE", Path("/nowhere/sample.mp4"))

    assert isinstance(publish_sample(new_setup(sample="yes")), Failed)
    assert published == []
