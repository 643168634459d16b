"""The content of an event: its envelope, its position among its publish's events, and its validated shape."""

import json

import pytest
from pydantic import ValidationError

from dropcast.events.json_schemas import event_schemas
from dropcast.events.models import SHAPES, PublishShape
from dropcast.events.outbox.outbox import event_write, new_event
from functions.http.api.publish_views import MomentView, PictureView, PublishErrorView, PublishView
from tests.api_surface import broken
from tests.event_schemas import promised

ACCOUNT = {"account_id": "acc_1", "user_id": "user-1", "open_id": "open-1", "reconnected": False}


def body(name, payload):
    return json.loads(new_event(name, payload).body)


def test_an_event_has_an_id_a_name_a_time_and_its_data(cloud):
    event = body("account.connected", ACCOUNT)

    assert event == {
        "event_id": event["event_id"],
        "event": "account.connected",
        "at": "2027-01-15T08:00:00Z",
        "sequence": None,
        "data": ACCOUNT,
    }
    assert event["event_id"].startswith("evt_")


@pytest.mark.parametrize(
    "wrong",
    [
        {name: value for name, value in ACCOUNT.items() if name != "user_id"},
        ACCOUNT | {"username": "ana"},
        ACCOUNT | {"reconnected": 1},
        ACCOUNT | {"open_id": None},
    ],
)
def test_a_payload_of_another_shape_is_not_written(cloud, wrong):
    with pytest.raises(ValidationError):
        event_write("account.connected", wrong)


def test_the_error_about_a_payload_does_not_quote_it(cloud):
    with pytest.raises(ValidationError) as complaint:
        event_write("account.connected", ACCOUNT | {"access_token": "act.canary"})

    assert "canary" not in str(complaint.value)


def test_an_event_shows_a_publish_as_the_api_does_without_caption_and_consent():
    schema = event_schemas()["$defs"]

    assert set(PublishShape.model_fields) | {"options", "consent"} == set(PublishView.model_fields)
    for shape, view, added in (
        ("Moment", MomentView, set[str]()),
        ("Picture", PictureView, set[str]()),
        ("PublishError", PublishErrorView, {"doc_url"}),
    ):
        assert set(schema[shape]["properties"]) | added == set(view.model_fields)


def test_every_field_of_every_event_is_described_and_always_present():
    for shape in SHAPES.values():
        for name, field in shape.model_fields.items():
            assert field.description, name
            assert field.is_required(), name


def test_a_removed_or_retyped_field_is_noticed_and_a_new_one_is_not():
    kept = event_schemas()

    for change, noticed in (
        (lambda fields: fields.pop("reconnected"), True),
        (lambda fields: fields.update(user_id={"type": "integer"}), True),
        (lambda fields: fields.update(username={"type": "string"}), False),
    ):
        now = event_schemas()
        change(now["$defs"]["AccountConnected"]["properties"])
        assert bool(broken(promised(kept), promised(now))) is noticed
