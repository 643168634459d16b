"""The limits themselves, whatever the file they are read from."""

from io import BytesIO
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.media import preflight as room
from dropcast.media.preflight import VideoFacts, preflight
from dropcast.media.probe import Seen, Track


def track(kind: str, **seen: object) -> Track:
    return Track.model_validate({"@type": kind, **seen})


def judged(size: int = 1000, *, whole: bool = True, file: dict | None = None, **video: object) -> dict[str, object]:
    """The verdict on an MP4 with the given facts: the facts, or each problem's code with the value it names."""
    seen = Seen(
        file=track("General", **{"Format": "MPEG-4", "CodecID": "isom"} | (file or {})),
        video=track(
            "Video",
            **{"Format": "AVC", "Width": "360", "Height": "640", "FrameRate": "30", "Duration": "2"} | video,
        ),
        has_audio=False,
        whole=whole,
    )
    with patch.object(room, "look", lambda reader: seen):
        verdict = preflight(BytesIO(), size)
    if isinstance(verdict, VideoFacts):
        return {"facts": verdict}
    return {problem.code: problem.details["value"] for problem in verdict}


@given(st.integers(1, 8_000_000_000))
@example(4_000_000_000)
@example(4_000_000_001)
def test_a_file_has_at_most_four_thousand_million_bytes(size):
    assert ("source_too_large" in judged(size)) == (size > 4_000_000_000)


@given(st.integers(0, 5000), st.integers(0, 5000))
@example(360, 4096)
@example(359, 4096)
@example(4097, 360)
def test_each_side_has_360_to_4096_pixels(width, height):
    fits = 360 <= width <= 4096 and 360 <= height <= 4096

    assert ("frame_size_not_accepted" in judged(Width=str(width), Height=str(height))) != fits


@given(st.integers(1, 130_000))
@example(22_999)
@example(23_000)
@example(60_000)
@example(60_001)
def test_a_frame_rate_lies_between_23_and_60(milli):
    fits = 23_000 <= milli <= 60_000

    assert ("frame_rate_not_accepted" in judged(FrameRate=f"{milli / 1000:.3f}")) != fits


@given(st.integers(1, 2_000_000))
@example(600_000)
@example(600_001)
def test_a_video_lasts_at_most_ten_minutes(milli):
    assert ("duration_too_long" in judged(Duration=f"{milli / 1000:.3f}")) == (milli > 600_000)


def test_each_problem_names_what_was_seen():
    problems = judged(5_000_000_000, Format="AV1", Width="100", Height="5000", FrameRate="120.000", Duration="600.500")

    assert problems == {
        "source_too_large": 5_000_000_000,
        "codec_not_accepted": "AV1",
        "frame_size_not_accepted": "100x5000",
        "frame_rate_not_accepted": "120",
        "duration_too_long": "600.5",
    }


def test_a_frame_rate_that_is_not_told_is_left_to_tiktok():
    facts = judged(FrameRate="")["facts"]

    assert isinstance(facts, VideoFacts)
    assert facts.frame_rate_milli is None


def test_the_files_duration_stands_in_for_the_tracks():
    facts = judged(Duration="", file={"Duration": "7.25"})["facts"]

    assert isinstance(facts, VideoFacts)
    assert facts.duration_ms == 7250


@pytest.mark.parametrize(("whole", "duration"), [(True, ""), (True, "0.000"), (False, "2.000")])
def test_a_duration_that_is_not_sure_is_refused(whole, duration):
    assert judged(whole=whole, Duration=duration) == {"duration_unknown": "unknown"}


@pytest.mark.parametrize(
    ("file", "container", "content_type"),
    [
        ({}, "mp4", "video/mp4"),
        ({"CodecID": "qt  "}, "mov", "video/quicktime"),
        ({"Format_Profile": "QuickTime", "CodecID": ""}, "mov", "video/quicktime"),
        ({"Format": "QuickTime", "CodecID": ""}, "mov", "video/quicktime"),
        ({"Format": "WebM", "CodecID": ""}, "webm", "video/webm"),
    ],
)
def test_the_container_decides_the_content_type(file, container, content_type):
    facts = judged(file=file)["facts"]

    assert isinstance(facts, VideoFacts)
    assert (facts.container, facts.content_type) == (container, content_type)
