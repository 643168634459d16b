"""Edits a waiting publish: only the person's changes are stored, and wrong input is explained beside its field."""

import json
from typing import Any

import pytest

from dropcast import clock
from dropcast.errors.problem import problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from tests.unit.functions.test_console_post_page import account as connected  # noqa: F401
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.publish_pages import account as account
from tests.unit.support.publishes import put_publish, row_of

DAY = 86_400
OPTIONS = PublishOptions(
    title="Blue hour", hashtags=["sea", "tea"], privacy_level="SELF_ONLY", allow_comment=True, cover_timestamp_ms=1500
)


@pytest.fixture(autouse=True)
def no_inspection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the inspection of the video of a scheduled publish, because the stored object is not a video."""
    monkeypatch.setattr("dropcast.publishing.sources.video_preflight.pin_video", lambda video, _: video)


@pytest.fixture
def waiting(account: str) -> Publish:
    """A publish that is scheduled for tomorrow, at a time with seconds."""
    return put_publish(account, State.HELD, options=OPTIONS, publish_at=clock.now() + DAY + 17)


def path_of(publish: Publish) -> str:
    return f"/console/publishes/{publish.publish_id}/edit"


def fields_of(visitor: Visitor, publish: Publish) -> dict[str, str]:
    return visitor.get(path_of(publish)).form(path_of(publish)).fields


def save(visitor: Visitor, publish: Publish, **changed: str | None) -> Shown:
    """Open the form, change fields (None switches a box off), and save."""
    fields = {name: value for name, value in (fields_of(visitor, publish) | changed).items() if value is not None}
    return visitor.post(path_of(publish), fields)


def options_of(publish: Publish) -> dict[str, Any]:
    return row_of(publish).asked_options.model_dump(exclude_defaults=True)


def test_the_form_shows_the_publish(waiting: Publish):
    fields = fields_of(signed_in(), waiting)

    assert {name: fields[name] for name in ("title", "hashtags", "privacy_level", "cover_timestamp_ms")} == {
        "title": "Blue hour",
        "hashtags": "sea tea",
        "privacy_level": "SELF_ONLY",
        "cover_timestamp_ms": "1500",
    }
    assert fields["allow_comment"] == "1"
    assert "allow_duet" not in fields
    assert (fields["later"], fields["time_zone"], fields["publish_at"]) == ("1", "UTC", "2027-01-16T08:00")


def test_what_was_changed_is_stored_and_the_checks_begin_again(waiting: Publish):
    visitor = signed_in()

    answer = save(visitor, waiting, title="Golden\r\nhour", hashtags="#sea,sun", allow_comment=None, is_aigc="1")

    assert answer.headers["Location"] == f"/console/publishes/{waiting.publish_id}"
    assert options_of(waiting) == {
        "title": "Golden\nhour",
        "hashtags": ["sea", "sun"],
        "privacy_level": "SELF_ONLY",
        "cover_timestamp_ms": 1500,
        "is_aigc": True,
    }
    row = row_of(waiting)
    assert (row.history[-1].code, row.publish_at) == ("edited", waiting.publish_at)


def test_an_emptied_field_is_its_default(waiting: Publish):
    save(signed_in(), waiting, title="", hashtags="", cover_timestamp_ms="", on_too_long="clamp")

    assert options_of(waiting) == {"privacy_level": "SELF_ONLY", "allow_comment": True, "on_too_long": "clamp"}


def test_the_time_is_changed_in_the_person_s_zone(waiting: Publish):
    save(signed_in(), waiting, publish_at="2027-01-20T18:30", time_zone="Europe/Berlin")

    assert clock.iso(row_of(waiting).publish_at or 0) == "2027-01-20T17:30:00Z"


def test_a_time_that_the_browser_shows_in_another_zone_is_no_change(waiting: Publish):
    save(signed_in(), waiting, publish_at="2027-01-16T09:00", time_zone="Europe/Berlin")

    assert row_of(waiting) == waiting


def test_now_posts_at_once(waiting: Publish):
    save(signed_in(), waiting, later="")

    row = row_of(waiting)
    assert (row.publish_at, row.state) == (None, State.HELD)
    assert row.due_at <= clock.now()


def test_saving_without_a_change_and_saving_again_change_nothing(waiting: Publish):
    visitor = signed_in()
    form = fields_of(visitor, waiting) | {"title": "Golden hour"}
    assert save(visitor, waiting).status == 303
    assert row_of(waiting) == waiting

    for _ in range(3):
        assert visitor.post(path_of(waiting), form).status == 303

    assert [line.code for line in row_of(waiting).history].count("edited") == 1


def test_an_edit_in_between_is_kept(waiting: Publish):
    """Two people open the form before either of them saves."""
    visitor = signed_in()
    first, second = fields_of(visitor, waiting), fields_of(visitor, waiting)
    visitor.post(path_of(waiting), first | {"title": "Golden hour"})

    visitor.post(path_of(waiting), second | {"privacy_level": "PUBLIC_TO_EVERYONE"})

    assert (options_of(waiting)["title"], options_of(waiting)["privacy_level"]) == ("Golden hour", "PUBLIC_TO_EVERYONE")


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"title": "x" * 2201}, "title", "2211 UTF-16 units with its hashtags"),
        ({"hashtags": "a#b"}, "hashtags", "a hashtag is one word"),
        ({"cover_timestamp_ms": "soon"}, "cover_timestamp_ms", "valid integer"),
        ({"privacy_level": ""}, "privacy_level", "a direct post needs it"),
        ({"privacy_level": "EVERYONE"}, "privacy_level", "Input should be"),
        ({"brand_content": "1"}, "privacy_level", "cannot be set to private"),
        ({"publish_at": ""}, "publish_at", "No time is chosen yet"),
        ({"publish_at": "soon"}, "publish_at", "not a date and a time"),
        ({"publish_at": "2026-01-01T00:00"}, "publish_at", "is in the past"),
        ({"publish_at": "2029-01-01T00:00"}, "publish_at", "days ahead"),
        ({"publish_at": "2027-03-28T02:30", "time_zone": "Europe/Berlin"}, "publish_at", "does not exist"),
        ({"publish_at": "2027-10-31T02:30", "time_zone": "Europe/Berlin"}, "publish_at", "occurs twice"),
        ({"time_zone": "Atlantis"}, "time_zone", "name of a time zone"),
    ],
)
def test_wrong_input_is_explained_beside_its_field(waiting: Publish, changed: dict[str, str], field: str, words: str):
    answer = save(signed_in(), waiting, **changed)

    assert answer.status in (400, 422), answer.words()
    assert words in answer.words()
    assert answer.text.index(f'name="{field}"') < answer.text.index('class="wrong"')
    assert row_of(waiting) == waiting


def test_the_second_of_a_repeated_time_can_be_chosen(waiting: Publish):
    time = {"publish_at": "2027-10-31T02:30", "time_zone": "Europe/Berlin"}

    save(signed_in(), waiting, **time, time_choice="second")

    assert clock.iso(row_of(waiting).publish_at or 0) == "2027-10-31T01:30:00Z"


@pytest.mark.parametrize("shown", ["", "x", "[]", '{"title": 1}', json.dumps({"moment": "9" * 5000})])
def test_a_form_that_does_not_say_what_it_showed_changes_at_most_what_differs(waiting: Publish, shown: str):
    answer = save(signed_in(), waiting, shown=shown)

    assert answer.status in (303, 403)
    assert options_of(waiting) == OPTIONS.model_dump(exclude_defaults=True)


def test_a_publish_that_started_meanwhile_is_shown_as_it_is_now(waiting: Publish):
    visitor = signed_in()
    form = fields_of(visitor, waiting)
    publish_store.move(waiting, State.STARTING)

    saved = visitor.post(path_of(waiting), form | {"title": "Too late"})

    assert (saved.status, visitor.get(path_of(waiting)).status) == (409, 409)
    assert problem("too_late_to_edit", state="starting").message in saved.words()
    assert '<strong id="state">Starting</strong>' in saved.text


def test_a_draft_of_a_video_has_only_its_time(account: str):
    publish = put_publish(account, mode="draft", options=PublishOptions())

    fields = fields_of(signed_in("draft"), publish)

    assert fields.keys() == {"csrf", "shown", "later", "publish_at", "time_zone"}


def test_a_photo_post_has_its_own_fields(account: str):
    photos = {"type": "photos", "items": [{"bucket": "b", "key": "1.jpg"}]}
    publish = put_publish(account, kind="photo", source=photos, via="pull")

    fields = fields_of(signed_in(), publish)

    assert {"title", "description", "cover_index"} < fields.keys()
    assert "cover_timestamp_ms" not in fields
