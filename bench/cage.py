"""Creates a memory cgroup of a Lambda's size, if permitted (cgroup v1 or v2)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOTS = ((Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"), (Path("/sys/fs/cgroup"), "memory.max"))


@contextmanager
def memory_cage(limit: int) -> Iterator[Path | None]:
    """A cgroup folder limited to `limit` bytes, which a process joins through cgroup.procs; None: not permitted."""
    cage = next((made for root, knob in _ROOTS if (made := _made(root, knob, limit)) is not None), None)
    try:
        yield cage
    finally:
        if cage is not None:
            cage.rmdir()


def _made(root: Path, knob: str, limit: int) -> Path | None:
    cage = root / f"dropcast-bench-{os.getpid()}"
    try:
        cage.mkdir()
    except OSError:
        return None
    try:
        (cage / knob).write_text(str(limit))
        return cage
    except OSError:
        cage.rmdir()
        return None


def enter(cage: Path) -> None:
    """Move this process into the cgroup."""
    (cage / "cgroup.procs").write_text(str(os.getpid()))
