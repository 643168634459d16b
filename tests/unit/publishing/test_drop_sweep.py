"""Drops whose event was lost are found within a day; nothing that was dealt with is posted again."""

import pytest

from dropcast import aws, clock
from dropcast.caller import HOUSE
from dropcast.publishing import drop_sweep, publish_store
from dropcast.publishing.cancel import cancel
from dropcast.publishing.drop_sweep import sweep_drops
from dropcast.publishing.drops import take_drop
from dropcast.publishing.transitions import State
from functions.storage.drop.handler import handler
from tests.unit.support.functions import context

from .conftest import BUCKET, stored
from .test_drop_once import DAY, OPTIONS, code, dropped, later, taken
from .test_drops import put

MINUTES = 60


@pytest.fixture
def folder(account) -> str:
    return f"drop/{account.account_id}/"


@pytest.fixture
def asked(cloud) -> list[str]:
    """What S3 is asked for."""
    calls = list[str]()
    aws.client("s3").meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    return calls


@pytest.mark.parametrize(("age", "is_taken"), [(9 * MINUTES, False), (11 * MINUTES, True), (DAY + MINUTES, False)])
def test_a_drop_whose_event_was_lost_is_taken_at_its_age(account, begun, monkeypatch, folder, age, is_taken):
    version = put(folder + "a.mp4", metadata=OPTIONS)
    later(monkeypatch, age)

    swept = sweep_drops()

    assert (list(swept.taken), swept.failed) == (begun, 0)
    assert len(begun) == is_taken
    if is_taken:
        publish = publish_store.get(begun[0])
        assert publish is not None
        assert publish.video.version_id == version


def test_the_event_that_comes_after_all_gives_the_same_publish(account, begun, monkeypatch, folder):
    version = put(folder + "a.mp4", metadata=OPTIONS)
    later(monkeypatch, 11 * MINUTES)
    (publish_id,) = sweep_drops().taken

    assert taken(folder + "a.mp4", version).publish_id == publish_id
    assert sweep_drops().taken == ()


def test_an_object_that_is_empty_is_left_to_the_sweep_which_fails_it(account, begun, monkeypatch, folder):
    assert take_drop(BUCKET, folder + "a.mp4", put(folder + "a.mp4", b"", OPTIONS)) is None
    later(monkeypatch, 11 * MINUTES)

    (publish_id,) = sweep_drops().taken

    publish = publish_store.get(publish_id)
    assert publish is not None
    assert (publish.state, code(publish), begun) == (State.FAILED, "source_empty", [])


def test_an_object_that_is_empty_first_and_written_then_is_posted_once(account, begun, monkeypatch, folder):
    take_drop(BUCKET, folder + "a.mp4", put(folder + "a.mp4", b"", OPTIONS))
    publish = dropped(folder + "a.mp4")
    later(monkeypatch, 11 * MINUTES)

    assert sweep_drops().taken == ()
    assert begun == [publish.publish_id]


def test_sidecars_and_folders_are_not_taken(account, begun, monkeypatch, folder):
    put(folder, b"")
    put(folder + "a.json", b"{}")
    later(monkeypatch, 11 * MINUTES)

    assert sweep_drops() == drop_sweep.SweptDrops((), 0)


def test_after_a_month_of_drops_nothing_is_posted_and_old_ones_cost_nothing(account, begun, monkeypatch, folder, asked):
    now = clock.now()
    old = [folder + f"{number}.mp4" for number in range(1000)]
    for key in old:
        put(key, b"old", OPTIONS)
    cancelled, failed = dropped(folder + "cancelled.mp4"), taken(folder + "failed.mp4", put(folder + "failed.mp4"))
    cancel(cancelled.publish_id, HOUSE)
    before = list(begun)
    assert stored(failed).state is State.FAILED

    monkeypatch.setattr(clock, "now", lambda: now + 30 * DAY)
    asked.clear()
    assert sweep_drops().taken == ()
    assert asked == ["ListObjectsV2"] * 2

    monkeypatch.setattr(clock, "now", lambda: now + 11 * MINUTES)
    monkeypatch.setattr(drop_sweep, "_young_keys", lambda: iter([folder + "cancelled.mp4", folder + "failed.mp4"]))
    asked.clear()
    assert sweep_drops().taken == ()
    assert asked == ["HeadObject"] * 2
    assert begun == before


def test_one_that_fails_holds_up_no_other_and_is_raised_at_last(account, begun, monkeypatch, folder):
    put(folder + "a.mp4", metadata=OPTIONS)
    put(folder + "b.mp4", b"another", metadata=OPTIONS)
    later(monkeypatch, 11 * MINUTES)
    real = drop_sweep.take_drop

    def broken(bucket, key, *more, **how):
        if key.endswith("a.mp4"):
            raise ConnectionError("away")
        return real(bucket, key, *more, **how)

    monkeypatch.setattr(drop_sweep, "take_drop", broken)

    with pytest.raises(RuntimeError, match="1 drops"):
        handler({"detail-type": "Scheduled Event"}, context())

    assert len(begun) == 1
