"""The template as it is deployed, synthesised again only if a source has changed. Also another stage's template."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.synth import assembly
from tests.infra.stages import template_with


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all these tests in one worker, so that the template is synthesised only once."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("infra"))


@pytest.fixture(scope="session")
def dev_assembly() -> Path:
    return assembly("aws")


@pytest.fixture(scope="session")
def template(dev_assembly: Path) -> dict[str, Any]:
    return json.loads((dev_assembly / "Dropcast-dev.template.json").read_text())


@pytest.fixture(scope="session")
def prod_template() -> dict[str, Any]:
    return template_with(stage="prod")


# A synthesis takes seconds, so tests of different choices share the next two templates.


@pytest.fixture(scope="session")
def chosen_template() -> dict[str, Any]:
    return template_with(snapstart="on", media_key="3", refresh_workers="40")


@pytest.fixture(scope="session")
def domains_template() -> dict[str, Any]:
    """With domains, an address for alarms, and a stage's longest name."""
    return template_with(
        stage="a" * 20,
        custom_domain="post.example.com",
        certificate_arn="arn:aws:acm:eu-west-1:123456789012:certificate/a",
        media_domain="media.example.com",
        media_certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/b",
        alarm_email="ops@example.com",
    )
