"""The finding of each health check."""

from typing import Any

import pytest

from dropcast.aws.tables import ACCOUNTS, HOOKS, OUTBOX, PUBLISHES
from dropcast.events.endpoints import endpoint_store, endpoints
from dropcast.events.endpoints.endpoint_store import Endpoint
from dropcast.health import backlog_checks
from dropcast.health.finding import Finding, duration, worst
from dropcast.health.receiver_and_source_checks import check_trend_sources, check_webhook_endpoints
from dropcast.health.setting_checks import check_media_address, check_return_to_origins, check_verified_urls
from dropcast.health.tiktok_checks import check_app_audit, check_tiktok_app, check_tiktok_webhooks
from dropcast.publishing.outcome import fact_store
from dropcast.settings import settings
from dropcast.trends import health_store
from dropcast.trends.models import Failed, trend_query
from tests.unit.support.accounts import NOW, HeldClock
from tests.unit.support.memory_aws import make_secret

pytestmark = pytest.mark.usefixtures("cloud")

HOUR = 3600
BACKLOGS = {
    "refresh": (backlog_checks.check_token_refresh, ACCOUNTS, "due_shard", "due_at"),
    "events": (backlog_checks.check_events, OUTBOX, "unrelayed_shard", "unrelayed_at"),
    "deliveries": (backlog_checks.check_deliveries, HOOKS, "due_shard", "due_at"),
    "publishes": (backlog_checks.check_publishes, PUBLISHES, "unstarted_shard", "unstarted_at"),
}


def set_to(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name.upper(), value)
    settings.cache_clear()


def put_waiting(kind: str, *times: int) -> None:
    """Store rows in the index of this backlog, each in a different shard."""
    _, table, shard, at = BACKLOGS[kind]
    for number, time in enumerate(times):
        table.put({"pk": f"row-{number}", "sk": "row", shard: f"shard{number % 8}", at: time})


@pytest.mark.parametrize("kind", BACKLOGS)
def test_nothing_waits(kind: str):
    found = BACKLOGS[kind][0]()

    assert (found.status, found.fix) == ("ok", None)


@pytest.mark.parametrize("kind", BACKLOGS)
def test_a_row_for_later_is_not_late(kind: str):
    put_waiting(kind, NOW + HOUR, NOW - 10)

    found = BACKLOGS[kind][0]()

    assert found.status == "ok"
    assert found.words.endswith("1 is due now.")


@pytest.mark.parametrize("kind", BACKLOGS)
def test_rows_after_their_time_need_a_look_and_later_a_person(kind: str, held_clock: HeldClock):
    put_waiting(kind, NOW, NOW + 60)

    held_clock.at += 14 * 60 if kind == "publishes" else 29 * 60
    looked = BACKLOGS[kind][0]()
    held_clock.at += HOUR
    late = BACKLOGS[kind][0]()

    assert (looked.status, late.status) == ("look", "act")
    assert late.words.startswith("2 ")
    assert late.words.endswith("are late, the oldest by 1 hour.")
    assert late.fix
    assert late.see


