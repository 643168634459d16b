"""The view of every kind of publish matches the documentation."""

import pytest

from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Photo, Photos, PulledUrl, Source
from functions.http.api.publish_views import publish_view

PREPARED = Photo(
    bucket="b", key="1.png", prepared_key="media/1.jpg", prepared_size=9, prepared_type="image/jpeg", mended=("format",)
)


@pytest.mark.parametrize(
    ("kind", "source", "size"),
    [
        ("video", Source(bucket="b", key="a.mp4", size=7), 7),
        ("video", PulledUrl(), 0),
        ("photo", Photos(items=(PREPARED, Photo(bucket="b", key="2.png"))), 9),
    ],
)
def test_each_kind_is_shown(kind, source, size):
    shown = publish_view(new_publish("acc_1", source, "api", PublishOptions(), kind=kind, mode="draft", via="pull"))

    assert (shown.kind, shown.mode, shown.via, shown.bytes_total) == (kind, "draft", "pull", size)
    assert len(shown.pictures) == (2 if kind == "photo" else 0)
