"""Checks of the TikTok app: its key and secret, its audit, and the webhooks that TikTok sends."""

from pydantic import ValidationError

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.health.finding import Finding, duration
from dropcast.publishing.outcome import fact_store
from dropcast.settings import settings


def check_tiktok_app() -> Finding:
    """Whether the app's key and secret are set. Makes one call, or no call if this process has read them lately."""
    set_them = "Run dropcast app set."
    see = "connect.md#3-tell-dropcast-the-apps-key-and-secret"
    try:
        is_set = tiktok_app.app_credentials().client_key != tiktok_app.PLACEHOLDER
    except ValidationError:
        return Finding("act", "The key and secret of the TikTok app cannot be read.", set_them, see)
    if not is_set:
        return Finding(
            "act", "The key and secret of the TikTok app are not set. No account can be connected.", set_them, see
        )
    return Finding("ok", "The key and secret of the TikTok app are set.")


def check_app_audit() -> Finding:
    """Whether TikTok has audited the app, according to the operator's setting. Makes no call."""
    if settings().app_audit == "audited":
        return Finding("ok", "TikTok has audited the app, according to the setting app_audit.")
    return Finding(
        "look",
        "TikTok has not audited the app, according to the setting app_audit. Only private accounts can post, only "
        "their owners see the posts, and 5 accounts may post in 24 hours.",
        "Apply for TikTok's audit. After it, deploy with app_audit=audited.",
        "connect.md#6-what-a-new-app-may-do",
    )


def check_tiktok_webhooks() -> Finding:
    """When TikTok last sent a webhook. Makes at most one call."""
    if settings().webhooks == "absent":
        return Finding("ok", "TikTok sends no webhooks, according to the setting webhooks. Dropcast polls TikTok.")
    seen_at = fact_store.last_webhook_at()
    if seen_at is not None:
        return Finding("ok", f"The last webhook of TikTok arrived {duration(clock.now() - seen_at)} ago.")
    return Finding(
        "look",
        "No webhook of TikTok has arrived yet. Until one arrives, Dropcast polls TikTok more often.",
        "Register the stack's output WebhookUrl in TikTok's portal. TikTok sends the first webhook after a post.",
        "connect.md#2-register-the-addresses-at-tiktok",
    )
