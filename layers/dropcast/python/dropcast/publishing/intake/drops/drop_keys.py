"""Decides from an object's key under drop/ what the object becomes. Pure rules."""

import re
from enum import StrEnum
from unicodedata import normalize

SIDECAR_ENDING = ".json"
"""How the key of a sidecar ends, in upper or lower case."""
PHOTOS_ENDING = ".photos"
"""How the name of a photo folder ends, in upper or lower case. Its sidecar adds `.json` to the folder's name."""

_KEY = re.compile(r"drop/(?P<account_id>[^/]+)/(?P<path>.+)")
_NO_ACCOUNT = "none"
_KEY_BYTES_MAX = 1024
_VIDEO_ENDINGS = (".mp4", ".mov", ".webm")
_PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp"),
    *(".tif", ".tiff", ".heic", ".heif", ".hif", ".avif"),
)
# Names of files that operating systems and network drives create in folders. Names that begin with a dot are hidden
# too.
_SYSTEM_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "#recycle"}

_HADOOP_FOLDER_ENDING = "_$folder$"


class DropKind(StrEnum):
    """What an object becomes. `NOTHING`: no publish. `INVALID`: a failed publish, because the key is not valid."""

    VIDEO = "video"
    PHOTOS = "photos"
    INVALID = "invalid"
    NOTHING = "nothing"


def drop_kind(key: str) -> DropKind:
    """What the object at `key` becomes.

    The sidecar of dropped photos becomes one publish. A picture by itself becomes no publish.
    """
    found, lower = _KEY.fullmatch(key), key.lower()
    if lower.endswith("/"):
        return DropKind.NOTHING
    if lower.endswith(SIDECAR_ENDING):
        is_of_photos = lower.endswith(PHOTOS_ENDING + SIDECAR_ENDING)
        return DropKind.NOTHING if not is_of_photos else DropKind.PHOTOS if found else DropKind.INVALID
    if found is None:
        return DropKind.INVALID
    inside = _path_in_photos(found["path"])
    if inside is not None:
        return DropKind.NOTHING if is_hidden(inside) or is_picture(inside) else DropKind.INVALID
    ending = next((one for one in _VIDEO_ENDINGS if lower.endswith(one)), None)
    # NAME.photos.mp4 is invalid: its sidecar would have the name of a photo folder's sidecar.
    is_video = ending is not None and not lower.removesuffix(ending).endswith(PHOTOS_ENDING)
    return DropKind.VIDEO if is_video else DropKind.INVALID


def account_of(key: str) -> str:
    """The account_id that `key` names, or the text `none` if it names none."""
    found = _KEY.fullmatch(key)
    return found["account_id"] if found else _NO_ACCOUNT


def is_picture(path: str) -> bool:
    """Whether the path ends like the name of a picture file."""
    return path.lower().endswith(_PICTURE_ENDINGS)


def is_hidden(path: str) -> bool:
    """Whether an operating system, not a person, created the object: .DS_Store, Thumbs.db, @eaDir/…"""
    parts = path.lower().split("/")
    return path.endswith(_HADOOP_FOLDER_ENDING) or any(part.startswith(".") or part in _SYSTEM_NAMES for part in parts)


def unicode_forms(key: str) -> list[str]:
    """The key as given, and in the forms that Windows (é as one character) and macOS (e and an accent) use."""
    forms = dict.fromkeys((key, normalize("NFC", key), normalize("NFD", key)))
    return [form for form in forms if len(form.encode()) <= _KEY_BYTES_MAX]


def _path_in_photos(path: str) -> str | None:
    """The path below the first photo folder in `path`. None if `path` contains no photo folder."""
    parts = path.split("/")
    at = next((at for at, part in enumerate(parts[:-1]) if part.lower().endswith(PHOTOS_ENDING)), None)
    return None if at is None else "/".join(parts[at + 1 :])
