"""The functions' permissions on tables are exactly those that their code uses."""

import json

import pytest

from tests.infra.policies import Policies
from tests.infra.reading import functions, many, of_type, referred, statements
from tests.infra.table_uses import PLACES, Use, uses_of

READS_A_STREAM = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}

# The code mentions these uses but never reaches the calls. These functions never pass on a TikTok refusal, so they
# change no budget's block. A publish that the schedules start is due, so its account is not kept warm for later.
_OF_A_REFUSAL: set[Use] = {("budgets", "PutItem"), ("budgets", "Query")}
_OF_A_LATER_PUBLISH: set[Use] = {("accounts", "GetItem"), ("accounts", "UpdateItem")}
ONLY_MENTIONED = {
    "schedule/due": _OF_A_LATER_PUBLISH,
    "schedule/sweep": _OF_A_LATER_PUBLISH | _OF_A_REFUSAL,
    "workflow/decide": _OF_A_REFUSAL,
    "workflow/ended": _OF_A_REFUSAL,
    "workflow/settle": _OF_A_REFUSAL,
}


@pytest.fixture(scope="module")
def granted(template) -> dict[str, set[Use]]:
    """By place: (table, action) as `uses_of` writes them."""
    tables = {logical_id: table_of(logical_id) for logical_id in of_type(template, "DynamoDB::Table")}
    roles = {referred(one["Properties"]["Role"]): place for place, one in functions(template).items()}
    found: dict[str, set[Use]] = {place.replace("/", "-"): set() for place in PLACES}
    for role, statement in statements(template):
        for resource in map(json.dumps, many(statement["Resource"])):
            for logical_id, name in tables.items():
                if logical_id in resource:
                    place = name + "/index" * ("/index/" in resource)
                    found[roles[role]] |= {(place, one.removeprefix("dynamodb:")) for one in many(statement["Action"])}
    return found


def table_of(logical_id: str) -> str:
    """The short name of a table: "budgets" for AccountsBudgetsTableTable…."""
    return logical_id.partition("Table")[0][len(next(one for one in SCOPES if logical_id.startswith(one))) :].lower()


SCOPES = ("Accounts", "Events", "Hooks", "Publishing", "Trends")


@pytest.mark.parametrize("place", PLACES)
def test_a_functions_table_permissions_are_what_its_code_uses(granted, place):
    may = {use for use in granted[place.replace("/", "-")] if use[1] not in READS_A_STREAM}
    uses = uses_of(place) - ONLY_MENTIONED.get(place, set())

    assert may == uses, f"grant {sorted(uses - may)} to {place}; it does not use {sorted(may - uses)}"


def test_no_function_deletes_publishes_and_only_connecting_checks_accounts(granted):
    assert [place for place, may in granted.items() if ("publishes", "DeleteItem") in may] == []
    checkers = {(place, table) for place, may in granted.items() for table, one in may if one == "ConditionCheckItem"}
    assert checkers == {("http-api", "accounts"), ("http-connect", "accounts")}


def test_the_code_is_read_down_to_its_stores():
    assert ("publishes", "GetItem") in uses_of("schedule/due")
    assert ("publishes/index", "Query") in uses_of("schedule/sweep")
    assert ("accounts", "ConditionCheckItem") in uses_of("http/connect")
    assert ("hooks", "BatchGetItem") in uses_of("queue/deliver")
    assert ("outbox", "DeleteItem") in uses_of("stream/outbox")
    assert uses_of("http/webhook") == set()


def test_the_evaluator_also_decides_on_calls_of_functions(template):
    policies = Policies(template)
    resolve = policies.resolver
    role = {one["FunctionName"]: one["Role"] for one in resolve.resources("Lambda::Function").values()}
    tables = {table_of(name): resolve.arn(name) for name in resolve.resources("DynamoDB::Table")}

    def may(place: str, action: str, table: str, **keys: list[str]) -> bool:
        named = {f"dynamodb:{key}": value for key, value in keys.items()}
        return policies.role_allows(role[f"dropcast-dev-{place}"], f"dynamodb:{action}", tables[table], named)

    assert may("http-authorizer", "UpdateItem", "keys", Attributes=["pk", "last_used_at", "write_id"])
    assert not may("http-authorizer", "UpdateItem", "keys", Attributes=["pk", "scopes"])
    assert may("queue-trends", "Query", "accounts", LeadingKeys=["business"])
    assert not may("queue-trends", "Query", "accounts", LeadingKeys=["user#1"])
    assert not may("workflow-settle", "GetItem", "accounts")
