"""The permissions of the API: a rule for each operation, written by hand and not derived from the code under test.

A `read` key reads, a `publish` key changes, a `draft` key creates and changes drafts. An `admin` key does everything
and cannot be bound to a user. A bound key of another user finds nothing. Keys and webhook endpoints do not exist for
bound keys.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from dropcast.publishing.model.options import Mode
from dropcast.publishing.model.states import State

READ, PUBLISH, ADMIN = ("read",), ("publish",), ()
DRAFT = ("publish", "draft")

# The answer to a bound key of another user with sufficient scopes: a 404 with this code, a list or report without Ana's
# data, or the same answer as for any caller.
Others = Literal[
    "account_not_found", "not_found", "upload_not_found", "confirmation_expired", "hidden", "filtered", "open", "report"
]


@dataclass(frozen=True)
class Rule:
    """An operation with a request for it: `ok` is the status for a permitted key on Ana's rows, `code` its error code.

    The route needs one of `scopes`. `row_scopes`: it also needs one of these, depending on Ana's row; `row_code` is the
    code of a key without them. `query` and `body` name Ana's ids as the path does; "{code}" is a new code that
    confirms her account.
    """

    ok: int
    scopes: tuple[str, ...]
    others: Others
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    row_scopes: tuple[str, ...] | None = None
    row_code: str = "scope_missing"
    state: State = State.QUEUED
    mode: Mode = "direct"
    code: str | None = None


_ACCOUNT = "/v1/accounts/{account_id}"
_COMMENTS = f"{_ACCOUNT}/videos/{{video_id}}/comments"
_COMMENT = f"{_COMMENTS}/{{comment_id}}"
_PUBLISH = "/v1/publishes/{publish_id}"
_ENDPOINT = "/v1/webhook-endpoints/{endpoint_id}"
_SAID = {"text": "Thanks!", "approved": True, "approved_by": "Eva"}
_SOURCE = {"type": "s3", "bucket": "{bucket}", "key": "uploads/{account_id}/{upload_id}/canary-clip-of-ana.mp4"}
_DIRECT = {"account_id": "{account_id}", "source": _SOURCE, "privacy_level": "SELF_ONLY"}
_DRAFT = {"account_id": "{account_id}", "source": _SOURCE, "mode": "draft"}
_EMBED = {"origin": "https://app.example", "page": "post"}
_FILE = {"account_id": "{account_id}", "filename": "a.mp4", "size": 9, "content_type": "video/mp4"}


def _account(ok: int, scopes: tuple[str, ...], body: Any = None) -> Rule:
    return Rule(ok, scopes, "account_not_found", body)


def _acts(action: str, ok: int, state: State, body: Any = None) -> dict[str, Rule]:
    """An action on a publish of either mode. A draft key may act only on drafts."""
    direct = Rule(ok, DRAFT, "not_found", body, row_scopes=PUBLISH, state=state)
    draft = Rule(ok, DRAFT, "not_found", body, state=state, mode="draft")
    return {action: direct, f"{action} | of a draft": draft}


# By the operation's name in the document. The text after " | " says what is special about the request.
RULES: dict[str, Rule] = {
    "GET /v1/accounts": Rule(200, READ, "filtered"),
    "GET /v1/accounts | of Ana": Rule(200, READ, "not_found", query={"user_id": "user-ana"}),
    f"GET {_ACCOUNT}": _account(200, READ),
    f"DELETE {_ACCOUNT}": _account(200, ADMIN),
    f"GET {_ACCOUNT}/budgets": _account(200, READ),
    f"GET {_ACCOUNT}/creator-info": _account(200, READ),
    f"PUT {_ACCOUNT}/drop-defaults": _account(200, PUBLISH, {"title": "canary"}),
    f"POST {_ACCOUNT}/refresh": _account(202, PUBLISH),
    f"GET {_ACCOUNT}/videos": _account(200, READ),
    f"POST {_ACCOUNT}/videos/query": _account(200, READ, {"video_ids": ["7"]}),
    f"GET {_COMMENTS}": _account(200, READ),
    f"POST {_COMMENTS}": _account(201, PUBLISH, _SAID),
    f"DELETE {_COMMENT}": _account(200, PUBLISH),
    f"GET {_COMMENT}/replies": _account(200, READ),
    f"POST {_COMMENT}/replies": _account(201, PUBLISH, _SAID),
    f"POST {_COMMENT}/{{mark}}": _account(200, PUBLISH),
    "GET /v1/business-connections": Rule(200, READ, "filtered"),
    "POST /v1/business-connections": Rule(201, ADMIN, "not_found", {"kind": "advertiser", "user_id": "user-ana"}),
    "GET /v1/business-connections/{connection_id}": Rule(200, READ, "not_found"),
    "DELETE /v1/business-connections/{connection_id}": Rule(200, ADMIN, "not_found"),
    "POST /v1/connections": Rule(201, PUBLISH, "not_found", {"user_id": "user-ana"}),
    "POST /v1/connections/confirm": Rule(200, PUBLISH, "not_found", {"code": "{code}", "user_id": "user-ana"}),
    "POST /v1/connections/confirm | of no user": Rule(200, PUBLISH, "confirmation_expired", {"code": "{code}"}),
    "PUT /v1/site-verification": Rule(
        200, ADMIN, "hidden", {"name": "tiktokA1.txt", "line": "tiktok-developers-site-verification=A1"}
    ),
    "POST /v1/console-links": Rule(201, (*DRAFT, "read"), "open"),
    "POST /v1/embeds": Rule(201, PUBLISH, "not_found", {"user_id": "user-ana", **_EMBED}),
    "POST /v1/embeds | of an account": Rule(
        201, PUBLISH, "account_not_found", {"account_id": "{account_id}", **_EMBED}
    ),
    "POST /v1/preflight": Rule(200, (*DRAFT, "read"), "report", _DIRECT),
    "POST /v1/plans": Rule(200, DRAFT, "report", {"action": "publish", "publish": _DIRECT}),
    "GET /v1/plans/{plan_id}": Rule(200, (*DRAFT, "read"), "not_found"),
    "POST /v1/plans/{plan_id}/execute": Rule(202, DRAFT, "not_found", row_scopes=PUBLISH, row_code="plan_needs_person"),
    "GET /v1/publishes": Rule(200, READ, "filtered"),
    "GET /v1/publishes | of Ana": Rule(200, READ, "not_found", query={"user_id": "user-ana"}),
    "GET /v1/publishes | of Ana's account": Rule(200, READ, "filtered", query={"account_id": "{account_id}"}),
    "GET /v1/publishes | in a state": Rule(200, READ, "filtered", query={"state": "queued"}),
    "POST /v1/publishes": Rule(202, PUBLISH, "upload_not_found", _DIRECT),
    "POST /v1/publishes | a draft": Rule(202, DRAFT, "upload_not_found", _DRAFT),
    "POST /v1/publishes | a dry run": Rule(200, DRAFT, "report", {**_DIRECT, "dry_run": True}),
    f"GET {_PUBLISH}": Rule(200, READ, "not_found"),
    **_acts(f"PATCH {_PUBLISH}", 200, State.QUEUED, {"allow_comment": False}),
    **_acts(f"POST {_PUBLISH}/cancel", 200, State.QUEUED),
    **_acts(f"POST {_PUBLISH}/resolve", 200, State.UNKNOWN, {"outcome": "not_posted"}),
    **_acts(f"POST {_PUBLISH}/restart", 202, State.QUEUED),
    **_acts(f"POST {_PUBLISH}/retry", 202, State.FAILED),
    **{f"GET /v1/trends/{kind}": Rule(200, READ, "open") for kind in ("hashtags", "videos", "music", "keywords")},
    "GET /v1/health": Rule(200, READ, "open"),
    "GET /v1/trends/sources": Rule(200, READ, "open"),
    "POST /v1/trends/collect": Rule(202, ADMIN, "open"),
    "POST /v1/uploads": Rule(201, DRAFT, "account_not_found", _FILE),
    "GET /v1/uploads/{upload_id}": Rule(200, READ, "upload_not_found"),
    "DELETE /v1/uploads/{upload_id}": Rule(409, DRAFT, "upload_not_found", code="upload_complete"),
    "POST /v1/uploads/{upload_id}/complete": Rule(200, DRAFT, "upload_not_found"),
    "GET /v1/keys": Rule(200, ADMIN, "hidden"),
    "POST /v1/keys": Rule(201, ADMIN, "hidden", {"name": "laptop", "scopes": ["read"]}),
    "DELETE /v1/keys/{key_id}": Rule(200, ADMIN, "hidden"),
    "GET /v1/webhook-endpoints": Rule(200, READ, "hidden"),
    "POST /v1/webhook-endpoints": Rule(201, ADMIN, "hidden", {"url": "https://hooks.example/x"}),
    f"GET {_ENDPOINT}": Rule(200, READ, "hidden"),
    f"PATCH {_ENDPOINT}": Rule(200, ADMIN, "hidden", {"description": "shop"}),
    f"DELETE {_ENDPOINT}": Rule(200, ADMIN, "hidden"),
    f"GET {_ENDPOINT}/deliveries": Rule(200, READ, "hidden"),
    f"GET {_ENDPOINT}/deliveries/{{event_id}}/message": Rule(200, ADMIN, "hidden"),
    f"POST {_ENDPOINT}/redeliver": Rule(202, ADMIN, "hidden", {"since": "2027-01-15T08:00:00Z"}),
    f"POST {_ENDPOINT}/rotate-secret": Rule(200, ADMIN, "hidden"),
    f"POST {_ENDPOINT}/test": Rule(202, ADMIN, "hidden"),
}
