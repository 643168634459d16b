"""Clients generated from the OpenAPI document follow the journey of docs/start.md against the API's own function."""

import shutil
import sys
from pathlib import Path

from tests.clients.conftest import HERE, Tools, run


def test_linters_find_nothing_in_the_document(tools: Tools, openapi: Path):
    redocly = run(str(tools.npm / ".bin/redocly"), "lint", str(openapi), "--format=json", cwd=openapi.parent)
    spectral = (str(tools.npm / ".bin/spectral"), "lint", "--ruleset", str(HERE / "spectral.yaml"))
    run(*spectral, "--fail-severity", "hint", str(openapi), cwd=openapi.parent)

    assert '"warnings": 0' in redocly


def test_a_generated_python_client_follows_the_readme(
    tools: Tools, openapi: Path, deployment: dict[str, str], tmp_path: Path
):
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")
    generate = ("generate", "--meta", "none", "--config", "config.yaml", "--path", str(openapi))
    said = run(
        *(sys.executable, "-m", "openapi_python_client", *generate, "--output-path", "dropcast_client"),
        cwd=tmp_path,
        PYTHONPATH=str(tools.python),
    )

    assert "WARNING" not in said.upper()
    run(sys.executable, str(HERE / "journey.py"), cwd=tmp_path, PYTHONPATH=str(tmp_path), **deployment)


def test_a_generated_typescript_client_follows_the_readme(
    tools: Tools, openapi: Path, deployment: dict[str, str], tmp_path: Path
):
    for name in ("journey.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(tools.npm)
    types = ("--default-non-nullable", "false", "--output", "dropcast.d.ts")
    run(str(tools.npm / ".bin/openapi-typescript"), str(openapi), *types, cwd=tmp_path)
    run(str(tools.npm / ".bin/tsc"), cwd=tmp_path)

    run("node", "built/journey.js", cwd=tmp_path, **deployment)
