"""Runs the synthesised template on this machine, with MiniStack, the sandbox and a reverse proxy."""

import sys
from pathlib import Path

# The library declares the settings.
sys.path.append(str(Path(__file__).parent.parent / "layers" / "dropcast" / "python"))
