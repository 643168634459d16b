"""The commands of the pages, run as they are written."""

import shutil
from pathlib import Path

import pytest

from tests.written import ALONE, Ran, blocks, run

_SECONDS = 240
_NEEDED = ("bash", "curl")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, _NEEDED)), reason=f"the pages' commands need {', '.join(_NEEDED)}"
)


def assert_went_well(page: str, ran: Ran) -> None:
    assert ran.code == 0, f"{ran.place} ended with {ran.code}:\n{ran.output[-3000:]}"
    refused = {at for at, status in ran.statuses if status.startswith(("4", "5"))}
    assert refused == {block.place for block in blocks(page) if block.refused}, ran.output[-3000:]
    # a command that ran and was answered by nothing at all would be no test
    assert ran.statuses or page == ALONE


def test_the_sandbox_alone_does_what_its_page_says(tmp_path: Path):
    assert_went_well(ALONE, run(ALONE, tmp_path, {}, seconds=_SECONDS))
