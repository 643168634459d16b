"""/console/health: the checks in words, their cost, and what each key sees."""

import re

import pytest

from dropcast.events.endpoints import endpoint_store, endpoints
from dropcast.health import backlog_checks
from dropcast.settings import settings
from tests.unit.support.accounts import NOW
from tests.unit.support.console import signed_in

pytestmark = pytest.mark.usefixtures("cloud")

PAGE = "/console/health"


def test_the_page_shows_each_check_with_its_status_and_fix():
    made = endpoints.create("https://hooks.example/in?token=canary", ["*"], "")
    assert isinstance(made, tuple)
    endpoint_store.save_changes(made[0], {"status": "disabled", "disabled_why": "gone"})

    shown = signed_in("read").get(PAGE)
    words = shown.words()

    assert shown.status == 200
    assert "Of 12 checks 1 needs a person now, and 2 are worth a look." in words
    assert "TikTok app OK The key and secret of the TikTok app are set." in words
    assert "Webhook endpoints Act now 1 of 1 webhook endpoints fails." in words
    assert "https://hooks.example: Dropcast disabled it, because it answered 410." in words
    assert "What to do: Repair the receiver" in words
    assert "docs/webhooks.md#failures-and-retries" in words
    assert "canary" not in shown.text
    assert re.findall(r'<li id="(\w+)">', shown.text)[0] == "webhook_endpoints"


def test_the_list_refreshes_every_thirty_seconds_while_it_is_seen():
    visitor = signed_in("read")

    page, part = visitor.get(PAGE), visitor.get(f"{PAGE}/list", headers={"hx-request": "true"})

    assert f'data-poll="30" hx-get="{PAGE}/list" hx-trigger="poll"' in page.text
    assert "<main" not in part.text
    assert part.text.count('<li id="') == page.text.count('<li id="') == 12


def test_a_view_makes_ten_aws_calls_at_most(aws_calls: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREND_COUNTRIES", "US")
    settings.cache_clear()
    visitor = signed_in("read")
    aws_calls.clear()

    visitor.get(PAGE)
    cold = sorted(aws_calls)
    aws_calls.clear()
    visitor.get(PAGE)

    reads = ["GetItem"] * 3 + ["Query"] * 2 + ["Scan"] * 4
    assert cold == sorted([*reads, "GetSecretValue"])
    assert sorted(aws_calls) == sorted(reads)


def test_the_page_works_while_a_check_fails(monkeypatch: pytest.MonkeyPatch):
    def refuse(limit: int) -> tuple[list[int], bool]:
        raise TimeoutError

    monkeypatch.setattr(backlog_checks.outbox_store, "sample_times", refuse)

    shown = signed_in("read").get(PAGE)

    assert shown.status == 200
    assert "Events Take a look This could not be checked: the check itself failed." in shown.words()
    assert "Publishes OK" in shown.words()


def test_a_bound_key_sees_nothing_of_other_users():
    visitor = signed_in("read", user_id="user-1")

    words = visitor.get(PAGE).words()

    assert "TikTok app OK" in words
    assert "Token refresh" not in words
    assert "Webhook endpoints" not in words
    assert "A key without a user shows all checks." in words


def test_a_key_without_read_is_refused():
    assert signed_in("draft").get(PAGE).status == 403


def test_a_late_backlog_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backlog_checks.unstarted_index, "sample_due_times", lambda limit: ([NOW - 1000], True))

    words = signed_in("read").get(PAGE).words()

    assert "Publishes Act now 1 start or recheck of a publish is late, the oldest by 16 minutes." in words
