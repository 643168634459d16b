"""The version of this command, and the releases between two versions."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_RELEASE = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)


def version() -> str:
    """The version of the checkout in which this command runs. Without a checkout, the version of the installed
    package.
    """
    project = ROOT / "pyproject.toml"
    if project.exists():
        return tomllib.loads(project.read_text())["project"]["version"]
    return metadata.version("dropcast")


def releases_after(deployed: str) -> list[str]:
    """The releases after `deployed` in this checkout's changelog. Empty if the changelog does not list `deployed`."""
    changelog = ROOT / "CHANGELOG.md"
    releases = _RELEASE.findall(changelog.read_text()) if changelog.exists() else []
    return releases[: releases.index(deployed)] if deployed in releases else []
