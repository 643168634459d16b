"""Creates cgroups (v1 or v2) that limit a process as a Lambda's memory setting does, if this is permitted."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CORE_MB = 1769
"""A Lambda with this memory has one core (AWS: Configure Lambda function memory)."""

_CGROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 100_000


@contextmanager
def memory_cage(limit: int) -> Iterator[Path | None]:
    """A cgroup folder limited to `limit` bytes. A process joins it by `enter`. None: not permitted."""
    with _first_made(
        {
            _CGROUPS / "memory": {"memory.limit_in_bytes": str(limit)},
            _CGROUPS: {"memory.max": str(limit)},
        }
    ) as cage:
        yield cage


@contextmanager
def cpu_cage(memory_mb: int) -> Iterator[Path | None]:
    """A cgroup folder with the processor time of a Lambda of `memory_mb` megabytes. None: not permitted."""
    quota = str(_PERIOD_US * memory_mb // CORE_MB)
    with _first_made(
        {
            _CGROUPS / "cpu": {"cpu.cfs_period_us": str(_PERIOD_US), "cpu.cfs_quota_us": quota},
            _CGROUPS: {"cpu.max": f"{quota} {_PERIOD_US}"},
        }
    ) as cage:
        yield cage


def enter(cage: Path) -> None:
    """Move this process into the cgroup."""
    (cage / "cgroup.procs").write_text(str(os.getpid()))


@contextmanager
def _first_made(ways: Mapping[Path, Mapping[str, str]]) -> Iterator[Path | None]:
    """The first cgroup of `ways` that can be created. A key is the parent folder; its value has the files to write."""
    cage = next((made for root, knobs in ways.items() if (made := _made(root, knobs)) is not None), None)
    try:
        yield cage
    finally:
        if cage is not None:
            cage.rmdir()


def _made(root: Path, knobs: Mapping[str, str]) -> Path | None:
    cage = root / f"dropcast-bench-{os.getpid()}"
    try:
        cage.mkdir()
    except OSError:
        return None
    try:
        for knob, value in knobs.items():
            (cage / knob).write_text(value)
        return cage
    except OSError:
        cage.rmdir()
        return None
