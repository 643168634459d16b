"""Tests that share something expensive run in one worker, for any number of workers."""

import os

import pytest

from local.synth import ROOT


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="only several workers need groups")
def test_the_template_tests_are_one_group(request: pytest.FixtureRequest):
    assert request.node.nodeid.endswith("@infra")


def test_a_hook_that_groups_tests_runs_before_xdists_hook():
    """xdist reads the marks in pytest_collection_modifyitems too, and would miss later marks."""
    texts = [file.read_text() for file in (ROOT / "tests").rglob("conftest.py")]
    grouping = [text for text in texts if "xdist_group(" in text]

    assert len(grouping) >= 2
    for text in grouping:
        assert "@pytest.hookimpl(tryfirst=True)" in text.partition("def pytest_collection_modifyitems")[0]
