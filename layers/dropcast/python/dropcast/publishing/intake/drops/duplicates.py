"""Stores which contents were dropped at a key within the last day, so that no content is posted twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel

from dropcast import clock
from dropcast.aws.tables import NEW, PUBLISHES, Item
from dropcast.publishing.intake.drops.parsed_drop import Drop
from dropcast.publishing.model.publish import Photos, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.sources.same_content import differ, is_same_object, same_bytes
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.idempotency_store import TakenKey, idempotency_row_key

_DAY_S = 24 * 3600
_KEPT_MAX = 50


class Content(BaseModel):
    """The content of one drop, and its publish. `checksums`: S3's checksums of the whole object, by algorithm.

    asked: for photos, the hash of the drop's own options. at: the time of the drop, in seconds since the epoch.
    """

    publish_id: str
    version_id: str | None
    etag: str
    size: int
    checksums: dict[str, str]
    asked: str | None = None
    at: int


@dataclass(frozen=True)
class KeyContents:
    """The contents of one key. `writes`: how often the row of these contents had been written when it was read.

    With a value in `added` this is a UniqueEntry. Its write fails if another drop at this key was stored meanwhile.
    """

    bucket: str
    key: str
    writes: int
    contents: tuple[Content, ...]
    added: Content | None = None

    def find_earlier(self, publish: Publish, content: Content) -> Content | None:
        """Find an earlier drop of the same content whose publish was not cancelled. None if there is none.

        If the checksums do not decide, this reads the files.
        """
        found = (one for one in self._of_today() if one.publish_id != publish.publish_id)
        return next((one for one in found if self._is_same(one, publish, content)), None)

    def adding(self, content: Content) -> "KeyContents":
        """These contents with `content` added."""
        return replace(self, added=content)

    def write(self, publish: Publish) -> Item:
        """An entry of TransactWriteItems that adds the content.

        The entry fails if another drop at the key was stored first.
        """
        added = () if self.added is None else (self.added,)
        kept = [*self._of_today(), *added][-_KEPT_MAX:]
        item = _row(self.bucket, self.key) | {
            "writes": self.writes + 1,
            "contents": [one.model_dump(exclude_none=True) for one in kept],
            "expires_at": clock.now() + _DAY_S,
        }
        return PUBLISHES.put_entry(item, f"{NEW} OR writes = :writes", {"writes": self.writes})

    def taken(self) -> TakenKey | None:
        """The drop that another invocation stored at this key after these contents were read, or None."""
        now = read_contents(self.bucket, self.key)
        if now.writes == self.writes or not now.contents:
            return None
        return TakenKey(now.contents[-1].publish_id, same=False)

    def _of_today(self) -> Iterator[Content]:
        return (one for one in self.contents if one.at > clock.now() - _DAY_S)

    def _is_same(self, earlier: Content, publish: Publish, content: Content) -> bool:
        if isinstance(publish.source, Photos):
            return earlier.asked == content.asked and _are_same_photos(earlier.publish_id, publish.source)
        differs = differ(earlier, content)
        if differs or _read_unless_cancelled(earlier.publish_id) is None:
            return False
        return differs is False or same_bytes(self._source(earlier), self._source(content))

    def _source(self, content: Content) -> Source:
        return Source(
            bucket=self.bucket, key=self.key, version_id=content.version_id, etag=content.etag, size=content.size
        )


def content_of(publish: Publish, drop: Drop) -> Content:
    """The content of `drop`, which became `publish`."""
    return Content(
        publish_id=publish.publish_id,
        version_id=drop.facts.version_id,
        etag=drop.facts.etag,
        size=drop.facts.size,
        checksums=drop.facts.checksums,
        asked=drop.asked,
        at=clock.now(),
    )


def read_contents(bucket: str, key: str) -> KeyContents:
    """Read the contents that were dropped at this key. The read is consistent."""
    item = PUBLISHES.get(_row(bucket, key))
    if item is None:
        return KeyContents(bucket, key, 0, ())
    contents = tuple(Content.model_validate({"version_id": None} | one) for one in item["contents"])
    return KeyContents(bucket, key, int(item["writes"]), contents)


def _row(bucket: str, key: str) -> Item:
    return idempotency_row_key(f"drop_contents#{bucket}#{key}")


def _read_unless_cancelled(publish_id: str) -> Publish | None:
    publish = publish_store.get(publish_id)
    return None if publish is None or publish.state is State.CANCELLED else publish


def _are_same_photos(publish_id: str, photos: Photos) -> bool:
    """Whether the earlier publish has the same pictures in the same order and was not cancelled."""
    earlier = _read_unless_cancelled(publish_id)
    if earlier is None or not isinstance(earlier.source, Photos) or len(earlier.source.items) != len(photos.items):
        return False
    return all(is_same_object(*pair) for pair in zip(earlier.source.items, photos.items, strict=True))
