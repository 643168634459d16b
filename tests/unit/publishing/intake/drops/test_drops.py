import json

import pytest

from dropcast import clock
from dropcast.accounts.account_store import set_drop_defaults
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.post_rules import post_texts
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from functions.storage.drop.handler import handler
from tests.unit.publishing.conftest import BUCKET, outbox, stored
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker


def put(key: str, body: bytes = b"video", metadata: dict[str, str] | None = None) -> str:
    answer = maker("s3").put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=metadata or {})
    return answer["VersionId"]


def drop(account, name="a.mp4", sidecar=None, body=b"video", metadata=None) -> Publish:
    """Drop a video after its sidecar, and accept it."""
    key = f"drop/{account.account_id}/{name}"
    if sidecar is not None:
        text = sidecar if isinstance(sidecar, bytes) else json.dumps(sidecar).encode()
        put(key.rsplit(".", 1)[0] + ".json", text)
    taken = accept_drop(BUCKET, key, put(key, body, metadata))
    assert taken is not None
    return stored(taken)


def test_a_sidecar_sets_the_options_of_its_video(account, begun):
    publish = drop(account, sidecar={"privacy_level": "SELF_ONLY", "title": "from the sidecar", "is_aigc": True})

    assert begun == [publish.publish_id]
    assert publish.options is not None
    assert (publish.options.title, publish.options.is_aigc) == ("from the sidecar", True)
    assert (publish.state, publish.origin, publish.account_id) == (State.QUEUED, "drop", account.account_id)


def test_metadata_sets_the_options_if_there_is_no_sidecar(account, begun):
    metadata = {"privacy-level": "SELF_ONLY", "title": "caf%C3%A9%20%231", "allow-comment": "true", "mtime": "1.5"}

    publish = drop(account, metadata=metadata)

    assert publish.options is not None
    assert (publish.options.title, publish.options.allow_comment) == ("café #1", True)


@pytest.mark.parametrize(
    "left",
    [
        {
            "mode": "33188",
            "uid": "1000",
            "gid": "1000",
            "mtime": "1449",
            "ctime": "1449",
            "atime": "1449",
            "xattr": "e",
        },
        {"mode": "100644", "uid": "1", "gid": "1", "rdev": "0", "btime": "2026-01-01T00:00:00Z", "md5chksum": "x"},
        {
            "file-permissions": "0100664",
            "file-owner": "500",
            "file-group": "500",
            "file-mtime": "1595002920000000000ns",
        },
        {"user-agent": "AWSTransfer", "user-agent-id": "ana@s-1"},
        {"s3cmd-attrs": "atime:1/ctime:1", "mc-attrs": "mode:33188", "s3b-last-modified": "20260101T000000Z"},
    ],
)
def test_metadata_of_tools_and_network_drives_is_ignored(account, begun, left):
    drafted = drop(account, name="b.mp4", metadata=left | {"mode": "draft"})

    assert drop(account, metadata=left | {"privacy-level": "SELF_ONLY"}).error is None
    assert (drafted.error, drafted.mode) == (None, "draft")


def test_the_sidecar_overrides_metadata_and_metadata_overrides_the_accounts_defaults(account, begun):
    defaults = {"privacy_level": "PUBLIC_TO_EVERYONE", "title": "default", "allow_duet": True}
    maker("dynamodb").update_item(
        TableName="accounts_table",
        Key={"pk": {"S": f"account#{account.account_id}"}, "sk": {"S": "account"}},
        UpdateExpression="SET drop_defaults = :d",
        ExpressionAttributeValues={
            ":d": {"M": {k: {"BOOL": v} if isinstance(v, bool) else {"S": v} for k, v in defaults.items()}}
        },
    )

    publish = drop(account, sidecar={"title": "sidecar"}, metadata={"title": "meta", "privacy-level": "SELF_ONLY"})

    assert publish.options is not None
    assert (publish.options.title, publish.options.privacy_level, publish.options.allow_duet) == (
        "sidecar",
        "SELF_ONLY",
        True,
    )


@pytest.mark.parametrize(
    ("sidecar", "code"),
    [
        (None, "privacy_required"),
        ({"title": "x"}, "privacy_required"),
        (b"{not json", "drop_sidecar_invalid"),
        (b"[1]", "drop_sidecar_invalid"),
        (b" " * 70_000, "drop_sidecar_invalid"),
        ({"privacy_level": "ALL"}, "drop_options_invalid"),
        ({"privacy_level": "SELF_ONLY", "tittle": "x"}, "drop_options_invalid"),
        ({"privacy_level": "SELF_ONLY", **{f"{n:x}": 1 for n in range(5900)}}, "drop_options_invalid"),
    ],
)
def test_a_malformed_drop_is_a_failed_publish_with_the_reason(account, begun, sidecar, code):
    publish = drop(account, sidecar=sidecar)

    assert publish.error is not None
    assert (publish.state, publish.error.code) == (State.FAILED, code)
    assert publish.error.fix
    assert outbox()[-1] == "publish.failed"
    assert begun == []
    assert maker("s3").get_object(Bucket=BUCKET, Key=publish.source.key)["Body"].read() == b"video"


