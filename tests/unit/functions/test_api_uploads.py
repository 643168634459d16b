import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.publishing.uploads.upload_parts_and_keys import PART_BYTES
from tests.openapi import Operation
from tests.unit.support.accounts import BUCKET
from tests.unit.support.api import call, with_scopes
from tests.unit.support.memory_aws import maker


@pytest.fixture
def account_id(tiktok) -> str:
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    return account.account_id


def asked(owner: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    body = {"account_id": owner, "filename": "a.mp4", "size": PART_BYTES + 5, "content_type": "video/mp4"}
    return call(Operation("POST", "POST", "/v1/uploads", {}, {**body, **changes}), with_scopes("publish"))


def at(method: str, path: str, *scopes: str) -> tuple[int, dict[str, Any]]:
    return call(Operation(method, method, f"/v1/uploads/{path}", {}, None), with_scopes(*scopes))


def put(part: dict[str, Any], source: dict[str, Any]) -> None:
    query = parse_qs(urlsplit(part["url"]).query)
    maker("s3").upload_part(
        Bucket=BUCKET,
        Key=source["key"],
        UploadId=query["uploadId"][0],
        PartNumber=int(query["partNumber"][0]),
        Body=b"x" * part["size"],
    )


def test_an_upload_from_start_to_end(account_id):
    status, begun = asked(account_id)
    upload_id, parts = begun["upload_id"], begun["parts_missing"]
    put(parts[0], begun["source"])
    early = at("POST", f"{upload_id}/complete", "publish")
    shown = at("GET", upload_id, "read", "publish")[1]
    put(shown["parts_missing"][0], begun["source"])

    done = at("POST", f"{upload_id}/complete", "publish")

    assert (status, begun["state"], [part["size"] for part in parts]) == (201, "open", [PART_BYTES, 5])
    assert (early[0], early[1]["error"]["code"]) == (409, "upload_unfinished")
    assert (shown["parts_there"], shown["parts_missing"][0]["offset"]) == ([1], PART_BYTES)
    assert (done[0], done[1]["state"], done[1]["parts_missing"], done[1]["urls_expire_at"]) == (
        200,
        "complete",
        [],
        None,
    )
    assert done[1]["source"]["key"] == begun["source"]["key"]
    assert at("POST", f"{upload_id}/complete", "publish") == done
    assert at("DELETE", upload_id, "publish")[0] == 409


def test_a_read_key_gets_no_urls(account_id):
    _, begun = asked(account_id)

    shown = at("GET", begun["upload_id"], "read")[1]

    assert [part["url"] for part in shown["parts_missing"]] == [None, None]
    assert shown["urls_expire_at"] is None


@pytest.mark.parametrize(
    ("said", "filename", "plain"),
    [
        ("video/webm;codecs=vp8", "a.webm", "video/webm"),
        ("VIDEO/MP4", "a.mp4", "video/mp4"),
        ("application/octet-stream", "a.MOV", "video/quicktime"),
    ],
)
def test_the_object_gets_the_files_content_type_without_parameters(account_id, said, filename, plain):
    status, begun = asked(account_id, content_type=said, filename=filename, size=3)
    put(begun["parts_missing"][0], begun["source"])

    source = at("POST", f"{begun['upload_id']}/complete", "publish")[1]["source"]

    stored = maker("s3").head_object(Bucket=BUCKET, Key=source["key"])
    assert (status, begun["content_type"], stored["ContentType"]) == (201, plain, plain)


@pytest.mark.parametrize(
    ("said", "filename"), [("application/octet-stream", "a.exe"), ("text/html", "a.mp4"), ("", "a.mp4"), (7, "a.mp4")]
)
def test_a_file_of_another_type_is_refused_at_its_type(account_id, said, filename):
    status, body = asked(account_id, content_type=said, filename=filename)

    assert status == 400
    assert [one["field"] for one in body["error"]["details"]["fields"]] == ["content_type"]


def test_an_upload_can_be_aborted(account_id):
    _, begun = asked(account_id)

    status, shown = at("DELETE", begun["upload_id"], "publish")

    assert (status, shown["state"]) == (200, "aborted")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size": 0}, 400, "invalid_request"),
        ({"content_type": "text/html"}, 400, "invalid_request"),
        ({"filename": ""}, 400, "invalid_request"),
        ({"bucket": "mine"}, 400, "invalid_request"),
        ({"size": 4_000_000_001}, 400, "upload_too_large"),
        ({"account_id": "acc_nobody"}, 404, "account_not_found"),
    ],
)
def test_an_upload_that_could_not_be_published_is_refused(account_id, changes, status, code):
    answer = asked(account_id, **changes)

    assert (answer[0], answer[1]["error"]["code"]) == (status, code)


def test_no_url_is_logged(account_id, written):
    _, begun = asked(account_id)

    assert begun["upload_id"] in (logged := written())
    assert "X-Amz" not in logged
    assert "X-Amz-Signature" in json.dumps(begun)
