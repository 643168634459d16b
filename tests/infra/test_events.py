"""Two functions empty the outbox, and they have no other permission."""

from tests.infra.policies import Policies
from tests.infra.reading import functions, many, of_type, referred, statements


def test_events_that_stay_in_the_outbox_are_relayed_every_five_minutes(template):
    relay = next(name for name, one in of_type(template, "Lambda::Function").items() if "ScheduleRelay" in name)
    [rule] = [
        one["Properties"]
        for one in of_type(template, "Events::Rule").values()
        if relay in [referred(target["Arn"]) for target in one["Properties"]["Targets"]]
    ]

    assert rule["ScheduleExpression"] == "rate(5 minutes)"


def test_a_relay_may_remove_events_and_add_none(template):
    may = {place: set() for place in ("stream-outbox", "schedule-relay")}
    for place, actions in may.items():
        role = referred(functions(template)[place]["Properties"]["Role"])
        for owner, one in statements(template):
            if owner == role:
                actions.update(action for action in many(one["Action"]) if action.startswith(("dynamodb:", "events:")))

    assert may == {
        "stream-outbox": {
            "dynamodb:DeleteItem",
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "dynamodb:UpdateItem",
            "events:PutEvents",
        },
        "schedule-relay": {
            "dynamodb:DeleteItem",
            "dynamodb:Query",
            "dynamodb:BatchGetItem",
            "dynamodb:UpdateItem",
            "events:PutEvents",
        },
    }


def test_a_relay_may_change_only_the_daily_counts(template):
    policies = Policies(template)
    resolve = policies.resolver
    roles = {one["FunctionName"]: one["Role"] for one in resolve.resources("Lambda::Function").values()}
    console = next(resolve.arn(name) for name in resolve.resources("DynamoDB::Table") if "ConsoleTable" in name)

    def may(place: str, partition: str) -> bool:
        keys = {"dynamodb:LeadingKeys": [partition]}
        return policies.role_allows(roles[f"dropcast-dev-{place}"], "dynamodb:UpdateItem", console, keys)

    for place in ("stream-outbox", "schedule-relay"):
        assert may(place, "day#2026-11-30")
        assert may(place, "day#2026-11-30#ana")
        assert not may(place, "session#1")
