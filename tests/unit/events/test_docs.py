"""The examples in docs/events.md are correct, and its rules are valid in CloudFormation."""

import json
import subprocess
import sys

import pytest

from dropcast.events.json_schemas import event_schemas
from dropcast.events.models import SHAPES
from tests.event_schemas import ROOT, conforming, table
from tests.events_page import PAGE, RULES, blocks


@pytest.mark.parametrize("name", SHAPES)
def test_each_event_has_a_valid_example(name):
    [example] = blocks(name, "json")

    assert conforming(json.loads(example))["event"] == name


@pytest.mark.parametrize("name", sorted(name for name in event_schemas()["$defs"] if "." not in name))
def test_the_tables_show_the_fields_of_the_schemas(name):
    assert table(name) in PAGE, table(name)


def test_each_kind_of_target_has_a_rule():
    assert len(RULES) == 6


def test_cloudformation_accepts_every_rule(tmp_path):
    files = [tmp_path / f"{title}.yaml" for title in RULES]
    for file in files:
        file.write_text(RULES[file.stem])
    files.append(ROOT / "examples/eventbridge/queue.yaml")
    linter = f"{sys.executable.rpartition('/')[0]}/cfn-lint"

    said = subprocess.run([linter, "--regions", "eu-west-1", "--", *files], capture_output=True, text=True)

    assert said.returncode == 0, said.stdout
