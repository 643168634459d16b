"""Reads processes and ports from the system, not from our own records."""

import socket
import time
from collections.abc import Callable
from pathlib import Path


def processes_of(folder: Path) -> list[int]:
    """The living processes that have a stack's folder on their command line."""
    found: list[int] = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in command.read_bytes():
                found.append(int(command.parent.name))
        except OSError:
            continue
    return found


def listening_addresses(pid: int) -> set[str]:
    """The addresses at which a process listens: "127.0.0.1:4566". IPv6 addresses are in the kernel's
    hexadecimal form.
    """
    inodes = {_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    return {
        _readable(fields[1])
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and f"socket:[{fields[9]}]" in inodes
    }


def eventually(true: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `true()` is true at some time within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _readable(local_address: str) -> str:
    host, port = local_address.split(":")
    if len(host) != 8:
        return f"[{host}]:{int(port, 16)}"
    return f"{socket.inet_ntoa(bytes.fromhex(host)[::-1])}:{int(port, 16)}"
