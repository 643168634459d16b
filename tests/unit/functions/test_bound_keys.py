"""What a bound key can see and use through sources, lists, filters and the default user, in addition to paths."""

from typing import Any

import pytest

from dropcast.access.keys import create_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.aws import dynamo
from dropcast.caller import SYSTEM
from dropcast.publishing.store import publish_store
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.support.accounts import BUCKET, change_account, items
from tests.unit.support.comments import comments_at
from tests.unit.support.memory_aws import maker
from tests.unit.support.two_users import ANA, BEN, Answer, TwoUsers, two_users

GRANTED = "granted-to-us"
OTHERS_OBJECTS = {
    (BUCKET, "drop/{bens_account}/a.mp4"): "source_not_upload",
    (BUCKET, "media/a.mp4"): "source_not_upload",
    (BUCKET, "a.mp4"): "source_not_upload",
    (BUCKET, "uploads"): "source_not_upload",
    (GRANTED, "a.mp4"): "source_not_upload",
    (GRANTED, "uploads/{bens_account}/{upload_id}/a.mp4"): "source_not_upload",
    ("of-nobody", "a.mp4"): "source_not_upload",
    (BUCKET, "uploads/{bens_account}/{upload_id}/canary-clip-of-ana.mp4"): "upload_not_found",
    (BUCKET, "uploads/{bens_account}/../{account_id}/{upload_id}/a.mp4"): "upload_not_found",
    (BUCKET, "uploads/nonsense"): "upload_not_found",
}
READ_ROUTES = [
    "/v1/accounts/{account_id}",
    "/v1/accounts/{account_id}/budgets",
    "/v1/publishes/{publish_id}",
    "/v1/uploads/{upload_id}",
    "/v1/business-connections",
    "/v1/business-connections/{connection_id}",
    "/v1/trends/hashtags",
]


@pytest.fixture
def users(cloud, tiktok, business, held_clock) -> TwoUsers:
    cloud.setenv("SOURCE_BUCKETS", f"arn:aws:s3:::{GRANTED}")
    return two_users(cloud, tiktok, business, comments_at(business, held_clock))


@pytest.fixture
def bens_upload(users) -> Any:
    """A complete upload of Ben's account."""
    begun = uploads.begin(users.bens_account, SYSTEM, "b.mp4", 5, "video/mp4")
    assert isinstance(begun, Progress)
    part = {"Bucket": BUCKET, "Key": begun.upload.key, "UploadId": begun.upload.multipart_id, "PartNumber": 1}
    maker("s3").upload_part(**part, Body=b"video")
    return uploads.complete(begun.upload.upload_id, SYSTEM)


def get(users: TwoUsers, kind: str, path: str, **query: str) -> Answer:
    return users.ask(kind, "GET", path, query, None)


def post(users: TwoUsers, kind: str, path: str, body: Any) -> Answer:
    return users.ask(kind, "POST", path, {}, body)


def publish_of_ben(users: TwoUsers, bucket: str, key: str, **more: Any) -> dict[str, Any]:
    source = {"type": "s3", "bucket": bucket, "key": key}
    return {"account_id": users.bens_account, "source": source, "privacy_level": "SELF_ONLY", **more}


def ids_in(answer: Answer) -> list[str]:
    assert answer.status == 200, answer
    return [one["publish_id"] for one in answer.body["items"]]


def test_its_own_complete_upload_can_be_published(users, bens_upload):
    answer = post(users, "others all", "/v1/publishes", publish_of_ben(users, BUCKET, bens_upload.key))

    assert (answer.status, answer.body["user_id"]) == (202, BEN)


@pytest.mark.parametrize("path", ["/v1/publishes", "/v1/preflight"])
@pytest.mark.parametrize("kind", ["video", "photo"])
def test_other_objects_do_not_exist_for_it(users, path, kind):
    found: dict[tuple[str, str], tuple[int, list[str | None]]] = {}
    for bucket, key in OTHERS_OBJECTS:
        named = key.format(**users.ids, bens_account=users.bens_account)
        if bucket == BUCKET:
            maker("s3").put_object(Bucket=BUCKET, Key=named, Body=b"not Ben's")
        photos = {"type": "photos", "items": [{"bucket": bucket, "key": named}]}
        more = {"kind": "photo", "source": photos} if kind == "photo" else {}
        answer = post(users, "others all", path, publish_of_ben(users, bucket, named, **more))
        assert answer.body.get("media") in (None, {"type": "photos", "items": [None]})
        codes = [one["code"] for one in answer.body.get("problems", []) if one["field"].startswith("source")]
        found[bucket, key] = answer.status, codes or [answer.code]

    status = 200 if path == "/v1/preflight" else 404
    assert found == {one: (status, [code]) for one, code in OTHERS_OBJECTS.items()}


