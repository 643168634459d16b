"""Sends signed webhooks, with retries (protocol section 7).

Settings can delay them, duplicate them or change their order.
"""

import hashlib
import hmac
import json
import time
from functools import partial
from typing import Any

import httpx

from sandbox.state.journal import digest
from sandbox.state.state import Sandbox


def send_webhook(sandbox: Sandbox, open_id: str, event: str, content: dict[str, Any]) -> None:
    """Send an event to the app, at the time that the settings determine."""
    settings, creator = sandbox.settings, sandbox.creators.get(open_id)
    if not (settings.webhooks_enabled and settings.webhook_url) or (creator and not creator.webhooks):
        return
    envelope = {
        "client_key": settings.client_key,
        "event": event,
        "create_time": int(sandbox.clock.now()),
        "user_openid": open_id,
        "content": json.dumps(content, separators=(",", ":")),
    }
    body = json.dumps(envelope, separators=(",", ":")).encode()
    if settings.webhook_reorder_seconds:
        if not sandbox.held_webhooks:
            sandbox.agenda.at(sandbox.clock.now() + settings.webhook_reorder_seconds, partial(_release_held, sandbox))
        sandbox.held_webhooks.append(body)
        return
    _send_later(sandbox, [body])


def signature(secret: str, body: bytes, moment: int) -> str:
    """The value of the header TikTok-Signature."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},s={mac.hexdigest()}"


def _release_held(sandbox: Sandbox) -> None:
    held = list(reversed(sandbox.held_webhooks))
    sandbox.held_webhooks.clear()
    _send_later(sandbox, held)


def _send_later(sandbox: Sandbox, bodies: list[bytes]) -> None:
    copies = 1 + sandbox.settings.webhook_duplicates
    ordered = [body for body in bodies for _ in range(copies)]
    when = sandbox.clock.now() + sandbox.settings.webhook_delay
    sandbox.agenda.at(when, lambda: sandbox.agenda.spawn(_deliver_in_order(sandbox, ordered)))


async def _deliver_in_order(sandbox: Sandbox, bodies: list[bytes]) -> None:
    first_at = sandbox.clock.now()
    for body in bodies:
        await _deliver(sandbox, body, 1, first_at)


async def _deliver(sandbox: Sandbox, body: bytes, attempt: int, first_at: float) -> None:
    """Make one attempt. After any status except 200, schedule the next one, with twice the previous delay."""
    settings, now = sandbox.settings, sandbox.clock.now()
    if await _post_webhook(sandbox, body, attempt):
        return
    wait = settings.webhook_retry_seconds * 2 ** (attempt - 1)
    if now + wait - first_at > settings.webhook_retry_for:
        return
    again = partial(_deliver, sandbox, body, attempt + 1, first_at)
    sandbox.agenda.at(now + wait, lambda: sandbox.agenda.spawn(again()))


async def _post_webhook(sandbox: Sandbox, body: bytes, attempt: int) -> bool:
    settings, said = sandbox.settings, json.loads(body)
    url = settings.webhook_url or ""
    entry = sandbox.journal.add("webhook", "POST", said["event"], url, sandbox.clock.now())
    entry.open_id = said["user_openid"]
    entry.publish_id = json.loads(said["content"]).get("publish_id")
    entry.notes += [f"attempt={attempt}", f"body={digest(body.decode())}"]
    secret = "not-the-secret" if settings.webhook_wrong_secret else settings.client_secret.get_secret_value()
    moment = int(time.time()) - settings.webhook_signature_age
    headers = {"Content-Type": "application/json", "TikTok-Signature": signature(secret, body, moment)}
    try:
        response = await sandbox.http.post(url, content=body, headers=headers, timeout=settings.webhook_timeout)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        entry.error_code = type(problem).__name__
        return False
    entry.status = response.status_code
    entry.effect = response.status_code == 200
    return entry.effect
