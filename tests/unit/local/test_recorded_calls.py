"""The record has a line for each AWS call of a function, and no other lines."""

import json
from typing import Any

import pytest

from local.recorded_calls import APP_ID, CallRecorder, with_app_ids
from tests.event_loops import run_coroutine

FUNCTION = (b"user-agent", b"Botocore/1.43 md/x app/dropcast-dev-http-api")
JSON = (b"content-type", b"application/x-amz-json-1.0")


@pytest.fixture
def call(tmp_path):
    """Sends a request through a recorder. Returns the request that the emulator received and the lines of the
    record.
    """
    record = tmp_path / "calls.jsonl"
    received: list[bytes] = []

    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        received.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    def sent(
        *headers: tuple[bytes, bytes], body: bytes = b"{}", query: bytes = b"", method: str = "POST"
    ) -> list[dict[str, Any]]:
        scope = {
            "type": "http",
            "method": method,
            "path": "/a b",
            "raw_path": b"/a%20b",
            "query_string": query,
            "headers": headers,
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: dict[str, Any]) -> None:
            pass

        run_coroutine(CallRecorder(emulator, str(record))(scope, receive, send))
        assert received == [body]
        return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []

    return sent


def test_a_function_s_call_is_recorded_with_its_answer(call):
    [line] = call(FUNCTION, JSON, (b"x-amz-target", b"DynamoDB_20120810.GetItem"), (b"x-amz-date", b"now"))

    assert line == {
        "caller": "dropcast-dev-http-api",
        "method": "POST",
        "target": "/a%20b",
        "headers": {"x-amz-target": "DynamoDB_20120810.GetItem"},
        "body": "{}",
        "status": [404],
    }


def test_the_bytes_of_an_object_are_not_recorded(call):
    [line] = call(FUNCTION, (b"content-type", b"application/json"), body=b"[" * 1000)

    assert line["body"] == ""


def test_the_use_of_a_presigned_url_is_recorded(call):
    [line] = call(query=b"partNumber=1&X-Amz-Signature=s")

    assert (line["caller"], line["target"]) == ("", "/a%20b?partNumber=1&X-Amz-Signature=s")


def test_other_requests_are_not_recorded(call):
    assert call((b"user-agent", b"Boto3/1.43"), JSON) == []


def test_a_browser_s_preflight_request_is_not_recorded(call):
    assert call(query=b"X-Amz-Signature=s", method="OPTIONS") == []


def test_each_function_of_the_deployed_template_has_its_name_in_its_environment():
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "dropcast-dev-http-api"}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {}}

    made = json.loads(with_app_ids(json.dumps({"Resources": {"F": function, "B": bucket}}).encode()))

    assert made["Resources"]["F"]["Properties"]["Environment"]["Variables"] == {APP_ID: "dropcast-dev-http-api"}
    assert made["Resources"]["B"] == bucket
