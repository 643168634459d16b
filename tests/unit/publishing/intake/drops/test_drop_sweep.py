"""The sweep finds a drop whose event was lost, for a day. It posts no drop again that was already handled."""

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import problem
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.execution import state_machine
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.intake.drops import drop_sweep, drops
from dropcast.publishing.intake.drops.drop_sweep import sweep_drops
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from functions.storage.drop.handler import handler
from tests.unit.publishing.conftest import BUCKET, outbox
from tests.unit.publishing.intake.drops.photo_drops import posted, put_pictures
from tests.unit.publishing.intake.drops.test_drops import put
from tests.unit.publishing.intake.drops.test_duplicates import DAY, OPTIONS, code, dropped, later, taken
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

MINUTES = 60


@pytest.fixture
def folder(account) -> str:
    return f"drop/{account.account_id}/"


@pytest.fixture
def asked(cloud) -> list[str]:
    """The requests to S3."""
    calls = list[str]()
    clients.client("s3").meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    return calls


@pytest.mark.parametrize(("age", "is_taken"), [(9 * MINUTES, False), (11 * MINUTES, True), (DAY + MINUTES, False)])
def test_a_drop_with_a_lost_event_is_accepted_at_its_age(account, begun, monkeypatch, folder, age, is_taken):
    version = put(folder + "a.mp4", metadata=OPTIONS)
    later(monkeypatch, age)

    swept = sweep_drops()

    assert (list(swept.taken), swept.failed) == (begun, 0)
    assert len(begun) == is_taken
    if is_taken:
        publish = publish_store.get(begun[0])
        assert publish is not None
        assert publish.video.version_id == version


def test_a_late_event_gives_the_same_publish(account, begun, monkeypatch, folder):
    version = put(folder + "a.mp4", metadata=OPTIONS)
    later(monkeypatch, 11 * MINUTES)
    (publish_id,) = sweep_drops().taken

    assert taken(folder + "a.mp4", version).publish_id == publish_id
    assert sweep_drops().taken == ()


def test_an_empty_object_is_left_to_the_sweep_which_fails_it(account, begun, monkeypatch, folder):
    assert accept_drop(BUCKET, folder + "a.mp4", put(folder + "a.mp4", b"", OPTIONS)) is None
    later(monkeypatch, 11 * MINUTES)

    (publish_id,) = sweep_drops().taken

    publish = publish_store.get(publish_id)
    assert publish is not None
    assert (publish.state, code(publish), begun) == (State.FAILED, "source_empty", [])


def test_an_object_that_is_empty_first_and_written_later_is_posted_once(account, begun, monkeypatch, folder):
    accept_drop(BUCKET, folder + "a.mp4", put(folder + "a.mp4", b"", OPTIONS))
    publish = dropped(folder + "a.mp4")
    later(monkeypatch, 11 * MINUTES)

    assert sweep_drops().taken == ()
    assert begun == [publish.publish_id]


def test_sidecars_and_folders_are_not_accepted(account, begun, monkeypatch, folder):
    put(folder, b"")
    put(folder + "a.json", b"{}")
    later(monkeypatch, 11 * MINUTES)

    assert sweep_drops() == drop_sweep.SweptDrops((), 0)


def test_photos_with_a_lost_event_are_accepted_by_their_sidecar(account, begun, monkeypatch, folder, asked):
    put_pictures(account, "a.jpg", "b.jpg", ".DS_Store")
    put(folder + "trip.photos.json", b'{"privacy_level": "SELF_ONLY"}')
    later(monkeypatch, 11 * MINUTES)

    (publish_id,) = sweep_drops().taken
    first = asked.copy()
    again = sweep_drops()

    publish = publish_store.get(publish_id)
    assert publish is not None
    assert (posted(publish), begun, again.taken) == (["a.jpg", "b.jpg"], [publish_id], ())
    assert first == [
        *("ListObjectsV2", "HeadObject"),  # the sweep's own
        *("HeadObject", "GetObject", "ListObjectsV2", "HeadObject", "HeadObject"),
    ]
    assert asked[len(first) :] == ["ListObjectsV2", "HeadObject"]


