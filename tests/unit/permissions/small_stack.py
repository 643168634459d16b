"""A small stack for the evaluator: two functions with roles, a table with an index, a bucket, a key and a machine."""

import json
from typing import Any

from tests.permissions.record import Record
from tests.permissions.requests import Request, request_of
from tests.permissions.verdict import Verdict, verdict

TABLE, BUCKET, KEY = "ItemsTable-A1", "media-a1", "00000000-0000-0000-0000-00000000000a"
_TRUST = {
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]
}
_OWN = {
    "Statement": [
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
    ]
}
ITEMS = {"Fn::GetAtt": ["Items", "Arn"]}


def allow(actions: Any, resource: Any, condition: Any = None) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    }


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _function(name: str, role: str) -> dict[str, Any]:
    return _resource(
        "Lambda::Function",
        FunctionName=f"dropcast-dev-{name}",
        Role={"Fn::GetAtt": [role, "Arn"]},
        LoggingConfig={"LogGroup": "logs"},
        TracingConfig={"Mode": "PassThrough"},
        Environment={"Variables": {}},
    )


def template(*statements: dict[str, Any], console: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The stack, with these statements in the role of http-api and others in the role of http-console."""
    roles = {"ApiRole": list(statements), "ConsoleRole": console or [], "MachineRole": []}
    machine = {"RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]}, "TracingConfiguration": {"Enabled": False}}
    return {
        "Resources": {
            **{
                name: _resource(
                    "IAM::Role",
                    AssumeRolePolicyDocument=_TRUST,
                    Policies=[{"PolicyDocument": {"Statement": its}}],
                )
                for name, its in roles.items()
            },
            "Api": _function("http-api", "ApiRole"),
            "Console": _function("http-console", "ConsoleRole"),
            "Machine": _resource("StepFunctions::StateMachine", DefinitionString=json.dumps({"States": {}}), **machine),
            "Items": _resource(
                "DynamoDB::Table",
                AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk", "kind")],
                KeySchema=[_part("pk", "HASH"), _part("sk", "RANGE")],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": "by_kind",
                        "KeySchema": [_part("kind", "HASH"), _part("sk", "RANGE")],
                        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["width"]},
                    }
                ],
            ),
            "Media": _resource("S3::Bucket"),
            "Key": _resource("KMS::Key", KeyPolicy=_OWN),
        }
    }


def _part(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def dynamodb(operation: str, **asked: Any) -> Request:
    return Request("dropcast-dev-http-api", "dynamodb", operation, {"TableName": TABLE, **asked})


def s3(
    method: str, target: str, *, caller: str = "dropcast-dev-http-api", status: int = 200, **headers: str
) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line = {"caller": caller, "method": method, "target": target, "headers": named, "body": "", "status": [status]}
    return request_of(line)


def judged(made: dict[str, Any], *requests: Request) -> Verdict:
    """The verdict on these requests, which came during the test "t"."""
    resources = {"Items": TABLE, "Media": BUCKET, "Key": KEY, "MachineRole": "MachineRole-A1"}
    return verdict(Record(made, {}, resources, list(requests), ["t"] * len(requests)))
