"""A file's type is recognised in every spelling that browsers and tools use."""

from typing import get_args

import pytest

from dropcast.publishing.uploads.content_types import UNKNOWN, plain_type
from functions.http.api.uploads import ContentType


@pytest.mark.parametrize(
    ("said", "filename", "plain"),
    [
        ("video/mp4", "a.mp4", "video/mp4"),
        ("VIDEO/MP4", "a", "video/mp4"),
        ("video/webm;codecs=vp8", "a.webm", "video/webm"),
        ('Video/WebM; codecs="vp9, opus"', "a.webm", "video/webm"),
        (" image/jpeg ;q=1", "a", "image/jpeg"),
        (UNKNOWN, "a.mp4", "video/mp4"),
        (UNKNOWN, "My Clip.MOV", "video/quicktime"),
        ("application/octet-stream; charset=binary", "a.b.webm", "video/webm"),
        (UNKNOWN, "IMG_1.HEIC", "image/heic"),
        (UNKNOWN, "a.jpeg", "image/jpeg"),
        (UNKNOWN, "scan.TIF", "image/tiff"),
        (UNKNOWN, "a.exe", UNKNOWN),
        (UNKNOWN, "mp4", UNKNOWN),
        (UNKNOWN, ".mp4", UNKNOWN),
        ("text/html", "a.mp4", "text/html"),
        ("", "a.mp4", ""),
    ],
)
def test_a_type_is_recognised_in_any_spelling_and_an_unknown_one_by_the_file_extension(said, filename, plain):
    assert plain_type(said, filename) == plain


@pytest.mark.parametrize("content_type", get_args(ContentType))
def test_each_type_that_can_be_uploaded_has_an_extension(content_type):
    ending = {"video/quicktime": "mov", "image/jpeg": "jpg"}.get(content_type, content_type.partition("/")[2])

    assert plain_type(UNKNOWN, f"a.{ending}") == content_type
