"""Every route of an embed requires its token, and shows nothing of another user, another account or another page."""

import json
import re

import pytest

from dropcast.access.pepper import keyed_hash
from dropcast.accounts.account_store import account_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import tables
from dropcast.caller import SYSTEM
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Progress
from functions.http.console import embed_publish, embeds
from functions.http.console.routes import ROUTES
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.functions.test_console_post_page import form_of, stored
from tests.unit.functions.test_console_post_page import publish as publish
from tests.unit.support.accounts import BUCKET
from tests.unit.support.console import Visitor, signed_in
from tests.unit.support.embeds import Embedded, embedded

HOME = "/embed/<embed_id>"
# These routes come before the token exists, or after the window of a consent.
OPEN = {("GET", ""), ("POST", "/session"), ("GET", "/connected")}
OF_BOTH_PAGES = {("GET", "/page"), ("GET", "/accounts")}
ALL = {
    (route.method, route.path.removeprefix(HOME))
    for route in (*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes)
    if isinstance(route.path, str) and route.path.startswith("/embed/")
}
GUARDED = sorted(ALL - OPEN)
CHANGING = [route for route in GUARDED if route[0] != "GET"]
CONNECTS = {("POST", "/connections"), ("GET", "/connection")}
ACCOUNTS = sorted(route for route in GUARDED if "<account_id>" in route[1])


def path_of(rule: str, **ids: str) -> str:
    return re.sub(r"<(\w+)>", lambda name: ids.get(name[1], "x_1"), rule)


def test_the_routes_are_those_of_the_posting_page_and_of_the_connect_page():
    assert OPEN | OF_BOTH_PAGES | CONNECTS < ALL
    assert len(ACCOUNTS) == 4
    assert not any("bucket" in path or "disconnect" in path for _, path in ALL)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_route_refuses_a_request_without_the_token_and_reads_nothing(cloud, aws_calls, method: str, path: str):
    keyed_hash("reads the pepper")
    aws_calls.clear()

    answer = Visitor().send(method, f"/embed/emb_01jzkq3v8n6xw5t2m9r4c7yhbd{path_of(path)}", {}, {}, None)

    assert answer.status == 401
    assert "embed_expired" in answer.text
    assert aws_calls == []


