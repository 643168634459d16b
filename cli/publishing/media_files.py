"""Recognizes the media of a publish before it is uploaded: one video, or the pictures of a photo post."""

from pathlib import Path

from cli.wrong_input import WrongInputError
from dropcast.publishing.uploads.content_types import UNKNOWN, plain_type
from dropcast_client.models.shared import Kind

PICTURES_MAX = 35
"""The largest number of pictures in a photo post (protocol section 5)."""

_BYTES_READ = 12
_PICTURE_BEGINNINGS = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
}
# A MOV file from an old program does not begin with an ftyp box.
_OLD_MOV_BEGINNINGS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})
_FIX_FILES = "Publish one video (mp4, mov, webm), or pictures (jpg, webp, png, heic and others)."


def kind_of_media(files: list[Path]) -> Kind:
    """`video` for one video, `photo` for pictures. Raises WrongInputError for anything else."""
    kinds = [_kind(file) for file in files]
    if "video" not in kinds:
        if len(files) > PICTURES_MAX:
            raise WrongInputError(
                f"These are {len(files)} pictures, and a photo post has at most {PICTURES_MAX}.", "Leave some out."
            )
        return "photo"
    if len(files) > 1:
        raise WrongInputError("A publish has one video, or only pictures.", "Publish each video by itself.")
    return "video"


def _kind(file: Path) -> Kind:
    by_name = plain_type(UNKNOWN, file.name).partition("/")[0]
    if by_name not in ("video", "image"):
        raise WrongInputError(f"{file} has the name of neither a video nor a picture.", _FIX_FILES)
    found = format_of(file)
    if by_name == "video" and "picture" in found:
        raise WrongInputError(
            f"{file} is {found}, not a video.", "Rename it with the right extension, or choose the video."
        )
    if by_name == "image" and "video" in found:
        raise WrongInputError(
            f"{file} is {found}, not a picture.", "Rename it with the right extension, or choose the picture."
        )
    return "video" if by_name == "video" else "photo"


def format_of(file: Path) -> str:
    """The file's format by its first bytes. Empty if these bytes show no known format. Raises WrongInputError."""
    begins = _beginning(file)
    if begins[4:8] == b"ftyp":
        return "a HEIF or AVIF picture" if begins[8:12] in _PICTURE_BRANDS else "an MP4 or MOV video"
    if begins[4:8] in _OLD_MOV_BEGINNINGS:
        return "an MP4 or MOV video"
    if begins[:4] == b"\x1aE\xdf\xa3":
        return "a WebM video"
    if begins[:4] == b"RIFF" and begins[8:12] == b"WEBP":
        return "a WebP picture"
    return next((words for bytes_, words in _PICTURE_BEGINNINGS.items() if begins.startswith(bytes_)), "")


def _beginning(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            begins = opened.read(_BYTES_READ)
    except OSError as error:
        raise WrongInputError(f"{file} cannot be read: {error.strerror}.", "Check the path.") from None
    if not begins:
        raise WrongInputError(f"{file} is empty.", _FIX_FILES)
    return begins
