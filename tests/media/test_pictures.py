"""The verdict on real pictures of every kind: the sandbox accepts each of our results, or we name the problem."""

import io
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dropcast.errors.problem import Problem
from dropcast.media.picture.convert import Picture, check_header, prepare_picture
from dropcast.media.picture.header_check_result import HeaderCheck
from dropcast.media.range_reader import BufferedRanges
from sandbox.rules.pictures import check_picture
from tests.examples import examples
from tests.media.pictures import BAD, BLUE, GREEN, LEGAL, MENDED, QUARTERS, RED, WHITE, made

# A worker caches the pictures that it made and prepared.
pytestmark = pytest.mark.xdist_group("pictures")

TO_DAMAGE = [
    *("plain.jpg", "plain.webp", "progressive.jpg", "srgb.jpg", "plain.png", "plain.bmp", "plain.tiff", "plain.heic"),
    *("plain.avif", "animated.gif", "animated.webp", "animated.png", "two-pages.tiff", "orientation-6.jpg"),
    *("cmyk.jpg", "cmyk.tiff", "odd-profile.jpg", "alpha.webp", "palette-alpha.png", "16-bit-grey.tiff", "float.tiff"),
]
UPRIGHT = [name for name in MENDED if name.startswith("orientation-")]
NEAR = 40


@cache
def prepared(name: str) -> Picture:
    picture = prepare_picture(made(name))
    assert isinstance(picture, Picture), picture
    return picture


def corners(picture: Picture) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters."""
    image = Image.open(io.BytesIO(picture.data)).convert("RGB")
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    return [image.getpixel(place) for place in places]  # pyright: ignore[reportReturnType]


def near(seen, meant):
    return all(
        abs(a - b) <= NEAR for one, other in zip(seen, meant, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_there_are_forty_pictures_at_least():
    assert len(LEGAL) + len(MENDED) + len(BAD) >= 40


@pytest.mark.parametrize("name", LEGAL)
def test_a_valid_picture_stays_unchanged(name):
    picture = prepared(name)

    assert (picture.data, picture.mended) == (made(name), ())
    assert picture.content_type == ("image/webp" if name.endswith(".webp") else "image/jpeg")


@pytest.mark.parametrize("name", MENDED)
def test_a_repairable_picture_becomes_a_jpeg_with_its_problems_named(name):
    picture = prepared(name)

    assert set(picture.mended) == MENDED[name][1]
    assert picture.content_type == "image/jpeg"
    assert picture.data.startswith(b"\xff\xd8")


@pytest.mark.parametrize("name", [*LEGAL, *MENDED])
def test_the_sandbox_accepts_our_result(name):
    picture = prepared(name)

    judged = check_picture("https://media.example/a", picture.data, picture.content_type)

    assert (judged.problem, judged.warnings) == (None, [])
    assert (judged.width, judged.height) == (picture.width, picture.height)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, code) in BAD.items()])
def test_a_picture_that_cannot_be_repaired_is_named(name, code):
    refused = prepare_picture(made(name))

    assert isinstance(refused, Problem)
    assert refused.code == code
    assert "{" not in refused.message + refused.fix


@pytest.mark.parametrize("name", ["animated.gif", "animated.webp", "cmyk.jpg", "alpha.png", "large.jpg", "cut.jpg"])
def test_the_sandbox_refuses_the_original(name):
    kind = {"gif": "image/gif", "png": "image/png", "webp": "image/webp"}.get(name.split(".")[1], "image/jpeg")

    assert check_picture("https://media.example/a", made(name), kind).problem is not None


@pytest.mark.parametrize("name", UPRIGHT)
def test_a_rotated_picture_becomes_upright(name):
    picture = prepared(name)

    assert (picture.width, picture.height) == (400, 600)
    assert near(corners(picture), QUARTERS)


@pytest.mark.parametrize(
    "name", ["plain.heic", "plain.avif", "animated.gif", "animated.webp", "two-pages.tiff", "palette.png", "huge.png",
             "huge-palette.png", "16-bit-colour.png", "large.heic", "huge.jpg", "located.jpg", "broken-profile.jpg"]
)  # fmt: skip
def test_the_first_picture_keeps_its_colours(name):
    assert near(corners(prepared(name)), QUARTERS)


@pytest.mark.parametrize("name", ["alpha.png", "alpha.webp", "palette-alpha.png"])
def test_transparent_pixels_become_white(name):
    assert near(corners(prepared(name)), [RED, (255, 255, 255), BLUE, WHITE])


def test_another_profile_is_converted_and_not_dropped():
    above_left, above_right, *_ = corners(prepared("odd-profile.jpg"))

    assert above_left[1] > above_left[0], f"it should be green, where {RED} is written"
    assert above_right[0] > above_right[1], f"it should be red, where {GREEN} is written"


@pytest.mark.parametrize("name", ["16-bit-grey.png", "16-bit-grey.tiff", "float.tiff"])
def test_deep_grey_keeps_its_steps(name):
    greys = corners(prepared(name))

    meant = [(round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in QUARTERS]
    assert near(greys, meant)


def test_a_converted_picture_does_not_contain_its_place():
    picture = prepared("located.jpg")

    assert b"Canary" in made("located.jpg")
    assert b"Canary" not in picture.data
    assert not Image.open(io.BytesIO(picture.data)).getexif()


@pytest.mark.parametrize(
    ("name", "sides"),
    [("large.jpg", (1080, 1440)), ("square.jpg", (1080, 1080)), ("huge.jpg", (1080, 1440)), ("narrow.png", (2, 5000))],
)
def test_the_shorter_side_becomes_1080_and_the_ratio_stays(name, sides):
    picture = prepared(name)

    assert (picture.width, picture.height) == sides


def test_preparing_a_second_time_changes_nothing():
    once = prepared("large.heic")

    assert prepare_picture(once.data) == Picture(once.data, "image/jpeg", once.width, once.height, ())


def glanced(name: str) -> HeaderCheck | Problem:
    """The result of the header check."""
    data = made(name)
    ranges = BufferedRanges(lambda first, last: data[first : last + 1], len(data))
    return check_header(ranges, len(data))


@pytest.mark.parametrize("name", [*LEGAL, *MENDED])
def test_the_header_check_reports_changes_except_those_of_pixels(name):
    meant = set() if name in LEGAL else MENDED[name][1] - {"transparency"}

    seen = glanced(name)

    assert isinstance(seen, HeaderCheck)
    assert set(seen.corrections) == meant


@pytest.mark.parametrize("name", BAD)
def test_the_header_check_reports_no_wrong_problem(name):
    seen = glanced(name)

    assert isinstance(seen, HeaderCheck) or seen.code == BAD[name][1]


@settings(max_examples=examples(60), deadline=None)
@given(
    name=st.sampled_from(TO_DAMAGE),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_a_damaged_picture_is_repaired_or_named(name, places, kept):
    data = bytearray(made(name))
    for share, value in places:
        data[int(share**3 * (len(data) - 1))] = value  # most of them in the header

    picture = prepare_picture(bytes(data[: int(len(data) * kept)]))

    if isinstance(picture, Picture):
        judged = check_picture("https://media.example/a", picture.data, picture.content_type)
        assert (judged.problem, judged.warnings) == (None, [])
