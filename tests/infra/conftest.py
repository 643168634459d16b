"""The template as it is deployed, synthesised once per state of the sources; and another stage's, made in here."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.synth import ROOT, assembly
from tests.infra.stages import stack_of


@pytest.fixture(scope="session")
def dev_assembly() -> Path:
    return assembly("aws")


@pytest.fixture(scope="session")
def template(dev_assembly: Path) -> dict[str, Any]:
    return json.loads((dev_assembly / "Dropcast-dev.template.json").read_text())


@pytest.fixture(scope="session")
def prod_template() -> dict[str, Any]:
    from aws_cdk.assertions import Template

    return Template.from_stack(stack_of(ROOT, stage="prod")).to_json()
