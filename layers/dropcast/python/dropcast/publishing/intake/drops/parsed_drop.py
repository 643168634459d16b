"""What comes of reading a drop: a publish that may be stored, once it is known to be no duplicate, or why not."""

from dataclasses import dataclass, field
from typing import Any

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.sources.s3_object import ObjectFacts


@dataclass(frozen=True)
class Drop:
    """A publish that was not stored yet, and what S3 says of the object at the drop's key.

    `asked`: of photos, the hash of what their sidecar asks for. With `allow_duplicate` it is posted even if the same
    was dropped within a day.
    """

    publish: Publish
    facts: ObjectFacts
    allow_duplicate: bool
    asked: str | None = None


@dataclass(frozen=True)
class UnfitDrop:
    """Why a drop cannot be posted, and the labels (labels.py) by which its failed publish is found."""

    why: Problem
    labels: dict[str, Any] = field(default_factory=dict[str, Any])
