"""When to look again at what rests, since something may have become of it. Pure rules.

TikTok's webhooks tell of it at once where they arrive; where they do not, or one is lost, these looks do.
"""

from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State

PAUSES_S = (120, 600, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
"""From its rest to the first look, from there to the second, and so on."""


def next_recheck(publish: Publish, now: int) -> int | None:
    """When to look at `publish` next (seconds since the epoch); None if nothing can come of it, or it was enough."""
    if not may_change(publish) or publish.looks >= len(PAUSES_S):
        return None
    return now + PAUSES_S[publish.looks]


def may_change(publish: Publish) -> bool:
    """Whether TikTok may have more to say: a verdict, that a draft was posted, the id of a public post."""
    match publish.state:
        case State.UNKNOWN | State.IN_INBOX:
            return True
        case State.PUBLISHED:
            return not publish.post_ids and _is_public(publish)
        case _:
            return False


def _is_public(publish: Publish) -> bool:
    return publish.options is not None and publish.options.privacy_level == "PUBLIC_TO_EVERYONE"
