"""The limits themselves, independent of the file format."""

from io import BytesIO
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.media.video import preflight as room
from dropcast.media.video.preflight import VideoFacts, duration_problem, preflight, rate_warning
from dropcast.media.video.probe import ProbeResult, Track


def track(kind: str, **seen: object) -> Track:
    return Track.model_validate({"@type": kind, **seen})


def judged(
    size: int = 1000,
    *,
    file: dict | None = None,
    max_ms: int | None = None,
    cut_short: bool = False,
    duration_ms: int | None = 2000,
    frame_rate_milli: int | None = 30_000,
    **video: object,
) -> VideoFacts | dict[str, dict]:
    """The verdict on an MP4 with the given facts: the facts, or each problem's details by its code."""
    seen = ProbeResult(
        file=track("General", **{"Format": "MPEG-4", "CodecID": "isom"} | (file or {})),
        video=track("Video", **{"Format": "AVC", "Width": "360", "Height": "640"} | video),
        has_audio=False,
        cut_short=cut_short,
        duration_ms=duration_ms,
        frame_rate_milli=frame_rate_milli,
    )
    with patch.object(room, "probe", lambda reader, size: seen):
        verdict = preflight(BytesIO(), size, max_ms)
    return verdict if isinstance(verdict, VideoFacts) else {problem.code: problem.details for problem in verdict}


def refused(verdict: VideoFacts | dict) -> set[str]:
    return set() if isinstance(verdict, VideoFacts) else set(verdict)


@given(st.integers(1, 8_000_000_000))
@example(4_000_000_000)
@example(4_000_000_001)
def test_a_file_has_at_most_four_thousand_million_bytes(size):
    assert refused(judged(size)) == ({"source_too_large"} if size > 4_000_000_000 else set())


@given(st.integers(0, 5000), st.integers(0, 5000))
@example(360, 4096)
@example(359, 4096)
@example(4097, 360)
def test_each_side_has_360_to_4096_pixels(width, height):
    fits = 360 <= width <= 4096 and 360 <= height <= 4096

    assert refused(judged(Width=str(width), Height=str(height))) == (set() if fits else {"frame_size_not_accepted"})


@given(st.integers(1, 130_000))
@example(22_999)
@example(23_000)
@example(60_500)
@example(60_501)
@example(61_000)
@example(61_001)
def test_a_frame_rate_is_between_23_and_60_and_slightly_higher_with_a_warning(milli):
    fits = 23_000 <= milli <= 61_000

    verdict = judged(frame_rate_milli=milli)

    assert refused(verdict) == (set() if fits else {"frame_rate_not_accepted"})
    if isinstance(verdict, VideoFacts):
        assert (rate_warning(verdict) is not None) == (milli > 60_500)


def test_the_warning_about_a_high_rate_has_the_rate_and_the_command_that_lowers_it():
    facts = judged(frame_rate_milli=60_800)
    assert isinstance(facts, VideoFacts)

    warning = rate_warning(facts)

    assert warning is not None
    assert (warning.code, warning.details["value"], warning.details["limit"]) == ("frame_rate_high", "60.8", 60)
    assert "-vf fps=60" in warning.details["ffmpeg"]


@given(st.integers(1, 2_000_000))
@example(600_000)
@example(600_001)
def test_a_video_lasts_at_most_ten_minutes(milli):
    assert refused(judged(duration_ms=milli)) == ({"duration_too_long"} if milli > 600_000 else set())


@given(st.integers(1, 2_000_000), st.integers(1, 4_000_000))
@example(600_001, 600_000)
@example(300_001, 300_000)
def test_the_lower_of_the_creators_limit_and_tiktoks_applies(milli, max_ms):
    expected = set()
    if milli > min(max_ms, 600_000):
        expected = {"longer_than_creator_may"} if max_ms < 600_000 else {"duration_too_long"}

    assert refused(judged(duration_ms=milli, max_ms=max_ms)) == expected


@given(st.integers(1, 700_000), st.integers(1, 700_000))
@example(1000, 1000)
@example(1001, 1000)
def test_a_creators_limit_can_be_applied_later(milli, max_ms):
    facts = VideoFacts("mp4", "video/mp4", "h264", milli, 360, 640, 30_000, has_audio=False)

    found = duration_problem(facts, max_ms)

    assert (found is not None) == (milli > max_ms)
    assert found is None or found.code == "longer_than_creator_may"


def test_each_problem_has_the_measured_value_and_the_one_command_that_fixes_all():
    problems = judged(
        5_000_000_000, Format="AV1", Width="100", Height="5000", frame_rate_milli=120_000, duration_ms=600_500
    )

    assert isinstance(problems, dict)
    assert {code: details["value"] for code, details in problems.items()} == {
        "source_too_large": 5_000_000_000,
        "codec_not_accepted": "AV1",
        "frame_size_not_accepted": "100x5000",
        "frame_rate_not_accepted": "120",
        "duration_too_long": "600.5",
    }
    assert {details["ffmpeg"] for details in problems.values()} == {
        "ffmpeg -i IN -t 599.5 -vf fps=60,scale=82:4096,pad=360:4096:-1:-1 -c:v libx264 -crf 20 -maxrate 20M"
        " -bufsize 40M -pix_fmt yuv420p -c:a aac -movflags +faststart OUT.mp4"
    }


def test_an_unknown_frame_rate_is_left_to_tiktok():
    facts = judged(frame_rate_milli=None)

    assert isinstance(facts, VideoFacts)
    assert facts.frame_rate_milli is None


def test_an_uncertain_duration_is_refused():
    assert refused(judged(duration_ms=None)) == {"duration_unknown"}


def test_a_truncated_file_has_no_duration_problem_and_no_fixing_command():
    problems = judged(cut_short=True, duration_ms=None, frame_rate_milli=15_000)

    assert isinstance(problems, dict)
    assert set(problems) == {"video_cut_short", "frame_rate_not_accepted"}
    assert all("ffmpeg" not in details for details in problems.values())


@pytest.mark.parametrize(
    ("rotation", "shown"), [("", (360, 640)), ("90.000", (640, 360)), ("180", (360, 640)), ("270", (640, 360))]
)
def test_a_quarter_turn_swaps_the_displayed_sides_but_not_the_coded_ones(rotation, shown):
    facts = judged(Rotation=rotation)

    assert isinstance(facts, VideoFacts)
    assert (facts.width, facts.height) == (360, 640)
    assert (facts.shown_width, facts.shown_height) == shown


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
    facts = judged(file=file)

    assert isinstance(facts, VideoFacts)
    assert (facts.container, facts.content_type) == (container, content_type)


def test_text_that_mediainfo_could_not_read_is_omitted():
    assert track("Audio", Format={"@dt": "binary.base64", "#value": "AV9PUFVT"}).format == ""
