"""The fast replacements for parts of moto answer like moto: both receive the same calls."""

from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.support.memory_aws import empty_aws, make_key, make_tables, maker
from tests.unit.support.quick_moto import moto_itself

TABLES = {"pairs": ("pk", "sk"), "singles": ("pk",)}
INDEXES = {"pairs": [("by_kind", "kind", "sk", "S", "ALL")]}

values = st.one_of(
    st.integers(0, 3).map(lambda number: {"N": str(number)}),
    st.sampled_from([{"S": "a"}, {"S": ""}, {"B": b"\0\xff"}, {"BOOL": True}, {"NULL": True}]),
    st.sampled_from([{"L": [{"B": b"1"}, {"N": "1"}]}, {"M": {"B": {"S": "b"}, "n": {"N": "1"}}}, {"SS": ["x"]}]),
)
conditions = st.sampled_from(
    [
        {},
        {"ConditionExpression": "attribute_not_exists(pk)"},
        {"ConditionExpression": "attribute_exists(#a)", "ExpressionAttributeNames": {"#a": "a"}},
        {"ConditionExpression": "a = :one OR kind <> :one", "ExpressionAttributeValues": {":one": {"N": "1"}}},
        {"ConditionExpression": "NOT a < :v", "ExpressionAttributeValues": {":v": {"N": "1"}}},
    ]
)
kept = st.sampled_from([{}, {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}])
changes = st.sampled_from(
    ["SET b = :v", "SET a = a + :v", "REMOVE a ADD c :v", "SET m.n = :v, b = a", "SET pk = :v", "SET"]
)


@st.composite
def places(draw: Any) -> dict[str, Any]:
    table, partition = draw(st.sampled_from(["pairs", "pairs", "singles", "none"])), draw(st.sampled_from("xy"))
    sort = {"sk": {"S": draw(st.sampled_from("12"))}} if table == "pairs" else {}
    return {"TableName": table, "Key": {"pk": {"S": partition}, **sort}}


@st.composite
def puts(draw: Any) -> dict[str, Any]:
    place, attributes = draw(places()), draw(st.dictionaries(st.sampled_from(["a", "m", "kind"]), values))
    return {"TableName": place["TableName"], "Item": place["Key"] | attributes, **draw(conditions), **draw(kept)}


@st.composite
def updates(draw: Any) -> dict[str, Any]:
    condition = draw(conditions)
    given_values = condition.get("ExpressionAttributeValues", {}) | {":v": draw(values)}
    change = {"UpdateExpression": draw(changes), "ExpressionAttributeValues": given_values}
    return draw(places()) | condition | change | draw(kept)


deletes = st.tuples(places(), conditions).map(lambda both: both[0] | both[1])
entries = st.one_of(
    puts().map(lambda put: {"Put": put}),
    updates().map(lambda update: {"Update": update}),
    deletes.map(lambda delete: {"Delete": delete}),
    deletes.filter(lambda check: "ConditionExpression" in check).map(lambda check: {"ConditionCheck": check}),
)
returned = st.sampled_from(["NONE", "ALL_NEW", "ALL_OLD"]).map(lambda name: {"ReturnValues": name})
query = {"TableName": "pairs", "ExpressionAttributeValues": {":x": {"S": "x"}}, "KeyConditionExpression": "pk = :x"}
calls = st.one_of(
    puts().map(lambda put: ("put_item", put)),
    st.tuples(updates(), returned).map(lambda both: ("update_item", both[0] | both[1])),
    deletes.map(lambda delete: ("delete_item", delete)),
    places().map(lambda place: ("get_item", place)),
    st.sampled_from([("query", query), ("query", query | {"Limit": 1}), ("query", query | {"IndexName": "by_kind"})]),
    st.lists(entries, min_size=1, max_size=3).map(lambda all_: ("transact_write_items", {"TransactItems": all_})),
    st.lists(puts(), min_size=1, max_size=2).map(
        lambda all_: (
            "batch_write_item",
            {"RequestItems": {put["TableName"]: [{"PutRequest": {"Item": put["Item"]}}] for put in all_}},
        )
    ),
)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.mark.long
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(calls, min_size=1, max_size=12))
def test_it_answers_and_stores_like_moto(made):
    quick = _told(made)
    with moto_itself():
        slow = _told(made)

    assert quick == slow


def test_a_refused_transaction_changes_nothing():
    keys = {"pk": {"S": "x"}, "sk": {"S": "1"}}, {"pk": {"S": "x"}, "sk": {"S": "2"}}
    rows = [("put_item", {"TableName": "pairs", "Item": key | {"a": {"N": "1"}}}) for key in keys]
    change = {"UpdateExpression": "SET a = a + :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}
    changes = [{"Update": {"TableName": "pairs", "Key": key} | change} for key in keys]
    new = {"Put": {"TableName": "pairs", "Item": {"pk": {"S": "x"}, "sk": {"S": "3"}}}}
    check = {"TableName": "singles", "Key": {"pk": {"S": "y"}}, "ConditionExpression": "attribute_exists(pk)"}
    refused = ("transact_write_items", {"TransactItems": [*changes, new, {"ConditionCheck": check}]})

    told = _told([*rows, refused])

    assert told[2][0]["Error"]["Code"] == "TransactionCanceledException"
    assert told[2][1] == told[1][1]


@pytest.mark.parametrize("change", [{}, {"EncryptionContext": {"account": "b"}}, {"KeyId": "alias/none"}])
def test_kms_opens_and_refuses_like_moto(change):
    with empty_aws():
        client, sealed = maker("kms"), {"KeyId": make_key(), "EncryptionContext": {"account": "a"}}
        ciphertext = client.encrypt(Plaintext=b"text", **sealed)["CiphertextBlob"]
        opening = ("decrypt", sealed | {"CiphertextBlob": ciphertext} | change)

        quick = _answer(client, *opening)
        with moto_itself():
            slow = _answer(client, *opening)

    assert quick == slow
    assert ("Plaintext" in quick) is not bool(change)


def _told(made: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Each call's answer, and the tables' content after it."""
    client = maker("dynamodb")
    with empty_aws():
        make_tables(TABLES, INDEXES)
        return [(_answer(client, name, request), [_rows(client, table) for table in TABLES]) for name, request in made]


def _answer(client: BaseClient, name: str, request: dict[str, Any]) -> Any:
    try:
        answer = getattr(client, name)(**request)
    except ClientError as error:
        answer = dict(error.response)
    except Exception as limit:  # noqa: BLE001 - moto raises many kinds where it lacks something
        return type(limit), str(limit)
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _rows(client: Any, table: str) -> list[Any]:
    return client.scan(TableName=table)["Items"]
