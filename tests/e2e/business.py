"""Connects TikTok API for Business through the real OAuth routes."""

from typing import Any, Literal

import httpx

from local.stack_client import StackClient, press_start

Kind = Literal["advertiser", "account"]


def connect_business(
    journey: StackClient, kind: Kind, *, user_id: str, account_id: str | None = None, **consent: Any
) -> str:
    """Consent at the sandbox and return to the callback; return the connection_id. `consent`: username, scopes, …"""
    asked = {"kind": kind, "user_id": user_id, **({"account_id": account_id} if account_id else {})}
    link = journey.api("POST", "/v1/business-connections", json=asked).raise_for_status().json()["connect_url"]
    before = _connections(journey)
    with httpx.Client(follow_redirects=False, timeout=30) as browser:
        wish = {"authorize_url": press_start(browser, link).headers["location"], **consent}
        back = journey.sandbox("POST", "/authorize", json=wish)["redirect_to"]
        browser.get(back).raise_for_status()
    [connection_id] = {connection_id for connection_id, _, _ in _connections(journey) - before}
    return connection_id


def _connections(journey: StackClient) -> set[tuple[str, str, str]]:
    items = journey.api("GET", "/v1/business-connections").raise_for_status().json()["items"]
    return {(item["connection_id"], item["status"], item["connected_at"]) for item in items}
