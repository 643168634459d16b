"""The ffmpeg command in a refusal creates a file that passes."""

import shlex
import subprocess

import pytest

from dropcast.media.video.preflight import VideoFacts
from tests.media.clips import TOO_LARGE, looked_at

pytestmark = pytest.mark.xdist_group("clips")

MENDED = [
    "av1.mp4",
    "prores.mov",
    "mpeg4.mp4",
    "fps1.mp4",
    "fps15.mp4",
    "fps120.mp4",
    "fps-varies-slow.mp4",
    "fragmented-fps15.mp4",
    "200x200.mp4",
    "5000x1000.mp4",
    "5000x200.mp4",
    "rotated-small.mp4",
    "11-minutes.mp4",
    "fragmented-11-minutes.mp4",
    "everything-short.mkv",
    "a.mkv",
    "a.avi",
    "live.webm",
    "live-sound.webm",
    f"sparse-{TOO_LARGE}.mp4",
]


def mended(problems: tuple, path, folder):
    (line,) = {problem.details["ffmpeg"] for problem in problems}
    program, *words = shlex.split(line.replace(" IN ", f" {path} ").replace("OUT.mp4", str(folder / "mended.mp4")))
    subprocess.run([program, "-loglevel", "error", "-nostdin", *words], check=True)
    return folder / "mended.mp4"


@pytest.mark.parametrize("name", MENDED)
def test_the_command_fixes_everything_at_once(clips, tmp_path, name):
    problems, _ = looked_at(clips(name))
    assert isinstance(problems, tuple)

    facts, _ = looked_at(mended(problems, clips(name), tmp_path))

    assert isinstance(facts, VideoFacts), facts
    assert facts.container == "mp4"


@pytest.mark.parametrize("name", ["3-minutes.mp4", "b-frames.mp4"])
def test_the_command_cuts_to_just_below_the_creators_limit(clips, tmp_path, name):
    problems, _ = looked_at(clips(name), max_ms=2000)
    assert isinstance(problems, tuple)

    facts, _ = looked_at(mended(problems, clips(name), tmp_path), max_ms=2000)

    assert isinstance(facts, VideoFacts), facts
    assert facts.duration_ms >= 1400


def test_sound_is_kept(clips, tmp_path):
    problems, _ = looked_at(clips("fps15.mp4"))
    assert isinstance(problems, tuple)

    facts, _ = looked_at(mended(problems, clips("fps15.mp4"), tmp_path))

    assert isinstance(facts, VideoFacts)
    assert facts.has_audio


def test_the_rotation_of_a_video_is_kept(clips, tmp_path):
    problems, _ = looked_at(clips("rotated-small.mp4"))
    assert isinstance(problems, tuple)

    facts, _ = looked_at(mended(problems, clips("rotated-small.mp4"), tmp_path))

    assert isinstance(facts, VideoFacts)
    assert facts.shown_width == 2 * facts.shown_height
