"""`dropcast drop` against a deployment in moto: the stored objects, their order, and refusals before anything is
stored.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from typer.testing import CliRunner

from cli.api import ObjectMissingError
from cli.expected_errors import exit_code_of
from cli.main import cli
from dropcast.accounts.account_store import set_drop_defaults
from dropcast.aws import clients
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Publish
from local.folder import ROOT
from tests.unit.support.accounts import BUCKET
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.memory_aws import maker
from tests.unit.support.named_accounts import connect_named

SAMPLE = ROOT / "tests" / "media" / "sample.mp4"
SELF = ("--privacy-level", "SELF_ONLY")
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def account(deployed, tiktok, held_clock) -> str:
    return connect_named(tiktok, "Ana", "ana").account_id


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(SAMPLE.read_bytes())
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "beach.jpg", tmp_path / "arch.jpg"]
    for path in paths:
        path.write_bytes(PICTURE)
    return [str(path) for path in paths]


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["drop", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def stored() -> dict[str, bytes]:
    """The objects below drop/, oldest first."""
    s3: Any = maker("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix="drop/").get("Contents", [])
    return {one["Key"]: s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in found}


def test_a_video_and_its_options_are_stored_as_a_drop_that_is_accepted(account, video, monkeypatch):
    launched: list[Publish] = []
    monkeypatch.setattr("dropcast.publishing.intake.accept.launch", launched.append)
    at = "2027-01-31T18:00:00+00:00"
    words = ("--title", "Dropped", "--reference", "order-42", "--metadata", "shop=berlin", "--at", at)

    code, out, err = run(str(video), "--account", account, *SELF, *words)

    key = f"drop/{account}/clip.mp4"
    assert (code, out) == (0, f"{key}\n")
    assert f"dropcast watch --account {account}" in err
    assert stored()[key] == video.read_bytes()
    assert json.loads(stored()[f"drop/{account}/clip.json"]) == {
        "privacy_level": "SELF_ONLY",
        "title": "Dropped",
        "publish_at": at,
        "reference": "order-42",
        "metadata": {"shop": "berlin"},
    }
    publish = accept_drop(BUCKET, key, None)
    assert publish
    assert (publish.error, publish.reference) == (None, "order-42")
    assert [one.publish_id for one in launched] == [publish.publish_id]


def test_the_object_that_becomes_the_publish_is_stored_last(account, video, pictures, monkeypatch):
    put: list[str] = []
    s3 = clients.client("s3")
    original = s3.put_object
    monkeypatch.setattr(s3, "put_object", lambda **given: put.append(given["Key"]) or original(**given))

    run(str(video), "--account", account, *SELF)
    run(*pictures, "--account", account, *SELF, "--name", "trip", "--json")

    folder = f"drop/{account}/trip.photos"
    assert put == [
        f"drop/{account}/clip.json",
        f"drop/{account}/clip.mp4",
        *(f"{folder}/beach.jpg", f"{folder}/arch.jpg", f"{folder}.json"),
    ]
    assert json.loads(stored()[f"{folder}.json"])["items"] == ["beach.jpg", "arch.jpg"]


def test_a_dry_run_lists_the_objects_in_their_order_and_stores_nothing(account, pictures):
    code, out, err = run(*pictures, "--account", account, *SELF, "--dry-run")
    _, as_json, _ = run(*pictures, "--account", account, *SELF, "--dry-run", "--json")

    folder = f"drop/{account}/beach.photos"
    keys = [f"{folder}/beach.jpg", f"{folder}/arch.jpg", f"{folder}.json"]
    assert (code, out.split(), stored()) == (0, keys, {})
    assert "Dry run" in err
    options = {"privacy_level": "SELF_ONLY", "items": ["beach.jpg", "arch.jpg"]}
    assert json.loads(as_json) == {"bucket": BUCKET, "key": keys[-1], "keys": keys, "options": options}


def test_the_defaults_of_the_account_complete_the_options(account, video):
    set_drop_defaults(account, {"privacy_level": "SELF_ONLY"})

    assert run(str(video), "--account", account)[0] == 0
    assert json.loads(stored()[f"drop/{account}/clip.json"]) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "privacy_level"),
        (("--draft", "--title", "no"), "title"),
        ((*SELF, "--at", "2026-01-01T00:00:00Z"), "past"),
        ((*SELF, "--name", "clip.photos"), "would not publish an object"),
        ((*SELF, "--metadata", "shop"), "name=value"),
    ],
)
def test_what_the_drop_would_refuse_is_not_stored(account, video, words, said):
    code, _, err = run(str(video), "--account", account, *words)

    assert (code, stored(), len(err.splitlines())) == (2, {}, 2)
    assert said in err


@pytest.mark.parametrize("name", ["clip.m4v", "notes.txt"])
def test_a_file_that_is_no_drop_is_refused(account, tmp_path, name):
    (tmp_path / name).write_bytes(b"\0\0\0\x20ftypisom")

    assert run(str(tmp_path / name), "--account", account, *SELF)[0] == 2
    assert stored() == {}


def test_two_pictures_of_one_name_are_refused(account, pictures, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "beach.jpg").write_bytes(PICTURE)

    code, _, err = run(pictures[0], str(tmp_path / "other" / "beach.jpg"), "--account", account, *SELF)

    assert (code, stored()) == (2, {})
    assert "same name" in err


def test_an_unknown_account_is_named(account, video):
    with pytest.raises(ObjectMissingError, match="acc_9") as missing:
        run(str(video), "--account", "acc_9", *SELF)

    assert exit_code_of(missing.value) == 5
    assert stored() == {}


@pytest.mark.parametrize("stops", [KeyboardInterrupt(), EndpointConnectionError(endpoint_url="https://s3")])
def test_an_upload_that_stops_makes_no_publish(account, video, monkeypatch, stops):
    s3 = clients.client("s3")
    original = s3.put_object

    def put(**given: Any) -> Any:
        if given["Key"].endswith(".mp4"):
            raise stops
        return original(**given)

    monkeypatch.setattr(s3, "put_object", put)

    result = CliRunner().invoke(cli, ["drop", str(video), "--account", account, *SELF])

    assert list(stored()) == [f"drop/{account}/clip.json"]
    if isinstance(stops, KeyboardInterrupt):
        assert result.exit_code == 130
        assert "nothing is published" in result.stderr
    else:
        assert isinstance(result.exception, EndpointConnectionError)
        assert exit_code_of(result.exception) == 8
