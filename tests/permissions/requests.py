"""Converts a recorded HTTP request to a call of AWS's API: service, operation and parameters, by botocore's model."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel

SERVICES = {
    "AWSEvents": "events",
    "AWSStepFunctions": "stepfunctions",
    "AmazonSQS": "sqs",
    "DynamoDB_20120810": "dynamodb",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
}
"""botocore's names of services by the prefix of the header x-amz-target."""
# By method and by whether there is a key: the part of the query, or the header, that identifies the operation.
_S3 = {
    ("GET", False, "list-type"): "ListObjectsV2",
    ("GET", True, "uploadId"): "ListParts",
    ("GET", True, ""): "GetObject",
    ("HEAD", True, ""): "HeadObject",
    ("PUT", True, "x-amz-copy-source"): "CopyObject",
    ("PUT", True, "uploadId"): "UploadPart",
    ("PUT", True, ""): "PutObject",
    ("POST", True, "uploads"): "CreateMultipartUpload",
    ("POST", True, "uploadId"): "CompleteMultipartUpload",
    ("DELETE", True, "uploadId"): "AbortMultipartUpload",
}
_TELLING = ("list-type", "uploads", "x-amz-copy-source", "uploadId")
_REFUSED = re.compile("x-amz-(acl|grant|tagging|object-lock|server-side|website)")


@dataclass(frozen=True)
class Request:
    """A call of an operation ("dynamodb", "PutItem") with its parameters, named as in the service's model.

    `caller` is a function's name, or "" for a presigned URL. `status`: the status of the answer, or 0 if there was
    none.
    """

    caller: str
    service: str
    operation: str
    asked: Mapping[str, Any]
    status: int = 200


def request_of(line: Mapping[str, Any]) -> Request:
    """The call in a line of a record. ValueError: this module does not know the operation."""
    headers: dict[str, str] = line["headers"]
    status = (line["status"] or [0])[0]
    if target := headers.get("x-amz-target"):
        prefix, _, operation = target.rpartition(".")
        return Request(line["caller"], SERVICES[prefix], operation, json.loads(line["body"]), status)
    path, _, query = line["target"].partition("?")
    words = dict(parse_qsl(query, keep_blank_values=True)) | headers
    if path.startswith("/schedules/"):
        operation = _of_the_scheduler(line["method"])
        body = json.loads(line["body"] or "{}")
        return Request(
            line["caller"], "scheduler", operation, _located("scheduler", operation, path, words) | body, status
        )
    operation = _of_s3(line["method"], path, words)
    return Request(line["caller"], "s3", operation, _located("s3", operation, path, words), status)


def _of_the_scheduler(method: str) -> str:
    return {"POST": "CreateSchedule", "DELETE": "DeleteSchedule"}[method]


def _of_s3(method: str, path: str, words: Mapping[str, str]) -> str:
    if unread := [word for word in words if _REFUSED.match(word)]:
        raise ValueError(f"{unread} needs permissions that are not read here")
    telling = next((word for word in _TELLING if word in words), "")
    return _S3[method, "/" in path.strip("/"), telling]


@cache
def model_of(service: str) -> ServiceModel:
    """botocore's model of a service, loaded again, because an S3 client changes its model: it removes the bucket from
    paths.
    """
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)


@cache
def operation_of(service: str, operation: str) -> OperationModel:
    """botocore's model of an operation."""
    return model_of(service).operation_model(operation)


def _located(service: str, operation: str, path: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that a REST protocol puts into path, query and headers."""
    model = operation_of(service, operation)
    return {
        **dict(_of_path(model.http["requestUri"].partition("?")[0], path)),
        **{
            name: words[shape.serialization["name"]]
            for name, shape in model.input_shape.members.items()
            if shape.serialization.get("location") in ("querystring", "header") and shape.serialization["name"] in words
        },
    }


def _of_path(form: str, path: str) -> Iterator[tuple[str, str]]:
    pattern = re.sub(
        r"\\\{(\w+)(\\\+)?\\\}", lambda one: f"(?P<{one[1]}>{'.*' if one[2] else '[^/]*'})", re.escape(form)
    )
    found = re.fullmatch(pattern, path) or re.fullmatch(pattern, path.rstrip("/"))
    if not found:
        raise ValueError(f"{path} is not {form}")
    for name, value in found.groupdict().items():
        yield name, unquote(value)
