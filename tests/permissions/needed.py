"""Lists what IAM must allow for a request: actions, resources and condition keys, as AWS documents them per service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.infra.iam import Values
from tests.infra.resolving import ACCOUNT, REGION
from tests.permissions.expressions import attributes_of
from tests.permissions.places import Places
from tests.permissions.requests import Request

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_S3 = {
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "CompleteMultipartUpload": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "PutObject": "s3:PutObject",
    "UploadPart": "s3:PutObject",
}
_ENTRY = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


@dataclass(frozen=True)
class Need:
    """An action on a resource, and the condition keys that AWS knows about the request."""

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict[str, Values])


def needs(request: Request, places: Places) -> Iterator[Need]:
    """Everything that IAM must allow. KeyError for an operation that is not listed here."""
    yield from _BY_SERVICE[request.service](request, places)


def _of_dynamodb(request: Request, places: Places) -> Iterator[Need]:
    asked = request.asked
    match request.operation:
        case "TransactWriteItems":
            for entry in asked["TransactItems"]:
                [(kind, one)] = entry.items()
                yield _item(_ENTRY[kind], one, places, {"dynamodb:EnclosingOperation": "TransactWriteItems"})
        case "BatchGetItem":
            for table, one in asked["RequestItems"].items():
                yield _item("BatchGetItem", {"TableName": table, **one}, places, {})
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan":
            yield _item(request.operation, asked, places, {})
        case other:
            raise KeyError(other)


def _item(action: str, asked: Mapping[str, Any], places: Places, more: Mapping[str, Values]) -> Need:
    """The action, with the condition keys that DynamoDB supports.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html lists them.
    """
    table = places.named(asked["TableName"])
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    items = [asked[name] for name in ("Key", "Item") if name in asked] + asked.get("Keys", [])
    context: dict[str, Values] = {**more, "dynamodb:Attributes": sorted({*attributes_of(asked), *_names(items)})}
    if leading := _leading(items, asked):
        context["dynamodb:LeadingKeys"] = leading
    if "ReturnValues" in asked:
        context["dynamodb:ReturnValues"] = asked["ReturnValues"]
    if "Select" in asked:
        context["dynamodb:Select"] = asked["Select"]
    return Need(f"dynamodb:{action}", table + index, context)


def _names(items: list[Mapping[str, Any]]) -> set[str]:
    return {name for item in items for name in item}


def _leading(items: list[Mapping[str, Any]], asked: Mapping[str, Any]) -> list[str]:
    """The partition keys. In a query the first term of the key condition names the partition key."""
    if condition := asked.get("KeyConditionExpression"):
        placeholder = condition.partition(" AND ")[0].rpartition("=")[2].strip(" ()")
        return [next(iter(asked["ExpressionAttributeValues"][placeholder].values()))]
    return sorted({item["pk"]["S"] for item in items})


def _of_s3(request: Request, places: Places) -> Iterator[Need]:
    asked, bucket = request.asked, places.bucket(request.asked["Bucket"])
    match request.operation:
        case "ListObjectsV2":
            yield Need("s3:ListBucket", bucket, {"s3:prefix": asked.get("Prefix", "")})
        case "GetObject" | "HeadObject":
            yield _read(bucket, asked["Key"], asked.get("VersionId"))
            if request.status == 404:  # without the permission to list, S3 answers 403
                yield Need("s3:ListBucket", bucket)
        case "CopyObject":
            source, _, version = asked["CopySource"].partition("?versionId=")
            theirs, _, key = source.strip("/").partition("/")
            yield _read(places.bucket(theirs), key, version)
            yield Need("s3:PutObject", f"{bucket}/{asked['Key']}")
        case other:
            yield Need(_S3[other], f"{bucket}/{asked['Key']}")


def _read(bucket: str, key: str, version: str | None) -> Need:
    return Need("s3:GetObjectVersion" if version else "s3:GetObject", f"{bucket}/{key}")


def _of_kms(request: Request, places: Places) -> Iterator[Need]:
    bound: dict[str, str] = request.asked.get("EncryptionContext", {})
    context: dict[str, Values] = {f"kms:EncryptionContext:{name}": value for name, value in bound.items()}
    context["kms:EncryptionContextKeys"] = sorted(bound)
    yield Need(f"kms:{request.operation}", places.named(request.asked["KeyId"]), context)


def _of_sqs(request: Request, places: Places) -> Iterator[Need]:
    action = {"SendMessage": "sqs:SendMessage", "SendMessageBatch": "sqs:SendMessage"}[request.operation]
    yield Need(action, places.queue(request.asked["QueueUrl"]))


def _of_states(request: Request, places: Places) -> Iterator[Need]:
    action = f"states:{request.operation}"
    match request.operation:
        case "StartExecution":
            yield Need(action, places.moved(request.asked["stateMachineArn"]))
        case "DescribeExecution" | "StopExecution":
            yield Need(action, places.moved(request.asked["executionArn"]))
        case "SendTaskSuccess":
            # AWS's table names no resource. Denials name the state machine, and a grant on it suffices for a task of a
            # Lambda function: https://github.com/aws/aws-cdk/pull/8486.
            yield Need(action, places.machine)
        case other:
            raise KeyError(other)


def _of_events(request: Request, places: Places) -> Iterator[Need]:
    for entry in request.asked["Entries"]:
        bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{entry['EventBusName'].rpartition('/')[2]}"
        context = {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}
        yield Need(f"events:{request.operation}", bus, context)


def _of_the_scheduler(request: Request, places: Places) -> Iterator[Need]:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/security_iam_id-based-policies.html lists what IAM must
    allow.
    """
    asked = request.asked
    place = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{asked['GroupName']}/{asked['Name']}"
    yield Need(f"scheduler:{request.operation}", place)
    if "Target" in asked:
        passed = {"iam:PassedToService": "scheduler.amazonaws.com"}
        yield Need("iam:PassRole", places.named(asked["Target"]["RoleArn"]), passed)


def _of_secrets(request: Request, places: Places) -> Iterator[Need]:
    yield Need(f"secretsmanager:{request.operation}", places.named(request.asked["SecretId"]))


_BY_SERVICE = {
    "dynamodb": _of_dynamodb,
    "events": _of_events,
    "kms": _of_kms,
    "s3": _of_s3,
    "scheduler": _of_the_scheduler,
    "secretsmanager": _of_secrets,
    "sqs": _of_sqs,
    "stepfunctions": _of_states,
}