def test_it_may_act_on_a_publish_that_an_unbound_key_made_for_its_user(users):
    """The object does not belong to the user, but Dropcast accepted it for the user. A retry posts exactly this
    object.
    """
    maker("s3").put_object(Bucket=BUCKET, Key="house/b.mp4", Body=b"for Ben")
    made = post(users, "publish", "/v1/publishes", publish_of_ben(users, BUCKET, "house/b.mp4"))
    path = f"/v1/publishes/{made.body['publish_id']}"

    statuses = [
        users.ask("others all", "PATCH", path, {}, {"allow_comment": True}).status,
        post(users, "others all", f"{path}/cancel", None).status,
        post(users, "others all", f"{path}/retry", None).status,
    ]

    assert statuses == [200, 200, 202]


def test_an_upload_for_another_account_is_refused(users):
    hers = f"uploads/{users.ids['account_id']}/{users.ids['upload_id']}/canary-clip-of-ana.mp4"
    answers = [
        post(users, "others all", "/v1/publishes", publish_of_ben(users, BUCKET, key))
        for key in (hers, hers.replace("upl_", "upl_x"))
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(403, "upload_not_of_account")] * 2


@pytest.mark.parametrize(
    "path",
    [
        "/v1/keys",
        "/v1/webhook-endpoints",
        "/v1/webhook-endpoints/{endpoint_id}/deliveries",
        "/v1/webhook-endpoints/{endpoint_id}/deliveries/{event_id}/message",
    ],
)
def test_no_method_of_a_hidden_route_reveals_it(users, path):
    answers = {kind: users.ask(kind, "PUT", path.format(**users.ids), {}, None) for kind in ("own all", "admin")}

    assert {kind: answer.status for kind, answer in answers.items()} == {"own all": 404, "admin": 405}


def test_only_unbound_keys_see_an_upload_without_a_user(users, bens_upload):
    key = {"pk": f"upload#{bens_upload.upload_id}", "sk": "upload"}
    maker("dynamodb").update_item(TableName="publishes", Key=dynamo.to_item(key), UpdateExpression="REMOVE user_id")
    body = publish_of_ben(users, BUCKET, bens_upload.key)

    assert post(users, "others all", "/v1/publishes", body).code == "upload_not_found"
    assert get(users, "others all", f"/v1/uploads/{bens_upload.upload_id}").code == "upload_not_found"
    assert post(users, "publish", "/v1/publishes", body).status == 202


def test_only_unbound_keys_see_a_publish_without_a_user(users):
    publish_id = users.ids["publish_id"]
    key = dynamo.to_item(publish_store.row_key(publish_id))
    maker("dynamodb").update_item(TableName="publishes", Key=key, UpdateExpression="REMOVE user_id")

    assert get(users, "own all", f"/v1/publishes/{publish_id}").code == "not_found"
    assert ids_in(get(users, "own all", "/v1/publishes")) == []
    assert ids_in(get(users, "read", "/v1/publishes", user_id=ANA)) == [publish_id]


def test_a_users_publishes_stay_that_users_when_another_user_connects_the_account(users, tiktok, held_clock):
    disconnect(users.ids["account_id"])
    held_clock.sleep(60)
    tiktok.open_id = "open-ana"
    moved = save_connection(BEN, tiktok.grant())

    bens = get(users, "others all", "/v1/accounts")
    assert {one["account_id"] for one in bens.body["items"]} == {users.bens_account, moved.account_id}
    assert ids_in(get(users, "others all", "/v1/publishes")) == []
    assert get(users, "others all", f"/v1/publishes/{users.ids['publish_id']}").code == "not_found"
    assert get(users, "own all", f"/v1/publishes/{users.ids['publish_id']}").status == 200


def test_even_a_changed_account_row_does_not_show_older_publishes(users):
    change_account(users.ids["account_id"], user_id=BEN)

    assert ids_in(get(users, "others all", "/v1/publishes")) == []
    assert get(users, "others all", f"/v1/publishes/{users.ids['publish_id']}").code == "not_found"
    assert get(users, "others all", f"/v1/uploads/{users.ids['upload_id']}").code == "upload_not_found"


