"""`dropcast console`: a one-time link that signs a browser in to the console."""

from typing import Annotated

import typer

from cli.api import open_api
from cli.output import print_note, print_result, time_text
from cli.stack import Stage


def console(
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")] = False,
    stage: Stage = "dev",
) -> None:
    """Print a one-time link that signs a browser in to the console with the API key in DROPCAST_API_KEY.

    Example: dropcast console
    """
    link = open_api(stage).make_console_link()
    if as_json:
        print_result(link.model_dump_json())
    else:
        print_note(f"Open this link in your browser. It works once, until {time_text(link.expires_at)}:")
        print_result(link.sign_in_url)
