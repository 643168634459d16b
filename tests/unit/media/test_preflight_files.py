"""Real files of many kinds, made by ffmpeg where it is installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from dropcast.media.preflight import VideoFacts, preflight
from dropcast.media.ranges import BufferedRanges

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg to make its files")

H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
SOUND = "-f lavfi -i sine=duration=1"


def picture(size: str = "360x640", rate: str = "30", seconds: float = 1) -> str:
    return f"-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds}"


def looked_at(folder: Path, name: str, recipe: str) -> tuple[VideoFacts | tuple, BufferedRanges]:
    path = folder / name
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *recipe.split(), str(path)], check=True)
    content = path.read_bytes()
    reader = BufferedRanges(lambda first, last: content[first : last + 1], len(content))
    return preflight(reader, len(content)), reader


@pytest.mark.parametrize(
    ("name", "recipe", "container", "codec", "rate", "sound"),
    [
        ("a.mp4", f"{picture()} {H264}", "mp4", "h264", 30_000, False),
        ("a.mp4", f"{picture()} {SOUND} {H264} -c:a aac -movflags +faststart", "mp4", "h264", 30_000, True),
        ("a.mp4", f"{picture()} {H264} -movflags frag_keyframe+empty_moov", "mp4", "h264", 30_000, False),
        ("a.mp4", f"{picture(rate='30000/1001')} {H264}", "mp4", "h264", 29_970, False),
        ("a.mp4", f"{picture(rate='24000/1001')} {H264}", "mp4", "h264", 23_976, False),
        ("a.mp4", f"{picture(rate='60')} {H264}", "mp4", "h264", 60_000, False),
        ("a.mov", f"{picture()} {SOUND} {H264} -c:a aac", "mov", "h264", 30_000, True),
        ("a.mp4", f"{picture()} -c:v libx265 -x265-params log-level=none -tag:v hvc1", "mp4", "h265", 30_000, False),
        ("a.webm", f"{picture()} {SOUND} -c:v libvpx -deadline realtime -c:a libopus", "webm", "vp8", 30_000, True),
        ("a.webm", f"{picture()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8", "webm", "vp9", 30_000, False),
    ],
)
def test_a_video_that_tiktok_takes_is_described(tmp_path, name, recipe, container, codec, rate, sound):
    facts, reader = looked_at(tmp_path, name, recipe)

    assert isinstance(facts, VideoFacts)
    assert (facts.container, facts.video_codec, facts.has_audio) == (container, codec, sound)
    assert (facts.width, facts.height, facts.frame_rate_milli) == (360, 640, rate)
    assert 990 <= facts.duration_ms <= 1050
    assert reader.reads <= 12
    assert reader.bytes_read <= 2_000_000


@pytest.mark.parametrize(
    ("name", "recipe", "codes"),
    [
        ("a.mkv", f"{picture()} {H264}", ["not_a_video"]),
        ("a.avi", f"{picture()} {H264}", ["not_a_video"]),
        ("a.m4a", f"{SOUND} -c:a aac", ["not_a_video"]),
        ("a.jpg", f"{picture()} -frames:v 1", ["not_a_video"]),
        ("a.mp4", f"{picture()} -c:v mpeg4", ["codec_not_accepted"]),
        ("a.mov", f"{picture()} -c:v mjpeg", ["codec_not_accepted"]),
        ("a.mp4", f"{picture('358x640')} {H264}", ["frame_size_not_accepted"]),
        ("a.mp4", f"{picture('4098x360', seconds=0.2)} {H264}", ["frame_size_not_accepted"]),
        ("a.mp4", f"{picture(rate='22')} {H264}", ["frame_rate_not_accepted"]),
        ("a.mp4", f"{picture(rate='61')} {H264}", ["frame_rate_not_accepted"]),
        (
            "a.mp4",
            f"{picture('64x64', rate='1', seconds=601)} {H264}",
            ["frame_size_not_accepted", "frame_rate_not_accepted", "duration_too_long"],
        ),
        ("a.webm", f"{picture()} -c:v libvpx -deadline realtime -live 1", ["duration_unknown"]),
    ],
)
def test_a_video_that_tiktok_does_not_take_is_refused_for_every_reason(tmp_path, name, recipe, codes):
    problems, reader = looked_at(tmp_path, name, recipe)

    assert isinstance(problems, tuple)
    assert [problem.code for problem in problems] == codes
    assert reader.reads <= 12
    assert reader.bytes_read <= 2_000_000


@pytest.mark.parametrize("size", ["360x640", "640x360", "360x4096", "4096x360"])
def test_sides_at_the_limits_are_taken(tmp_path, size):
    facts, _ = looked_at(tmp_path, "a.mp4", f"{picture(size, seconds=0.2)} {H264}")

    assert isinstance(facts, VideoFacts)
    assert f"{facts.width}x{facts.height}" == size


def test_a_file_of_endless_small_fragments_is_not_read_as_a_whole(tmp_path):
    recipe = f"{picture('1280x720', seconds=20)} {H264} -qp 1 -g 1 -movflags frag_keyframe+empty_moov"
    problems, reader = looked_at(tmp_path, "a.mp4", recipe)

    assert isinstance(problems, tuple)
    assert [problem.code for problem in problems] == ["duration_unknown"]
    assert reader.bytes_read < reader.size / 2