@pytest.mark.parametrize("kind", BACKLOGS)
def test_a_long_backlog_is_read_by_one_call_and_counted_as_at_least(
    kind: str, aws_calls: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(backlog_checks, "_SAMPLE", 3)
    put_waiting(kind, *[NOW - 2 * HOUR] * 5)
    aws_calls.clear()

    found = BACKLOGS[kind][0]()

    assert found.words.startswith("At least 3 ")
    assert aws_calls == ["Scan"]


@pytest.mark.parametrize(
    ("secret", "status"),
    [
        ('{"client_key": "aw1", "client_secret": "canary"}', "ok"),
        ('{"client_key": "set-me", "client_secret": "canary"}', "act"),
        ('{"client_key": "canary"}', "act"),
        ("canary", "act"),
    ],
)
def test_the_app_of_tiktok_must_be_set(monkeypatch: pytest.MonkeyPatch, secret: str, status: str):
    set_to(monkeypatch, app_secret_arn=make_secret("other", secret))

    found = check_tiktok_app()

    assert found.status == status
    assert (found.fix is None) == (status == "ok")
    assert "canary" not in repr(found)


def test_an_app_that_is_not_audited_limits_posts(monkeypatch: pytest.MonkeyPatch):
    before = check_app_audit()
    set_to(monkeypatch, app_audit="audited")

    assert (before.status, check_app_audit().status) == ("look", "ok")


def test_the_last_webhook_of_tiktok_is_known(held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch):
    never = check_tiktok_webhooks()
    fact_store.note_webhook()
    held_clock.at += 2 * HOUR
    seen = check_tiktok_webhooks()
    set_to(monkeypatch, webhooks="absent")

    assert never.status == "look"
    assert seen == Finding("ok", "The last webhook of TikTok arrived 2 hours ago.")
    assert "according to the setting webhooks" in check_tiktok_webhooks().words


@pytest.fixture
def endpoint() -> Endpoint:
    made = endpoints.create("https://hooks.example/in?token=canary", ["*"], "")
    assert isinstance(made, tuple)
    return made[0]


def test_an_endpoint_that_works_is_fine(endpoint: Endpoint):
    assert check_webhook_endpoints().status == "ok"


def test_a_person_who_disables_an_endpoint_needs_no_word(endpoint: Endpoint):
    endpoints.change(endpoint.endpoint_id, status="disabled")

    assert check_webhook_endpoints().status == "ok"


def test_an_endpoint_that_fails_is_named_by_its_origin(endpoint: Endpoint, held_clock: HeldClock):
    endpoint_store.note_failure(endpoint, NOW, NOW + 15)
    held_clock.at += 2 * HOUR

    found = check_webhook_endpoints()

    assert found.status == "look"
    assert found.parts == ("https://hooks.example: it has failed for 2 hours.",)


@pytest.mark.parametrize("why", ["gone", "failing"])
def test_an_endpoint_that_dropcast_disabled_needs_a_person(endpoint: Endpoint, why: Any):
    endpoint_store.save_changes(endpoint, {"status": "disabled", "disabled_why": why})

    found = check_webhook_endpoints()

    assert found.status == "act"
    assert "Dropcast disabled it" in found.parts[0]


def test_without_countries_trends_are_not_looked_at(aws_calls: list[str]):
    aws_calls.clear()

    assert check_trend_sources().status == "ok"
    assert aws_calls == []


def test_each_source_of_trends_has_a_line(held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch):
    set_to(monkeypatch, trend_countries="US")
    query = trend_query("hashtags", "US", 7, "ALL")
    health_store.note_good("discovery", NOW - HOUR)
    fine = check_trend_sources()
    health_store.note_failed(Failed("discovery", "rate", "429", asked=True), query, NOW)
    health_store.note_failed(Failed("creative_center", "not_configured", "", asked=False), query, NOW)

    found = check_trend_sources()

    assert (fine.status, found.status) == ("ok", "look")
    assert found.parts == (
        "discovery: it fails (rate); its last list came 1 hour ago.",
        "creative_center: it is off (not_configured).",
        "ensembledata: it was not asked yet.",
    )


def test_the_settings_that_limit_callers_are_counted(monkeypatch: pytest.MonkeyPatch):
    with_media = check_media_address()
    set_to(monkeypatch, media_url="", verified_urls="example.com,https://a.example/b/")

    assert (with_media.status, check_media_address().status) == ("ok", "look")
    assert check_verified_urls().words.endswith("verified_urls: 2.")
    assert check_return_to_origins().words.endswith("return_to_origins: 2.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 seconds"), (0, "0 seconds"), (1, "1 second"), (119, "1 minute"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_a_length_of_time_has_its_largest_whole_unit(seconds: int, words: str):
    assert duration(seconds) == words


def test_the_worst_status_counts():
    assert worst([]) == "ok"
    assert worst(["ok", "look"]) == "look"
    assert worst(["look", "act", "ok"]) == "act"
