"""Ctrl-C for commands that tests start."""

import signal


def heed_ctrl_c() -> None:
    """Restore Ctrl-C: a shell starts background jobs that ignore it, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
