"""Runs `make deploy` and `make destroy` as far as possible without AWS: CDK's command can start the app."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bytecode
from local.synth import ROOT

# Stands in for npx and records its arguments. It runs the app's command like CDK, but only once. For destroy it checks
# whether the app's Python has the app's packages.
NPX = """#!/bin/sh
echo "$@" > "{said}"
test "$3" = destroy && exec python -c "import importlib.util; assert importlib.util.find_spec('aws_cdk')"
exec sh -c "$({python} -c 'import json; print(json.load(open("cdk.json"))["app"])')"
"""


def run_make(target: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real Makefile and app with a fake CDK command; .venv counts as set up."""
    npx = folder / "npx"
    npx.write_text(NPX.format(said=folder / "said", python=sys.executable))
    npx.chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    usual = f"{folder}:/usr/local/bin:/usr/bin:/bin"  # no active virtual environment, so the Makefile has to name it
    return subprocess.run(
        [make, "-o", ".venv/ready", target, *arguments],
        cwd=ROOT,
        env={"PATH": usual, "HOME": os.environ.get("HOME", "/"), "CDK_OUTDIR": str(folder / "cdk.out")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("target", "command"),
    [("deploy", "deploy --no-previous-parameters -c stage=test"), ("destroy", "destroy -c stage=test")],
)
def test_the_command_starts_the_app(tmp_path, target, command):
    done = run_make(target, tmp_path, "CDK_ARGS=-c stage=test")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "said").read_text() == f"--yes aws-cdk@2.1148.1 {command}\n"
    assert (tmp_path / "cdk.out" / "Dropcast-dev.template.json").exists() == (target == "deploy")


@pytest.mark.parametrize("target", ["deploy", "destroy"])
def test_the_page_on_deploying_names_the_command(target):
    page = (ROOT / "docs" / "deploy.md").read_text()

    assert f"make {target} CDK_ARGS=" in page
    assert f"\nnpx aws-cdk@2.1148.1 {target}" not in page


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
