"""Looking again at what rests: TikTok is asked; of what TikTok never named, whatever could tell of it is gathered."""

from dropcast import aws, clock
from dropcast.publishing import fact_store, publish_store
from dropcast.publishing.evidence import with_evidence
from dropcast.publishing.facts import fact_of_status
from dropcast.publishing.looks import may_change, next_look
from dropcast.publishing.models import Publish
from dropcast.publishing.polling import poll
from dropcast.publishing.settle import settle
from dropcast.publishing.steps import verdict
from dropcast.publishing.transitions import RESTING, State
from dropcast.settings import settings
from dropcast.tiktok.models import PublishStatus

LOOK = "look"
"""The message attribute of a publish_id that somebody is to look at, in the queue of the webhooks."""


def queue_look(publish_id: str) -> None:
    """Have somebody look who may ask TikTok."""
    aws.client("sqs").send_message(
        QueueUrl=settings().webhook_queue_url,
        MessageBody=publish_id,
        MessageAttributes={LOOK: {"DataType": "String", "StringValue": "true"}},
    )


def look_again(publish_id: str) -> Publish | None:
    """Take the look that is due; None if there is no such publish, or another took it.

    As often as it is asked: each look is taken once, and the last one takes the publish off the list.
    """
    publish = publish_store.get(publish_id)
    if publish is None or publish.state not in RESTING:
        return None
    after_this = publish.model_copy(update={"looks": publish.looks + 1})
    claimed = publish_store.claim_look(publish, next_look(after_this, clock.now()))
    return look(claimed) if claimed is not None and may_change(claimed) else claimed


def look(publish: Publish) -> Publish:
    """Look at a publish at rest now: the row after that."""
    if publish.tiktok_publish_id is None:
        return _gather(publish) if publish.state is State.UNKNOWN else publish
    answer = poll(publish, to_look=True)
    if isinstance(answer, PublishStatus) and (fact := fact_of_status(answer, clock.now())) is not None:
        fact_store.add(publish.tiktok_publish_id, fact)
        return settle(publish.publish_id, verdict())
    return publish


def _gather(publish: Publish) -> Publish:
    error = with_evidence(publish)
    return (publish_store.note_error(publish, error) if error else None) or publish
