"""Photos are prepared one by one. A prepared photo is not prepared again, and every invalid photo is named."""

import io

import pytest
from PIL import Image

from dropcast import ids
from dropcast.publishing.model.publish import Photo, Photos, Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.model.views import event_view
from dropcast.publishing.photos import photo_bucket
from dropcast.publishing.photos.prepare_photos import prepare_pictures
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import BUCKET, stored, time_left
from tests.unit.support.memory_aws import maker

AN_HOUR = 3600.0


def picture(kind: str = "JPEG", side: int = 40) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(buffer, kind)
    return buffer.getvalue()


def put(key: str, data: bytes) -> str:
    return maker("s3").put_object(Bucket=BUCKET, Key=key, Body=data)["VersionId"]


def post(*keys: str) -> Publish:
    publish = new_photo_publish(Photos(items=tuple(Photo(bucket=BUCKET, key=key) for key in keys)))
    write = publish_store.put_write(publish, unstarted=False)["Put"]
    maker("dynamodb").put_item(TableName=write["TableName"], Item=write["Item"])
    return publish


def new_photo_publish(source: Photos) -> Publish:
    base = Publish(
        publish_id=ids.new_id("pub"), account_id="acc", state=State.QUEUED, execution="", origin="api", source=source,
        created_at=1_800_000_000, kind="photo", via="pull",
    )  # fmt: skip
    return base.model_copy(update={"execution": base.publish_id})


def run(publish: Publish, *, bad=(), seconds: float = AN_HOUR):
    with time_left(lambda: seconds):
        return prepare_pictures(publish.publish_id, publish.publish_id, bad)


def photos(publish: Publish) -> tuple[Photo, ...]:
    source = stored(publish).source
    assert isinstance(source, Photos)
    return source.items


def served(key: str) -> tuple[bytes, str]:
    answer = maker("s3").get_object(Bucket=BUCKET, Key=key)
    return answer["Body"].read(), answer["ContentType"]


@pytest.fixture
def looked_at(monkeypatch) -> list[str]:
    """The keys of the objects that were read completely."""
    seen: list[str] = []
    real = s3_object.read_whole
    monkeypatch.setattr(s3_object, "read_whole", lambda photo: (seen.append(photo.key), real(photo))[1])
    return seen


def test_each_picture_is_stored_with_its_own_type(cloud):
    legal = picture("WEBP")
    version = put("a.webp", legal)
    put("b.png", picture("PNG", 2000))
    publish = post("a.webp", "b.png")

    step = run(publish)

    first, second = photos(publish)
    assert step == StepResult(Outcome.READY)
    assert served(first.prepared_key or "") == (legal, "image/webp")
    assert (first.version_id, first.mended) == (version, ())
    data, kind = served(second.prepared_key or "")
    assert (kind, Image.open(io.BytesIO(data)).size, len(data)) == ("image/jpeg", (1080, 1080), second.prepared_size)
    assert second.mended == ("format", "size")
    assert (second.prepared_key or "").startswith(f"media/{publish.publish_id}/1-")
    assert (second.prepared_key or "").endswith(".jpg")
    assert [each["mended"] for each in event_view(stored(publish))["pictures"]] == [[], ["format", "size"]]


def test_every_invalid_picture_is_named_by_its_index_and_reason(cloud):
    put("a.jpg", picture())
    put("b.jpg", b"a text")
    put("d.jpg", b"")
    publish = post("a.jpg", "b.jpg", "c.jpg", "d.jpg")

    step = run(publish)

    why = step.error
    assert step.outcome == "refused"
    assert why is not None
    assert why.code == "pictures_refused"
    named = [(each["index"], each["key"], each["code"]) for each in why.details["pictures"]]
    assert named == [(1, "b.jpg", "not_a_picture"), (2, "c.jpg", "source_missing"), (3, "d.jpg", "source_empty")]
    assert "items[1]: The file cannot be read as a picture" in why.message
    assert all(each["message"] and each["fix"] for each in why.details["pictures"])


