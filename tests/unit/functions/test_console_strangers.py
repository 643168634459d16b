"""A session of one user gets nothing of another user's uploads and publishes."""

import json

import pytest

from dropcast.caller import SYSTEM
from dropcast.errors.problem import problem
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.functions.test_console_post_page import form_of, stored
from tests.unit.functions.test_console_post_page import publish as publish
from tests.unit.support.console import Visitor, signed_in


@pytest.fixture
def stranger(account: str) -> Visitor:
    return signed_in("publish", "read", user_id="user-2")


@pytest.fixture
def upload(account: str) -> Progress:
    owner = signed_in()
    file = {"account_id": account, "filename": "video.mp4", "size": 4, "content_type": "video/mp4"}
    begun = owner.send("POST", "/console/uploads", {"x-csrf": owner.csrf()}, {}, json.dumps(file))
    progress = uploads.get_progress(json.loads(begun.text)["upload_id"], SYSTEM)
    assert isinstance(progress, Progress)
    return progress


@pytest.mark.parametrize("part", ["", "/progress"])
def test_a_publish_does_not_exist(stranger: Visitor, publish: str, part: str):
    assert stranger.get(f"/console/publishes/{publish}{part}").status == 404


def test_nothing_is_posted_to_an_account(stranger: Visitor, account: str):
    owner = signed_in()
    form = form_of(owner.get(f"/console/accounts/{account}/post")) | {"csrf": stranger.csrf()}

    answer = stranger.post(f"/console/accounts/{account}/post", form)

    assert answer.status == 422
    assert stored() == []


def test_the_media_of_an_account_are_not_inspected(stranger: Visitor, account: str):
    owner = signed_in()
    form = form_of(owner.get(f"/console/accounts/{account}/post")) | {"csrf": stranger.csrf()}

    answer = stranger.post(f"/console/accounts/{account}/post/check", form)

    assert problem("source_not_upload").message in answer.words()


@pytest.mark.parametrize(("method", "part"), [("GET", ""), ("POST", "/complete"), ("DELETE", "")])
def test_an_upload_can_neither_be_seen_nor_ended(stranger: Visitor, upload: Progress, method: str, part: str):
    path = f"/console/uploads/{upload.upload.upload_id}{part}"

    answer = stranger.send(method, path, {"x-csrf": stranger.csrf()}, {}, None)

    assert answer.status == 404
    assert "url" not in answer.text
    assert isinstance(found := uploads.get_progress(upload.upload.upload_id, SYSTEM), Progress)
    assert found.upload.state == "open"


def test_an_upload_has_no_preview(stranger: Visitor, upload: Progress):
    assert stranger.get("/console/media", key=upload.upload.key).status == 404


def test_no_upload_begins_for_an_account(stranger: Visitor, account: str):
    file = {"account_id": account, "filename": "video.mp4", "size": 4, "content_type": "video/mp4"}

    answer = stranger.send("POST", "/console/uploads", {"x-csrf": stranger.csrf()}, {}, json.dumps(file))

    assert answer.status == 404
