"""`dropcast ops` on the messages of the dead-letter queues."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import cli
from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES, Invoke, Requeue
from dropcast.aws import clients
from tests.unit.support.memory_aws import maker
from tests.unit.support.redrive import ATTRIBUTES, GOOD, PREFIX, TICK, bodies, ops, put_message, received
from tests.unit.support.redrive import invoked as invoked

REQUEUED = {name: way.by.queue for name, way in DEAD_LETTER_QUEUES.items() if isinstance(way.by, Requeue)}
INVOKED = {name: way.by.function for name, way in DEAD_LETTER_QUEUES.items() if isinstance(way.by, Invoke)}

pytestmark = pytest.mark.usefixtures("invoked")


class KilledError(BaseException):
    """The process dies here."""


def test_every_queue_is_listed_and_a_dry_run_changes_nothing(invoked):
    for name, body in GOOD.items():
        put_message(name, body)

    code, found, _ = ops("failures")
    dry_code, planned, note = ops("redrive", "--all")

    assert {one["kind"] for one in found} == set(GOOD) == set(DEAD_LETTER_QUEUES)
    assert [one for one in found if one["obstacle"]] == []
    assert (code, dry_code, [one["id"] for one in planned]) == (0, 0, [one["id"] for one in found])
    assert f"{len(GOOD)} would be retried, 0 stay. Add --yes to do it" in note
    assert {name: len(bodies(name)) for name in GOOD} == dict.fromkeys(GOOD, 1)
    assert [name for name in REQUEUED.values() if bodies(name)] == []
    assert invoked == []


@pytest.mark.parametrize(("name", "queue"), REQUEUED.items())
def test_a_message_goes_back_to_its_work_queue_and_a_second_redrive_changes_nothing(name, queue):
    put_message(name, GOOD[name])

    code, [done], _ = ops("redrive", "--kind", name, "--yes")
    again = ops("redrive", "--kind", name, "--yes")

    [message] = received(queue)
    assert (code, done["obstacle"]) == (0, None)
    assert json.loads(message["Body"]) == GOOD[name]
    assert message.get("MessageAttributes", {}) == ATTRIBUTES.get(name, {})
    assert bodies(name) == []
    assert again[:2] == (0, [])


@pytest.mark.parametrize(("name", "function"), INVOKED.items())
def test_an_event_goes_to_its_function_again_however_it_failed(invoked, name, function):
    record = {"requestContext": {"condition": "RetriesExhausted"}, "responsePayload": {"errorType": "KeyError"}}
    put_message(name, GOOD[name], {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}})
    put_message(name, record | {"requestPayload": GOOD[name]})

    _, found, _ = ops("failures", "--kind", name)
    code, _, _ = ops("redrive", "--kind", name, "--yes")

    assert sorted(one["cause"] for one in found) == ["NO_PERMISSIONS", "RetriesExhausted: KeyError"]
    assert code == 0
    assert invoked == [(function, GOOD[name])] * (1 if GOOD[name] == TICK else 2)
    assert bodies(name) == []
    assert ops("redrive", "--kind", name, "--yes")[:2] == (0, [])
    assert len(invoked) in (1, 2)


def test_a_patient_delivery_goes_to_the_slow_queue():
    put_message("deliveries-failed", GOOD["deliveries-failed"] | {"patient": True})

    ops("redrive", "--kind", "deliveries-failed", "--yes")

    assert (len(bodies("slow-deliveries")), bodies("deliveries")) == (1, [])


def test_a_group_goes_with_its_message():
    url = maker("sqs").get_queue_url(QueueName=f"{PREFIX}-deliveries-failed")["QueueUrl"]
    sent: list[Any] = []
    clients.client("sqs").meta.events.register("before-call.sqs.SendMessage", lambda params, **_: sent.append(params))
    maker("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(GOOD["deliveries-failed"]), MessageGroupId="ep_1")

    ops("redrive", "--kind", "deliveries-failed", "--yes")

    assert json.loads(sent[0]["body"])["MessageGroupId"] == "ep_1"


@pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
def test_unknown_messages_stay_and_say_so(invoked, name):
    unknown = {"canary words", "[]", "7", "null", "{}", '{"requestPayload": "text"}', "[" * 5000}
    for body in unknown:
        put_message(name, body)

    listed, found, _ = ops("failures", "--kind", name)
    code, stay, note = ops("redrive", "--kind", name, "--yes")

    assert (listed, code) == (0, 1)
    assert {one["obstacle"]["code"] for one in [*found, *stay]} == {"message_unknown"}
    assert "aws sqs receive-message" in stay[0]["obstacle"]["fix"]
    assert "0 put back, 7 stay" in note
    assert set(bodies(name)) == unknown
    assert invoked == []


def test_an_unknown_message_does_not_hold_up_the_others():
    put_message("webhook-failed", "?")
    for _ in range(12):
        put_message("webhook-failed", GOOD["webhook-failed"])

    code, done, _ = ops("redrive", "--kind", "webhook-failed", "--yes")

    assert (code, len(done), bodies("webhook-failed")) == (1, 13, ["?"])
    assert len(bodies("webhook")) == 10  # one call returns at most this many


def test_a_redrive_that_dies_between_send_and_delete_loses_nothing():
    put_message("webhook-failed", GOOD["webhook-failed"])
    sqs = clients.client("sqs")

    def die(**_: Any) -> None:
        raise KilledError

    sqs.meta.events.register("before-call.sqs.DeleteMessage", die, unique_id="die")
    with pytest.raises(KilledError):
        ops("redrive", "--kind", "webhook-failed", "--yes")
    sqs.meta.events.unregister("before-call.sqs.DeleteMessage", unique_id="die")
    assert (len(bodies("webhook")), len(bodies("webhook-failed"))) == (1, 1)

    code, _, _ = ops("redrive", "--kind", "webhook-failed", "--yes")

    assert (code, len(bodies("webhook")), bodies("webhook-failed")) == (0, 2, [])


def test_what_aws_refuses_stays_with_its_code(invoked):
    maker("sqs").delete_queue(QueueUrl=maker("sqs").get_queue_url(QueueName=f"{PREFIX}-webhook")["QueueUrl"])
    put_message("webhook-failed", GOOD["webhook-failed"])
    put_message("ended-failed", GOOD["ended-failed"])

    code, done, _ = ops("redrive", "--all", "--yes")

    assert code == 1
    assert {one["kind"]: one["obstacle"] and one["obstacle"]["code"] for one in done} == {
        "webhook-failed": "aws_refused",
        "ended-failed": None,
    }
    assert len(bodies("webhook-failed")) == 1
    assert len(invoked) == 1


def test_a_dead_letter_of_the_stream_goes_when_the_outbox_is_relayed():
    put_message("outbox-failed", GOOD["outbox-failed"])

    code, [done], _ = ops("redrive", "--kind", "outbox-failed", "--yes")

    assert (code, done["about"], bodies("outbox-failed")) == (0, "3 events of shardId-1", [])


def test_only_ids_kinds_causes_and_ages_are_printed():
    told = {"errorType": "ValueError", "errorMessage": "canary-token"}
    put_message("webhook-failed", {**GOOD["webhook-failed"], "caption": "canary-caption"})
    record = {"requestContext": {"condition": "RetriesExhausted"}, "responsePayload": told}
    put_message("due-failed", record | {"requestPayload": GOOD["due-failed"] | {"title": "canary-title"}})

    shown = [CliRunner().invoke(cli, ["ops", *words]).output for words in (["failures"], ["redrive", "--all"])]

    assert all("pub_1 pub_1" in text and "RetriesExhausted: ValueError" in text for text in shown)
    assert "canary" not in str(shown) + str(ops("failures"))


def test_a_pipe_gets_lines_without_headings():
    put_message("refresh-failed", GOOD["refresh-failed"])

    printed = CliRunner().invoke(cli, ["ops", "failures"])

    [line] = printed.stdout.splitlines()
    kind, _, about, _, cause, plan = line.split("\t")
    assert (kind, about) == ("refresh-failed", "acc_1")
    assert (cause, plan) == ("queue-refresh failed five times; see its log", "send it to the queue refresh")


@pytest.mark.parametrize(
    "words", [["redrive"], ["redrive", "--yes"], ["redrive", "--all", "--kind", "outbox"], ["failures", "--kind", "x"]]
)
def test_a_redrive_needs_one_choice_of_known_kinds(words):
    assert CliRunner().invoke(cli, ["ops", *words]).exit_code == 2


def test_the_list_says_that_there_are_more():
    for _ in range(3):
        put_message("refresh-failed", GOOD["refresh-failed"])

    _, found, note = ops("failures", "--limit", "2")

    assert len(found) == 2
    assert "refresh-failed: there are more than 2" in note
    assert len(bodies("refresh-failed")) == 3
