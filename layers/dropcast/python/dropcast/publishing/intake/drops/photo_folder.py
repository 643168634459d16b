"""Lists the folder of dropped photos, and chooses the pictures and their order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from dropcast.aws import clients
from dropcast.errors.problem import Problem, problem
from dropcast.media.limits import PHOTOS_MAX
from dropcast.publishing.intake.drops.drop_keys import (
    PHOTOS_ENDING,
    SIDECAR_ENDING,
    is_hidden,
    is_picture,
    unicode_forms,
)
from dropcast.publishing.model.fit_row_size import clipped
from dropcast.publishing.model.publish import Source

_NAMED = 5
_NAME_SHOWN = 80
_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class FolderObject:
    """An object in the folder. `path` is relative to the folder.

    `size` is in bytes, `stored_at` in seconds since the epoch.
    """

    path: str
    size: int
    stored_at: int


@dataclass(frozen=True)
class Folder:
    """The objects below `prefix`. `is_whole` is false if there are more objects than S3 lists in one answer (1,000)."""

    prefix: str
    objects: tuple[FolderObject, ...]
    is_whole: bool


def read_folder(sidecar: Source) -> Folder:
    """List the photo folder of `sidecar`.

    If no folder has exactly the sidecar's name, a similar folder is used. Its name may differ by the case of .photos or
    by its Unicode form: macOS writes é as e and an accent. Makes one S3 request per name that it tries.
    """
    first, *others = _prefixes(sidecar.key)
    folder = _list_folder(sidecar.bucket, first)
    for prefix in others:
        if folder.objects:
            break
        other = _list_folder(sidecar.bucket, prefix)
        folder = other if other.objects else folder
    return folder


def chosen_pictures(
    folder: Folder, items: Sequence[str] | None, sidecar: Source, sidecar_at: int
) -> list[str] | Problem:
    """The paths of the pictures to post, in their order. Without `items` these are all pictures, ordered by name.

    sidecar_at: when the sidecar was stored, in seconds since the epoch. Problems: drop_pictures_missing,
    drop_pictures_empty, drop_pictures_too_many, drop_pictures_late, drop_folder_mixed.
    """
    chosen = (
        _all_pictures(folder, sidecar.key, sidecar_at) if items is None else _named_pictures(folder, items, sidecar.key)
    )
    if isinstance(chosen, Problem):
        return chosen
    sizes = {one.path: one.size for one in folder.objects}
    empty = [path for path in dict.fromkeys(chosen) if sizes.get(path) == 0]
    return problem("drop_pictures_empty", key=sidecar.key, **_names(empty)) if empty else chosen


def natural_order(name: str) -> tuple[Any, ...]:
    """A sort key that ignores case. It sorts a2 before a10, and IMG_1.jpg before IMG_1 (2).jpg."""
    stem, dot, ending = name.rpartition(".")
    return (*(_parts(part) for part in (stem if dot else name, ending)), name)


def _parts(text: str) -> list[str | int]:
    parts = _NUMBER.split(normalize("NFC", text).casefold())
    return [int(part) if at % 2 else part for at, part in enumerate(parts)]


def _all_pictures(folder: Folder, key: str, sidecar_at: int) -> list[str] | Problem:
    visible = _newest([one for one in folder.objects if not is_hidden(one.path)])
    pictures = [one for one in visible if is_picture(one.path) and "/" not in one.path]
    others = [one.path for one in visible if one not in pictures]
    late = [one.path for one in pictures if one.stored_at > sidecar_at]
    if not folder.is_whole or len(pictures) > PHOTOS_MAX:
        count = len(pictures) if folder.is_whole else "more than a thousand"
        return problem("drop_pictures_too_many", key=key, folder=folder.prefix, count=count, limit=PHOTOS_MAX)
    if others:
        return problem("drop_folder_mixed", key=key, folder=folder.prefix, **_names(others))
    if not pictures:
        return problem("drop_pictures_missing", key=key, reason=f"{folder.prefix} contains none", pictures=[])
    if late:
        return problem("drop_pictures_late", key=key, **_names(late))
    return sorted((one.path for one in pictures), key=natural_order)


def _newest(objects: Sequence[FolderObject]) -> list[FolderObject]:
    """The objects without outdated copies. Of objects whose names differ only by the Unicode form, the newest is kept.

    A synchronisation by macOS leaves such copies.
    """
    by_age = sorted(objects, key=lambda one: one.stored_at)
    kept = {normalize("NFC", one.path): one for one in by_age}
    return list(kept.values())


def _named_pictures(folder: Folder, items: Sequence[str], key: str) -> list[str] | Problem:
    """The path for each of `items`. The object's name is the item, or differs from it only by the Unicode form."""
    exact = {one.path for one in folder.objects}
    same = {normalize("NFC", one.path): one.path for one in folder.objects}
    found = [item if item in exact else same.get(normalize("NFC", item)) for item in items]
    missing = [item for item, path in zip(items, found, strict=True) if path is None]
    if missing and folder.is_whole:
        names = _names(missing)
        reason = f"{folder.prefix} contains no {names['names']}"
        return problem("drop_pictures_missing", key=key, reason=reason, pictures=names["pictures"])
    return [path or item for item, path in zip(items, found, strict=True)]


def _names(paths: Sequence[str]) -> dict[str, Any]:
    """The fields of a problem that concerns `paths`.

    `names` has the first few paths, for the message. `pictures` has the paths, at most PHOTOS_MAX of them.
    """
    shown = [clipped(path, _NAME_SHOWN) for path in paths[:PHOTOS_MAX]]
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return {"names": ", ".join(shown[:_NAMED]) + more, "pictures": shown}


def _prefixes(key: str) -> list[str]:
    name = key[: -len(SIDECAR_ENDING)]
    stem = name[: -len(PHOTOS_ENDING)]
    spellings = (name, stem + PHOTOS_ENDING, stem + PHOTOS_ENDING.upper())
    forms = [name, *(form for spelling in spellings for form in unicode_forms(spelling))]
    return [f"{form}/" for form in dict.fromkeys(forms)]


def _list_folder(bucket: str, prefix: str) -> Folder:
    answer = clients.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return Folder(prefix, tuple(_objects(answer, prefix)), not answer.get("IsTruncated", False))


def _objects(answer: dict[str, Any], prefix: str) -> Iterator[FolderObject]:
    """The listed objects, without the empty objects that represent folders."""
    for one in answer.get("Contents", ()):
        if not one["Key"].endswith("/"):
            path = one["Key"].removeprefix(prefix)
            yield FolderObject(path, one["Size"], int(one["LastModified"].timestamp()))
