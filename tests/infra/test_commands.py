"""`make deploy` and `make destroy` start the command, and CDK can start the app. tests/e2e deploys to an emulator."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.deployment import bootstrap_check, cdk_command
from infra import bytecode
from local.synth import ROOT


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real Makefile with a Python that only records its arguments; .venv counts as set up."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nfor word; do echo "$word" >> "{folder / "said"}"; done\n')
    python.chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    return subprocess.run(
        [make, "-o", ".venv/ready", f"RUN={python}", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["deploy"], ["deploy"]),
        (
            ["deploy", "YES=1", "CDK_ARGS=-c stage=a -c app_name='A B'"],
            ["deploy", "--yes", "-c", "stage=a", "-c", "app_name=A B"],
        ),
        (["destroy"], ["destroy"]),
        (["destroy", "DATA=delete", "CDK_ARGS=-c stage=a"], ["destroy", "--data", "delete", "-c", "stage=a"]),
        (["destroy", "DATA=delete", "YES=1"], ["destroy", "--yes", "--data", "delete"]),
    ],
)
def test_make_passes_its_variables_to_the_command(tmp_path, arguments, words):
    done = run_make(tmp_path, *arguments)

    assert done.returncode == 0, done.stderr
    said = (tmp_path / "said").read_text().split("\n")[:-1]
    assert said[: len(words) + 2] == ["-m", "cli", *words]
    assert said[len(words) + 2 :] == (["-m", "infra.bytecode"] if words[0] == "deploy" else [])


def test_cdk_starts_the_app_with_a_python_that_has_its_packages():
    """CDK runs the app's command in a shell, with CDK's own PATH."""
    app = json.loads((ROOT / "cdk.json").read_text())["app"]
    program = "import importlib.util as u; assert u.find_spec('aws_cdk') and u.find_spec('pydantic')"

    started = ["/bin/sh", "-c", f'{app.partition(" ")[0]} -c "{program}"']
    done = subprocess.run(started, env={"PATH": cdk_command.environment()["PATH"]}, capture_output=True, check=False)

    assert app == "python app.py"
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("target", ["deploy", "destroy"])
def test_the_page_on_deploying_names_the_command(target):
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert f"make {target} CDK_ARGS=" in page
    assert f"\nnpx aws-cdk@{cdk_command.VERSION} {target}" not in page


@pytest.mark.parametrize("found", [True, False])
def test_a_deployment_without_bytecode_says_so_at_the_end(tmp_path, found):
    python = tmp_path / "python3.13"
    if found:
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)
    here = subprocess.run(
        [sys.executable, "-m", "infra.bytecode"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    needed = sys.version_info[:2] != (3, 13) and not found
    assert here.stderr == (f"{bytecode.NOT_COMPILED}\n" if needed else "")
    recipe = (ROOT / "Makefile").read_text().partition("\ndeploy:")[2].partition("\n\n")[0]
    assert recipe.splitlines()[-1] == "\t@$(RUN) -m infra.bytecode"


def test_the_bootstrap_of_the_page_and_of_the_check_have_the_version_that_the_template_needs(dev_assembly):
    artifacts = json.loads((dev_assembly / "manifest.json").read_text())["artifacts"]
    page = (ROOT / "docs" / "deploy.md").read_text()

    needed = artifacts["Dropcast-dev"]["properties"]

    assert needed["requiresBootstrapStackVersion"] == bootstrap_check.OLDEST_VERSION
    assert needed["bootstrapStackVersionSsmParameter"] == bootstrap_check.PARAMETER
    assert f"npx aws-cdk@{cdk_command.VERSION} bootstrap aws://ACCOUNT/REGION" in page


def test_the_command_finds_the_stack_of_an_assembly(dev_assembly):
    assert cdk_command.stack_of(dev_assembly) == "Dropcast-dev"
