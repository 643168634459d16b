"""Taking a publish in: one transaction for the row and what makes it happen once, then its execution."""

import json
from typing import Literal

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from dropcast import clock, dynamo, ids
from dropcast.errors import Problem, problem
from dropcast.events.outbox import event_write
from dropcast.publishing import executions, publish_store
from dropcast.publishing.account_check import account_refusal
from dropcast.publishing.models import Moment, Publish, Source
from dropcast.publishing.once_store import OnceKey, Taken
from dropcast.publishing.request import PublishOptions, PublishRequest
from dropcast.publishing.transitions import State
from dropcast.settings import settings

logger = Logger(child=True)


def accept(request: PublishRequest, *, key_id: str, idempotency_key: str | None) -> Publish | Problem:
    """Take in what the API was asked for.

    The same `idempotency_key` of the same caller gives the same publish for 24 hours.
    Problems: account_not_found, reconnect_needed, scope_not_granted, bucket_not_ours, idempotency_conflict.
    """
    if request.source.bucket != settings().media_bucket:
        return problem("bucket_not_ours", bucket=request.source.bucket)
    refusal = account_refusal(request.account_id)
    if refusal is not None:
        return refusal
    source = Source.model_validate(request.source.model_dump(exclude={"type"}))
    publish = new_publish(request.account_id, source, "api", request.options())
    once = () if idempotency_key is None else (_once(request, key_id, idempotency_key),)
    stored = submit(publish, *once)
    if not isinstance(stored, Taken):
        return stored
    return _earlier(stored)


def new_publish(
    account_id: str, source: Source, origin: Literal["api", "drop"], options: PublishOptions | None
) -> Publish:
    """A publish that nobody has stored yet, `queued`."""
    now = clock.now()
    return Publish(
        publish_id=ids.new_id("pub"),
        account_id=account_id,
        state=State.QUEUED,
        origin=origin,
        options=options,
        source=source,
        created_at=now,
        history=[Moment(at=now, state=State.QUEUED)],
    )


def submit(publish: Publish, *once: OnceKey) -> Publish | Taken:
    """Store a queued publish and begin its execution, unless one of `once` is taken: then the first that is.

    An execution that cannot begin now is begun by the sweep: the row stands.
    """
    taken = _store(publish, once, unstarted=True)
    if taken is not None:
        return taken
    begin_execution(publish.publish_id)
    return publish


def reject(publish: Publish, why: Problem, *once: OnceKey) -> Publish | Taken:
    """Store a publish that failed before it began, with its event."""
    moment = Moment(at=clock.now(), state=State.FAILED, code=why.code)
    failed = publish.model_copy(update={"state": State.FAILED, "error": why, "history": [*publish.history, moment]})
    return _store(failed, once, event_write("publish.failed", failed.view()), unstarted=False) or failed


def begin_execution(publish_id: str) -> bool:
    """Begin the execution; False (and a log line) if Step Functions would not."""
    try:
        executions.start(publish_id)
    except (ClientError, BotoCoreError) as error:
        logger.warning("the execution did not begin", publish_id=publish_id, reason=type(error).__name__)
        return False
    return True


def _once(request: PublishRequest, key_id: str, idempotency_key: str) -> OnceKey:
    body = json.dumps(request.model_dump(mode="json"), sort_keys=True)
    return OnceKey(f"api#{key_id}#{idempotency_key}", body)


def _store(publish: Publish, once: tuple[OnceKey, ...], *also: dynamo.Item, unstarted: bool) -> Taken | None:
    keys = [key.write(publish.publish_id) for key in once]
    if dynamo.write_all([publish_store.put_write(publish, unstarted=unstarted), *keys, *also]):
        return None
    for key in once:
        if (taken := key.taken()) is not None:
            return taken
    raise RuntimeError(f"the publish {publish.publish_id} could not be stored")


def _earlier(taken: Taken) -> Publish | Problem:
    earlier = publish_store.get(taken.publish_id) if taken.same else None
    return earlier or problem("idempotency_conflict")
