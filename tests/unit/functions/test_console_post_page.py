"""The posting page: its first view, its partial updates and its button."""

import json
import re
from typing import Any

import pytest

from dropcast.access.sessions import Session, current_session
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.aws.tables import PUBLISHES
from dropcast.caller import SYSTEM
from dropcast.publishing.execution import state_machine
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import ListQuery, publishes_page
from dropcast.settings import settings
from tests.unit.support.accounts import BUCKET, items
from tests.unit.support.console import Shown, Visitor, signed_in

KEY = "drop-me/video.mp4"


@pytest.fixture
def account(cloud, tiktok, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("APP_AUDIT", "audited")
    monkeypatch.setattr(state_machine, "start", lambda *_: True)
    settings.cache_clear()
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    clients.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"video", ContentType="video/mp4")
    return connected.account_id


def session_of(visitor: Visitor) -> Session:
    session = current_session(visitor.jar["__Host-dropcast_session"])
    assert session
    return session


def hidden(shown: Shown, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', shown.text)
    assert found
    return found[1].replace("&#34;", '"').replace("&#39;", "'")


def form_of(shown: Shown, **chosen: str) -> dict[str, str]:
    names = ("csrf", "once", "creator", "kind", "mode", "consent")
    return {name: hidden(shown, name) for name in names} | {"source": KEY, "privacy_level": "SELF_ONLY"} | chosen


def stored() -> list[Any]:
    page = publishes_page(ListQuery(), 10, SYSTEM)
    assert isinstance(page, PublishPage)
    return list(page.publishes)


@pytest.fixture
def publish(account: str) -> str:
    """The id of a publish that the owner of the account posted on the page."""
    owner = signed_in()
    owner.post(f"/console/accounts/{account}/post", form_of(owner.get(f"/console/accounts/{account}/post")))
    [publish] = stored()
    return publish.publish_id


def test_the_first_view_shows_the_creator_before_any_field(account: str):
    visitor = signed_in()

    shown = visitor.get(f"/console/accounts/{account}/post")

    assert shown.status == 200
    assert shown.text.index('id="creator"') < shown.text.index("<form id=")
    assert "Post to Ana" in shown.words()


def test_the_first_view_asks_tiktok_once_and_a_partial_update_does_not(
    visitor: Visitor, account: str, tiktok, aws_calls
):
    visitor = signed_in()
    before = len(tiktok.asked)

    first = visitor.get(f"/console/accounts/{account}/post")
    after_first = len(tiktok.asked)
    update = visitor.post(f"/console/accounts/{account}/post/choices", form_of(first))

    assert update.status == 200
    assert (after_first - before, len(tiktok.asked) - after_first) == (1, 0)


def test_pressing_five_times_posts_once(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))

    answers = [visitor.post(f"/console/accounts/{account}/post", form) for _ in range(5)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(stored()) == 1


def test_the_consent_is_stored_with_the_publish(account: str):
    visitor = signed_in()
    session = session_of(visitor)
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))

    visitor.post(f"/console/accounts/{account}/post", form)

    [publish] = stored()
    assert publish.consent.by == "Ana's key"
    assert publish.consent.text == "By posting, you agree to TikTok's Music Usage Confirmation"
    assert publish.consent.session_id == session.session_id
    assert publish.consent.key_id == session.key_id


def test_the_page_of_a_publish_shows_who_agreed_when_and_to_which_words(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    visitor.post(f"/console/accounts/{account}/post", form)
    [publish] = stored()

    shown = visitor.get(f"/console/publishes/{publish.publish_id}")

    assert re.search(r"Ana's key, .* UTC\s*: “By posting, you agree to TikTok's Music Usage", shown.words())


def test_wrong_input_is_answered_beside_its_field(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"), title="x" * 2201)

    answer = visitor.post(f"/console/accounts/{account}/post", form)

    assert answer.status == 422
    assert answer.text.index('id="title"') < answer.text.index('class="wrong"') < answer.text.index("When</legend>")
    assert "x" * 2201 in answer.text
    assert stored() == []


def test_a_creator_who_cannot_post_stops_the_page(account: str, tiktok):
    visitor = signed_in()
    tiktok.creator = "spam_risk_too_many_posts"

    shown = visitor.get(f"/console/accounts/{account}/post")

    assert "<form id=" not in shown.text
    assert "Come back" in shown.words()
    assert re.search(r"<button[^>]*disabled>Post</button>", shown.text)


@pytest.mark.parametrize("path", ["", "/choices", "/check"])
def test_a_form_without_the_session_s_token_changes_nothing(account: str, path: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))

    answer = visitor.post(f"/console/accounts/{account}/post{path}", form | {"csrf": "another"})

    assert answer.status == 403
    assert stored() == []


@pytest.mark.parametrize(("field", "value"), [("once", ""), ("once", "#"), ("creator", "{}")])
def test_a_form_that_the_page_did_not_make_posts_nothing(account: str, field: str, value: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))

    answer = visitor.post(f"/console/accounts/{account}/post", form | {field: value})

    assert answer.status == 403
    assert stored() == []


