"""The form's fields become a publish request, or problems beside their fields."""

from dataclasses import replace

import pytest

from dropcast import clock
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.posting_page.choices import PostChoices, choices_from_fields
from dropcast.publishing.posting_page.form_request import request_from_choices
from dropcast.settings import settings
from tests.unit.publishing.posting_page.forms import PHOTOS, READY

NOW = 1_795_996_800  # 2026-11-30 00:00 UTC


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def problems(choices: PostChoices) -> dict[str, list[str]]:
    found = request_from_choices(choices, "acc_1")
    assert not isinstance(found, PublishRequest)
    return {field: [one.code for one in problems] for field, problems in found.items()}


def made(choices: PostChoices) -> PublishRequest:
    request = request_from_choices(choices, "acc_1")
    assert isinstance(request, PublishRequest), request
    return request


def test_a_forms_fields_make_a_request():
    fields = {
        "csrf": ["x"],
        "source": ["uploads/acc_1/upl_1/a.mp4"],
        "title": ["two\r\nlines"],
        "privacy_level": ["SELF_ONLY"],
        "allow_comment": ["on"],
        "disclosure": ["on"],
        "brand_organic": ["on"],
        "cover_timestamp_ms": ["1500"],
    }

    request = made(choices_from_fields(fields))

    assert request.options() == PublishOptions(
        title="two\nlines", privacy_level="SELF_ONLY", allow_comment=True, brand_organic=True, cover_timestamp_ms=1500
    )
    assert request.source.model_dump(exclude_none=True) == {
        "type": "s3",
        "bucket": "videos-of-ours",
        "key": "uploads/acc_1/upl_1/a.mp4",
    }
    assert (request.account_id, request.publish_at, request.consent) == ("acc_1", None, None)


def test_pictures_keep_their_order():
    request = made(replace(PHOTOS, source=("2.jpg", "1.jpg"), privacy_level="SELF_ONLY", cover_index="1"))

    assert request.source.type == "photos"
    assert [item.key for item in request.source.items] == ["2.jpg", "1.jpg"]
    assert request.cover_index == 1


@pytest.mark.parametrize("value", ["", "off", "false", "0"])
def test_a_box_with_an_unknown_value_is_off(value):
    assert not choices_from_fields({"allow_comment": [value]}).allow_comment


def test_an_unknown_kind_or_mode_becomes_the_default():
    assert choices_from_fields({"kind": ["film"], "mode": ["secret"]}) == PostChoices()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"privacy_level": ""}, {"privacy_level": ["audience_not_chosen"]}),
        ({"privacy_level": "NEARLY_ALL"}, {"privacy_level": ["field_invalid"]}),
        ({"source": ()}, {"source": ["media_not_chosen"]}),
        ({"source": ("a.mp4", "b.mp4")}, {"source": ["field_invalid"]}),
        ({"disclosure": True}, {"disclosure": ["disclosure_undecided"]}),
        (
            {"disclosure": True, "brand_content": True, "privacy_level": "SELF_ONLY"},
            {"privacy_level": ["branded_not_private"]},
        ),
        ({"title": "😀" * 1101}, {"title": ["field_invalid"]}),
        ({"title": "a" * 10_001}, {"title": ["field_invalid"]}),
        ({"cover_timestamp_ms": "soon"}, {"cover_timestamp_ms": ["field_invalid"]}),
        ({"kind": "photo", "cover_index": "9"}, {"cover_index": ["field_invalid"]}),
        ({"kind": "photo", "source": ("1.jpg",) * 36}, {"source": ["field_invalid"]}),
        ({"kind": "photo", "source": ("1.jpg", "\x00")}, {"source.items.1": ["field_invalid"]}),
        ({"later": True, "publish_at": "2026-12-24T18:00"}, {"time_zone": ["field_invalid"]}),
        ({"later": True, "publish_at": "", "time_zone": "Europe/Berlin"}, {"publish_at": ["time_not_chosen"]}),
        ({"later": True, "publish_at": "tonight", "time_zone": "Europe/Berlin"}, {"publish_at": ["field_invalid"]}),
        (
            {"later": True, "publish_at": "2026-11-30T00:58", "time_zone": "Europe/Berlin"},
            {"publish_at": ["publish_at_past"]},
        ),
        (
            {"later": True, "publish_at": "2029-01-01T00:00", "time_zone": "Europe/Berlin"},
            {"publish_at": ["publish_at_too_far"]},
        ),
    ],
)
def test_a_problem_is_beside_its_field(changes, expected):
    assert problems(replace(READY, **changes)) == expected


def test_every_problem_is_reported_at_once():
    found = problems(PostChoices(title="a" * 2201, disclosure=True, later=True, cover_timestamp_ms="0"))

    assert found == {
        "disclosure": ["disclosure_undecided"],
        "source": ["media_not_chosen"],
        "privacy_level": ["audience_not_chosen"],
        "title": ["field_invalid"],
        "time_zone": ["field_invalid"],
    }


def test_photos_need_a_media_address(monkeypatch):
    monkeypatch.delenv("MEDIA_URL")
    settings.cache_clear()

    found = problems(replace(PHOTOS, privacy_level="SELF_ONLY"))

    settings.cache_clear()
    assert found == {"source": ["media_not_served"]}


def test_a_time_is_in_the_persons_time_zone():
    request = made(replace(READY, later=True, publish_at="2026-12-24T18:00", time_zone="Europe/Berlin"))

    assert request.publish_at_s is not None
    assert clock.iso(request.publish_at_s) == "2026-12-24T17:00:00Z"


def test_a_time_is_ignored_for_a_post_that_is_sent_now():
    assert made(replace(READY, publish_at="tonight", time_zone="nowhere")).publish_at is None
