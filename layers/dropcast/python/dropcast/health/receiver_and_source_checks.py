"""Checks of systems that other people run: the receivers of webhooks, and the sources of trends."""

from typing import get_args

from dropcast import clock
from dropcast.events.endpoints.endpoint_store import Endpoint, all_endpoints
from dropcast.health.finding import Finding, Status, duration, worst
from dropcast.trends import health_store
from dropcast.trends.collection_plan import countries
from dropcast.trends.health_store import Health
from dropcast.trends.models import SourceName
from dropcast.url_origins import origin_text


def check_webhook_endpoints() -> Finding:
    """Whether webhook endpoints accept their deliveries. Makes one call."""
    endpoints = all_endpoints()
    troubled = [(one, trouble) for one in endpoints if (trouble := _trouble_of(one))]
    if not troubled:
        return Finding("ok", "No webhook endpoint fails." if endpoints else "There are no webhook endpoints.")
    return Finding(
        worst(trouble[0] for _, trouble in troubled),
        f"{len(troubled)} of {len(endpoints)} webhook endpoints {'fails' if len(troubled) == 1 else 'fail'}.",
        "Repair the receiver, then enable the endpoint again or wait for the next attempt.",
        "webhooks.md#failures-and-retries",
        tuple(f"{origin_text(one.url)}: {trouble[1]}" for one, trouble in troubled),
    )


def check_trend_sources() -> Finding:
    """Whether the sources of trends answer. Makes one call, or none if no trends are collected."""
    if not countries():
        return Finding("ok", "No trends are collected, because the setting trend_countries names no country.")
    healths = health_store.healths()
    found = [_source(healths.get(name, Health(name))) for name in get_args(SourceName)]
    status = worst(one[0] for one in found)
    words = "A source of trends fails. Callers get the last lists." if status != "ok" else "No source of trends fails."
    fix = "Look at the reason below." if status != "ok" else None
    return Finding(status, words, fix, "trends.md#when-a-source-fails", tuple(line for _, line in found))


def _trouble_of(endpoint: Endpoint) -> tuple[Status, str] | None:
    """The endpoint's problem. None if the endpoint works or if a person disabled it."""
    if endpoint.status == "disabled":
        why = {"gone": "it answered 410", "failing": "it failed for a day"}.get(endpoint.disabled_why or "")
        return ("act", f"Dropcast disabled it, because {why}.") if why else None
    if endpoint.failing_since is None:
        return None
    return "look", f"it has failed for {duration(clock.now() - endpoint.failing_since)}."


def _source(health: Health) -> tuple[Status, str]:
    name, now = health.source, clock.now()
    good = (
        f"its last list came {duration(now - health.good_at)} ago" if health.good_at else "it has returned no list yet"
    )
    match health.state:
        case "good":
            return "ok", f"{name}: {good}."
        case "untried":
            return "ok", f"{name}: it was not asked yet."
        case "off":
            return "ok", f"{name}: it is off ({health.reason})."
        case "failing":
            return "look", f"{name}: it fails ({health.reason}); {good}."
