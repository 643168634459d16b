"""docs/sandbox.md names every option, setting, fault and route, and the settings' defaults."""

import argparse
import json
import re
from typing import Any, get_args

import pytest

from local.folder import ROOT
from sandbox.__main__ import make_parser
from sandbox.faults.degradations import Degradation, can_degrade
from sandbox.faults.faults import FIELDS, FaultKind
from sandbox.faults.route_names import ROUTE_NAMES
from sandbox.settings import Settings

PAGE = (ROOT / "docs/sandbox.md").read_text()
AS_STARTED = "the options at the start"
SHOWN_ELSEWHERE = {"rate_limits": "see below", "webhook_url": "the option at the start"}


def section(heading: str) -> str:
    """The text below a heading, up to the next one of the same or a higher level."""
    level = heading.index(" ")
    _, _, rest = PAGE.partition(f"\n{heading}\n")
    assert rest, f"the page has no heading {heading}"
    return re.split(rf"\n#{{2,{level}}} ", rest)[0]


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def settings_shown() -> dict[str, str]:
    """Each setting's default in the table of settings."""
    shown: dict[str, str] = {}
    for names, default, *_ in rows(section("### Settings")):
        found = re.findall(r"`(\w+)`", names)
        defaults = default.split(", ") if len(found) > 1 and default != AS_STARTED else [default] * len(found)
        shown |= dict(zip(found, defaults, strict=True))
    return shown


def written(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) or value == {} else json.dumps(value, default=str)


def test_the_table_of_settings_has_every_setting():
    assert set(settings_shown()) == set(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_table_of_settings_has_the_default(name):
    default = Settings.model_fields[name].get_default(call_default_factory=True)
    shown = settings_shown()[name]

    assert shown in (AS_STARTED, written(default)) or shown == SHOWN_ELSEWHERE.get(name)


def test_the_table_of_options_has_every_option():
    named = set(re.findall(r"`(--[a-z-]+)`", "\n".join(row[0] for row in rows(section("## Start")))))
    options = {name for action in parser_actions() for name in action.option_strings if name.startswith("--")}

    assert named == options - {"--help"}


def parser_actions() -> list[argparse.Action]:
    return make_parser()._actions


def test_every_kind_of_fault_is_described_and_shown_with_its_own_fields():
    text = section("### Faults")
    shown = [json.loads(example) for example in re.findall(r"faults -d '(\{.*\})'", text)]

    assert [row[0] for row in rows(text)][2:] == [f"`{kind}`" for kind in get_args(FaultKind)]
    assert {fault["kind"] for fault in shown} == set(get_args(FaultKind))
    assert all(FIELDS[kind] <= set(re.findall(r"[a-z_]+", text)) for kind in get_args(FaultKind))


def test_every_route_that_can_fail_is_named():
    text = section("### Faults") + section("### Degraded sources")

    assert ROUTE_NAMES - set(re.findall(r"`([a-z_]+)`", text)) == set()


def test_every_degradation_is_described():
    text = section("### Degraded sources")
    named = re.findall(r"`([a-z_]+)`", text.partition("These are the routes that you can degrade:")[2])

    assert {row[0] for row in rows(text)[2:]} == {f"`{way}`" for way in get_args(Degradation)}
    assert set(named) == {route for route in ROUTE_NAMES if can_degrade(route, "odd")}


def test_every_choice_names_a_section_and_only_settings_that_exist():
    tables = [row for row in rows(section("## Choices")) if row[0] not in ("question", "---")]
    settings = {name for row in tables for name in re.findall(r"`(\w+)`", row[3]) if "a fault" not in row[3]}

    assert len(tables) > 35
    assert [row[0] for row in tables if not re.search(r"tiktok-protocol\.md#\d", row[2])] == []
    assert settings - set(Settings.model_fields) == set()
