"""Dropcast keeps the tokens of an account valid until its scheduled publish is due."""

import pytest
from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.accounts.tokens.token_store import get_tokens
from dropcast.publishing.execution import scheduler
from dropcast.publishing.intake.accept import new_publish, submit
from tests.unit.publishing.conftest import options, upload_object

DAY = 24 * 3600


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(scheduler, "create_entry", lambda publish_id, execution, at: names.append(publish_id))
    return names


def take_in(account_id: str, publish_at: int) -> None:
    source = upload_object("a.mp4", b"x" * 1000)
    submit(new_publish(account_id, source, "api", options(), publish_at=publish_at))


def test_an_account_stays_warm_until_its_publish_is_due(account, planned):
    at = clock.now() + 60 * DAY

    take_in(account.account_id, at)

    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert tokens.in_use_until == at
    assert len(planned) == 1


def test_a_publish_is_scheduled_even_if_the_account_cannot_be_marked(account, planned, monkeypatch):
    def denied(account_id: str, at: int) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "UpdateItem")

    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.keep_warm_until", denied)

    take_in(account.account_id, clock.now() + 60 * DAY)

    assert len(planned) == 1
