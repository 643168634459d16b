"""A deployment with two users and keys of every kind. Ana has a row of every kind, and Ben has an account."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from dropcast import clock
from dropcast.access.keys import create_key, revoke_key
from dropcast.accounts.account_store import get_account
from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.confirmation_store import Confirmation, put_confirmation
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import dynamo
from dropcast.caller import SYSTEM
from dropcast.events.deliveries.delivery_store import put_delivery, put_event
from dropcast.events.endpoints import endpoints
from dropcast.ids import new_id
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import Mode, PublishOptions
from dropcast.publishing.model.publish import HistoryEntry, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.plans import plan_store
from dropcast.publishing.plans.plan import Plan, PlannedPublish, account_facts
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Progress
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import HolderGrant
from functions.http.api.handler import handler as api
from functions.http.authorizer.handler import handler as authorizer
from tests.unit.support.accounts import BUCKET, NOW
from tests.unit.support.business import FakeBusiness
from tests.unit.support.comments import VIDEO, FakeComments
from tests.unit.support.fake_tiktok import FakeTikTok
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

ANA, BEN = "user-ana", "user-ben"
TITLE = "canary-title-of-ana"
FILE = "canary-clip-of-ana.mp4"
CANARIES = (ANA, TITLE, FILE, "open-ana")


@dataclass(frozen=True)
class Kind:
    """A kind of API key: its scopes and its bound user. `valid`: whether the authorizer accepts it."""

    name: str
    scopes: frozenset[str] = frozenset()
    user_id: str | None = None
    valid: bool = True

    def may(self, scopes: tuple[str, ...]) -> bool:
        return bool(self.scopes & {*scopes, "admin"})


ALL = ("read", "publish", "draft")
KINDS = [
    Kind("none", valid=False),
    Kind("wrong", valid=False),
    Kind("revoked", valid=False),
    *(Kind(scope, frozenset({scope})) for scope in (*ALL, "admin")),
    *(Kind(f"others {scope}", frozenset({scope}), BEN) for scope in ALL),
    Kind("others all", frozenset(ALL), BEN),
    *(Kind(f"own {scope}", frozenset({scope}), ANA) for scope in ALL),
    Kind("own all", frozenset(ALL), ANA),
]


@dataclass(frozen=True)
class Answer:
    """An answer. `by_gateway`: the gateway itself answered."""

    status: int
    body: dict[str, Any]
    by_gateway: bool = False

    @property
    def code(self) -> str | None:
        return self.body["error"]["code"] if self.status >= 400 and not self.by_gateway else None


@dataclass(frozen=True)
class TwoUsers:
    """The ids of Ana's rows, by the names of the path parameters, and the texts of the keys, by their kinds.

    `grants` is the TikTok that grants Ana's tokens.
    """

    ids: dict[str, str]
    bens_account: str
    keys: dict[str, str]
    grants: FakeTikTok

    def code_to_confirm(self) -> str:
        """A new code that confirms Ana's account."""
        code = f"code-{clock.now()}"
        waiting = Confirmation(ANA, self.ids["account_id"], self.grants.grant(), clock.now())
        put_confirmation(code, waiting, clock.now() + 600)
        return code

    def planned_by(self, kind: str) -> str:
        """The id of a new plan for Ana's account, made by a key of this kind."""
        key_id = "_".join(self.keys.get(kind, "").split("_")[:2])
        upload = Source(
            bucket=self.ids["bucket"], key=f"uploads/{self.ids['account_id']}/{self.ids['upload_id']}/{FILE}"
        )
        account, source = get_account(self.ids["account_id"]), s3_object.pin(upload)
        assert isinstance(account, Account)
        assert isinstance(source, Source)
        named = {"type": "s3", "bucket": upload.bucket, "key": upload.key}
        request = {"account_id": account.account_id, "source": named, "privacy_level": "SELF_ONLY", "title": TITLE}
        content = PlannedPublish(mode="direct", request=request, source=source, creator=None)
        plan = Plan(
            plan_id=new_id("pln"),
            key_id=key_id,
            account_id=account.account_id,
            account=account_facts(account),
            created_at=clock.now(),
            content=content,
        )
        assert plan_store.put(plan)
        return plan.plan_id

    def ask(
        self, kind: str, method: str, path: str, query: dict[str, str], body: Any, more: dict[str, str] | None = None
    ) -> Answer:
        """API Gateway's answer. Without a key this is its own 401, otherwise it depends on the authorizer's result.

        `more`: headers.
        """
        headers = {} if kind == "none" else {"authorization": f"Bearer {self.keys[kind]}"}
        told = authorizer({"headers": headers}, context())
        if not told["isAuthorized"]:
            status, words = (401, "Unauthorized") if kind == "none" else (403, "Forbidden")
            return Answer(status, {"message": words}, by_gateway=True)
        event = request_event(method, path, query, body, told["context"])
        answer = api(event | {"headers": event["headers"] | (more or {})}, context())
        return Answer(answer["statusCode"], json.loads(answer["body"]))


