"""The state machine: the order of its states, its retries, and the meaning of a time-out."""

from typing import Any

import pytest

from dropcast.publishing.transfer.transfer_concurrency import TURN_S
from tests.infra.reading import definition, functions, of_type, the_one

ROAD = ["Prepare", "Prepared?", "Start", "Started?", "Transfer", "Transferred?", "WatchLong", "Settle"]
WATCHES = ["WatchLong", "WatchSoon", "WatchSecond", "WatchThird", "WatchLater", "WatchSlow"]
STEPS = ["Prepare", "Pictures", "Start", "Decide", "Transfer", "Settle"]
REPEATABLE = [name for name in STEPS if name != "Start"]


@pytest.fixture(scope="module")
def states(template: dict[str, Any]) -> dict[str, Any]:
    return definition(template)["States"]


def exits(state: dict[str, Any]) -> set[str]:
    named = [state.get("Next"), state.get("Default")]
    named += [rule["Next"] for rule in [*state.get("Choices", []), *state.get("Catch", [])]]
    return {name for name in named if name}


def holds(rule: dict[str, Any], step: dict[str, Any]) -> bool:
    if "And" in rule:
        return all(holds(part, step) for part in rule["And"])
    name = rule["Variable"].removeprefix("$.step.")
    if "IsPresent" in rule:
        return (name in step) == rule["IsPresent"]
    return step[name] == rule.get("StringEquals", rule.get("BooleanEquals"))


def goes_to(states: dict[str, Any], state: str, step: dict[str, Any]) -> str:
    choice = states[states[state]["Next"]]
    return next((rule["Next"] for rule in choice["Choices"] if holds(rule, step)), choice["Default"])


def test_every_named_state_exists_and_is_reachable(template, states):
    reached: set[str] = set()
    left = {definition(template)["StartAt"]}

    while left:
        name = left.pop()
        reached.add(name)
        left |= exits(states[name]) - reached

    assert reached == set(states)


def test_only_settle_ends_an_execution(states):
    assert [name for name, state in states.items() if state.get("End")] == ["Settle"]


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        ("Prepare", {"outcome": "ready"}, "Start"),
        ("Prepare", {"outcome": "held"}, "Hold"),
        ("Prepare", {"outcome": "pictures"}, "Pictures"),
        ("Prepare", {"outcome": "refused"}, "Settle"),
        ("Pictures", {"outcome": "more", "bad": []}, "Pictures"),
        ("Pictures", {"outcome": "ready"}, "Start"),
        ("Pictures", {"outcome": "refused"}, "Settle"),
        ("Pictures", {"outcome": "settled"}, "Settle"),
        ("Start", {"outcome": "started"}, "Transfer"),
        ("Start", {"outcome": "processing", "webhooks": True}, "WatchLong"),
        ("Start", {"outcome": "processing", "webhooks": False}, "WatchSoon"),
        ("Start", {"outcome": "processing"}, "WatchSoon"),
        ("Start", {"outcome": "held"}, "Hold"),
        ("Start", {"outcome": "pictures"}, "Pictures"),
        ("Start", {"outcome": "lost"}, "Decide"),
        ("Start", {"outcome": "refused"}, "Settle"),
        ("Decide", {"outcome": "start"}, "Start"),
        ("Decide", {"outcome": "held"}, "Hold"),
        ("Decide", {"outcome": "unknown"}, "Settle"),
        ("Transfer", {"outcome": "more"}, "Transfer"),
        ("Transfer", {"outcome": "busy"}, "WaitTurn"),
        ("Transfer", {"outcome": "lost"}, "Decide"),
        ("Transfer", {"outcome": "uploaded", "webhooks": True}, "WatchLong"),
        ("Transfer", {"outcome": "uploaded", "webhooks": False}, "WatchSoon"),
        ("Transfer", {"outcome": "uploaded"}, "WatchSoon"),
        ("Transfer", {"outcome": "refused"}, "Settle"),
        *((watch, {"outcome": "later"}, "WatchLater") for watch in WATCHES[1:]),
        *((watch, {"outcome": "slow"}, "WatchSlow") for watch in WATCHES[1:]),
        *((watch, {"outcome": "verdict"}, "Settle") for watch in WATCHES[1:]),
    ],
)
def test_an_outcome_selects_the_next_state(states, state, step, then):
    assert goes_to(states, state, step) == then


def test_the_long_round_always_has_the_same_successor(states):
    assert states["WatchLong"]["Next"] == "Settle"


def test_a_publish_with_a_webhook_in_the_first_round_enters_eight_states(template, states):
    entered = [definition(template)["StartAt"]]
    answers: dict[str, dict[str, Any]] = {"Prepare": {"outcome": "ready"}, "Start": {"outcome": "started"}}
    answers["Transfer"] = {"outcome": "uploaded", "webhooks": True}
    while (state := states[entered[-1]]).get("Next"):
        entered.append(state["Next"])
        if states[entered[-1]]["Type"] == "Choice":
            entered.append(goes_to(states, entered[-2], answers[entered[-2]]))

    assert entered == ROAD


