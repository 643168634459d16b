"""Reads dropped photos: the sidecar NAME.photos.json, which is stored last, and the pictures in NAME.photos/."""

import hashlib
import json
from typing import Any

from pydantic import ValidationError

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.intake.drops import sidecar
from dropcast.publishing.intake.drops.drop_options import (
    PhotoDropOptions,
    merge_options,
    options_from_metadata,
    options_problem,
)
from dropcast.publishing.intake.drops.parsed_drop import Drop, UnfitDrop
from dropcast.publishing.intake.drops.photo_folder import chosen_pictures, read_folder
from dropcast.publishing.model.consent import reported_consent
from dropcast.publishing.model.publish import Photo, Photos, Source
from dropcast.publishing.model.reference_and_metadata import readable_labels
from dropcast.publishing.model.request import COVER_OUTSIDE
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.sources.pull_urls import serving_refusal
from dropcast.publishing.sources.s3_object import ObjectFacts

# The comparison of two drops ignores these fields. Pictures are compared by content, and viewers do not see labels.
_NOT_COMPARED = {"items", "allow_duplicate", "reference", "metadata"}


def read_photo_drop(beside: Source, account: Account, facts: ObjectFacts) -> Drop | UnfitDrop:
    """Read the drop of the pinned sidecar `beside`, and list the pictures that are in its folder now.

    The pictures are not pinned.

    Problems: as for `read_photos_sidecar`, `chosen_pictures` and `time_refusal`, drop_options_invalid,
    privacy_required, media_not_served.
    """
    text = sidecar.read_photos_sidecar(beside)
    if isinstance(text, Problem):
        return UnfitDrop(text, readable_labels(options_from_metadata(facts.metadata)))
    said = {**options_from_metadata(facts.metadata), **text}
    try:
        asked = PhotoDropOptions.model_validate(merge_options("photo", account.drop_defaults, said))
    except ValidationError as error:
        return UnfitDrop(options_problem(beside.key, error), readable_labels(said))
    refusal = time_refusal(asked.publish_at_s, clock.now()) or serving_refusal()
    if refusal is not None:
        return UnfitDrop(refusal, asked.labels())
    photos = _photos(beside, asked, facts.stored_at)
    if isinstance(photos, Problem):
        return UnfitDrop(photos, asked.labels())
    publish = new_publish(
        account.account_id,
        photos,
        "drop",
        asked.options(),
        user_id=account.user_id,
        kind="photo",
        mode=asked.mode,
        via="pull",
        consent=reported_consent(asked.consent),
        publish_at=asked.publish_at_s,
        **asked.labels(),
    )
    return Drop(publish, facts, asked.allow_duplicate, asked=_digest(said))


def _photos(beside: Source, asked: PhotoDropOptions, sidecar_at: int) -> Photos | Problem:
    folder = read_folder(beside)
    paths = chosen_pictures(folder, asked.items, beside, sidecar_at)
    if isinstance(paths, Problem):
        return paths
    if asked.cover_index >= len(paths):
        reason = f"{COVER_OUTSIDE.field}: {COVER_OUTSIDE.reason}"
        return problem("drop_options_invalid", key=beside.key, reason=reason)
    return Photos(items=tuple(Photo(bucket=beside.bucket, key=folder.prefix + path) for path in paths))


def _digest(said: dict[str, Any]) -> str:
    """A hash of those of the drop's own options (`said`) that decide whether it is a duplicate.

    The hash does not depend on white space or the order of the fields.
    """
    compared = {name: value for name, value in said.items() if name not in _NOT_COMPARED}
    return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()
