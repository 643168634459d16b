"""The webhook endpoints that need a person: disabled after failures, or failing for a long time."""

from typing import Any

import pytest

from dropcast.events.endpoints.endpoint_store import Endpoint

NOW, HOUR = 1_800_000_000, 3600


@pytest.mark.parametrize(
    ("state", "needs"),
    [
        ({}, False),
        ({"failing_since": NOW - HOUR + 1, "failures": 3}, False),
        ({"failing_since": NOW - HOUR, "failures": 1}, True),
        ({"status": "disabled", "disabled_why": "by_request", "failing_since": NOW - 2 * HOUR}, False),
        ({"status": "disabled", "disabled_why": "failing", "failing_since": NOW - 24 * HOUR}, True),
        ({"status": "disabled", "disabled_why": "gone"}, True),
    ],
)
def test_an_endpoint_needs_a_person(state: dict[str, Any], needs: bool):
    usual: dict[str, Any] = {"status": "enabled", "created_at": NOW, "revision": 1, "secret_version": 1}
    endpoint = Endpoint("whe_1", "https://a.example", ("*",), "", secret_sealed=b"", **usual | state)

    assert endpoint.needs_a_person(NOW) is needs
