"""Ctrl-C for commands that tests start."""

import signal


def heed_ctrl_c() -> None:
    """Handle Ctrl-C again: a shell's background jobs ignore it, and so do their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
