"""The fault proxy answers like AWS: botocore parses each refusal as the error that AWS documents."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session
from starlette.responses import Response

from tests.faults.calls import AwsCall
from tests.faults.parts import without
from tests.faults.refusals import REASONS, ImpossibleError, refusal

KEY = {"pk": {"S": "publish#pub_1"}, "sk": {"S": "publish"}}
STORED = {**KEY, "state": {"S": "queued"}}
SINGLE = {"TableName": "t", "Key": KEY, "UpdateExpression": "SET a = :a", "ConditionExpression": "a = :b"}
ALL_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
TRANSACTION = {
    "TransactItems": [
        {"Put": {"TableName": "t", "Item": {"pk": {"S": "first"}}}},
        {"Update": {**SINGLE, **ALL_OLD}},
    ]
}


def asked(service: str, operation: str, answer: Callable[[AwsCall], Response], **request: Any) -> Any:
    """Botocore's result for `answer` to this AWS call."""
    client = get_session().create_client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        said = answer(call_of(request))
        return AWSResponse(request.url, said.status_code, said.headers, _Raw(bytes(said.body)))

    client.meta.events.register("before-send", send)
    return getattr(client, operation)(**request)


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any):
        return iter([self.body])


def call_of(request: AWSPreparedRequest) -> AwsCall:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
    service = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "AWSEvents": "events", "TrentService": "kms"}
    of_s3 = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode()
    return AwsCall(service.get(prefix, "s3"), operation or of_s3[request.method or ""], "", headers, body)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def refused(service: str, operation: str, code: str, request: dict[str, Any], **details: Any) -> ClientError:
    with pytest.raises(ClientError) as raised:
        asked(service, operation, lambda call: refusal(call, code, **details), **request)
    return raised.value


def test_a_cancelled_transaction_names_a_reason_for_each_entry_in_their_order():
    error = refused("dynamodb", "transact_write_items", "ThrottlingError", TRANSACTION, mention="pub_1")

    assert error.response["Error"]["Code"] == "TransactionCanceledException"
    assert error.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ThrottlingError", "Message": REASONS["ThrottlingError"]},
    ]


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_is_parsed(code):
    error = refused("dynamodb", "transact_write_items", code, TRANSACTION, mention="pub_1", stored=STORED)

    assert [reason["Code"] for reason in error.response["CancellationReasons"]] == ["None", code]
    assert ("Item" in error.response["CancellationReasons"][1]) == (code == "ConditionalCheckFailed")


@pytest.mark.parametrize(("asks", "shown"), [(ALL_OLD, STORED), ({}, None)])
def test_a_failed_condition_shows_the_stored_item_to_a_write_that_asked_for_it(asks, shown):
    error = refused("dynamodb", "update_item", "ConditionalCheckFailedException", SINGLE | asks, stored=STORED)

    assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert error.response.get("Item") == shown


@pytest.mark.parametrize(
    ("service", "operation", "code", "request_", "status"),
    [
        ("dynamodb", "update_item", "TransactionConflictException", SINGLE, 400),
        ("dynamodb", "update_item", "InternalServerError", SINGLE, 500),
        ("dynamodb", "get_item", "ProvisionedThroughputExceededException", {"TableName": "t", "Key": KEY}, 400),
        ("dynamodb", "transact_write_items", "TransactionInProgressException", TRANSACTION, 400),
        ("sqs", "send_message", "RequestThrottled", {"QueueUrl": "https://q", "MessageBody": "b"}, 400),
        ("kms", "decrypt", "KMSInternalException", {"CiphertextBlob": b"c"}, 500),
        ("s3", "get_object", "SlowDown", {"Bucket": "b", "Key": "k"}, 503),
        ("s3", "get_object", "InvalidObjectState", {"Bucket": "b", "Key": "k"}, 403),
    ],
)
def test_a_refusal_is_the_error_of_its_service(service, operation, code, request_, status):
    error = refused(service, operation, code, request_)

    assert error.response["Error"]["Code"] == code
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_head_is_refused_only_with_a_status():
    error = refused("s3", "head_object", "SlowDown", {"Bucket": "b", "Key": "k"})

    assert error.response["Error"]["Code"] == "503"


@pytest.mark.parametrize(
    ("operation", "code", "request_"),
    [
        ("get_item", "TransactionConflictException", {"TableName": "t", "Key": KEY}),
        ("update_item", "ThrottlingError", SINGLE),
        ("put_item", "ConditionalCheckFailedException", {"TableName": "t", "Item": STORED}),
        ("update_item", "TransactionInProgressException", SINGLE),
    ],
)
def test_an_answer_that_aws_never_gives_is_no_fault(operation, code, request_):
    with pytest.raises(ImpossibleError):
        asked("dynamodb", operation, lambda call: refusal(call, code, stored=STORED), **request_)


def in_part(service: str, operation: str, request: dict[str, Any], done: dict[str, Any]) -> tuple[Any, Any]:
    """Botocore's result, and the call that reaches AWS, if the entry about acc_b fails."""
    left: list[Any] = []

    def answer(call: AwsCall) -> Response:
        part = without(call, "acc_b", "InternalFailure")
        left.append(part.asked)
        return Response(json.dumps(part.complete(done if part.asked else {})), media_type=call.headers["content-type"])

    return asked(service, operation, answer, **request), left[0]


def test_a_batch_of_messages_names_the_failed_entries():
    entries = [{"Id": "0", "MessageBody": "acc_a"}, {"Id": "1", "MessageBody": "acc_b"}]
    done = {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "3b0b3b4f6e8d5d3ab5a1ea3a63ba4a1c"}]}

    answer, left = in_part("sqs", "send_message_batch", {"QueueUrl": "https://q", "Entries": entries}, done)

    assert [one["Id"] for one in left["Entries"]] == ["0"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("1", "InternalFailure")]
    assert [one["Id"] for one in answer["Successful"]] == ["0"]


def test_a_batch_of_events_has_a_result_for_each_entry():
    entries = [{"Source": "s", "DetailType": "d", "Detail": name} for name in ("acc_b", "acc_a")]

    answer, left = in_part(
        "events", "put_events", {"Entries": entries}, {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
    )

    assert len(left["Entries"]) == 1
    assert answer["FailedEntryCount"] == 1
    assert [set(one) for one in answer["Entries"]] == [{"ErrorCode", "ErrorMessage"}, {"EventId"}]


def test_unprocessed_reads_are_returned():
    keys = [{"pk": {"S": "acc_a"}}, {"pk": {"S": "acc_b"}}]
    done = {"Responses": {"t": [{"pk": {"S": "acc_a"}}]}}

    answer, left = in_part("dynamodb", "batch_get_item", {"RequestItems": {"t": {"Keys": keys}}}, done)

    assert left["RequestItems"]["t"]["Keys"] == keys[:1]
    assert answer["Responses"]["t"] == keys[:1]
    assert answer["UnprocessedKeys"]["t"]["Keys"] == keys[1:]
