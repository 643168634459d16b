"""What was dropped at a key within the last day, so that the same content is not posted twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel

from dropcast import aws, clock, dynamo
from dropcast.publishing import publish_store, source_store
from dropcast.publishing.models import Publish, Source
from dropcast.publishing.once_store import Taken, once_row
from dropcast.publishing.source_store import ObjectFacts, SourceRefused
from dropcast.publishing.transitions import State
from dropcast.settings import settings

_DAY_SECONDS = 24 * 3600
_KEPT_MAX = 50
_COMPARED_AT_ONCE = 8 * 1024 * 1024


class Content(BaseModel):
    """The content of one drop, and the publish that came of it. `checksums`: S3's, of the whole object, by their
    algorithms. `at` is when it was dropped, in seconds since the epoch."""

    publish_id: str
    version_id: str | None
    etag: str
    size: int
    checksums: dict[str, str]
    at: int

    def differs(self, other: "Content") -> bool | None:
        """Whether the two are different files, None if S3's numbers do not tell."""
        if self.size != other.size:
            return True
        if self.etag == other.etag:
            return False
        common = self.checksums.keys() & other.checksums.keys()
        return any(self.checksums[name] != other.checksums[name] for name in common) if common else None


@dataclass(frozen=True)
class KeyContents:
    """The contents of one key, as read when the row had been written `writes` times. With `added`, it is one of the
    things that happen once: it is written unless another drop at this key was written meanwhile."""

    bucket: str
    key: str
    writes: int
    contents: tuple[Content, ...]
    added: Content | None = None

    def earlier(self, content: Content) -> Content | None:
        """The earlier drop of the same file, unless it was cancelled. Reads both files if S3's numbers do not tell."""
        found = (one for one in self._of_today() if one.publish_id != content.publish_id)
        return next((one for one in found if self._is_same(one, content)), None)

    def adding(self, content: Content) -> "KeyContents":
        """These contents with one more."""
        return replace(self, added=content)

    def write(self, publish: Publish) -> dynamo.Item:
        """One entry of TransactWriteItems that adds the content, unless another drop at the key came first."""
        added = () if self.added is None else (self.added,)
        kept = [*self._of_today(), *added][-_KEPT_MAX:]
        item = _row(self.bucket, self.key) | {
            "writes": self.writes + 1,
            "contents": [one.model_dump(exclude_none=True) for one in kept],
            "expires_at": clock.now() + _DAY_SECONDS,
        }
        return {
            "Put": {
                "TableName": settings().publishes_table,
                "Item": dynamo.to_item(item),
                "ConditionExpression": "attribute_not_exists(pk) OR writes = :writes",
                "ExpressionAttributeValues": dynamo.to_item({":writes": self.writes}),
            }
        }

    def taken(self) -> Taken | None:
        """The drop at this key that was written since these contents were read."""
        now = read_contents(self.bucket, self.key)
        if now.writes == self.writes or not now.contents:
            return None
        return Taken(now.contents[-1].publish_id, same=False)

    def _of_today(self) -> Iterator[Content]:
        return (one for one in self.contents if one.at > clock.now() - _DAY_SECONDS)

    def _is_same(self, earlier: Content, content: Content) -> bool:
        differs = earlier.differs(content)
        if differs or _is_cancelled(earlier.publish_id):
            return False
        return differs is False or _same_bytes(self._source(earlier), self._source(content))

    def _source(self, content: Content) -> Source:
        return Source(
            bucket=self.bucket, key=self.key, version_id=content.version_id, etag=content.etag, size=content.size
        )


def content_of(publish: Publish, facts: ObjectFacts) -> Content:
    """The content that `publish` posts, whose object has these `facts`."""
    return Content(
        publish_id=publish.publish_id,
        version_id=facts.version_id,
        etag=facts.etag,
        size=facts.size,
        checksums=facts.checksums,
        at=clock.now(),
    )


def read_contents(bucket: str, key: str) -> KeyContents:
    """What was dropped at this key, read consistently."""
    answer = aws.client("dynamodb").get_item(
        TableName=settings().publishes_table, Key=dynamo.to_item(_row(bucket, key)), ConsistentRead=True
    )
    if "Item" not in answer:
        return KeyContents(bucket, key, 0, ())
    item = dynamo.from_item(answer["Item"])
    contents = tuple(Content.model_validate({"version_id": None} | one) for one in item["contents"])
    return KeyContents(bucket, key, int(item["writes"]), contents)


def _row(bucket: str, key: str) -> dynamo.Item:
    return once_row(f"drop_contents#{bucket}#{key}")


def _is_cancelled(publish_id: str) -> bool:
    publish = publish_store.get(publish_id)
    return publish is not None and publish.state is State.CANCELLED


def _same_bytes(one: Source, other: Source) -> bool:
    """Whether two objects of one size hold the same bytes. An object that is gone is another one."""
    try:
        for first in range(0, one.size or 0, _COMPARED_AT_ONCE):
            last = min(first + _COMPARED_AT_ONCE, one.size or 0) - 1
            if source_store.read_range(one, first, last) != source_store.read_range(other, first, last):
                return False
    except SourceRefused:
        return False
    return True
