import re

from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.media.video.ffmpeg_command import VideoToConvert, cut_ms, ffmpeg_line, fit

sides = st.integers(1, 20_000)


def line(**known: object) -> str:
    return ffmpeg_line(
        VideoToConvert(
            **{
                "container": "MPEG-4",
                "codec": "AVC",
                "sides": (1080, 1920),
                "frame_rate_milli": 30_000,
                "duration_ms": 1000,
                "max_ms": 600_000,
                "too_large": False,
            }
            | known
        )
    )


@given(sides, sides)
@example(5000, 1000)
@example(20_000, 1)
@example(361, 4096)
def test_a_frame_always_fits_and_contains_its_picture(width, height):
    scaled, frame = fit((width, height))

    assert all(side % 2 == 0 for side in (*scaled, *frame))
    assert all(360 <= side <= 4096 for side in frame)
    assert all(inner <= outer for inner, outer in zip(scaled, frame, strict=True))


@given(st.integers(360, 4096), st.integers(360, 4096))
def test_a_picture_that_fits_changes_by_a_pixel_at_most(width, height):
    scaled, frame = fit((width, height))

    assert scaled == frame
    assert abs(scaled[0] - width) <= 1
    assert abs(scaled[1] - height) <= 1


@given(st.integers(200, 8000), st.integers(200, 8000))
def test_a_picture_keeps_its_shape(width, height):
    (scaled_width, scaled_height), _ = fit((width, height))

    assert abs(scaled_width * height - scaled_height * width) <= 2 * (width + height)


@given(st.integers(1, 700_000))
def test_a_video_is_cut_just_below_its_limit_and_never_to_zero(max_ms):
    assert 0 <= cut_ms(max_ms) < max_ms
    assert max_ms - cut_ms(max_ms) <= 500 or cut_ms(max_ms) == max_ms // 2


def test_pictures_of_an_unknown_rate_get_a_new_one():
    assert "-vf fps=30 -c:v libx264" in line(container="Matroska", frame_rate_milli=None)


@given(st.none() | st.integers(1, 300_000))
@example(60_500)
@example(60_501)
def test_pictures_are_encoded_again_at_an_accepted_rate(milli):
    command = line(codec="AV1", frame_rate_milli=milli)
    new_rate = re.search(r"fps=(\d+)", command)

    assert (new_rate is None) == (milli is not None and 23_000 <= milli <= 60_500)
    assert new_rate is None or 23 <= int(new_rate[1]) <= 60


def test_pictures_that_tiktok_accepts_are_copied():
    assert line(container="Matroska") == "ffmpeg -i IN -c:v copy -c:a aac -movflags +faststart OUT.mp4"


def test_pictures_without_times_are_encoded_again():
    assert "-c:v libx264" in line(container="AVI")


def test_a_file_that_is_too_large_is_encoded_again_at_a_limited_rate():
    assert "-maxrate 20M" in line(too_large=True)