def test_the_account_of_another_user_does_not_exist(account: str):
    visitor = signed_in(user_id="user-2")

    shown = visitor.get(f"/console/accounts/{account}/post")

    assert shown.status == 404


def test_the_page_shows_what_it_was_sent_as_text(account: str):
    visitor = signed_in()
    form = form_of(
        visitor.get(f"/console/accounts/{account}/post"), title='"><script>x</script>', publish_at="nonsense", later="1"
    )

    answer = visitor.post(f"/console/accounts/{account}/post", form)

    assert "<script>x" not in answer.text


def test_an_upload_begins_and_continues_without_the_parts_that_are_there(account: str):
    visitor = signed_in()
    session = session_of(visitor)
    headers = {"x-csrf": session.csrf, "content-type": "application/json"}
    file = {"account_id": account, "filename": "video.mp4", "size": 40_000_000, "content_type": "video/mp4"}

    begun = visitor.send("POST", "/console/uploads", headers, {}, json.dumps(file))
    upload = json.loads(begun.text)
    again = visitor.get(f"/console/uploads/{upload['upload_id']}")

    assert begun.status == 200
    assert [part["number"] for part in upload["parts_missing"]] == [
        part["number"] for part in json.loads(again.text)["parts_missing"]
    ]
    assert upload["key"].startswith(f"uploads/{account}/")


def test_an_upload_that_is_not_possible_is_explained_to_the_page_s_script(account: str):
    visitor = signed_in()
    session = session_of(visitor)
    file = {"account_id": account, "filename": "notes.txt", "size": 4, "content_type": "text/plain"}

    answer = visitor.send("POST", "/console/uploads", {"x-csrf": session.csrf}, {}, json.dumps(file))

    assert answer.status == 400
    assert json.loads(answer.text)["error"]["code"] == "invalid_request"


def test_a_script_learns_that_the_session_ended(visitor: Visitor, account: str):
    answer = visitor.get("/console/uploads/upl_1")

    assert answer.status == 401
    assert json.loads(answer.text)["error"]["code"] == "signed_out"


def test_a_publish_is_followed_until_it_rests(account: str):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    sent = visitor.post(f"/console/accounts/{account}/post", form).headers["Location"]
    path, _, query = sent.partition("?")

    shown = visitor.get(path, sent=query.removeprefix("sent="))
    progress = visitor.get(f"{path}/progress")

    assert "Queued" in shown.words()
    assert f'data-forget="post.{account}"' in shown.text
    assert 'hx-trigger="poll"' in progress.text


def test_the_bucket_offers_its_media_to_a_session_without_a_user(account: str):
    visitor = signed_in()

    shown = visitor.get(f"/console/accounts/{account}/post/bucket", folder="drop-me/", kind="video")

    assert f'data-key="{KEY}"' in shown.text


def test_a_session_of_one_user_sees_neither_the_bucket_nor_its_objects(account: str):
    visitor = signed_in(user_id="user-1")

    listed = visitor.get(f"/console/accounts/{account}/post/bucket")
    media = visitor.get("/console/media", key=KEY)

    assert (listed.status, media.status) == (404, 404)
    assert KEY not in listed.text
    assert "Take from the bucket" not in visitor.get(f"/console/accounts/{account}/post").text


def test_a_preview_is_at_a_signed_address_of_the_bucket(account: str):
    visitor = signed_in()

    shown = visitor.get("/console/media", key=KEY)

    assert shown.status == 200
    assert f"/{KEY}?" in json.loads(shown.text)["url"]


@pytest.mark.parametrize("key", ["media/other.jpg", "trends/list.json", "uploads/nonsense", ""])
def test_an_object_of_dropcast_s_own_has_no_preview(account: str, key: str):
    visitor = signed_in()

    assert visitor.get("/console/media", key=key).status == 404


@pytest.mark.parametrize("state", State)
def test_the_page_of_a_publish_names_each_state_and_stops_asking_when_it_rests(account: str, state: State):
    visitor = signed_in()
    form = form_of(visitor.get(f"/console/accounts/{account}/post"))
    path = visitor.post(f"/console/accounts/{account}/post", form).headers["Location"].partition("?")[0]
    [row] = [one for one in items("publishes") if one.get("state") == "queued"]
    PUBLISHES.put(row | {"state": state.value})

    shown = visitor.get(path)

    assert shown.status == 200
    assert ('hx-trigger="poll"' in shown.text) == (state not in RESTING)
