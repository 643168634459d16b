"""A test runs each command block of the pages, or the page gives the reason why not."""

import re

import pytest

from local.folder import ROOT
from tests.written import ALONE, PAGES, blocks

WRITTEN = ["README.md", *PAGES, ALONE]

_PROGRAMS = r"make|dropcast|curl|aws|python3?|pip|source|export|cp|tail|\.venv/bin/\w+"
COMMANDS = re.compile(rf"^\s*(\$ )?({_PROGRAMS}) ", re.MULTILINE)


@pytest.mark.parametrize("page", WRITTEN)
def test_a_block_with_commands_has_the_language_of_commands(page):
    unnamed = [block for block in blocks(page) if not block.language]

    assert [block.place for block in unnamed if COMMANDS.search(block.text)] == []
    assert [block for block in blocks(page) if block.is_command]


@pytest.mark.parametrize("page", WRITTEN)
def test_a_reason_is_before_a_command_block_and_not_empty(page):
    given = re.findall(r"<!-- (?:not run|refused):", (ROOT / page).read_text())
    reasons = [block.not_run or block.refused for block in blocks(page) if block.is_command]

    assert len(given) == len([reason for reason in reasons if len(reason.split()) > 2])


@pytest.mark.parametrize("page", WRITTEN)
def test_a_command_that_runs_has_no_placeholder(page):
    left_out = [block.place for block in blocks(page) if block.is_command and not block.not_run and "…" in block.text]

    assert left_out == []


def test_most_command_blocks_are_run():
    commands = [block for page in WRITTEN for block in blocks(page) if block.is_command]

    left_out = [block for block in commands if block.not_run]

    assert len(commands) > 4 * len(left_out)
