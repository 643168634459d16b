import json
from datetime import UTC, datetime

import pytest

from local.logs import describe_transition, format_event, function_of

AT = 1_795_236_644_538


def test_a_json_entry_becomes_one_readable_line():
    message = json.dumps(
        {"level": "INFO", "message": "sent\na chunk", "function_name": "f", "publish_id": "pub_1", "bytes": 7}
    )

    assert format_event(AT, "workflow-transfer", message) == (
        "04:50:44.538  workflow-transfer    INFO    sent | a chunk publish_id=pub_1 bytes=7"
    )


def test_a_traceback_stays_one_line():
    said = format_event(AT, "http-api", "Traceback:\n  File x\nKeyError: 'a'\n")

    assert said == "04:50:44.538  http-api             Traceback: |   File x | KeyError: 'a'"


@pytest.mark.parametrize(
    "message", ["START RequestId: a", "END RequestId: a", "REPORT RequestId: a", "\n", '{"_aws": {}, "Sent": 1}']
)
def test_lines_of_the_runtime_and_metrics_are_omitted(message: str):
    assert format_event(AT, "http-api", message) is None


@pytest.mark.parametrize("message", ["[1, 2]", "17", '"words"'])
def test_json_that_is_no_object_is_shown_as_text(message: str):
    assert format_event(AT, "http-api", message) == f"04:50:44.538  http-api             {message}"


def test_a_function_is_named_after_its_folder():
    assert function_of("/aws/lambda/dropcast-dev-http-api", "dropcast-dev") == "http-api"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Transfer"}}, "-> Transfer"),
        ({"type": "ExecutionSucceeded"}, "succeeded"),
        (
            {"type": "TaskFailed", "taskFailedEventDetails": {"error": "States.Timeout", "cause": "late"}},
            "TaskFailed: States.Timeout late",
        ),
        ({"type": "TaskScheduled", "timestamp": datetime.now(UTC)}, None),
    ],
)
def test_only_important_events_of_a_history_are_shown(event: dict[str, object], words: str | None):
    assert describe_transition(event) == words
