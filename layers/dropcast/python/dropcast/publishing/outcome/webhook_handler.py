"""Handles a verified webhook: stores its fact, then wakes the waiting execution or moves a publish at rest."""

from dropcast import clock
from dropcast.publishing.execution import state_machine
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store, unmatched_webhooks
from dropcast.publishing.outcome.facts import fact_of_event, fact_of_status
from dropcast.publishing.outcome.poll_status import poll
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.store import publish_store
from dropcast.tiktok.models import PublishStatus
from dropcast.tiktok.webhooks import WebhookEvent


def handle(event: WebhookEvent) -> str | None:
    """Handle a verified webhook. Webhooks may arrive repeatedly and in any order.

    Returns Dropcast's publish_id. None if the event is not about the outcome of a publish, if it concerns
    an upload that a new init replaced, or if its publish is not known yet. In the last two cases the fact is stored.
    """
    fact_store.note_webhook()
    fact = fact_of_event(event)
    if fact is None or event.publish_id is None:
        return None
    fact_store.add(event.publish_id, fact)
    if fact_store.publish_id_of(event.publish_id) is None:
        unmatched_webhooks.store_webhook(event)
    publish = _read_publish(event.publish_id)
    if publish is None:
        return None
    _apply_new_fact(publish)
    return publish.publish_id


def handle_stale(event: WebhookEvent) -> str | None:
    """Handle a webhook that may be a replay. Polls TikTok at most once a minute instead of using the webhook's fact.

    Returns what `handle` returns, or None if TikTok was polled within the last minute.
    """
    tiktok_publish_id = event.publish_id
    if fact_of_event(event) is None or tiktok_publish_id is None:
        return None
    publish = _read_publish(tiktok_publish_id)
    if publish is None or not fact_store.claim_status_poll(tiktok_publish_id):
        return None
    answer = poll(publish, to_look=True)
    if isinstance(answer, PublishStatus) and (fact := fact_of_status(answer, clock.now())) is not None:
        fact_store.add(tiktok_publish_id, fact)
        _apply_new_fact(publish)
    return publish.publish_id


def _read_publish(tiktok_publish_id: str) -> Publish | None:
    publish_id = fact_store.publish_id_of(tiktok_publish_id)
    publish = publish_store.get(publish_id) if publish_id else None
    return publish if publish and publish.tiktok_publish_id == tiktok_publish_id else None


def _apply_new_fact(publish: Publish) -> None:
    """Apply a new fact. A publish at rest is settled. Otherwise the execution that waits for the verdict is woken."""
    if publish.state in RESTING:
        settle(publish.publish_id, StepResult(Outcome.VERDICT))
    elif publish.task_token is not None:
        state_machine.wake(publish.task_token, StepResult(Outcome.VERDICT).to_json())
