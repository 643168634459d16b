"""The pages of embeds: the page without data, the token, their content, and their links."""

import json
import re

import pytest

from dropcast.access.keys import revoke_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.uploads import upload_rows, uploads
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.functions.test_console_embed_connect import attempt_of
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.functions.test_console_post_page import form_of, stored
from tests.unit.support.accounts import BUCKET
from tests.unit.support.console import Visitor, new_key, signed_in
from tests.unit.support.embeds import SITE, Embedded, embedded, exchange, link_for

ORDER = "order-2026-11-30-000017"


@pytest.fixture
def upload_key(account: str) -> str:
    """The key of a complete upload of the account's user."""
    begun = uploads.begin(account, SYSTEM, "video.mp4", 5, "video/mp4")
    assert isinstance(begun, Progress)
    clients.client("s3").put_object(Bucket=BUCKET, Key=begun.upload.key, Body=b"video", ContentType="video/mp4")
    upload_rows.end(begun.upload, "complete", None)
    return begun.upload.key


def directive(policy: str, name: str) -> str:
    [found] = re.findall(rf"{name} ([^;]*)", policy)
    return found


def test_only_the_embed_s_site_may_frame_the_shell_which_has_no_data(cloud):
    embed_id, secret = link_for(new_key("publish")[0], user_id="ana")

    shell = Visitor().get(f"/embed/{embed_id}")

    assert shell.status == 200
    assert directive(shell.headers["Content-Security-Policy"], "frame-ancestors") == SITE
    assert shell.headers["Referrer-Policy"] == "no-referrer"
    assert shell.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert "ana" not in shell.text
    assert secret not in shell.text
    assert shell.sets == []


def test_the_secret_is_taken_out_of_the_address_before_any_other_script_runs(cloud):
    embed_id, _ = link_for(new_key("publish")[0], user_id="ana")

    scripts = re.findall(r'<script[^>]* src="/static/\w+/([\w.]+)"', Visitor().get(f"/embed/{embed_id}").text)

    assert scripts[0] == "embed_secret.js"
    assert "embed.js" in scripts


@pytest.mark.parametrize("embed_id", ["emb_1", "x", "emb_01jzkq3v8n6xw5t2m9r4c7yhbd"])
def test_nobody_may_frame_an_unknown_embed(cloud, embed_id):
    shell = Visitor().get(f"/embed/{embed_id}")

    assert shell.status == 404
    assert directive(shell.headers["Content-Security-Policy"], "frame-ancestors") == "'none'"


def test_an_embed_that_ended_still_tells_its_site(cloud, held_clock):
    embed_id, secret = link_for(new_key("publish")[0], user_id="ana")
    held_clock.at += 601

    shell = Visitor().get(f"/embed/{embed_id}")

    assert directive(shell.headers["Content-Security-Policy"], "frame-ancestors") == SITE
    assert exchange(embed_id, secret).status == 401


def test_a_page_of_the_console_may_not_be_framed(account: str):
    policy = signed_in().get(f"/console/accounts/{account}/post").headers["Content-Security-Policy"]

    assert directive(policy, "frame-ancestors") == "'none'"


def test_the_secret_becomes_a_token_without_a_cookie(cloud):
    answer = exchange(*link_for(new_key("publish")[0], user_id="ana"))

    assert answer.status == 200
    assert json.loads(answer.text)["expires_in"] == 600
    assert answer.sets == []
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"secret": 1}', '{"secret": "made up"}', '{"secret": ""}'])
def test_a_wrong_secret_becomes_none(cloud, body):
    embed_id, _ = link_for(new_key("publish")[0], user_id="ana")

    answer = Visitor().send("POST", f"/embed/{embed_id}/session", {}, {}, body)

    assert answer.status == 401
    assert '"code": "embed_expired"' in answer.text


def test_another_site_cannot_exchange_the_secret(cloud):
    link = link_for(new_key("publish")[0], user_id="ana")

    assert exchange(*link, {"sec-fetch-site": "cross-site"}).status == 403
    assert exchange(*link, {"sec-fetch-site": "same-origin"}).status == 200


@pytest.mark.parametrize("token", ["", "made up", "Bearer ", "é🎬"])
def test_a_page_needs_the_token_of_its_own_embed(cloud, aws_calls, token):
    page = embedded(user_id="ana")
    aws_calls.clear()

    assert Embedded(page.embed_id, token).get("/page").status == 401
    assert aws_calls == []
    assert embedded(user_id="ana").get("/page").status == 200
    assert Embedded(embedded(user_id="ben").embed_id, page.token).get("/page").status == 401


def test_a_session_of_the_console_opens_no_embed_and_a_token_opens_no_console(cloud):
    page, visitor = embedded(user_id="ana"), signed_in("admin")

    assert visitor.get(f"{page.home}/page").status == 401
    answer = Visitor().get("/console/accounts", {"authorization": f"Bearer {page.token}"})
    assert answer.headers["Location"].startswith("/console/sign-in")


def test_an_embed_ends_with_its_key_between_two_requests(cloud):
    key, _ = new_key("publish")
    page = embedded(key=key, user_id="ana")
    assert page.get("/page").status == 200

    revoke_key(key.key_id)

    ended = page.get("/page")
    assert ended.status == 401
    assert ended.headers["HX-Retarget"] == "#trouble"


