"""The policies of both sides allow exactly the calls that AWS services make to each other."""

from dataclasses import replace

import pytest

from tests.infra.iam import Call, Caller
from tests.infra.policies import Policies
from tests.infra.resolving import ACCOUNT
from tests.infra.service_calls import CALL_NOTHING, READ, ServiceCalls, silent_receivers

CALLERS = {
    "apigateway.amazonaws.com",
    "cloudfront.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
}
ELSEWHERE = "210987654321"


def refused(policies: Policies) -> list[tuple[str, str, str]]:
    calls = ServiceCalls(policies.resolver)
    return [(call.caller.name, call.action, call.resource) for call in calls if not policies.allow(call)]


@pytest.fixture(scope="module")
def policies(template) -> Policies:
    return Policies(template)


@pytest.fixture(scope="module")
def calls(policies) -> list[Call]:
    return list(ServiceCalls(policies.resolver))


def test_every_call_is_allowed(policies):
    assert refused(policies) == []


def test_every_call_is_allowed_in_prod_and_with_domains(prod_template, domains_template):
    assert refused(Policies(prod_template)) == []
    assert refused(Policies(domains_template)) == []


@pytest.mark.parametrize(
    "chosen",
    [
        {"SourceBuckets": "arn:aws:s3:::theirs", "SourceKeys": "arn:aws:kms:eu-west-1:210987654321:key/k"},
        {"MediaUrl": "https://media.example.com"},
        {"MediaDistribution": "off"},
    ],
)
def test_every_call_is_allowed_for_all_parameter_values(template, chosen):
    assert refused(Policies(template, chosen)) == []


def test_every_services_calls_are_read(template, policies, calls):
    types = {one["Type"].removeprefix("AWS::") for one in template["Resources"].values()}

    assert {call.caller.name for call in calls if call.caller.is_service} == CALLERS
    assert types - READ - CALL_NOTHING == {"Custom::MediaKey"}  # CloudFormation calls its function for the deployer
    assert list(silent_receivers(policies.resolver)) == []


def test_each_policy_of_a_resource_is_needed_by_a_call(template, policies):
    [key] = [arn for arn in policies.grantors() if ":kms:" in arn]  # functions use this key, services do not

    for arn in policies.grantors():
        bare = Policies(template)
        bare.withdraw(arn)

        assert (refused(bare) == []) == (arn == key), arn


def test_only_alarms_of_this_account_reach_the_topic(policies, calls):
    of_alarms = [call for call in calls if call.action == "sns:Publish"]

    assert len(of_alarms) == len(policies.resolver.resources("CloudWatch::Alarm"))
    for call in of_alarms:
        theirs = {"aws:SourceAccount": ELSEWHERE, "aws:SourceArn": call.context["aws:SourceArn"]}
        assert policies.allow(call)
        assert not policies.allow(replace(call, context=theirs))


def test_only_its_own_rule_may_call_a_target(policies, calls):
    other = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/another"

    for call in calls:
        if call.caller == Caller("events.amazonaws.com"):
            assert not policies.allow(replace(call, context={**call.context, "aws:SourceArn": other})), call


def test_unencrypted_requests_are_denied(policies, calls):
    guarded = [call for call in calls if call.resource.startswith(("arn:aws:sqs:", "arn:aws:sns:", "arn:aws:s3:"))]

    assert guarded
    for call in guarded:
        assert not policies.allow(replace(call, context={**call.context, "aws:SecureTransport": "false"})), call