@pytest.mark.parametrize("headers", [{}, {"x-csrf": "forged"}, {"sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_a_route_changes_nothing_for_another_site_or_without_the_page_s_csrf_token(
    cloud, aws_calls, method, path, headers
):
    page = embedded("connect" if (method, path) in CONNECTS else "post", user_id="user-1")
    own = {"x-csrf": page.csrf()} if "sec-fetch-site" in headers else {}
    aws_calls.clear()

    answer = page.send(method, path_of(path), headers | own)

    assert answer.status == 403
    assert "form_expired" in answer.text
    assert aws_calls == ["GetItem", "GetItem"]


@pytest.mark.parametrize(("method", "path"), sorted(set(GUARDED) - OF_BOTH_PAGES))
def test_a_route_is_for_one_of_the_two_pages(cloud, method, path):
    page = embedded("post" if (method, path) in CONNECTS else "connect", user_id="user-1")

    answer = page.send(method, path_of(path), {"x-csrf": page.csrf()})

    assert answer.status == 404


@pytest.mark.parametrize("has_token", [False, True])
def test_no_answer_may_be_framed_and_none_has_to_do_with_a_cookie_of_the_console(cloud, has_token: bool):
    """This also holds if the page is opened by an operator who is signed in to the console."""
    page, operator = embedded("connect", user_id="user-1"), signed_in("admin")
    before = dict(operator.jar)
    token = {"authorization": f"Bearer {page.token}"} if has_token else {}
    unknown = [("PUT", ""), ("POST", ""), ("GET", "/keys"), ("DELETE", "/page"), ("HEAD", "")]

    for method, path in [*sorted(ALL - {("GET", "")}), *unknown]:
        for sent in ({}, {"hx-request": "true"}, {"x-csrf": operator.csrf()}):
            answer = operator.send(method, page.home + path_of(path), token | sent, {}, None)

            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], (method, path)
            assert answer.sets == []
            assert operator.jar == before
            assert has_token or answer.status in (401, 404) or (method, path) in OPEN, (method, path)


def test_a_failure_may_not_be_framed_either(cloud, monkeypatch: pytest.MonkeyPatch):
    page = embedded(user_id="user-1")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(embeds, "find_embed", fail)
    monkeypatch.setattr(embed_publish, "visible_publish", fail)

    for answer in (Visitor().get(page.home), page.get("/publishes/x")):
        assert answer.status == 500
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.fixture
def second(account: str, tiktok) -> str:
    """Another account of the same user."""
    tiktok.open_id = "open-2"
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected.account_id


@pytest.fixture
def strangers_page(account: str) -> Embedded:
    return embedded(user_id="ben")


@pytest.fixture
def bound_page(account: str, second: str) -> Embedded:
    """A page for the second account, which must not show anything of the first account."""
    return embedded(account_id=second)


@pytest.fixture
def upload(account: str) -> Progress:
    begun = uploads.begin(account, SYSTEM, "video.mp4", 4, "video/mp4")
    assert isinstance(begun, Progress)
    return begun


@pytest.fixture(params=["strangers_page", "bound_page"])
def page(request: pytest.FixtureRequest) -> Embedded:
    """A page that is not for the account: for another user, or for another account of the same user."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("part", ["", "/progress"])
def test_a_publish_of_another_account_does_not_exist(publish: str, page: Embedded, part: str):
    assert page.get(f"/publishes/{publish}{part}").status == 404


@pytest.mark.parametrize(("method", "path"), ACCOUNTS)
def test_no_address_of_another_account_answers_a_page_of_one_account(bound_page: Embedded, account, method, path):
    answer = bound_page.send(method, path_of(path, account_id=account), {"x-csrf": bound_page.csrf()})

    assert answer.status == 404
    assert "account_not_found" in answer.text


def test_the_posting_page_of_another_account_does_not_exist(page: Embedded, account: str):
    assert page.get(f"/accounts/{account}/post").status == 404


@pytest.fixture
def form(account: str, upload: Progress) -> dict[str, str]:
    """The form of a page for the account, from before another account was connected."""
    return form_of(embedded(account_id=account).get("/page"), source=upload.upload.key)


def test_nothing_is_posted_to_another_account(form: dict[str, str], page: Embedded, account: str):
    answer = page.post(f"/accounts/{account}/post", form | {"csrf": page.csrf()})

    assert answer.status in (404, 422)
    assert stored() == []


def test_no_upload_of_another_account_is_posted_to_the_page_s_own(bound_page: Embedded, second: str, upload: Progress):
    form = form_of(bound_page.get("/page"), source=upload.upload.key)

    answer = bound_page.post(f"/accounts/{second}/post", form)

    assert answer.status == 422
    assert stored() == []


def test_no_upload_begins_for_another_account(page: Embedded, account: str):
    file = {"account_id": account, "filename": "video.mp4", "size": 4, "content_type": "video/mp4"}

    answer = page.send("POST", "/uploads", {"x-csrf": page.csrf()}, {}, json.dumps(file))

    assert answer.status == 404
    assert "account_not_found" in answer.text


@pytest.mark.parametrize(("method", "part"), [("GET", ""), ("POST", "/complete"), ("DELETE", "")])
def test_an_upload_of_another_account_can_neither_be_seen_nor_ended(page: Embedded, upload: Progress, method, part):
    answer = page.send(method, f"/uploads/{upload.upload.upload_id}{part}", {"x-csrf": page.csrf()})

    assert answer.status == 404
    assert BUCKET not in answer.text
    found = uploads.get_progress(upload.upload.upload_id, SYSTEM)
    assert isinstance(found, Progress)
    assert found.upload.state == "open"


def test_an_upload_of_another_account_has_no_preview(page: Embedded, upload: Progress):
    assert page.get("/media", key=upload.upload.key).status == 404


def test_an_account_that_became_another_user_s_is_gone_from_open_pages(account: str, form: dict[str, str]):
    pages = [embedded(account_id=account), embedded(user_id="user-1")]
    file = {"account_id": account, "filename": "video.mp4", "size": 4, "content_type": "video/mp4"}

    tables.ACCOUNTS.update_if(account_key(account), "SET user_id = :user", tables.EXISTING, {"user": "ben"})

    for page in pages:
        assert page.get(f"/accounts/{account}/post").status == 404
        assert page.send("POST", "/uploads", {"x-csrf": page.csrf()}, {}, json.dumps(file)).status == 404
        assert page.post(f"/accounts/{account}/post", form | {"csrf": page.csrf()}).status in (404, 422)
        assert account not in page.get("/accounts").text
    assert stored() == []


def test_the_accounts_are_those_of_the_page(page: Embedded, account: str):
    assert account not in page.get("/accounts").text
    assert account not in embedded("connect", user_id="ben").get("/page").text
