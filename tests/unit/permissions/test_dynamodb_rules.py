"""The rules find requests that the emulator accepts and DynamoDB refuses."""

import pytest

from tests.permissions.dynamodb_items import tables_of
from tests.permissions.dynamodb_rules import breaches
from tests.permissions.requests import Request
from tests.unit.permissions.small_stack import TABLE, dynamodb, template

TABLES = tables_of(template(), {"Items": TABLE})
ROW = {"pk": {"S": "user#1"}, "sk": {"S": "a"}}
LONG = "x" * 410_000


def found(request):
    return breaches(request, TABLES)


def update(expression, values=None, names=None):
    given = {"ExpressionAttributeValues": values} if values else {}
    named = {"ExpressionAttributeNames": names} if names else {}
    return dynamodb("UpdateItem", Key=ROW, UpdateExpression=expression, **given, **named)


def query(condition, **more):
    values = {":pk": {"S": "a"}}
    return dynamodb("Query", KeyConditionExpression=condition, ExpressionAttributeValues=values, **more)


def transaction(*entries):
    return Request("dropcast-dev-http-api", "dynamodb", "TransactWriteItems", {"TransactItems": list(entries)})


def put(sk="a", **more):
    return {"Put": {"TableName": TABLE, "Item": {**ROW, "sk": {"S": sk}, **more}}}


def batch(*keys):
    return Request("dropcast-dev-http-api", "dynamodb", "BatchGetItem", {"RequestItems": {TABLE: {"Keys": list(keys)}}})


@pytest.mark.parametrize(
    "request_",
    [
        dynamodb("GetItem", Key=ROW),
        dynamodb("PutItem", Item={**ROW, "kind": {"S": "video"}, "tags": {"SS": ["a", "b"]}}),
        update(
            "SET #s = if_not_exists(#s, :s), due_at = due_at + :s REMOVE held_at", {":s": {"N": "1"}}, {"#s": "status"}
        ),
        query("pk = :pk"),
        query("kind = :pk", IndexName="by_kind", ProjectionExpression="pk, width"),
        transaction(put("a"), put("b")),
        batch(ROW, {**ROW, "sk": {"S": "b"}}),
    ],
)
def test_an_ordinary_request_is_accepted(request_):
    assert found(request_) == []


@pytest.mark.parametrize(
    ("request_", "breach"),
    [
        (update("SET status = :s", {":s": {"S": "a"}}), "UpdateExpression: status is a reserved word"),
        (update("SET a = :s", {":s": {"S": "a"}, ":t": {"S": "b"}}), ":t is not used in an expression"),
        (update("SET a = :s"), ":s is used in an expression and not defined"),
        (update("SET #a = :s", {":s": {"S": "a"}}), "#a is used in an expression and not defined"),
        (update("REMOVE a", names={"#b": "b"}), "#b is not used in an expression"),
        (update("SET sk = :s", {":s": {"S": "a"}}), "UpdateExpression changes the key sk"),
        (update("SET a = :s REMOVE a", {":s": {"S": "a"}}), "UpdateExpression changes a 2 times"),
        (update("SET kind = :s", {":s": {"S": ""}}), "kind of the index by_kind is empty"),
        (update("SET kind = :s", {":s": {"N": "1"}}), "kind of the index by_kind is ['N'], not S"),
        (update("ADD tags :s", {":s": {"SS": []}}), ":s is an empty set"),
        (
            update("SET " + ", ".join(f"attribute_{n} = :s" for n in range(300)), {":s": {"S": "a"}}),
            "UpdateExpression of ",
        ),
        (update("SET a = :s", {":s": {"S": LONG}}), "an update with values of 410002 bytes"),
        (dynamodb("GetItem", Key={"pk": {"S": "a"}}), "the key ['pk'] is not ['pk', 'sk']"),
        (dynamodb("GetItem", Key={**ROW, "sk": {"S": ""}}), "sk of the key is empty"),
        (dynamodb("GetItem", Key={**ROW, "pk": {"S": "x" * 2049}}), "pk of the key has 2049 bytes"),
        (dynamodb("PutItem", Item={"pk": {"S": "a"}}), "the item has no sk"),
        (dynamodb("PutItem", Item={**ROW, "body": {"S": LONG}}), "an item of 410015 bytes"),
        (dynamodb("PutItem", Item={**ROW, "n": {"N": "1" * 39}}), "n: a number of more than 38 digits"),
        (dynamodb("PutItem", Item={**ROW, "two": {"S": "a", "N": "1"}}), "two: one type, not ['N', 'S']"),
        (dynamodb("PutItem", Item={**ROW, "m": {"M": {"s": {"SS": []}}}}), "m.s: an empty set"),
        (query("other = :pk"), "KeyConditionExpression names ['other']"),
        (query("pk = :pk", FilterExpression="attribute_exists(sk)"), "FilterExpression names the key ['sk']"),
        (query("pk = :pk", IndexName="by_owner"), "there is no index by_owner"),
        (query("kind = :pk", IndexName="by_kind", ConsistentRead=True), "a consistent read of an index"),
        (query("kind = :pk", IndexName="by_kind", FilterExpression="attribute_exists(title)"), "does not hold title"),
        (transaction(), "0 items in a transaction"),
        (transaction(*(put(str(n)) for n in range(101))), "101 items in a transaction"),
        (transaction(put("a"), put("a")), "2 actions on ItemsTable-A1"),
        (transaction(*(put(str(n), b={"S": LONG[:400_000]}) for n in range(11))), "a transaction of "),
        (batch(*({**ROW, "sk": {"S": str(n)}} for n in range(101))), "101 keys in a batch"),
        (batch(ROW, ROW), "a key is twice in a batch"),
    ],
)
def test_a_request_that_dynamodb_refuses_is_found(request_, breach):
    assert [one for one in found(request_) if breach in one], found(request_)
