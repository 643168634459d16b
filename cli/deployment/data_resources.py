"""Finds the resources that hold a stage's data: those in its stack, and those that deleted stacks left behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from botocore.exceptions import ClientError

from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless

Kind = Literal["table", "bucket", "key", "secret"]

GONE = NOT_FOUND | {"NoSuchBucket", "NotFoundException"}
"""AWS's codes for a table, bucket, key or secret that does not exist, or no longer exists."""

_TYPES: dict[str, Kind] = {
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::KMS::Key": "key",
    "AWS::SecretsManager::Secret": "secret",
}


@dataclass(frozen=True)
class DataResource:
    """A resource that holds data. name: its physical id in CloudFormation."""

    kind: Kind
    name: str

    @property
    def line(self) -> str:
        return f"{self.kind:<7} {self.name}"


def find_data(stack: str) -> list[DataResource]:
    """The data in the stack `stack`, and the data of `find_left_data`."""
    return _existing({*_left_by_deleted(stack), *_held_by(stack)})


def find_left_data(stack: str) -> list[DataResource]:
    """The data that deleted stacks with this name left behind. CloudFormation lists deleted stacks for 90 days.

    Two kinds of resources are left out: those that are deleted or that AWS will delete, and those that the stack of
    another stage holds now, because a person imported them.
    """
    return _existing(_left_by_deleted(stack))


def _existing(found: set[DataResource]) -> list[DataResource]:
    kinds = get_args(Kind)
    return sorted(filter(_exists, found), key=lambda one: (kinds.index(one.kind), one.name))


def _left_by_deleted(stack: str) -> set[DataResource]:
    stacks = _all_stacks()
    found = {one for stack_id in _deleted(stacks, stack) for one in _left_by(stack_id)}
    if found:
        found -= {one for other in _other_stages(stacks, stack) for one in _held_by(other)}
    return found


def _held_by(stack: str) -> Iterator[DataResource]:
    pages = clients.client("cloudformation").get_paginator("list_stack_resources")
    try:
        summaries = pages.paginate(StackName=stack).build_full_result()["StackResourceSummaries"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return
    for one in summaries:
        kind, name = _TYPES.get(one["ResourceType"]), one.get("PhysicalResourceId")
        if kind and name:
            yield DataResource(kind, name)


def _all_stacks() -> list[dict[str, Any]]:
    pages = clients.client("cloudformation").get_paginator("list_stacks")
    return pages.paginate().build_full_result()["StackSummaries"]


def _deleted(stacks: list[dict[str, Any]], name: str) -> list[str]:
    """The ids of the deleted stacks of this name."""
    return [one["StackId"] for one in stacks if one["StackStatus"] == "DELETE_COMPLETE" and one["StackName"] == name]


def _other_stages(stacks: list[dict[str, Any]], name: str) -> list[str]:
    """The names of the existing stacks of other stages."""
    prefix = name.partition("-")[0] + "-"
    exist = {one["StackName"] for one in stacks if one["StackStatus"] != "DELETE_COMPLETE"}
    return sorted(one for one in exist if one.startswith(prefix) and one != name)


def _left_by(stack_id: str) -> Iterator[DataResource]:
    pages = clients.client("cloudformation").get_paginator("describe_stack_events")
    for event in pages.paginate(StackName=stack_id).build_full_result()["StackEvents"]:
        kind, name = _TYPES.get(event["ResourceType"]), event.get("PhysicalResourceId")
        if kind and name and event["ResourceStatus"] == "DELETE_SKIPPED":
            yield DataResource(kind, name)


def _exists(resource: DataResource) -> bool:
    name = resource.name
    match resource.kind:
        case "table":
            return bool(unless(GONE, lambda: clients.client("dynamodb").describe_table(TableName=name)))
        case "bucket":
            return bool(unless(GONE, lambda: clients.client("s3").head_bucket(Bucket=name)))
        case "key":
            key = unless(GONE, lambda: clients.client("kms").describe_key(KeyId=name))
            return key is not None and "DeletionDate" not in key["KeyMetadata"]
        case "secret":
            secret = unless(GONE, lambda: clients.client("secretsmanager").describe_secret(SecretId=name))
            return secret is not None and "DeletedDate" not in secret