def test_a_drop_for_an_unknown_account_says_so(account, begun):
    key = "drop/acc_nobody/a.mp4"

    publish = accept_drop(BUCKET, key, put(key))

    assert publish is not None
    assert publish.error is not None
    assert publish.error.code == "account_not_found"


def test_a_file_whose_name_is_no_videos_says_so(account, begun):
    publish = drop(account, name="a.gif", sidecar={"privacy_level": "SELF_ONLY"})

    assert publish.error is not None
    assert (publish.error.code, publish.account_id) == ("drop_key_invalid", account.account_id)


@pytest.mark.parametrize("key", ["drop/acc_1/a.json", "drop/acc_1/"])
def test_sidecars_and_folders_make_no_publish(cloud, begun, key):
    assert accept_drop(BUCKET, key, "v1") is None


def test_a_repeated_event_gives_the_same_publish(account, begun):
    first = drop(account, sidecar={"privacy_level": "SELF_ONLY"})

    again = accept_drop(BUCKET, first.source.key, first.source.version_id)

    assert again is not None
    assert again.publish_id == first.publish_id
    assert begun == [first.publish_id]


def test_the_same_bytes_at_the_same_key_within_a_day_are_a_duplicate(account, begun, monkeypatch):
    first = drop(account, sidecar={"privacy_level": "SELF_ONLY"})
    second = drop(account)
    changed = drop(account, body=b"another video")
    meant = drop(account, sidecar={"privacy_level": "SELF_ONLY", "allow_duplicate": True})
    tomorrow = clock.now() + 24 * 3600 + 1
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    next_day = drop(account, sidecar={"privacy_level": "SELF_ONLY"})

    assert second.error is not None
    assert (second.error.code, second.error.details["publish_id"]) == ("duplicate_drop", first.publish_id)
    assert begun == [first.publish_id, changed.publish_id, meant.publish_id, next_day.publish_id]


def test_a_sidecar_with_a_byte_order_mark_is_read(account, begun):
    sidecar = b"\xef\xbb\xbf" + json.dumps({"privacy_level": "SELF_ONLY", "title": "from Windows"}).encode()

    publish = drop(account, sidecar=sidecar)

    assert publish.options is not None
    assert publish.options.title == "from Windows"


def test_a_draft_is_dropped_without_a_privacy_level(account, begun):
    publish = drop(account, sidecar={"mode": "draft"})

    assert begun == [publish.publish_id]
    assert (publish.mode, publish.via, publish.error) == ("draft", "upload", None)


def test_metadata_for_a_draft_ignores_the_defaults_of_direct_drops(account, begun):
    set_drop_defaults(account.account_id, {"privacy_level": "SELF_ONLY", "title": "default", "via": "pull"})

    publish = drop(account, metadata={"mode": "draft"})

    assert publish.options == PublishOptions()
    assert (publish.mode, publish.via) == ("draft", "pull")


def test_a_draft_with_a_title_says_that_tiktok_would_not_show_it(account, begun):
    publish = drop(account, sidecar={"mode": "draft", "title": "x"})

    assert publish.error is not None
    assert publish.error.code == "drop_options_invalid"
    assert "title: it does not apply to a draft of a video" in publish.error.message


def test_sidecar_and_metadata_can_set_hashtags_and_clamping(account, begun):
    options = {"privacy_level": "SELF_ONLY", "hashtags": ["cat", "dog"], "on_too_long": "clamp", "title": "x" * 3000}
    by_sidecar = drop(account, sidecar=options)
    by_metadata = drop(account, name="b.mp4", metadata={"privacy-level": "SELF_ONLY", "hashtags": "%23cat, dog"})

    assert by_sidecar.options is not None
    assert by_metadata.options is not None
    assert post_texts("video", by_sidecar.options).title == "x" * 2190 + " #cat #dog"
    assert post_texts("video", by_metadata.options).title == "#cat #dog"


def test_consent_is_stored_with_a_drop(account, begun):
    consent = {"by": "ana", "at": "2026-11-20T10:00:00Z", "text": "I agree"}

    publish = drop(account, sidecar={"privacy_level": "SELF_ONLY", "consent": consent})

    assert publish.consent is not None
    assert (publish.consent.by, publish.consent.text) == ("ana", "I agree")


@pytest.mark.parametrize("name", ["my clip+1.mp4", "été 100%25.mp4", "a&b=c?.mp4"])
def test_a_key_is_used_unchanged_as_eventbridge_sends_it(account, begun, name):
    """EventBridge sends keys unchanged. Only S3's own notifications encode keys."""
    key = f"drop/{account.account_id}/{name}"
    put(key.rsplit(".", 1)[0] + ".json", json.dumps({"privacy_level": "SELF_ONLY"}).encode())
    event = {"detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "version-id": put(key)}}}

    handler(event, context())

    (publish_id,) = begun
    publish = publish_store.get(publish_id)
    assert publish is not None
    assert (publish.video.key, publish.state) == (key, State.QUEUED)
