"""The comments on one account's video at TikTok, with answers that are lost before or after they took effect."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from dropcast.accounts.comments.write_comment import Draft
from dropcast.errors.problem import Problem
from tests.unit.support.accounts import HeldClock
from tests.unit.support.business import FakeBusiness, refused, said

VIDEO = "7100000000000000001"
_ROOT = "/open_api/v1.3/business/comment/"


@dataclass
class FakeComments:
    """`plan` has the results of the next calls: "" is success. A path before a colon limits a result to that call.

    The lists show a comment `shows_after` seconds after its creation. Creating a comment takes `write_s` seconds.
    """

    held: HeldClock
    plan: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: itertools.count(7_600_000_000_000_000_000))
    late: list[dict[str, Any]] = field(default_factory=list)
    page: int = 30
    shows_after: float = 0
    write_s: float = 0

    def writes(self) -> int:
        return sum(call.endswith("create") for call in self.calls)

    def add(self, text: str, *, owner: bool = True, at: float | None = None, parent: str | None = None) -> str:
        row = self._row(text, owner=owner, at=self.held.at if at is None else at, parent=parent)
        self.rows.append(row)
        return row["comment_id"]

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(_ROOT).rstrip("/")
        self.calls.append(path)
        planned = self._planned(path)
        if planned == "not_connected":
            raise httpx.ConnectError("no", request=request)
        if planned == "lost_before":
            raise httpx.ReadTimeout("slow", request=request)
        if planned == "html":
            return httpx.Response(502, text="<html>Bad Gateway</html>")
        if planned.startswith("refuse:"):
            return refused(int(planned.removeprefix("refuse:")))
        answer = self._answer(path, request, late=planned == "late")
        if planned in ("lost_after", "late"):
            raise httpx.ReadTimeout("slow", request=request)
        return answer

    def _planned(self, path: str) -> str:
        if not self.plan:
            return ""
        where, _, what = self.plan[0].rpartition("@")
        if where and where != path:
            return ""
        self.plan.pop(0)
        return what

    def _answer(self, path: str, request: httpx.Request, *, late: bool) -> httpx.Response:
        if path in ("list", "reply/list"):
            return self._list(dict(request.url.params))
        body = json.loads(request.content)
        if path in ("create", "reply/create"):
            row = self._row(body["text"], owner=True, at=self.held.at, parent=body.get("comment_id"))
            (self.late if late else self.rows).append(row)
            self.held.sleep(self.write_s)
            return said({"comment_id": int(row["comment_id"])})
        return said({})

    def _list(self, query: dict[str, str]) -> httpx.Response:
        below = [row for row in self.rows if row.get("parent_comment_id") == query.get("comment_id")]
        made = {row["comment_id"]: int(row["create_time"]) for row in below if row["owner"]}
        rows = [row for row in below if made.get(row["comment_id"], 0) + self.shows_after <= self.held.at]
        rows.sort(key=lambda row: -int(row["create_time"]))
        start = int(query.get("cursor", "0"))
        shown = rows[start : start + self.page]
        return said({"comments": shown, "cursor": start + self.page, "has_more": start + self.page < len(rows)})

    def _row(self, text: str, *, owner: bool, at: float, parent: str | None) -> dict[str, Any]:
        row = {"comment_id": str(next(self.ids)), "text": text, "owner": owner, "create_time": str(int(at))}
        return row | ({"parent_comment_id": parent} if parent else {}) | {"status": "PUBLIC", "username": "ana"}


def comments_at(business: FakeBusiness, held: HeldClock) -> FakeComments:
    """Let `business` answer with comments."""
    comments = FakeComments(held)
    business.comments = comments.answer
    return comments


def code(outcome) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def draft(account: str, text: str = "Thanks!", **more) -> Draft:
    return Draft(account, VIDEO, text, **({"approved": True, "approved_by": "Eva"} | more))
