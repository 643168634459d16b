"""The sweep reports its failures only after it has finished all other work."""

import json

import pytest

from dropcast.publishing.outcome.sweep import Swept
from functions.schedule.sweep import handler as module
from tests.unit.support.functions import context


def counted(capsys: pytest.CaptureFixture[str]) -> list[int]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return [int(line["PublishesBegunLate"][0]) for line in lines if "PublishesBegunLate" in line]


def test_late_starts_are_counted(monkeypatch, capsys):
    monkeypatch.setattr(module, "sweep", lambda: Swept(2, 1))

    module.handler({}, context())

    assert counted(capsys) == [2]


def test_a_failed_row_raises_after_the_others_are_counted(monkeypatch, capsys):
    monkeypatch.setattr(module, "sweep", lambda: Swept(2, 1, 1))

    with pytest.raises(RuntimeError, match="1 rows"):
        module.handler({}, context())

    assert counted(capsys) == [2]
