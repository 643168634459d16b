"""A stage's stack, made in this process."""

import json
import os
from pathlib import Path

from local.synth import node_folder

# jsii starts node when aws_cdk is imported, and takes the first on PATH.
os.environ["PATH"] = os.pathsep.join(filter(None, [node_folder(), os.environ.get("PATH")]))

import aws_cdk as cdk

from infra.config import Config
from infra.stack import DropcastStack


def stack_of(root: Path, **context: str) -> DropcastStack:
    """The stack that these context values give, over those of cdk.json."""
    defaults = json.loads((root / "cdk.json").read_text())["context"]
    app = cdk.App(context=defaults | context)
    config = Config.of(app.node)
    return DropcastStack(app, f"Dropcast-{config.stage}", config=config, root=root)
