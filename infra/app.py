"""The CDK app. A choice on the command line overrides cdk.json, which overrides the declared default."""

import json
from pathlib import Path

import aws_cdk as cdk

from dropcast.settings import Settings
from infra.config import Config
from infra.stack import DropcastStack

ROOT = Path(__file__).resolve().parent.parent


def make_app(**context: str) -> cdk.App:
    """The app with its one stack. The CLI's -c (or CDK_CONTEXT_JSON) overrides `context`, and `context` overrides
    cdk.json.
    """
    kept = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(context=kept | context, analytics_reporting=False)
    values = {one.name: app.node.try_get_context(one.name) for one in (*Config.choices(), *Settings.choices())}
    chosen = {name: str(value) for name, value in values.items() if value is not None}
    config = Config(chosen)
    DropcastStack(app, f"Dropcast-{config.stage}", config=config, root=ROOT)
    return app
