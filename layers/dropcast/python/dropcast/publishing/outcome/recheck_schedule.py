"""When to recheck a publish at rest whose outcome TikTok may still change. Pure rules.

A webhook reports the change at once. If webhooks do not arrive, or one is lost, a recheck finds it.
"""

from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State

PAUSES_S = (120, 600, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
"""The pauses: from the state of rest to the first recheck, from the first recheck to the second, and so on."""


def next_recheck(publish: Publish, now: int) -> int | None:
    """The time of the next recheck (seconds since the epoch). None if nothing can change, or all rechecks were made."""
    if not may_change(publish) or publish.looks >= len(PAUSES_S):
        return None
    return now + PAUSES_S[publish.looks]


def may_change(publish: Publish) -> bool:
    """Whether TikTok may still report a verdict, the posting of a draft, or the id of a public post."""
    match publish.state:
        case State.UNKNOWN | State.IN_INBOX:
            return True
        case State.PUBLISHED:
            return not publish.post_ids and _is_public(publish)
        case _:
            return False


def _is_public(publish: Publish) -> bool:
    return publish.options is not None and publish.options.privacy_level == "PUBLIC_TO_EVERYONE"
