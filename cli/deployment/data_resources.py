"""Finds the resources in which a stage's data is: what its stack holds, and what deleted stacks left behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from botocore.exceptions import ClientError

from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless

Kind = Literal["table", "bucket", "key", "secret"]

GONE = NOT_FOUND | {"NoSuchBucket", "NotFoundException"}
"""The table, bucket, key or secret does not exist, or no longer exists."""

_TYPES: dict[str, Kind] = {
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::KMS::Key": "key",
    "AWS::SecretsManager::Secret": "secret",
}


@dataclass(frozen=True)
class DataResource:
    """A resource that holds data. name: the physical id, as CloudFormation knows it."""

    kind: Kind
    name: str

    @property
    def line(self) -> str:
        return f"{self.kind:<7} {self.name}"


def find_data(stack: str) -> list[DataResource]:
    """The data of the stack `stack` and of deleted stacks of this name, which CloudFormation knows for 90 days.

    A resource that is deleted, or that AWS will delete, is left out.
    """
    found = {*_held_by(stack)}
    for stack_id in _deleted_stacks(stack):
        found.update(_left_by(stack_id))
    kinds = get_args(Kind)
    return sorted(filter(_exists, found), key=lambda one: (kinds.index(one.kind), one.name))


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


def _deleted_stacks(stack: str) -> list[str]:
    pages = clients.client("cloudformation").get_paginator("list_stacks")
    found = pages.paginate(StackStatusFilter=["DELETE_COMPLETE"]).build_full_result()["StackSummaries"]
    return [one["StackId"] for one in found if one["StackName"] == stack]


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
