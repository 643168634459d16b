"""The two layers: our library as it stands, and the dependencies as wheels for where they will run. No Docker.

The wheels are installed before CDK looks, not in a bundling step: a command that skips bundling (`cdk bootstrap`)
then still sees the real layer, and the asset's hash is that of its content.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import sdk
from infra.config import LayerTarget
from infra.sdk import trim_sdk

NO_CACHES = ["**/__pycache__", "**/*.pyc"]
_TARGET_PYTHON = (3, 13)

# pip matches a platform exactly, so every tag that Lambda's Amazon Linux 2023 (glibc 2.34) can load is named.
_AWS_PLATFORMS = ["manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_27_aarch64", "manylinux_2_28_aarch64"]
_AWS_WHEELS = [
    *(argument for platform in _AWS_PLATFORMS for argument in ("--platform", platform)),
    *("--implementation", "cp", "--python-version", "3.13", "--only-binary", ":all:"),
]


def make_layers(scope: Construct, root: Path, target: LayerTarget) -> list[lambda_.LayerVersion]:
    """Our library and its dependencies, in the order in which Lambda lays them over each other."""
    return [
        _layer(scope, "DependenciesLayer", dependencies(root, target)),
        _layer(scope, "DropcastLayer", library(root, target)),
    ]


def _layer(scope: Construct, name: str, folder: Path) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=lambda_.Code.from_asset(str(folder)),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )


def library(root: Path, target: LayerTarget) -> Path:
    """A copy of our library with its bytecode, made once per state of the sources."""
    source = root / "layers" / "dropcast"
    files = sorted(file for file in source.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    digest = hashlib.sha256(str(_compiler(target) is not None).encode())
    for file in files:
        digest.update(f"{file.relative_to(source)}\0".encode() + file.read_bytes())
    ready = root / ".cache" / "layers" / f"library-{target}-{digest.hexdigest()[:16]}"
    if not ready.exists():
        _make(ready, lambda layer: _copy(files, source, layer), target)
    return ready


def _copy(files: list[Path], source: Path, layer: Path) -> None:
    for file in files:
        copy = layer / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def dependencies(root: Path, target: LayerTarget) -> Path:
    """A folder whose python/ holds the runtime's requirements for `target`, installed once per requirements and target.

    subprocess.CalledProcessError where a wheel is missing.
    """
    requirements = root / "layers" / "dependencies" / "requirements.txt"
    wheels = _AWS_WHEELS if target == "aws" else []
    host = "" if target == "aws" else f"{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    made_of = requirements.read_bytes() + Path(sdk.__file__).read_bytes()
    made_for = " ".join([*wheels, host, str(_compiler(target) is not None)])
    key = hashlib.sha256(made_of + made_for.encode()).hexdigest()[:16]
    ready = root / ".cache" / "layers" / f"{target}-{key}"
    if not ready.exists():
        _make(ready, lambda layer: _install(requirements, wheels, layer), target)
    return ready


def _install(requirements: Path, wheels: list[str], layer: Path) -> None:
    # --no-deps: the list is complete.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run(  # noqa: S603
        [*pip, "--no-deps", "-r", str(requirements), "-t", str(layer / "python"), *wheels], check=True
    )
    shutil.rmtree(layer / "python" / "bin", ignore_errors=True)
    trim_sdk(layer / "python" / "botocore")


def _make(ready: Path, fill: Callable[[Path], None], target: LayerTarget) -> None:
    """Fill a folder, compile what is in it, and put it at `ready` in one step."""
    ready.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
        layer = Path(folder) / "layer"
        fill(layer)
        _compile(layer, target)
        try:
            os.rename(layer, ready)
        except OSError:
            if not ready.exists():  # else another process was first, with the same content
                raise


def _compile(layer: Path, target: LayerTarget) -> None:
    """Bytecode beside the sources, valid whatever time their files bear: Lambda unpacks them with another."""
    compiler = _compiler(target)
    if compiler is None:
        print("No python3.13 here: functions will compile the layer's modules at every cold start.", file=sys.stderr)
        return
    options = ["-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([compiler, *options, "-s", str(layer), "-p", "/opt", str(layer)], check=True)  # noqa: S603


@lru_cache
def _compiler(target: LayerTarget) -> str | None:
    """A Python of the version that will run the layer; for AWS there may be none on this machine."""
    if target == "host" or sys.version_info[:2] == _TARGET_PYTHON:
        return sys.executable
    found = shutil.which(".".join(["python3", str(_TARGET_PYTHON[1])]))
    # One that is there need not run: version managers put a script in its place.
    runs = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603
    return found if runs else None
