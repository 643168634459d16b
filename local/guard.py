"""Run a command in a process group of its own, and kill the group when whoever started us is gone.

    python guard.py COMMAND…      its standard input is a pipe that the owner holds and never writes to

The pipe ends however the owner ends, SIGKILL included, on Linux and macOS alike. Only the standard library, so that it
starts at once.
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
    """SIGKILL the group, ourselves with it: whatever the command started goes too."""
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
