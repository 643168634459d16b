"""The Pictures step: converts each picture of a photo post and stores it in our bucket (protocol sections 5 and 9).

The step may need several invocations (rounds). The row lists the prepared pictures, and the step's result names the
refused ones. So the next round repeats no work. If S3 may have deleted prepared pictures while the publish waited,
Start returns the publish to this step.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.media.picture.convert import SOURCE_BYTES_MAX, Picture, prepare_picture
from dropcast.publishing.model.fit_row_size import clipped
from dropcast.publishing.model.publish import Photo, Photos, Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.photos import photo_bucket
from dropcast.publishing.photos.photo_expiry import is_old, may_be_gone
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store

_MARGIN_S = 60
# Limits in characters. With them 35 bad pictures fit into the step's result, the row and the event.
_KEY_SHOWN = 80
_MESSAGE_SHOWN = 200
_NAMED_MAX = 5
_ENDINGS = {"image/jpeg": "jpg", "image/webp": "webp"}

BadPicture = dict[str, Any]
"""A refused picture: its index and key, and the code, message and fix of its problem."""


def prepare_pictures(publish_id: str, execution: str, bad: Sequence[BadPicture]) -> StepResult:
    """Prepare the pictures that are not ready. `bad`: the pictures that earlier rounds refused.

    Outcomes: ready, more (call again with the result's `bad`), refused (the error names every bad picture), settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return StepResult(Outcome.SETTLED)
    if publish.state not in (State.QUEUED, State.HELD):
        return StepResult(Outcome.READY)
    return _Round(publish, _photos(publish), list(bad)).run()


def _photos(publish: Publish) -> list[Photo]:
    if not isinstance(publish.source, Photos):
        raise TypeError(f"publish {publish.publish_id} has no photos")
    return list(publish.source.items)


class _Round:
    """The work of one invocation (round)."""

    def __init__(self, publish: Publish, photos: list[Photo], bad: list[BadPicture]) -> None:
        self.publish = publish
        self.photos = photos
        self.bad = bad

    def run(self) -> StepResult:
        refused = {each["index"] for each in self.bad}
        for index, photo in enumerate(self.photos):
            if index in refused or _is_ready(photo):
                continue
            if clock.seconds_left() < _MARGIN_S:
                return StepResult(Outcome.MORE, bad=self.bad)
            if not self._prepare_and_record(index, photo):
                return StepResult(Outcome.SETTLED)
        if self.bad:
            return StepResult(Outcome.REFUSED, error=_refusal(self.bad, len(self.photos)))
        is_ready = not may_be_gone(self.publish) or self._record(clock.now())
        return StepResult(Outcome.READY if is_ready else Outcome.SETTLED)

    def _prepare_and_record(self, index: int, photo: Photo) -> bool:
        """Prepare one picture and store the result. False if another caller moved the publish meanwhile."""
        prepared = _renew(photo) or _prepare(self.publish.publish_id, index, photo)
        if isinstance(prepared, Problem):
            self.bad.append(_bad_picture(index, photo, prepared))
            return True
        self.photos[index] = prepared
        return self._record(_checked_at(self.publish))

    def _record(self, checked_at: int | None) -> bool:
        source = Photos(items=tuple(self.photos), checked_at=checked_at)
        return publish_store.record_source(self.publish, source) is not None


def _checked_at(publish: Publish) -> int | None:
    return publish.source.checked_at if isinstance(publish.source, Photos) else None


def _is_ready(photo: Photo) -> bool:
    """Whether the prepared picture exists and will last until TikTok has pulled it."""
    if photo.prepared_key is None or not photo_bucket.exists(photo.prepared_key):
        return False
    return not is_old(photo)


def _renew(photo: Photo) -> Photo | None:
    """Renew the photo's prepared picture and return the photo. None if there is no prepared picture."""
    if photo.prepared_key is None or photo.prepared_type is None or not photo_bucket.exists(photo.prepared_key):
        return None
    photo_bucket.renew(photo.prepared_key, photo.prepared_type)
    return photo.model_copy(update={"prepared_at": clock.now()})


def _prepare(publish_id: str, index: int, photo: Photo) -> Photo | Problem:
    pinned = _pin(photo)
    if isinstance(pinned, Problem):
        return pinned
    data = s3_object.read_whole(pinned)
    if isinstance(data, Problem):
        return data
    picture = prepare_picture(data)
    if isinstance(picture, Problem):
        return picture
    key = _prepared_key(publish_id, index, pinned, picture)
    photo_bucket.put(key, picture.data, picture.content_type)
    return pinned.model_copy(
        update={
            "prepared_key": key,
            "prepared_at": clock.now(),
            "prepared_size": len(picture.data),
            "prepared_type": picture.content_type,
            "mended": picture.mended,
        }
    )


def _pin(photo: Photo) -> Photo | Problem:
    """The photo, pinned to a version, an ETag and a size. Problems: as for `pin`, picture_too_large."""
    pinned = s3_object.pin(photo)
    if isinstance(pinned, Problem):
        return pinned
    if (pinned.size or 0) > SOURCE_BYTES_MAX:
        return problem("picture_too_large", value=f"{pinned.size} bytes", limit=f"{SOURCE_BYTES_MAX} bytes")
    return pinned


def _prepared_key(publish_id: str, index: int, photo: Photo, picture: Picture) -> str:
    """The key of the prepared picture. A repeated write of the same picture has the same key and adds no object."""
    pinned = f"{photo.bucket}\0{photo.key}\0{photo.version_id}\0{photo.etag}"
    digest = hashlib.sha256(pinned.encode()).hexdigest()[:16]
    return f"media/{publish_id}/{index}-{digest}.{_ENDINGS[picture.content_type]}"


def _bad_picture(index: int, photo: Photo, why: Problem) -> BadPicture:
    return {
        "index": index,
        "key": clipped(photo.key, _KEY_SHOWN),
        "code": why.code,
        "message": clipped(why.message, _MESSAGE_SHOWN),
        "fix": clipped(why.fix, _MESSAGE_SHOWN),
    }


def _refusal(bad: list[BadPicture], count: int) -> Problem:
    named = [f"items[{each['index']}]: {each['message']}" for each in bad[:_NAMED_MAX]]
    if len(bad) > _NAMED_MAX:
        named.append(f"The details name {len(bad) - _NAMED_MAX} more.")
    return problem("pictures_refused", count=len(bad), total=count, named=" ".join(named), pictures=bad)
