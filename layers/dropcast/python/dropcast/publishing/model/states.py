"""The states of a publish and the allowed changes between them (moves). Pure rules."""

from enum import StrEnum


class State(StrEnum):
    """The state of a publish."""

    QUEUED = "queued"
    HELD = "held"
    STARTING = "starting"
    UPLOADING = "uploading"
    PROCESSING = "processing"
    IN_INBOX = "in_inbox"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


FINAL = frozenset({State.PUBLISHED, State.FAILED, State.CANCELLED})
"""The final states. A publish never leaves them."""

RESTING = FINAL | {State.IN_INBOX, State.UNKNOWN}
"""The states of a publish at rest, in which no execution runs. in_inbox and unknown can still change when TikTok
reports more.
"""

_NEXT: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.HELD, State.STARTING, State.FAILED, State.CANCELLED}),
    State.HELD: frozenset({State.HELD, State.STARTING, State.FAILED, State.CANCELLED}),
    # The next two states may go back, because Dropcast may repeat an init from which TikTok cannot have posted.
    State.STARTING: frozenset(
        {State.QUEUED, State.HELD, State.UPLOADING, State.PROCESSING, State.FAILED, State.UNKNOWN, State.CANCELLED}
    ),
    State.UPLOADING: frozenset({State.QUEUED, State.PROCESSING, *RESTING}),
    State.PROCESSING: RESTING,
    State.IN_INBOX: FINAL,
    # Back to processing: a person requested another poll of TikTok.
    State.UNKNOWN: frozenset({State.PROCESSING, State.IN_INBOX, *FINAL}),
    State.PUBLISHED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_follow(now: State, after: State) -> bool:
    """Whether a publish in state `now` may move to `after`."""
    return after in _NEXT[now]
