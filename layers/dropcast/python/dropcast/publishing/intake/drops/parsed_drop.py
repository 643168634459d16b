"""The results of reading a drop: a publish to store unless it is a duplicate, or the reason why there is none."""

from dataclasses import dataclass, field
from typing import Any

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.sources.s3_object import ObjectFacts


@dataclass(frozen=True)
class Drop:
    """A publish that is not stored yet, and S3's `facts` about the object at the drop's key.

    `asked`: for photos, the hash of the drop's own options. `allow_duplicate`: the drop is posted even if the same
    content was dropped within a day.
    """

    publish: Publish
    facts: ObjectFacts
    allow_duplicate: bool
    asked: str | None = None


@dataclass(frozen=True)
class UnfitDrop:
    """The reason why a drop cannot be posted, and the labels (reference_and_metadata.py) of its failed publish."""

    why: Problem
    labels: dict[str, Any] = field(default_factory=dict[str, Any])
