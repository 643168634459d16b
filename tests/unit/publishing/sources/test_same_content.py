"""Compares the bytes of two objects: sizes and checksums decide if possible, otherwise both objects are read."""

from dataclasses import replace

import pytest

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import ObjectFacts, head, pin
from dropcast.publishing.sources.same_content import is_same_object
from tests.unit.publishing.conftest import upload_object
from tests.unit.support.memory_aws import maker


def stored(key: str, content: bytes) -> Source:
    pinned = pin(upload_object(key, content))
    assert isinstance(pinned, Source)
    return pinned


def with_other_etag(source: Source) -> Source:
    """Change the object's ETag, as S3 does for an upload in parts."""
    return source.model_copy(update={"etag": f'"{source.key}-2"'})


@pytest.fixture
def parts(cloud, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Let S3 report that each object was uploaded in parts. Returns the checksums by key."""
    checksums: dict[str, dict[str, str]] = {}

    def told(source: Source, *, with_checksums: bool = False) -> ObjectFacts | Problem:
        facts = head(source)
        if isinstance(facts, Problem):
            return facts
        return replace(facts, etag=f'"{source.key}-2"', checksums=checksums.get(source.key, {}))

    monkeypatch.setattr(s3_object, "head", told)
    monkeypatch.setattr(s3_object, "read_range", read_unpinned)
    return checksums


def read_unpinned(source: Source, first: int, last: int) -> bytes:
    return maker("s3").get_object(Bucket=source.bucket, Key=source.key, Range=f"bytes={first}-{last}")["Body"].read()


def test_objects_with_different_sizes_differ(cloud):
    assert not is_same_object(stored("a.mp4", b"one"), stored("b.mp4", b"three"))


def test_objects_with_the_same_etag_are_the_same(cloud):
    assert is_same_object(stored("a.mp4", b"one"), stored("b.mp4", b"one"))


@pytest.mark.parametrize(("other", "same"), [("AAAA", True), ("BBBB", False)])
def test_a_common_checksum_decides_without_reading(parts, monkeypatch, other, same):
    one, two = with_other_etag(stored("a.mp4", b"one")), with_other_etag(stored("b.mp4", b"two"))
    parts.update({"a.mp4": {"CRC32": "AAAA"}, "b.mp4": {"CRC32": other, "SHA256": "CCCC"}})
    monkeypatch.setattr(s3_object, "read_range", None)

    assert is_same_object(one, two) is same


@pytest.mark.parametrize(("content", "same"), [(b"one", True), (b"two", False)])
def test_without_a_common_checksum_the_bytes_decide(parts, content, same):
    one, two = with_other_etag(stored("a.mp4", b"one")), with_other_etag(stored("b.mp4", content))
    parts.update({"a.mp4": {"CRC32": "AAAA"}, "b.mp4": {"SHA256": "CCCC"}})

    assert is_same_object(one, two) is same


def test_a_missing_object_is_not_the_same(parts):
    one, two = with_other_etag(stored("a.mp4", b"one")), with_other_etag(stored("b.mp4", b"two"))
    maker("s3").delete_object(Bucket=two.bucket, Key=two.key, VersionId=two.version_id or "null")

    assert not is_same_object(one, two)
