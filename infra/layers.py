"""The Lambda layers: the library, and the dependencies as wheels for the platform that runs them. Building them needs
no Docker.

The wheels are installed before CDK reads the layer, not in a bundling step. So even a command that skips bundling (`cdk
bootstrap`) has the real layer, and the asset's hash is the hash of the layer's content.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import sdk
from infra.bytecode import compile_layer, compiler
from infra.config import LayerTarget
from infra.console_assets import console_files, digest_of, write_static_set
from infra.made_once import make_once

# Files that are not part of a function's code. The console's layer contains the static files.
NOT_IN_FUNCTIONS = ["**/__pycache__", "**/*.pyc", "*/static/**"]

# The functions that get the media layer, because they read videos, prepare pictures or sign URLs. The layer holds two
# thirds of all dependencies, so the other functions do not get it.
MEDIA_PLACES = frozenset(
    {
        "deploy/keypair",
        "http/api",
        "http/console",
        "storage/drop",
        "workflow/pictures",
        "workflow/prepare",
        "workflow/start",
    }
)
# The function that renders pages and serves their static files.
CONSOLE_PLACE = "http/console"

# pip matches a platform exactly. So this lists every tag that Lambda's Amazon Linux 2023 (glibc 2.34) can load.
_AWS_PLATFORMS = ["manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_27_aarch64", "manylinux_2_28_aarch64"]
_AWS_WHEELS = [
    *(argument for platform in _AWS_PLATFORMS for argument in ("--platform", platform)),
    *("--implementation", "cp", "--python-version", "3.13", "--only-binary", ":all:"),
]


@dataclass(frozen=True)
class Layers:
    """The library, its dependencies, and two layers with more dependencies for a few functions."""

    library: lambda_.LayerVersion
    dependencies: lambda_.LayerVersion
    media: lambda_.LayerVersion
    console: lambda_.LayerVersion

    def of(self, place: str) -> list[lambda_.LayerVersion]:
        """The layers of the function at `place`, in the order in which Lambda merges them."""
        media = [self.media] if place in MEDIA_PLACES else []
        console = [self.console] if place == CONSOLE_PLACE else []
        return [self.dependencies, *media, *console, self.library]


def make_layers(scope: Construct, root: Path, target: LayerTarget) -> Layers:
    """Create the layers for `target`. Existing folders are reused."""
    return Layers(
        library=_layer(scope, "DropcastLayer", library(root, target)),
        dependencies=_layer(scope, "DependenciesLayer", wheels(root, target, "dependencies")),
        media=_layer(scope, "MediaLayer", wheels(root, target, "media")),
        console=_layer(scope, "ConsoleLayer", console(root, target)),
    )


def _layer(scope: Construct, name: str, folder: Path) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=lambda_.Code.from_asset(str(folder)),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )


def library(root: Path, target: LayerTarget) -> Path:
    """A folder with a copy of the library and its bytecode. It is created once for each state of the sources."""
    source = root / "layers" / "dropcast"
    files = sorted(file for file in source.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    digest = hashlib.sha256(str(compiler(target) is not None).encode())
    for file in files:
        digest.update(f"{file.relative_to(source)}\0".encode() + file.read_bytes())
    ready = root / ".cache" / "layers" / f"library-{target}-{digest.hexdigest()[:16]}"
    return _make(ready, lambda layer: _copy(files, source, layer), target)


def _copy(files: list[Path], source: Path, layer: Path) -> None:
    for file in files:
        copy = layer / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def console(root: Path, target: LayerTarget) -> Path:
    """A folder whose python/ holds the console's packages and static files."""
    packages, files = wheels(root, target, "console"), console_files(root)

    def fill(layer: Path) -> None:
        shutil.copytree(packages, layer)
        write_static_set(files, layer / "python" / "console_static")

    return _make(packages.with_name(f"{packages.name}-{digest_of(files)}"), fill, target)


def wheels(root: Path, target: LayerTarget, layer: Literal["dependencies", "media", "console"]) -> Path:
    """A folder whose python/ holds the requirements of `layer` for `target`. It is created once for each version of
    requirements.txt.

    subprocess.CalledProcessError if a wheel is missing.
    """
    requirements = root / "layers" / layer / "requirements.txt"
    chosen = _AWS_WHEELS if target == "aws" else []
    host = "" if target == "aws" else f"{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    made_of = requirements.read_bytes() + Path(sdk.__file__).read_bytes()
    made_for = " ".join([*chosen, host, str(compiler(target) is not None)])
    key = hashlib.sha256(made_of + made_for.encode()).hexdigest()[:16]
    ready = root / ".cache" / "layers" / f"{layer}-{target}-{key}"
    return _make(ready, lambda folder: _install(requirements, chosen, folder), target)


def _install(requirements: Path, chosen: list[str], layer: Path) -> None:
    # --no-deps, because requirements.txt also lists the dependencies of its packages.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run(  # noqa: S603
        [*pip, "--no-deps", "-r", str(requirements), "-t", str(layer / "python"), *chosen], check=True
    )
    shutil.rmtree(layer / "python" / "bin", ignore_errors=True)
    if (sdk_here := layer / "python" / "botocore").exists():
        sdk.trim_sdk(sdk_here)


def _make(ready: Path, fill: Callable[[Path], None], target: LayerTarget) -> Path:
    """The folder `ready`. If it does not exist, `fill` creates it, and the modules in it are compiled for `target`."""

    def fill_and_compile(layer: Path) -> None:
        fill(layer)
        compile_layer(layer, target)

    return make_once(ready, fill_and_compile)
