"""A collection of trends from the console: a question that states the cost, then one run."""

import json
from typing import Any

import pytest

from dropcast.settings import settings
from tests.unit.functions.trend_lists import trends as trends
from tests.unit.support.console import signed_in
from tests.unit.support.memory_aws import maker

PAGE, COLLECT = "/console/trends", "/console/trends/collect"


def test_a_collection_is_queued_once_after_a_question(trends):
    visitor = signed_in("admin")
    question = visitor.get(COLLECT)
    form = question.form(COLLECT)

    answers = [visitor.submit(form) for _ in range(3)]

    assert "21 lists" in question.words()
    assert "at most 500 requests" in question.words()
    assert {answer.headers["Location"] for answer in answers} == {"/console/trends?queued=1"}
    assert len(queued()) == 21
    assert "The collection is queued." in visitor.get(PAGE, queued="1").words()


def test_the_question_names_the_units_that_a_run_may_cost(trends, monkeypatch):
    visitor = signed_in("admin")
    before = visitor.get(COLLECT).words()
    monkeypatch.setenv("TREND_KEYWORDS", "bread,tea")
    settings.cache_clear()

    words = visitor.get(COLLECT).words()

    assert "EnsembleData" not in before
    assert "at most 50 a day. Today 0 are used." in words


@pytest.mark.parametrize("scopes", [("read",), ("read", "publish", "draft")])
def test_only_an_admin_key_collects(trends, scopes):
    visitor = signed_in(*scopes)

    refusals = [visitor.get(COLLECT), visitor.post(COLLECT, {"csrf": visitor.csrf(), "once": "k" * 22})]

    assert [one.status for one in refusals] == [403, 403]
    assert queued() == []
    assert COLLECT not in visitor.get(PAGE).text


def test_a_collection_without_a_form_s_key_or_without_countries_is_refused(trends, monkeypatch):
    visitor = signed_in("admin")

    without_key = visitor.post(COLLECT, {"csrf": visitor.csrf(), "once": "x"})
    monkeypatch.setenv("TREND_COUNTRIES", "")
    settings.cache_clear()
    without_countries = [visitor.get(COLLECT), visitor.post(COLLECT, {"csrf": visitor.csrf()})]

    assert "form_expired" in without_key.text
    assert all("trends_not_configured" in one.text for one in without_countries)
    assert queued() == []


def queued() -> list[Any]:
    sqs, found = maker("sqs"), []
    while messages := sqs.receive_message(QueueUrl=settings().trends_queue_url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(one["Body"]) for one in messages]
    return found
