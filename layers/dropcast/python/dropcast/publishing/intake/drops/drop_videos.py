"""Reads a dropped video. Its sidecar overrides the object's metadata, which overrides the account's defaults."""

from pydantic import ValidationError

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.intake.drops import sidecar
from dropcast.publishing.intake.drops.drop_options import (
    DropOptions,
    merge_options,
    options_from_metadata,
    options_problem,
)
from dropcast.publishing.intake.drops.parsed_drop import Drop, UnfitDrop
from dropcast.publishing.model.consent import reported_consent
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.reference_and_metadata import readable_labels
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.sources.s3_object import ObjectFacts


def read_video_drop(video: Source, account: Account, facts: ObjectFacts) -> Drop | UnfitDrop:
    """Read the drop of the pinned `video`.

    Problems: source_empty, drop_sidecar_invalid, drop_options_invalid, privacy_required, and as for `time_refusal`.
    """
    if facts.size == 0:
        return UnfitDrop(problem("source_empty", value=0))
    beside = sidecar.read_sidecar(video)
    if isinstance(beside, Problem):
        return UnfitDrop(beside, readable_labels(options_from_metadata(facts.metadata)))
    chosen = merge_options("video", account.drop_defaults, {**options_from_metadata(facts.metadata), **beside})
    try:
        asked = DropOptions.model_validate(chosen)
    except ValidationError as error:
        return UnfitDrop(options_problem(video.key, error), readable_labels(chosen))
    if (refusal := time_refusal(asked.publish_at_s, clock.now())) is not None:
        return UnfitDrop(refusal, asked.labels())
    publish = new_publish(
        account.account_id,
        video,
        "drop",
        asked.options(),
        user_id=account.user_id,
        mode=asked.mode,
        via=asked.way(),
        consent=reported_consent(asked.consent),
        publish_at=asked.publish_at_s,
        **asked.labels(),
    )
    return Drop(publish, facts, asked.allow_duplicate)
