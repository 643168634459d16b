"""Rechecks publishes at rest (RESTING in states.py).

Polls TikTok's status. For a publish without a TikTok id, collects evidence instead.
"""

import json

from dropcast import clock
from dropcast.aws import clients
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import fact_of_status
from dropcast.publishing.outcome.lost_init_evidence import collect_evidence
from dropcast.publishing.outcome.poll_status import poll
from dropcast.publishing.outcome.recheck_schedule import may_change, next_recheck
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from dropcast.tiktok.models import PublishStatus

RECHECK = "look"
"""The message attribute of a recheck."""


def queue_recheck(publish: Publish) -> None:
    """Queue the next recheck of `publish`. The message has the recheck's number, so that a duplicate has no effect."""
    clients.client("sqs").send_message(
        QueueUrl=settings().recheck_queue_url,
        MessageBody=json.dumps({"publish_id": publish.publish_id, "number": publish.looks}),
        MessageAttributes={RECHECK: {"DataType": "String", "StringValue": "true"}},
    )


def parse_message(body: str) -> tuple[str, int]:
    """The publish_id and the number of the recheck in a message."""
    message = json.loads(body)
    return message["publish_id"], message["number"]


def recheck(publish_id: str, number: int | None = None) -> Publish | None:
    """Make the recheck that is due, and return the publish as it is afterwards.

    None if no recheck is due, or if another process makes it. If `number` (counted from 0) is given, only the recheck
    with this number is made.
    The last recheck removes the publish from the sweep's index.
    """
    publish = publish_store.get(publish_id)
    if publish is None or publish.state not in RESTING or number not in (None, publish.looks):
        return None
    if publish.recheck_at is None or publish.recheck_at > clock.now():
        return None
    after_this = publish.model_copy(update={"looks": publish.looks + 1})
    claimed = publish_store.claim_recheck(publish, next_recheck(after_this, clock.now()))
    return recheck_now(claimed) if claimed is not None and may_change(claimed) else claimed


def recheck_now(publish: Publish) -> Publish:
    """Recheck a publish at rest now, and return the publish as it is afterwards."""
    if publish.tiktok_publish_id is None:
        return _store_evidence(publish) if publish.state is State.UNKNOWN else publish
    answer = poll(publish, to_look=True)
    if isinstance(answer, PublishStatus) and (fact := fact_of_status(answer, clock.now())) is not None:
        fact_store.add(publish.tiktok_publish_id, fact)
        return settle(publish.publish_id, StepResult(Outcome.VERDICT))
    return publish


def _store_evidence(publish: Publish) -> Publish:
    error = collect_evidence(publish)
    return (publish_store.note_error(publish, error) if error else None) or publish
