"""The layers' bytecode. `python -m infra.bytecode` warns if this machine cannot compile it."""

import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from infra.config import LayerTarget

_TARGET_PYTHON = (3, 13)

NOT_COMPILED = (
    "Warning: this machine has no python3.13, so the layers hold no bytecode, and every cold start compiles the "
    "modules that it loads. Install Python 3.13 (for example: uv python install 3.13) and deploy again."
)


def compile_layer(layer: Path, target: LayerTarget) -> None:
    """Store bytecode beside the sources. It stays valid when Lambda changes the files' modification times."""
    python = compiler(target)
    if python is None:
        print(NOT_COMPILED, file=sys.stderr)
        return
    options = ["-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([python, *options, "-s", str(layer), "-p", "/opt", str(layer)], check=True)  # noqa: S603


@lru_cache
def compiler(target: LayerTarget) -> str | None:
    """A Python of the version that will run the layer. None if the layer is for AWS and this machine has no such
    Python.
    """
    if target == "host" or sys.version_info[:2] == _TARGET_PYTHON:
        return sys.executable
    found = shutil.which(".".join(["python3", str(_TARGET_PYTHON[1])]))
    # Version managers put a script in the place of a version that is not installed, so the Python that was found may
    # fail to run.
    runs = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0  # noqa: S603
    return found if runs else None


if __name__ == "__main__" and compiler("aws") is None:
    print(NOT_COMPILED, file=sys.stderr)
