"""The table of `dropcast ops redrive` contains every dead-letter queue of the template, with its sources."""

from collections import defaultdict
from typing import Any

from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES, Invoke, RelayOutbox, Requeue
from tests.infra.reading import Template, of_type, referred

PREFIX = "dropcast-dev-"

Fed = dict[str, set[str]]


def queue_names(template: Template) -> dict[str, str]:
    """The queues' names without the prefix, by logical id."""
    queues = of_type(template, "SQS::Queue").items()
    return {name: one["Properties"]["QueueName"].removeprefix(PREFIX) for name, one in queues}


def function_names(template: Template) -> dict[str, str]:
    """The functions' names without the prefix, by logical id."""
    functions = of_type(template, "Lambda::Function").items()
    return {name: str(one["Properties"].get("FunctionName", name)).removeprefix(PREFIX) for name, one in functions}


def sources(template: Template) -> Fed:
    """The sources of each dead-letter queue: the work queues, rule targets, functions and streams whose failures it
    keeps.
    """
    queues, functions = queue_names(template), function_names(template)
    known = queues | functions
    fed: Fed = defaultdict(set)

    def keeps(dead_letters: Any, source: str) -> None:
        fed[queues[referred(dead_letters)]].add(source)

    for name, one in of_type(template, "SQS::Queue").items():
        if "RedrivePolicy" in one["Properties"]:
            keeps(one["Properties"]["RedrivePolicy"]["deadLetterTargetArn"], f"queue {queues[name]}")
    for one in of_type(template, "Events::Rule").values():
        for target in one["Properties"]["Targets"]:
            kind = "queue" if referred(target["Arn"]) in queues else "function"
            keeps(target["DeadLetterConfig"]["Arn"], f"{kind} {known[referred(target['Arn'])]}")
    for one in of_type(template, "Lambda::EventInvokeConfig").values():
        to = one["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]
        keeps(to, f"function {functions[referred(one['Properties']['FunctionName'])]}")
    for one in of_type(template, "Lambda::EventSourceMapping").values():
        if "DestinationConfig" in one["Properties"]:
            keeps(one["Properties"]["DestinationConfig"]["OnFailure"]["Destination"], "stream")
    return fed


def expected(name: str) -> set[str]:
    """The sources of the queue according to the table."""
    match DEAD_LETTER_QUEUES[name].by:
        case Requeue(queue=queue, if_patient=other):
            return {f"queue {one}" for one in (queue, other) if one}
        case Invoke(function=function):
            return {f"function {function}"}
        case RelayOutbox():
            return {"stream"}


def test_each_dead_letter_queue_is_in_the_table_with_what_feeds_it(template):
    fed = sources(template)

    assert {name for name in queue_names(template).values() if name.endswith("-failed")} == fed.keys()
    assert fed == {name: expected(name) for name in DEAD_LETTER_QUEUES}


def test_a_message_goes_back_to_the_function_that_did_not_take_it(template):
    queues, functions = queue_names(template), function_names(template)
    readers: Fed = defaultdict(set)
    for one in of_type(template, "Lambda::EventSourceMapping").values():
        if (queue := referred(one["Properties"]["EventSourceArn"])) in queues:
            readers[queues[queue]].add(functions[referred(one["Properties"]["FunctionName"])])

    for way in DEAD_LETTER_QUEUES.values():
        match way.by:
            case Requeue(queue=queue, worker=worker):
                assert readers[queue] == {worker}
            case Invoke(function=function) | RelayOutbox(function=function):
                assert function in functions.values()


def test_the_outputs_name_what_a_redrive_uses(template):
    outputs = {name: one["Value"] for name, one in template["Outputs"].items()}
    buses = of_type(template, "Events::EventBus")
    groups = of_type(template, "Scheduler::ScheduleGroup")

    assert buses[referred(outputs["EventBusName"])]["Properties"]["Name"] == "dropcast-dev"
    assert [one["Properties"]["Name"] for one in groups.values()] == [outputs["ScheduleGroup"]]
