"""Pictures: each picture of a photo post as TikTok takes it, under an address of ours (protocol sections 5 and 9).

What is ready is noted in the row, and what cannot be mended in the answer, picture by picture: whoever goes on from
there does neither again.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from dropcast.errors import Problem, problem
from dropcast.media.picture import SOURCE_BYTES_MAX, Picture, prepare_picture
from dropcast.publishing import picture_store, publish_store, source_store
from dropcast.publishing.models import Photo, Photos, Publish
from dropcast.publishing.steps import Step, ready, refused, settled, some_pictures
from dropcast.publishing.transitions import State

_MARGIN_SECONDS = 60
_ENDINGS = {"image/jpeg": "jpg", "image/webp": "webp"}

BadPicture = dict[str, Any]
"""What is wrong with one picture: its index and key, and a code, message and fix of the catalogue."""


def prepare_pictures(
    publish_id: str, execution: str, bad: Sequence[BadPicture], seconds_left: Callable[[], float]
) -> Step:
    """Make ready what is not; `bad` is what earlier rounds found wrong, `seconds_left()` the time of this one.

    Answers ready, more (go on with what its `bad` says), refused (every bad picture named) or settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return settled()
    if publish.state not in (State.QUEUED, State.HELD):
        return ready()
    return _Round(publish, _photos(publish), list(bad), seconds_left).run()


def _photos(publish: Publish) -> list[Photo]:
    if not isinstance(publish.source, Photos):
        raise TypeError(f"publish {publish.publish_id} has no photos")
    return list(publish.source.items)


class _Round:
    """One invocation's work on the pictures."""

    def __init__(
        self, publish: Publish, photos: list[Photo], bad: list[BadPicture], seconds_left: Callable[[], float]
    ) -> None:
        self.publish = publish
        self.photos = photos
        self.bad = bad
        self.seconds_left = seconds_left

    def run(self) -> Step:
        judged = {each["index"] for each in self.bad}
        for index, photo in enumerate(self.photos):
            if index in judged or _is_ready(photo):
                continue
            if self.seconds_left() < _MARGIN_SECONDS:
                return some_pictures(self.bad)
            if not self._take(index, photo):
                return settled()
        return refused(_refusal(self.bad, len(self.photos))) if self.bad else ready()

    def _take(self, index: int, photo: Photo) -> bool:
        """Prepare one picture and note what came of it; False if somebody moved the publish meanwhile."""
        prepared = _prepare(self.publish.publish_id, index, photo)
        if isinstance(prepared, Problem):
            self.bad.append(_bad(index, photo, prepared))
            return True
        self.photos[index] = prepared
        source = Photos(items=tuple(self.photos))
        return publish_store.record_source(self.publish, source) is not None


def _is_ready(photo: Photo) -> bool:
    """It was prepared, and is still there: a publish may be taken up again after the week that pictures are kept."""
    return photo.prepared_key is not None and picture_store.exists(photo.prepared_key)


def _prepare(publish_id: str, index: int, photo: Photo) -> Photo | Problem:
    pinned = _pin(photo)
    if isinstance(pinned, Problem):
        return pinned
    data = source_store.read_whole(pinned)
    if isinstance(data, Problem):
        return data
    picture = prepare_picture(data)
    if isinstance(picture, Problem):
        return picture
    key = _key(publish_id, index, pinned, picture)
    picture_store.put(key, picture.data, picture.content_type)
    return pinned.model_copy(
        update={
            "prepared_key": key,
            "prepared_size": len(picture.data),
            "prepared_type": picture.content_type,
            "mended": picture.mended,
        }
    )


def _pin(photo: Photo) -> Photo | Problem:
    """The photo with the version, ETag and size that it had when the publish was accepted."""
    pinned = source_store.pin(photo)
    if isinstance(pinned, Problem):
        return pinned
    if (pinned.size or 0) > SOURCE_BYTES_MAX:
        return problem("picture_too_large", value=f"{pinned.size} bytes", limit=f"{SOURCE_BYTES_MAX} bytes")
    return pinned


def _key(publish_id: str, index: int, photo: Photo, picture: Picture) -> str:
    """The same for the same picture, so that a second writer leaves nothing more behind."""
    pinned = f"{photo.bucket}\0{photo.key}\0{photo.version_id}\0{photo.etag}"
    digest = hashlib.sha256(pinned.encode()).hexdigest()[:16]
    return f"media/{publish_id}/{index}-{digest}.{_ENDINGS[picture.content_type]}"


def _bad(index: int, photo: Photo, why: Problem) -> BadPicture:
    return {"index": index, "key": photo.key, "code": why.code, "message": why.message, "fix": why.fix}


def _refusal(bad: list[BadPicture], count: int) -> Problem:
    named = " ".join(f"items[{each['index']}]: {each['message']}" for each in bad)
    return problem("pictures_refused", count=len(bad), total=count, named=named, pictures=bad)
