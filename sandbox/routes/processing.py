"""From the last byte to the verdict, and what TikTok says on the way (sections 6 and 7)."""

from functools import partial

from sandbox.routes import webhooks
from sandbox.state.publishes import Publish
from sandbox.state.state import Sandbox


def begin(sandbox: Sandbox, publish: Publish) -> None:
    """All bytes are in: the verdict comes after the set time."""
    publish.complete_at = sandbox.clock.now()
    when = publish.complete_at + sandbox.settings.processing_seconds
    sandbox.agenda.at(when, partial(_judge, sandbox, publish))
    sandbox.agenda.run_due()


def fail(sandbox: Sandbox, publish: Publish, reason: str) -> None:
    publish.status, publish.fail_reason = "FAILED", reason
    _tell(sandbox, publish, "failed", reason=reason)


def fail_open_publishes(sandbox: Sandbox, open_id: str, reason: str) -> None:
    for publish in sandbox.publishes.of_creator(open_id):
        if publish.status in ("PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD"):
            fail(sandbox, publish, reason)


def post_draft(sandbox: Sandbox, publish: Publish, *, public: bool) -> None:
    """The creator posts a draft from the inbox; the same draft may be posted again."""
    _complete(sandbox, publish, public=public)


def _judge(sandbox: Sandbox, publish: Publish) -> None:
    creator = sandbox.creators.get(publish.open_id)
    if publish.settled:
        return
    if publish.media_problem:
        fail(sandbox, publish, publish.media_problem)
    elif sandbox.settings.fail_reason:
        fail(sandbox, publish, sandbox.settings.fail_reason)
    elif creator is None or creator.banned:
        fail(sandbox, publish, "spam_risk_user_banned_from_posting")
    elif publish.mode == "inbox":
        publish.status = "SEND_TO_USER_INBOX"
        _tell(sandbox, publish, "inbox_delivered")
    else:
        _complete(sandbox, publish, public=publish.post_info.get("privacy_level") == "PUBLIC_TO_EVERYONE")


def _complete(sandbox: Sandbox, publish: Publish, *, public: bool) -> None:
    publish.status = "PUBLISH_COMPLETE"
    _tell(sandbox, publish, "complete")
    wait = sandbox.settings.publicly_available_seconds
    if public and wait is not None:
        sandbox.agenda.at(sandbox.clock.now() + wait, partial(_make_available, sandbox, publish))
        sandbox.agenda.run_due()


def _make_available(sandbox: Sandbox, publish: Publish) -> None:
    post_id = sandbox.publishes.new_number()
    publish.post_ids.append(post_id)
    _tell(sandbox, publish, "publicly_available", post_id=post_id)


def _tell(sandbox: Sandbox, publish: Publish, what: str, **more: str | int) -> None:
    content = {"publish_id": publish.publish_id, **more, "publish_type": publish.publish_type}
    webhooks.emit(sandbox, publish.open_id, f"post.publish.{what}", content)
