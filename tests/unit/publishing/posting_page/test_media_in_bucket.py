"""Lists the media in the bucket for a person whose key is not bound to a user."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.posting_page.media_in_bucket import MediaPage, list_media
from tests.unit.publishing.conftest import BUCKET
from tests.unit.support.memory_aws import maker


def store(*keys: str) -> None:
    for key in keys:
        maker("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x" * 7)


def listed(folder: str = "", after: str | None = None) -> MediaPage:
    page = list_media(SYSTEM, folder, after)
    assert isinstance(page, MediaPage), page
    return page


def test_a_page_has_the_videos_and_pictures_of_its_folder(cloud):
    store("a.MP4", "b.jpg", "notes.txt", "drop/acc_1/c.mov", "drop/acc_1/c.json", "drop/acc_1/._c.mov")

    found = {one.key: (one.name, one.kind, one.size) for one in listed().objects}
    below = {one.key: one.name for one in listed("drop/acc_1/").objects}

    assert found == {"a.MP4": ("a.MP4", "video", 7), "b.jpg": ("b.jpg", "photo", 7)}
    assert below == {"drop/acc_1/c.mov": "c.mov"}


def test_dropcasts_own_folders_are_not_listed(cloud):
    store("ads/a.mp4", "drop/acc_1/c.mov", "media/p.jpg", "trends/t.json", "uploads/acc_1/upl_1/a.mp4", ".cache/a.mp4")

    assert listed().folders == ("ads/", "drop/")


def test_an_empty_object_is_not_listed(cloud):
    maker("s3").put_object(Bucket=BUCKET, Key="empty.mp4", Body=b"")

    assert listed().objects == ()


def answer(monkeypatch, *pages: dict[str, Any]) -> list[dict[str, Any]]:
    """Let S3 answer with `pages`, one after another. Returns the requests."""
    asked: list[dict[str, Any]] = []

    def list_objects(**request: Any) -> dict[str, Any]:
        asked.append(request)
        return pages[len(asked) - 1]

    monkeypatch.setattr(clients.client("s3"), "list_objects_v2", list_objects)
    return asked


def test_the_newest_object_is_first_and_a_page_costs_one_call(cloud, monkeypatch):
    contents = [
        {"Key": f"{hour}.mp4", "Size": 1, "LastModified": datetime(2026, 11, 29, hour, tzinfo=UTC)}
        for hour in (1, 3, 2)
    ]
    asked = answer(monkeypatch, {"Contents": contents, "NextContinuationToken": "more"}, {})

    first = listed()
    second = listed(after=first.next)

    assert ([one.key for one in first.objects], first.next) == (["3.mp4", "2.mp4", "1.mp4"], "more")
    assert (second.objects, second.next) == ((), None)
    assert [request.get("ContinuationToken") for request in asked] == [None, "more"]


def test_an_invalid_cursor_finds_no_page(cloud, monkeypatch):
    def refuse(**_: Any) -> None:
        raise ClientError(cast(Any, {"Error": {"Code": "InvalidArgument"}}), "ListObjectsV2")

    monkeypatch.setattr(clients.client("s3"), "list_objects_v2", refuse)

    found = list_media(SYSTEM, after="nonsense")

    assert isinstance(found, Problem)
    assert found.code == "not_found"


@pytest.mark.parametrize("folder", ["media/", "uploads/acc_1/", "trends/x/", "drop"])
def test_dropcasts_own_folders_cannot_be_opened(cloud, folder):
    found = list_media(SYSTEM, folder)

    assert isinstance(found, Problem)
    assert found.code == "not_found"


def test_a_bound_caller_sees_an_empty_list(cloud):
    store("a.mp4")

    found = list_media(Caller("dk_1", frozenset({"read", "publish"}), "user-1"))

    assert isinstance(found, Problem)
    assert found.code == "source_not_upload"
