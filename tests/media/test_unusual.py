"""Files as phones, drones, recorders, browsers and editors write them: our verdict, its cost, and ffprobe's values.

docs/media.md names the reports that describe such files.
"""

import json
import subprocess

import pytest

from dropcast.media.video.preflight import VideoFacts, rate_warning
from tests.media import unusual
from tests.media.clips import looked_at
from tests.media.test_mending import mended
from tests.media.unusual_verdicts import DIFFERENCES, UNUSUAL

pytestmark = pytest.mark.xdist_group("clips")

_CODECS = {"h264": "h264", "hevc": "h265", "vp8": "vp8", "vp9": "vp9"}
_RECODED = [name for name, verdict in UNUSUAL.items() if isinstance(verdict, tuple)]
# A frame, or the padding of an audio encoder before the first one.
_NEAR_MS = 30


@pytest.fixture(scope="module")
def seen(clips):
    """The verdict on a file, and the reader that counted its reads; computed once."""
    kept = {}

    def look(name):
        if name not in kept:
            kept[name] = looked_at(clips(name))
        return kept[name]

    return look


def probed(path):
    """ffprobe's values: the container's duration in ms, the first video track that is not a cover, whether there is
    sound.
    """
    asked = "format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate,duration"
    command = ["ffprobe", "-v", "quiet", "-show_entries", asked, "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    kinds = {"video": [], "audio": []}
    for stream in told["streams"]:
        kinds.get(stream.get("codec_type"), []).append(stream)
    pictures = max(kinds["video"], key=lambda stream: float(stream.get("duration", 0)))
    frames, seconds = (int(part) for part in pictures["avg_frame_rate"].split("/"))
    return {
        "duration_ms": float(told["format"]["duration"]) * 1000,
        "rate": 1000 * frames / seconds,
        "sides": (pictures["width"], pictures["height"]),
        "codec": _CODECS.get(pictures["codec_name"]),
        "sound": bool(kinds["audio"]),
    }


def test_there_are_sixty_at_least():
    assert len(UNUSUAL) >= 60
    assert set(UNUSUAL) <= unusual.RECIPES.keys() | unusual.SHAPED.keys()
    assert set(DIFFERENCES) <= UNUSUAL.keys()


@pytest.mark.parametrize("name", UNUSUAL)
def test_the_verdict_is_right_and_reached_within_the_limits(clips, seen, name):
    verdict, reader = seen(name)

    if isinstance(verdict, VideoFacts):
        assert isinstance(UNUSUAL[name], int), verdict
        assert abs(verdict.duration_ms - UNUSUAL[name]) <= _NEAR_MS
    else:
        assert tuple(problem.code for problem in verdict) == UNUSUAL[name]
    assert reader.reads <= 15
    assert reader.bytes_read <= (6_000_000 if "without-time" in name else 2_000_000)


@pytest.mark.parametrize("name", [name for name, verdict in UNUSUAL.items() if isinstance(verdict, int)])
def test_ffprobe_agrees_except_for_explained_differences(clips, seen, name):
    facts, _ = seen(name)
    assert isinstance(facts, VideoFacts)

    read = probed(clips(name))

    same = abs(read["duration_ms"] - facts.duration_ms) <= _NEAR_MS
    same &= facts.frame_rate_milli is None or abs(read["rate"] - facts.frame_rate_milli) <= 0.01 * read["rate"]
    same &= (read["sides"], read["codec"], read["sound"]) == (
        (facts.width, facts.height),
        facts.video_codec,
        facts.has_audio,
    )
    assert same == (name not in DIFFERENCES), (read, facts)


@pytest.mark.parametrize("name", _RECODED)
def test_the_suggested_command_makes_a_file_that_passes(clips, seen, tmp_path, name):
    problems, _ = seen(name)
    if not any("ffmpeg" in problem.details for problem in problems):
        pytest.skip("nothing is suggested")

    facts, _ = looked_at(mended(problems, clips(name), tmp_path))

    assert isinstance(facts, VideoFacts), facts
    assert rate_warning(facts) is None


@pytest.mark.parametrize(
    ("name", "warned"), [("phone-60.02.mp4", False), ("rate-60.5.mp4", False), ("rate-60.8.mp4", True)]
)
def test_a_rate_slightly_above_60_is_accepted_and_above_60_5_is_a_warning(clips, seen, tmp_path, name, warned):
    facts, _ = seen(name)

    warning = rate_warning(facts)

    assert (warning is not None) == warned
    if warning is not None:
        lowered, _ = looked_at(mended((warning,), clips(name), tmp_path))
        assert lowered.frame_rate_milli == 60_000


def test_a_creators_limit_counts_the_longest_track(clips, tmp_path):
    name = "short-pictures-long-sound.mp4"

    problems, _ = looked_at(clips(name), max_ms=60_000)

    assert [problem.code for problem in problems] == ["longer_than_creator_may"]
    facts, _ = looked_at(mended(problems, clips(name), tmp_path), max_ms=60_000)
    assert isinstance(facts, VideoFacts), facts
