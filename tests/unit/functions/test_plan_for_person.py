"""A person opens a plan's link and publishes it: what the link gives, and that the plan becomes one publish."""

import pytest

from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.plans.plan import Plan
from dropcast.publishing.plans.plan_store import plan_entry, plan_for_person
from dropcast.publishing.plans.planned_request import planned_request
from dropcast.settings import settings
from tests.unit.support.plans import Planner, planner, stored_publishes

SCOPES = frozenset({"publish"})
ANA = Caller("dk_ana", SCOPES)
STALE_S, KEPT_S = 15 * 60, 24 * 3600


@pytest.fixture
def drafter(cloud, tiktok) -> Planner:
    return Planner(planner(cloud, tiktok).account_id, ("draft",), "dk_agent")


def opened(plan_id: str, caller: Caller = ANA) -> Plan:
    plan = plan_for_person(plan_id, caller)
    assert isinstance(plan, Plan)
    return plan


def publish(plan: Plan, caller: Caller = ANA, key: str = "form-1") -> Publish | Problem:
    return accept(planned_request(plan), caller, plan_entry(plan), idempotency_key=key)


def test_a_person_publishes_the_plan_of_a_draft_key_after_it_is_stale(drafter, held_clock):
    plan_id = drafter.plan_id(title="Blue hour", publish_at="2027-01-15T20:00:00Z")
    held_clock.sleep(STALE_S)
    plan = opened(plan_id)

    made = publish(plan)

    assert isinstance(made, Publish)
    assert (made.asked_options.title, made.publish_at, made.replayed) == ("Blue hour", 1_800_043_200, False)
    assert drafter.show(plan_id).body["publish_id"] == made.publish_id
    assert drafter.execute(plan_id).body["publish_id"] == made.publish_id


def test_two_people_publish_a_plan_once(drafter):
    plan = opened(drafter.plan_id())
    first, second = publish(plan), publish(plan, Caller("dk_2", SCOPES), "form-2")

    assert isinstance(first, Publish)
    assert isinstance(second, Publish)
    assert (second.publish_id, second.replayed) == (first.publish_id, True)
    assert stored_publishes() == [first.publish_id]
    assert opened(plan.plan_id).publish_id == first.publish_id


@pytest.mark.parametrize(
    "caller",
    [
        Caller("dk_agent", SCOPES, "user-2"),
        Caller("dk_2", SCOPES, "user-1", "acc_other"),
    ],
)
def test_a_session_that_does_not_see_the_account_finds_no_plan(drafter, caller):
    found = plan_for_person(drafter.plan_id(), caller)

    assert isinstance(found, Problem)
    assert found.code == "not_found"


def test_the_link_ends_after_a_day(drafter, held_clock):
    plan_id = drafter.plan_id()
    held_clock.sleep(KEPT_S)

    assert isinstance(plan_for_person(plan_id, ANA), Problem)


def test_the_link_gives_a_key_without_the_scope_publish_nothing(drafter):
    plan = opened(drafter.plan_id(), Caller("dk_2", frozenset({"draft"})))

    refused = publish(plan, Caller("dk_2", frozenset({"draft"})))

    assert isinstance(refused, Problem)
    assert (refused.code, stored_publishes()) == ("scope_missing", [])


def test_a_person_gets_the_whole_request_with_its_url(drafter, cloud):
    cloud.setenv("VERIFIED_URLS", "https://cdn.example/")
    settings.cache_clear()
    url = "https://cdn.example/a.mp4?signature=canary"

    request = planned_request(opened(drafter.plan_id(source={"type": "url", "url": url}, metadata={"a": "b"})))

    assert request.model_dump(mode="json", exclude_defaults=True) == {
        "account_id": drafter.account_id,
        "source": {"type": "url", "url": url},
        "privacy_level": "SELF_ONLY",
        "metadata": {"a": "b"},
    }


def test_an_execution_makes_few_calls_of_aws(drafter, monkeypatch):
    agent = Planner(drafter.account_id)
    agent.execute(agent.plan_id())
    plan_id, calls = agent.plan_id(), list[str]()
    for service in ("dynamodb", "s3", "kms"):
        clients.client(service).meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    agent.execute(plan_id)
    first = sorted(calls)
    calls.clear()
    agent.execute(plan_id)

    reads = ["Decrypt", *["GetItem"] * 6, "HeadObject"]  # Decrypt: the account's token
    assert first == [*reads, "PutItem", "TransactWriteItems", "UpdateItem"]
    assert calls == ["GetItem", "GetItem"]
