"""Creates a folder once, even if several processes need it at the same time.

A killed process leaves no incomplete folder.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def make_once(ready: Path, fill: Callable[[Path], None]) -> Path:
    """The folder `ready`. If it does not exist, `fill` creates it at a temporary path."""
    if ready.exists():
        return ready
    ready.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
        made = Path(folder) / "made"
        fill(made)
        try:
            os.rename(made, ready)
        except OSError:
            if not ready.exists():  # if `ready` exists, another process has created the same content first
                raise
    return ready
