"""The schedule that keeps connections alive: its limits, retries and permissions."""

import pytest

from dropcast.accounts.tokens.refresh_queue import POSTPONED_S
from dropcast.accounts.tokens.refresh_under_lease import FIRST_TRY_S, KEEPING_S, LEASE_S
from dropcast.settings import Settings
from tests.infra.reading import functions, many, of_type, referred, statements, who_may


def refresh_queue(template):
    [(name, queue)] = [
        (name, one)
        for name, one in of_type(template, "SQS::Queue").items()
        if one["Properties"]["QueueName"] == "dropcast-dev-refresh"
    ]
    [mapping] = [
        one["Properties"]
        for one in of_type(template, "Lambda::EventSourceMapping").values()
        if referred(one["Properties"]["EventSourceArn"]) == name
    ]
    return queue["Properties"], mapping


def test_the_chosen_number_of_workers_refresh_at_once_one_account_each(template, chosen_template):
    _, mapping = refresh_queue(template)
    _, chosen = refresh_queue(chosen_template)

    assert (mapping["ScalingConfig"], chosen["ScalingConfig"]) == (
        {"MaximumConcurrency": 10},
        {"MaximumConcurrency": 40},
    )
    assert mapping["BatchSize"] == 1


def test_an_account_is_postponed_for_as_long_as_the_queue_retries_it(template):
    queue, _ = refresh_queue(template)

    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] <= POSTPONED_S


def test_a_refreshing_function_has_time_for_it_and_less_than_its_message_is_hidden(template):
    lenders = who_may(template, "kms:Decrypt") - {"http-connect", "queue-deliver"}

    for place in lenders:
        assert functions(template)[place]["Properties"]["Timeout"] > FIRST_TRY_S + KEEPING_S, place
    queue, _ = refresh_queue(template)
    assert queue["VisibilityTimeout"] > LEASE_S


@pytest.mark.parametrize("setting", [Settings.refresh_warm_share, Settings.refresh_idle_share])
def test_every_function_that_may_refresh_gets_both_policies(template, setting):
    for place in who_may(template, "kms:Encrypt"):
        environment = functions(template)[place]["Properties"]["Environment"]["Variables"]
        assert environment[setting.variable] == {"Ref": setting.parameter}, place


def test_the_finder_changes_only_due_times(template):
    role = referred(functions(template)["schedule-refresh"]["Properties"]["Role"])
    [write] = [
        one for owner, one in statements(template) if owner == role and "dynamodb:UpdateItem" in many(one["Action"])
    ]

    assert many(write["Action"]) == ["dynamodb:UpdateItem"]
    assert set(write["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == {
        "pk",
        "sk",
        "due_at",
        "write_id",
    }
