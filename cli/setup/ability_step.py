"""Prints what the app may do, and what comes next."""

from cli.setup.found import Done, Found, Setup
from dropcast.health.tiktok_checks import check_app_audit


def tell_abilities(setup: Setup) -> Found:
    """What the app may do, which depends on TikTok's audit, in words for people."""
    del setup
    audit = check_app_audit()
    return Done(audit.words, (audit.fix,) if audit.status != "ok" and audit.fix else ())
