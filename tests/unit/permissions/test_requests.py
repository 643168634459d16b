"""A recorded HTTP request is converted back to the call that the SDK made."""

import json

import pytest

from tests.permissions.requests import request_of
from tests.unit.permissions.small_stack import s3


@pytest.mark.parametrize(
    ("method", "target", "headers", "operation", "asked"),
    [
        ("GET", "/b?list-type=2&prefix=drop%2F", {}, "ListObjectsV2", {"Bucket": "b", "Prefix": "drop/"}),
        ("GET", "/b/a/b%20c?versionId=1", {}, "GetObject", {"Bucket": "b", "Key": "a/b c", "VersionId": "1"}),
        ("HEAD", "/b/k", {}, "HeadObject", {"Bucket": "b", "Key": "k"}),
        ("PUT", "/b/k", {}, "PutObject", {"Bucket": "b", "Key": "k"}),
        ("PUT", "/b/k", {"x-amz-copy-source": "/o/k"}, "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "/o/k"}),
        ("POST", "/b/k?uploads", {}, "CreateMultipartUpload", {"Bucket": "b", "Key": "k"}),
        ("POST", "/b/k?uploadId=u", {}, "CompleteMultipartUpload", {"Bucket": "b", "Key": "k", "UploadId": "u"}),
        ("DELETE", "/b/k?uploadId=u", {}, "AbortMultipartUpload", {"Bucket": "b", "Key": "k", "UploadId": "u"}),
        ("GET", "/b/k?uploadId=u", {}, "ListParts", {"Bucket": "b", "Key": "k", "UploadId": "u"}),
    ],
)
def test_a_request_to_s3(method, target, headers, operation, asked):
    read = s3(method, target, **headers)

    assert (read.service, read.operation, read.asked) == ("s3", operation, asked)


def test_a_request_in_a_json_protocol():
    headers = {"x-amz-target": "DynamoDB_20120810.GetItem"}
    line = {
        "caller": "f",
        "method": "POST",
        "target": "/",
        "headers": headers,
        "body": '{"TableName": "t"}',
        "status": [],
    }

    read = request_of(line)

    assert (read.service, read.operation, read.asked, read.status) == ("dynamodb", "GetItem", {"TableName": "t"}, 0)


def test_a_request_to_the_scheduler():
    body = json.dumps({"GroupName": "ours"})
    line = {"caller": "f", "method": "POST", "headers": {}, "body": body, "status": [200], "target": "/schedules/p-1"}

    created = request_of(line)
    deleted = request_of({**line, "method": "DELETE", "body": "", "target": "/schedules/p-1?groupName=ours"})

    assert (created.operation, created.asked) == ("CreateSchedule", {"Name": "p-1", "GroupName": "ours"})
    assert (deleted.operation, deleted.asked) == ("DeleteSchedule", {"Name": "p-1", "GroupName": "ours"})


def test_a_request_whose_permissions_are_not_known_is_an_error():
    with pytest.raises(KeyError):
        s3("DELETE", "/b/k")
    with pytest.raises(ValueError, match="x-amz-acl"):
        s3("PUT", "/b/k", **{"x-amz-acl": "public-read"})
