"""Writes survive a lost answer, a conflict and throttling, and take effect once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.aws.clients import ContendedError
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.lost import lost_answer

TABLE = "connections"
KEY = {"pk": "one"}
PASSING = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]


def refusal(code: str, *reasons: str) -> ClientError:
    said: Any = {"Error": {"Code": code, "Message": "made to fail"}}
    if reasons:
        said["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(said, "Any")


def refused(monkeypatch, operation: str, error: Exception, times: int = 10**9) -> list[dict[str, Any]]:
    """Let the next `times` calls of `operation` raise `error`; return the parameters of all its calls."""
    client, asked = clients.client("dynamodb"), []
    really = getattr(client, operation)

    def answer(**request: Any) -> Any:
        asked.append(request)
        if len(asked) <= times:
            raise error
        return really(**request)

    monkeypatch.setattr(client, operation, answer)
    return asked


def stored(key: dict[str, str] = KEY) -> dict[str, Any]:
    answer = clients.client("dynamodb").get_item(TableName=TABLE, Key=dynamo.to_item(key))
    return dynamo.from_item(answer.get("Item", {}))


def put_new(**values: Any) -> dynamo.Item | None:
    item = dynamo.to_item(KEY | values)
    new = "attribute_not_exists(pk)"
    return dynamo.write_if("put_item", TableName=TABLE, Item=item, ConditionExpression=new)


def change(expression: str, condition: str | None = None, **values: Any) -> dynamo.Item | None:
    request: dict[str, Any] = {"UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = dynamo.to_item({f":{name}": value for name, value in values.items()})
    return dynamo.write_if("update_item", TableName=TABLE, Key=dynamo.to_item(KEY), **request)


def entry(key: dict[str, str] = KEY, condition: str = "attribute_not_exists(pk)") -> dynamo.Item:
    return {"Put": {"TableName": TABLE, "Item": dynamo.to_item(key), "ConditionExpression": condition}}


def test_a_put_with_a_lost_answer_is_recognised_as_our_own(cloud):
    with lost_answer("PutItem") as left:
        answer = put_new(owner="us")

    assert (answer, left) == ({}, [0])


def test_a_put_after_another_writers_put_is_refused(cloud):
    put_new(owner="others")

    assert put_new(owner="us") is None
    assert stored() == KEY | {"owner": "others"}


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        ("SET n = n + :one", "n = :seen"),
        ("SET n = n + :one", "n < :most"),
        ("ADD n :one", "attribute_exists(pk)"),
        ("ADD n :one", None),
        ("SET b = :one REMOVE gone ADD n :one", "n = :seen"),
        ("REMOVE gone ADD n :one", "attribute_exists(gone)"),
    ],
)
def test_an_update_with_a_lost_answer_takes_effect_once_and_returns_the_item(cloud, expression, condition):
    put_new(n=1, gone="x")
    named = {"one": 1, "seen": 1, "most": 9}
    values = {name: value for name, value in named.items() if f":{name}" in f"{expression} {condition}"}

    with lost_answer("UpdateItem") as left:
        answer = change(expression, condition, **values)

    assert left == [0]
    assert stored()["n"] == 2
    assert answer is not None
    assert dynamo.from_item(answer["Attributes"]) == stored()


def test_an_update_after_another_writers_update_is_refused(cloud):
    put_new(n=1)
    change("SET n = :two", "n = :one", one=1, two=2)

    assert change("SET n = :three", "n = :one", one=1, three=3) is None
    assert stored()["n"] == 2


def test_a_mark_with_a_lost_answer_is_recognised_as_our_own_without_a_read(cloud, monkeypatch):
    put_new(n=1)
    asked = refused(monkeypatch, "update_item", refusal("any"), times=0)
    request = {
        "TableName": TABLE,
        "Key": dynamo.to_item(KEY),
        "UpdateExpression": "SET n = :two",
        "ConditionExpression": "n = :one",
        "ExpressionAttributeValues": dynamo.to_item({":one": 1, ":two": 2}),
    }

    with lost_answer("UpdateItem"):
        first = dynamo.mark_if(**request)

    assert (first, dynamo.mark_if(**request)) == (True, False)
    assert not any("ReturnValuesOnConditionCheckFailure" in one for one in asked)


def test_a_delete_with_a_lost_answer_and_a_delete_of_a_missing_item_succeed(cloud):
    put_new(owner="us")
    owned: dict[str, Any] = {
        "TableName": TABLE,
        "Key": dynamo.to_item(KEY),
        "ConditionExpression": "#owner = :us",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": dynamo.to_item({":us": "us"}),
    }

    with lost_answer("DeleteItem"):
        dynamo.delete(**owned)

    dynamo.delete(**owned)
    assert stored() == {}


def test_a_transaction_with_a_lost_answer_is_recognised_as_our_own(cloud):
    with lost_answer("TransactWriteItems") as left:
        assert dynamo.write_all([entry(), entry({"pk": "two"})])

    assert left == [0]
    assert dynamo.write_all([entry(), entry({"pk": "three"})]) is False
    assert stored({"pk": "three"}) == {}


@pytest.mark.parametrize("reason", PASSING)
def test_a_transaction_is_repeated_with_one_token_during_temporary_errors(cloud, held_clock, monkeypatch, reason):
    error = refusal("TransactionCanceledException", reason, "None")
    asked = refused(monkeypatch, "transact_write_items", error, times=3)

    assert dynamo.write_all([entry()])

    assert len(asked) == 4
    assert len({one["ClientRequestToken"] for one in asked}) == 1


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("TransactionInProgressException", ()),
        ("TransactionConflictException", ()),
        ("ThrottlingException", ()),
        ("ProvisionedThroughputExceededException", ()),
        ("RequestLimitExceeded", ()),
        ("InternalServerError", ()),
        *(("TransactionCanceledException", (reason,)) for reason in PASSING),
    ],
)
def test_a_lasting_error_is_raised_after_the_cases_time_limit(cloud, held_clock, monkeypatch, code, reasons):
    refused(monkeypatch, "transact_write_items", refusal(code, *reasons))
    began = held_clock.at

    with pytest.raises(ContendedError):
        dynamo.write_all([entry()])
    short = held_clock.at - began
    with pytest.raises(ContendedError):
        dynamo.write_all([entry()], patience_s=dynamo.LONG_PATIENCE_S)

    assert dynamo.PATIENCE_S - 0.8 <= short <= dynamo.PATIENCE_S
    assert dynamo.LONG_PATIENCE_S - 1 <= held_clock.at - began - short <= dynamo.LONG_PATIENCE_S


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
@pytest.mark.parametrize("error", [refusal("TransactionConflictException"), ConnectTimeoutError(endpoint_url="x")])
def test_a_single_write_is_repeated_after_a_conflict_or_a_connection_error(
    cloud, held_clock, monkeypatch, operation, error
):
    put_new(n=1)
    asked = refused(monkeypatch, operation, error, times=2)
    place: dict[str, Any] = {"TableName": TABLE, "Key": dynamo.to_item(KEY)}

    match operation:
        case "put_item":
            dynamo.write("put_item", TableName=TABLE, Item=dynamo.to_item(KEY))
        case "update_item":
            change("SET n = n + :one", one=1)
        case _:
            dynamo.delete(**place)

    assert len(asked) == 3


@pytest.mark.parametrize("lasting", ["ConditionalCheckFailed", "ItemCollectionSizeLimitExceeded", "ValidationError"])
def test_a_transaction_with_a_lasting_reason_and_a_conflict_is_not_repeated(cloud, monkeypatch, lasting):
    error = refusal("TransactionCanceledException", lasting, "TransactionConflict")
    asked = refused(monkeypatch, "transact_write_items", error)

    if lasting == "ConditionalCheckFailed":
        assert dynamo.write_all([entry()]) is False
    else:
        with pytest.raises(ClientError):
            dynamo.write_all([entry()])

    assert len(asked) == 1


def test_lasting_errors_are_raised_at_once(cloud, monkeypatch):
    asked = refused(monkeypatch, "put_item", refusal("ValidationException"))

    with pytest.raises(ClientError):
        put_new()

    assert len(asked) == 1


def test_no_write_is_repeated_beyond_the_functions_time(cloud, held_clock, monkeypatch):
    refused(monkeypatch, "transact_write_items", refusal("TransactionCanceledException", "TransactionConflict"))
    began = held_clock.at

    with clock.ending_in(3), pytest.raises(ContendedError):
        dynamo.write_all([entry()], patience_s=dynamo.LONG_PATIENCE_S)

    assert held_clock.at - began <= 2


def test_unprocessed_keys_are_read_again_with_a_pause_up_to_a_limit(cloud, held_clock, monkeypatch):
    put_new(n=1)
    client = clients.client("dynamodb")
    really, left = client.batch_get_item, [2]

    def partly(**request: Any) -> Any:
        if left[0]:
            left[0] -= 1
            return {"Responses": {TABLE: []}, "UnprocessedKeys": request["RequestItems"]}
        return really(**request)

    monkeypatch.setattr(client, "batch_get_item", partly)
    began = held_clock.at

    assert dynamo.read_many(TABLE, [KEY]) == [KEY | {"n": 1}]
    assert held_clock.at > began
    left[0] = 10**9
    with pytest.raises(ContendedError):
        dynamo.read_many(TABLE, [KEY])


def test_the_write_id_is_not_returned_as_a_value(cloud):
    put_new(n=1)

    assert stored() == KEY | {"n": 1}
