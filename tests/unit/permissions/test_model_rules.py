"""botocore's model finds errors in requests that the SDK itself does not check."""

import pytest

from tests.permissions.model_rules import breaches
from tests.permissions.requests import Request

TARGET = {"Arn": "arn:aws:lambda:eu-west-1:123456789012:function:due", "RoleArn": "arn:aws:iam::123456789012:role/r"}
SCHEDULE = {
    "Name": "a",
    "GroupName": "ours",
    "ScheduleExpression": "at(2026-01-01T00:00:00)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": TARGET,
}


def found(service, operation, **asked):
    return breaches(Request("dropcast-dev-http-api", service, operation, asked))


def test_a_request_that_fits_the_model_is_accepted():
    assert found("scheduler", "CreateSchedule", **SCHEDULE) == []
    assert found("sqs", "SendMessage", QueueUrl="u", MessageBody="b", DelaySeconds=3) == []
    assert found("kms", "Encrypt", KeyId="k", Plaintext="AAAA", EncryptionContext={"kind": "a"}) == []


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"Name": "a/b"}, ".Name: it does not match"),
        ({"Name": "x" * 65}, ".Name: 65 is above 64"),
        ({"State": "ON"}, ".State: ON is none of"),
        ({"FlexibleTimeWindow": {}}, ".FlexibleTimeWindow.Mode: missing"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 0}}, "0.0 is below 1"),
        ({"Colour": "red"}, ".Colour: unknown"),
        ({"Target": "t"}, ".Target: str is no structure"),
    ],
)
def test_what_the_model_does_not_allow_is_found(changed, breach):
    [one] = found("scheduler", "CreateSchedule", **{**SCHEDULE, **changed})

    assert breach in one


def test_nested_values_and_binary_lengths_are_checked():
    assert found("dynamodb", "PutItem", TableName="t", Item={"pk": {"S": 1}}) == [".Item.pk.S: int is no string"]
    assert found("kms", "Encrypt", KeyId="k", Plaintext="") == [".Plaintext: 0 is below 1"]
    assert found("dynamodb", "PutItem", TableName="t") == [".Item: missing"]
