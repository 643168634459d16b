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
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import LayerTarget

NO_CACHES = ["**/__pycache__", "**/*.pyc"]

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
        _layer(scope, "DropcastLayer", root / "layers" / "dropcast"),
    ]


def _layer(scope: Construct, name: str, folder: Path) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=lambda_.Code.from_asset(str(folder), exclude=NO_CACHES),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )


def dependencies(root: Path, target: LayerTarget) -> Path:
    """A folder whose python/ holds the runtime's requirements for `target`, installed once per requirements and target.

    subprocess.CalledProcessError where a wheel is missing.
    """
    requirements = root / "layers" / "dependencies" / "requirements.txt"
    wheels = _AWS_WHEELS if target == "aws" else []
    host = "" if target == "aws" else f"{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    key = hashlib.sha256(requirements.read_bytes() + " ".join([*wheels, host]).encode()).hexdigest()[:16]
    ready = root / ".cache" / "layers" / f"{target}-{key}"
    if not ready.exists():
        _install(requirements, wheels, ready)
    return ready


def _install(requirements: Path, wheels: list[str], ready: Path) -> None:
    ready.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
        layer = Path(folder) / "layer"
        # --no-deps: the list is complete, and leaves out what Lambda's runtime has (see requirements.in).
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run(  # noqa: S603
            [*pip, "--no-deps", "-r", str(requirements), "-t", str(layer / "python"), *wheels], check=True
        )
        shutil.rmtree(layer / "python" / "bin", ignore_errors=True)
        try:
            os.rename(layer, ready)
        except OSError:
            if not ready.exists():  # else another process was first, with the same content
                raise
