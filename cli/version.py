"""The version of this command, and the releases between two versions."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_RELEASE = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)


def version() -> str:
    """The version of the checkout in which this command runs, otherwise that of the installed package."""
    project = ROOT / "pyproject.toml"
    if project.exists():
        return tomllib.loads(project.read_text())["project"]["version"]
    return metadata.version("dropcast")


def releases_after(deployed: str) -> list[str]:
    """The releases of this checkout's changelog after `deployed`; empty if it does not list `deployed`."""
    changelog = ROOT / "CHANGELOG.md"
    releases = _RELEASE.findall(changelog.read_text()) if changelog.exists() else []
    return releases[: releases.index(deployed)] if deployed in releases else []
