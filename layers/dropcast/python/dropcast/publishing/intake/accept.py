"""Accepts a publish: stores its row and its idempotency keys in one transaction, then starts its execution."""

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.aws import dynamo
from dropcast.aws.clients import ContendedError
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.events.outbox.outbox import event_write
from dropcast.publishing.execution.launch import launch
from dropcast.publishing.intake.early_checks import check_account, pin_publish
from dropcast.publishing.model.consent import RecordedConsent, reported_consent
from dropcast.publishing.model.fit_row_size import bounded_error
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import AnySource, HistoryEntry, Publish
from dropcast.publishing.model.request import PublishRequest, UrlSource
from dropcast.publishing.model.schedule_rules import held_until_due
from dropcast.publishing.model.states import State
from dropcast.publishing.model.views import event_view
from dropcast.publishing.sources.sealed_urls import seal_url
from dropcast.publishing.sources.source_from_request import stored_source
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.idempotency_store import IdempotencyKey, TakenKey, UniqueEntry

_RETRY_AFTER_S = 1


def accept(
    request: PublishRequest,
    caller: Caller,
    *unique: UniqueEntry,
    idempotency_key: str | None,
    consent: RecordedConsent | None = None,
) -> Publish | Problem:
    """Accept a request for one account. Pins its objects in S3, so that exactly these versions are posted.

    Until 24 hours after the publish is due, the same `idempotency_key` of the same caller returns the same publish. If
    another publish already has one of the keys in `unique`, that publish is returned.
    `consent`: the consent that a person gave in the console. The key does not cover the consent, so a repeated request
    returns the publish with the first consent.
    Problems: scope_missing, idempotency_conflict, request_in_flight, and as for `check_account` and `pin_publish`.
    """
    own = () if idempotency_key is None else (idempotency_key_of(request, caller.key_id, idempotency_key),)
    return accept_one(request, caller, pin_publish, *own, *unique, consent=consent)


def accept_one(
    request: PublishRequest,
    caller: Caller,
    pin: Callable[[Publish], Publish | Problem],
    *unique: UniqueEntry,
    consent: RecordedConsent | None = None,
) -> Publish | Problem:
    """Accept a request for one account, or return the publish that already has one of the keys in `unique`.

    `pin` pins the publish's objects in S3. `consent` as in `accept`. Problems: as for `accept`.
    """
    account = caller.mode_refusal(request.mode) or check_account(request, caller, source_is_new=True)
    if isinstance(account, Problem):
        publish = account
    else:
        publish = pin(publish_from_request(request, consent, user_id=account.user_id))
    if isinstance(publish, Problem):
        taken = _first_taken(unique)
        return publish if taken is None else _read_earlier(taken)
    try:
        stored = submit(publish, *unique)
    except ContendedError:
        return problem("request_in_flight", retry_after=_RETRY_AFTER_S)
    return _read_earlier(stored) if isinstance(stored, TakenKey) else stored


def new_publish(
    account_id: str, source: AnySource, origin: Literal["api", "drop"], options: PublishOptions | None, **asked: Any
) -> Publish:
    """A new publish that is not stored yet. It is `queued`, or `held` until its time.

    `asked`: further fields of the row (kind, mode, via, publish_at, ...).
    """
    now = clock.now()
    publish_id = ids.new_id("pub")
    publish = Publish(
        publish_id=publish_id,
        execution=publish_id,
        account_id=account_id,
        state=State.QUEUED,
        origin=origin,
        options=options,
        source=source,
        created_at=now,
        history=[HistoryEntry(at=now, state=State.QUEUED)],
        **asked,
    )
    return held_until_due(publish, now)


def publish_from_request(request: PublishRequest, consent: RecordedConsent | None, **linked: Any) -> Publish:
    """A new publish from a request, not stored yet. `consent` defaults to the consent that the request reports.

    `linked`: further fields of the row.
    """
    publish = new_publish(
        request.account_id,
        stored_source(request.source),
        "api",
        request.options(),
        kind=request.kind,
        mode=request.mode,
        via=request.way(),
        consent=consent or reported_consent(request.consent),
        publish_at=request.publish_at_s,
        **request.labels(),
        **linked,
    )
    if not isinstance(request.source, UrlSource):
        return publish
    sealed = seal_url(SecretStr(request.source.url), publish.publish_id, "source_url")
    return publish.model_copy(update={"source_url_sealed": sealed})


def submit(publish: Publish, *unique: UniqueEntry) -> Publish | TakenKey:
    """Store a new publish and start its execution.

    If another publish already has one of the keys in `unique`, store nothing and return the first such key. If the
    execution cannot start now, the sweep starts it later from the stored row.
    """
    taken = _store(publish, unique, unstarted=True)
    if taken is not None:
        return taken
    launch(publish)
    return publish


def store_rejected(publish: Publish, why: Problem, *unique: IdempotencyKey) -> Publish | TakenKey:
    """Store a publish that failed before its execution started, and store its event publish.failed.

    TakenKey: another publish already has one of the keys in `unique`.
    """
    moment = HistoryEntry(at=clock.now(), state=State.FAILED, code=why.code)
    ended = {"state": State.FAILED, "error": bounded_error(why), "history": [*publish.history, moment]}
    failed = publish.model_copy(update=ended)
    return _store(failed, unique, event_write("publish.failed", event_view(failed)), unstarted=False) or failed


def idempotency_key_of(request: PublishRequest, key_id: str, idempotency_key: str) -> IdempotencyKey:
    """The key by which a repeated request of a caller is recognised."""
    # Defaults are excluded, so that the same request keeps the same key after a later release adds a field.
    body = json.dumps(request.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
    return IdempotencyKey(f"api#{key_id}#{idempotency_key}", body)


def _store(publish: Publish, unique: tuple[UniqueEntry, ...], *also: dynamo.Item, unstarted: bool) -> TakenKey | None:
    keys = [key.write(publish) for key in unique]
    if dynamo.write_all([publish_store.put_write(publish, unstarted=unstarted), *keys, *also]):
        return None
    if (taken := _first_taken(unique)) is not None:
        return taken
    raise RuntimeError(f"the publish {publish.publish_id} could not be stored")


def _first_taken(unique: tuple[UniqueEntry, ...]) -> TakenKey | None:
    return next((taken for key in unique if (taken := key.taken()) is not None), None)


def _read_earlier(taken: TakenKey) -> Publish | Problem:
    earlier = publish_store.get(taken.publish_id) if taken.same else None
    return earlier.model_copy(update={"replayed": True}) if earlier else problem("idempotency_conflict")
