"""Runs a command in its own process group, and kills the group when the owner process ends.

python guard.py COMMAND…      its standard input is a pipe that the owner keeps open and never writes to

The pipe closes when the owner ends for any reason, even after SIGKILL, on Linux and macOS. The module imports only the
standard library, so that it starts fast.
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> None:
    os.setsid()
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603
    threading.Thread(target=_kill_when_owner_ends, daemon=True).start()
    command.wait()
    _kill_group()


def _kill_when_owner_ends() -> None:
    while os.read(0, 1):
        pass
    _kill_group()


def _kill_group() -> None:
    """Send SIGKILL to the group: the command, its children and this process."""
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
