"""The synthesised template on this machine: MiniStack, the sandbox and a reverse proxy."""

import sys
from pathlib import Path

# The settings are declared in the library.
sys.path.append(str(Path(__file__).parent.parent / "layers" / "dropcast" / "python"))
