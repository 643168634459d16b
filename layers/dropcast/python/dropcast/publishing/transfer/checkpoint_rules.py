"""When the transfer writes down how far it is. Pure.

A note names the chunks that may be begun from now on, so that whoever ends the upload knows at the most how many were.
It is one conditional write, and so a fence: an uploader with an older epoch gets no further note. The last chunk, which
alone can make a post, is in no note but its own.
"""

from dropcast.publishing.model.chunk_plan import ChunkPlan

# Two 64 MB of bytes per note and one for the last chunk are never more notes than one per 64 MB.
_CHECKPOINT_BYTES = 128_000_000
_CHECKPOINT_S = 30


def checkpoint_due(chunk: int, noted: int, seconds: float) -> bool:
    """Whether to write before the chunk at index `chunk`: `noted` are noted as begun, the last note `seconds` old."""
    return chunk >= noted or seconds >= _CHECKPOINT_S


def chunks_at_checkpoint(plan: ChunkPlan, chunk: int) -> int:
    """How many chunks a note before the chunk at index `chunk` says may be begun."""
    if chunk == plan.count - 1:
        return plan.count
    return min(chunk + max(_CHECKPOINT_BYTES // plan.chunk_size, 1), plan.count - 1)
