"""Starts MiniStack, the emulator of AWS, on a free loopback port.

It uses MiniStack's public settings and patched_ministack.py.
"""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from local.child_environment import CREDENTIALS, child_environment
from local.processes import Child, ChildFailed, free_port, start, wait_ready

_START_S = 30
_ATTEMPTS = 3


@dataclass(frozen=True)
class MiniStack:
    """A running emulator. `endpoint` is the address of every AWS service."""

    endpoint: str
    child: Child

    def client(self, service: str) -> Any:
        """A boto3 client of `service` for this emulator, with dummy credentials."""
        return _client(service, self.endpoint)


@cache
def _client(service: str, endpoint: str) -> Any:
    config = Config(
        s3={"addressing_style": "path"},
        connect_timeout=3,
        read_timeout=60,
        retries={"mode": "standard", "max_attempts": 2},
        proxies={},  # no proxy from the environment, because the emulator listens on loopback
    )
    return boto3.Session(**CREDENTIALS).client(service, endpoint_url=endpoint, config=config)  # pyright: ignore[reportCallIssue, reportArgumentType]


def start_ministack(
    folder: Path, functions_at_once: int, *, aws_url: str = "", record: Path | None = None
) -> MiniStack:
    """Start an emulator that keeps its files below `folder`. ChildFailed if it does not start.

    Lambda refuses more than `functions_at_once` concurrent calls, as AWS does above an account's limit. Each call has
    its own process. `aws_url` is the address that functions use for AWS, by default the emulator's. The AWS calls that
    functions make are added to the file `record`.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _start(folder, functions_at_once, aws_url, record)
        except ChildFailed as failed:
            if "already in use" not in str(failed):
                raise
    return _start(folder, functions_at_once, aws_url, record)


def _start(folder: Path, functions_at_once: int, aws_url: str, record: Path | None) -> MiniStack:
    port = free_port()
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    endpoint = f"http://127.0.0.1:{port}"
    env = child_environment() | {
        # The address that functions use. The default would be localhost, which some machines resolve to an IPv6
        # address.
        "AWS_ENDPOINT_URL": aws_url or endpoint,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(functions_at_once),
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(temporary),
    }
    # -X puts the folder on the command line, so that a later run recognises the process. -P keeps this module's folder
    # off sys.path, because its modules have common names.
    emulator = str(Path(__file__).with_name("patched_ministack.py"))
    recording = ["-X", f"record={record}"] if record else []
    command = [sys.executable, "-X", f"dropcast={folder}", *recording, "-P", emulator]
    child = start("MiniStack", command, env=env, log=folder / "ministack.log", cwd=folder)
    try:
        wait_ready(child, lambda: is_healthy(f"{endpoint}/_ministack/health"), seconds=_START_S)
    except BaseException:
        child.stop()
        raise
    return MiniStack(endpoint, child)


def is_healthy(url: str) -> bool:
    """Whether `url` answers with status 200."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
