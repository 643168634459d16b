"""Finds the process of a function by the port of its connection."""

from pathlib import Path

from local.processes import group_members


def process_at(port: int, group: int, function: str = "") -> int | None:
    """The process of `group` (a worker of `function`, if given) with the loopback connection from `port`."""
    local = f"0100007F:{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    inode = next((f"socket:[{row[9]}]" for row in rows if row[1] == local and row[9] != "0"), None)
    workers = [member for member in group_members(group) if f"-{function}-" in member.command or not function]
    return next((worker.pid for worker in workers if inode and inode in _sockets(worker.pid)), None)


def _sockets(pid: int) -> set[str]:
    try:
        return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return set()
