"""cdk-nag's AwsSolutions and Serverless packs: every finding has a reason, and every reason has a finding."""

from typing import Any
from unittest.mock import Mock

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from tests.infra.stages import stack_of, template_of

# If the number differs, a resource was added, or the packs no longer check one.
RESOURCES = 380
PACKS = [AwsSolutionsChecks, ServerlessChecks]
ACKNOWLEDGED = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY


def make_stack() -> Any:
    domain = {
        "custom_domain": "post.example.com",
        "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/a",
        "media_domain": "media.example.com",
        "media_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/b",
    }
    return stack_of(alarm_email="ops@example.com", monthly_spend_limit="50", snapstart="on", **domain)


def resources(stack: Any) -> list[Any]:
    return [node for node in stack.node.find_all() if cdk.CfnResource.is_cfn_resource(node)]


def findings(stack: Any) -> set[tuple[str, str]]:
    """(rule, path of the resource) of all findings of both packs."""
    return {
        (violation.rule_name, resource.construct_path)
        for pack in PACKS
        for violation in pack(stack).validate_scope(stack).violations
        for resource in violation.violating_resources
    }


def reasons(stack: Any) -> set[tuple[str, str]]:
    """(rule, path of the construct) of all acknowledged findings."""
    return {
        (rule.split("::", 1)[1] if rule.lower().startswith("annotation::") else rule, node.node.path)
        for node in stack.node.find_all()
        for entry in node.node.metadata
        if entry.type == ACKNOWLEDGED
        for rule in entry.data
    }


@pytest.fixture(scope="module")
def stack() -> Any:
    return make_stack()


@pytest.fixture(scope="module")
def silent_stack() -> Any:
    """The same stack without reasons, so that the packs report every finding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infra.nag.Validations", Mock())
        return make_stack()


def test_no_finding_without_a_reason(stack):
    assert findings(stack) == set()


def test_every_resource_of_the_template_is_checked(stack):
    checked = {stack.resolve(resource.logical_id) for resource in resources(stack)}

    assert checked == set(template_of(stack)["Resources"])
    assert len(checked) == RESOURCES


def test_no_reason_without_a_finding(stack, silent_stack):
    found = findings(silent_stack)

    without = {
        (rule, path)
        for rule, path in reasons(stack)
        if not any(rule == name and (at == path or at.startswith(f"{path}/")) for name, at in found)
    }

    assert without == set()


def test_each_reason_covers_a_kind_of_finding(stack, silent_stack):
    assert {rule for rule, _ in reasons(stack)} == {rule for rule, _ in findings(silent_stack)}


def test_a_bad_bucket_is_found():
    stack = make_stack()
    s3.Bucket(stack, "Bad")

    assert findings(stack) == {
        ("AwsSolutions-S1", "Dropcast-dev/Bad/Resource"),
        ("AwsSolutions-S10", "Dropcast-dev/Bad/Resource"),
    }
