"""/v1/plans: a comment is checked, approved by a person, and sent once."""

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.publishing.plans import execute_comment
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.support.accounts import NOW
from tests.unit.support.comments import VIDEO, comments_at
from tests.unit.support.plans import PlanAnswer, Planner, planner, stored_publishes

STALE_S, KEPT_S = 15 * 60, 24 * 3600
EVA = {"approved_by": "Eva"}


@pytest.fixture
def caller(cloud, tiktok, business) -> Planner:
    made = planner(cloud, tiktok)
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    save_business(BusinessConsent("user-1", "7000", NOW, made.account_id), grant)
    return made


@pytest.fixture
def theirs(caller, business, held_clock):
    return comments_at(business, held_clock)


def plan(caller: Planner, comment_id: str | None = None, text: str = "Thanks!") -> PlanAnswer:
    body = {"action": "comment", "account_id": caller.account_id, "video_id": VIDEO, "text": text}
    return caller.ask("POST", "/v1/plans", body | {"comment_id": comment_id})


def test_a_planned_comment_is_sent_after_its_approval(caller, theirs):
    planned = plan(caller)
    plan_id = planned.body["plan_id"]

    unapproved = [caller.execute(plan_id).code, caller.execute(plan_id, {"approved_by": " "}).code]
    done = caller.execute(plan_id, EVA)

    assert (planned.status, planned.body["action"], planned.body["executable"]) == (201, "comment", True)
    assert (planned.body["console_url"], planned.body["report"]) == (None, None)
    assert unapproved == ["approval_required"] * 2
    assert (done.status, done.body["video_id"], theirs.rows[0]["text"]) == (201, VIDEO, "Thanks!")
    shown = caller.show(plan_id).body
    assert (shown["state"], shown["comment_id"]) == ("spent", done.body["comment_id"])


def test_a_reply_is_sent_below_its_comment(caller, theirs):
    comment_id = theirs.add("Nice", owner=False)

    caller.execute(plan(caller, comment_id).body["plan_id"], EVA)

    assert theirs.calls == ["reply/create"]


@pytest.mark.parametrize("later", [0, STALE_S, KEPT_S - 1])
def test_a_comment_plan_used_twice_answers_the_same_comment(caller, theirs, held_clock, later):
    plan_id = plan(caller).body["plan_id"]
    first = caller.execute(plan_id, EVA)
    held_clock.sleep(later)

    again = caller.execute(plan_id, {"approved_by": "Ida"})

    assert (again.status, again.body["comment_id"], again.replayed) == (201, first.body["comment_id"], True)
    assert theirs.writes() == 1


@pytest.mark.parametrize("later", [0, STALE_S])
def test_a_comment_whose_id_was_not_stored_in_the_plan_is_not_sent_again(
    caller, theirs, held_clock, monkeypatch, later
):
    plan_id = plan(caller).body["plan_id"]
    with monkeypatch.context() as dies:
        dies.setattr(execute_comment, "note_comment", lambda *_: None)
        first = caller.execute(plan_id, EVA)
    held_clock.sleep(later)

    again = caller.execute(plan_id, EVA)

    assert (again.body["comment_id"], again.replayed, theirs.writes()) == (first.body["comment_id"], True, 1)
    assert caller.show(plan_id).body["state"] == "spent"


def test_a_stale_comment_plan_sends_nothing(caller, theirs, held_clock):
    plan_id = plan(caller).body["plan_id"]
    held_clock.sleep(STALE_S)

    assert caller.execute(plan_id, EVA).code == "plan_expired"
    assert theirs.calls == []


@pytest.mark.parametrize(("later", "code", "writes"), [(120, None, 1), (STALE_S, "comment_unknown", 0)])
def test_a_call_after_the_first_one_died_sends_the_comment_unless_the_plan_is_stale(
    caller, theirs, held_clock, monkeypatch, later, code, writes
):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    plan_id = plan(caller).body["plan_id"]
    with monkeypatch.context() as dying:
        dying.setattr("dropcast.accounts.comments.read_and_moderate.spend_now", die)
        with pytest.raises(KeyboardInterrupt):
            caller.execute(plan_id, EVA)
    held_clock.sleep(later)

    again = caller.execute(plan_id, EVA)

    assert (again.code, theirs.writes()) == (code, writes)


def test_a_refusal_by_tiktok_leaves_the_plan_open_until_it_is_stale(caller, theirs, held_clock):
    plan_id = plan(caller).body["plan_id"]
    theirs.plan = ["refuse:40002"]

    refused = caller.execute(plan_id, EVA)
    state = caller.show(plan_id).body["state"]
    held_clock.sleep(STALE_S)

    assert (refused.status >= 400, state) == (True, "open")
    assert caller.execute(plan_id, EVA).code == "plan_expired"


def test_a_plan_of_another_key_does_not_exist(caller, theirs):
    plan_id = plan(caller).body["plan_id"]
    other = Planner(caller.account_id, ("admin",), "dk_2")

    assert (other.show(plan_id).code, other.execute(plan_id, EVA).code) == ("not_found", "not_found")
    assert theirs.calls == []


def test_a_draft_key_plans_no_comment(caller):
    drafter = Planner(caller.account_id, ("draft",), "dk_2")

    assert plan(drafter).code == "scope_missing"


def test_an_approval_does_not_execute_the_plan_of_a_publish(caller):
    done = caller.execute(caller.plan_id(), EVA)

    assert (done.code, done.body["error"]["details"]["fields"][0]["field"]) == ("invalid_request", "approved_by")
    assert stored_publishes() == []


def test_an_account_without_a_business_connection_gets_no_plan(cloud, tiktok):
    assert plan(planner(cloud, tiktok)).code == "business_not_connected"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "comment", "account_id": "acc_1", "video_id": "7"},
        {"action": "comment", "account_id": "acc_1", "video_id": "7", "text": "\u200b"},
        {"action": "retry", "publish_id": "pub_1", "text": "Hello"},
        {"action": "retry", "publish_id": "pub_1", "comment_id": "7"},
        {"action": "publish", "publish_id": "pub_1"},
        {"action": "publish"},
        {"action": "like"},
        {},
    ],
)
def test_a_body_that_does_not_fit_its_action_is_refused(caller, body):
    assert caller.ask("POST", "/v1/plans", body).code == "invalid_request"
