"""docs/aws-errors.md lists every error of every AWS call in the code. Its statements about the SDK are true."""

import re
from functools import cache
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.retries.standard import RetryContext, StandardRetryConditions
from botocore.session import get_session

from dropcast.aws import clients
from tests.aws_calls import PLACES, ROOT, Call, calls, calls_in
from tests.aws_errors_page import PAGE, rows

CALLS = calls()
ROWS = list(rows())
NAMED = {(row.call, row.error.partition(":")[0].removesuffix(" in the answer")) for row in ROWS}
# The fields that list the failed entries in an answer with status 200.
PARTIAL = {"Failed", "FailedEntryCount", "UnprocessedKeys", "UnprocessedItems"}


@cache
def model(call: Call) -> OperationModel:
    return get_session().get_service_model(call.service).operation_model(call.operation)


@pytest.mark.parametrize("call", sorted(CALLS), ids=lambda call: f"{call.service}.{call.operation}")
def test_every_error_of_a_call_has_a_row(call):
    output = model(call).output_shape
    partial = PARTIAL & set(output.members) if output else set()

    missing = ({shape.name for shape in model(call).error_shapes} | partial) - {e for c, e in NAMED if c == call}

    assert missing == set()
    assert [row for row in ROWS if row.call == call]


def test_every_row_is_about_a_call_that_the_code_makes():
    assert {row.call for row in ROWS} - CALLS == set()


def test_every_reason_of_a_cancelled_transaction_has_a_row():
    shape = get_session().get_service_model("dynamodb").shape_for("TransactionCanceledException")
    documented = set(re.findall(r"<p>Code: <code>(\w+)</code>", shape.documentation))

    named = {row.error.partition(": ")[2] for row in ROWS if row.error.startswith("TransactionCanceledException")}

    assert len(documented) >= 7
    assert documented - named == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.call.operation}-{row.error}")
def test_the_column_sdk_is_right(row):
    if row.repeats is None or row.status is None:
        return
    code = row.error.partition(":")[0]
    context = RetryContext(
        attempt_number=1,
        operation_model=model(row.call),
        parsed_response={"Error": {"Code": code}},
        http_response=AWSResponse("", row.status, {}, None),
    )

    assert StandardRetryConditions().is_retryable(context) is row.repeats


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in ROWS
        if row.call.service in ("dynamodb", "kms") and row.status != 200 and "Cannot occur" not in row.does
    ],
    ids=lambda row: f"{row.call.operation}-{row.error}",
)
def test_temporary_errors_are_waited_out(row):
    code, _, reason = row.error.partition(": ")
    said: Any = {
        "Error": {"Code": code},
        "ResponseMetadata": {"HTTPStatusCode": row.status},
        "CancellationReasons": [{"Code": "None"}, {"Code": reason}] if reason else [],
    }

    passes = clients.passes(ClientError(said, row.call.operation))

    assert passes is bool(row.repeats or "`persist`" in row.does)


def test_a_row_has_the_status_of_the_model():
    errors = {
        (call, shape.name): status
        for call in CALLS
        for shape in model(call).error_shapes
        if (status := shape.metadata.get("error", {}).get("httpStatusCode"))
    }

    wrong = [row for row in ROWS if errors.get((row.call, row.error), row.status) != row.status]

    assert wrong == []


def test_every_row_describes_what_the_code_does():
    empty = [row for row in ROWS if not row.does.endswith((".", ".)")) or "not handled" in row.does.lower()]

    assert empty == []


def test_the_sdk_makes_as_many_tries_as_the_page_says(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")

    retries = clients.client.__wrapped__("kms").meta.config.retries

    assert retries == {"mode": "standard", "total_max_attempts": 5}


def test_every_function_is_in_the_table_of_consequences():
    places = {str(file.parent.relative_to(ROOT / "functions")) for file in (ROOT / "functions").rglob("handler.py")}
    table = PAGE.partition("## What a raised error leads to")[2].partition("\n## ")[0]

    assert places == set(re.findall(r"`(\w+/\w+)`", table))


def test_clients_are_made_in_one_place():
    files = [file for place in PLACES for file in (ROOT / place).rglob("*.py")]

    makers = [file.name for file in files if re.search(r"create_client|boto3\.", file.read_text())]

    assert makers == ["clients.py"]


def test_calls_are_found_in_every_notation():
    source = """
def _s3():
    return clients.client("s3")

def do(body):
    _s3().put_object(Body=body)
    client = clients.client("secretsmanager")
    client.get_secret_value()
    clients.client("s3", SIGNING).generate_presigned_url("upload_part", Params={})
    for page in clients.client("dynamodb").get_paginator("query").paginate():
        dynamo.write_if("update_item")
    return _s3().get_paginator("list_parts").paginate()
"""

    found = calls_in(source, "somewhere.py")

    assert {(call.service, call.operation) for call in found} == {
        ("s3", "PutObject"),
        ("secretsmanager", "GetSecretValue"),
        ("s3", "UploadPart"),
        ("dynamodb", "Query"),
        ("dynamodb", "UpdateItem"),
        ("s3", "ListParts"),
    }


@pytest.mark.parametrize(
    "line",
    [
        "use(clients.client('s3'))",
        "clients.client(name).put_object()",
        "getattr(clients.client('s3'), name)()",
        "dynamo.write_if(operation)",
        "clients.client('s3').get_paginator(name)",
        "make = lambda: clients.client('s3')",
    ],
)
def test_a_client_used_in_another_form_is_an_error(line):
    with pytest.raises(ValueError, match=r"somewhere.py:\d"):
        calls_in(line, "somewhere.py")
