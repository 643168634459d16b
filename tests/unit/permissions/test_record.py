"""Records are kept per state of the sources, and each request belongs to the test that was running."""

import os
from pathlib import Path

import pytest

from local.recorded_calls import add_line
from tests.permissions import record
from tests.permissions.record import new_record, note_test, read_record, records

QUERY = {"method": "POST", "target": "/", "headers": {"x-amz-target": "AmazonSQS.SendMessage"}, "body": "{}"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(record, "HOME", tmp_path / "calls")
    monkeypatch.setattr(record, "assembly", lambda target: Path("/cdk/host-now"))
    return tmp_path / "calls"


def test_only_records_of_the_present_sources_are_judged_and_old_ones_are_removed(home):
    for name, changed in (("host-yesterday", 1), ("host-before", None)):
        (home / name).mkdir(parents=True)
        if changed:
            os.utime(home / name, (changed, changed))

    path = new_record()

    assert records() == [path]
    assert path.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in home.iterdir()) == ["host-before", "host-now"]


def test_a_request_belongs_to_the_last_test_that_began(tmp_path):
    path = new_record()
    (tmp_path / "t.json").write_text('{"Resources": {}}')
    made = {"template": str(tmp_path / "t.json"), "parameters": {"P": "1"}, "resources": {"Q": "q"}}

    note_test(path, "first")
    add_line(path, {"caller": "f", **QUERY, "status": [200]})
    add_line(path, made)
    note_test(path, "second")
    add_line(path, {"caller": "f", **QUERY, "status": []})
    read = read_record(path)

    assert (read.template, read.parameters, read.resources) == ({"Resources": {}}, {"P": "1"}, {"Q": "q"})
    assert [(one.operation, one.status) for one in read.requests] == [("SendMessage", 200), ("SendMessage", 0)]
    assert read.tests == ["first", "second"]
