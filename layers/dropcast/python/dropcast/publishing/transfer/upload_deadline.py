"""Whether an upload can finish before TikTok's upload address expires after an hour (protocol section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock
from dropcast.log import logger
from dropcast.publishing.model.publish import HistoryEntry, Publish, reached_at
from dropcast.publishing.model.states import State
from dropcast.publishing.transfer.transfer_progress import TransferProgress

URL_S = 3600
WARN_S = 45 * 60
_MEASURED_S = 60
# An upload is abandoned early only if it could not finish in time even at this multiple of its measured speed.
_HOPE = 1.5


@dataclass
class UploadDeadline:
    """The speed of one uploader's run and the age of TikTok's address.

    `held_at_first`: the bytes that TikTok had when the run began.
    """

    publish: Publish
    held_at_first: int
    began_at: float = field(default_factory=lambda: clock.monotonic())
    is_warned: bool = False

    def url_age(self) -> int:
        """Seconds since TikTok returned the address."""
        return clock.now() - url_given_at(self.publish.history)

    def warn_if_late(self, progress: TransferProgress) -> bool:
        """Whether the upload, at its speed so far, cannot finish before the address expires.

        Logs once if time will be short.
        """
        view = deadline_outlook(
            sent=progress.held - self.held_at_first,
            seconds=clock.monotonic() - self.began_at,
            left=progress.plan.size - progress.held,
            age=self.url_age(),
        )
        if view == "late" and not self.is_warned:
            self.is_warned = True
            logger.warning("upload.slow", publish_id=self.publish.publish_id, warn_after_s=WARN_S)
        return view == "hopeless"


def deadline_outlook(*, sent: int, seconds: float, left: int, age: float) -> Literal["fine", "late", "hopeless"]:
    """Project the upload. `sent` bytes took `seconds`, `left` bytes remain, and the address is `age` seconds old.

    late: the upload would end after 45 of the address's 60 minutes. hopeless: even at 1.5 times the speed it would
    end after 60 minutes. fine: it would end earlier, or the speed was measured for less than a minute.
    """
    if not sent or seconds < _MEASURED_S:
        return "fine"
    to_come = left * seconds / sent
    if age + to_come / _HOPE > URL_S:
        return "hopeless"
    return "late" if age + to_come > WARN_S else "fine"


def url_given_at(history: Sequence[HistoryEntry]) -> int:
    """When TikTok returned the address (seconds since the epoch). Since then the publish has been uploading.

    A restart adds a line with the same state to the history. So this is the time of the first line of the latest series
    of `uploading`.
    """
    return reached_at(history, State.UPLOADING) or clock.now()
