"""The S3 objects that a request names."""

import pytest

from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.sources.source_from_request import objects_of

VIDEO = {"kind": "video", "mode": "draft"}
PHOTOS = {"kind": "photo", "mode": "draft"}


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        (VIDEO | {"source": {"type": "s3", "bucket": "videos", "key": "a.mp4"}}, ["a.mp4"]),
        (VIDEO | {"source": {"type": "url", "url": "https://videos.example/a.mp4"}}, []),
        (
            PHOTOS | {"source": {"type": "photos", "items": [{"bucket": "videos", "key": f"{n}.jpg"} for n in (1, 2)]}},
            ["1.jpg", "2.jpg"],
        ),
    ],
)
def test_a_requests_objects_are_those_of_its_source(asked, keys):
    request = PublishRequest.model_validate({"account_id": "acc_1", **asked})

    assert [item.key for item in objects_of(request.source)] == keys
