"""A caller's own labels on a publish: their rules and sources. They stay with the publish, and no log contains them."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.reference_and_metadata import METADATA_BYTES_MAX, Labels, readable_labels
from dropcast.publishing.model.request import PublishRequest, option_errors
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.start import start
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer import transfer
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.functions.conftest import written as written
from tests.unit.publishing.conftest import FakeTikTok, refusal, stored
from tests.unit.publishing.intake.drops.photo_drops import put_pictures, take_photos
from tests.unit.publishing.intake.drops.test_drops import drop
from tests.unit.publishing.steps.test_photos_and_pulls import DIRECT, FILE, prepared, taken_in
from tests.unit.publishing.test_events_of_a_publish import told
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context

LABELS: dict[str, Any] = {"reference": "order 42/é", "metadata": {"customer": 'Ana ✂ "x" \\ <b>', "shop-id_1": ""}}


@pytest.mark.parametrize("reference", ["a", "é" * 128, "order 42/#?&<b>", "😀"])
def test_a_reference_is_any_printable_text(reference):
    assert Labels.model_validate({"reference": reference}).reference == reference


@pytest.mark.parametrize("reference", ["", "a" * 129, "a\nb", "\x1b[31m", "a\u202eb", "a\u200bb", "\ud800", 7, ["a"]])
def test_other_references_are_refused(reference):
    with pytest.raises(ValidationError):
        Labels.model_validate({"reference": reference})


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"a": ""},
        {"a-b_9": "é" * 256},
        {str(number): "v" for number in range(20)},
        {"a" * 40: "b" * 256},
    ],
)
def test_metadata_is_a_few_pairs_of_short_texts(metadata):
    assert Labels.model_validate({"metadata": metadata}).metadata == metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {str(number): "v" for number in range(21)},
        {"": "v"},
        {"a" * 41: "v"},
        {"Canary": "v"},
        {"canary\n": "v"},
        {"canary.x": "v"},
        {"a": "canary" * 43},
        {"a": "canary\n"},
        {"a": "canary\u202e"},
        {"a": 7},
        {"a": None},
        {"a": {"b": "canary"}},
        {f"a{number}": "canary" + "é" * 200 for number in range(11)},
        "canary",
        ["canary"],
        None,
    ],
)
def test_other_metadata_is_refused_without_quoting_it(metadata):
    with pytest.raises(ValidationError) as refused:
        Labels.model_validate({"metadata": metadata})

    complaints = option_errors(refused.value)
    assert [one["field"] for one in complaints] == ["metadata"]
    assert "canary" not in f"{complaints} {refused.value}".lower()


@given(st.dictionaries(st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True), st.text(max_size=256), max_size=25))
def test_accepted_labels_have_a_limited_size(metadata):
    kept = readable_labels({"metadata": metadata}).get("metadata", {})

    assert sum(len(name.encode()) + len(text.encode()) for name, text in kept.items()) <= METADATA_BYTES_MAX
    assert len(kept) <= 20
    assert all(text.isprintable() for text in kept.values())


def test_labels_are_stored_and_shown(account, begun):
    publish = taken_in(account, FILE, DIRECT, **LABELS)

    settle(publish.publish_id, StepResult(Outcome.DIED))

    row = stored(publish)
    assert (row.reference, row.metadata) == (LABELS["reference"], LABELS["metadata"])
    [event] = told(publish)
    assert {name: event["data"][name] for name in LABELS} == LABELS


def test_a_publish_without_labels_has_none(account, begun):
    publish = stored(taken_in(account, FILE, DIRECT))

    assert (publish.reference, publish.metadata) == (None, {})


@pytest.mark.parametrize("by", ["sidecar", "metadata"])
def test_a_drop_has_labels_in_its_sidecar_or_in_the_objects_metadata(account, begun, by):
    if by == "sidecar":
        publish = drop(account, sidecar=DIRECT | LABELS)
    else:
        said = {"reference": quote(LABELS["reference"]), "metadata": quote(json.dumps(LABELS["metadata"]))}
        publish = drop(account, metadata={"privacy-level": "SELF_ONLY"} | said)

    assert publish.state is State.QUEUED, publish.error
    assert (publish.reference, publish.metadata) == (LABELS["reference"], LABELS["metadata"])


def test_the_sidecars_labels_override_metadata(account, begun):
    publish = drop(account, sidecar=DIRECT | {"reference": "beside"}, metadata={"reference": "on", "metadata": "{}"})

    assert (publish.reference, publish.metadata) == ("beside", {})


@pytest.mark.parametrize("metadata", ["canary", "[1]", "[" * 1900, '{"A": "canary"}', '{"a": 1}'])
def test_invalid_metadata_of_an_object_fails_the_drop_without_quoting_it(account, begun, metadata):
    publish = drop(account, metadata={"privacy-level": "SELF_ONLY", "reference": "r1", "metadata": quote(metadata)})

    assert publish.error is not None
    assert (publish.state, publish.error.code) == (State.FAILED, "drop_options_invalid")
    assert "metadata" in publish.error.message
    assert "canary" not in publish.error.model_dump_json()
    assert (publish.reference, publish.metadata) == ("r1", {})


@pytest.mark.parametrize("wrong", [{}, {"privacy_level": "EVERYBODY"}, DIRECT | {"publish_at": "2001-01-01T00:00:00Z"}])
def test_a_failed_drop_can_be_found_by_its_labels(account, begun, wrong):
    publish = drop(account, sidecar=wrong | LABELS)

    assert publish.state is State.FAILED
    assert (publish.reference, publish.metadata) == (LABELS["reference"], LABELS["metadata"])


def test_labels_survive_an_edit_a_restart_and_a_retry(account, begun):
    publish = taken_in(account, FILE, DIRECT, **LABELS)

    edited = edit(publish.publish_id, SYSTEM, PublishEdit(title="another"))
    restarted = restart(publish.publish_id, SYSTEM)
    settle(publish.publish_id, StepResult(Outcome.DIED))
    again = retry(publish.publish_id, SYSTEM)

    for one in (edited, restarted, again):
        assert not isinstance(one, Problem), one
        assert (one.reference, one.metadata) == (LABELS["reference"], LABELS["metadata"])
    assert stored(again).reference == LABELS["reference"]


@pytest.mark.parametrize("change", [{"reference": "r"}, {"metadata": {}}])
def test_an_edit_cannot_change_labels(change):
    with pytest.raises(ValidationError):
        PublishEdit.model_validate(change)


def test_the_same_key_with_other_labels_is_another_request(account, begun):
    taken_in(account, FILE, DIRECT)
    body = {"account_id": account.account_id} | FILE | DIRECT
    first = accept(PublishRequest.model_validate(body | {"reference": "1"}), SYSTEM, idempotency_key="once")

    other = accept(PublishRequest.model_validate(body | {"reference": "2"}), SYSTEM, idempotency_key="once")

    assert not isinstance(first, Problem)
    assert isinstance(other, Problem)
    assert other.code == "idempotency_conflict"


MARKED = {"reference": "canary-reference", "metadata": {"customer": "canary-value"}}


def asked(method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, str]:
    operation = Operation(method, f"{method} {path}", path, query, body)
    answer = handler(event_of(operation, with_scopes("publish", "read")), context())
    return answer["statusCode"], answer["body"]


def test_no_log_trace_or_execution_input_contains_labels(account, tiktok: FakeTikTok, begun, woken, written):
    publish = taken_in(account, FILE, DIRECT, **MARKED)
    body = {"account_id": account.account_id} | FILE | DIRECT | MARKED
    named = {"reference": MARKED["reference"], "user_id": "user-1"}

    status, shown = asked("POST", "/v1/publishes", {}, body)
    statuses = [
        asked("POST", "/v1/publishes", {}, body | {"metadata": {"A": "canary-value"}})[0],
        asked("POST", "/v1/publishes", {}, body | {"reference": "canary\n"})[0],
        asked("GET", "/v1/publishes", named, None)[0],
        asked("GET", "/v1/publishes", {"reference": "canary"}, None)[0],
    ]
    steps = walked(prepared(publish), tiktok)

    assert (status, statuses) == (202, [400, 400, 200, 400])
    assert "canary-value" in shown
    assert "canary" not in json.dumps([steps, begun]) + written()


def walked(publish: Any, tiktok: FakeTikTok) -> list[Any]:
    """The results of all steps to the end, including a refusal and an unanswered init."""
    ids = publish.publish_id, publish.execution
    tiktok.script["creator_info/query"] = [refusal("rate_limit_exceeded", 429)]
    answers: list[Any] = [start(*ids).to_json(), start(*ids).to_json()]
    answers.append(transfer(*ids).to_json())
    tiktok.status = {"status": "FAILED", "fail_reason": "file_format_check_failed"}
    answers.append(watch(*ids, SecretStr("token"), "long"))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))
    return answers


def test_the_partition_of_a_reference_is_written_once(account, begun):
    publish = taken_in(account, FILE, DIRECT, **LABELS)

    moved = publish_store.move(stored(publish), State.STARTING)

    assert moved is not None
    assert "referenced_in" not in moved.model_dump()


@pytest.mark.parametrize("wrong", [{}, {"privacy_level": "EVERYBODY"}, {"items": ["none.jpg"]}])
def test_dropped_photos_keep_labels_even_if_they_fail(account, begun, wrong):
    put_pictures(account, "a.jpg")

    publish = take_photos(account, (DIRECT | LABELS | wrong))

    assert (publish.state is State.FAILED) == bool(wrong)
    assert (publish.reference, publish.metadata) == (LABELS["reference"], LABELS["metadata"])


def test_photos_with_other_labels_are_a_duplicate(account, begun):
    put_pictures(account, "a.jpg")
    take_photos(account, DIRECT | {"reference": "1"})

    again = take_photos(account, DIRECT | {"reference": "2"})

    assert again.error is not None
    assert (again.error.code, again.reference) == ("duplicate_drop", "2")
