"""The pure rules: the allowed changes of state, and the state that follows from the facts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.errors.problem import problem
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import FINAL, RESTING, State, may_follow
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.facts import Fact, fact_of_event, fact_of_status, post_ids, verdict
from dropcast.publishing.outcome.settle import ending_of
from dropcast.tiktok.models import PublishStatus
from dropcast.tiktok.webhooks import WebhookEvent

FACTS = st.builds(
    Fact,
    st.sampled_from(["complete", "failed", "in_inbox", "public", "no_longer_public"]),
    st.integers(1, 10**9),
    st.sampled_from([None, "internal", "spam_risk", "publish_cancelled"]),
    st.lists(st.sampled_from(["7001", "7002"]), max_size=2).map(tuple),
)


def a_publish(state: State, **changes) -> Publish:
    source = Source(bucket="b", key="k", size=70_000_000)
    row = {"publish_id": "p", "execution": "p", "account_id": "a", "origin": "api", "created_at": 1}
    return Publish.model_validate({**row, "state": state, "source": source, **changes})


@pytest.mark.parametrize("state", sorted(FINAL))
def test_no_state_follows_a_final_one(state: State):
    assert not any(may_follow(state, after) for after in State)


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_every_other_state_can_reach_a_final_one(state: State):
    assert any(may_follow(state, final) for final in FINAL)


@given(st.lists(FACTS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_and_number_of_facts_make_no_difference(facts, random):
    shuffled = [*facts, *facts]
    random.shuffle(shuffled)

    assert verdict(shuffled) == verdict(facts)
    assert post_ids(shuffled) == post_ids(facts)


@given(st.lists(FACTS, max_size=6), st.sampled_from(sorted(State)), st.sampled_from(["begin", "more", "verdict"]))
def test_a_publish_is_published_only_if_tiktok_said_so(facts, state, outcome):
    ending = ending_of(a_publish(state), facts, StepResult(Outcome(outcome)))

    if ending is not None and ending.state is State.PUBLISHED:
        assert any(fact.kind in ("complete", "public", "no_longer_public") for fact in facts)


@given(st.sampled_from(sorted(RESTING)), st.sampled_from(["refused", "unknown", "died", "settled", "more"]))
def test_a_publish_at_rest_stays_there_without_a_fact_from_tiktok(state, outcome):
    assert ending_of(a_publish(state), [], StepResult(Outcome(outcome))) is None


@pytest.mark.parametrize(
    ("state", "changes", "ends", "code"),
    [
        (State.QUEUED, {}, State.FAILED, "workflow_died"),
        (State.HELD, {}, State.FAILED, "workflow_died"),
        (State.STARTING, {}, State.FAILED, "init_lost"),
        (State.UPLOADING, {"chunks_begun": 6}, State.FAILED, "upload_failed"),
        (State.UPLOADING, {"chunks_begun": 7}, State.UNKNOWN, "verdict_missing"),
        (State.PROCESSING, {}, State.UNKNOWN, "verdict_missing"),
    ],
)
def test_a_dead_execution_ends_with_the_state_that_the_facts_support(state, changes, ends, code):
    ending = ending_of(a_publish(state, **changes), [], StepResult(Outcome.DIED))

    assert ending is not None
    assert (ending.state, ending.error.code) == (ends, code)


def test_tiktoks_verdict_overrides_a_step_that_gave_up():
    step = StepResult(Outcome.UNKNOWN, error=problem("verdict_missing"))

    ending = ending_of(a_publish(State.PROCESSING), [Fact("complete", 5)], step)

    assert ending is not None
    assert ending.state is State.PUBLISHED


def test_a_webhook_and_a_poll_of_the_same_end_are_equivalent():
    heard = fact_of_event(WebhookEvent("post.publish.failed", 9, "o", "v", None, "spam_risk_text", "DIRECT_POST"))
    polled = fact_of_status(PublishStatus(status="FAILED", fail_reason="spam_risk_text", log_id="log-7"), 11)

    assert heard is not None
    assert polled is not None
    for facts in itertools.permutations([heard, polled]):
        said = verdict(facts)
        assert said is not None
        assert said.state is State.FAILED
        assert said.error is not None
        assert (said.error.code, said.error.log_id) == ("spam_risk_text", "log-7")


@pytest.mark.parametrize("status", ["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SOMETHING_NEW"])
def test_a_status_without_a_verdict_is_no_fact(status):
    assert fact_of_status(PublishStatus(status=status), 1) is None
