"""How many bytes of an upload TikTok holds, by its status (protocol sections 4.6 and 6).

TikTok's status may be late: one answer that counts too few bytes is no proof that the others did not arrive.
"""

from collections.abc import Sequence
from typing import Literal

from dropcast import clock
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.outcome.facts import fact_of_status
from dropcast.publishing.outcome.polling import poll
from dropcast.tiktok.models import PublishStatus

OVER_A_MINUTE = (1, 2, 4, 8, 15, 30)
"""The pauses in seconds between seven answers."""
SHORTLY = (1, 2, 3, 4)
"""Those between five answers, where the end of the file has been missing for an hour."""

_ASK_S = 35


def fetch_uploaded_bytes(publish: Publish) -> int | Literal["judged"] | None:
    """The number of bytes that TikTok counts now; `judged` if it has decided on the post, None if it does not say."""
    answer = poll(publish)
    if not isinstance(answer, PublishStatus):
        return None
    if fact_of_status(answer, clock.now()) is not None:
        return "judged"
    return answer.uploaded_bytes


def confirm_last_chunk_missing(publish: Publish, pauses: Sequence[int]) -> bool:
    """Whether TikTok says in each of several answers, with `pauses` between them, that it lacks the end of the file.

    False if an answer says otherwise or does not come, or if this process has too little time to ask.
    """
    for pause in (*pauses, 0):
        if clock.seconds_left() < pause + _ASK_S:
            return False
        held = fetch_uploaded_bytes(publish)
        if not isinstance(held, int) or publish.plan.next_chunk(held) is None:
            return False
        clock.sleep(pause)
    return True
