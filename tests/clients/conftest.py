"""A deployment in moto behind a loopback server, and the pinned generators, installed once into .cache."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from dropcast.access.keys import create_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws import clients
from dropcast.publishing.execution import scheduler, state_machine
from functions.http.api.description import document
from tests.clients.gateway import served
from tests.unit.support.accounts import BUCKET
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok

HERE = Path(__file__).parent
VIDEO = HERE.parent / "media" / "sample.mp4"
CACHE = HERE.parent.parent / ".cache" / "clients"


@dataclass(frozen=True)
class Tools:
    """Where the generators are: npm's commands, and a folder of Python packages."""

    npm: Path
    python: Path


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The pinned generators and linters."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm to check generated clients")
    with ThreadPoolExecutor() as pool:
        npm, python = pool.submit(_npm_packages), pool.submit(_python_packages)
        return Tools(npm.result(), python.result())


def _npm_packages() -> Path:
    folder, pins = CACHE / "npm", (HERE / "package.json").read_text()
    if not _is_there(folder, pins):
        shutil.copy(HERE / "package.json", folder)
        run("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        (folder / "ready").write_text(pins)
    return folder / "node_modules"


def _python_packages() -> Path:
    folder, pins = CACHE / "python", (HERE / "requirements.txt").read_text()
    if not _is_there(folder, pins):
        wanted = ("--no-deps", "--target", str(folder), "--requirement", str(HERE / "requirements.txt"))
        run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted, cwd=folder)
        (folder / "ready").write_text(pins)
    return folder


def _is_there(folder: Path, pins: str) -> bool:
    ready = folder / "ready"
    if ready.exists() and ready.read_text() == pins:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return False


def run(*command: str, cwd: Path, **environment: str) -> str:
    """Run a command and return its output. If the command fails, the test fails with the output."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command[0]}: {said[-6000:]}"
    return said


@pytest.fixture(scope="session")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document as a file."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_text(json.dumps(document()))
    return file


@pytest.fixture
def deployment(cloud, tiktok, monkeypatch) -> dict[str, str]:
    """BASE, KEY and BUCKET of a deployment with a connected account and a video.

    Executions and Scheduler entries are faked.
    """
    for module, name in (
        (state_machine, "start"),
        (state_machine, "stop"),
        (scheduler, "create_entry"),
        (scheduler, "delete_entry"),
    ):
        monkeypatch.setattr(module, name, lambda *_: None)
    save_connection("me", tiktok.grant())
    clients.client("s3").put_object(Bucket=BUCKET, Key="video.mp4", Body=VIDEO.read_bytes())
    _, key = create_key("journey", frozenset({"admin"}))
    with served() as base:
        yield {"BASE": base, "KEY": key, "BUCKET": BUCKET}
