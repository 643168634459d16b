"""When to recheck a publish at rest whose outcome TikTok may still change. Pure rules.

A webhook reports such a change at once. If the webhook does not arrive, a recheck finds the change.
"""

from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State

PAUSES_S = (120, 600, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
"""The pauses in seconds.

The first pause begins when the publish comes to rest. Each further pause begins with a recheck.
"""


def next_recheck(publish: Publish, now: int) -> int | None:
    """The time of the next recheck (seconds since the epoch). None if the outcome is final or all rechecks were
    made.
    """
    if not may_change(publish) or publish.looks >= len(PAUSES_S):
        return None
    return now + PAUSES_S[publish.looks]


def may_change(publish: Publish) -> bool:
    """Whether TikTok may still report a change: a verdict, the post of a draft, or the id of a public post."""
    match publish.state:
        case State.UNKNOWN | State.IN_INBOX:
            return True
        case State.PUBLISHED:
            return not publish.post_ids and _is_public(publish)
        case _:
            return False


def _is_public(publish: Publish) -> bool:
    return publish.options is not None and publish.options.privacy_level == "PUBLIC_TO_EVERYONE"