def test_a_sidecar_of_photos_that_stays_empty_fails(account, begun, monkeypatch, folder):
    put_pictures(account, "a.jpg")
    put(folder + "trip.photos.json", b"")
    later(monkeypatch, 11 * MINUTES)

    (publish_id,) = sweep_drops().taken

    publish = publish_store.get(publish_id)
    assert publish is not None
    assert (code(publish), begun) == ("drop_sidecar_invalid", [])


@pytest.fixture
def thousand(account, begun, folder, monkeypatch) -> list[str]:
    """The keys of 1,000 handled drops: posted, failed or cancelled, half of them photos.

    40 were processed completely. The others have only the rows by which the sweep recognises them, because moto copies
    its tables for each transaction and a thousand complete drops would take minutes.
    """
    monkeypatch.setattr(state_machine, "stop", lambda *_: None)
    keys = list[str]()
    for number in range(1000):
        is_failed, is_cancelled = number % 4 == 1, number % 4 == 2
        key, body = (f"{number}.mp4", b"video") if number % 8 < 4 else (f"{number}.photos.json", b"{}")
        if number < 40:
            put_pictures(account, "a.jpg", folder=f"{number}.photos")
        version = put(folder + key, body, {} if is_failed else OPTIONS)
        keys.append(folder + key)
        if number >= 40:
            remember(folder + key, version)
            continue
        publish = taken(folder + key, version)
        assert code(publish) == ("privacy_required" if is_failed else None)
        if is_cancelled:
            cancel(publish.publish_id, SYSTEM)
    return keys


def remember(key: str, version: str) -> None:
    """Store idempotency key (a), as `accept_drop` does."""
    source = Source(bucket=BUCKET, key=key, version_id=version)
    once = drops.idempotency_key_of_object(source, problem("source_missing"))
    write = once.write(new_publish("acc", source, "drop", None))["Put"]
    maker("dynamodb").put_item(TableName=write["TableName"], Item=write["Item"])


@pytest.mark.long
def test_after_30_days_and_a_thousand_handled_drops_nothing_is_posted_again(
    account, begun, monkeypatch, thousand, asked
):
    before, rows, dropped_at = list(begun), outbox(), clock.now()
    pages = ["ListObjectsV2"] * 2  # with the pictures, 1,040 objects

    for days in (0, 1, 2, 30):
        monkeypatch.setattr(clock, "now", lambda: dropped_at + days * DAY + 11 * MINUTES)  # noqa: B023
        asked.clear()

        assert sweep_drops() == drop_sweep.SweptDrops((), 0)
        assert sorted(asked) == ["HeadObject"] * (len(thousand) if days == 0 else 0) + pages

    assert (begun, outbox()) == (before, rows)


def test_old_drops_that_were_never_accepted_are_left_alone(account, begun, monkeypatch, folder, asked):
    for name in ("a.mp4", "b.photos/1.jpg", "b.photos.json"):
        put(folder + name, b'{"privacy_level": "SELF_ONLY"}', OPTIONS)
    later(monkeypatch, DAY + MINUTES)

    assert (sweep_drops().taken, begun, asked) == ((), [], ["ListObjectsV2"])


def test_a_failing_drop_delays_no_other_and_is_raised_at_the_end(account, begun, monkeypatch, folder):
    put(folder + "a.mp4", metadata=OPTIONS)
    put(folder + "b.mp4", b"another", metadata=OPTIONS)
    later(monkeypatch, 11 * MINUTES)
    real = drop_sweep.accept_drop

    def broken(bucket, key, *more, **how):
        if key.endswith("a.mp4"):
            raise ConnectionError("away")
        return real(bucket, key, *more, **how)

    monkeypatch.setattr(drop_sweep, "accept_drop", broken)

    with pytest.raises(RuntimeError, match="1 drops"):
        handler({"detail-type": "Scheduled Event"}, context())

    assert len(begun) == 1
