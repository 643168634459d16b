"""Shared helpers for tests of single steps of `dropcast setup`."""

from pathlib import Path

import pytest

from cli.prompts import Question
from cli.setup import kept_choices
from cli.setup.found import Found, NeedsAnswer, Setup
from tests.unit.support.deployed import ACCOUNT

ANSWERS = {"scopes": "user.info.basic,video.publish", "audited": "no", "alarm_email": "", "domain": ""}


@pytest.fixture(autouse=True)
def cdk_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A separate cdk.json for the test, which has no choices yet."""
    file = tmp_path / "cdk.json"
    file.write_text('{"app": "python app.py", "context": {"@aws-cdk/core:target-partitions": ["aws"]}}')
    monkeypatch.setattr(kept_choices, "_FILE", file)
    return file


def new_setup(**answers: str) -> Setup:
    return Setup("dev", answers, {"aws_account": ACCOUNT, "region": "eu-west-1"})


def question(found: Found) -> Question:
    assert isinstance(found, NeedsAnswer)
    return found.question
