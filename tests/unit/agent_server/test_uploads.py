"""request_upload sends videos and pictures from below its folder, and nothing else."""

from pathlib import Path

import httpx
import pytest

from dropcast.errors.problem import http_status
from tests.unit.agent_server.test_plans import agent
from tests.unit.support.accounts import BUCKET
from tests.unit.support.agents import agent_of
from tests.unit.support.api_examples import answer, example
from tests.unit.support.memory_aws import maker
from tests.unit.support.plans import SAMPLE, planner

MP4, JPEG = b"\0\0\0\x20ftypisom....", b"\xff\xd8\xff\xe0............"


def test_a_file_is_uploaded_once_however_often_it_is_requested(cloud, tiktok, tmp_path):
    deployment = planner(cloud, tiktok)
    drafter = agent(tmp_path, "read", "draft")
    (tmp_path / "clip.mp4").write_bytes(SAMPLE)

    first = drafter.call("request_upload", account_id=deployment.account_id, path="clip.mp4")
    again = drafter.call("request_upload", account_id=deployment.account_id, path=str(tmp_path / "clip.mp4"))

    assert (first["state"], first["size"], first) == ("complete", len(SAMPLE), again)
    [uploaded] = [one["Key"] for one in maker("s3").list_objects_v2(Bucket=BUCKET)["Contents"] if one["Key"] != "a.mp4"]
    assert maker("s3").get_object(Bucket=BUCKET, Key=uploaded)["Body"].read() == SAMPLE


@pytest.mark.parametrize(("code", "begun"), [("upload_aborted", 2), ("internal_error", 1)])
def test_only_an_upload_that_is_gone_is_begun_again(tmp_path, code, begun):
    (tmp_path / "clip.mp4").write_bytes(SAMPLE)
    begins: list[httpx.Request] = []

    def answer_(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            begins.append(request)
            return answer("UploadView", 201, size=len(SAMPLE))
        return httpx.Response(http_status(code), json={"error": example("ErrorView", code=code, next="none")})

    uploader = agent_of(answer_, tmp_path)
    codes = [uploader.refusal("request_upload", account_id="acc_1", path="clip.mp4")["code"] for _ in range(2)]

    assert (codes, len(begins)) == ([code, code], begun)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../outside.mp4", "no file"),
        ("link.mp4", "no file"),
        ("folder.mp4", "no file"),
        ("missing.mp4", "no file"),
        ("\0.mp4", "no file"),
        ("notes.txt", "neither a video nor a picture"),
        ("secrets.mp4", "The first bytes of"),
        ("photo.mp4", "not a video"),
    ],
)
def test_no_other_file_is_uploaded(tmp_path, path, words):
    folder = tmp_path / "shared"
    (folder / "folder.mp4").mkdir(parents=True)
    (tmp_path / "outside.mp4").write_bytes(MP4)
    (folder / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    (folder / "notes.txt").write_bytes(MP4)
    (folder / "secrets.mp4").write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    (folder / "photo.mp4").write_bytes(JPEG)
    asked: list[httpx.Request] = []
    reader = agent_of(lambda request: asked.append(request) or httpx.Response(500), folder)

    refusal = reader.refusal("request_upload", account_id="acc_1", path=path)

    assert (refusal["code"], asked) == ("wrong_input", [])
    assert words in refusal["message"]["untrusted_text"]


def test_a_file_outside_is_answered_like_a_missing_one(tmp_path: Path):
    folder = tmp_path / "shared"
    folder.mkdir()
    (tmp_path / "outside.mp4").write_bytes(MP4)
    reader = agent_of(lambda request: httpx.Response(500), folder)

    outside, missing = (
        reader.refusal("request_upload", account_id="acc_1", path=path) for path in ("../outside.mp4", "../missing.mp4")
    )

    assert outside.pop("message")["untrusted_text"] == f"There is no file ../outside.mp4 below {folder}."
    assert missing.pop("message")["untrusted_text"] == f"There is no file ../missing.mp4 below {folder}."
    assert outside == missing
