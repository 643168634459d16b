"""The account that `make up` connects, and the message if connecting fails."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from local.connect_first_account import connect_first_account
from local.stack_client import StackClient

BACK = "http://127.0.0.1:1/oauth/tiktok/callback?code=canary-code&state=canary-state"
STACK: Any = SimpleNamespace(sandbox_url="http://127.0.0.1:2", base_url="http://a", public_url="http://a")


def _refused() -> httpx.HTTPError:
    request = httpx.Request("GET", BACK)
    with pytest.raises(httpx.HTTPStatusError) as raised:
        httpx.Response(410, request=request).raise_for_status()
    return raised.value


@pytest.mark.parametrize("failed", [_refused(), LookupError("tom.private is not among the accounts of me")])
def test_a_failure_is_reported_without_the_secrets_of_its_address(monkeypatch, failed):
    def consent(*_: Any, **__: Any) -> str:
        raise failed

    said: list[str] = []
    monkeypatch.setattr(StackClient, "consent", consent)

    assert connect_first_account(STACK, said.append) is None
    assert "could not be connected" in said[-1]
    assert "canary" not in "".join(said)
