"""Start and Transfer with a limit of concurrent transfers: a publish without a turn waits, and nothing is lost."""

from collections import Counter

import pytest
from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.aws import clients
from dropcast.budgets.ledger import Go
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer import transfer_concurrency_store
from dropcast.publishing.transfer.transfer import transfer
from dropcast.publishing.transfer.transfer_concurrency import TURN_S
from dropcast.settings import settings
from tests.unit.publishing.admission.test_budget_slots import held_clock  # noqa: F401
from tests.unit.publishing.conftest import FakeTikTok, options, outbox, stored, time_left, upload_object
from tests.unit.publishing.transfer.test_transfer import UploadHost

VIDEO = b"x" * 1000


@pytest.fixture(autouse=True)
def _two_at_once(cloud, held_clock, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TRANSFERS_AT_ONCE", "2")
    settings.cache_clear()


@pytest.fixture
def publishes(account, begun) -> list[Publish]:
    taken = [
        submit(new_publish(account.account_id, upload_object(f"{n}.mp4", VIDEO), "api", options())) for n in range(4)
    ]
    assert all(isinstance(one, Publish) for one in taken)
    return [one for one in taken if isinstance(one, Publish)]


def begin(publish: Publish) -> StepResult:
    return start(publish.publish_id, publish.execution)


def send(publish: Publish) -> StepResult:
    return transfer(publish.publish_id, publish.execution)


def turns() -> set[str]:
    return set(transfer_concurrency_store._read()[0].running)


def test_above_the_limit_a_publish_is_held_before_its_init(publishes, tiktok: FakeTikTok, held_clock):  # noqa: F811
    tiktok.uploads = UploadHost(tiktok)
    first, second, third, _ = publishes

    outcomes = [begin(one) for one in (first, second, third)]
    held_clock.at += 1
    sent = send(first)
    held_clock.at += 15
    then = begin(third)

    assert [one.outcome for one in outcomes] == ["started", "started", "held"]
    assert outcomes[2].why == "transfers_busy"
    assert tiktok.count("video/init") == 3
    assert sent.outcome == "uploaded"
    assert then.outcome == "started"


def test_waiting_sends_one_event_and_counts_as_no_failed_try(publishes, tiktok: FakeTikTok, held_clock):  # noqa: F811
    first, second, third, _ = publishes
    begin(first)
    begin(second)

    # Eighty hours, because failed tries would end the publish after 72.
    for _ in range(20):
        held_clock.at += 4 * 3600
        # The two others continue, like long transfers.
        transfer_concurrency_store.take_turn(first.publish_id, has_begun=True)
        transfer_concurrency_store.take_turn(second.publish_id, has_begun=True)
        assert begin(third).outcome == "held"

    row = stored(third)
    assert row.state is State.HELD
    assert [moment.code for moment in row.history if moment.state is State.HELD] == ["transfers_busy"]
    assert outbox().count("publish.held") == 1


def test_waiting_publishes_keep_their_order(publishes, tiktok: FakeTikTok, held_clock):  # noqa: F811
    tiktok.uploads = UploadHost(tiktok)
    first, _, third, fourth = publishes
    for one in publishes:
        begin(one)
    send(first)
    held_clock.at += 30

    assert begin(fourth).outcome == "held"
    assert begin(third).outcome == "started"


def test_a_refused_publish_returns_its_turn(publishes, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [None, None]

    begin(publishes[0])

    assert turns() == set()


def test_a_finished_transfer_returns_its_turn_and_a_continuing_one_keeps_it(publishes, tiktok: FakeTikTok):
    tiktok.uploads = UploadHost(tiktok)
    first, second, *_ = publishes
    begin(first)
    begin(second)

    with time_left(lambda: 1.0):
        more = transfer(first.publish_id, first.execution)
    between = turns()
    send(first)

    assert more == StepResult(Outcome.MORE)
    assert between == {first.publish_id, second.publish_id}
    assert turns() == {second.publish_id}


def test_a_transfer_that_lost_its_turn_waits_without_taking_over_the_upload(publishes, tiktok: FakeTikTok, held_clock):  # noqa: F811
    first, second, third, fourth = publishes
    begin(first)
    held_clock.at += TURN_S
    begin(second)
    begin(third)
    before = publish_store.get(first.publish_id)

    step = send(first)

    assert step == StepResult(Outcome.BUSY, not_before=clock.now() + 15)
    assert publish_store.get(first.publish_id) == before
    assert begin(fourth).outcome == "held"


def test_a_turn_that_cannot_be_returned_fails_no_publish(publishes, tiktok: FakeTikTok, monkeypatch):
    tiktok.uploads = UploadHost(tiktok)
    begin(publishes[0])

    def refuse(*_, **__):
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")

    monkeypatch.setattr("dropcast.aws.dynamo.write_if", refuse)
    transfer_concurrency_store.give_back(publishes[0].publish_id)

    assert turns() == {publishes[0].publish_id}


def test_if_too_many_ask_at_once_one_asks_again_later(publishes, monkeypatch):
    monkeypatch.setattr(transfer_concurrency_store, "_write", lambda *_: False)

    assert transfer_concurrency_store.take_turn(publishes[0].publish_id, has_begun=False) == 30


def test_a_pull_needs_no_turn_and_without_a_limit_there_are_no_reads_or_writes(publishes, tiktok, monkeypatch):
    asked = Counter[str]()
    monkeypatch.setenv("TRANSFERS_AT_ONCE", "0")
    settings.cache_clear()
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: asked.update([model.name]))

    wait = transfer_concurrency_store.take_turn(publishes[0].publish_id, has_begun=True)
    transfer_concurrency_store.give_back(publishes[0].publish_id)

    assert wait is None
    assert asked == {}


def test_a_publish_waiting_for_its_turn_does_not_delay_other_posts_of_its_account(
    account, publishes, tiktok: FakeTikTok
):
    first, second, third, _ = publishes
    begin(first)
    begin(second)
    assert begin(third).why == "transfers_busy"

    taken = budget_slots.take(third.model_copy(update={"open_id": account.open_id, "publish_id": "pub_another"}))

    assert isinstance(taken, Go)
