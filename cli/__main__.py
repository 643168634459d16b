"""`python -m cli`, for a checkout that is not installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "layers/dropcast/python"))
sys.path.insert(0, str(Path(__file__).parents[1] / "clients/python"))

from cli.main import run

run()
