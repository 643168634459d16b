"""The folder of a stack below `.local/`, its owner, and the cleanup after a killed owner.

The owner process holds a lock, which the system releases when the process ends for any reason. If the lock is free, the
next start kills the folder's processes and removes the folder. A start removes only a folder directly below `.local/`
that has this module's marker.
"""

import fcntl
import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from local.processes import Child, group_members, is_running, kill_group

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".local"
MARKER = ".made-by-dropcast"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_LOGS_KEPT_S = 24 * 3600
_SWEEP_S = 15


class AlreadyOwned(Exception):
    """A living process owns the folder."""


class NameRefused(ValueError):
    """The text is not a valid name of a stack."""


class FolderRefused(Exception):
    """The folder holds files that no stack created."""


class Folder:
    """One stack's folder. Create it with `claim`."""

    def __init__(self, name: str, lock: int) -> None:
        self.name = name
        self.path = folder_path(name)
        self.log_file = HOME / f"{name}.log"
        self._lock = lock

    def remember(self, child: Child) -> None:
        """Record a child's process group, so that a later start can kill the group."""
        with (self.path / "groups").open("a") as groups:
            groups.write(f"{child.pid}\n")

    def release(self) -> None:
        """Kill the folder's processes, remove the folder and release the lock. The log file stays."""
        try:
            _remove(self.path)
        finally:
            self.disown()

    def disown(self) -> None:
        """Release the lock without touching the folder."""
        _lock_path(self.name).unlink(missing_ok=True)
        os.close(self._lock)


def checked_name(name: str) -> str:
    """Return `name` if it is a valid stack name. Raises NameRefused for anything else, such as a path."""
    if not _NAME.fullmatch(name):
        raise NameRefused(
            f"{name!r} is not a valid name of a stack: use up to 41 letters, digits, _ and -, first a letter or digit"
        )
    return name


def folder_path(name: str) -> Path:
    """The folder of the stack `name`. It may not exist. Raises NameRefused."""
    return HOME / checked_name(name)


def claim(name: str) -> Folder:
    """Take the lock of the stack `name` and create its folder. Clean up an earlier run first.

    Raises NameRefused, AlreadyOwned if a living process owns the folder, and FolderRefused if no stack created it.
    """
    checked_name(name)
    HOME.mkdir(mode=0o700, exist_ok=True)
    folder = Folder(name, _take_lock(name))
    try:
        _remove(folder.path)
        folder.path.mkdir(mode=0o700)
        (folder.path / MARKER).touch()
    except BaseException:
        folder.disown()
        raise
    if folder.log_file.is_symlink():
        folder.log_file.unlink()
    folder.log_file.write_text("")
    return folder


def owner_pid(name: str) -> int | None:
    """The pid of the process that owns the folder of the stack `name`. None if no process does. Raises NameRefused."""
    try:
        probe = os.open(_lock_path(name), os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _recorded_pid(name)
    finally:
        os.close(probe)
    return None


def sweep() -> list[str]:
    """Clean up after all killed runs. Return the names of the removed stacks."""
    cleaned: list[str] = []
    for name in stack_names():
        lock = _try_lock(name)
        if lock is None:
            continue
        os.truncate(lock, 0)  # the file contains the pid of a dead owner, which the system may have reused
        with suppress(FolderRefused):
            Folder(name, lock).release()
            cleaned.append(name)
    for log in HOME.glob("run-*.log"):
        if time.time() - log.stat().st_mtime > _LOGS_KEPT_S:
            log.unlink(missing_ok=True)
    return cleaned


def stack_names() -> list[str]:
    """The names of the stacks that have a lock file."""
    return sorted(path.stem for path in HOME.glob("*.lock") if _NAME.fullmatch(path.stem))


def left_running(path: Path) -> list[int]:
    """The living process groups that were started in a stack's folder."""
    record = path / "groups"
    groups = [int(line) for line in record.read_text().split()] if record.exists() else []
    # The system may have reused a pid. So only processes with the folder on their command line belong to the stack.
    ours = re.compile(re.escape(str(path)) + r"(?=[ /]|$)")
    return [group for group in groups if any(ours.search(member.command) for member in group_members(group))]


def _remove(path: Path) -> None:
    """Kill a stack's processes and remove its folder. If it has files but no marker, raise FolderRefused."""
    if not os.path.lexists(path):
        return
    marker = path / MARKER
    if path.is_symlink() or not path.is_dir() or (any(path.iterdir()) and not marker.is_file()):
        raise FolderRefused(f"{path} was not created by a local stack: move it away, or give the stack another name")
    for group in left_running(path):
        kill_group(group)
    for entry in path.iterdir():
        if entry.name != MARKER:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    marker.unlink(missing_ok=True)  # removed last, so that an interrupted removal can be repeated
    path.rmdir()


def _take_lock(name: str) -> int:
    """Lock a stack's lock file, write this process's pid into it and return the file's descriptor. Raises AlreadyOwned.

    `sweep` and `owner_pid` hold the lock only briefly, so this waits for them. A stack's owner keeps the lock, and its
    pid is in the file.
    """
    deadline = time.monotonic() + _SWEEP_S
    while (lock := _try_lock(name)) is None:
        if is_running(_recorded_pid(name)) or time.monotonic() > deadline:
            raise AlreadyOwned(f"the stack {name} is already running")
        time.sleep(0.02)
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _recorded_pid(name: str) -> int | None:
    try:
        text = _lock_path(name).read_text(errors="replace")
    except FileNotFoundError:
        return None
    return int(text) if text.isascii() and text.isdigit() else None


def _lock_path(name: str) -> Path:
    return HOME / f"{checked_name(name)}.lock"


def _try_lock(name: str) -> int | None:
    """Lock a stack's lock file and return its descriptor. None if another process holds the lock."""
    while True:
        lock = os.open(_lock_path(name), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), os.stat(_lock_path(name))):
                return lock
        except BlockingIOError:
            os.close(lock)
            return None
        except FileNotFoundError:
            pass
        os.close(lock)  # the holder removed the file after it was opened here
