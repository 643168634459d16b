"""Synthesises the CDK assembly. It does so again only if a source has changed.

`python -m local.synth aws` prints the assembly's folder.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Target = Literal["aws", "host"]

ROOT = Path(__file__).resolve().parent.parent
_SOURCES = ["app.py", "cdk.json", "infra", "functions", "layers", "pyproject.toml", "requirements.txt"]
_ASSEMBLIES_KEPT_S = 24 * 3600


def assembly(target: Target) -> Path:
    """The folder of the synthesised app with layers for `target`. An existing folder is reused.

    subprocess.CalledProcessError if app.py fails. Its output is on stderr.
    """
    ready = ROOT / ".cache" / "cdk" / f"{target}-{_sources_hash(target)}"
    with _one_at_a_time(ready.parent):
        if not ready.exists():
            _synthesise(target, ready)
        os.utime(ready)
    return ready


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process synthesise at a time. The system releases the lock when the process ends for any reason."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sources_hash(target: Target) -> str:
    digest = hashlib.sha256(f"{target} {sysconfig.get_platform()} {sys.implementation.cache_tag}".encode())
    for file in _sources():
        digest.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        source = ROOT / name
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        yield from (file for file in files if file.is_file() and "__pycache__" not in file.parts)


def _synthesise(target: Target, ready: Path) -> None:
    """Synthesise into a temporary folder and rename it, so that a killed process leaves no partial assembly."""
    with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
        out = Path(folder) / "cdk.out"
        subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=_environment(target, out), check=True, stdout=sys.stderr
        )
        out.rename(ready)
    _forget_old(ready.parent)


def _forget_old(folder: Path) -> None:
    """Remove assemblies that were not used for a day, because each contains a copy of the layers."""
    for found in folder.glob("*-*"):
        if time.time() - found.stat().st_mtime > _ASSEMBLIES_KEPT_S:
            shutil.rmtree(found, ignore_errors=True)


def _environment(target: Target, out: Path) -> dict[str, str]:
    return os.environ | {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps({"layer_target": target})}


if __name__ == "__main__":
    chosen: Target = "host" if sys.argv[1:] == ["host"] else "aws"
    print(assembly(chosen))
