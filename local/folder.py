"""The folder of a stack below `.local/`, who owns it, and the cleaning up after an owner that was killed.

The owner holds a lock that the system frees however the process ends. A folder whose lock is free belongs to nobody:
what runs in it is killed, and it is removed.
"""

import fcntl
import os
import shutil
import time
from pathlib import Path

from local.processes import Child, group_members, kill_group

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".local"
_LOGS_KEPT_S = 24 * 3600


class AlreadyOwned(Exception):
    """A living process owns the folder."""


class Folder:
    """One stack's folder. Make it with `claim`."""

    def __init__(self, name: str, lock: int) -> None:
        self.name = name
        self.path = HOME / name
        self.log_file = HOME / f"{name}.log"
        self._lock = lock

    def remember(self, child: Child) -> None:
        """Keep the process group of a child, for the one who cleans up after us."""
        with (self.path / "groups").open("a") as groups:
            groups.write(f"{child.pid}\n")

    def release(self) -> None:
        """Remove the folder, kill what may still run in it, and own it no more. The log file stays."""
        _remove(self.path)
        _lock_path(self.name).unlink(missing_ok=True)
        os.close(self._lock)


def claim(name: str) -> Folder:
    """Own the folder of stack `name`, emptied of what an earlier run left. AlreadyOwned if someone lives in it."""
    HOME.mkdir(mode=0o700, exist_ok=True)
    lock = _try_lock(name)
    if lock is None:
        raise AlreadyOwned(name)
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    folder = Folder(name, lock)
    _remove(folder.path)
    folder.path.mkdir(mode=0o700)
    folder.log_file.write_text("")
    return folder


def owner(name: str) -> int | None:
    """The pid of the process that owns the folder of stack `name`, None if nobody does."""
    if not _lock_path(name).exists():
        return None
    lock = _try_lock(name)
    if lock is not None:
        os.close(lock)
        return None
    return int(_lock_path(name).read_text() or 0) or None


def sweep() -> list[str]:
    """Kill and remove what killed runs left, of whatever name; the names of the stacks that were cleaned."""
    cleaned: list[str] = []
    for path in HOME.glob("*.lock"):
        lock = _try_lock(path.stem)
        if lock is not None:
            Folder(path.stem, lock).release()
            cleaned.append(path.stem)
    for log in HOME.glob("run-*.log"):
        if time.time() - log.stat().st_mtime > _LOGS_KEPT_S:
            log.unlink(missing_ok=True)
    return cleaned


def left_running(path: Path) -> list[int]:
    """The process groups that were started in a stack's folder and live."""
    record = path / "groups"
    groups = [int(line) for line in record.read_text().split()] if record.exists() else []
    # A number may have been given to a stranger since: ours have the folder on some command line.
    return [group for group in groups if any(str(path) in member.command for member in group_members(group))]


def _remove(path: Path) -> None:
    for group in left_running(path):
        kill_group(group)
    shutil.rmtree(path, ignore_errors=True)


def _lock_path(name: str) -> Path:
    return HOME / f"{name}.lock"


def _try_lock(name: str) -> int | None:
    """The locked descriptor of a stack's lock file, None if another process holds it."""
    while True:
        lock = os.open(_lock_path(name), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), os.stat(_lock_path(name))):
                return lock
        except BlockingIOError:
            os.close(lock)
            return None
        except FileNotFoundError:
            pass
        os.close(lock)  # its holder removed the file between our two steps
