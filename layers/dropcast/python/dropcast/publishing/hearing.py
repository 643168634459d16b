"""Hearing TikTok: a webhook's fact is kept first, then whoever waits for it is woken or the publish moves on itself."""

from dropcast.publishing import executions, fact_store, publish_store
from dropcast.publishing.facts import fact_of_event
from dropcast.publishing.settle import settle
from dropcast.publishing.steps import verdict
from dropcast.publishing.transitions import RESTING
from dropcast.tiktok.webhooks import WebhookEvent


def hear(event: WebhookEvent) -> str | None:
    """Take in a verified webhook about a publish, as often and in whatever order it comes.

    Returns our publish_id, or None if the event is of no publish, of one we do not know (yet: its fact is kept), or of
    an upload that was abandoned for a new one.
    """
    fact_store.note_webhook()
    fact = fact_of_event(event)
    if fact is None or event.publish_id is None:
        return None
    fact_store.add(event.publish_id, fact)
    publish_id = fact_store.publish_id_of(event.publish_id)
    publish = publish_store.get(publish_id) if publish_id else None
    if publish is None or publish.tiktok_publish_id != event.publish_id:
        return None
    if publish.state in RESTING:
        settle(publish.publish_id, verdict())
    elif publish.task_token is not None:
        executions.wake(publish.task_token, verdict())
    return publish.publish_id
