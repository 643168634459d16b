"""Creates, changes, deletes and lists webhook endpoints, and rotates their secrets."""

from collections.abc import Sequence
from typing import get_args

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.aws import dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.events.endpoints import endpoint_store
from dropcast.events.endpoints.backoff import FORGIVEN
from dropcast.events.endpoints.endpoint_secrets import OVERLAP_S, sealed
from dropcast.events.endpoints.endpoint_store import Endpoint, Status
from dropcast.events.models import EventName
from dropcast.events.outbound.outbound_post import url_complaint
from dropcast.events.outbound.signing import new_secret
from dropcast.url_origins import origin_text

MAX_ENDPOINTS = 50

_NAMES = [name for name in get_args(EventName) if name != "webhook_endpoint.test"]
EVENT_FILTERS: tuple[str, ...] = ("*", *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in _NAMES), *_NAMES)
"""The values of an endpoint's filter: all events, all events of a kind, or one event."""


def create(
    url: str, events: Sequence[str], description: str, endpoint_id: str | None = None
) -> tuple[Endpoint, SecretStr] | Problem:
    """Create an endpoint. Returns it with its secret, which is shown only once.

    `endpoint_id`: the id that the request's Idempotency-Key reserved.
    Problems: `endpoint_url_refused`, `unknown_event`, `too_many_endpoints`, `secret_was_shown` (the endpoint exists
    already).
    """
    if wrong := _complaint(url, events):
        return wrong
    present = endpoint_store.all_endpoints()
    if endpoint_id in [one.endpoint_id for one in present]:
        return problem("secret_was_shown", made=endpoint_id)
    if len(present) >= MAX_ENDPOINTS:
        return problem("too_many_endpoints", limit=MAX_ENDPOINTS)
    endpoint_id, secret = endpoint_id or ids.new_id("whe"), new_secret()
    endpoint = Endpoint(
        endpoint_id=endpoint_id,
        url=url,
        events=tuple(dict.fromkeys(events)),
        description=description,
        status="enabled",
        created_at=clock.now(),
        revision=1,
        secret_sealed=sealed(secret, endpoint_id, 1),
        secret_version=1,
    )
    if not endpoint_store.put_endpoint(endpoint):
        return problem("secret_was_shown", made=endpoint_id)
    return endpoint, secret


def get(endpoint_id: str) -> Endpoint | Problem:
    """The endpoint. Problem: `not_found`."""
    return endpoint_store.get_endpoint(endpoint_id) or _not_found()


def url_for(endpoint: Endpoint, caller: Caller) -> str:
    """The endpoint's URL for an admin. For other callers its origin, because paths and queries may contain secrets."""
    return endpoint.url if caller.may("admin") else origin_text(endpoint.url)


@retry_on_conflict(tries=3, otherwise=lambda: problem("endpoint_contended"))
def change(
    endpoint_id: str,
    *,
    url: str | None = None,
    events: Sequence[str] | None = None,
    description: str | None = None,
    status: Status | None = None,
) -> Endpoint | Problem | Conflict:
    """Change the fields that are not None. Enabling an endpoint or changing its URL resets its failures.

    Problems: `not_found`, `endpoint_url_refused`, `unknown_event`, `endpoint_contended`.
    """
    if wrong := _complaint(url, events):
        return wrong
    endpoint = endpoint_store.get_endpoint(endpoint_id)
    if endpoint is None:
        return _not_found()
    return endpoint_store.save_changes(endpoint, _changes(url, events, description, status)) or CONFLICT


def delete(endpoint_id: str) -> Problem | None:
    """Delete the endpoint. Each of its pending deliveries ends as failed when it is next due. Problem: `not_found`.

    The function checks before the deletion that the endpoint exists. The deletion itself also succeeds without an
    endpoint. So if the answer is lost and the SDK repeats the deletion, the result is still a success.
    """
    if endpoint_store.get_endpoint(endpoint_id) is None:
        return _not_found()
    endpoint_store.delete_endpoint(endpoint_id)
    return None


@retry_on_conflict(tries=3, otherwise=lambda: problem("endpoint_contended"))
def rotate(endpoint_id: str) -> tuple[Endpoint, SecretStr] | Problem | Conflict:
    """Replace the endpoint's secret. The new secret is shown only once. For a day the previous one signs too.

    Problems: `not_found`, `endpoint_contended`.
    """
    endpoint = endpoint_store.get_endpoint(endpoint_id)
    if endpoint is None:
        return _not_found()
    secret, version = new_secret(), endpoint.secret_version + 1
    changes = {
        "secret_sealed": sealed(secret, endpoint_id, version),
        "secret_version": version,
        "previous_sealed": endpoint.secret_sealed,
        "previous_until": clock.now() + OVERLAP_S,
    }
    changed = endpoint_store.save_changes(endpoint, changes)
    return (changed, secret) if changed else CONFLICT


def _changes(
    url: str | None, events: Sequence[str] | None, description: str | None, status: Status | None
) -> dynamo.Item:
    names = None if events is None else tuple(dict.fromkeys(events))
    asked = {"url": url, "events": names, "description": description, "status": status}
    changes: dynamo.Item = {name: value for name, value in asked.items() if value is not None}
    if status is not None:
        changes["disabled_why"] = "by_request" if status == "disabled" else None
    if status == "enabled" or url is not None:
        changes |= FORGIVEN
    return changes


def _not_found() -> Problem:
    return problem("not_found", what="webhook endpoint")


def _complaint(url: str | None, events: Sequence[str] | None) -> Problem | None:
    if url is not None and (reason := url_complaint(url)):
        return problem("endpoint_url_refused", reason=reason)
    unknown = [name for name in events or () if name not in EVENT_FILTERS]
    return problem("unknown_event", event=unknown[0]) if unknown else None
