"""The policy evaluator follows AWS's documented logic."""

from typing import Any

import pytest

from tests.infra.iam import Call, Caller, is_allowed
from tests.infra.resolving import Resolver

OURS = "123456789012"
ROLE = f"arn:aws:iam::{OURS}:role/worker"
QUEUE = f"arn:aws:sqs:eu-west-1:{OURS}:work"
KEY = f"arn:aws:kms:eu-west-1:{OURS}:key/k"
ROOT = {"AWS": f"arn:aws:iam::{OURS}:root"}
EVENTS = {"Service": "events.amazonaws.com"}


def statement(
    effect: str = "Allow", action: Any = "sqs:SendMessage", resource: Any = QUEUE, **more: Any
) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def allowed(
    *,
    identity: list[dict[str, Any]] | None = None,
    resource: list[dict[str, Any]] | None = None,
    caller: str = ROLE,
    action: str = "sqs:SendMessage",
    of: str = QUEUE,
    owner: str = OURS,
    **context: Any,
) -> bool:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    call = Call(Caller(caller), action, of, keys)
    return is_allowed(call, identity=identity or [], resource=resource or [], owner=owner)


def holds(operator: str, wanted: Any, **context: Any) -> bool:
    """Whether a condition on aws:Key holds."""
    return allowed(identity=[statement(Condition={operator: {"aws:Key": wanted}})], **context)


def test_a_call_without_an_allowing_policy_is_denied():
    assert not allowed()
    assert not allowed(identity=[statement(action="sqs:ReceiveMessage")])


def test_in_one_account_one_allowing_side_is_enough():
    assert allowed(identity=[statement()])
    assert allowed(resource=[statement(Principal={"AWS": ROLE})])
    assert allowed(resource=[statement(Principal="*")])


def test_a_resource_that_names_the_account_delegates_to_the_identity():
    delegates = [statement(Principal=ROOT)]

    assert not allowed(resource=delegates)
    assert allowed(resource=delegates, identity=[statement()])


def test_across_accounts_both_sides_must_allow():
    theirs = {"owner": "210987654321"}

    assert not allowed(identity=[statement()], **theirs)
    assert not allowed(resource=[statement(Principal={"AWS": ROLE})], **theirs)
    assert allowed(identity=[statement()], resource=[statement(Principal={"AWS": ROLE})], **theirs)


def test_a_service_needs_only_the_resource_policy():
    assert not allowed(caller="events.amazonaws.com", identity=[statement()])
    assert not allowed(caller="events.amazonaws.com", resource=[statement(Principal=ROOT)])
    assert allowed(caller="events.amazonaws.com", resource=[statement(Principal=EVENTS)])


@pytest.mark.parametrize("side", ["identity", "resource"])
def test_a_denial_of_either_side_overrides_allows(side):
    both = {"identity": [statement()], "resource": [statement(Principal="*")]}
    both[side] = [*both[side], statement("Deny", action="sqs:*", Principal={"AWS": "*"})]

    assert not allowed(**both)


