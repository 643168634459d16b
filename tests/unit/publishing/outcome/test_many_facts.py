"""All of TikTok's facts are read, from any number of pages."""

import pytest

from dropcast.aws import clients
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store, unmatched_webhooks
from dropcast.publishing.outcome.facts import Fact, verdict
from dropcast.tiktok.webhooks import WebhookEvent


@pytest.fixture
def small_pages(cloud, monkeypatch):
    """DynamoDB returns two items per page."""
    client = clients.client("dynamodb")
    real = client._make_api_call

    def call(operation, request):
        return real(operation, request | {"Limit": 2} if operation == "Query" else request)

    monkeypatch.setattr(client, "_make_api_call", call)


def event(number: int) -> WebhookEvent:
    return WebhookEvent("post.publish.complete", 100 + number, "open-1", f"v~{number:03}", None, None, None)


def test_facts_are_read_from_all_pages(small_pages):
    for number in range(7):
        fact_store.add("v~1", Fact("failed", number, "internal"))
    fact_store.add("v~1", Fact("complete", 99, post_ids=("7",)))

    facts = fact_store.facts_of("v~1")

    assert len(facts) == 8
    assert getattr(verdict(facts), "state", None) is State.PUBLISHED


def test_unmatched_webhooks_are_read_from_all_pages_and_the_late_ones_are_shown(small_pages):
    for number in range(9):
        unmatched_webhooks.store_webhook(event(number))

    found = unmatched_webhooks.webhooks_since("open-1", 107)

    assert [one["tiktok_publish_id"] for one in found] == ["v~007", "v~008"]


def test_only_the_earliest_of_many_unmatched_webhooks_are_shown(cloud):
    for number in range(60):
        unmatched_webhooks.store_webhook(event(number))

    found = unmatched_webhooks.webhooks_since("open-1", 0)

    assert [one["tiktok_publish_id"] for one in found] == [f"v~{number:03}" for number in range(50)]


def test_the_longest_id_that_a_webhook_may_contain_can_be_stored(cloud):
    longest = WebhookEvent("post.publish.complete", 1, "o" * 200, "é" * 200, "p" * 200, "r" * 2000, None)

    unmatched_webhooks.store_webhook(longest)

    assert len(unmatched_webhooks.webhooks_since("o" * 200, 0)) == 1
