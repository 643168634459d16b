"""How many bytes of an upload TikTok has, according to TikTok's status (protocol sections 4.6 and 6).

TikTok's status may be late. So one answer with too few bytes does not prove that the other bytes did not arrive.
"""

from collections.abc import Sequence
from typing import Literal

from dropcast import clock
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.outcome.facts import fact_of_status
from dropcast.publishing.outcome.poll_status import poll
from dropcast.tiktok.models import PublishStatus

OVER_A_MINUTE = (1, 2, 4, 8, 15, 30)
"""The pauses in seconds between seven polls."""
SHORTLY = (1, 2, 3, 4)
"""The pauses in seconds between five polls, for a file whose end has been missing for an hour."""

_ASK_S = 35


def fetch_uploaded_bytes(publish: Publish) -> int | Literal["judged"] | None:
    """Fetch the number of bytes that TikTok has.

    The result is `judged` if TikTok has a verdict, and None if TikTok does not report the number.
    """
    answer = poll(publish)
    if not isinstance(answer, PublishStatus):
        return None
    if fact_of_status(answer, clock.now()) is not None:
        return "judged"
    return answer.uploaded_bytes


def confirm_last_chunk_missing(publish: Publish, pauses: Sequence[int]) -> bool:
    """Poll TikTok several times, with `pauses` (seconds) in between.

    True if the end of the file is missing in every answer. False if one answer includes the end, if a poll fails, or if
    too little time is left to poll.
    """
    for pause in (*pauses, 0):
        if clock.seconds_left() < pause + _ASK_S:
            return False
        held = fetch_uploaded_bytes(publish)
        if not isinstance(held, int) or publish.plan.next_chunk(held) is None:
            return False
        clock.sleep(pause)
    return True
