"""Tests every operation of the API with every kind of key. route_rules.py has the expected answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.http.api.description import document
from tests.unit.support.accounts import HeldClock, deployment, hold_clock, put_in_tiktoks_place
from tests.unit.support.business import put_in_businesss_place
from tests.unit.support.comments import comments_at
from tests.unit.support.fake_tiktok import ALL_SCOPES, FakeTikTok
from tests.unit.support.route_rules import RULES, Rule
from tests.unit.support.two_users import BEN, CANARIES, KINDS, Answer, Kind, TwoUsers, two_users

# Longer than the limit of any route. These tests do not cover those limits.
BETWEEN_S = 61
STATUS_OF_OTHERS = {"account_not_found": 404, "not_found": 404, "upload_not_found": 404, "confirmation_expired": 410}
ROWS = ("account_id", "publish_id", "connection_id")
NO_ROWS = ("mark", "video_id", "bucket")
BENS = [kind for kind in KINDS if kind.user_id == BEN]
a_kind = {"ids": lambda kind: kind.name}


@dataclass(frozen=True)
class Request:
    """A request for one operation with the ids of some rows."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Stage:
    """The rule of one operation, and the deployment in which one kind of key after another requests it."""

    name: str
    rule: Rule
    users: TwoUsers
    clock: HeldClock

    def request(self, ids: dict[str, str]) -> Request:
        method, path = self.name.split(" | ")[0].split(" ")
        query = {name: value.format(**ids) for name, value in self.rule.query.items()}
        return Request(method, path.format(**ids), query, _filled(self.rule.body, ids))

    def answer(self, kind: Kind, ids: dict[str, str]) -> Answer:
        asked = self.request(ids)
        return self.users.ask(kind.name, asked.method, asked.path, asked.query, asked.body)

    def anas(self, kind: Kind) -> dict[str, str]:
        """The ids of Ana's rows, with a code that confirms her account, and with a plan for it.

        The key of this kind made the plan, unless it is a key of another user.
        """
        self.clock.sleep(BETWEEN_S)
        code = self.users.code_to_confirm() if "confirm" in self.name else ""
        plan_id = (
            self.users.planned_by("own all" if kind.user_id == BEN else kind.name) if "plan_id" in self.name else ""
        )
        return self.users.ids | {"code": code, "plan_id": plan_id}


def _filled(part: Any, ids: dict[str, str]) -> Any:
    match part:
        case str():
            return part.format(**ids)
        case dict():
            return {name: _filled(value, ids) for name, value in part.items()}
        case _:
            return part


@pytest.fixture(scope="module", params=RULES, ids=lambda name: name.replace("/v1/", "/"))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    rule = RULES[request.param]
    with pytest.MonkeyPatch.context() as monkeypatch:
        held = hold_clock(monkeypatch)
        with deployment(monkeypatch):
            tiktok = FakeTikTok(scopes=f"{ALL_SCOPES},video.list")
            put_in_tiktoks_place(tiktok, monkeypatch)
            business = put_in_businesss_place(monkeypatch)
            comments = comments_at(business, held)
            users = two_users(monkeypatch, tiktok, business, comments, rule.state, rule.mode)
            yield Stage(request.param, rule, users, held)


@pytest.mark.parametrize("kind", KINDS, **a_kind)
def test_each_key_gets_the_answer_of_the_rules(stage: Stage, kind: Kind):
    ids = stage.anas(kind)

    answer = stage.answer(kind, ids)

    assert (answer.status, answer.code, answer.by_gateway) == expected(stage.rule, kind), answer.body
    if kind.user_id == BEN:
        asked = str(stage.request(ids))
        hers = [text for text in (*ids.values(), *CANARIES) if text and text not in asked]
        assert [text for text in hers if text in json.dumps(answer.body)] == []
    elif stage.rule.others == "filtered" and kind.may(stage.rule.scopes):
        assert {name for name in ROWS if ids[name] in json.dumps(answer.body)}


@pytest.mark.parametrize("kind", BENS, **a_kind)
def test_another_users_ids_get_the_answer_for_unknown_ids(stage: Stage, kind: Kind):
    ids = stage.anas(kind)
    missing = {name: f"{one[:-6]}000000" for name, one in ids.items() if one and name not in NO_ROWS}

    anothers, nobodys = stage.answer(kind, ids), stage.answer(kind, ids | missing)

    assert without_ids(anothers, ids) == without_ids(nobodys, ids | missing)


def test_every_documented_operation_has_a_rule():
    operations = {f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item}

    assert operations == {name.split(" | ")[0] for name in RULES}, "tests/unit/support/route_rules.py needs a rule"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.valid], **a_kind)
@pytest.mark.parametrize("body", ["{", '{"account_id": 5}', "[]", "null", '"x"'])
@pytest.mark.parametrize("stage", ["POST /v1/publishes", "POST /v1/keys", "POST /v1/webhook-endpoints"], indirect=True)
def test_the_scope_is_checked_before_the_body(stage: Stage, kind: Kind, body: str):
    method, path = stage.name.split(" ")
    rule = stage.rule if path != "/v1/publishes" else RULES["POST /v1/publishes | a draft"]

    answer = stage.users.ask(kind.name, method, path, {}, body)

    may = expected(rule, kind)[1] not in ("scope_missing", "not_found")
    assert answer.status == (400 if may else expected(rule, kind)[0])


def expected(rule: Rule, kind: Kind) -> tuple[int, str | None, bool]:
    """The status, the error code, and whether the gateway itself answers."""
    if not kind.valid:
        return (401 if kind.name == "none" else 403), None, True
    if rule.others == "hidden" and kind.user_id is not None:
        return 404, "not_found", False
    if not kind.may(rule.scopes):
        return 403, "scope_missing", False
    if kind.user_id == BEN and rule.others in STATUS_OF_OTHERS:
        return STATUS_OF_OTHERS[rule.others], rule.others, False
    if rule.row_scopes is not None and not kind.may(rule.row_scopes):
        return 403, rule.row_code, False
    return rule.ok, rule.code, False


def without_ids(answer: Answer, ids: dict[str, str]) -> tuple[int, str]:
    """The status and the body, with ids replaced by names, and without values that depend on time or chance."""
    text = json.dumps(answer.body | {"age_seconds": None, "sign_in_url": None})
    for name, one in ids.items():
        text = text.replace(one, name) if one else text
    return answer.status, text
