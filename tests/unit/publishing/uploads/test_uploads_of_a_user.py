"""All accounts of one user may use an upload. No other user may."""

import pytest

from dropcast.aws import dynamo
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.several_accounts import accept_each
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.upload_rows import Upload
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.publishing.conftest import connect
from tests.unit.support.memory_aws import maker

USER = "user-1"
BOUND = Caller("dk_1", frozenset({"publish"}), USER)


@pytest.fixture
def begun_upload(account) -> Upload:
    progress = uploads.begin(account.account_id, SYSTEM, "a.mp4", 5, "video/mp4")
    assert isinstance(progress, Progress)
    return progress.upload


@pytest.fixture
def upload(begun_upload) -> Upload:
    part = {"Bucket": begun_upload.bucket, "Key": begun_upload.key, "UploadId": begun_upload.multipart_id}
    maker("s3").upload_part(**part, PartNumber=1, Body=b"video")
    done = uploads.complete(begun_upload.upload_id, SYSTEM)
    assert isinstance(done, Upload)
    return done


def refusal(account_id: str, upload: Upload, caller: Caller = SYSTEM) -> str | None:
    found = uploads.upload_refusal(account_id, caller, Source(bucket=upload.bucket, key=upload.key))
    return None if found is None else found.code


@pytest.mark.parametrize("caller", [SYSTEM, BOUND])
def test_it_can_be_published_to_each_account_of_its_user_and_to_no_other(upload, caller):
    own, anothers = connect("open-2", USER), connect("open-3", "user-2")

    found = [refusal(one, upload, caller) for one in (upload.account_id, own, anothers, "acc_none")]

    assert found == [None, None, "upload_not_of_account", "upload_not_of_account"]


def test_another_users_key_cannot_publish_it(upload):
    other = Caller("dk_2", frozenset({"publish"}), "user-2")
    accounts = (connect("open-2", USER), connect("open-3", "user-2"), upload.account_id)

    found = [refusal(one, upload, other) for one in accounts]

    assert found == ["upload_not_of_account", "upload_not_of_account", "upload_not_found"]


def test_without_its_user_it_can_only_be_published_to_its_own_account(upload):
    key = {"pk": f"upload#{upload.upload_id}", "sk": "upload"}
    maker("dynamodb").update_item(
        TableName="publishes_table", Key=dynamo.to_item(key), UpdateExpression="REMOVE user_id"
    )

    assert refusal(upload.account_id, upload) is None
    assert refusal(connect("open-2", USER), upload) == "upload_not_of_account"


def test_an_incomplete_upload_cannot_be_published(begun_upload):
    assert refusal(connect("open-2", USER), begun_upload) == "upload_unfinished"


@pytest.mark.parametrize("caller", [SYSTEM, BOUND])
def test_one_request_publishes_it_to_all_accounts_of_its_user(upload, caller, begun):
    accounts = [upload.account_id, connect("open-2", USER), connect("open-3", "user-2")]
    source = {"type": "s3", "bucket": upload.bucket, "key": upload.key}
    body = {"account_ids": accounts, "source": source, "privacy_level": "SELF_ONLY"}

    takings = accept_each(PublishRequest.model_validate(body), caller, idempotency_key="k")

    assert not isinstance(takings, Problem)
    [first, second, third] = [one.outcome for one in takings]
    assert isinstance(first, Publish)
    assert isinstance(second, Publish)
    assert first.source == second.source
    assert isinstance(third, Problem)
