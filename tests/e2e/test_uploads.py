"""Uploads with presigned parts: an interrupted upload continues, and only its account can publish the file."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack_client import StackClient
from tests.e2e.conftest import RETURN_TO_ORIGIN, SITE
from tests.e2e.road import SEVERAL_CHUNKS, SMALL, posts

Shown = dict[str, Any]


def begin(journey: StackClient, account: str, size: int, name: str = "clip.mp4") -> Shown:
    body = {"account_id": account, "filename": name, "size": size, "content_type": "video/mp4"}
    return journey.api("POST", "/v1/uploads", json=body).raise_for_status().json()


def show(journey: StackClient, upload_id: str) -> Shown:
    return journey.api("GET", f"/v1/uploads/{upload_id}").raise_for_status().json()


def complete(journey: StackClient, upload_id: str) -> httpx.Response:
    return journey.api("POST", f"/v1/uploads/{upload_id}/complete")


def put(part: Shown, path: Path) -> httpx.Response:
    with path.open("rb") as file:
        file.seek(part["offset"])
        return httpx.put(part["url"], content=file.read(part["size"]), timeout=60)


def break_off(part: Shown) -> None:
    """Break the connection in the middle of a part."""

    def half() -> Iterator[bytes]:
        yield b"x" * (part["size"] // 2)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        httpx.put(part["url"], content=half(), headers={"Content-Length": str(part["size"])})


def uploaded(journey: StackClient, account: str, path: Path) -> Shown:
    begun = begin(journey, account, path.stat().st_size)
    for part in begun["parts_missing"]:
        put(part, path).raise_for_status()
    return complete(journey, begun["upload_id"]).raise_for_status().json()


def publish(journey: StackClient, account: str, source: Shown) -> httpx.Response:
    body = {"account_id": account, "source": source, "privacy_level": "SELF_ONLY"}
    return journey.api("POST", "/v1/publishes", json=body)


def test_an_interrupted_upload_continues_and_is_published_unchanged(journey, account, videos):
    path, sha256 = videos(SEVERAL_CHUNKS)
    begun = begin(journey, account, SEVERAL_CHUNKS)
    for part in begun["parts_missing"][:3]:
        put(part, path).raise_for_status()
    break_off(begun["parts_missing"][3])
    early = complete(journey, begun["upload_id"])
    broken_off = show(journey, begun["upload_id"])

    for part in broken_off["parts_missing"]:
        put(part, path).raise_for_status()
    done = complete(journey, begun["upload_id"]).json()
    again = complete(journey, begun["upload_id"]).json()
    taken = publish(journey, account, done["source"]).raise_for_status().json()
    shown = journey.until_rest(taken["publish_id"])

    assert len(begun["parts_missing"]) == 5
    assert (early.status_code, early.json()["error"]["code"]) == (409, "upload_unfinished")
    assert (broken_off["parts_there"], len(broken_off["parts_missing"])) == ([1, 2, 3], 2)
    assert done == again
    assert shown["state"] == "published"
    assert posts(journey, account)[0]["sha256"] == sha256


def test_an_incomplete_or_foreign_upload_is_not_published(journey, account, videos):
    path, _ = videos(SMALL)
    open_ = begin(journey, account, SMALL)
    done = uploaded(journey, account, path)
    name = f"creator-{secrets.token_hex(4)}"
    other = journey.connect(name, user_id=name, private=True)

    unfinished = publish(journey, account, open_["source"])
    anothers = publish(journey, other, done["source"])

    assert (unfinished.status_code, unfinished.json()["error"]["code"]) == (409, "upload_unfinished")
    assert (anothers.status_code, anothers.json()["error"]["code"]) == (403, "upload_not_of_account")
    assert posts(journey, other) == []


@pytest.mark.parametrize("more_or_less", [-1, 1])
def test_s3_refuses_a_part_of_another_length(journey, account, videos, more_or_less):
    path, _ = videos(SMALL)
    begun = begin(journey, account, SMALL)
    [part] = begun["parts_missing"]

    refused = httpx.put(part["url"], content=path.read_bytes()[:-1] if more_or_less < 0 else path.read_bytes() + b"x")

    assert refused.status_code == 403
    assert show(journey, begun["upload_id"])["parts_there"] == []


def test_an_aborted_upload_accepts_no_more_parts(journey, account, videos):
    path, _ = videos(SMALL)
    begun = begin(journey, account, SMALL)
    [part] = begun["parts_missing"]

    aborted = journey.api("DELETE", f"/v1/uploads/{begun['upload_id']}").json()

    assert aborted["state"] == "aborted"
    assert put(part, path).status_code == 404
    assert complete(journey, begun["upload_id"]).json()["error"]["code"] == "upload_aborted"


def test_pages_of_the_return_to_origins_may_put_parts(stack):
    rules = {
        tuple(one["AllowedOrigins"]): one
        for one in stack.client("s3").get_bucket_cors(Bucket=stack.bucket)["CORSRules"]
    }

    assert set(rules) == {(RETURN_TO_ORIGIN, SITE), (stack.public_url,)}
    assert rules[RETURN_TO_ORIGIN, SITE]["AllowedMethods"] == ["PUT"]
    assert [rule["ExposeHeaders"] for rule in rules.values()] == [["ETag"], ["ETag"]]


def test_an_upload_url_is_reachable_for_the_caller_and_appears_in_no_log(journey, account, stack):
    [part] = begin(journey, account, SMALL)["parts_missing"]

    logged = stack.log_file.read_text(errors="replace")

    assert part["url"].startswith(f"{stack.s3_endpoint_url}/{stack.bucket}/uploads/{account}/")
    assert "X-Amz-Signature" not in logged
