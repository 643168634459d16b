"""python -m local up|down|status: runs one stack in the background, or several by --name."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer

from local.connect_first_account import connect_first_account
from local.deploy import DeployFailed
from local.folder import (
    ROOT,
    AlreadyOwned,
    FolderRefused,
    NameRefused,
    checked_name,
    folder_path,
    left_running,
    owner_pid,
    stack_names,
    sweep,
)
from local.options import OptionsRefused, from_environment
from local.processes import ChildFailed
from local.shell_file import FILE_NAME, write_shell_file
from local.stack import LocalStack, NotReady, local_stack

_STOP_S = 20
_EXPECTED = (
    AlreadyOwned,
    ChildFailed,
    DeployFailed,
    FolderRefused,
    NotReady,
    OptionsRefused,
    subprocess.CalledProcessError,
)

app = typer.Typer(help="Dropcast on this machine.", no_args_is_help=True, pretty_exceptions_enable=False)


def _name(given: str) -> str:
    try:
        return checked_name(given)
    except NameRefused as refused:
        raise typer.BadParameter(str(refused)) from None


Name = Annotated[
    str, typer.Option(help="The name of the stack, if several run.", envvar="DROPCAST_STACK", callback=_name)
]


@app.command()
def up(name: Name = "main") -> None:
    """Start a stack in the background; the last line on stdout is a JSON object with its addresses."""
    if owner_pid(name) and (running := _read_record(name)):
        _report(f"the stack {name} is already running; stop it with: make down")
        _print_source_line(name)
        print(json.dumps(running), flush=True)
        return
    supervisor = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "local", "run", "--name", name],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        described = supervisor.stdout.readline() if supervisor.stdout else ""
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait(_STOP_S)
        raise
    if not described:
        raise typer.Exit(supervisor.wait() or 1)
    _print_source_line(name)
    print(described, end="", flush=True)


@app.command()
def down(name: Name = "main") -> None:
    """Stop a stack and clean up after killed stacks. Fails if a process or port remains."""
    pid, record, path = owner_pid(name), _read_record(name), folder_path(name)
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not _wait_until(lambda: owner_pid(name) is None, _STOP_S):
            os.kill(pid, signal.SIGKILL)
        _wait_until(lambda: owner_pid(name) is None, 2)
    cleaned = sweep()
    remains = [f"process group {group}" for group in left_running(path)]
    remains += [f"port {port}" for port in _ports(record) if _is_open(port)]
    if remains:
        _exit_with(f"still there after the stop: {', '.join(remains)}")
    _report(f"the stack {name} is stopped" if pid or name in cleaned else f"no stack {name} was running")


@app.command()
def status() -> None:
    """Print the running stacks, one JSON object per line."""
    for name in stack_names():
        if pid := owner_pid(name):
            print(json.dumps({"name": name, "pid": pid, **(_read_record(name) or {"state": "starting"})}))


@app.command(hidden=True)
def run(name: Name = "main") -> None:
    """Run a stack until SIGTERM. `up` starts this command in the background."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    try:
        with local_stack(name, from_environment(os.environ), _report) as stack:
            described = stack.described()
            account_id = connect_first_account(stack, _report)
            write_shell_file(folder_path(name), stack, account_id)
            if account_id:
                _report(f"connected the account {account_id} of the user me")
            _write_record(name, described)
            print(json.dumps(described), flush=True)
            _log_to_file(stack.log_file)
            _watch_children(stack)
    except _EXPECTED as failed:
        _exit_with(f"{type(failed).__name__}: {failed}")


def _watch_children(stack: LocalStack) -> None:
    waiting = threading.Event()
    while not waiting.wait(1):
        for child in stack.children:
            if not child.alive():
                _exit_with(f"{child.name} ended, so the stack is stopped")


def _log_to_file(log_file: Path) -> None:
    """Redirect stdout and stderr to the log, because `up` stops reading them."""
    log = os.open(log_file, os.O_WRONLY | os.O_APPEND)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())


def _exit_on_signal(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _print_source_line(name: str) -> None:
    """Print the command that sets the variables used in the documentation."""
    _report(f"source {(folder_path(name) / FILE_NAME).relative_to(ROOT)}")


def _read_record(name: str) -> dict[str, Any] | None:
    path = folder_path(name) / "stack.json"
    return json.loads(path.read_text()) if path.exists() else None


def _write_record(name: str, described: dict[str, Any]) -> None:
    path = folder_path(name) / "stack.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(described))


def _ports(record: dict[str, Any] | None) -> list[int]:
    urls = [(record or {}).get(key) for key in ("base_url", "s3_endpoint_url", "sandbox_url")]
    return [port for url in urls if url and (port := urlsplit(url).port)]


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(true: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _report(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _exit_with(words: str) -> NoReturn:
    _report(words)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
