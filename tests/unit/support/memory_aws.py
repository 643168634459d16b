"""An in-memory AWS that is empty for each test and fast to create; moto's own set-up takes longer than most tests."""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlparse

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import botocore_stubber
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

REGION = "eu-west-1"

# For an index: its name, its keys, the type of the second key, and its other attributes.
Index = tuple[str, str, str, str, str | list[str]]


@contextmanager
def empty_aws() -> Iterator[None]:
    """Let every botocore client call an empty moto.

    mock_aws() does this too, but it also registers address patterns for other HTTP clients, which no test here uses.
    """
    BackendDict.reset()
    _track_no_instances()
    botocore_stubber.enabled = True
    try:
        yield
    finally:
        botocore_stubber.enabled = False
        BackendDict.reset()
        # moto's list of all objects that ever were in a bucket, for its dashboard. Each reset would close all of them.
        reset_model_data()


def _track_no_instances() -> None:
    """Stop moto from storing every item for its dashboard: a transaction would copy all of them."""
    for model in (Item, Table):
        cast(Any, model).instances_tracked = deque[Any](maxlen=0)


@lru_cache
def maker(service: str) -> Any:
    """A shared client for resources that the tests create: creating a client takes longer than its calls."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return cast(Any, boto3).client(service, region_name=REGION, **keys)


def make_key() -> str:
    """Create a KMS key and return its id.

    Like the next three functions, it makes no call through a client, which would take longer than most tests.
    """
    key = kms_backends[DEFAULT_ACCOUNT_ID][REGION].create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", [])
    return key.id


def make_secret(name: str, text: str) -> str:
    """Create a secret of Secrets Manager; return its ARN."""
    made = secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION].create_secret(
        name, text, None, "", [], None, None, [], False
    )
    return json.loads(made)["ARN"]


def make_queue(name: str) -> str:
    """Create an SQS queue; return its address."""
    queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(name)
    return queue.url(urlparse(f"https://sqs.{REGION}.amazonaws.com/"))


def make_bucket(name: str, *, versioned: bool = False) -> None:
    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(name, REGION)
    bucket.versioning_status = "Enabled" if versioned else None


def make_tables(tables: Mapping[str, Sequence[str]], indexes: Mapping[str, Sequence[Index]]) -> None:
    """Create tables by name, with their keys and indexes. Makes no call through a client."""
    for name, keys in tables.items():
        _make_table(name, keys, indexes.get(name, ()))


def _make_table(name: str, keys: Sequence[str], indexes: Sequence[Index]) -> None:
    attributes = dict.fromkeys(keys, "S")
    for _, partition, sort, kind, _ in indexes:
        attributes |= {partition: "S", sort: kind}
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].create_table(
        name,
        schema=_schema(keys),
        throughput=None,
        attr=[{"AttributeName": key, "AttributeType": kind} for key, kind in attributes.items()],
        global_indexes=[
            {"IndexName": index, "KeySchema": _schema((partition, sort)), "Projection": _projection(shown)}
            for index, partition, sort, _, shown in indexes
        ],
        indexes=[],
        streams=None,
        billing_mode="PAY_PER_REQUEST",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )


def _projection(shown: str | list[str]) -> dict[str, Any]:
    if isinstance(shown, str):
        return {"ProjectionType": shown}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": shown}


def _schema(keys: Sequence[str]) -> list[dict[str, str]]:
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]
