"""The deployment of these tests, and the output of handlers."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.http.api.description import document
from functions.http.api.document_walk import operations
from functions.http.api.handler import app
from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok
from tests.unit.support.business import business as business
from tests.unit.support.console import static_set as static_set
from tests.unit.support.console import visitor as visitor


@pytest.fixture
def written(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that was written so far: logs, metrics, other output."""
    [handler] = logging.getLogger("tests").handlers
    assert isinstance(handler, logging.StreamHandler)
    logs = io.StringIO()
    before = handler.setStream(logs)
    yield lambda: logs.getvalue() + "".join(capfd.readouterr())
    if before:
        handler.setStream(before)


@pytest.fixture(autouse=True)
def told_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check, for every test that calls the API, that the document lists the statuses and codes that it returned."""
    really = app.resolve

    def resolve(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer = really(event, context)
        asked, status = event["requestContext"]["http"], answer["statusCode"]
        refusal = json.loads(answer["body"])["error"] if status >= 400 else {}
        is_route = refusal.get("details") != {"what": "route"}
        if is_route and (answers := _answers(asked["method"], asked["path"])):
            assert not refusal or refusal["code"] in answers[str(status)]["x-error-codes"]
        return answer

    monkeypatch.setattr(app, "resolve", resolve)


def _answers(method: str, path: str) -> dict[str, Any] | None:
    found = (
        operation["responses"]
        for verb, template, operation in operations(document())
        if verb == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path)
    )
    return next(found, None)
