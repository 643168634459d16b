"""The verdict on real files of every kind, and its cost."""

import pytest

from dropcast.media.video.preflight import VideoFacts, duration_problem
from tests.media.clips import FITS, TOO_LARGE, looked_at

pytestmark = pytest.mark.xdist_group("clips")

NTSC_FILM, NTSC = 23_976, 29_970
TAKEN = [
    # name, container, codec, sides, frames in 1000 s, ms, sound
    ("plain.mp4", "mp4", "h264", (360, 640), 30_000, 1000, False),
    ("faststart.mp4", "mp4", "h264", (360, 640), 30_000, 1000, True),
    ("sound.mov", "mov", "h264", (360, 640), 30_000, 1000, True),
    ("h265.mp4", "mp4", "h265", (360, 640), 30_000, 1000, False),
    ("vp8.webm", "webm", "vp8", (360, 640), 30_000, 1000, True),
    ("vp9.webm", "webm", "vp9", (360, 640), 30_000, 1000, False),
    ("fps23.976.mp4", "mp4", "h264", (360, 640), NTSC_FILM, 1001, False),
    ("fps24.mp4", "mp4", "h264", (360, 640), 24_000, 1000, False),
    ("fps29.97.mp4", "mp4", "h264", (360, 640), NTSC, 1001, False),
    ("fps60.mp4", "mp4", "h264", (360, 640), 60_000, 1000, False),
    ("fps61.mp4", "mp4", "h264", (360, 640), 61_000, 1000, False),
    ("360x4096.mp4", "mp4", "h264", (360, 4096), 30_000, 200, False),
    ("4096x360.mp4", "mp4", "h264", (4096, 360), 30_000, 200, False),
    ("1080x1920.mp4", "mp4", "h264", (1080, 1920), 30_000, 500, False),
    ("4096x4096.mp4", "mp4", "h264", (4096, 4096), 30_000, 100, False),
    ("3-minutes.mp4", "mp4", "h264", (360, 640), 30_000, 180_000, False),
    ("heavy-fragment-each-gop.mp4", "mp4", "h264", (1920, 1080), 30_000, 60_000, False),
    ("heavy-no-index.mp4", "mp4", "h264", (1920, 1080), 30_000, 60_000, False),
    ("heavy-fragment-each-100ms.mp4", "mp4", "h264", (1920, 1080), 30_000, 60_000, False),
    ("fragment-each-frame.mp4", "mp4", "h264", (360, 640), 30_000, 60_000, False),
    ("dash.mp4", "mp4", "h264", (360, 640), 30_000, 60_000, False),
    ("after-moov.mp4", "mp4", "h264", (360, 640), 30_000, 60_000, False),
    ("fragmented-sound.mp4", "mp4", "h264", (360, 640), 30_000, 1023, True),
    (f"sparse-{FITS}.mp4", "mp4", "h264", (360, 640), 30_000, 1000, False),
]
REFUSED = {
    "av1.mp4": ["codec_not_accepted"],
    "prores.mov": ["codec_not_accepted"],
    "mpeg4.mp4": ["codec_not_accepted"],
    "mjpeg.mov": ["codec_not_accepted"],
    "fps1.mp4": ["frame_rate_not_accepted"],
    "fps15.mp4": ["frame_rate_not_accepted"],
    "fps22.mp4": ["frame_rate_not_accepted"],
    "fps62.mp4": ["frame_rate_not_accepted"],
    "fps120.mp4": ["frame_rate_not_accepted"],
    "fps-varies-slow.mp4": ["frame_rate_not_accepted"],
    "fragmented-fps15.mp4": ["frame_rate_not_accepted"],
    "200x200.mp4": ["frame_size_not_accepted"],
    "358x640.mp4": ["frame_size_not_accepted"],
    "5000x1000.mp4": ["frame_size_not_accepted"],
    "5000x200.mp4": ["frame_size_not_accepted"],
    "rotated-small.mp4": ["frame_size_not_accepted"],
    "everything.mkv": [
        "container_not_accepted",
        "codec_not_accepted",
        "frame_size_not_accepted",
        "frame_rate_not_accepted",
        "duration_too_long",
    ],
    "11-minutes.mp4": ["duration_too_long"],
    "11-minutes.webm": ["duration_too_long"],
    "fragmented-11-minutes.mp4": ["duration_too_long"],
    "audio.m4a": ["video_track_missing"],
    "audio.webm": ["video_track_missing"],
    "a.mkv": ["container_not_accepted"],
    "a.avi": ["container_not_accepted"],
    "a.jpg": ["not_a_video"],
    "text.mp4": ["not_a_video"],
    "empty.mp4": ["source_empty"],
    "live.webm": ["duration_unknown"],
    "live-sound.webm": ["duration_unknown"],
    "cut.mp4": ["video_cut_short"],
    "cut.webm": ["video_cut_short"],
    "cut-faststart.mp4": ["video_cut_short"],
    "cut-each-gop.mp4": ["video_cut_short"],
    "cut-each-frame.mp4": ["video_cut_short"],
    "cut-dash.mp4": ["video_cut_short"],
    "cut-fps15-faststart.mp4": ["video_cut_short", "frame_rate_not_accepted"],
    f"sparse-{TOO_LARGE}.mp4": ["source_too_large"],
}