def test_a_hold_waits_until_the_steps_time_and_then_starts(states):
    assert states["Hold"] == {"Type": "Wait", "TimestampPath": "$.step.not_before", "Next": "Start"}


def test_start_is_retried_only_if_the_call_never_reached_the_function(states):
    assert [retry["ErrorEquals"] for retry in states["Start"]["Retry"]] == [["Lambda.TooManyRequestsException"]]


@pytest.mark.parametrize("name", [*STEPS, *WATCHES])
def test_retries_are_few_and_have_jitter(states, name):
    for retry in states[name]["Retry"]:
        assert retry["MaxAttempts"] <= 3 or retry["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert retry["MaxAttempts"] == 0 or retry["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("name", [*STEPS, *WATCHES])
def test_a_step_waits_minutes_for_lambda_capacity_before_its_catch(states, name):
    rules = [retry for retry in states[name]["Retry"] if retry["ErrorEquals"] != ["States.Timeout"]]

    assert rules[0]["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert rules[0]["MaxAttempts"] * rules[0]["MaxDelaySeconds"] / 2 >= 300


@pytest.mark.parametrize("name", [*REPEATABLE, *WATCHES])
def test_a_killed_process_is_retried(states, name):
    assert states[name]["Retry"][-1]["ErrorEquals"] == ["States.ALL"]
    assert states[name]["Retry"][-1]["MaxAttempts"] == 3


@pytest.mark.parametrize("name", [name for name in [*REPEATABLE, *WATCHES] if name != "Settle"])
def test_a_step_that_finally_fails_is_settled_with_the_previous_answer(states, name):
    last = states[name]["Catch"][-1]

    assert last == {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Settle"}


def test_a_failed_start_goes_to_decide(states):
    assert states["Start"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Decide"}]


@pytest.mark.parametrize(
    ("name", "seconds", "then"),
    [
        ("WatchLong", 120, "WatchLater"),
        ("WatchSoon", 10, "WatchSecond"),
        ("WatchSecond", 20, "WatchThird"),
        ("WatchThird", 40, "WatchLater"),
        ("WatchLater", 60, "WatchLater"),
        ("WatchSlow", 600, "WatchSlow"),
    ],
)
def test_a_round_that_timed_out_is_followed_by_the_next_and_not_retried(states, name, seconds, then):
    watch = states[name]

    assert watch["TimeoutSeconds"] == seconds
    assert watch["Retry"][0] == {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}
    assert watch["Catch"][0] == {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": then}


@pytest.mark.parametrize("name", WATCHES)
def test_a_round_passes_its_token_and_its_name(states, name):
    assert states[name]["Resource"].endswith(":states:::lambda:invoke.waitForTaskToken")
    assert states[name]["Parameters"]["Payload"] == {
        "publish_id.$": "$.publish_id",
        "task_token.$": "$$.Task.Token",
        "execution.$": "$$.Execution.Name",
        "round": name.removeprefix("Watch").lower(),
    }


@pytest.mark.parametrize("name", STEPS)
def test_a_step_receives_ids_and_the_previous_answer(states, name):
    assert states[name]["ResultPath"] == "$.step"
    assert states[name]["Parameters"] == {
        "publish_id.$": "$.publish_id",
        "step.$": "$.step",
        "execution.$": "$$.Execution.Name",
    }


@pytest.mark.parametrize("name", STEPS)
def test_a_steps_timeout_is_longer_than_its_functions(template, states, name):
    function = template["Resources"][states[name]["Resource"]]

    assert function is functions(template)[f"workflow-{name.lower()}"]
    assert states[name]["TimeoutSeconds"] > function["Properties"]["Timeout"]


def test_a_transfer_without_a_turn_waits_the_given_time_and_asks_again(states):
    assert states["WaitTurn"] == {"Type": "Wait", "TimestampPath": "$.step.not_before", "Next": "Transfer"}


def test_a_turn_lasts_longer_than_its_function_can_run(template):
    assert functions(template)["workflow-transfer"]["Properties"]["Timeout"] < TURN_S


@pytest.mark.parametrize("place", ["workflow-start", "workflow-transfer"])
def test_turns_exist_only_if_a_deployment_sets_their_number(template, place):
    told = functions(template)[place]["Properties"]["Environment"]["Variables"]

    assert told["TRANSFERS_AT_ONCE"] == {"Ref": "TransfersAtOnce"}
    assert template["Parameters"]["TransfersAtOnce"]["Default"] == "0"


def test_logs_contain_no_execution_data(template):
    machine = the_one(template, "StepFunctions::StateMachine")["Properties"]

    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert len(of_type(template, "StepFunctions::StateMachine")) == 1
