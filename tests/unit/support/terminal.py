"""Runs the command in a real terminal. The process is a fork, so it has the test's deployment in moto and its fakes."""

import os
import signal
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
from pexpect import EOF, TIMEOUT, fdpexpect

_COLUMNS, _LINES = 160, 60
_PATIENCE_S = 8


class Terminal:
    """A terminal in which commands run one after another. `screen` is what a person sees."""

    def __init__(self, *commands: tuple[str, ...]) -> None:
        self._screen = pyte.Screen(_COLUMNS, _LINES)
        self._stream = pyte.Stream(self._screen)
        self._pid, terminal = os.forkpty()
        if self._pid == 0:
            _run_all(commands)
        self._child = fdpexpect.fdspawn(terminal, timeout=_PATIENCE_S, encoding="utf-8")
        self._child.logfile_read = self
        self._code: int | None = None

    def write(self, text: str) -> None:
        """Called by pexpect with what the command printed."""
        self._stream.feed(text)

    def flush(self) -> None:
        """Called by pexpect."""

    def expect(self, *texts: str) -> None:
        """Wait until the command has printed these texts, in this order."""
        for text in texts:
            try:
                self._child.expect_exact(text)
            except (TIMEOUT, EOF):
                raise AssertionError("\n".join([f"{text!r} did not come after:", *self.lines])) from None

    def interrupt(self) -> None:
        """Press Ctrl-C as soon as the command sleeps in a system call.

        A signal that arrives between Python's last check and the system call waits until the call ends. So a command
        that has just printed its prompt could miss Ctrl-C.
        """
        state = Path(f"/proc/{self._pid}/stat")
        deadline = time.monotonic() + _PATIENCE_S
        while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline, "the command waits for no key"
            time.sleep(0.01)
        self._child.send("\x03")

    def answer(self, text: str = "") -> None:
        """Type a line."""
        self._child.send(f"{text}\r")

    def answer_hidden(self, text: str) -> None:
        """Type a line as soon as the terminal no longer shows typed text."""
        deadline = time.monotonic() + _PATIENCE_S
        while termios.tcgetattr(self._child.child_fd)[3] & termios.ECHO:
            assert time.monotonic() < deadline, "the terminal shows what is typed"
            time.sleep(0.01)
        self.answer(text)

    def end(self) -> int:
        """Wait until the last command has ended; return its exit code."""
        if self._code is None:
            self._child.expect(EOF)
            _, status = os.waitpid(self._pid, 0)
            self._code = os.waitstatus_to_exitcode(status)
        return self._code

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display if line.strip()]


@contextmanager
def terminal(*commands: tuple[str, ...]) -> Iterator[Terminal]:
    """A terminal that runs the commands, and is closed at the end."""
    opened = Terminal(*commands)
    yield opened
    opened.end()


def _run_all(commands: tuple[tuple[str, ...], ...]) -> None:
    """Run the commands as `dropcast WORDS` in the fork. It never returns to the tests."""
    code = 99
    # A shell's background job ignores Ctrl-C, and so do these tests if they run in one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)
        from cli.main import run

        for words in commands:
            sys.argv = ["dropcast", *words]
            try:
                run()
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        if error := sys.exception():
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
