"""Each row stores the user of its account. Only callers that may see this user's rows can see the row."""

import pytest

from dropcast.aws import clients, dynamo
from dropcast.caller import SYSTEM, Caller
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.store import publish_store
from dropcast.publishing.uploads import upload_rows, uploads
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.publishing.conftest import BUCKET, stored, upload_object
from tests.unit.support.memory_aws import maker


@pytest.fixture(autouse=True)
def executions_begin(begun) -> None:
    """Executions start and do nothing, because no test here waits for one."""


def taken_in(account) -> Publish:
    upload_object("a.mp4", b"video")
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    body = {"account_id": account.account_id, "source": source, "privacy_level": "SELF_ONLY"}
    taken = accept(PublishRequest.model_validate(body), SYSTEM, idempotency_key=None)
    assert isinstance(taken, Publish)
    return taken


def dropped(account, name: str) -> Publish:
    key = f"drop/{account.account_id}/{name}"
    taken = accept_drop(BUCKET, key, maker("s3").put_object(Bucket=BUCKET, Key=key, Body=b"v")["VersionId"])
    assert taken is not None
    return taken


def test_a_publish_stores_its_accounts_user(account):
    assert stored(taken_in(account)).user_id == "user-1"


@pytest.mark.parametrize("name", ["no-privacy.mp4", "no-video.txt"])
def test_a_drop_stores_its_accounts_user_even_if_it_fails(account, name):
    assert stored(dropped(account, name)).user_id == "user-1"


def test_a_drop_for_an_unknown_account_has_no_user(account):
    taken = accept_drop(BUCKET, "drop/acc_none/a.mp4", upload_object("drop/acc_none/a.mp4", b"v").version_id)

    assert taken is not None
    assert stored(taken).user_id is None


def test_a_retry_stores_its_accounts_user(account):
    first = taken_in(account)
    fail(first)

    again = retry(first.publish_id, SYSTEM)

    assert isinstance(again, Publish)
    assert stored(again).user_id == "user-1"


def test_an_upload_stores_its_accounts_user_until_its_end(account):
    begun = uploads.begin(account.account_id, SYSTEM, "a.mp4", 5, "video/mp4")
    assert isinstance(begun, Progress)
    upload_id = begun.upload.upload_id

    uploads.abort(upload_id, SYSTEM)

    ended = upload_rows.get(upload_id)
    assert ended is not None
    assert (ended.user_id, ended.state) == ("user-1", "aborted")


def test_a_row_of_an_older_release_has_no_user(account):
    publish = taken_in(account)
    clients.client("dynamodb").update_item(
        TableName="publishes_table", Key=row_key(publish), UpdateExpression="REMOVE user_id"
    )

    assert stored(publish).user_id is None


@pytest.mark.parametrize(("bound_to", "seen"), [(None, {"a", "b", None}), ("a", {"a"}), ("", set())])
def test_a_bound_caller_sees_its_users_rows_and_an_unbound_caller_sees_all(bound_to, seen):
    caller = Caller("dk_1", frozenset({"read"}), bound_to)

    assert {user_id for user_id in ("a", "b", None) if caller.sees(user_id, "acc_1")} == seen


def test_an_unbound_caller_sees_all():
    assert SYSTEM.sees("a", "acc_1")
    assert SYSTEM.sees(None, None)


@pytest.mark.parametrize("account_id", ["acc_2", None])
def test_a_caller_bound_to_an_account_sees_no_other_account_of_its_user(account_id):
    caller = Caller("dk_1", frozenset({"publish"}), "a", "acc_1")

    assert caller.sees("a", "acc_1")
    assert not caller.sees("b", "acc_1")
    assert not caller.sees("a", account_id)


def fail(publish: Publish) -> None:
    clients.client("dynamodb").update_item(
        TableName="publishes_table",
        Key=row_key(publish),
        UpdateExpression="SET #state = :failed",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=dynamo.to_item({":failed": "failed"}),
    )


def row_key(publish: Publish) -> dict[str, dict[str, str]]:
    return dynamo.to_item(publish_store.row_key(publish.publish_id))
