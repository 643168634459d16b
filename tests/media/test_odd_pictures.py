"""Pictures with damage outside their pixels, and pictures whose colours depend on a mark."""

import io

import pytest
from PIL import Image

from dropcast.errors.problem import Problem
from dropcast.media.picture.convert import Picture, check_header, prepare_picture
from dropcast.media.picture.header_check_result import HeaderCheck
from dropcast.media.range_reader import BufferedRanges
from sandbox.rules.pictures import check_picture
from tests.media.damaged_pictures import LACKING, REPAIRED, chunk
from tests.media.marked_pictures import AS_THEY_ARE, BT2020, HLG, MARKED, PQ, numbers, png
from tests.media.pictures import QUARTERS, made
from tests.media.test_pictures import corners, near

# The steps of PQ in eight bits are large, and larger if colour and brightness are stored separately.
ALIKE, NEARLY = 12, 36


def prepared(data: bytes) -> Picture:
    picture = prepare_picture(data)
    assert isinstance(picture, Picture), picture
    return picture


def glanced(data: bytes) -> tuple[HeaderCheck | Problem, BufferedRanges]:
    ranges = BufferedRanges(lambda first, last: data[first : last + 1], len(data))
    return check_header(ranges, len(data)), ranges


@pytest.mark.parametrize("name", [*REPAIRED, *MARKED, *AS_THEY_ARE])
def test_a_picture_with_all_its_pixels_is_accepted_and_keeps_its_colours(name):
    picture = prepared((REPAIRED | MARKED | AS_THEY_ARE)[name]())

    assert near(corners(picture), QUARTERS)
    judged = check_picture("https://media.example/a", picture.data, picture.content_type)
    assert (judged.problem, judged.warnings) == (None, [])


@pytest.mark.parametrize("name", [*REPAIRED, *MARKED, *AS_THEY_ARE])
def test_the_header_check_agrees_except_for_problems_of_pixels(name):
    data = (REPAIRED | MARKED | AS_THEY_ARE)[name]()

    seen, ranges = glanced(data)

    assert isinstance(seen, HeaderCheck), seen
    assert set(prepared(data).mended) - set(seen.corrections) <= {"damage"}
    assert set(seen.corrections) <= set(prepared(data).mended)
    assert ranges.reads <= 8


@pytest.mark.parametrize("name", LACKING)
def test_a_picture_without_all_pixels_is_refused(name):
    refused = prepare_picture(LACKING[name]())

    assert isinstance(refused, Problem)
    assert refused.code in ("picture_damaged", "not_a_picture")


@pytest.mark.parametrize("name", ["bomb.png", "quiet-bomb.png"])
def test_a_bomb_with_a_broken_text_is_not_decoded(name):
    data = made(name)
    at = data.index(b"IDAT") - 4

    refused = prepare_picture(data[:at] + chunk(b"tEXt", b"a\0b", crc=1) + data[at:])

    assert isinstance(refused, Problem)
    assert refused.code == "picture_too_large"


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("name", ["plain.jpg", "progressive.jpg", "1080x1920.jpg", "grey.jpg", "cmyk.jpg"])
def test_a_jpeg_without_an_end_mark_is_written_again(name, missing):
    picture = prepared(made(name)[:-missing])

    assert "damage" in picture.mended
    assert picture.data.endswith(b"\xff\xd9")


@pytest.mark.parametrize("name", MARKED)
def test_marked_colours_are_converted_and_reported(name):
    picture = prepared(MARKED[name]())

    alike = NEARLY if name.endswith(("heic", "avif")) else ALIKE
    assert "colours" in picture.mended
    for seen, meant in zip(corners(picture), QUARTERS, strict=True):
        assert all(abs(one - other) <= alike for one, other in zip(seen, meant, strict=True)), (seen, meant)


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_a_mark_of_srgb_changes_nothing(name):
    assert "colours" not in prepared(AS_THEY_ARE[name]()).mended


@pytest.mark.parametrize("curve", [PQ, HLG])
def test_light_brighter_than_white_stays_distinguishable(curve):
    bright = Image.new("RGB", (400, 100))
    for place, light in enumerate((1.0, 2.0, 3.5, 4.9)):
        bright.paste(numbers((255, 255, 255), BT2020, curve, light), (100 * place, 0, 100 * place + 100, 100))

    image = Image.open(io.BytesIO(prepared(png(BT2020, curve, bright)).data)).convert("L")

    greys = [image.getpixel((100 * place + 50, 50)) for place in range(4)]
    assert greys == sorted(set(greys))
    assert 240 <= greys[0] < greys[-1] == 255