def test_a_denial_with_a_condition_denies_only_if_the_condition_holds():
    plain = statement("Deny", Principal={"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "false"}})

    assert allowed(identity=[statement()], resource=[plain], aws__SecureTransport="true")
    assert not allowed(identity=[statement()], resource=[plain], aws__SecureTransport="false")


def test_access_to_a_key_or_a_role_needs_its_own_policy():
    decrypt = {"action": "kms:Decrypt", "resource": KEY}
    use = {"action": "kms:Decrypt", "of": KEY}

    assert not allowed(identity=[statement(**decrypt)], **use)
    assert allowed(identity=[statement(**decrypt)], resource=[statement(**decrypt, Principal=ROOT)], **use)
    assert not allowed(identity=[statement(action="sts:AssumeRole", resource=ROLE)], action="sts:AssumeRole", of=ROLE)


def test_not_action_not_resource_and_not_principal():
    assert allowed(identity=[{"Effect": "Allow", "NotAction": "sqs:DeleteQueue", "Resource": "*"}])
    assert not allowed(identity=[{"Effect": "Allow", "NotAction": "sqs:Send*", "Resource": "*"}])
    assert not allowed(identity=[{"Effect": "Allow", "Action": "*", "NotResource": f"{QUEUE}*"}])
    assert not allowed(
        identity=[statement()], resource=[{**statement("Deny"), "NotPrincipal": {"AWS": f"arn:aws:iam::{OURS}:role/x"}}]
    )


@pytest.mark.parametrize(
    ("action", "resource", "fits"),
    [
        ("SQS:sendmessage", QUEUE, True),
        ("sqs:Send*", QUEUE, True),
        ("sqs:SendMessag?", QUEUE, True),
        ("sqs:Send", QUEUE, False),
        ("sqs:SendMessage", "*", True),
        ("sqs:SendMessage", f"arn:aws:sqs:*:{OURS}:w*", True),
        ("sqs:SendMessage", "arn:aws:sqs:*:work", False),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OURS}:WORK", False),
        ("sqs:SendMessage", [f"{QUEUE}-2", QUEUE], True),
    ],
)
def test_wildcards(action, resource, fits):
    assert allowed(identity=[statement(action=action, resource=resource)]) is fits


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "fits"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringLike", "a*", "ab", True),
        ("StringNotEquals", ["a", "b"], "a", False),
        ("StringNotLike", "a*", "b", True),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", True),
        ("ArnLike", "arn:aws:*", "arn:aws:s3:::bucket", False),
        ("ArnNotLike", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", False),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("Null", "false", "a", True),
        ("Null", "true", "a", False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringLike", ["a*"], ["ab", "ac"], True),
        ("ForAnyValue:StringEquals", ["a"], ["c", "a"], True),
        ("ForAnyValue:StringEquals", ["a"], ["c"], False),
    ],
)
def test_conditions(operator, wanted, value, fits):
    assert holds(operator, wanted, aws__Key=value) is fits
    assert holds(operator, wanted, AWS__KEY=value) is fits


@pytest.mark.parametrize(
    ("operator", "fits"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("Bool", False),
        ("ArnLike", False),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
    ],
)
def test_a_condition_on_a_missing_key(operator, fits):
    assert holds(operator, "a") is fits
    assert holds("Null", "true")
    assert not holds("Null", "false")


@pytest.mark.parametrize(
    ("operator", "wanted", "value"),
    [
        ("IpAddress", "10.0.0.0/8", "10.0.0.1"),
        ("StringMatches", "a", "a"),
        ("ForSomeValues:StringEquals", "a", ["a"]),
        ("StringEquals", "a", ["a", "b"]),
        ("StringEquals", "${aws:username}", "a"),
    ],
)
def test_an_unknown_element_is_an_error(operator, wanted, value):
    with pytest.raises((KeyError, ValueError)):
        holds(operator, wanted, aws__Key=value)


def test_all_lines_of_a_condition_must_hold():
    both = {"StringEquals": {"aws:SourceAccount": OURS}, "ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/r"}}
    rule = f"arn:aws:events:eu-west-1:{OURS}:rule/r"

    grant = {"caller": "events.amazonaws.com", "resource": [statement(Principal=EVENTS, Condition=both)]}
    assert allowed(**grant, aws__SourceAccount=OURS, aws__SourceArn=rule)
    assert not allowed(**grant, aws__SourceAccount=OURS)


def test_the_intrinsic_functions_of_a_template_are_resolved():
    resolve = Resolver(
        {
            "Parameters": {"Url": {"Default": ""}, "Buckets": {"Default": "a,b"}},
            "Conditions": {
                "Own": {"Fn::Equals": [{"Ref": "Url"}, ""]},
                "Both": {"Fn::And": [{"Condition": "Own"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Buckets"}, ""]}]}]},
            },
            "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Url}work"}}}},
        }
    )

    assert resolve({"Fn::GetAtt": ["Q", "Arn"]}) == QUEUE
    assert resolve({"Fn::Sub": "${Q.Arn}/${AWS::Region}"}) == f"{QUEUE}/eu-west-1"
    assert resolve({"Fn::Join": ["/", {"Fn::Split": [",", {"Ref": "Buckets"}]}]}) == "a/b"
    assert resolve({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "Buckets"}]}]}) == "b"
    assert resolve({"Fn::If": ["Both", "yes", "no"]}) == "yes"
    assert resolve([1, {"Fn::If": ["Own", {"Ref": "AWS::NoValue"}, 2]}]) == [1]
    with pytest.raises(KeyError):
        resolve({"Fn::ImportValue": "x"})
