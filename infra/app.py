"""The app: cdk.json's choices, and over them those of the command line."""

import json
from pathlib import Path

import aws_cdk as cdk

from infra.config import Config
from infra.stack import DropcastStack

ROOT = Path(__file__).resolve().parent.parent


def make_app(**context: str) -> cdk.App:
    """The app with its one stack. `context` and then the CLI's -c (or CDK_CONTEXT_JSON) go before cdk.json."""
    defaults = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(context=defaults | context, analytics_reporting=False)
    config = Config.of(app.node)
    DropcastStack(app, f"Dropcast-{config.stage}", config=config, root=ROOT)
    return app
