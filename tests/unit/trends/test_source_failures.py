"""Every failure of a source, for each kind of list, gives a reason and the source's own message.

It never raises an exception and never silently returns an empty list.
"""

import httpx
import pytest

from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import trend_query
from dropcast.trends.snapshot_store import latest
from tests.unit.support.accounts import event_names
from tests.unit.trends import answers
from tests.unit.trends.conftest import task

PATHS = {
    "hashtags": answers.HASHTAGS,
    "videos": answers.HASHTAG_VIDEOS,
    "music": answers.MUSIC,
    "keywords": answers.SEARCHES,
}


def timeout(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("canary in an address", request=request)


def cut_off(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("canary in an address", request=request)


FAILURES = {
    "refused": (answers.business({}, 40001, "No permission"), "refused", "HTTP 200, code 40001: No permission"),
    "rate by code": (answers.business({}, 40100, "Too many requests"), "rate", "HTTP 200, code 40100"),
    "rate by status": (httpx.Response(429), "rate", "HTTP 429, code 40100"),
    "deprecated": (answers.business({}, 0, "deprecated"), "deprecated", "HTTP 200, code 0: deprecated, no items"),
    "deprecated refusal": (answers.business({}, 40006, "API deprecated"), "deprecated", "HTTP 200, code 40006"),
    "empty list": (
        answers.business({"list": [], "search_keywords": []}),
        "empty",
        "HTTP 200, code 0: OK, no items (request req-1)",
    ),
    "null list": (answers.business({"list": None, "search_keywords": None}), "empty", "HTTP 200, code 0: OK, no items"),
    "null data": (answers.business(None), "empty", "HTTP 200, code 0: OK, no items"),
    "renamed list": (answers.business({"items": [{"a": 1}]}), "changed", "HTTP 200, "),
    "renamed fields": (answers.business({"list": [{"a": 1}], "search_keywords": {"a": 1}}), "changed", "HTTP 200, "),
    "no envelope": (httpx.Response(200, json=[1, 2]), "unanswered", "HTTP 200, unreadable"),
    "captcha page": (httpx.Response(200, text="<html>canary</html>"), "unanswered", "HTTP 200, unreadable"),
    "server error": (httpx.Response(502, text="canary"), "unanswered", "HTTP 502, server_error"),
    "redirect": (httpx.Response(302, headers={"Location": "https://login"}), "unanswered", "HTTP 302, unreadable"),
    "their trouble": (answers.business({}, 50000, "System error"), "unanswered", "HTTP 200, server_error"),
    "timeout": (timeout, "unanswered", "timeout"),
    "no connection": (cut_off, "unanswered", "not_connected"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("failure", FAILURES)
def test_discovery_fails_with_a_reason_and_its_own_message(connected, kind, failure):
    answer, reason, words = FAILURES[failure]
    connected.answers[PATHS[kind]] = answer if callable(answer) else lambda _: answer

    collected = collect(task(kind))

    snapshot = latest(trend_query(kind, "US", 7, "ALL"))
    assert snapshot is not None
    assert (snapshot.items, snapshot.good, collected.source) == ((), False, None)
    [attempt] = [one for one in snapshot.attempts if one.source == "discovery"]
    assert (attempt.reason, attempt.raw_status[: len(words)]) == (reason, words)
    assert "canary" not in attempt.raw_status
    assert healths()["discovery"].state == "failing"
    assert event_names() == []


@pytest.mark.parametrize(
    ("kind", "failure"), [*(("hashtags", failure) for failure in FAILURES), *((kind, "empty list") for kind in PATHS)]
)
def test_after_any_failure_the_last_list_stays(connected, kind, failure):
    collect(task(kind))
    before = latest(trend_query(kind, "US", 7, "ALL"))
    answer, _, _ = FAILURES[failure]
    connected.answers[PATHS[kind]] = answer if callable(answer) else lambda _: answer

    collect(task(kind, run_id="run_2"))

    after = latest(trend_query(kind, "US", 7, "ALL"))
    assert before is not None
    assert after is not None
    assert before.items
    assert after.items == before.items
    assert (after.source, after.good) == ("discovery", False)


def test_a_dead_token_is_reported_and_ends_the_connection(connected):
    connected.answers[answers.HASHTAGS] = lambda _: answers.business({}, 40105, "Access token is incorrect")

    attempts = [collect(task("hashtags")).attempts[0] for _ in range(2)]

    assert [(one.reason, one.raw_status) for one in attempts] == [
        ("refused", "business_reconnect_needed; HTTP 200, code 40105: Access token is incorrect (request req-1)"),
        ("not_connected", "no connection to TikTok API for Business"),
    ]


def test_an_id_that_is_a_bare_number_keeps_all_digits(connected):
    row = answers.hashtag(1, "exact") | {"hashtag_id": 7412345678901234567}
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(row)

    collect(task("hashtags"))

    snapshot = latest(trend_query("hashtags", "US", 7, "ALL"))
    assert snapshot is not None
    assert snapshot.items[0].item_id == "7412345678901234567"
