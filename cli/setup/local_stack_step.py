"""Starts the local stack, if it does not run, and uses it for the rest of the run."""

import subprocess
import sys

from cli.chosen_deployment import use_local_stack
from cli.doctor.aws_checks import use_settings_of
from cli.local_stack import ROOT, local_name, local_variables
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.stack import find_stack


def start_local_stack(setup: Setup) -> Found:
    """Start the stack that DROPCAST_STACK names, by default main."""
    name = local_name()
    variables = local_variables(name)
    if variables is None:
        start = setup.yes("start", "Start Dropcast and a simulated TikTok on this machine?")
        if isinstance(start, NeedsAnswer):
            return start
        if not start:
            return Failed("The local stack does not run.", "Run make up, or answer with yes.")
        if not (ROOT / "local").is_dir():
            return Failed(
                "This folder is not a checkout of Dropcast.", "Clone the repository and run the command there."
            )
        if not _start(name) or (variables := local_variables(name)) is None:
            return Failed("The local stack did not start.", f"Read the lines above and .local/{name}.log.")
    use_local_stack(variables)
    setup.stage = variables["DROPCAST_STAGE"]
    stack = find_stack(setup.stage)
    use_settings_of(stack)
    url = variables["DROPCAST_URL"]
    setup.facts |= {"url": url, "console_url": stack.outputs["ConsoleUrl"]}
    return Done(f"Dropcast runs at {url} (make down stops it).", (f"Its log: {variables['LOG']}",))


def _start(name: str) -> bool:
    """Start the stack, and return whether it started. The stdout is dropped, because the shell file has the same
    addresses and key.
    """
    command = [sys.executable, "-m", "local", "up", "--name", name]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603
