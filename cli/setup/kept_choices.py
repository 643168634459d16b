"""The deployment's choices in cdk.json. Each later deployment uses them again."""

import json
from collections.abc import Mapping
from typing import Any

from cli.version import ROOT
from dropcast.settings import Settings

_FILE = ROOT / "cdk.json"


def read_choices() -> dict[str, str]:
    """The choices in the CDK context, by name."""
    return {name: str(value) for name, value in _read()["context"].items() if ":" not in name}


def keep_choices(chosen: Mapping[str, str]) -> None:
    """Add the choices to the CDK context. The file is replaced as a whole."""
    content = _read()
    content["context"] |= chosen
    new = _FILE.with_suffix(".new")
    new.write_text(json.dumps(content, indent=2) + "\n")
    new.replace(_FILE)


def parameters_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices that are parameters of the stack, by the parameter's name."""
    known = {one.name: one.parameter for one in Settings.choices()}
    return {known[name]: value for name, value in chosen.items() if name in known}


def _read() -> dict[str, Any]:
    return json.loads(_FILE.read_text())
