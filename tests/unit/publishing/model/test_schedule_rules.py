"""The valid times of a publish, and the wait for its time. Zones, leap days and clock changes make no difference."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.schedule_rules import AHEAD_MAX_S, held_until_due, time_refusal
from dropcast.publishing.model.states import State
from dropcast.timestamp import to_epoch_seconds

DAY = 86_400
NOW = int(datetime(2027, 6, 1, 12, tzinfo=UTC).timestamp())
BODY = {
    "account_id": "a",
    "privacy_level": "SELF_ONLY",
    "source": {"type": "s3", "bucket": "bucket", "key": "key"},
}


def code(refusal: Problem | None) -> str | None:
    return refusal and refusal.code


def asked_at(text: str) -> int:
    found = PublishRequest.model_validate({**BODY, "publish_at": text}).publish_at_s
    assert found is not None
    return found


def a_publish(publish_at: int | None) -> Publish:
    row = {"publish_id": "p", "execution": "p", "account_id": "a", "state": "queued", "origin": "api"}
    return Publish.model_validate(
        {**row, "created_at": NOW, "publish_at": publish_at, "source": Source(bucket="b", key="k")}
    )


@pytest.mark.parametrize(
    ("ahead", "refused"),
    [
        (-3600, "publish_at_past"),
        (-61, "publish_at_past"),
        (-60, None),
        (0, None),
        (120, None),
        (365 * DAY, None),
        (366 * DAY, None),
        (366 * DAY + 1, "publish_at_too_far"),
    ],
)
def test_a_time_from_now_to_a_year_ahead_is_accepted(ahead, refused):
    assert code(time_refusal(NOW + ahead, NOW)) == refused


@pytest.mark.parametrize("year", [2027, 2028, 2029, 2096])
def test_the_same_day_of_the_next_year_can_always_be_chosen(year):
    for month in range(1, 13):
        now = datetime(year, month, 28, 9, 30, tzinfo=UTC)
        then = now.replace(year=year + 1)

        assert time_refusal(int(then.timestamp()), int(now.timestamp())) is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-03-28T01:59:59+01:00", "2027-03-28T00:59:59Z"),
        ("2027-03-28T03:00:00+02:00", "2027-03-28T01:00:00Z"),
        ("2027-10-31T02:30:00+02:00", "2027-10-31T00:30:00Z"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00Z"),
        ("2028-02-29T23:30:00-05:00", "2028-03-01T04:30:00Z"),
        ("2027-12-31T23:59:59.001Z", "2028-01-01T00:00:00Z"),
        ("2027-06-01T17:45:00+05:45", "2027-06-01T12:00:00Z"),
    ],
)
def test_a_time_is_the_moment_in_its_zone(text, utc):
    assert asked_at(text) == int(datetime.fromisoformat(utc).timestamp())


@pytest.mark.parametrize("text", ["2027-06-01T12:00:00", "2027-06-01", "1800000000", "tomorrow"])
def test_a_time_without_a_zone_is_refused(text):
    with pytest.raises(ValueError):
        asked_at(text)


@given(
    st.datetimes(datetime(2027, 6, 2), datetime(2028, 5, 30)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_a_publish_is_not_due_before_its_time(wall, zone):
    moment = wall.replace(tzinfo=ZoneInfo(zone))

    at = to_epoch_seconds(moment)

    assert at is not None
    assert datetime.fromtimestamp(at, UTC) >= moment.astimezone(UTC)
    assert datetime.fromtimestamp(at, UTC) - moment.astimezone(UTC) < timedelta(seconds=1)


@given(st.integers(-60, AHEAD_MAX_S))
def test_a_scheduled_publish_waits_until_its_time_and_says_so(ahead):
    publish = held_until_due(a_publish(NOW + ahead), NOW)

    if ahead <= 0:
        assert (publish.state, publish.not_before, publish.due_at) == (State.QUEUED, None, NOW)
    else:
        assert (publish.state, publish.not_before, publish.due_at) == (State.HELD, NOW + ahead, NOW + ahead)
        assert [(m.state, m.code) for m in publish.history] == [(State.HELD, "scheduled")]