@pytest.mark.parametrize("path", ["/v1/connections", "/v1/accounts"])
@pytest.mark.parametrize("user_id", [ANA, "nobody"])
def test_another_user_counts_as_unknown(users, path, user_id):
    if path == "/v1/accounts":
        answer = get(users, "others all", path, user_id=user_id)
    else:
        answer = post(users, "others all", path, {"user_id": user_id})

    assert (answer.status, answer.code, answer.body["error"]["details"]) == (404, "not_found", {"what": "user"})


@pytest.mark.parametrize("body", [{}, {"user_id": None}, {"user_id": BEN}])
def test_its_user_is_filled_in_when_a_link_is_made(users, body):
    assert post(users, "others all", "/v1/connections", body).status == 201

    [link] = items("connections")
    assert link["user_id"] == BEN


@pytest.mark.parametrize("user_id", ["a,b", "100%41", "100%", "用户 🎬", 'a"b\\c'])
def test_a_user_with_any_characters_is_kept_exactly(users, user_id):
    made = create_key("any", frozenset({"read", "publish"}), user_id)
    assert isinstance(made, tuple)
    users.keys["any"] = made[1]

    assert get(users, "any", "/v1/accounts", user_id=user_id).status == 200
    assert post(users, "any", "/v1/connections", {}).status == 201
    assert [link["user_id"] for link in items("connections")] == [user_id]


def test_an_unbound_key_must_name_the_user(users):
    answer = post(users, "publish", "/v1/connections", {})

    assert (answer.status, answer.code) == (400, "invalid_request")
    assert answer.body["error"]["details"]["fields"][0]["field"] == "user_id"


def test_a_code_for_another_user_confirms_nothing_and_does_not_name_the_user(users):
    code = users.code_to_confirm()

    assert post(users, "others all", "/v1/connections/confirm", {"code": code}).code == "confirmation_expired"
    assert post(users, "own all", "/v1/connections/confirm", {"code": code}).body["user_id"] == ANA


def test_its_lists_read_no_row_of_other_users(users, aws_calls):
    for path in ("/v1/publishes", "/v1/accounts"):
        aws_calls.clear()
        get(users, "read", path, user_id=BEN)
        named = list(aws_calls)
        aws_calls.clear()
        get(users, "others read", path)

        assert aws_calls == named


@pytest.mark.parametrize("path", READ_ROUTES)
def test_a_bound_key_costs_no_further_aws_call(users, aws_calls, path):
    for kind in ("read", "own read"):
        get(users, kind, path.format(**users.ids))  # values that are cached from now on, and the time of the last use

    made: list[list[str]] = []
    for kind in ("read", "own read"):
        aws_calls.clear()
        assert get(users, kind, path.format(**users.ids)).status == 200
        made.append(list(aws_calls))

    assert made[0] == made[1]


def test_its_list_of_publishes_continues_page_by_page(users, bens_upload):
    body = publish_of_ben(users, BUCKET, bens_upload.key)
    made = [post(users, "others all", "/v1/publishes", body).body["publish_id"] for _ in range(5)]

    found, query = [], {"limit": "2"}
    while True:
        page = get(users, "others all", "/v1/publishes", **query)
        found += ids_in(page)
        if page.body["next"] is None:
            break
        query["next"] = page.body["next"]

    assert sorted(found) == sorted(made)


def test_two_keys_of_one_user_do_not_share_idempotency_keys_with_unbound_keys(users, bens_upload):
    body = publish_of_ben(users, BUCKET, bens_upload.key)
    headers = {"idempotency-key": "once"}

    ids = {
        users.ask(kind, "POST", "/v1/publishes", {}, body, headers).body["publish_id"]
        for kind in ("publish", "others all", "others publish", "others publish")
    }

    assert len(ids) == 3


def test_a_draft_key_cannot_turn_a_draft_into_a_post(users, bens_upload):
    body = {**publish_of_ben(users, BUCKET, bens_upload.key), "mode": "draft"}
    del body["privacy_level"]
    made = post(users, "others draft", "/v1/publishes", body)
    path = f"/v1/publishes/{made.body['publish_id']}"

    turned = users.ask("others draft", "PATCH", path, {}, {"mode": "direct"})
    with_privacy = users.ask("others draft", "PATCH", path, {}, {"privacy_level": "SELF_ONLY"})

    assert made.status == 202
    assert (turned.status, with_privacy.status) == (400, 400)
    assert get(users, "others read", path).body["mode"] == "draft"


def test_no_user_is_logged(users, written, bens_upload):
    post(users, "others all", "/v1/publishes", publish_of_ben(users, BUCKET, bens_upload.key))
    get(users, "others all", f"/v1/publishes/{users.ids['publish_id']}")

    assert BEN not in written()
