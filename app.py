"""The CDK app: one Dropcast stack per stage. `CDK_OUTDIR=cdk.out python app.py` synthesises without the CLI."""

import json
from pathlib import Path

import aws_cdk as cdk

from infra.config import Config
from infra.stack import DropcastStack

ROOT = Path(__file__).parent


def main() -> None:
    """Synthesise. Context comes from cdk.json, and over it from the CLI's -c (or CDK_CONTEXT_JSON)."""
    defaults = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(context=defaults, analytics_reporting=False)
    config = Config.of(app.node)
    DropcastStack(app, f"Dropcast-{config.stage}", config=config, root=ROOT)
    app.synth()


if __name__ == "__main__":
    main()
