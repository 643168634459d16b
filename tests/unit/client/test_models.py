"""The client's models accept and keep the examples of the API's document."""

import importlib
import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from dropcast_client import PublishEdit, PublishRequest, S3Source
from dropcast_client.model_bases import Body
from dropcast_client.models.publishes import PublishView
from functions.http.api.description import document
from tests.client_code.models import SECRETS
from tests.client_code.schemas import Schemas
from tests.unit.support.api_examples import example

SCHEMAS = Schemas(document())
OBJECTS = sorted(
    (module, name) for module, names in SCHEMAS.by_module().items() for name in names if "enum" not in SCHEMAS[name]
)


def model(module: str, name: str) -> type[BaseModel]:
    return getattr(importlib.import_module(f"dropcast_client.models.{module}"), name)


@pytest.mark.parametrize(("module", "name"), OBJECTS, ids=[name for _, name in OBJECTS])
def test_the_documents_example_passes_through_the_model_unchanged(module: str, name: str):
    text = json.dumps(example(name))

    read = model(module, name).model_validate_json(text)

    sent = read.to_json() if isinstance(read, Body) else read.model_dump_json(exclude_unset=True)
    assert json.loads(sent) == json.loads(text)


def test_only_named_fields_are_sent_and_none_is_null():
    source = S3Source(bucket="b", key="k.mp4")

    assert json.loads(PublishRequest(account_id="acc_1", source=source, title="Hello").to_json()) == {
        "account_id": "acc_1",
        "source": {"type": "s3", "bucket": "b", "key": "k.mp4"},
        "title": "Hello",
    }
    assert json.loads(PublishEdit(publish_at=None).to_json()) == {"publish_at": None}
    assert json.loads(PublishEdit().to_json()) == {}


@pytest.mark.parametrize(("name", "field"), sorted(SECRETS))
def test_the_text_of_a_model_has_no_secret(name: str, field: str):
    values = example(name) | {field: "dk_secret"}

    read = model(SCHEMAS.module_of(name), name).model_validate(values)

    assert getattr(read, field) == "dk_secret"
    assert "dk_secret" not in f"{read!r} {read}"


def test_a_misspelt_field_of_a_request_is_refused():
    with pytest.raises(ValidationError, match="titel"):
        PublishRequest.model_validate({"source": {"type": "url", "url": "https://a.example/v.mp4"}, "titel": "Hello"})


@pytest.mark.parametrize(("changes", "state"), [({"state": "paused"}, "paused"), ({"later_field": [1]}, "queued")])
def test_an_answer_may_have_values_and_fields_of_a_later_release(changes: dict[str, Any], state: str):
    assert PublishView.model_validate(example("PublishView", **changes)).state == state
