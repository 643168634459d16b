"""Reads a dropped video: the sidecar wins over the object's metadata, and that over the account's defaults."""

from pydantic import ValidationError

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.errors import Problem, problem
from dropcast.publishing import sidecar
from dropcast.publishing.drop_options import DropOptions, merged, options_in, options_problem
from dropcast.publishing.drop_reading import Drop, Unfit
from dropcast.publishing.intake import new_publish
from dropcast.publishing.labels import readable_labels
from dropcast.publishing.models import Source
from dropcast.publishing.source_store import ObjectFacts
from dropcast.publishing.timing import time_refusal


def read_video_drop(video: Source, account: Account, facts: ObjectFacts) -> Drop | Unfit:
    """What the pinned `video` asks for. Problems: source_empty, drop_sidecar_invalid, drop_options_invalid,
    privacy_required and what `time_refusal` finds."""
    if facts.size == 0:
        return Unfit(problem("source_empty", value=0))
    beside = sidecar.read_sidecar(video)
    if isinstance(beside, Problem):
        return Unfit(beside, readable_labels(options_in(facts.metadata)))
    chosen = merged("video", account.drop_defaults, {**options_in(facts.metadata), **beside})
    try:
        asked = DropOptions.model_validate(chosen)
    except ValidationError as error:
        return Unfit(options_problem(video.key, error), readable_labels(chosen))
    if (refusal := time_refusal(asked.publish_at_s, clock.now())) is not None:
        return Unfit(refusal, asked.labels())
    publish = new_publish(
        account.account_id,
        video,
        "drop",
        asked.options(),
        user_id=account.user_id,
        mode=asked.mode,
        via=asked.way(),
        consent=asked.consent,
        publish_at=asked.publish_at_s,
        **asked.labels(),
    )
    return Drop(publish, facts, asked.allow_duplicate)
