"""Resolves an unknown publish: the evidence that a person sees, and the decision."""

import pytest

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions import resolve as resolve_module
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.store import publish_store
from tests.unit.functions.test_console_post_page import account as connected  # noqa: F401
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.publish_pages import account as account
from tests.unit.support.publish_pages import offered, path_of
from tests.unit.support.publishes import put_publish, row_of


def decide(visitor: Visitor, publish: Publish, outcome: str, **filled: str) -> Shown:
    return visitor.post(path_of(publish, "resolve"), {"csrf": visitor.csrf(), "outcome": outcome, **filled})


@pytest.fixture
def unknown(account: str) -> Publish:
    checked = {
        "at": clock.iso(clock.now()),
        "since": clock.iso(clock.now() - 60),
        "webhooks": [{"event": "post.publish.complete", "at": clock.iso(clock.now()), "tiktok_publish_id": "p_1"}],
        "videos": {
            "found": [
                {
                    "video_id": "7301",
                    "created_at": clock.iso(clock.now()),
                    "share_url": "https://www.tiktok.com/@ana/video/7301",
                    "same_caption": True,
                },
                {
                    "video_id": "7302",
                    "created_at": clock.iso(clock.now()),
                    "share_url": "javascript:alert(1)",
                    "same_caption": False,
                },
            ],
            "more": True,
        },
    }
    error = problem("pull_init_lost").model_copy(update={"details": {"checked": checked}})
    return put_publish(account, State.UNKNOWN, via="pull", error=error, username="ana")


def test_the_evidence_is_shown_with_a_plain_warning(unknown: Publish):
    shown = signed_in().get(path_of(unknown, "resolve"))

    words = shown.words()
    assert "You decide." in words
    assert "a retry posts it a second time" in words
    assert "The same text: video 7301" in words
    assert 'href="https://www.tiktok.com/@ana/video/7301"' in shown.text
    assert "javascript:" not in shown.text
    assert "There are more videos than Dropcast reads." in words
    assert "post.publish.complete about p_1" in words


def test_what_tiktok_said_last_is_shown(account: str):
    publish = put_publish(account, State.UNKNOWN, tiktok_publish_id="v_pub_1", error=problem("verdict_missing"))
    visitor = signed_in()
    assert "TikTok has reported no outcome" in visitor.get(path_of(publish, "resolve")).words()

    fact_store.add("v_pub_1", Fact("failed", clock.now(), "internal", log_id="log-9"))

    assert "failed (internal), log id log-9" in visitor.get(path_of(publish, "resolve")).words()


def test_a_person_says_that_it_was_posted(unknown: Publish):
    answers = [decide(signed_in(), unknown, "posted", post_id=" 7301 ") for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {path_of(unknown)}
    row = row_of(unknown)
    assert (row.state, row.post_ids, len(row.history)) == (State.PUBLISHED, ["7301"], 3)
    words = signed_in().get(path_of(unknown)).words()
    assert "A person reported that the post exists." in words


def test_a_person_says_that_it_was_not_posted(unknown: Publish):
    visitor = signed_in()

    decide(visitor, unknown, "not_posted", post_id="7301")

    assert (row_of(unknown).state, row_of(unknown).post_ids) == (State.FAILED, [])
    assert "retry" in offered(visitor.get(path_of(unknown)))


@pytest.mark.parametrize("post_id", ["x", "7301x", "1" * 21, "٣", "https://www.tiktok.com/@ana/video/7301"])
def test_a_wrong_number_is_explained_beside_its_field(unknown: Publish, post_id: str):
    answer = decide(signed_in(), unknown, "posted", post_id=post_id)

    assert answer.status == 422
    assert "not TikTok&#39;s number of a post" in answer.text
    assert row_of(unknown).state is State.UNKNOWN


@pytest.mark.parametrize("outcome", ["", "nonsense", "POSTED"])
def test_no_choice_changes_nothing(unknown: Publish, outcome: str):
    assert decide(signed_in(), unknown, outcome).status == 200
    assert row_of(unknown) == unknown


def test_checking_again_leads_back_to_the_evidence_until_the_outcome_is_known(
    unknown: Publish, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resolve_module, "recheck_now", lambda publish: publish)
    assert decide(signed_in(), unknown, "check_again").headers["Location"] == path_of(unknown, "resolve")

    def settled(publish: Publish) -> Publish | Problem:
        return publish_store.move(publish, State.PUBLISHED) or problem("internal_error")

    monkeypatch.setattr(resolve_module, "recheck_now", settled)
    assert decide(signed_in(), unknown, "check_again").headers["Location"] == path_of(unknown)
    assert decide(signed_in(), unknown, "check_again").headers["Location"] == path_of(unknown)


def test_a_publish_whose_outcome_became_known_shows_it(unknown: Publish):
    publish_store.move(unknown, State.PUBLISHED)

    answer = decide(signed_in(), unknown, "not_posted")

    assert answer.status == 409
    assert problem("not_unknown", state="published").message in answer.words()
    assert '<strong id="state">Published</strong>' in answer.text
