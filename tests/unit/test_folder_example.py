"""The program in examples/folder: the files that it drops, their order, and the effect of a second run at the same
time.
"""

import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.folder import ROOT

OPTIONS = '{"privacy_level": "SELF_ONLY"}'


class Bucket:
    """The deployment's bucket. `put` has the keys in the order of the requests."""

    def __init__(self) -> None:
        self.put: list[str] = []
        self.client = boto3.client("s3", region_name="us-east-1")
        self.client.create_bucket(Bucket="videos")
        self.client.meta.events.register("before-parameter-build.s3.PutObject", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self.put.append(params["Key"])

    def body(self, key: str) -> bytes:
        return self.client.get_object(Bucket="videos", Key=key)["Body"].read()


@pytest.fixture
def bucket(monkeypatch):
    with mock_aws():
        bucket = Bucket()
        monkeypatch.setattr(boto3, "client", lambda _: bucket.client)
        yield bucket


def sync(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sync.py", str(folder), "videos", "acc_1"])
    run_path(str(ROOT / "examples/folder/sync.py"))


def save(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        Path(folder, name.replace("_", ".")).write_text(text)


def test_the_options_come_before_the_video_and_only_new_files_are_sent(bucket, tmp_path, monkeypatch):
    save(tmp_path, a_mp4="a", a_json=OPTIONS, notes_txt="", _hidden_mp4="", _hidden_json=OPTIONS)
    sync(tmp_path, monkeypatch)
    save(tmp_path, b_MOV="b", b_json=OPTIONS)

    sync(tmp_path, monkeypatch)

    assert bucket.put == [f"drop/acc_1/{name}" for name in ("a.json", "a.mp4", "b.json", "b.MOV")]


@pytest.mark.parametrize("written", [{}, {"a_json": ""}, {"a_json": OPTIONS[:-1]}], ids=["none", "empty", "half"])
def test_a_video_waits_until_its_options_are_complete(bucket, tmp_path, monkeypatch, capsys, written):
    save(tmp_path, a_mp4="a", **written)

    sync(tmp_path, monkeypatch)

    assert bucket.put == []
    assert capsys.readouterr().out == "a.mp4 waits for a.json\n"


def test_a_video_that_another_run_put_meanwhile_is_not_replaced(bucket, tmp_path, monkeypatch):
    save(tmp_path, a_mp4="of this run", a_json=OPTIONS)

    def put_by_the_other_run(**_: Any) -> None:
        bucket.client.meta.events.unregister("before-parameter-build.s3.PutObject", put_by_the_other_run)
        bucket.client.put_object(Bucket="videos", Key="drop/acc_1/a.mp4", Body=b"of the other run")

    bucket.client.meta.events.register("before-parameter-build.s3.PutObject", put_by_the_other_run)

    sync(tmp_path, monkeypatch)

    assert bucket.body("drop/acc_1/a.mp4") == b"of the other run"
