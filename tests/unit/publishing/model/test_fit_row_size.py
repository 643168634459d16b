"""Row, event and step answer fit into AWS's limits, for values of any length from callers, S3 and TikTok."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretBytes, SecretStr, ValidationError

from dropcast import clock
from dropcast.aws.attributes import to_attribute
from dropcast.errors.catalogue_entry import Next
from dropcast.errors.problem import CATALOGUE, Problem, problem
from dropcast.events.outbox.outbox import new_event
from dropcast.media.limits import PHOTOS_MAX
from dropcast.publishing.intake.accept import new_publish, store_rejected, submit
from dropcast.publishing.model import fit_row_size
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import HistoryEntry, Photo, Photos, Publish, Source
from dropcast.publishing.model.request import S3Object
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.model.views import event_view
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.photos.prepare_photos import _bad_picture, _refusal
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.publish_rows import listed_in, recheck_entry, referenced_in, to_row
from tests.examples import examples
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.publishing.metering import _size
from tests.unit.support.memory_aws import maker

ROW_BYTES_MAX = 400 * 1024
EVENT_BYTES_MAX = 256 * 1024
# The bytes that EventBridge adds when it sends an event to a queue with the same limit.
ENVELOPE_BYTES = 1024
STATE_BYTES_MAX = 256 * 1024
LETTERS = ["a", "ж", "日", "😀", '"', "\\"]
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["ж" * 5000, "\x01" * 9000])
# Only lists of plain values are lengthened: a long list of long lists would take gigabytes.
JSON = st.recursive(
    PLAIN | st.lists(PLAIN, max_size=8).map(lambda some: some * 40),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=20), inner, max_size=8),
    max_leaves=12,
)


def longest_name(letter: str) -> str:
    return letter * (1024 // len(letter.encode()))


def longest_error(letter: str) -> Problem:
    """The input of Settle if all pictures are missing."""
    photo = Photo(bucket="b" * 63, key=longest_name(letter))
    why = problem("source_missing", bucket=photo.bucket, key=photo.key)
    return _refusal([_bad_picture(index, photo, why) for index in range(PHOTOS_MAX)], PHOTOS_MAX)


def longest_publish(letter: str) -> Publish:
    """A publish in which each field has its maximum length, even if not all can have it at once."""
    name, long = longest_name(letter), letter * 10_000
    asked = S3Object(bucket="b" * 63, key=name, version_id=name)
    photo = Photo(
        **asked.model_dump(), etag='"' + "e" * 40 + '"', size=10**9, content_type="image/jpeg", prepared_size=10**9,
        prepared_key="media/" + "p" * 60, prepared_type="image/jpeg", mended=("format", "size", "rotation", "colours"),
    )  # fmt: skip
    code = max(CATALOGUE, key=len)
    publish = new_publish(
        "a" * 64,
        Photos(items=(photo,) * PHOTOS_MAX),
        "api",
        PublishOptions(title=long, description=long, hashtags=[letter * 200] * 100, privacy_level="SELF_ONLY")
        if letter not in '"\\'
        else PublishOptions(title=long, description=long, hashtags=["a" * 200] * 100, privacy_level="SELF_ONLY"),
        kind="photo",
        via="pull",
        consent=RecordedConsent.model_validate(
            {"by": letter * 256, "at": "2026-12-24T18:00:00Z", "text": long, "version": "v" * 64, "key_id": "k" * 64}
            | {"session_id": "s" * 64, "user_id": letter * 256}
        ),
        source_url_sealed=SecretBytes(b"s" * 4096),
        upload_url_sealed=SecretBytes(b"s" * 4600),
        task_token=SecretStr("t" * 2048),
        tiktok_publish_id="v" * 2000,
        open_id="o" * 200,
        username="u" * 64,
        user_id=letter * 256,
        reference=letter * 128,
        metadata={f"{'n' * 38}{number:02}": letter * (160 // len(letter.encode())) for number in range(20)},
        retry_of="p" * 64,
        retried_as="p" * 64,
    )
    lines = [HistoryEntry(at=10**10, state=State.PROCESSING, code=code)] * 500
    ids = [str(10**63 + number) for number in range(1000)]
    return publish.model_copy(
        update={
            "error": fit_row_size.bounded_error(longest_error(letter)),
            "history": fit_row_size.bounded_history(lines),
            "history_left_out": 400,
            "post_ids": fit_row_size.bounded_post_ids([], ids),
        }
    )


def bytes_of(value: Any, *, escaped: bool = False) -> int:
    return len(json.dumps(value, ensure_ascii=escaped).encode())


@pytest.mark.parametrize("letter", LETTERS)
def test_the_longest_row_fits_into_an_item(letter):
    publish = longest_publish(letter)

    entries = recheck_entry(publish.publish_id, 10**10) | referenced_in(publish)
    row = to_row(publish) | {"listed_in": listed_in(publish)} | entries

    assert _size(to_attribute(row)) < ROW_BYTES_MAX


@pytest.mark.parametrize("letter", LETTERS)
def test_the_longest_event_fits_into_eventbridge_a_queue_and_an_item(letter):
    event = new_event("publish.failed", event_view(longest_publish(letter)))

    assert len(event.body.encode()) + ENVELOPE_BYTES < EVENT_BYTES_MAX


@pytest.mark.parametrize("letter", LETTERS)
def test_the_longest_step_answers_fit_into_the_state_even_if_escaped(letter):
    error = longest_error(letter)

    assert bytes_of(StepResult(Outcome.REFUSED, error=error).to_json(), escaped=True) < STATE_BYTES_MAX
    assert bytes_of(StepResult(Outcome.MORE, bad=error.details["pictures"]).to_json(), escaped=True) < STATE_BYTES_MAX


@given(st.dictionaries(st.text(max_size=30), JSON, max_size=12), st.sampled_from(["no", "ж" * 100_000]))
@settings(max_examples=examples(20), deadline=None)
def test_a_large_error_is_limited_and_a_small_one_is_unchanged(details, message):
    error = Problem(code="internal_error", message=message, fix=message, next=Next.RETRY, details=details)

    bounded = fit_row_size.bounded_error(error)

    assert bytes_of(bounded.model_dump(mode="json")) <= fit_row_size.ERROR_BYTES_MAX
    assert (bounded.code, bounded.next) == (error.code, error.next)
    if bytes_of(error.model_dump(mode="json")) <= fit_row_size.ERROR_BYTES_MAX:
        assert bounded == error


def test_a_shortened_list_says_how_many_items_are_omitted():
    error = problem("internal_error", found=[{"title": "ж" * 3000}] * 90)

    details = fit_row_size.bounded_error(error).details

    assert len(details["found"]) == 40
    assert details["found_left_out"] == 50


def test_every_bad_picture_is_still_named_in_the_details():
    why = StepResult.from_json(StepResult(Outcome.REFUSED, error=longest_error("ж")).to_json()).error

    assert why is not None
    assert [each["index"] for each in why.details["pictures"]] == list(range(PHOTOS_MAX))
    assert "items[4]" in why.message
    assert "30 more" in why.message


@pytest.mark.parametrize("name", ["ж" * 513, "a" * 1025, "a\nb", "\x7f"])
def test_a_name_that_s3_does_not_allow_is_refused(name):
    for field in ("key", "version_id"):
        with pytest.raises(ValidationError):
            S3Object.model_validate({"bucket": "videos", "key": "a", field: name})


codes = st.sampled_from([None, "edited", "restarted", "budget_exhausted", "internal_error", "rate_limit_exceeded"])


@given(st.lists(codes, max_size=400))
def test_a_history_keeps_its_first_and_latest_lines_and_the_failed_tries(said):
    lines = [HistoryEntry(at=at, state=State.HELD, code=code) for at, code in enumerate(said)]
    kept: list[HistoryEntry] = []
    for line in lines:
        kept = fit_row_size.bounded_history([*kept, line])

    assert len(kept) == min(len(lines), fit_row_size.HISTORY_MAX)
    assert kept[:10] == lines[:10]
    assert kept[-50:] == lines[-50:]
    assert [line.at for line in kept] == sorted(line.at for line in kept)
    between = [line for line in lines[10:-50] if line.code in (None, "internal_error", "rate_limit_exceeded")]
    assert len(between) > 40 or set(between) <= set(kept)


def test_stored_post_ids_stay_and_new_ones_are_limited():
    stored_ids = [str(number) for number in range(150)]

    kept = fit_row_size.bounded_post_ids(stored_ids, [f"9{number:05}" for number in range(500)] + ["x" * 65])

    assert len(kept) == fit_row_size.POST_IDS_MAX
    assert set(stored_ids) <= set(kept)
    assert fit_row_size.bounded_post_ids(kept, ["1", "2"]) == kept


@pytest.mark.long
def test_a_row_with_a_thousand_edits_ends_with_its_events_in_order(account, begun):
    publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options()))
    assert isinstance(publish, Publish)
    for number in range(150):
        edited = publish_store.supersede(publish, due=clock.now(), code=("edited", "restarted")[number % 2])
        assert edited is not None
        publish = edited

    settle(publish.publish_id, StepResult(Outcome.REFUSED, error=problem("source_missing", bucket="b", key="k")))

    row = stored(publish)
    assert (len(row.history), row.history_left_out) == (fit_row_size.HISTORY_MAX, 52)
    assert row.history[-1].state is State.FAILED
    assert event_view(row)["history_left_out"] == 52
    [body] = [
        json.loads(item["body"]["S"])
        for item in maker("dynamodb").scan(TableName="outbox_table")["Items"]
        if item["name"]["S"] == "publish.failed"
    ]
    assert body["sequence"] == 152


def test_a_drop_with_a_giant_error_is_stored_as_failed(account):
    publish = new_publish(account.account_id, Source(bucket="b", key="k"), "drop", None)

    rejected = store_rejected(publish, problem("drop_options_invalid", key="k", reason="ж" * 300_000))

    assert isinstance(rejected, Publish)
    assert stored(rejected).state is State.FAILED
    assert outbox()[-1] == "publish.failed"
