"""`dropcast mcp`: serves tools to an AI agent, over MCP on stdin and stdout."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.api import open_api
from cli.output import print_note
from cli.stack import Stage
from cli.wrong_input import WrongInputError


def mcp(
    folder: Annotated[
        Path,
        typer.Option(help="The agent may upload videos and pictures below this folder.", exists=True, file_okay=False),
    ] = Path(),
    stage: Stage = "dev",
) -> None:
    """Serve tools to an AI agent, over MCP on stdin and stdout. The agent's program starts this command.

    Use a key with the scopes read and draft (docs/agents.md). Example: dropcast mcp --folder .
    """
    try:
        from cli.agent_server.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise WrongInputError("The extra mcp is not installed.", "In the checkout: pip install -e '.[mcp]'") from None

    api = open_api(stage)
    if sys.stdin.isatty():
        print_note("Waiting for an MCP client on stdin. docs/agents.md shows how a client starts this command.")
    serve(api, folder)