def test_a_prepared_picture_is_not_prepared_again(cloud, looked_at):
    put("a.jpg", picture())
    put("b.jpg", picture())
    publish = post("a.jpg", "b.jpg")
    run(publish)
    looked_at.clear()

    step = run(publish)

    assert step == StepResult(Outcome.READY)
    assert looked_at == []


def test_a_short_round_keeps_its_results_and_the_next_continues(cloud, looked_at):
    for key, data in {"a.jpg": b"a text", "b.jpg": picture(), "c.jpg": picture()}.items():
        put(key, data)
    publish = post("a.jpg", "b.jpg", "c.jpg")
    left = iter([AN_HOUR, AN_HOUR, 30.0])

    with time_left(lambda: next(left)):
        first = prepare_pictures(publish.publish_id, publish.publish_id, ())
    second = run(publish, bad=first.bad)

    assert first.outcome == "more"
    assert [each["index"] for each in first.bad] == [0]
    assert second.outcome == "refused"
    assert looked_at == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_picture_whose_note_was_lost_is_prepared_again_at_the_same_key(cloud, monkeypatch):
    put("a.jpg", picture())
    publish = post("a.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(publish_store, "record_source", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            run(publish)

    run(publish)

    listed = maker("s3").list_objects_v2(Bucket=BUCKET, Prefix="media/")["Contents"]
    assert [each["Key"] for each in listed] == [photos(publish)[0].prepared_key]


def test_a_deleted_picture_is_prepared_from_the_version_seen_first(cloud):
    version = put("a.jpg", picture())
    publish = post("a.jpg")
    run(publish)
    key = photos(publish)[0].prepared_key or ""
    maker("s3").delete_object(Bucket=BUCKET, Key=key)
    put("a.jpg", picture(side=50))

    step = run(publish)

    assert step == StepResult(Outcome.READY)
    assert (photos(publish)[0].version_id, served(key)[0]) == (version, picture())


def test_a_picture_replaced_during_its_read_is_read_in_its_old_version(cloud, monkeypatch):
    put("a.jpg", picture())
    publish = post("a.jpg")
    real = s3_object.open_stream
    monkeypatch.setattr(s3_object, "open_stream", lambda *at: (put("a.jpg", b"other"), real(*at))[1])

    step = run(publish)

    assert step == StepResult(Outcome.READY)
    assert served(photos(publish)[0].prepared_key or "")[0] == picture()


def test_a_missing_version_is_named(cloud):
    version = put("a.jpg", picture())
    publish = post("a.jpg")
    run(publish)
    s3 = maker("s3")
    s3.delete_object(Bucket=BUCKET, Key=photos(publish)[0].prepared_key or "")
    s3.delete_object(Bucket=BUCKET, Key="a.jpg", VersionId=version)

    why = run(publish).error

    assert why is not None
    assert [each["code"] for each in why.details["pictures"]] == ["source_changed"]


def test_a_large_file_is_refused_without_a_read(cloud, looked_at, monkeypatch):
    monkeypatch.setattr("dropcast.publishing.photos.prepare_photos.SOURCE_BYTES_MAX", 10)
    put("a.jpg", picture())
    publish = post("a.jpg")

    why = run(publish).error

    assert why is not None
    assert [each["code"] for each in why.details["pictures"]] == ["picture_too_large"]
    assert looked_at == []


def test_a_replaced_execution_changes_nothing(cloud):
    put("a.jpg", picture())
    publish = post("a.jpg")

    step = prepare_pictures(publish.publish_id, f"{publish.publish_id}-2", ())

    assert step == StepResult(Outcome.SETTLED)
    assert photos(publish)[0].prepared_key is None


def test_a_cancelled_publish_is_not_changed(cloud, monkeypatch):
    put("a.jpg", picture())
    publish = post("a.jpg")
    real = photo_bucket.put
    monkeypatch.setattr(
        photo_bucket, "put", lambda *what: (publish_store.move(publish, State.CANCELLED), real(*what))[1]
    )

    step = run(publish)

    assert step == StepResult(Outcome.SETTLED)
