"""When Transfer writes a checkpoint. Pure.

A checkpoint states how many chunks in all may begin before the next checkpoint. So another function that stops the
upload knows that no more chunks than these have begun. The write is conditional on the epoch, so an uploader with an
older epoch cannot write a checkpoint. The last chunk begins only after a checkpoint directly before it. No earlier
checkpoint allows the last chunk. Without the last chunk no post can result.
"""

from dropcast.publishing.model.chunk_plan import ChunkPlan

# Two of the largest chunks. The size alone then causes about 32 checkpoints for a video of 4 GB.
_CHECKPOINT_BYTES = 128_000_000
_CHECKPOINT_S = 30


def checkpoint_due(plan: ChunkPlan, chunk: int, allowed: int, seconds: float) -> bool:
    """Whether a checkpoint is due before the chunk at index `chunk`.

    allowed: the number of chunks that the last checkpoint allows. seconds: the age of the last checkpoint.
    """
    return chunk >= allowed or seconds >= _CHECKPOINT_S or chunk == plan.count - 1


def chunks_at_checkpoint(plan: ChunkPlan, chunk: int) -> int:
    """The number of chunks that a checkpoint before the chunk at index `chunk` allows."""
    if chunk == plan.count - 1:
        return plan.count
    return min(chunk + max(_CHECKPOINT_BYTES // plan.chunk_size, 1), plan.count - 1)