def request_event(method: str, path: str, query: dict[str, str], body: Any, told: dict[str, str]) -> dict[str, Any]:
    """The request as API Gateway passes it on, with the authorizer's result."""
    return {
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "queryStringParameters": query or None,
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": method, "path": path},
            "stage": "$default",
            "requestId": "request-1",
            "authorizer": {"lambda": told},
        },
        "body": None if body is None else body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def two_users(
    monkeypatch: pytest.MonkeyPatch,
    tiktok: FakeTikTok,
    business: FakeBusiness,
    comments: FakeComments,
    state: State = State.QUEUED,
    mode: Mode = "direct",
) -> TwoUsers:
    """Create both users and every key. Ana's publish has this state and mode."""
    _without_executions(monkeypatch)
    tiktok.open_id = "open-ben"
    bens = _connected(BEN, tiktok)
    tiktok.open_id = "open-ana"
    account = _connected(ANA, tiktok)
    source = _uploaded(account)
    connection = save_business(
        BusinessConsent(ANA, "7000", NOW, account.account_id),
        HolderGrant.model_validate(business._new_tokens(rotated=True)),
    )
    assert isinstance(connection, BusinessConnection)
    endpoint = endpoints.create("https://hooks.example/in", ["publish.*"], "")
    assert isinstance(endpoint, tuple)
    event_id = _delivered(endpoint[0].endpoint_id)
    ids = {
        "account_id": account.account_id,
        "video_id": VIDEO,
        "comment_id": comments.add("from a viewer", owner=False),
        "mark": "hide",
        "publish_id": _published(account, source, state, mode).publish_id,
        "upload_id": source.key.split("/")[2],
        "connection_id": connection.connection_id,
        "endpoint_id": endpoint[0].endpoint_id,
        "event_id": event_id,
        "key_id": _made("target", frozenset({"read"}), None)[0],
        "bucket": source.bucket,
    }
    return TwoUsers(ids, bens.account_id, _keys(), tiktok)


def _delivered(endpoint_id: str) -> str:
    """The id of an event with a delivery to the endpoint."""
    event_id = new_id("evt")
    put_event(event_id, "publish.failed", "{}")
    put_delivery(endpoint_id, event_id, "publish.failed")
    return event_id


def _without_executions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_machine, "start", lambda *_: False)
    monkeypatch.setattr(state_machine, "stop", lambda *_: None)
    monkeypatch.setattr(scheduler, "delete_entry", lambda *_: None)
    for name, value in {"TREND_COUNTRIES": "US", "TREND_PERIODS": "7", "APP_AUDIT": "audited"}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def _connected(user_id: str, tiktok: FakeTikTok) -> Account:
    account = save_connection(user_id, tiktok.grant())
    assert isinstance(account, Account)
    return account


def _uploaded(account: Account) -> Source:
    begun = uploads.begin(account.account_id, SYSTEM, FILE, 5, "video/mp4")
    assert isinstance(begun, Progress)
    upload = begun.upload
    maker("s3").upload_part(Bucket=BUCKET, Key=upload.key, UploadId=upload.multipart_id, PartNumber=1, Body=b"video")
    uploads.complete(upload.upload_id, SYSTEM)
    return Source(bucket=upload.bucket, key=upload.key)


def _published(account: Account, source: Source, state: State, mode: Mode) -> Publish:
    options = PublishOptions() if mode == "draft" else PublishOptions(privacy_level="SELF_ONLY", title=TITLE)
    publish = new_publish(account.account_id, source, "api", options, mode=mode, user_id=ANA)
    history = [*publish.history, HistoryEntry(at=clock.now(), state=state)]
    publish = publish.model_copy(update={"state": state, "history": history})
    assert dynamo.write_all([publish_store.put_write(publish, unstarted=False)])
    return publish


def _keys() -> dict[str, str]:
    texts = {kind.name: _made(kind.name, kind.scopes, kind.user_id)[1] for kind in KINDS if kind.valid}
    revoked_id, revoked = _made("revoked", frozenset({"admin"}), None)
    revoke_key(revoked_id)
    return texts | {"wrong": f"{texts['admin']}x", "revoked": revoked}


def _made(name: str, scopes: frozenset[str], user_id: str | None) -> tuple[str, str]:
    made = create_key(name, scopes, user_id)
    assert isinstance(made, tuple)
    return made[0].key_id, made[1]
