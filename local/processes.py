"""Starts child processes that end when this process ends, and finds processes of a killed run."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_GUARD = Path(__file__).with_name("guard.py")
_PROC = Path("/proc")


class ChildFailed(Exception):
    """A child process ended or did not answer in time. The text has the child's last output."""


@dataclass(frozen=True)
class Child:
    """A command that runs under a guard.

    `pid` is the pid of the guard. It is also the process group of all processes below the guard.
    """

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Kill the whole group and wait until all its processes are gone."""
        kill_group(self.pid)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def start(name: str, command: list[str], *, env: Mapping[str, str], log: Path, cwd: Path) -> Child:
    """Start `command` under a guard. Its output is appended to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(_GUARD), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
        )
    return Child(name, log, process)


def wait_ready(child: Child, ready: Callable[[], bool], *, seconds: float) -> None:
    """Wait until `ready()` is true. ChildFailed if the child ends or `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.alive():
            raise ChildFailed(f"{child.name} ended: {tail(child.log)}")
        if time.monotonic() > deadline:
            raise ChildFailed(f"{child.name} did not answer within {seconds:.0f} s: {tail(child.log)}")
        time.sleep(0.05)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log file, as one text."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(pid: int | None) -> bool:
    """Whether a process with this pid exists."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # the process belongs to another user
        return True
    return bool(pid)


@dataclass(frozen=True)
class RunningProcess:
    """A living process of a group."""

    pid: int
    command: str


def group_members(group: int) -> list[RunningProcess]:
    """The living processes of a process group."""
    rows = _from_proc() if (_PROC / "self").exists() else _from_ps()
    return [
        RunningProcess(pid, command)
        for pid, row_group, state, command in rows
        if row_group == group and state[0] != "Z"
    ]


def _from_proc() -> Iterator[tuple[int, int, str, str]]:
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            # Compared as bytes, because the system cuts a process's name to 15 bytes, possibly within a character.
            fields = stat.read_bytes().rpartition(b")")[2].split()
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # the process has ended
            continue
        if len(fields) > 2:
            yield int(stat.parent.name), int(fields[2]), fields[0].decode(), command


def _from_ps() -> Iterator[tuple[int, int, str, str]]:
    listing = ["ps", "-A", "-o", "pid=,pgid=,stat=,command="]
    listed = subprocess.run(listing, capture_output=True, check=True).stdout.decode(errors="replace")  # noqa: S603
    for line in listed.splitlines():
        pid, group, state, *command = line.split(maxsplit=3)
        yield int(pid), int(group), state, "".join(command)


def kill_members(group: int, members: Collection[RunningProcess], seconds: float = 10) -> None:
    """Send SIGKILL to some processes of a group, and wait until all of them are gone."""
    pids, deadline = {member.pid for member in members}, time.monotonic() + seconds
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while pids & {member.pid for member in group_members(group)}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"some of the processes {sorted(pids)} do not end")
        time.sleep(0.02)


def kill_group(group: int, seconds: float = 10) -> None:
    """Send SIGKILL to a process group, and wait until all its processes are gone."""
    deadline = time.monotonic() + seconds
    while group_members(group):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process group {group} does not end")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        time.sleep(0.02)
