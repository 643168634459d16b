"""Processes a publish after its last byte has arrived, decides its outcome, and sends the webhooks.

Protocol sections 6 and 7 describe this.
"""

from functools import partial

from sandbox.routes import webhooks
from sandbox.state.publishes import Publish
from sandbox.state.state import Sandbox


def start_processing(sandbox: Sandbox, publish: Publish) -> None:
    """Schedule the outcome of a publish whose bytes have all arrived, `processing_seconds` from now."""
    publish.complete_at = sandbox.clock.now()
    when = publish.complete_at + sandbox.settings.processing_seconds
    sandbox.agenda.at(when, partial(_decide_outcome, sandbox, publish))
    sandbox.agenda.run_due()


def fail_publish(sandbox: Sandbox, publish: Publish, reason: str) -> None:
    publish.status, publish.fail_reason = "FAILED", reason
    _send_webhook(sandbox, publish, "failed", reason=reason)


def fail_open_publishes(sandbox: Sandbox, open_id: str, reason: str) -> None:
    for publish in sandbox.publishes.of_creator(open_id):
        if publish.status in ("PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD"):
            fail_publish(sandbox, publish, reason)


def post_draft(sandbox: Sandbox, publish: Publish, *, public: bool) -> None:
    """Post a draft from the inbox, as its creator would. A draft can be posted several times."""
    _complete_publish(sandbox, publish, public=public)


def _decide_outcome(sandbox: Sandbox, publish: Publish) -> None:
    creator = sandbox.creators.get(publish.open_id)
    if publish.settled:
        return
    if publish.media_problem:
        fail_publish(sandbox, publish, publish.media_problem)
    elif sandbox.settings.fail_reason:
        fail_publish(sandbox, publish, sandbox.settings.fail_reason)
    elif creator is None or creator.banned:
        fail_publish(sandbox, publish, "spam_risk_user_banned_from_posting")
    elif publish.mode == "inbox":
        publish.status = "SEND_TO_USER_INBOX"
        _send_webhook(sandbox, publish, "inbox_delivered")
    else:
        _complete_publish(sandbox, publish, public=publish.post_info.get("privacy_level") == "PUBLIC_TO_EVERYONE")


def _complete_publish(sandbox: Sandbox, publish: Publish, *, public: bool) -> None:
    publish.status = "PUBLISH_COMPLETE"
    _send_webhook(sandbox, publish, "complete")
    wait = sandbox.settings.publicly_available_seconds
    if public and wait is not None:
        sandbox.agenda.at(sandbox.clock.now() + wait, partial(_make_public, sandbox, publish))
        sandbox.agenda.run_due()


def _make_public(sandbox: Sandbox, publish: Publish) -> None:
    post_id = sandbox.publishes.new_number()
    publish.post_ids.append(post_id)
    _send_webhook(sandbox, publish, "publicly_available", post_id=post_id)


def _send_webhook(sandbox: Sandbox, publish: Publish, what: str, **more: str | int) -> None:
    content = {"publish_id": publish.publish_id, **more, "publish_type": publish.publish_type}
    webhooks.send_webhook(sandbox, publish.open_id, f"post.publish.{what}", content)
