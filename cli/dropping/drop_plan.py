"""Plans a drop: the keys, the options and the order of the objects. Refuses what Dropcast would refuse in the drop."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from cli.api import ObjectMissingError
from cli.publishing.media_files import kind_of_media
from cli.wrong_input import WrongInputError
from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.errors.problem import Problem
from dropcast.media.limits import VIDEO_BYTES_MAX
from dropcast.publishing.intake.drops.drop_keys import (
    PHOTOS_ENDING,
    SIDECAR_ENDING,
    DropKind,
    drop_kind,
    is_hidden,
    is_picture,
)
from dropcast.publishing.intake.drops.drop_options import (
    DropOptions,
    PhotoDropOptions,
    merge_options,
    options_problem,
)
from dropcast.publishing.model.schedule_rules import time_refusal


@dataclass(frozen=True)
class DropPlan:
    """The objects to store for a drop. key: the key of the object that becomes the publish (the video, or the sidecar
    of pictures). This object is stored last.

    sidecar_key: the key of the sidecar. files: each file by its key. options: the content of the sidecar.
    """

    key: str
    sidecar_key: str
    files: dict[str, Path]
    options: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """All keys in the order in which they are stored."""
        if self.key == self.sidecar_key:
            return [*self.files, self.sidecar_key]
        return [self.sidecar_key, *self.files]


def plan_drop(files: list[Path], account_id: str, name: str, options: dict[str, Any]) -> DropPlan:
    """The plan for a drop of these files. name: the name in the bucket without its ending, by default the first
    file's.

    Reads the account. Raises WrongInputError, and ObjectMissingError if there is no such account.
    """
    is_video = kind_of_media(files) == "video"
    beside = f"drop/{account_id}/{name or files[0].stem}"
    plan = _video_plan(files[0], beside, options) if is_video else _photos_plan(files, beside, options)
    _check_keys(plan)
    _check_options(plan, account_id)
    return plan


def _video_plan(file: Path, beside: str, options: dict[str, Any]) -> DropPlan:
    if file.stat().st_size > VIDEO_BYTES_MAX:
        raise WrongInputError(
            f"{file} has more than {VIDEO_BYTES_MAX:,} bytes, TikTok's limit.", "Encode it with a lower bit rate."
        )
    key = f"{beside}{file.suffix}"
    return DropPlan(key, f"{beside}{SIDECAR_ENDING}", {key: file}, options)


def _photos_plan(files: list[Path], beside: str, options: dict[str, Any]) -> DropPlan:
    names = [file.name for file in files]
    if len(set(names)) < len(names):
        raise WrongInputError("Two pictures have the same name.", "Rename one. All pictures are stored in one folder.")
    folder = f"{beside}{PHOTOS_ENDING}"
    key = f"{folder}{SIDECAR_ENDING}"
    return DropPlan(key, key, {f"{folder}/{file.name}": file for file in files}, options | {"items": names})


def _check_keys(plan: DropPlan) -> None:
    is_photos = plan.key == plan.sidecar_key
    wrong = [key for key in plan.files if is_photos and (is_hidden(key) or not is_picture(key))]
    if wrong or drop_kind(plan.key) is not (DropKind.PHOTOS if is_photos else DropKind.VIDEO):
        raise WrongInputError(
            f"Dropcast would not publish an object at {(wrong or [plan.key])[0]}.",
            "Drop a video that ends with .mp4, .mov or .webm, or pictures, and leave .photos out of the name.",
        )


def _check_options(plan: DropPlan, account_id: str) -> None:
    """Check the options together with the account's defaults, as Dropcast will check them in the drop."""
    account = get_account(account_id)
    if account is None:
        raise ObjectMissingError(f"There is no account {account_id}.", "dropcast accounts list shows all accounts.")
    kind = "photo" if plan.key == plan.sidecar_key else "video"
    model = PhotoDropOptions if kind == "photo" else DropOptions
    try:
        asked = model.model_validate(merge_options(kind, account.drop_defaults, plan.options))
    except ValidationError as error:
        _refuse(options_problem(plan.key, error))
    if refusal := time_refusal(asked.publish_at_s, clock.now()):
        _refuse(refusal)


def _refuse(why: Problem) -> NoReturn:
    raise WrongInputError(why.message, why.fix)