def verdict(path, max_ms=None):
    """The verdict, reached within the limit of reads."""
    answer, reader = looked_at(path, max_ms)
    assert reader.reads <= 12
    assert reader.bytes_read <= 2_000_000
    return answer


@pytest.mark.parametrize(
    ("name", "container", "codec", "sides", "rate", "duration_ms", "sound"), TAKEN, ids=[row[0] for row in TAKEN]
)
def test_a_video_that_tiktok_accepts_is_described(clips, name, container, codec, sides, rate, duration_ms, sound):
    facts = verdict(clips(name))

    assert isinstance(facts, VideoFacts)
    assert (facts.container, facts.video_codec, facts.has_audio) == (container, codec, sound)
    assert (facts.width, facts.height, facts.frame_rate_milli) == (*sides, rate)
    assert abs(facts.duration_ms - duration_ms) <= 25


def test_a_variable_rate_counts_as_its_mean(clips):
    facts = verdict(clips("fps-varies.mp4"))

    assert isinstance(facts, VideoFacts)
    assert 23_000 < facts.frame_rate_milli < 40_000


@pytest.mark.parametrize("name", ["nearly-10-minutes-60fps.mp4", "nearly-10-minutes-60fps-moov-last.mp4"])
def test_the_longest_sample_tables_are_read_within_the_limits(clips, name):
    facts = verdict(clips(name))

    assert isinstance(facts, VideoFacts)
    assert 570_000 < facts.duration_ms <= 600_000


def test_a_rotated_video_has_its_coded_and_its_displayed_sides(clips):
    facts = verdict(clips("rotated.mp4"))

    assert isinstance(facts, VideoFacts)
    assert (facts.width, facts.height, facts.rotation) == (360, 640, 270)
    assert (facts.shown_width, facts.shown_height) == (640, 360)


@pytest.mark.parametrize("name", REFUSED)
def test_a_video_that_tiktok_refuses_has_every_reason(clips, name):
    problems = verdict(clips(name))

    assert isinstance(problems, tuple)
    assert [problem.code for problem in problems] == REFUSED[name]


@pytest.mark.parametrize("name", ["cut.mp4", "cut.webm", "audio.m4a", "a.jpg", "text.mp4", "empty.mp4"])
def test_a_problem_that_ffmpeg_cannot_fix_has_no_command(clips, name):
    problems = verdict(clips(name))

    assert isinstance(problems, tuple)
    assert all("ffmpeg" not in problem.details for problem in problems)


@pytest.mark.parametrize("name", ["3-minutes.mp4", "heavy-fragment-each-gop.mp4"])
def test_the_report_applies_the_creators_own_limit(clips, name):
    facts = verdict(clips(name))
    assert isinstance(facts, VideoFacts)

    problems = verdict(clips(name), max_ms=59_000)

    assert isinstance(problems, tuple)
    assert [problem.code for problem in problems] == ["longer_than_creator_may"]
    assert problems == (duration_problem(facts, 59_000),)
    assert verdict(clips(name), max_ms=facts.duration_ms) == facts
