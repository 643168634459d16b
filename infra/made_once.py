"""Makes a folder once: several processes may ask for it at once, and a killed process leaves no incomplete one."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def make_once(ready: Path, fill: Callable[[Path], None]) -> Path:
    """The folder `ready`. If it does not exist, `fill` makes it at the path that it is given."""
    if ready.exists():
        return ready
    ready.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
        made = Path(folder) / "made"
        fill(made)
        try:
            os.rename(made, ready)
        except OSError:
            if not ready.exists():  # if `ready` exists, another process has made the same content first
                raise
    return ready
