"""Decides the end of an upload that cannot continue. A post can result only if the last byte of the file was sent."""

from typing import Literal

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.outcome.uploaded_bytes import OVER_A_MINUTE, confirm_last_chunk_missing, fetch_uploaded_bytes
from dropcast.publishing.transfer.transfer_progress import TransferProgress
from dropcast.tiktok.upload import ChunkAnswer

UploadEnd = Literal["uploaded", "refused", "unused"]
"""uploaded: Watch waits for TikTok's verdict. refused: there is no post.

unused: TikTok took no byte, so Start may send a new init.
"""


def refusal_of(answer: ChunkAnswer) -> Problem | None:
    """The problem that ends the upload after `answer`. None if the upload can continue."""
    match answer.kind:
        case "expired" | "gone":
            return problem("upload_url_expired")
        case "rejected":
            return problem("upload_rejected", status=answer.status)
        case _:
            return None


def judge_end(
    publish: Publish, progress: TransferProgress, why: Problem, *, is_new: bool, is_unused: bool = False
) -> UploadEnd:
    """Decide how an upload ends because of `why`. Polls TikTok if the answers so far prove nothing.

    is_new: no uploader sent the current chunk before. is_unused: TikTok refused the first bytes at the address.
    """
    if progress.may_hold_last():
        # Without a clear refusal TikTok may have taken the last byte. An earlier uploader may still be sending it.
        is_clear = why.code != "upload_failed" and progress.was_last_sent_once()
        return "refused" if is_clear and confirm_last_chunk_missing(publish, OVER_A_MINUTE) else "uploaded"
    if is_unused:
        return "unused"
    return "uploaded" if not is_new and fetch_uploaded_bytes(publish) == "judged" else "refused"
