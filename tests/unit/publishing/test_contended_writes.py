"""DynamoDB refuses one write of a publish for a short time. The outcome of the publish stays the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast import clock
from dropcast.budgets import ledger_store
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import spend_now
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.support.lost import lost_answer

pytestmark = pytest.mark.long

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
TROUBLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "conflict": ("TransactionConflictException", ("TransactionConflict",)),
    "throttle": ("ThrottlingException", ("ThrottlingError", "None")),
}
# More writes than any of these flows makes. If the refusal meets no write, the flow is undisturbed.
MOST_WRITES = 10


def error_of(operation: str, trouble: str) -> ClientError:
    single, reasons = TROUBLE[trouble]
    if operation != "TransactWriteItems":
        return ClientError({"Error": {"Code": single, "Message": "made to fail"}}, operation)
    said: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": r} for r in reasons],
    }
    return ClientError(said, operation)


@contextmanager
def refused_write(number: int, trouble: str) -> Iterator[list[str]]:
    """DynamoDB refuses the write `number` (from 0) twice. Yields the operations of all writes."""
    call, made, left = BaseClient._make_api_call, [], [2]

    def sometimes(self: BaseClient, operation: str, request: Any) -> Any:
        if operation in WRITES:
            if len(made) == number and left[0]:
                left[0] -= 1
                raise error_of(operation, trouble)
            made.append(operation)
        return call(self, operation, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", sometimes)
        yield made


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    monkeypatch.setattr(
        "dropcast.publishing.steps.build_init.media_url", lambda *_: SecretStr("https://media.example/a.mp4")
    )


@pytest.fixture
def go(account, begun, tiktok) -> Callable[[str, str], tuple[str, int, int, list[str], int]]:
    def go(way: str, via: str) -> tuple[str, int, int, list[str], int]:
        """The publish's state, TikTok's inits, the slots in the queue, the events, and the counted posts."""
        publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 100), "api", options(), via=via))
        if way == "cancelled":
            cancel(publish.publish_id, SYSTEM)
        else:
            assert start(publish.publish_id, publish.execution).outcome in ("started", "processing")
        if way == "settled":
            fact_store.add(stored(publish).tiktok_publish_id or "", Fact("complete", clock.now()))
            settle(publish.publish_id, StepResult(Outcome.SETTLED))
        ledger = ledger_store.read(account.open_id, "posting")
        used = len(ledger.used.get("direct_posts", {}))
        return (
            stored(publish).state.value,
            tiktok.count("video/init"),
            len(ledger.queue),
            [name for name in outbox() if name != "account.connected"],
            used,
        )

    return go


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("number", range(MOST_WRITES))
@pytest.mark.parametrize(
    ("way", "via", "state", "inits"),
    [
        ("started", "upload", "uploading", 1),
        ("started", "pull", "processing", 1),
        ("settled", "upload", "published", 1),
        ("cancelled", "upload", "cancelled", 0),
    ],
)
def test_a_refused_write_does_not_change_the_outcome(go, way, via, state, inits, number, trouble):
    with refused_write(number, trouble) as made:
        found = go(way, via)

    events = {"published": ["publish.published"], "cancelled": ["publish.cancelled"]}.get(state, [])
    assert found == (state, inits, 0, events, inits)
    assert len(made) < MOST_WRITES


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "TransactWriteItems"])
@pytest.mark.parametrize(("via", "state"), [("upload", "published"), ("pull", "published")])
def test_a_lost_answer_does_not_change_the_outcome(go, via, state, operation):
    with lost_answer(operation):
        found = go("settled", via)

    assert found == (state, 1, 0, ["publish.published"], 1)


def test_a_poll_is_counted_after_a_conflict_with_a_transaction(account):
    with refused_write(0, "conflict"):
        assert spend_now(BudgetOwner(account.account_id, account.open_id), "status") is None


def test_a_task_token_is_stored_after_a_conflict_with_a_transaction(account, begun, tiktok):
    publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 100), "api", options(), via="pull"))
    start(publish.publish_id, publish.execution)

    with refused_write(0, "conflict"):
        row = publish_store.store_task_token(publish.publish_id, publish.execution, SecretStr("canary-token"))

    assert row is not None
