"""The tools: their names, hints and schemas."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.folder import ROOT
from tests.unit.support.agents import Agent, agent_of

NAMES = [
    *("accounts", "creator_info", "request_upload", "preflight", "publish", "status", "list", "cancel", "retry"),
    *("resolve", "comments", "trends", "videos"),
]
READS = {"accounts", "creator_info", "status", "list", "trends", "videos"}
ADDS = {"request_upload", "preflight", "resolve"}


@pytest.fixture(scope="module")
def agent() -> Agent:
    return agent_of(lambda request: httpx.Response(500))


def test_the_server_has_these_tools(agent):
    assert list(agent.tools) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_says_whether_it_reads_destroys_and_may_be_repeated(agent, name):
    hints = agent.tools[name].annotations

    assert hints is not None
    assert hints.read_only_hint is (name in READS)
    assert hints.destructive_hint is (name not in READS | ADDS)
    assert hints.idempotent_hint is (name != "preflight")
    assert hints.open_world_hint is True


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_has_a_short_text_and_typed_arguments_and_results(agent, name):
    tool = agent.tools[name]

    assert 40 < len(tool.description) < 500
    assert all({"type", "anyOf", "enum", "$ref"} & field.keys() for field in tool.input_schema["properties"].values())
    assert tool.output_schema["properties"]


def strings(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each string in a schema, with the names of the fields that lead to it."""
    if schema.get("type") == "string":
        yield place, schema
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from strings(schema[name], place)
    for option in schema.get("anyOf", []):
        yield from strings(option, place)
    for group in ("properties", "$defs"):
        for name, one in schema.get(group, {}).items():
            yield from strings(one, f"{place}.{name}")


@pytest.mark.parametrize("name", NAMES)
def test_every_string_of_a_result_is_marked_or_a_word_or_a_time_or_written_by_dropcast(agent, name):
    found = dict(strings(agent.tools[name].output_schema))

    loose = {
        place
        for place, schema in found.items()
        if not place.endswith(".Untrusted.untrusted_text")
        and "pattern" not in schema
        and schema.get("format") != "date-time"
        and schema.get("description") != "Written by Dropcast."
    }
    assert found
    assert loose == set()


def test_an_agents_page_lists_every_tool(agent):
    _, _, after = (ROOT / "docs/agents.md").read_text().partition("\n## The tools\n")
    rows = re.findall(r"^\| `(\w+)` \|", after.partition("\n## ")[0], flags=re.MULTILINE)

    assert rows == NAMES
