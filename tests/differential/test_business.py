"""Compares our client of TikTok API for Business with the sandbox: consents, token refreshes, comments."""

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import partner_secrets
from dropcast.accounts.business.connect_business import begin_business, callback, redirect
from dropcast.accounts.business.connection_store import get_business
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.business.fresh_token import get_business_token, refresh_business_if_due
from dropcast.accounts.business.models import BusinessConnection, BusinessKind
from dropcast.accounts.comments.read_and_moderate import (
    delete_comment,
    get_comments_page,
    get_replies_page,
    mark_comment,
)
from dropcast.accounts.comments.write_comment import Draft, Sent, send_comment
from dropcast.accounts.connect.begin_consent import ConnectLink, RedirectToTikTok
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.business.comments import ChangedComment, CommentPage, CommentQuery
from dropcast.tiktok.business.oauth import BusinessApp
from dropcast.tiktok.models import TokenGrant
from sandbox.server import make_app
from sandbox.settings import Settings
from sandbox.state.state import Sandbox
from tests.unit.support.accounts import deployment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would prefer httpx2
    from starlette.testclient import TestClient

pytestmark = pytest.mark.long

BACK = "https://dropcast.example/oauth/business/callback/"
NAME = "lena.public"
DAY = 86_400


@dataclass
class Losing(httpx.BaseTransport):
    """A transport to the sandbox that loses answers. `plan` lists which ones, by the end of the request's path."""

    client: TestClient
    plan: list[tuple[str, str]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        what = self.plan.pop(0)[1] if self.plan and request.url.path.endswith(self.plan[0][0]) else ""
        if what == "before":
            raise httpx.ReadTimeout("lost", request=request)
        response = self.client.request(
            request.method, str(request.url.raw_path, "ascii"), content=request.read(), headers=dict(request.headers)
        )
        if what == "after":
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(response.status_code, content=response.content, headers=response.headers)


@dataclass
class World:
    """The sandbox, the transport to it, and one of our accounts with a video there."""

    sandbox: Sandbox
    http: TestClient
    lossy: Losing
    account: str
    video: str

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_sandbox/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def connect(self, kind: BusinessKind = "account", account_id: str | None = None) -> Any:
        """Consent as a browser does, and return the outcome."""
        link = begin_business(kind, "user-1", None, account_id=account_id)
        assert isinstance(link, ConnectLink), link
        departure = redirect(dict(parse_qsl(urlsplit(link.connect_url).query))["c"])
        assert isinstance(departure, RedirectToTikTok)
        wish = {"authorize_url": departure.authorize_url} | ({"username": NAME} if kind == "account" else {})
        back = dict(parse_qsl(urlsplit(self.admin("POST", "authorize", wish)["redirect_to"]).query))
        return callback(back, {departure.cookie_name: departure.cookie_value}).outcome

    def serve(self) -> BusinessConnection:
        made = self.connect(account_id=self.account)
        assert isinstance(made, BusinessConnection), made
        return made

    def texts(self) -> list[str]:
        return [one["text"] for one in self.admin("GET", f"creators/{NAME}/videos/{self.video}/comments")["items"]]

    def said(self, text: str) -> str:
        return self.admin("POST", f"creators/{NAME}/videos/{self.video}/comments", {"text": text})["id"]

    def send(self, text: str, comment_id: str | None = None) -> Sent | Problem:
        return send_comment(Draft(self.account, self.video, text, True, "Eva", comment_id), SYSTEM)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    at = Settings(business_app_id="77", business_secret=SecretStr("secret"), business_redirect_uris=[BACK])
    app = make_app(at)
    with TestClient(app) as http, deployment(monkeypatch):
        sandbox: Sandbox = app.state.sandbox
        monkeypatch.setattr(clock, "now", lambda: int(sandbox.clock.now()))
        monkeypatch.setattr(clock, "sleep", lambda seconds: passes(sandbox, seconds))
        monkeypatch.setattr(clock, "monotonic", lambda: time.monotonic() + sandbox.clock.advanced)
        holder = {"client_key": "77", "scope": "comment.list,comment.list.manage", "redirect_uri": BACK}
        holder_url = f"http://testserver/business/auth?{urlencode(holder | {'response_type': 'code'})}"
        monkeypatch.setenv("TIKTOK_BUSINESS_HOLDER_URL", holder_url)
        monkeypatch.setenv("TIKTOK_BUSINESS_AUTHORIZE_URL", "http://testserver/portal/auth")
        settings.cache_clear()
        partner_secrets.store_business_app(BusinessApp("77", SecretStr("secret")))
        partner_secrets._partners.cache_clear()
        lossy = Losing(http)
        client = Business("http://testserver", httpx.Client(transport=lossy))
        monkeypatch.setattr(partner_secrets, "business_within", lambda seconds: client)
        grant = {
            "access_token": "act.x",
            "refresh_token": "rft.x",
            "expires_in": 60,
            "refresh_expires_in": 600,
            "open_id": "open-1",
            "scope": "user.info.basic",
        }
        account = save_connection("user-1", TokenGrant.model_validate(grant))
        assert isinstance(account, Account)
        video = http.post(f"/_sandbox/creators/{NAME}/videos", json={"title": "cats"}).json()["id"]
        yield World(sandbox, http, lossy, account.account_id, video)


def passes(sandbox: Sandbox, seconds: float) -> None:
    sandbox.clock.advanced += seconds


def code(outcome: Any) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def test_both_consents_end_in_a_connection(world):
    advertiser, holder = world.connect("advertiser"), world.connect()

    assert advertiser.advertiser_ids == tuple(world.sandbox.advertisers)
    assert holder.business_id
    assert holder.scopes == {"comment.list", "comment.list.manage"}


@pytest.mark.parametrize("answers", ["new", "same", "none"])
def test_tokens_are_refreshed_whether_or_not_the_portal_rotates_them(world, answers):
    connection = world.serve()
    world.admin("PATCH", "settings", {"business_refresh_answers": answers})

    for _ in range(3):
        world.admin("POST", "clock", {"advance": DAY})
        assert refresh_business_if_due(connection.connection_id) is None
        assert isinstance(get_comments_page(world.account, SYSTEM, world.video, CommentQuery()), CommentPage)


def test_a_withdrawn_grant_loses_the_connection_by_tiktoks_answer(world):
    connection = world.serve()
    world.admin("POST", f"creators/{NAME}/business-withdrawal")

    assert code(get_comments_page(world.account, SYSTEM, world.video, CommentQuery())) == "business_reconnect_needed"
    found = get_business(connection.connection_id)
    assert found is not None
    assert found.status == "reconnect_needed"
    assert world.serve().connection_id == connection.connection_id


def test_disconnecting_revokes_the_grant(world):
    connection = world.serve()
    token = get_business_token(connection.connection_id, outlive_s=60)

    ended = disconnect_business(connection.connection_id)

    assert isinstance(token, SecretStr)
    assert ended.revoked
    assert world.sandbox.business_tokens.access(token.get_secret_value(), world.sandbox.clock.now()) is None


@pytest.mark.parametrize("bare", [True, False])
def test_comments_can_be_written_marked_and_deleted(world, bare):
    world.serve()
    world.admin("PATCH", "settings", {"bare_comment_ids": bare})
    theirs = world.said("what is its name?")

    reply, own = world.send("Minka", theirs), world.send("hello")
    for mark in ("hide", "unhide", "like", "unlike", "pin", "unpin"):
        passes(world.sandbox, 30)
        assert isinstance(mark_comment(world.account, SYSTEM, world.video, theirs, mark), ChangedComment)
    replies = get_replies_page(world.account, SYSTEM, world.video, theirs, cursor=None, limit=30)
    gone = delete_comment(world.account, SYSTEM, own.comment_id)

    assert [(one.comment_id, one.owner) for one in replies.comments] == [(reply.comment_id, True)]
    assert isinstance(gone, ChangedComment)
    assert world.texts() == ["what is its name?", "Minka"]
    assert code(delete_comment(world.account, SYSTEM, theirs)) == "business_not_permitted"


def test_pages_are_complete_in_every_order(world):
    world.serve()
    said = [world.said(f"c{number}") for number in range(5)]

    for sort in ("time", "likes", "replies"):
        for order in ("asc", "desc"):
            found, cursor = [], None
            while True:
                page = get_comments_page(
                    world.account, SYSTEM, world.video, CommentQuery("all", sort, order, cursor=cursor, limit=2)
                )
                assert isinstance(page, CommentPage)
                found += [one.comment_id for one in page.comments]
                cursor = page.cursor
                if not page.has_more:
                    break
            assert sorted(found) == sorted(said)


@pytest.mark.parametrize("replying", [False, True])
@pytest.mark.parametrize("lost", [["after"], ["before"], ["before", "after"]], ids=" ".join)
def test_lost_answers_cause_no_second_comment(world, replying, lost):
    world.serve()
    theirs = world.said("hi") if replying else None
    world.lossy.plan = [("/create/", one) for one in lost]

    sent = world.send("Thanks!", theirs)

    assert isinstance(sent, Sent)
    assert world.texts().count("Thanks!") == 1
    assert world.lossy.plan == []


def test_a_comment_below_another_creators_video_is_refused(world):
    world.serve()
    world.video = "7000000000000000009"

    assert code(world.send("hi")) == "business_refused"
