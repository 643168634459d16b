"""Executing plans."""

import json

import httpx
import pytest

from dropcast.errors.problem import http_status, problem
from dropcast_client import ConflictError
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import answer

COMMENT = {"comment_id": "7", "video_id": "8", "looked_up": False}


def paths(calls: Calls) -> list[tuple[str, bytes]]:
    return [(request.method, request.url.raw_path) for request in calls.requests]


def test_a_plan_whose_answer_is_lost_is_executed_again(calls: Calls):
    calls.plan(httpx.ReadTimeout("late"), httpx.Response(504), answer("PublishView", 202, publish_id="pub_1"))

    done = calls.run("execute_plan", "pln_1")

    assert done.publish_id == "pub_1"
    assert paths(calls) == [("POST", b"/v1/plans/pln_1/execute")] * 3
    assert [request.content for request in calls.requests] == [b""] * 3


def test_each_execution_of_a_comment_names_the_person_who_approved_it(calls: Calls):
    calls.plan(httpx.ReadTimeout("late"), httpx.Response(201, json=COMMENT))

    done = calls.run("execute_comment_plan", "pln_1", approved_by="Eva")

    assert done.comment_id == "7"
    assert paths(calls) == [("POST", b"/v1/plans/pln_1/execute")] * 2
    assert [json.loads(request.content) for request in calls.requests] == [{"approved_by": "Eva"}] * 2


@pytest.mark.parametrize("code", ["plan_changed", "plan_expired"])
def test_a_refused_plan_is_not_executed_again(calls: Calls, code):
    error = problem(code, changed=[], what="source", plan_id="pln_1").model_dump(mode="json")
    told = error | {"doc_url": "https://a.example/errors/x", "request_id": "req-1"}
    calls.plan(httpx.Response(http_status(code), json={"error": told}))

    with pytest.raises(ConflictError) as caught:
        calls.run("execute_plan", "pln_1")

    assert (caught.value.code, len(calls.requests)) == (code, 1)


def test_the_id_of_a_plan_leads_to_no_other_path(calls: Calls):
    calls.plan(answer("PublishView", 202))

    calls.run("execute_plan", "../keys?a")

    assert paths(calls) == [("POST", b"/v1/plans/..%2Fkeys%3Fa/execute")]