def test_an_embed_of_an_account_begins_with_its_posting_page(account: str):
    page = embedded(account_id=account)

    shown = page.get("/page")

    assert shown.status == 200
    assert "Post to Ana" in shown.words()
    assert "<html" not in shown.text
    assert "/console" not in shown.text
    assert f'hx-post="{page.home}/accounts/{account}/post"' in shown.text
    assert "Take from the bucket" not in shown.text


def test_an_embed_of_a_user_begins_with_a_choice_of_their_accounts(account: str, tiktok):
    tiktok.open_id = "open-2"
    other = save_connection("ben", tiktok.grant())
    assert isinstance(other, Account)
    page = embedded(user_id="user-1")

    shown = page.get("/page")

    assert f'href="{page.home}/accounts/{account}/post"' in shown.text
    assert other.account_id not in shown.text
    assert "<form" not in shown.text


def test_a_post_leads_to_its_progress_inside_the_page(account: str, upload_key: str):
    page = embedded(account_id=account)
    form = form_of(page.get("/page"), source=upload_key)

    sent = page.post(f"/accounts/{account}/post", form)

    [publish] = stored()
    place = json.loads(sent.headers["HX-Location"])
    path, _, query = place.pop("path").partition("?")
    assert (path, query) == (f"{page.home}/publishes/{publish.publish_id}", f"sent={account}")
    assert place == {"target": "#page", "swap": "innerHTML", "push": "false"}
    shown = page.get(path.removeprefix(page.home), sent=account)
    assert f'data-publish-id="{publish.publish_id}"' in shown.text
    assert 'data-state="queued"' in shown.text
    assert "/console" not in shown.text
    assert (publish.consent.session_id, publish.consent.user_id) == (page.embed_id, "user-1")


def test_pressing_twice_posts_once(account: str, upload_key: str):
    page = embedded(account_id=account)
    form = form_of(page.get("/page"), source=upload_key)

    first, second = (page.post(f"/accounts/{account}/post", form) for _ in range(2))

    assert first.headers["HX-Location"] == second.headers["HX-Location"]
    assert len(stored()) == 1


def test_a_form_of_an_embed_takes_no_idempotency_key_of_the_api(account: str, upload_key: str):
    """All embeds of an API key act with its id. So a form could use an idempotency key that the adopter needs."""
    key, _ = new_key("publish")
    page = embedded(key=key, account_id=account)
    page.post(f"/accounts/{account}/post", form_of(page.get("/page"), source=upload_key, once=ORDER))
    source = {"type": "s3", "bucket": BUCKET, "key": upload_key}
    request = PublishRequest.model_validate({"account_id": account, "source": source, "privacy_level": "SELF_ONLY"})

    accepted = accept(request, key.caller(), idempotency_key=ORDER)

    assert isinstance(accepted, Publish), accepted
    assert not accepted.replayed
    assert len(stored()) == 2


def test_only_uploads_can_be_posted_not_what_the_bucket_has(account: str):
    page = embedded(account_id=account)

    answer = page.post(f"/accounts/{account}/post", form_of(page.get("/page")))

    assert answer.status == 422
    assert stored() == []


def test_a_file_is_uploaded_and_shown_again(account: str, upload_key: str):
    page = embedded(account_id=account)
    file = {"account_id": account, "filename": "video.mp4", "size": 4, "content_type": "video/mp4"}

    begun = page.send("POST", "/uploads", {"x-csrf": page.csrf()}, {}, json.dumps(file))
    preview = page.get("/media", key=upload_key)

    assert begun.status == 200, begun.text
    assert json.loads(begun.text)["parts_missing"][0]["url"]
    assert upload_key in json.loads(preview.text)["url"]
    assert page.get("/media", key="drop-me/video.mp4").status == 404


def test_a_page_of_an_embed_costs_as_many_calls_of_aws_as_one_of_the_console(
    account: str, upload_key: str, aws_calls: list[str]
):
    page, connecting = embedded(account_id=account), embedded("connect", user_id="user-1")
    form = form_of(page.get("/page"), source=upload_key)
    page.post(f"/accounts/{account}/post", form)
    [publish] = stored()

    def calls_of(shown: Embedded, path: str) -> list[str]:
        aws_calls.clear()
        assert shown.get(path).status == 200
        return list(aws_calls)

    assert len(calls_of(page, "/page")) <= 9
    assert calls_of(page, f"/publishes/{publish.publish_id}/progress") == ["GetItem"] * 3
    assert calls_of(connecting, "/connection") == ["GetItem", "GetItem", "Query"]


def test_neither_the_secret_nor_the_token_nor_the_window_s_secret_is_logged(account: str, upload_key: str, written):
    key, _ = new_key("publish")
    embed_id, secret = link_for(key, account_id=account)
    page = Embedded(embed_id, json.loads(exchange(embed_id, secret).text)["token"])
    page.post(f"/accounts/{account}/post", form_of(page.get("/page"), source=upload_key))
    page.get("/publishes/nonsense")
    other = embedded("connect", user_id="ana")
    attempt = attempt_of(other)
    Visitor().get(f"{other.home}/connected", error="access_denied", attempt=attempt)

    logged = written()

    assert "embed.opened" in logged
    assert "publish.accepted" in logged
    for text in (secret, page.token, other.token, attempt):
        assert text not in logged
